"""Plans on the starter laboratory, and readings made by hand for their evaluation."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from calib.certificates.making import make
from calib.equipment import Equipment
from calib.files import as_model, read_model, read_toml
from calib.procedure import Estimates, Job, Procedure, Result, drawn
from calib.procedures.dmm_dc_voltage import DmmDcVoltage
from calib.record import SigningKey
from calib.record.model import Attempt, Condition, Preparation, Reading, Readings
from calib.run import (
    BenchFile,
    Laboratory,
    Permission,
    Plan,
    make_plan,
)
from calib.study import Coverage, Sample, calibrate_many, coverage, parse_break
from calib.study.runs import Task
from calib.uncertainty import propagate


@dataclass(frozen=True)
class Bench:
    """A plan, and the evaluation of readings that nobody measured."""

    plan: Plan
    on: dt.date
    temperature_C: tuple[float, float] = (23.0, 23.4)

    @property
    def procedure(self) -> DmmDcVoltage:
        assert isinstance(self.plan.procedure, DmmDcVoltage)
        return self.plan.procedure

    def readings(self, indicated: Mapping[str, Sequence[float]]) -> Readings:
        """Return readings of the meter, in volts, by point."""
        begun = dt.datetime.combine(self.on, dt.time(12), dt.UTC).timestamp()
        attempts = tuple(
            Attempt(n, point, 1, "as-found", (1,), begun, begun + 10, "complete")
            for n, point in enumerate(indicated, 1)
        )
        return Readings(
            snapshot=self.plan.snapshot,
            preparations=(Preparation(1, "calibrator", begun),),
            attempts=attempts,
            readings=tuple(Reading(a.id, "meter", value, "V", begun) for a in attempts for value in indicated[a.point]),
            environment=tuple(Condition("temperature", t, "°C", begun) for t in self.temperature_C),
        )

    def evaluate(self, point: str, *indicated_V: float) -> Result:
        """Return the result of one point."""
        (result,) = self.procedure.evaluate(self.readings({point: indicated_V}))
        assert result.point == point
        return result


MakeBench = Callable[..., Bench]
AGE_DAYS = 30


@pytest.fixture
def bench(starter: Path) -> MakeBench:
    """Return a bench 30 days after the calibration of its standard; the job's tables can be changed by name."""

    def make(
        *,
        age_days: int = AGE_DAYS,
        temperature_C: tuple[float, float] = (23.0, 23.4),
        permission: Permission | None = None,
        **changes: Any,
    ) -> Bench:
        laboratory = Laboratory.load(starter)
        job = read_toml(starter / "jobs" / "example.toml")
        for name, change in changes.items():
            job[name] = {**job.get(name, {}), **change} if isinstance(change, dict) else change
        (calibration,) = _equipment(laboratory).calibrations
        on = calibration.date + dt.timedelta(days=age_days)
        plan = make_plan(
            DmmDcVoltage,
            laboratory,
            read_model(starter / "benches" / "simulated.toml", BenchFile),
            as_model(job, Job, "job"),
            operator="An",
            today=on,
            permission=permission,
        )
        return Bench(plan, on, temperature_C)

    return make


def _equipment(laboratory: Laboratory) -> Equipment:
    return laboratory.register()["CAL-01"]


Indicated = Mapping[str, Sequence[float]]
"""Readings by channel."""


@dataclass(frozen=True)
class ByHand:
    """Readings that nobody measured, on the sample laboratory's bench of a procedure, and their evaluation."""

    procedure: Procedure
    readings: Readings

    def results(self) -> dict[str, Result]:
        """Return the results by point."""
        return {r.point: r for r in self.procedure.evaluate(self.readings)}

    def only(self) -> Result:
        """Return the one result."""
        (result,) = self.results().values()
        return result

    def estimates(self) -> Estimates:
        """Return the estimates of the first attempt."""
        ((point, attempt), *_) = self.procedure.standing(self.readings)
        return self.procedure.estimates(point, attempt, self.readings)


@pytest.fixture
def by_hand() -> Callable[..., ByHand]:
    """Return what evaluates readings by point and channel, in SI units, 30 days after the standards' calibrations."""

    def make(
        procedure: str, indicated: Mapping[str, Indicated], *, temperature_C: float = 23.4, **changes: Any
    ) -> ByHand:
        sample = Sample.load(procedure, **changes)
        plan = sample.plan(dt.datetime.now().astimezone().date())
        begun = dt.datetime.now(dt.UTC).timestamp()
        of_group = {p.id: p.group for p in plan.points}
        groups = list(dict.fromkeys(of_group[point] for point in indicated))
        attempts = tuple(
            Attempt(n, point, 1, "as-found", (groups.index(of_group[point]) + 1,), begun, begun + 10, "complete")
            for n, point in enumerate(indicated, 1)
        )
        readings = Readings(
            snapshot=plan.snapshot,
            preparations=tuple(Preparation(n, group, begun) for n, group in enumerate(groups, 1)),
            attempts=attempts,
            readings=tuple(
                Reading(a.id, channel, value, "", begun)
                for a in attempts
                for channel, values in indicated[a.point].items()
                for value in values
            ),
            environment=(Condition("temperature", temperature_C, "°C", begun),),
        )
        return ByHand(plan.procedure, readings)

    return make


@pytest.fixture
def studied() -> Callable[..., Coverage]:
    """Return what studies a procedure of the sample laboratory at few points, with an error put in where one is."""

    def study(procedure: str, runs: int, *points: Mapping[str, Any], broken: str = "", **parameters: Any) -> Coverage:
        task = Task(
            procedure,
            parameters=tuple(parameters.items()),
            points=tuple(tuple(p.items()) for p in points) or None,
            broken=parse_break(broken) if broken else None,
        )
        return coverage(calibrate_many(task, runs, seed=7), procedure, 7, broken=broken)

    return study


@pytest.fixture
def monte_carlo_half_width() -> Callable[[Estimates, Callable[..., Any]], float]:
    """Return what draws the errors of a measurement equation: the half-width that holds 95.45 % about the value."""

    def half_width(estimates: Estimates, model: Callable[..., Any]) -> float:
        equation, errors = drawn(model, estimates.arguments)
        low, high = propagate(equation, errors, method="monte-carlo", trials=400_000, seed=1).interval(0.9545)
        return float(high - low) / 2

    return half_width


@pytest.fixture
def issued(tmp_path: Path) -> Callable[..., tuple[bytes, str]]:
    """Return what calibrates once in memory and issues the specimen of a certificate: its PDF and its DCC."""

    def issue_one(procedure: str, **changes: Any) -> tuple[bytes, str]:
        sample = Sample.load(procedure, **changes)
        folder = tmp_path / "record"
        folder.mkdir()
        key = SigningKey(Ed25519PrivateKey.generate())
        outcome = sample.calibrate(sample.simulated_bench(3), folder=folder, key=key)
        assert outcome.status == "complete", outcome.error
        assert outcome.record is not None
        paths = make(outcome.record, tmp_path / "issued", dt.datetime.now().astimezone().date())
        return paths["certificate"].read_bytes(), paths["dcc"].read_text(encoding="utf-8")

    return issue_one
