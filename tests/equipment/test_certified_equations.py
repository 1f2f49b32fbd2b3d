"""Reference equations of certificates, and k that differs from point to point."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.equipment import Asked, CertifiedEquation, Equipment, by_certificate
from calib.errors import CalibrationStatusError, FileError
from calib.files import as_model

Made = Callable[..., Equipment]
ON = dt.date(2026, 8, 18)

LINE: dict[str, Any] = {
    "quantity": "dc_voltage",
    "unit": "V",
    "value": "1.000002*V - 3e-7",
    "U": "1e-6 + 2e-6*abs(V)",
    "k": 2,
    "within": {"V": [-10, 10]},
}
AGING = {"drift_ppm_per_year": 4.0, "temperature_ppm_per_K": 0.5}


def _equation(**changes: Any) -> CertifiedEquation:
    return as_model(LINE | changes, CertifiedEquation, "certificate")


def test_an_equation_gives_the_value_with_its_standard_uncertainty() -> None:
    value = _equation().at("CAL-01", V=5.0)
    assert value.value == pytest.approx(5.000010 - 3e-7, abs=1e-12)
    assert value.u == pytest.approx((1e-6 + 1e-5) / 2, rel=1e-12)


def test_beyond_its_range_an_equation_is_refused() -> None:
    with pytest.raises(CalibrationStatusError, match=r"CAL-01: .*holds for V from -10 to 10, not for V = 10\.1"):
        _equation().at("CAL-01", V=10.1)
    with pytest.raises(CalibrationStatusError, match="not for nothing"):
        _equation().at("CAL-01")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": "V + W"}, "'within' must have a range for W"),
        ({"within": {"V": [-1, 1], "pi": [0, 1]}}, "must not name a variable pi"),
        ({"value": "__import__('os')"}, r"value: .*"),
        ({"unit": "furlongs per"}, "unknown unit"),
        ({"within": {}}, "within"),
    ],
)
def test_an_equation_that_cannot_be_evaluated_is_refused_on_reading(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(FileError, match=told):
        _equation(**changes)


def test_an_equation_serves_where_a_certificate_has_no_table(equipment: Made) -> None:
    standard = equipment(calibration={"equations": [LINE | {"aging": AGING}]})
    reference = by_certificate(Asked(standard, "dc_voltage", 5.0), 33.0, ON + dt.timedelta(days=365), (22.8, 24.2))
    assert reference.value.value == pytest.approx(5.0000097, abs=1e-12)
    drift, kelvin = 4e-6 * 5 * 365 / 365.25, 0.5e-6 * 5 * 1.4
    expected = math.sqrt(5.5e-6**2 + drift**2 / 3 + kelvin**2 / 3)
    assert reference.value.u == pytest.approx(expected, rel=1e-9)


def test_an_equation_without_drift_is_no_value_of_today(equipment: Made) -> None:
    standard = equipment(calibration={"equations": [LINE]})
    with pytest.raises(CalibrationStatusError, match="states no 'aging'"):
        by_certificate(Asked(standard, "dc_voltage", 5.0), 33.0, ON, (23, 23))


def test_an_equation_in_a_prefixed_unit_is_no_value_in_volts(equipment: Made) -> None:
    standard = equipment(calibration={"equations": [LINE | {"unit": "mV", "aging": AGING}]})
    with pytest.raises(CalibrationStatusError, match="must be a unit without a prefix"):
        by_certificate(Asked(standard, "dc_voltage", 5.0), 33.0, ON, (23, 23))


def test_without_the_temperature_of_the_calibration_there_is_no_correction(equipment: Made) -> None:
    standard = equipment(calibration={"equations": [LINE | {"aging": AGING}], "temperature_C": [23, 23]})
    bare = standard.calibrations[0].model_copy(update={"temperature_C": None})
    with pytest.raises(CalibrationStatusError, match="states no 'temperature_C'"):
        by_certificate(
            Asked(standard.model_copy(update={"calibrations": (bare,)}), "dc_voltage", 5.0), 33.0, ON, (23, 23)
        )


def test_points_of_different_k_are_combined_by_their_standard_uncertainties(equipment: Made) -> None:
    """k = 2 with U = 4 µV and k = 3 with U = 6 µV are both u = 2 µV."""
    table = {
        "quantity": "dc_voltage", "unit": "V", "range": 33, "k": 2, "correlation": "none",
        "drift_ppm_per_year": 0, "temperature_ppm_per_K": 0, "interpolation_ppm": 0,
        "points": [
            {"nominal": 1, "correction": 0, "U": 4e-6},
            {"nominal": 3, "correction": 2e-6, "U": 6e-6, "k": 3, "dof": 12},
        ],
    }  # fmt: skip
    standard = equipment(calibration={"values": [table]})
    at_a_point = by_certificate(Asked(standard, "dc_voltage", 3.0), 33.0, ON, (23, 23)).value
    assert (at_a_point.u, at_a_point.dof) == (pytest.approx(2e-6), pytest.approx(12))
    between = by_certificate(Asked(standard, "dc_voltage", 2.0), 33.0, ON, (23, 23)).value
    assert between.value == pytest.approx(2 + 1e-6, abs=1e-12)
    assert between.u == pytest.approx(2e-6 / math.sqrt(2), rel=1e-9)
