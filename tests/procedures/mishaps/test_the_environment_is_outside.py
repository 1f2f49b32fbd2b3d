"""A room outside the method's limits: the run holds with its sources safe, and goes on once it is back, or accepted."""

from collections.abc import Callable
from typing import Any

import pytest

from calib.run import find_procedure

PROCEDURES = (
    "calibrator-dc-voltage",
    "clamp-meter",
    "counter-time-base",
    "dmm-ac-current",
    "dmm-ac-voltage",
    "dmm-dc-current",
    "dmm-dc-voltage",
    "dmm-frequency",
    "dmm-handheld",
    "dmm-resistance",
    "process-calibrator-measure",
    "process-calibrator-source",
    "resistance-substitution",
    "temperature-indicator",
    "voltage-10v-transfer",
)
TOO_WARM, RIGHT = 31.5, 23.5


def allowed(procedure: str) -> str:
    low_C, high_C = find_procedure(procedure).conditions.temperature_C
    return f"temperature is {TOO_WARM} °C; the method allows {low_C:g} °C to {high_C:g} °C"


def test_every_procedure_stands_here(families: set[str]) -> None:
    assert set(PROCEDURES) == families


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_run_holds_before_anything_is_joined_and_goes_on_once_the_room_is_back(
    procedure: str, bad_run: Callable[..., Any]
) -> None:
    answers = {"environment.temperature": [TOO_WARM, RIGHT], "environment.hold": ["w"]}
    bad = bad_run(procedure, answers=answers).carry_out()
    bad.require_good_results()
    assert allowed(procedure) in bad.told("environment.hold")
    ids = [p.id for p in bad.asked]
    assert ids.index("environment.hold") < min(i for i, id_ in enumerate(ids) if id_.startswith("connect."))
    assert max(bad.readings.condition("temperature")) == RIGHT


@pytest.mark.parametrize("answer", ["a", "s"])
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_room_that_left_its_limits_meanwhile_is_accepted_by_a_named_person_or_the_run_stops_with_all_its_points(
    procedure: str, answer: str, bad_run: Callable[..., Any]
) -> None:
    answers = {
        "environment.temperature": [RIGHT, TOO_WARM],
        "environment.left": [answer],
        "environment.left.reason": ["its effect is judged"],
    }
    bad = bad_run(procedure, answers=answers).carry_out()
    assert allowed(procedure) in bad.told("environment.left")
    assert bad.outcome.status == ("complete" if answer == "a" else "failed")
    assert len(bad.attempts("complete")) == len(bad.readings.attempts) > 0
    assert bad.times("environment.left.reason") == (answer == "a")
