"""Who waits for a bath sees how it settles: at the console, in plain lines, and from another terminal."""

import io
import math
import re
import subprocess
import sys
import time
import types
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console as RichConsole

from calib.clock import ScaledClock, SystemClock
from calib.guard.leases import Unguarded
from calib.procedure.stability import expected_rest_s
from calib.record import Journal, Record, Watch
from calib.run import NoWatcher, PlainLines, SimulatedHands, SimulatedOperator, run
from calib.run import station as station_module
from calib.run.console import Console
from calib.run.faces import Progress
from calib.run.interrupts import Interrupts
from calib.run.station import JournalStation
from calib.run.waiting import EVENT, QUIET_S, Reports, Waiting, Window
from calib.run.waitlines import lines, sparkline
from calib.study import Sample
from calib.text import LANGUAGES, Text, same

BATH = Text(vi="chờ bể ổn định", en="bath settling")
TAU_S, LIMIT = 300.0, 0.002 / 60


def _bath(t_s: float) -> float:
    return 25.0 - 2.0 * math.exp(-t_s / TAU_S)


def _window(until_s: float) -> Window:
    window = Window(600.0, "°C", LIMIT, 25.0)
    for t_s in np.arange(0.0, until_s + 1, 10.0):
        window.add(float(t_s), _bath(float(t_s)))
    return window


@pytest.mark.parametrize("now_s", [700.0, 1000.0, 1500.0])
def test_the_expected_rest_is_what_an_exponential_still_takes(now_s: float) -> None:
    """The same window, run on until its slope is certainly below the limit, is the true answer."""
    window, t_s = _window(now_s), now_s
    expected = window.waiting(BATH, now_s).left_s
    while True:
        t_s += 10.0
        if window.add(t_s, _bath(t_s)).is_below(LIMIT):
            break
    assert expected == pytest.approx(t_s - now_s, rel=0.03, abs=10)


def test_no_rest_is_promised_where_nothing_tells_of_one() -> None:
    times = [float(t) for t in range(0, 610, 10)]
    ramp = [0.01 * t for t in times]
    growing = [math.exp(t / 300) for t in times]
    noise = list(np.random.default_rng(2).normal(0, 1.0, len(times)))
    for values in (ramp, growing, noise, [1.0] * 3):
        assert math.isnan(expected_rest_s(times[: len(values)], values, 600.0, 1e-9))
    assert expected_rest_s(times[:31], [1.0] * 31, 600.0, 1e-9) == 300.0  # still now, and half a window long
    assert expected_rest_s(times, [1.0] * 61, 600.0, 1e-9) == 0.0


def test_the_lines_tell_value_target_slope_limit_window_and_rest() -> None:
    waiting = _window(1000.0).waiting(BATH, 1000.0)
    seen = waiting.stability
    assert seen is not None
    first, second, third = lines(waiting, "en")
    assert re.fullmatch(r"bath settling: 24\.9287 °C → 25 °C; 16 min 40 s so far, about 15 min \d\d s left", first)
    slope = re.fullmatch(r"slope \+(0\.04\d\d) ± (0\.00\d\d), limit ± 0\.0020 °C/min; window (\S+) 100%", second)
    assert slope is not None
    assert float(slope[1]) == pytest.approx(seen.slope_per_s * 60, abs=1e-4)
    assert float(slope[2]) == pytest.approx(2 * seen.u_per_s * 60, abs=1e-4)
    assert slope[3] == "█" * 10
    bars, _, ends = third.partition("  ")
    assert len(bars) == len(seen.last) == 40
    assert list(bars) == sorted(bars)  # it rises, and so do the characters
    assert ends.endswith("24.9287 °C")
    assert lines(waiting, "vi")[0].startswith("chờ bể ổn định: 24,9287 °C → 25 °C; đã 16 min 40 s, còn khoảng 15 min")


