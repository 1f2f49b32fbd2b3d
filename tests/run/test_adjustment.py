"""As found, adjusted, as left: in this order only, agreed, authorised, sealed, and all of it in the record."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from calib.errors import Aborted, InputError
from calib.ports import Answer, Operator, Prompt
from calib.procedure import Adjustment
from calib.record import Journal, Record, SigningKey, generate_key, load_key, verify
from calib.report.content import certificate_content
from calib.run import Control, NoWatcher, ScriptedControl, require_final
from calib.text import Text

Make = Callable[..., Any]
POINTS = ((10.0, 5.0), (10.0, -9.0))
FIVE = "calibrator/10 V/5 V"
ANSWERS = {"adjustment.person": "1", "adjustment.counter-before": "17", "adjustment.counter-after": "18"}


@dataclass
class Adjuster:
    """An operator who answers what an adjustment asks; notes what was asked, and whether the source was on."""

    operator: Operator
    operating: Callable[[], bool]
    given: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))
    refused: str = ""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    name: str = "Bình"

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append((prompt.id, self.operating()))
        if prompt.id == self.refused:
            raise Aborted(prompt.id)
        if prompt.id in self.given:
            return Answer(self.given[prompt.id], self.name)
        return self.operator.ask(prompt)


class Told(NoWatcher):
    """Keeps what the operator is told."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: Text) -> None:
        self.messages.append(text.en)


def _agreed(
    bench_: Any, when: Literal["failed", "always"] = "always", names: tuple[str, ...] | None = ("Trần Thị B",)
) -> Any:
    """Return the bench with a job whose adjustment is agreed."""
    given = bench_.laboratory
    about = given.laboratory.about.model_copy(update={"authorised_to_adjust": names})
    job = given.job.model_copy(update={"adjustment": Adjustment(agreed="order 7, item 2", when=when)})
    bench_.laboratory = replace(given, laboratory=replace(given.laboratory, about=about), job=job)
    return bench_


def _adjuster(bench_: Any, **more: Any) -> Adjuster:
    return Adjuster(bench_.operator(), lambda: bench_.operating, **more)


def _key(folder: Path) -> SigningKey:
    """Return the laboratory's key: without one nothing is sealed, and so nothing adjusted."""
    private = folder / "private"
    private.mkdir(exist_ok=True)
    made = next(private.glob("*.pem"), None) or generate_key(private, public_folder=folder).private
    return load_key(made)


def _run(bench_: Any, folder: Path, control: Control | None = None, **more: Any) -> tuple[Any, Adjuster]:
    operator = _adjuster(bench_, **more)
    return bench_.calibrate(operator, folder=folder, control=control, key=_key(folder.parent)), operator


def _phases(record: Record) -> list[tuple[str, str, str]]:
    return [(a.phase, a.point, a.outcome) for a in record.readings().attempts]


