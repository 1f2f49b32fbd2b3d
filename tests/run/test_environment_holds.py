"""Outside the method's conditions a run holds with the sources safe, until they are back or a named person accepts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from calib.ports import Answer, Operator, Prompt
from calib.record import Record
from calib.report.deviations import deviations
from calib.run.conditions import CHECK_EACH_S, Environment

Make = Callable[..., Any]


class Reading:
    """An operator who reads one temperature after the other, and decides as told."""

    def __init__(
        self, operator: Operator, temperatures: Sequence[float], decisions: Sequence[str], operating: Callable[[], bool]
    ) -> None:
        self.name = "Bình"
        self.held_operating: list[bool] = []
        self._operator, self._operating = operator, operating
        self._temperatures, self._decisions = iter(temperatures), iter(decisions)

    def ask(self, prompt: Prompt) -> Answer:
        if prompt.id == "environment.temperature":
            return Answer(next(self._temperatures), self.name)
        if prompt.id in {"environment.hold", "environment.left"}:
            self.held_operating.append(self._operating())
            return Answer(next(self._decisions), self.name)
        if prompt.id.endswith(".reason"):
            return Answer("the standard is specified up to 30 °C", self.name)
        return self._operator.ask(prompt)


def _run(bench: Make, folder: Path, temperatures: Sequence[float], decisions: Sequence[str]) -> tuple[Any, Any, Any]:
    bench_ = bench(((10.0, 5.0),))
    operator = Reading(bench_.operator(), temperatures, decisions, lambda: bench_.operating)
    outcome = bench_.calibrate(operator, folder=folder)
    assert outcome.record is not None
    return outcome, Record.open(outcome.record), operator


def test_a_room_too_warm_is_waited_for_and_what_was_read_meanwhile_is_no_condition_of_the_results(
    bench: Make, tmp_path: Path
) -> None:
    outcome, record, operator = _run(bench, tmp_path / "run", [29.0, 28.4, 23.0, 23.1], ["w", "w"])
    assert outcome.status == "complete", outcome.error
    assert operator.held_operating == [False, False]
    assert record.readings().condition("temperature") == (23.0, 23.1)
    assert [e.details for e in record.events() if e.kind == "held"] == [{"temperature": 29.0}, {"temperature": 28.4}]


def test_a_named_person_accepts_and_that_is_told_to_whoever_checks(bench: Make, tmp_path: Path) -> None:
    _, record, _ = _run(bench, tmp_path / "run", [28.5, 28.2], ["a"])  # 28.2 °C lies within what was accepted
    told = "\n".join(t.en for t in deviations(record.readings(), (), record.status, record.events()))
    assert "temperature is 28.5 °C; the method allows 18 °C to 28 °C" in told
    assert "Reason: the standard is specified up to 30 °C. Granted by Bình." in told
    assert record.readings().condition("temperature") == (28.2, 28.5)


@pytest.mark.parametrize(("decision", "status"), [("a", "complete"), ("s", "failed")])
def test_what_left_its_limits_until_the_end_is_accepted_or_the_run_fails(
    bench: Make, tmp_path: Path, decision: str, status: str
) -> None:
    outcome, record, operator = _run(bench, tmp_path / "run", [27.9, 28.1], [decision])
    assert operator.held_operating == [False]
    assert record.readings().condition("temperature") == (27.9, 28.1)
    assert len(record.readings().readings) == 10
    if status == "failed":
        assert outcome.status == "failed"
        assert "temperature is 28.1 °C" in str(outcome.error)


class Room:
    """A station whose instrument reads one temperature after the other."""

    def __init__(self, clock: Any, temperatures: Sequence[float]) -> None:
        self.clock, self.left = clock, list(temperatures)
        self.kept: list[tuple[str, float]] = []
        self.noted: list[str] = []
        self.waited_s = 0.0
        self.environment = self
        self.who = "thermometer"

    def read_temperature_C(self) -> float:
        return self.left.pop(0)

    def read_humidity_percent(self) -> float:
        return 45.0

    def condition(self, quantity: str, value: float, unit: str) -> None:
        del unit
        self.kept.append((quantity, value))

    def note(self, what: str, /, **details: object) -> None:
        del details
        self.noted.append(what)

    def wait(self, seconds: float, why: Any) -> None:
        del why
        self.waited_s += seconds

    def ask(self, prompt: Prompt) -> Answer:
        assert prompt.id == "environment.hold"
        return Answer("w", "Bình")


def test_an_instrument_is_watched_between_points_and_the_run_goes_on_by_itself_once_it_is_back(bench: Make) -> None:
    from calib.procedure import Conditions

    clock = bench().simulated.clock
    room = Room(clock, [23.0, 23.5, 28.6, 28.4, 28.2, 27.0, 26.0])
    made_safe: list[int] = []
    limits = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    environment = Environment(room, limits, clock, lambda: made_safe.append(len(room.left)))  # type: ignore[arg-type]
    environment.begin()
    assert not environment.check()  # it was looked at just now
    clock.sleep(CHECK_EACH_S)
    assert not environment.check()
    clock.sleep(CHECK_EACH_S)
    assert environment.check()  # the sources are safe: the group is prepared anew
    assert made_safe == [4]  # before anything else was read
    assert room.waited_s > 0
    clock.sleep(CHECK_EACH_S)
    assert not environment.check()
    temperatures = [value for quantity, value in room.kept if quantity == "temperature"]
    assert temperatures == [23.0, 23.5, 27.0]  # 26.0 °C lies between them
    assert room.noted[-2:] == ["held", "went on"]