@pytest.mark.parametrize("until_s", [0.0, 30.0, 300.0, 900.0, 3000.0])
@pytest.mark.parametrize("language", LANGUAGES)
def test_at_any_moment_the_lines_fit_a_terminal_and_survive_the_journal(until_s: float, language: Any) -> None:
    waiting = _window(until_s).waiting(BATH, until_s)
    assert max(map(len, lines(waiting, language))) < 80
    again = Waiting.of(waiting.plain())
    assert lines(again, language) == lines(waiting, language)
    later = Waiting.of(Waiting(same("pause"), 10.0, 25.0).plain(), since_s=30.0)
    assert (later.waited_s, later.left_s) == (40.0, 0.0)


def test_bars_lie_between_the_lowest_and_the_highest() -> None:
    assert sparkline((0.0, 1.0, 0.5, 0.0)) == "▁█▅▁"
    assert sparkline((3.0, 3.0)) == "▁▁"


def test_short_waits_pass_untold_and_long_ones_are_kept_now_and_then() -> None:
    now = [0.0]
    shown: list[Waiting | None] = []
    kept: list[dict[str, Any]] = []
    reports = Reports(shown.append, kept.append, lambda: now[0])

    def waited(seconds: float) -> None:
        with reports.during(lambda: Waiting(BATH, now[0], math.nan)):
            end = now[0] + seconds
            while now[0] < end:
                with reports.during(lambda: Waiting(same("a part of it"), 0.0, 0.0)):
                    reports.look()
                now[0] += 0.1

    waited(QUIET_S - 0.5)
    assert (shown, kept) == ([], [])
    waited(70.0)
    assert shown[-1] is None
    assert {None if w is None else w.why for w in shown[:-1]} == {BATH}
    assert 100 < len(shown) < 160
    assert [round(k["waited_s"], -1) for k in kept] == [10, 30, 50]
    reports.look()  # nothing is waited for
    assert shown[-1] is None


class Seeing(NoWatcher):
    def __init__(self) -> None:
        self.waits: list[Waiting | None] = []

    def waiting(self, waiting: Waiting | None) -> None:
        self.waits.append(waiting)


def _settled(watcher: Any, monkeypatch: pytest.MonkeyPatch, folder: Path | None = None) -> Any:
    """Run a comparison in a bath whose clock the faces take for the machine's."""
    sample = Sample.load("prt-industrial", parameters={"temperatures_C": [0.0, 100.0], "cycles": 4})
    bench = sample.simulated_bench(3)
    monkeypatch.setattr(station_module, "Reports", partial(Reports, machine_s=bench.clock.elapsed))
    outcome = run(
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
        watcher=watcher,
        folder=folder,
    )
    assert outcome.status == "complete", outcome.error
    return outcome


def test_a_run_shows_and_keeps_how_its_bath_settles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seeing = Seeing()
    outcome = _settled(seeing, monkeypatch, tmp_path / "run")
    baths = [w for w in seeing.waits if w is not None and w.stability is not None]
    assert {w.stability.target for w in baths if w.stability is not None} == {0.0, 100.0}
    soaking = [w for w in seeing.waits if w is not None and w.why.en == "item soaking"]
    assert [w.left_s for w in soaking] == sorted((w.left_s for w in soaking), reverse=True) or len(soaking) > 300
    assert seeing.waits[-1] is None
    kept = [Waiting.of(e.details) for e in Record.open(outcome.record).events() if e.kind == EVENT]
    settling = [w for w in kept if w.stability is not None]
    assert len(settling) > 20
    assert {w.why for w in settling} == {BATH}
    each = np.diff([w.waited_s for w in settling])
    assert set(np.round(each[each > 0], 0)) <= {20.0, 21.0, 22.0}