def test_as_found_is_complete_and_sealed_before_anybody_is_asked_and_as_left_repeats_it(
    bench: Make, tmp_path: Path
) -> None:
    bench_ = _agreed(bench(POINTS))
    outcome, operator = _run(bench_, tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    points = ["short/10 V/0 V", FIVE, "calibrator/10 V/-9 V"]
    assert _phases(record) == [
        *(("as-found", p, "complete") for p in points),
        ("adjustment", "adjustment", "complete"),
        *(("as-left", p, "complete") for p in points),
    ]
    assert [(r.phase, r.point) for r in record.results] == [(f, p) for f in ("as-found", "as-left") for p in points]
    kinds = [e.kind for e in record.events()]
    assert kinds.index("as-found sealed") < kinds.index("calibration counter")
    about = [(id_, on) for id_, on in operator.asked if id_.startswith("adjustment")]
    assert about == [
        ("adjustment.person", False),
        ("adjustment.counter-before", False),
        ("adjustment.by-hand", False),
        ("adjustment.counter-after", False),
    ]
    (adjusted,) = [a for a in record.readings().attempts if a.phase == "adjustment"]
    assert adjusted.reason == "by Trần Thị B; agreed: order 7, item 2"
    counters = [e.details for e in record.events() if e.kind == "calibration counter"]
    assert [(c["when"], c["count"], c["read"]) for c in counters] == [("before", "17", False), ("after", "18", False)]
    assert [p.group for p in record.readings().preparations] == ["short", "calibrator"] * 2
    _is_on_the_certificate(record)


def test_the_as_found_results_are_sealed_in_a_record_of_their_own(bench: Make, tmp_path: Path) -> None:
    from calib.run import SimulatedHands, run

    bench_ = _agreed(bench(POINTS))
    key = _key(tmp_path)
    outcome = run(
        bench_.plan(),
        connect=lambda resource, sink: bench_.simulated.open(resource, sink=sink),
        clock=bench_.simulated.clock,
        operator=SimulatedHands(_adjuster(bench_), bench_.simulated.connect),
        folder=tmp_path / "run",
        key=key,
    )
    assert outcome.record is not None
    final = Record.open(outcome.record)
    (event,) = [e.details for e in final.events() if e.kind == "as-found sealed"]
    sealed = Record.open(tmp_path / "run" / event["file"])
    assert sealed.digest == event["sha256"]
    assert {r.phase for r in sealed.results} == {"as-found"}
    assert sealed.results == final.results[:3]
    assert event["key"] == key.public.id
    assert verify(sealed.path, [key.public]).trusted
    with pytest.raises(InputError, match="its run is not finished"):
        require_final(sealed, [key.public])


def _is_on_the_certificate(record: Record) -> None:
    content = certificate_content(record, dt.date(2026, 11, 23))
    assert {(g.phase, g.phase_name.vi) for g in content.groups} == {
        ("as-found", "Trước hiệu chỉnh"),
        ("as-left", "Sau hiệu chỉnh"),
    }
    (told,) = [s.value.en for s in content.statements if s.label.en == "Adjustment"]
    assert told.startswith("The item was adjusted; the results as found and as left")
    assert "order 7, item 2" in told


@pytest.mark.parametrize("why", ["not agreed", "all pass", "a point is missing", "decided against", "no key"])
def test_without_one_of_its_conditions_there_is_no_adjustment(bench: Make, tmp_path: Path, why: str) -> None:
    bench_ = bench(POINTS)
    if why != "not agreed":
        _agreed(bench_, when="failed" if why == "all pass" else "always")
    skipped = ScriptedControl({FIVE: ["skip: the range is defective"]}) if why == "a point is missing" else None
    given = ANSWERS | ({"adjustment.person": "n"} if why == "decided against" else {})
    told = Told()
    operator = _adjuster(bench_, given=given)
    folder = tmp_path / "run" if why == "no key" else None
    outcome = bench_.calibrate(operator, control=skipped, watcher=told, folder=folder)
    assert outcome.status == "complete", outcome.error
    assert {r.phase for r in outcome.results} == {"as-found"}
    asked = [id_ for id_, _ in operator.asked if id_.startswith("adjustment")]
    assert asked == (["adjustment.person"] if why == "decided against" else [])
    expected = {
        "all pass": "every as-found result passes",
        "a point is missing": f"lack {FIVE}",
        "no key": "cannot be sealed",
    }
    assert len(told.messages) == (why != "not agreed")
    assert all(expected.get(why, "decided against") in text for text in told.messages)


def test_nobody_adjusts_whom_the_laboratory_does_not_name(bench: Make) -> None:
    for names in (None, ()):
        with pytest.raises(InputError, match="authorised_to_adjust"):
            _agreed(bench(POINTS), names=names).plan()


def test_a_laboratory_without_a_key_plans_no_adjustment(bench: Make) -> None:
    bench_ = _agreed(bench(POINTS))
    given = bench_.laboratory
    about = given.laboratory.about.model_copy(update={"seal_key": ""})
    bench_.laboratory = replace(given, laboratory=replace(given.laboratory, about=about))
    with pytest.raises(InputError, match="must be sealed before anybody adjusts"):
        bench_.plan()


def test_a_script_does_not_decide_for_an_adjustment_on_a_real_bench() -> None:
    from calib.errors import RunError
    from calib.run import ScriptedOperator
    from calib.run.asking import AtTheBench
    from calib.text import same

    prompt = Prompt("adjustment.person", same("?"), kind="choice", choices=(("1", same("B")),), decision=True)
    script = ScriptedOperator({"adjustment.person": "1"})
    assert AtTheBench(script, simulated=True).ask(prompt).value == "1"
    with pytest.raises(RunError, match="must be answered by a person"):
        AtTheBench(script, simulated=False).ask(prompt)


def test_a_run_that_was_stopped_in_as_left_goes_on_there_and_is_not_adjusted_again(
    bench: Make, tmp_path: Path, go_on: Callable[..., Any]
) -> None:
    bench_ = _agreed(bench(POINTS))

    class Twice:
        """Aborts at 5 V when it comes for the second time."""

        came = 0

        def requested(self, moment: str, point: str) -> Any:
            from calib.run import Request

            if (moment, point) == ("before", FIVE):
                self.came += 1
                return Request("abort") if self.came > 2 else None  # it is looked at before and after preparing
            return None

    stopped, _ = _run(bench_, tmp_path / "run", Twice())
    assert stopped.status == "aborted"
    assert [r.phase for r in stopped.results] == ["as-found"] * 3 + ["as-left"]
    operator = _adjuster(bench_)
    outcome = go_on(bench_, stopped, operator, key=_key(tmp_path))
    assert outcome.status == "complete", outcome.error
    assert not [id_ for id_, _ in operator.asked if id_.startswith("adjustment")]
    assert [r.phase for r in outcome.results] == ["as-found"] * 3 + ["as-left"] * 3


def test_an_adjustment_that_was_broken_off_is_asked_about_again_and_as_found_stays(
    bench: Make, tmp_path: Path, go_on: Callable[..., Any]
) -> None:
    bench_ = _agreed(bench(POINTS))
    stopped, _ = _run(bench_, tmp_path / "run", refused="adjustment.by-hand")
    assert stopped.status == "aborted"
    outcome = go_on(bench_, stopped, _adjuster(bench_), key=_key(tmp_path))
    assert outcome.status == "complete", outcome.error
    with Journal.open(outcome.journal) as journal:
        attempts = journal.readings().attempts
    assert [(a.phase, a.outcome) for a in attempts[:5]] == [
        *(("as-found", "complete"),) * 3,
        ("adjustment", "failed"),
        ("adjustment", "complete"),
    ]
    assert outcome.results[:3] == stopped.results
    assert {p.name for p in (tmp_path / "run").glob("as-found*")} == {"as-found.h5", "as-found-2.h5"}


def test_a_procedures_own_half_adjusts_reads_the_counter_and_says_what_it_touched(
    bench: Make, tmp_path: Path, procedure_file: Callable[[str], str]
) -> None:
    path = procedure_file("""
adjustment_hazard_V = 90.0
count = 41

def adjust(self, station):
    source = station.role("source", DcVoltageSource)
    source.source_dc_voltage(90.0)
    station.record("adjusted at", 90.0, "V")
    source.standby()
    type(self).count += 1

def calibration_counter(self, station):
    return self.count

def touched_by_adjustment(self):
    return [p for p in self.points() if p.nominal < 0]
""")
    bench_ = _agreed(bench(POINTS, path))
    outcome, operator = _run(bench_, tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert ("hazard.voltage", False) in operator.asked
    assert bench_.highest_V() == 90.0
    record = Record.open(outcome.record)
    assert [p for f, p, _ in _phases(record) if f == "as-left"] == ["calibrator/10 V/-9 V"]
    counters = [e.details["count"] for e in record.events() if e.kind == "calibration counter"]
    assert counters == ["41", "42"]
    (adjusted,) = [a for a in record.readings().attempts if a.phase == "adjustment"]
    assert record.readings().values(adjusted, "adjusted at").tolist() == [90.0]


def test_a_counter_that_did_not_move_is_told(bench: Make) -> None:
    told, bench_ = Told(), _agreed(bench(POINTS))
    given = ANSWERS | {"adjustment.counter-after": "17"}
    assert bench_.calibrate(_adjuster(bench_, given=given), watcher=told).status == "complete"
    assert told.messages == ["The calibration counter is 17 as before: was the adjustment stored?"]
