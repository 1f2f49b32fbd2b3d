"""The sample laboratory's benches for mass, and readings made by hand for their evaluation."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from calib.equipment import Equipment
from calib.ports import Answer, Prompt
from calib.procedure import Procedure
from calib.record.model import Attempt, Condition, Preparation, Reading, Readings
from calib.run import Plan, SimulatedOperator
from calib.study import Coverage, Sample, calibrate_many, coverage, parse_break
from calib.study.runs import Once, Task, calibrate_once, joined

TODAY = dt.datetime.now().astimezone().date()
AIR = {"air.temperature": (20.0, "°C"), "air.humidity": (50.0, "%"), "air.pressure": (101_325.0, "Pa")}


@dataclass(frozen=True)
class Site:
    """One procedure of the sample laboratory."""

    sample: Sample

    def plan(self, **standards: Equipment) -> Plan:
        return self.sample.plan(TODAY, standards)

    def readings(self, plan: Plan, weighed: Mapping[str, Sequence[float]], air: Mapping[str, Any] = AIR) -> Readings:
        """Return readings that nobody measured: indications of the balance by point, in kilograms, in one air."""
        begun = dt.datetime.combine(TODAY, dt.time(12), dt.UTC).timestamp()
        attempts = tuple(
            Attempt(n, point, 1, "as-found", (1,), begun, begun + 10, "complete") for n, point in enumerate(weighed, 1)
        )
        shown = [Reading(a.id, "balance", value, "kg", begun) for a in attempts for value in weighed[a.point]]
        shown += [Reading(a.id, c, value, unit, begun) for a in attempts for c, (value, unit) in air.items()]
        return Readings(
            snapshot=plan.snapshot,
            preparations=(Preparation(1, "weights", begun),),
            attempts=attempts,
            readings=tuple(shown),
            environment=(Condition("temperature", 20.0, "°C", begun),),
        )

    def evaluated(self, plan: Plan, weighed: Mapping[str, Sequence[float]], air: Mapping[str, Any] = AIR) -> Any:
        """Return the results of such readings."""
        procedure: Procedure = plan.procedure
        return procedure.evaluate(self.readings(plan, weighed, air))


class Person:
    """Confirms, and reads nameplates; touches no simulated thing."""

    name = "A. Nguyen"

    def __init__(self, bench_shows: SimulatedOperator) -> None:
        self._knows = bench_shows
        self.asked: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return self._knows.ask(prompt)


@pytest.fixture
def person() -> type[Person]:
    """Return the class of a person at the bench, made of the operator who knows what it shows."""
    return Person


@pytest.fixture(scope="module")
def studied() -> Callable[..., Coverage]:
    """Return what makes a study, with an error in the evaluation or without; its calibrations are made once."""

    @cache
    def calibrated(task: Task, runs: int) -> list[Once]:
        return [calibrate_once(task, 2, number) for number in range(runs)]

    def made(task: Task, error: str, runs: int) -> Coverage:
        if error == "drift":
            return coverage(calibrate_many(replace(task, broken=parse_break(error)), runs, seed=2), "", 2)
        broken = parse_break(error) if error else None
        return coverage(joined([one.found(broken) for one in calibrated(task, runs)]), "", 2)

    return made


@pytest.fixture(scope="module")
def planted(studied: Callable[..., Coverage]) -> Callable[..., bool]:
    """Return what tells whether a study notices an error in the evaluation."""
    return lambda task, error, runs: not studied(task, error, runs).holds


@pytest.fixture
def site() -> Any:
    """Return what makes a site of a procedure; `parameters` change those of its job."""

    def make(name: str, **parameters: Any) -> Site:
        return Site(Sample.load(name, parameters=parameters))

    return make
