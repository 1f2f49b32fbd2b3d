"""Pause, repeat, skip, go to, abort: carried out with the source safe, with a reason, and shown to whoever checks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from calib.errors import InputError, RunError
from calib.ports import Answer, Operator, Prompt
from calib.record import Journal, Record
from calib.report.deviations import deviations
from calib.run import NoWatcher, PlainLines, Request, ScriptedControl, ScriptedOperator
from calib.run.agenda import Agenda
from calib.run.control import Moment, Wishes

Make = Callable[..., Any]
POINTS = ((10.0, 5.0), (10.0, -9.0), (100.0, 90.0))
FIVE, MINUS_NINE, NINETY = "calibrator/10 V/5 V", "calibrator/10 V/-9 V", "calibrator/100 V/90 V"


@dataclass
class Deciding:
    """An operator who gives reasons and makes decisions; notes whether the source was on at each question."""

    operator: Operator
    given: dict[str, str]
    operating: Callable[[], bool]
    asked: list[tuple[Prompt, bool]] = field(default_factory=list)
    name: str = "Bình"

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append((prompt, self.operating()))
        if prompt.id in self.given:
            return Answer(self.given[prompt.id], self.name)
        return self.operator.ask(prompt)


@dataclass
class Keys(NoWatcher):
    """Presses a key once, at a moment of a point."""

    wish: Request
    moment: Moment
    point: str

    def requested(self, moment: Moment, point: str) -> Request | None:
        if (moment, point) != (self.moment, self.point):
            return None
        self.point = ""
        return self.wish


def _attempts(record: Record) -> list[tuple[str, int, str]]:
    return [(a.point, a.number, a.outcome) for a in record.readings().attempts if a.point.startswith("cal")]


def _told(record: Record) -> str:
    return "\n".join(t.en for t in deviations(record.readings(), (), record.status))


def test_a_repeat_sets_the_earlier_attempt_aside_with_its_cause(bench: Make, tmp_path: Path) -> None:
    control = ScriptedControl({FIVE: ["repeat: the lead was touched"]}, "answers.toml")
    outcome = bench(POINTS).calibrate(folder=tmp_path / "run", control=control)
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    assert _attempts(record)[:3] == [(FIVE, 1, "repeated"), (FIVE, 2, "complete"), (MINUS_NINE, 1, "complete")]
    (result,) = [r for r in record.results if r.point == FIVE]
    assert result.attempt == 2
    assert f"Point {FIVE} (as found), attempt 1: repeated: the lead was touched (answers.toml)." in _told(record)
    first, second = [a for a in record.readings().attempts if a.point == FIVE]
    assert (first.reason, second.reason) == ("the lead was touched (answers.toml)",) * 2
    assert first.preparations == second.preparations  # nothing was connected anew
    assert len(record.readings().values(first, "meter")) == 5  # and it is all still there


def test_without_an_invalidating_cause_the_first_attempt_stands(bench: Make, tmp_path: Path) -> None:
    bench_ = bench(POINTS)
    given = {"control.repeat": "to see how it repeats", "control.invalidates": "no"}
    operator = Deciding(bench_.operator(), given, lambda: bench_.operating)
    keys = Keys(Request("repeat"), "after", FIVE)
    outcome = bench_.calibrate(operator, watcher=keys, folder=tmp_path / "run")
    record = Record.open(outcome.record)
    assert _attempts(record)[:2] == [(FIVE, 1, "complete"), (FIVE, 2, "complete")]
    assert [r.attempt for r in record.results if r.point == FIVE] == [1]
    assert f"Point {FIVE} (as found), attempt 2: measured again; attempt 1 stands." in _told(record)
    (event,) = [e for e in record.events() if e.kind == "repeat"]
    assert event.details["why"] == "to see how it repeats (Bình)"
    assert event.details["aside"] is False


def test_a_key_that_was_pressed_by_mistake_changes_nothing(bench: Make, tmp_path: Path) -> None:
    bench_ = bench(POINTS)
    for wish, moment, asked in (("repeat", "after", "control.repeat"), ("skip", "before", "control.skip")):
        operator = Deciding(bench_.operator(), {asked: ""}, lambda: bench_.operating)
        keys = Keys(Request(wish), moment, MINUS_NINE)  # type: ignore[arg-type]  # from the table above
        outcome = bench_.calibrate(operator, watcher=keys, folder=tmp_path / wish)
        assert outcome.status == "complete"
        assert asked in [p.id for p, _ in operator.asked]
        assert [o for _, _, o in _attempts(Record.open(outcome.record))] == ["complete"] * 3


def test_a_skipped_point_has_no_result_and_its_reason_is_told(bench: Make, tmp_path: Path) -> None:
    bench_ = bench(POINTS)
    operator = Deciding(bench_.operator(), {"control.skip": "range is defective"}, lambda: bench_.operating)
    keys = Keys(Request("skip"), "before", NINETY)
    outcome = bench_.calibrate(operator, watcher=keys, folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert bench_.highest_V() <= 9  # and no danger was asked about
    assert "hazard.voltage" not in [p.id for p, _ in operator.asked]
    record = Record.open(outcome.record)
    assert NINETY not in {r.point for r in record.results}
    assert f"Point {NINETY} (as found): skipped: range is defective (Bình)." in _told(record)


def test_going_to_a_point_leaves_none_out_and_connects_anew(bench: Make, tmp_path: Path) -> None:
    control = ScriptedControl({"short/10 V/0 V": [f"go to: {MINUS_NINE}"]})
    outcome = bench(POINTS).calibrate(folder=tmp_path / "run", control=control)
    assert outcome.status == "complete", outcome.error
    readings = Record.open(outcome.record).readings()
    order = [a.point for a in readings.attempts]
    assert order == [MINUS_NINE, NINETY, "short/10 V/0 V", "short/100 V/0 V", FIVE]
    assert [p.group for p in readings.preparations] == ["calibrator", "short", "calibrator"]
    assert all(a.outcome == "complete" for a in readings.attempts)


def test_going_back_to_a_complete_point_needs_a_reason(bench: Make, tmp_path: Path) -> None:
    bench_ = bench(POINTS)
    given = {"control.go-to": "3", "control.repeat": "adapter was loose", "control.invalidates": "yes"}
    operator = Deciding(bench_.operator(), given, lambda: bench_.operating)
    keys = Keys(Request("go to"), "before", NINETY)
    outcome = bench_.calibrate(operator, watcher=keys, folder=tmp_path / "run")
    (shown,) = [p for p, _ in operator.asked if p.id == "control.go-to"]
    assert shown.checklist[2].en == f"3  {FIVE}, complete"
    assert shown.checklist[4].vi == f"5  {NINETY}, đang chờ"
    assert _attempts(Record.open(outcome.record)) == [
        (FIVE, 1, "repeated"),
        (MINUS_NINE, 1, "complete"),
        (FIVE, 2, "complete"),
        (NINETY, 1, "complete"),
    ]


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_while_paused_the_source_is_safe_and_afterwards_the_connection_is_proven_anew(
    bench: Make, tmp_path: Path, moment: Moment
) -> None:
    bench_ = bench(POINTS)
    operator = Deciding(bench_.operator(), {}, lambda: bench_.operating)
    outcome = bench_.calibrate(operator, watcher=Keys(Request("pause"), moment, NINETY), folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert [on for p, on in operator.asked if p.id == "control.pause"] == [False]
    record = Record.open(outcome.record)
    ninety = [(number, outcome_) for point, number, outcome_ in _attempts(record) if point == NINETY]
    groups = [p.group for p in record.readings().preparations]
    hazards = [p.id for p, _ in operator.asked].count("hazard.voltage")
    if moment == "during":
        assert ninety == [(1, "failed"), (2, "complete")]
        assert "broken off by a pause" in _told(record)
        assert hazards == 2  # nothing is let out again unconfirmed
    else:
        assert ninety == [(1, "complete")]
        assert hazards == 1
    if moment != "after":  # nothing is left to be measured then
        assert groups == ["short", "calibrator", "calibrator"]
        proofs = [e for e in record.events() if e.kind == "connection checked"]
        assert [e.details["holds"] for e in proofs] == [True, True]


def test_a_pause_amid_a_dangerous_voltage_takes_it_off(bench: Make) -> None:
    bench_ = bench(POINTS)
    bench_.calibrate(watcher=Keys(Request("pause"), "during", NINETY))
    changes = [(c["operating"], c["setpoint_V"]) for c in bench_.history]
    first = changes.index((True, 90.0))
    assert not changes[first + 1][0]
    assert (True, 90.0) in changes[first + 1 :]


def test_a_procedure_cannot_swallow_a_pause(bench: Make, procedure_file: Callable[[str], str], tmp_path: Path) -> None:
    path = procedure_file("""