def test_plain_lines_tell_of_a_long_wait_once_a_minute_and_of_a_short_one_not(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing, out = Seeing(), io.StringIO()
    _settled(seeing, monkeypatch)
    _settled(PlainLines("en", out), monkeypatch)
    told = [line for line in out.getvalue().splitlines() if line.startswith("bath settling")]
    waited = [w.waited_s for w in seeing.waits if w is not None and w.why == BATH]
    ends = [a for a, b in pairwise([*waited, 0.0]) if b < a]
    assert len(ends) == 2
    assert len(told) == pytest.approx(sum(1 + end // 60 for end in ends), abs=2)
    assert all(re.search(r"→ (0|100) °C; .*slope .*limit ± .*window .*… ", line) for line in told)
    assert "between readings" not in out.getvalue()


def test_the_console_draws_the_wait_between_progress_and_keys_in_whole_lines() -> None:
    rich = RichConsole(file=io.StringIO(), width=80, force_terminal=True)
    console = Console("An", "en", rich)
    console.progress(Progress(1, 4, 600.0, same("bath, 25 °C")))
    waiting = _window(1000.0).waiting(BATH, 1000.0)

    def rows() -> list[str]:
        drawn = rich.render_lines(console._live.renderable, rich.options)
        return ["".join(segment.text for segment in row).rstrip() for row in drawn]

    before = rows()
    console.waiting(waiting)
    with_wait = rows()
    assert [r for r in with_wait if r][1:4] == lines(waiting, "en")
    assert with_wait[-1].startswith("p pause")
    assert all(len(r) <= 80 for r in with_wait)
    console.waiting(None)
    assert rows() == before


def test_a_wait_is_seen_from_another_process(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    with Journal.create(path, {"simulated": False, "points": [{"id": "bath/25 °C"}]}, SystemClock()) as journal:
        journal.event(EVENT, _window(1000.0).waiting(BATH, 1000.0).plain())
        watched = [sys.executable, "-m", "calib", "watch", str(path)]
        once = subprocess.run([*watched, "--once"], capture_output=True, text=True, encoding="utf-8", check=True)
        *_, first, second, third, state = once.stdout.splitlines()
        assert re.fullmatch(
            r"bath settling: 24\.9287 °C → 25 °C; \d+ min \d\d s so far, about \d+ min \d\d s left", first
        )
        assert second.startswith("slope +0.04")
        assert third.startswith("▁")
        assert state.startswith("running")
        with Watch(path) as watch:
            watch.look()
            assert watch.sight.newest is not None
            attempt = journal.begin_attempt("bath/25 °C", "as-found")
            journal.reading(attempt, "reference", 109.0, "Ω")
            watch.look()
            assert watch.sight.newest is None  # it waits no more
        following = subprocess.Popen(
            [*watched, "--interval", "0.05"], stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert following.stdout is not None
        following.stdout.readline()
        journal.event(EVENT, Waiting(same("item soaking"), 5.0, 295.0).plain())
        assert re.fullmatch(r"item soaking: \d+ s so far, about 4 min \d\d s left\n", following.stdout.readline())
        journal.finish("complete")
    assert following.stdout.readline().startswith("complete, ")
    assert following.wait(30) == 0
    following.stdout.close()


def test_nobody_is_busy_while_a_console_shows_a_wait_on_the_real_clock() -> None:
    """Less than 2 % of a core: a reading each half second, drawn at a terminal by rich."""
    clock, console = SystemClock(), Console("An", "en", RichConsole(file=io.StringIO(), width=80, force_terminal=True))
    window = Window(600.0, "°C", LIMIT, 25.0)
    console._live.start()
    try:
        reports = Reports(console.waiting, lambda kept: None, lambda: time.monotonic() + QUIET_S)
        begun_s, cpu_s = time.monotonic(), time.process_time()
        with reports.during(lambda: window.waiting(BATH, clock.elapsed())):
            for n in range(25):
                window.add(clock.elapsed(), _bath(n * 10.0))
                reports.look()
                clock.sleep(0.2)
        share = (time.process_time() - cpu_s) / (time.monotonic() - begun_s)
    finally:
        console._live.stop()
    assert share < 0.02, f"{share:.1%}"


def test_on_a_fast_clock_a_wait_looks_no_more_often_for_an_abort() -> None:
    """Five looks in a second of the machine, whatever the bench's clock does meanwhile."""
    looks: list[str] = []
    control: Any = types.SimpleNamespace(requested=lambda moment, _: looks.append(moment))
    nobody: Any = None
    leases: Any = Unguarded()
    station = JournalStation(nobody, nobody, ScaledClock(100.0), nobody, control, Interrupts(), leases, NoWatcher())
    station.wait(40.0, BATH)
    assert 1 <= len(looks) <= 3
