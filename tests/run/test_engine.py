"""What a run keeps, shows and refuses; on a virtual clock, through the record's own reader and other people's."""

import io
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calib.clock import ScaledClock
from calib.errors import FileError, InputError, RecordError, RunError
from calib.procedure import Context
from calib.record import Journal, Record
from calib.record.result import Result
from calib.record.store import Writing
from calib.run import NoWatcher, PlainLines, PlainOperator, Progress, ScriptedOperator, SimulatedOperator, run
from calib.run.console import Console
from calib.run.interrupts import Interrupted, Interrupts
from calib.run.lines import duration
from calib.text import Text

Make = Callable[..., Any]
POINTS = ((10.0, 5.0), (10.0, -9.0), (100.0, 100.0))


class Watching(NoWatcher):
    """Keeps all that a run shows."""

    def __init__(self) -> None:
        self.shown: list[Result] = []
        self.steps: list[Progress] = []
        self.said: list[Text] = []
        self.ended = 0

    def progress(self, progress: Progress) -> None:
        self.steps.append(progress)

    def result(self, result: Result) -> None:
        self.shown.append(result)

    def message(self, text: Text) -> None:
        self.said.append(text)

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def done(bench: Make, tmp_path: Path) -> tuple[Any, Any, Watching]:
    """A bench, the outcome of a run on it that was watched, and its watcher."""
    bench_, watcher = bench(POINTS), Watching()
    return bench_, bench_.calibrate(watcher=watcher, folder=tmp_path / "run"), watcher


def test_the_record_holds_the_whole_story(done: tuple[Any, Any, Watching]) -> None:
    _, outcome, _ = done
    assert outcome.status == "complete"
    assert outcome.safe == {"source": "safe"}
    record = Record.open(outcome.record)
    readings = record.readings()
    assert [(a.point, a.number, a.phase, a.outcome) for a in readings.attempts] == [
        (p, 1, "as-found", "complete")
        for p in (
            "short/10 V/0 V",
            "short/100 V/0 V",
            "calibrator/10 V/5 V",
            "calibrator/10 V/-9 V",
            "calibrator/100 V/100 V",
        )
    ]
    assert [p.group for p in readings.preparations] == ["short", "calibrator"]
    assert [a.preparations for a in readings.attempts] == [(1,), (1,), (2,), (2,), (2,)]
    assert len(readings.readings) == 25
    assert {r.unit for r in readings.readings} == {"V"}
    assert [c.quantity for c in readings.environment] == ["temperature", "humidity"] * 2
    answered = [a.prompt for a in record.answers()]
    weather = ["environment.temperature", "environment.humidity"]
    assert answered == ["identity.meter", *weather, "connect.short", "connect.calibrator", "hazard.voltage", *weather]
    assert {a.by for a in record.answers()} == {"simulated operator"}
    assert all({"vi", "en"} <= set(a.question["text"]) for a in record.answers())
    kinds = [e.kind for e in record.events()]
    assert kinds.count("standby read back") == 2
    assert kinds.count("connection checked") == 1
    assert kinds.count("dangerous voltage allowed") == 1
    assert kinds[-1] == "made safe"
    assert record.snapshot["simulated"] is True
    assert record.snapshot["operator"] == "An"
    identities = record.snapshot["identities"]
    assert identities["source"]["serial_number"] == "SIM5522001"
    assert identities["source"]["confirmed_by"] == ""
    assert identities["meter"]["serial_number"] == "SIM34401001"
    assert identities["meter"]["confirmed_by"] == "simulated operator"
    assert "class DmmDcVoltage" in record.snapshot["procedure"]["source"]


def test_the_traffic_is_raw_and_begins_with_the_identity(done: tuple[Any, Any, Watching]) -> None:
    _, outcome, _ = done
    record = Record.open(outcome.record)
    traffic = record.traffic()
    meter = [m for m in traffic if m.resource == "MEMORY::meter"]
    assert (meter[0].direction, meter[0].message) == (">", b"*IDN?\n")
    assert meter[1].message.startswith(b"HEWLETT-PACKARD,34401A,0,")
    replies = [float(after.message) for before, after in pairwise(meter) if before.message == b"READ?\n"]
    readings = [r.value for r in record.readings().readings]
    assert len(replies) == len(readings) + 1  # the proof of the connection
    assert [v for v in replies if v in readings] == readings