def measure(self, point, station):
    try:
        super().measure(point, station)
    except Exception:
        pass
""")
    control = ScriptedControl({FIVE: ["pause"]})
    outcome = bench(POINTS, path).calibrate(folder=tmp_path / "run", control=control)
    assert _attempts(Record.open(outcome.record))[:2] == [(FIVE, 1, "failed"), (FIVE, 2, "complete")]


def test_a_scripted_abort_ends_the_run_at_its_point(bench: Make, tmp_path: Path) -> None:
    outcome = bench(POINTS).calibrate(folder=tmp_path / "run", control=ScriptedControl({MINUS_NINE: ["abort"]}))
    assert outcome.status == "aborted"
    assert _attempts(Record.open(outcome.record)) == [(FIVE, 1, "complete"), (MINUS_NINE, 1, "failed")]
    assert outcome.safe == {"source": "safe"}


def test_a_wish_for_a_point_that_is_not_there_is_refused_before_anything_is_touched(bench: Make) -> None:
    bench_ = bench(POINTS)
    for wishes in ({"calibrator/10 V/6 V": ["pause"]}, {FIVE: ["go to: nowhere"]}):
        with pytest.raises(InputError, match="no such point"):
            bench_.calibrate(control=ScriptedControl(wishes))
    assert bench_.history == bench(POINTS).history


@pytest.mark.parametrize("wish", ["repeat", "skip:", "jump: x", "pause: now", "go to"])
def test_a_wish_that_is_not_understood_is_refused(wish: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(f'[answers]\n[control]\n"{FIVE}" = "{wish}"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"not understood; allowed: pause, abort, skip: WHY"):
        ScriptedControl.from_file(file)


def test_on_a_real_bench_no_script_skips_or_repeats(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from calib.run import course, steering

    real = steering.Steering

    class OnARealBench(real):  # type: ignore[misc, valid-type]
        def __init__(self, *given: Any, simulated: bool) -> None:
            assert simulated
            super().__init__(*given, simulated=False)

    monkeypatch.setattr(course, "Steering", OnARealBench)
    for wish in ("skip: no time", "repeat: better luck"):
        outcome = bench(POINTS).calibrate(control=ScriptedControl({FIVE: [wish]}))
        assert outcome.status == "failed"
        assert isinstance(outcome.error, RunError)
        assert "must be decided by a person at the bench" in str(outcome.error)


def test_a_repeat_that_was_cut_off_is_measured_when_the_run_goes_on_and_keeps_its_reason(
    bench: Make, tmp_path: Path, go_on: Callable[..., Any]
) -> None:
    bench_ = bench(POINTS)
    control = ScriptedControl({FIVE: ["repeat: the lead was touched", "abort"]})
    stopped = bench_.calibrate(folder=tmp_path / "run", control=control)
    assert stopped.status == "aborted"
    assert FIVE not in {r.point for r in stopped.results}
    outcome = go_on(bench_, stopped)
    assert outcome.status == "complete", outcome.error
    with Journal.open(outcome.journal) as journal:
        attempts = [a for a in journal.readings().attempts if a.point == FIVE]
    assert [(a.number, a.outcome) for a in attempts] == [(1, "repeated"), (2, "failed"), (3, "complete")]
    assert attempts[2].reason == "the lead was touched (the script)"
    assert [r.attempt for r in outcome.results if r.point == FIVE] == [3]


def test_an_agenda_changes_its_order_and_loses_nothing(bench: Make) -> None:
    from calib.procedure import Point
    from calib.text import same

    points = [Point(str(n), "g", same("t"), "q", "V", 1.0, 1.0, 0.0, 1.0) for n in range(4)]
    agenda = Agenda(points)
    agenda.go_to(points[2])
    assert [p.id for p in agenda.waiting] == ["2", "3", "0", "1"]
    agenda.done(points[2])
    agenda.go_to(points[2])
    assert [p.id for p in agenda.waiting] == ["2", "3", "0", "1"]


def test_a_wish_waits_for_its_moment() -> None:
    wishes = Wishes()
    wishes.add(Request("skip"))
    wishes.add(Request("pause"))
    assert wishes.requested("aside") is None
    assert wishes.requested("during") == Request("pause")
    assert wishes.requested("during") is None
    assert wishes.requested("before") == Request("skip")


def test_lines_from_a_file_are_no_keys() -> None:
    import io

    plain = PlainLines("en", io.StringIO(), io.StringIO("p\nq\n"))
    assert plain.requested("during", FIVE) is None


def test_a_list_of_scripted_answers_is_given_one_by_one() -> None:
    from calib.text import same

    script = ScriptedOperator({"level": [1.0, 2.0]})
    prompt = Prompt("level", same("?"), kind="number", unit="V")
    assert [script.ask(prompt).value for _ in range(2)] == [1.0, 2.0]
    with pytest.raises(InputError, match="no answer to 'level'"):
        script.ask(prompt)
