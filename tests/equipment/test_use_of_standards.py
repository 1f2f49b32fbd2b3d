"""Whether a standard may be used on a day: in service, calibrated, not overdue, compliant, within the interval."""

import datetime as dt
from typing import Any

import pytest

from calib.equipment import Equipment, shortcomings
from calib.equipment.status import Route
from calib.errors import CalibrationStatusError
from calib.files import as_model

CALIBRATED = dt.date(2026, 8, 25)
DUE = dt.date(2027, 8, 25)
NINETY_DAYS_LATER = dt.date(2026, 11, 23)  # 6 days of August, 30 of September, 31 of October, 23 of November
ONE_DAY = dt.timedelta(days=1)


def _calibration(date: dt.date, due: dt.date, **changes: Any) -> dict[str, Any]:
    return {
        "certificate": f"C-{date}",
        "laboratory": "L",
        "date": date,
        "due": due,
        "temperature_C": [23, 23],
        "complies": True,
    } | changes


def _equipment(*calibrations: dict[str, Any], **changes: Any) -> Equipment:
    plain = {
        "format": "calib-equipment/1",
        "id": "CAL-01",
        "description": "calibrator",
        "manufacturer": "Fluke",
        "model": "5522A",
        "serial_number": "123",
        "specification": "fluke-5522a",
        "specification_interval": "90 days",
        "calibrations": list(calibrations),
    }
    return as_model({k: v for k, v in (plain | changes).items() if v is not None}, Equipment, "CAL-01")


STANDARD = _equipment(_calibration(CALIBRATED, DUE))


@pytest.mark.parametrize("route", ["certificate", "specification"])
def test_a_good_standard_has_no_shortcoming(route: Route) -> None:
    assert shortcomings(STANDARD, CALIBRATED, route) == []
    assert shortcomings(STANDARD, NINETY_DAYS_LATER, route) == []


def test_the_day_on_which_it_is_due_is_the_last_on_which_it_may_be_used() -> None:
    assert shortcomings(STANDARD, DUE, "certificate") == []
    (late,) = shortcomings(STANDARD, DUE + ONE_DAY, "certificate")
    assert late.what.en == "CAL-01 (Fluke 5522A, serial number 123): calibration C-2026-08-25 was due on 2027-08-25"
    assert late.what.vi == "CAL-01 (Fluke 5522A, số sản xuất 123): hạn hiệu chuẩn (C-2026-08-25) là 2027-08-25"
    assert late.may_be_excepted


def test_the_last_day_of_the_specifications_interval_is_the_last_for_its_route() -> None:
    (old,) = shortcomings(STANDARD, NINETY_DAYS_LATER + ONE_DAY, "specification")
    assert old.may_be_excepted
    assert "its specification holds for 90 days, until 2026-11-23" in old.what.en
    assert "đặc trưng kỹ thuật của máy chỉ có giá trị trong 90 ngày, đến 2026-11-23" in old.what.vi
    assert shortcomings(STANDARD, NINETY_DAYS_LATER + ONE_DAY, "certificate") == []


def test_a_year_with_a_leap_day_is_a_year() -> None:
    begin = dt.date(2027, 6, 15)
    standard = _equipment(_calibration(begin, dt.date(2029, 1, 1)), specification_interval="1 year")
    assert shortcomings(standard, dt.date(2028, 6, 15), "specification") == []
    assert len(shortcomings(standard, dt.date(2028, 6, 16), "specification")) == 1


def test_overdue_and_beyond_the_interval_are_both_told() -> None:
    found = shortcomings(STANDARD, DUE + ONE_DAY, "specification")
    assert [s.may_be_excepted for s in found] == [True, True]


def test_out_of_service_cannot_be_excepted() -> None:
    (out,) = shortcomings(_equipment(_calibration(CALIBRATED, DUE), state="out of service"), CALIBRATED, "certificate")
    assert "out of service" in out.what.en
    assert not out.may_be_excepted


def test_a_certificate_that_shows_no_compliance_bars_only_the_specifications_route() -> None:
    standard = _equipment(_calibration(CALIBRATED, DUE, complies=False))
    (found,) = shortcomings(standard, CALIBRATED, "specification")
    assert "does not show compliance" in found.what.en
    assert not found.may_be_excepted
    assert shortcomings(standard, CALIBRATED, "certificate") == []


@pytest.mark.parametrize("missing", ["specification", "specification_interval"])
def test_the_specifications_route_needs_a_specification_and_its_interval(missing: str) -> None:
    standard = _equipment(_calibration(CALIBRATED, DUE), **{missing: None})
    (found,) = shortcomings(standard, CALIBRATED, "specification")
    assert "names no 'specification' and 'specification_interval'" in found.what.en
    assert not found.may_be_excepted


def test_a_calibration_of_the_future_is_none_yet() -> None:
    (found,) = shortcomings(STANDARD, CALIBRATED - ONE_DAY, "certificate")
    assert found.what.en.endswith("the register holds no calibration done by 2026-08-24")
    assert not found.may_be_excepted
    with pytest.raises(CalibrationStatusError, match="no calibration done by 2026-08-24"):
        STANDARD.calibration(CALIBRATED - ONE_DAY)


def test_the_newest_calibration_done_counts_whatever_the_order_in_the_file() -> None:
    old, new = _calibration(dt.date(2025, 8, 25), CALIBRATED), _calibration(CALIBRATED, DUE)
    for standard in (_equipment(new, old), _equipment(old, new)):
        assert standard.calibration(CALIBRATED).certificate == "C-2026-08-25"
        assert standard.calibration(CALIBRATED - ONE_DAY).certificate == "C-2025-08-25"
        assert shortcomings(standard, DUE, "certificate") == []
