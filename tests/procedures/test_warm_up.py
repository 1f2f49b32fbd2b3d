"""A warm-up is declared, so that a run that was cut off for long warms up again; no method waits by itself."""

import datetime as dt

import pytest

from calib.procedure import WarmUp
from calib.study import Sample


@pytest.mark.parametrize(
    ("procedure", "roles"),
    [
        ("dmm-dc-voltage", ("meter",)),
        ("calibrator-dc-voltage", ("source",)),
        ("resistance-substitution", ("standard", "item", "meter")),
        ("voltage-10v-transfer", ("standard", "item", "meter")),
        ("counter-time-base", ("counter",)),
    ],
)
def test_the_warm_up_that_a_job_asks_for_is_a_preparation_of_the_run(procedure: str, roles: tuple[str, ...]) -> None:
    sample = Sample.load(procedure, parameters={"warm_up_s": 1800.0})
    plan = sample.plan(dt.datetime.now().astimezone().date())
    assert plan.procedure.warm_up() == WarmUp(1800.0, roles)
    assert Sample.load(procedure).plan(plan.procedure.context.date).procedure.warm_up() is None


@pytest.mark.parametrize("procedure", ["resistance-substitution", "voltage-10v-transfer", "counter-time-base"])
def test_every_attempt_rests_on_it(procedure: str) -> None:
    sample = Sample.load(procedure, parameters={"warm_up_s": 1800.0})
    outcome = sample.calibrate(sample.simulated_bench(1))
    assert outcome.status == "complete", outcome.error
    assert outcome.readings is not None
    warm, *_ = outcome.readings.preparations
    assert warm.group == "warm-up"
    assert all(warm.id in a.preparations for a in outcome.readings.attempts)
    assert min(r.time for r in outcome.readings.readings) >= warm.begun + 1800
