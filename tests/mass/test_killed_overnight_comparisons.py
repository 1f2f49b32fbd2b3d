"""Weighings that are killed at night and resumed go on at their comparison; balance and weather have gone on."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from calib.drivers.simulation.environment import Disturbance
from calib.procedure import Procedure
from calib.procedures.weight_by_comparison import WeightByComparison
from calib.procedures.weight_set_subdivision import WeightSetSubdivision
from calib.record import Record
from calib.record.contents import Contents
from calib.study.world import BenchWorld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

FALLS_PA_PER_H, PAUSE_PA = 6000.0, 400.0
COMPARISONS = """comparisons = [
    { a = ["R1000"], b = ["T500", "T200", "T200a", "T100"] },
    { a = ["T500"], b = ["T200", "T200a", "T100a"] },
    { a = ["T200", "T100"], b = ["T200a", "T100a"] },
    { a = ["T200"], b = ["T100", "T100a"] },
    { a = ["T200"], b = ["T200a"] },
]
"""


def fewer_comparisons(job: str) -> str:
    head, _, tail = job.partition("comparisons = [")
    return head + COMPARISONS + tail[tail.index("\n]\n") + 3 :]


def one_cycle(job: str) -> str:
    return job.replace("cycles = 4", "cycles = 1")


def points(contents: Contents, outcome: str) -> list[str]:
    return [a.point for a in contents.state.attempts.values() if a.outcome == outcome]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("method", "job", "killed", "seed", "set_"),
    [
        (WeightSetSubdivision, fewer_comparisons, "comparison/02", 42, "SIMF1223"),
        (WeightByComparison, one_cycle, "weight/T200", 42, "SIMF1221"),
    ],
)
def test_after_kill_9_it_goes_on_at_its_comparison_in_the_air_of_that_time(
    night: Callable[..., Any], method: type[Procedure], job: Callable[[str], str], killed: str, seed: int, set_: str
) -> None:
    room = {"environment.temperature": 21.0, "environment.humidity": 46.0}
    answers = {**room, "identity.reference": "SIMW01", "identity.item": set_}
    tonight = night(method.id, seed, job, answers, shown_s=15.0)
    control = tonight.laboratory.control
    control.disturb(Disturbance(quantity="pressure_Pa", shape="ramp", size=-FALLS_PA_PER_H))

    def pass_by(fall_Pa: float) -> float:
        """Let time go by until the pressure has fallen by so much; return the pressure."""
        least_Pa = control.environment()["pressure_Pa"] - fall_Pa
        tonight.until(lambda: control.environment()["pressure_Pa"] <= least_Pa, "the fall of the pressure")
        return float(control.environment()["pressure_Pa"])

    def looked_at() -> tuple[str, float]:
        """Return what lies on the pan, and what the balance shows to somebody who comes by, in kilograms."""
        shown_g = tonight.ask("balance", "SI\r\n", r"S \w +(-?[\d.]+) g\r\n")
        return control.state()["worlds"]["mass"]["pans"]["balance"], shown_g * 1e-3

    before = tonight.killed_amid(killed, "balance")
    pass_by(100.0)  # hands that were at it put their load down, and the balance comes to rest
    left, shown_kg = looked_at()
    now_Pa, passed_h = pass_by(PAUSE_PA), PAUSE_PA / FALLS_PA_PER_H
    still, later_kg = looked_at()
    assert left == still  # nobody has touched it

    after = tonight.resumed()
    kept = len(before.state.readings)
    assert after.state.readings[:kept] == before.state.readings
    complete, cut_off = points(after, "complete"), points(after, "failed")
    done = points(before, "complete")
    assert 1 <= len(done) < len(complete) == len(set(complete))
    assert complete[: len(done)] == done
    assert cut_off in ([], [complete[len(done)]])  # none where the machine stood still until between two points
    pressures = [r.value for r in after.state.readings[kept:] if r.channel == "air.pressure"]
    assert max(pressures) < now_Pa + 100.0  # its instrument is off by 50 Pa at most
    truth = tonight.truth()
    drift_kg_per_h = truth.instruments["balance"].weighing.errors.drift * 3600
    assert (later_kg - shown_kg) / drift_kg_per_h > 0.5 * passed_h
    results = Record.open(tonight.output / "record.h5").results
    assert len(results) == len(complete) + (5 if method is WeightSetSubdivision else 0)
    for result in results:
        assert abs(result.error - method.truth(result, BenchWorld(truth))) <= 1.3 * result.U, result.point
