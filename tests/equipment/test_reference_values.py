"""A standard's value by its two routes, against arithmetic typed in here by hand."""

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from calib.equipment import Asked, Equipment, Reference, by_certificate, by_specification
from calib.errors import CalibrationStatusError, OutOfRange
from calib.files import as_model
from calib.specification import Specification, load_specification

CALIBRATED = dt.date(2026, 1, 1)
AFTER_200_DAYS = dt.date(2026, 7, 20)
POINTS = [
    {"nominal": -10, "correction": -12e-6, "U": 20e-6},
    {"nominal": 5, "correction": 3e-6, "U": 12e-6},
    {"nominal": 10, "correction": 8e-6, "U": 21e-6},
]


def _standard(**changes: Any) -> Equipment:
    values = {
        "quantity": "dc_voltage",
        "unit": "V",
        "range": 33,
        "k": 2.1,
        "correlation": "none",
        "drift_ppm_per_year": 4.0,
        "temperature_ppm_per_K": 0.3,
        "points": POINTS,
    } | changes
    plain = {
        "format": "calib-equipment/1",
        "id": "CAL-01",
        "description": "calibrator",
        "manufacturer": "Fluke",
        "model": "5522A",
        "serial_number": "123",
        "specification": "fluke-5522a",
        "specification_interval": "90 days",
        "calibrations": [
            {
                "certificate": "C-1",
                "laboratory": "L",
                "date": CALIBRATED,
                "due": dt.date(2027, 1, 1),
                "temperature_C": [22.5, 23.5],
                "complies": True,
                "values": [values],
            }
        ],
    }
    return as_model(plain, Equipment, "CAL-01")


def _certified(
    nominal: float, temperature_C: tuple[float, float] = (23.0, 23.0), on: dt.date = AFTER_200_DAYS, **changes: Any
) -> Reference:
    return by_certificate(Asked(_standard(**changes), "dc_voltage", nominal), 33.0, on, temperature_C)


def _names(reference: Reference) -> list[str]:
    return [one.name for one in reference.inputs]


def _u(reference: Reference, name: str) -> float:
    return float(reference[name].u)


def test_the_correction_is_added_to_the_nominal_value_with_U_over_k() -> None:
    reference = _certified(10.0)
    assert reference.value.value == pytest.approx(10.000008, abs=1e-12)
    assert _u(reference, "certificate") == pytest.approx(21e-6 / 2.1, rel=1e-12)
    assert _certified(-10.0).value.value == pytest.approx(-10.000012, abs=1e-12)
    assert reference.route == "certificate"


def test_drift_grows_with_the_days_since_the_calibration() -> None:
    """4 ppm of 10 V and 2 µV a year: after 200 days a half-width of 42 µV · 200/365.25, rectangular."""
    reference = _certified(-10.0, drift_floor_per_year=2e-6)
    assert _u(reference, "drift") == pytest.approx(42e-6 * 200 / 365.25 / math.sqrt(3), rel=1e-12)
    assert "source.drift" not in _names(_certified(10.0, on=CALIBRATED))


@pytest.mark.parametrize(
    ("temperature_C", "kelvin"),
    [((23.0, 23.0), 0.5), ((20.0, 23.0), 3.5), ((22.0, 27.0), 4.5), ((22.5, 23.5), 1.0), ((30.0, 30.0), 7.5)],
)
def test_temperature_counts_from_the_farther_end_of_the_calibrations(
    temperature_C: tuple[float, float], kelvin: float
) -> None:
    """Calibrated somewhere in 22.5 °C to 23.5 °C; 0.3 ppm/K of 10 V, rectangular."""
    reference = _certified(10.0, temperature_C)
    assert _u(reference, "temperature") == pytest.approx(3e-6 * kelvin / math.sqrt(3), rel=1e-12)


@pytest.mark.parametrize(("correlation", "r"), [("full", 1.0), ("none", 0.0), ("matrix", 0.4)])
def test_between_points_the_correction_is_interpolated_and_errors_combine_as_they_correlate(
    correlation: str, r: float
) -> None:
    """At 7 V: 0.6 of the correction at 5 V and 0.4 of that at 10 V; checked against draws of correlated errors too."""
    matrix = [[1, 0.2, 0.1], [0.2, 1, 0.4], [0.1, 0.4, 1]]
    reference = _certified(7.0, correlation=matrix if correlation == "matrix" else correlation, interpolation_ppm=0.5)
    assert reference["certificate"].value == pytest.approx(0.6 * 3e-6 + 0.4 * 8e-6, rel=1e-12)
    a, b = 12e-6 / 2.1, 21e-6 / 2.1
    wanted = math.sqrt((0.6 * a) ** 2 + (0.4 * b) ** 2 + 2 * r * 0.6 * 0.4 * a * b)
    assert _u(reference, "certificate") == pytest.approx(wanted, rel=1e-12)
    draws = np.random.default_rng(7).multivariate_normal([0, 0], [[a * a, r * a * b], [r * a * b, b * b]], 200_000)
    assert (draws @ [0.6, 0.4]).std() == pytest.approx(_u(reference, "certificate"), rel=0.01)
    assert _u(reference, "interpolation") == pytest.approx(0.5e-6 * 7 / math.sqrt(3), rel=1e-12)
    assert reference.value.value == pytest.approx(7.000005, abs=1e-12)