def test_record_journal_and_outcome_say_exactly_the_same(done: tuple[Any, Any, Watching]) -> None:
    bench_, outcome, watcher = done
    record = Record.open(outcome.record)
    assert record.results == outcome.results
    again = bench_.laboratory.procedure(Context(record.snapshot))
    assert again.evaluate(record.readings()) == outcome.results
    with Journal.open(outcome.journal) as journal:
        assert again.evaluate(journal.readings()) == outcome.results
        assert tuple(Result.from_json(row) for row in journal.verify().results) == outcome.results
    assert [r.point for r in watcher.shown] == [r.point for r in outcome.results]


def test_other_people_open_the_record(done: tuple[Any, Any, Watching]) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    _, outcome, _ = done
    with xarray.open_dataset(outcome.record, engine="h5netcdf", group="entry/readings") as readings:
        values = readings["value"].to_numpy().tolist()
    assert values == [r.value for r in Record.open(outcome.record).readings().readings]
    with xarray.open_dataset(outcome.record, engine="h5netcdf", group="entry/points") as points:
        assert points["error"].to_numpy().tolist() == [r.error for r in outcome.results]


def test_progress_tells_the_time_left_and_ends_once(done: tuple[Any, Any, Watching]) -> None:
    _, _, watcher = done
    assert watcher.ended == 1
    assert {s.total for s in watcher.steps} == {5}
    left = [s.remaining_s for s in watcher.steps]
    assert left[0] > left[-1] > 0
    last = watcher.steps[-1].doing
    assert last.vi == "Điện áp một chiều, thang 100 V, 100 V"
    assert last.en == "DC voltage, 100 V range, 100 V"


def test_nothing_but_journal_record_and_pictures_is_left(done: tuple[Any, Any, Watching]) -> None:
    _, outcome, _ = done
    assert sorted(p.name for p in outcome.record.parent.iterdir()) == ["pictures", "record.h5", "run.journal"]


def test_a_simulated_clock_is_refused_on_a_bench_that_is_not_marked(bench: Make) -> None:
    bench_ = bench()
    plan = replace(_plan(bench_), snapshot={"simulated": False})
    with pytest.raises(RunError, match="only for a bench that is marked simulated"):
        run(plan, connect=lambda *_: pytest.fail("opened"), clock=ScaledClock(20), operator=bench_.operator())


def _plan(bench_: Any) -> Any:
    from calib.run import make_plan

    given = bench_.laboratory
    today = bench_.simulated.clock.now().date()
    return make_plan(given.procedure, given.laboratory, given.bench, given.job, operator="An", today=today)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({"temperature_C": 29.5, "humidity_percent": 45.0}, "temperature is 29.5 °C; the method allows 18 °C to 28 °C"),
        ({"temperature_C": 23.0, "humidity_percent": 85.0}, "humidity is 85 %; the method allows 10 % to 80 %"),
    ],
    ids=["temperature", "humidity"],
)
def test_an_environment_outside_the_method_stops_the_run_before_any_output(
    bench: Make, shown: dict[str, float], said: str
) -> None:
    bench_ = bench()
    outcome = bench_.calibrate(SimulatedOperator(lambda: shown))
    assert outcome.status == "failed"
    assert str(outcome.error).endswith(said)
    assert bench_.highest_V() == 0.0


