"""Maintenance, damage, checks and expiry bar the use of a standard until a named person releases it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from calib.equipment import Equipment, next_due, shortcomings, standing

Made = Callable[..., Equipment]
DAY = dt.date(2026, 11, 23)


def _event(date: str, **more: Any) -> dict[str, Any]:
    return {"date": date, "what": "Fell off the bench", "by": "Lê Minh", "kind": "damage"} | more


def _released(date: str) -> dict[str, Any]:
    return {"released": {"by": "Trần Hà", "date": date, "why": "compared with CAL-02 at 1 V and 10 V"}}


def test_damage_after_the_last_calibration_bars_use_and_nobody_may_except_it(equipment: Made) -> None:
    damaged = equipment(maintenance=[_event("2026-10-01")])
    (found,) = shortcomings(damaged, DAY, "certificate")
    assert "Fell off the bench on 2026-10-01, after its last calibration, and nobody has released it" in found.what.en
    assert not found.may_be_excepted
    assert standing(damaged, DAY) == "barred"


@pytest.mark.parametrize(
    ("date", "more", "barred"),
    [
        ("2026-08-18", {}, False),  # the day of the calibration: it was calibrated as it is
        ("2026-08-19", {}, True),
        ("2026-11-24", {}, False),  # not yet
        ("2026-10-01", _released("2026-10-02"), False),
        ("2026-10-01", _released("2026-11-24"), True),  # released only tomorrow
    ],
)
def test_only_what_came_after_the_calibration_and_before_a_release_bars(
    date: str, more: dict[str, Any], *, barred: bool, equipment: Made
) -> None:
    assert bool(shortcomings(equipment(maintenance=[_event(date, **more)]), DAY, "certificate")) == barred


def test_a_calibration_of_one_quantity_does_not_release_what_damage_did_to_the_others(equipment: Made) -> None:
    volts = equipment().calibrations[0].model_dump(mode="json", exclude_none=True)
    both_ = [volts | {"covers": ["dc_voltage"], "date": "2026-10-10"}, volts | {"covers": ["dc_current"]}]
    found = shortcomings(equipment(calibrations=both_, maintenance=[_event("2026-10-01")]), DAY, "certificate")
    assert len(found) == 1


def test_the_newest_calibration_of_each_quantity_counts(equipment: Made) -> None:
    one = equipment().calibrations[0].model_dump(mode="json", exclude_none=True)
    amperes = one | {"certificate": "A", "covers": ["dc_current"], "date": "2026-09-01", "due": "2026-10-01"}
    standard = equipment(calibrations=[amperes, one])
    assert standard.calibration(DAY, "dc_current").certificate == "A"
    assert standard.calibration(DAY, "dc_voltage").certificate == "V10.CN5.0211.26"
    (late,) = shortcomings(standard, DAY, "certificate")
    assert late.what.en.endswith("calibration A was due on 2026-10-01")
    assert standing(standard, DAY) == "overdue"
    assert next_due(standard, DAY) == dt.date(2026, 10, 1)


def test_a_failed_check_bars_use_until_a_later_one_passes(equipment: Made) -> None:
    failed = {"date": "2026-09-01", "what": "10 V", "by": "LM", "passed": False, "deviation": "+31 µV, limit 12 µV"}
    (found,) = shortcomings(equipment(checks=[failed]), DAY, "certificate")
    assert "its intermediate check on 2026-09-01 failed: +31 µV, limit 12 µV" in found.what.en
    assert not found.may_be_excepted
    passed = failed | {"date": "2026-09-02", "passed": True}
    assert shortcomings(equipment(checks=[failed, passed]), DAY, "certificate") == []


def test_an_intermediate_check_is_due_after_its_interval_and_may_be_excepted(equipment: Made) -> None:
    standard = equipment(check_interval="3 months")
    last = dt.date(2026, 11, 18)
    assert shortcomings(standard, last, "certificate") == []
    (late,) = shortcomings(standard, last + dt.timedelta(days=1), "certificate")
    assert late.may_be_excepted
    assert late.what.en.endswith("its intermediate check was due on 2026-11-18")
    checked = {"date": "2026-11-10", "what": "10 V", "by": "LM", "passed": True}
    assert shortcomings(equipment(check_interval="3 months", checks=[checked]), DAY, "certificate") == []


def test_a_reference_material_is_of_use_until_it_expires(equipment: Made) -> None:
    buffer = equipment(reference_material={"producer": "PTB", "batch": "7", "expires": "2026-11-22"})
    assert shortcomings(buffer, dt.date(2026, 11, 22), "certificate") == []
    assert "expired on 2026-11-22" in shortcomings(buffer, DAY, "certificate")[0].what.en


def test_what_needs_no_calibration_is_no_standard(equipment: Made) -> None:
    stopwatch = equipment(needs_calibration=False, calibrations=[])
    assert standing(stopwatch, DAY) == "in service"
    assert "cannot be a standard" in shortcomings(stopwatch, DAY, "certificate")[0].what.en