def test_a_certified_point_has_no_error_of_interpolation() -> None:
    assert "source.interpolation" not in _names(_certified(5.0, interpolation_ppm=0.5))


def test_interpolation_crosses_zero_between_the_polarities() -> None:
    reference = _certified(-2.5, interpolation_ppm=1.0)
    assert reference["certificate"].value == pytest.approx((-12e-6 + 3e-6) / 2, rel=1e-12)


def test_without_a_stated_error_of_interpolation_there_is_none() -> None:
    with pytest.raises(
        CalibrationStatusError, match=r"certificate C-1 does not certify 7 V, and .* no 'interpolation_ppm'"
    ):
        _certified(7.0)


@pytest.mark.parametrize("nominal", [10.001, -10.1, 30.0])
def test_a_certificate_is_never_extrapolated(nominal: float) -> None:
    with pytest.raises(CalibrationStatusError, match=r"does not certify .*; it certifies -10 V to 10 V in this range"):
        _certified(nominal, interpolation_ppm=1.0)


def test_a_range_without_certified_values_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        CalibrationStatusError, match=r"no values of dc_voltage in the range 330 V; it has: dc_voltage 33 V$"
    ):
        by_certificate(Asked(_standard(), "dc_voltage", 100.0), 330.0, AFTER_200_DAYS, (23.0, 23.0))


def test_the_degrees_of_freedom_of_the_certificate_are_kept() -> None:
    reference = _certified(10.0, on=CALIBRATED, dof=8, temperature_ppm_per_K=0.0)
    assert float(reference.value.dof) == pytest.approx(8.0)
    assert float(_certified(10.0, dof=math.inf)["certificate"].dof) == math.inf


def _specified(nominal: float, *temperature_C: float | None, specification: Specification | None = None) -> Reference:
    return by_specification(
        Asked(_standard(), "dc_voltage", nominal),
        specification or load_specification("fluke-5522a"),
        temperature_C or (23.0, 23.0),
    )


def test_by_specification_the_value_is_nominal_and_the_limit_is_rectangular() -> None:
    """5522A, 90 days, 33 V range: 10 ppm of 10 V + 20 µV = 120 µV; nothing is added for drift or temperature."""
    reference = _specified(-10.0)
    assert reference.value.value == -10.0
    assert _names(reference) == ["source.specification"]
    assert _u(reference, "specification") == pytest.approx(120e-6 / math.sqrt(3), rel=1e-12)
    assert reference.route == "specification"
    assert reference.inputs[0].label.vi == "Nguồn chuẩn, đặc trưng kỹ thuật 90 ngày"


def test_a_stated_coverage_makes_the_limit_a_quantile_of_a_normal_distribution() -> None:
    """99 % of a normal distribution lie within 2.5758 standard deviations."""
    plain = load_specification("fluke-5522a").model_dump() | {
        "coverage": {"distribution": "normal", "probability": 0.99}
    }
    reference = _specified(10.0, specification=as_model(plain, Specification, "own"))
    assert _u(reference, "specification") == pytest.approx(120e-6 / 2.575829304, rel=1e-8)


def test_of_two_temperatures_the_worse_counts_for_a_standard() -> None:
    """A 34401A as if it were a standard: 5 ppm + 1 ppm for each kelvin above 28 °C."""
    specification = load_specification("hp-34401a")
    for temperatures in ((25.0, 30.0), (30.0, 25.0)):
        reference = _specified(10.0, *temperatures, specification=specification)
        assert _u(reference, "specification") == pytest.approx((25 + 12) * 10e-6 / math.sqrt(3), rel=1e-12)


def test_a_specification_that_does_not_hold_for_the_interval_is_refused() -> None:
    standard = _standard().model_copy(update={"specification_interval": "1 year"})
    with pytest.raises(OutOfRange, match=r"fluke-5522a: dc_voltage is not specified for '1 year'; known: 90 days"):
        by_specification(Asked(standard, "dc_voltage", 10.0), load_specification("fluke-5522a"), (23.0, 23.0))