def test_an_environment_that_left_its_limits_fails_the_run_and_keeps_its_readings(bench: Make, tmp_path: Path) -> None:
    shown = iter([23.0, 29.0])
    bench_ = bench()
    operator = SimulatedOperator(lambda: {"temperature_C": next(shown), "humidity_percent": 45.0})
    operator_ask = operator.ask
    asked: list[str] = []

    def ask(prompt: Any) -> Any:
        asked.append(prompt.id)
        if prompt.id == "environment.humidity":
            return replace(SimulatedOperator(lambda: {"humidity_percent": 45.0}).ask(prompt))
        return operator_ask(prompt)

    operator.ask = ask  # type: ignore[method-assign]
    outcome = bench_.calibrate(operator, folder=tmp_path / "run")
    assert outcome.status == "failed"
    assert "temperature is 29 °C" in str(outcome.error)
    assert len(Record.open(outcome.record).readings().readings) == 10


def test_a_failing_evaluation_loses_no_reading(
    bench: Make, procedure_file: Callable[[str], str], tmp_path: Path
) -> None:
    path = procedure_file("""
def row(self, point, attempt, readings, estimates):
    raise KeyError("temperature coefficient")
""")
    bench_ = bench(((10.0, 5.0),), path)
    outcome = bench_.calibrate(folder=tmp_path / "run")
    assert outcome.status == "failed"
    assert "KeyError: 'temperature coefficient'" in str(outcome.error)
    assert "changed.py, line" in str(outcome.error)
    record = Record.open(outcome.record)
    assert record.status == "failed"
    assert len(record.readings().readings) == 10
    assert record.results == ()


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "raise KeyboardInterrupt", "raise MemoryError"])
def test_whatever_a_procedure_raises_ends_in_standby(
    bench: Make, procedure_file: Callable[[str], str], program: str
) -> None:
    path = procedure_file(f"""
def measure(self, point, station):
    super().measure(point, station)
    if point.nominal == 100:
        {program}
""")
    bench_ = bench(((100.0, 100.0),), path)
    outcome = bench_.calibrate()
    assert outcome.status == ("aborted" if "Keyboard" in program else "failed")
    assert bench_.highest_V() == 100.0
    assert not bench_.operating


