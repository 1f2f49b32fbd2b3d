"""A reading outside any sense: the lead comes off amid a run. It is named, and the operator mends, repeats or skips."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

TABLE: Mapping[str, Mapping[str, Any]] = {
    "dmm-dc-voltage": {},
    "dmm-ac-voltage": {},
    "dmm-dc-current": {},
    "dmm-ac-current": {},
    "dmm-resistance": {},
    "dmm-frequency": {},
    "dmm-handheld": {},
    "clamp-meter": {},
    "temperature-indicator": {},
    "process-calibrator-source": {},
    "process-calibrator-measure": {},
    "calibrator-dc-voltage": {},
    "resistance-substitution": {"at_prompt": ("connect.item", 3)},
    "voltage-10v-transfer": {"at_prompt": ("connect.reversed", 3)},
    "counter-time-base": {"at_prompt": ("connect.standard", 1)},
}
"""When it comes off, where that is not before the last of several points."""


def when(procedure: str) -> dict[str, Any]:
    return {"procedure": procedure, **(TABLE[procedure] or {"before_last": True})}


def test_every_procedure_stands_in_the_table(families: set[str]) -> None:
    assert set(TABLE) == families


@pytest.mark.parametrize("procedure", TABLE)
def test_it_is_told_with_what_was_expected_and_measured_once_mended(
    procedure: str, bad_run: Callable[..., Any]
) -> None:
    bad = bad_run(**when(procedure), answers={"reading.senseless": ["m"]})
    bad.mishap, bad.mends = bad.lead_off, {"reading.senseless": bad.lead_on}
    bad.carry_out()
    bad.require_good_results()
    assert bad.times("reading.senseless") == 1
    told = bad.told("reading.senseless")
    assert " indicates " in told
    assert " is expected" in told
    assert "Check leads" in told
    assert not bad.attempts("failed")


@pytest.mark.parametrize("procedure", TABLE)
def test_what_cannot_be_mended_at_once_is_left_and_measured_again(procedure: str, bad_run: Callable[..., Any]) -> None:
    bad = bad_run(**when(procedure), answers={"reading.senseless": ["s"], "point.failed": ["r"]})
    bad.mishap = bad.lead_off
    bad.carry_out()  # a repeated point is connected anew
    bad.require_good_results()
    (failed,) = bad.attempts("failed")
    assert "makes no sense" in failed.reason
    again = [a for a in bad.attempts("complete") if a.point == failed.point]
    assert [a.number for a in again] == [2]
    assert "the attempt before failed" in again[0].reason


@pytest.mark.parametrize("procedure", TABLE)
def test_a_point_that_is_skipped_leaves_the_others_as_they_are(procedure: str, bad_run: Callable[..., Any]) -> None:
    joined_anew = TABLE[procedure].get("at_prompt", ("", 1))[1] > 1  # at each look: there "m" mends by itself
    answers = {
        "reading.senseless": ["s" if joined_anew else "m"],
        "point.failed": ["s"],
        "control.skip": ["the jack is broken"],
    }
    bad = bad_run(**when(procedure), answers=answers)
    bad.mishap = bad.lead_off
    bad.carry_out()
    (skipped,) = bad.attempts("skipped")
    assert "the jack is broken" in skipped.reason
    assert {a.point for a in bad.attempts("complete")}.isdisjoint({skipped.point})
    assert bad.times("reading.senseless") == (1 if joined_anew else 3)
    bad.require_good_results(rows=len(bad.attempts("complete")))
