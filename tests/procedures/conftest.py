"""Plans on the starter laboratory, and readings made by hand for their evaluation."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from calib.equipment import Equipment
from calib.files import as_model, read_model, read_toml
from calib.procedure import Job, Result
from calib.procedures.dmm_dc_voltage import DmmDcVoltage
from calib.record.model import Attempt, Condition, Preparation, Reading, Readings
from calib.run import BenchFile, Laboratory, Permission, Plan, make_plan


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