def test_a_journal_that_takes_nothing_more_does_not_keep_the_source_on(
    bench: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench_ = bench(((100.0, 100.0),))
    write = Writing.write

    def broken(writing: Writing, statements: Any) -> None:
        if bench_.highest_V() > 60:
            msg = "attempt to write a readonly database"
            raise sqlite3.OperationalError(msg)
        write(writing, statements)

    monkeypatch.setattr(Writing, "write", broken)
    outcome = bench_.calibrate(folder=tmp_path / "run")
    assert outcome.status == "failed"
    assert "readonly" in str(outcome.error)
    assert outcome.safe == {"source": "safe"}
    assert not bench_.operating
    assert outcome.record is not None
    assert Record.open(outcome.record).status == "unfinished"


def test_a_record_that_cannot_be_built_is_told_and_the_journal_is_whole(
    bench: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(journal: Path, record: Path) -> None:
        msg = f"{record}: could not be built from {journal}"
        raise RecordError(msg)

    monkeypatch.setattr("calib.run.ending.build_in_child", fail)
    outcome = bench().calibrate(folder=tmp_path / "run")
    assert (outcome.status, outcome.record) == ("failed", None)
    assert "could not be built" in str(outcome.error)
    assert len(outcome.results) == 2
    with Journal.open(outcome.journal) as journal:
        assert journal.verify().status == "complete"


def test_a_watcher_that_breaks_does_not_keep_the_source_on(bench: Make) -> None:
    class Broken(Watching):
        def result(self, result: Result) -> None:
            if result.nominal == 100:
                raise BrokenPipeError(32, "Broken pipe")

        def end(self) -> None:
            raise BrokenPipeError(32, "Broken pipe")

    bench_ = bench(((100.0, 100.0),))
    outcome = bench_.calibrate(watcher=Broken())
    assert outcome.status == "failed"
    assert not bench_.operating


def test_a_folder_that_was_made_for_nothing_is_removed(bench: Make, refusing: Any, tmp_path: Path) -> None:
    bench_ = bench()
    with pytest.raises(Exception, match="aborted by the operator"):
        bench_.calibrate(refusing(bench_.operator(), "identity.meter"), folder=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert bench_.history == []
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be made"):
        bench_.calibrate(folder=tmp_path / "file" / "below")


def test_plain_lines_show_units_and_speak_vietnamese(bench: Make) -> None:
    shown = {}
    for language in ("vi", "en"):
        out = io.StringIO()
        bench(((10.0, 5.0),)).calibrate(watcher=PlainLines(language, out))
        shown[language] = out.getvalue()
        rows = [line for line in out.getvalue().splitlines() if "±" in line]
        assert len(rows) == 2
        assert all(len(re.findall(r"\d [mµ]?V\b", row)) == 6 for row in rows)
    assert "MÔ PHỎNG" in shown["vi"]
    assert "Chỉ thị khi ngắn mạch đầu vào" in shown["vi"]
    assert "SIMULATED" in shown["en"]
    assert "Indication with the input shorted" in shown["en"]


def test_the_console_draws_rows_and_the_time_left(bench: Make) -> None:
    from rich.console import Console as RichConsole

    out = io.StringIO()
    console = Console("An", "en", RichConsole(file=out, force_terminal=True, width=140, highlight=False))
    bench(((10.0, 5.0), (10.0, -9.0))).calibrate(watcher=console)
    for words in ("Digital multimeter, DC voltage", "SIMULATED", "provisional", "time left", "DC voltage, 10 V range"):
        assert words in out.getvalue()
    assert [duration(s) for s in (0, 59.6, 250, 3900)] == ["0 s", "1 min 00 s", "4 min 10 s", "1 h 05 min"]


def test_plain_questions_are_asked_again_until_the_answer_makes_sense(bench: Make) -> None:
    out = io.StringIO()
    typed = "\nSIM34401001\n" + "warm\n" + "231\n" + "23,4\n" + "45\n" + "\n" + "\n" + "23.2\n45\n"
    outcome = bench().calibrate(PlainOperator("Bình", "vi", io.StringIO(typed), out))
    assert outcome.status == "complete"
    assert "'warm'" in out.getvalue()
    assert "-20" in out.getvalue()
    assert "Nối ngắn mạch" in out.getvalue()


def test_a_script_that_ends_too_early_is_told(bench: Make) -> None:
    outcome = bench().calibrate(PlainOperator("An", "en", io.StringIO("SIM34401001\n23\n45\n"), io.StringIO()))
    assert outcome.status == "failed"
    assert "nobody is there to answer 'connect.short'" in str(outcome.error)


def test_a_star_confirms_everything_but_a_dangerous_voltage(bench: Make) -> None:
    answers: dict[str, Any] = {"*": True, "environment.temperature": 23, "environment.humidity": 45}
    answers["identity.meter"] = "SIM34401001"
    bench_ = bench(((100.0, 100.0),))
    outcome = bench_.calibrate(ScriptedOperator(answers))
    assert isinstance(outcome.error, InputError)
    assert "no answer to 'hazard.voltage'" in str(outcome.error)
    assert bench_.highest_V() <= 60
    bench_ = bench(((100.0, 100.0),))
    assert bench_.calibrate(ScriptedOperator(answers | {"hazard.voltage": True})).status == "complete"


def test_one_signal_raises_once_and_only_where_it_may() -> None:
    import signal

    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)  # nothing may be broken here: it is only remembered
        with pytest.raises(Interrupted, match="aborted by Ctrl-C"), interrupts.raising():
            pytest.fail("a signal that came before was forgotten")
        signal.raise_signal(signal.SIGINT)
    with Interrupts() as interrupts:
        reached: list[str] = []

        def written() -> None:
            signal.raise_signal(signal.SIGINT)
            reached.append("end of what must not be torn")

        with pytest.raises(Interrupted), interrupts.raising(), interrupts.held_back():
            written()
        assert reached
        with pytest.raises(Interrupted), interrupts.raising():
            pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_signal_that_was_swallowed_on_its_way_is_raised_again_at_the_next_check() -> None:
    import signal

    with Interrupts() as interrupts, interrupts.raising():
        with pytest.raises(Interrupted):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(Interrupted):
            interrupts.check()
