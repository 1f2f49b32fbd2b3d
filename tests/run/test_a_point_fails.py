"""An instrument fails amid a point: the source is off, and a person decides; without one the run ends clearly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.drivers.simulation.fault_rules import rule
from calib.errors import Aborted
from calib.ports import Answer, Operator, Prompt
from calib.record import Record
from calib.report.deviations import deviations
from calib.run import ScriptedOperator

Make = Callable[..., Any]
FIVE, NINE = "calibrator/10 V/5 V", "calibrator/10 V/-9 V"


class Deciding:
    """An operator who decides about points that failed, and looks at the source meanwhile."""

    def __init__(self, operator: Operator, bench: Any, *decisions: str) -> None:
        self.name = "Bình"
        self.operating: list[bool] = []
        self.told: list[str] = []
        self.breaks: Any = None
        """What goes wrong once the calibrator is connected."""
        self._operator, self._bench, self._decisions = operator, bench, list(decisions)

    def ask(self, prompt: Prompt) -> Answer:
        if prompt.id == "point.failed":
            self.operating.append(self._bench.operating)
            self.told.append(prompt.text.en)
            if not self._decisions:
                msg = "aborted by the operator at 'point.failed'"
                raise Aborted(msg)
            return Answer(self._decisions.pop(0), self.name)
        if prompt.id == "control.skip":
            return Answer("the meter's range is broken", self.name)
        if prompt.id == "connect.calibrator" and self.breaks is not None:
            self._bench.simulated.faults.add(self.breaks)
        return self._operator.ask(prompt)


@pytest.fixture
def failing(bench: Make) -> Any:
    """A bench whose meter once says nothing: at the third reading of the point at 5 V."""
    made = bench(((10.0, 5.0), (10.0, -9.0)))
    made.simulated.faults.add(rule(kind="silence", instrument="meter", message="READ", nth=9, times=1))
    return made


def test_a_point_that_failed_is_measured_again_with_the_source_off_meanwhile(failing: Any, tmp_path: Path) -> None:
    person = Deciding(failing.operator(), failing, "r")
    outcome = failing.calibrate(person, folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert person.operating == [False]
    assert "no answer to 'READ?'" in person.told[0]
    record = Record.open(outcome.record)
    attempts = [(a.point, a.number, a.outcome) for a in record.readings().attempts[1:]]
    assert attempts == [(FIVE, 1, "failed"), (FIVE, 2, "complete"), (NINE, 1, "complete")]
    first, second = record.readings().attempts[1:3]
    assert first.preparations != second.preparations  # connected and proven anew
    assert (second.reason or "").startswith("the attempt before failed: ")
    told = "\n".join(t.en for t in deviations(record.readings(), (), record.status, record.events()))
    assert f"Point {FIVE} (as found), attempt 1: failed: " in told


def test_a_point_that_failed_may_be_skipped_for_a_reason(failing: Any, tmp_path: Path) -> None:
    outcome = failing.calibrate(Deciding(failing.operator(), failing, "s"), folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    record = Record.open(outcome.record)
    attempts = [(a.point, a.outcome) for a in record.readings().attempts[1:]]
    assert attempts == [(FIVE, "failed"), (FIVE, "skipped"), (NINE, "complete")]
    assert record.readings().attempts[2].reason == "the meter's range is broken (Bình)"


def test_whoever_ends_the_run_ends_it(failing: Any) -> None:
    outcome = failing.calibrate(Deciding(failing.operator(), failing))
    assert outcome.status == "aborted"
    assert failing.operating is False


@pytest.mark.parametrize("headless", [True, False], ids=["a script", "nobody"])
def test_without_a_person_the_run_ends_with_what_the_instrument_did(failing: Any, headless: bool) -> None:
    answers: dict[str, Any] = {
        "*": True,
        "identity.meter": "SIM34401001",
        "environment.temperature": 23.0,
        "environment.humidity": 45.0,
    }
    outcome = failing.calibrate(ScriptedOperator(answers) if headless else failing.operator())
    assert outcome.status == "failed"
    assert "no answer to 'READ?'" in str(outcome.error)
    assert failing.operating is False


def test_nobody_is_asked_about_a_point_while_a_source_cannot_be_made_safe(failing: Any) -> None:
    person = Deciding(failing.operator(), failing, "r")
    person.breaks = rule(kind="silence", instrument="source", message="STBY", lost="message", times=0)
    outcome = failing.calibrate(person)
    assert outcome.status == "failed"
    assert person.operating == []
    assert "take it off the line by hand" in str(outcome.error)
