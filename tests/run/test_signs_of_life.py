"""When a silence means death, and when only that nobody was listening; when a run stands still, and when it waits."""

import os
import threading
import time
from collections.abc import Callable
from math import inf

import pytest

from calib.guard import sleep
from calib.guard.leases import GRACE_S, LIMIT_GRACE_S, OWN_S, GuardedLeases, StandstillWatch
from calib.guard.orders import BEAT, READY
from calib.guard.patience import BEAT_S, MOST_SILENT_TICKS, TICK_S, Patience
from calib.guard.pulse import Pulse
from calib.guard.sleep import SleepWatch


def test_half_a_second_of_silence_is_death() -> None:
    patience = Patience()
    assert [patience.tick(TICK_S) for _ in range(MOST_SILENT_TICKS)] == [False] * (MOST_SILENT_TICKS - 1) + [True]


def test_a_sign_of_life_starts_the_count_anew() -> None:
    patience = Patience()
    for _ in range(MOST_SILENT_TICKS - 1):
        patience.tick(TICK_S)
    patience.heard()
    assert not patience.tick(TICK_S)


def test_ticks_that_came_late_prove_nothing_of_the_other_side() -> None:
    patience = Patience()
    assert not any(patience.tick(3 * TICK_S) for _ in range(10 * MOST_SILENT_TICKS))


def test_a_clock_that_went_on_alone_tells_of_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on_s = iter([100.0, 100.5, 3700.5, 3700.5])
    monkeypatch.setattr(sleep, "_gone_on_s", lambda: next(gone_on_s))
    watch = SleepWatch()
    assert [watch.slept_s() for _ in range(3)] == [0.0, 3600.0, 0.0]


@pytest.fixture
def processor() -> list[float]:
    """What the run has got of the processor so far, in seconds."""
    return [0.0]


@pytest.fixture
def watch(leases: GuardedLeases, processor: list[float]) -> StandstillWatch:
    """What looks at the leases."""
    return StandstillWatch(leases, lambda: processor[0])


@pytest.fixture
def ticks(processor: list[float]) -> Callable[..., list[str]]:
    """Return what lets beats go by, in each of which the run gets a part of the processor."""

    def passed(watch: StandstillWatch, seconds: float, part: float = 0.0, beat_s: float = BEAT_S) -> list[str]:
        acts = []
        for _ in range(round(seconds / beat_s)):
            processor[0] += part * beat_s
            acts.append(watch.tick(beat_s))
        return [act for act in acts if act]

    return passed


@pytest.fixture
def leases() -> GuardedLeases:
    """Leases of a run whose output may be on."""
    made = GuardedLeases()
    made.begin()
    return made


def test_a_lease_that_runs_out_interrupts_once_and_then_kills(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    with leases.lease(2.0, "measuring"):
        assert ticks(watch, 1.9) == []
        assert ticks(watch, 0.3) == ["interrupt"]
        assert "measuring: no sign of getting on for 2 s, in " in watch.why
        assert set(ticks(watch, GRACE_S + 0.2)) == {"kill"}


def test_each_sign_begins_the_lease_anew(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    with leases.lease(2.0, "measuring"):
        for _ in range(5):
            assert ticks(watch, 1.8) == []
            with leases.lease(5.0, "a question to the meter"):
                assert ticks(watch, 4.8) == []
        leases.heard()
        assert ticks(watch, 1.8) == []


def test_an_interrupted_run_that_gets_on_is_not_killed(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    with leases.lease(2.0, "measuring"):
        assert ticks(watch, 2.2) == ["interrupt"]
    assert ticks(watch, OWN_S - 0.2) == []


def test_nothing_runs_out_while_nothing_is_on_or_a_person_is_asked(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    with leases.limit(20.0, "a point"), leases.lease(2.0, "measuring"):
        with leases.lease(inf, "a question"):
            assert ticks(watch, 3600.0) == []
        leases.sources_are_safe()
        assert ticks(watch, 3600.0) == []
        with leases.of_source().lease(1.0, "OPER"):
            assert ticks(watch, 1.2) == ["interrupt"]


def test_a_limit_counts_over_all_signs(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    acts = []
    with leases.limit(20.0, "measuring the point"):
        for _ in range(30):
            with leases.lease(2.0, "READ?"):
                acts += ticks(watch, 1.0)
    assert acts[0] == "interrupt"
    assert set(acts[1:]) == {"kill"}
    assert len(acts[1:]) == pytest.approx((10 - LIMIT_GRACE_S) / BEAT_S, abs=2)
    assert "measuring the point took longer than 20 s" in watch.why


def test_a_machine_that_starves_the_run_does_not_make_it_hang(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    with leases.lease(2.0, "computing"):
        assert ticks(watch, 7.5, part=0.1) == []
        leases.heard()
        assert ticks(watch, 30.0, beat_s=2.0) == []
        leases.heard()
        assert ticks(watch, 6.0, part=0.1, beat_s=2.0) == []
        leases.heard()
        assert ticks(watch, 2.3, part=1.0) == ["interrupt"]


def test_a_run_that_gets_on_while_it_is_looked_at_is_not_taken_for_hung(
    leases: GuardedLeases, ticks: Callable[..., list[str]], watch: StandstillWatch
) -> None:
    class Leaves:
        """A limit that, when it is looked at, lets the run leave its long lease."""

        @property
        def left_s(self) -> float:
            if leases.current is reading:
                reading.__exit__(None, None, None)
            return inf

        @left_s.setter
        def left_s(self, left_s: float) -> None:
            del left_s

    with leases.lease(2.0, "measuring"):
        reading = leases.lease(8.0, "READ?")
        reading.__enter__()
        assert ticks(watch, 7.0) == []
        leases.limits.append(Leaves())  # type: ignore[arg-type]
        assert ticks(watch, 1.0) == []


def test_a_run_that_is_told_to_end_goes_on_beating_so_that_it_can_end_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on_s = [100.0]
    monkeypatch.setattr(sleep, "_gone_on_s", lambda: gone_on_s[0])
    (hears, says), (ear, voice) = os.pipe(), os.pipe()
    told: list[str] = []
    alarmed = threading.Event()

    def alarm(why: str) -> None:
        told.append(why)
        alarmed.set()

    with os.fdopen(says, "wb", 0) as to_guard, os.fdopen(ear, "rb", 0) as from_guard:
        pulse = Pulse(to_guard, from_guard, alarm, GuardedLeases())
        os.write(voice, READY)
        gone_on_s[0] += 3600.0
        assert alarmed.wait(5)
        os.read(hears, 4096)
        os.set_blocking(hears, False)
        time.sleep(6 * BEAT_S)
        assert os.read(hears, 4096).count(BEAT) >= 2
        pulse.stop()
        os.close(voice)
        time.sleep(2 * BEAT_S)
    os.close(hears)
    assert told == ["the computer slept for 3600 s, and nobody looked after the terminals"]
