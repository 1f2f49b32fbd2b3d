"""Evaluation of `calibrator-dc-voltage` against numbers computed here by hand, its coverage, and what is noticed.

The reference multimeter in the sample laboratory, 10 V range: −5.5 µV at 3 V (U = 5 µV), −18 µV at 10 V (U = 12 µV),
fully correlated, k = 2; drift 3 ppm a year, 0.5 ppm/K from 23.0 °C, 0.3 ppm between the points. Calibrated 30 days ago;
the room was at 23.4 °C. Leads: 0.2 µV, 0.2 Ω into 10 MΩ.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import OutOfRange
from calib.procedures.calibrator_dc_voltage import CalibratorDcVoltage
from calib.study import Sample

ID = "calibrator-dc-voltage"
POINT = "meter/33 V/9.9 V"
FOUND_V = (9.9001, 9.900101, 9.900099, 9.9001, 9.9001)
"""Mean 9.9001 V, s = 0.7071 µV; least digit of 8½ digits in 10 V: 0.1 µV."""
ROOT3 = math.sqrt(3)
FEW = ({"range": 33, "nominal": 9.9}, {"range": 3.3, "nominal": -2.97})
ByHand = Callable[..., Any]


def test_the_error_is_the_setting_minus_the_value_found_with_the_correction_added(by_hand: ByHand) -> None:
    """δ_R = −5.5 µV + 6.9/7·(−12.5 µV) = −17.82143 µV: E = 9.9 V − 9.9001 V + 17.82143 µV = −82.17857 µV."""
    result = by_hand(ID, {POINT: {"meter": FOUND_V}}).only()
    assert result.error == pytest.approx(-82.17857e-6, abs=1e-11)
    assert (result.indicated, result.nominal, result.route) == (9.9, 9.9, "certificate")
    assert result.reference == pytest.approx(9.9 + 82.17857e-6, abs=1e-11)
    assert result.resolution == 1e-7


def test_every_contribution_is_in_volts_as_computed_here(by_hand: ByHand) -> None:
    result = by_hand(ID, {POINT: {"meter": FOUND_V}}).only()
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "indication": pytest.approx(0.7071068e-6 / math.sqrt(5), rel=1e-5),
        "meter.certificate": pytest.approx(5.95e-6, rel=1e-9),  # (5/7·0.1 + 12·6.9/7) µV / 2
        "meter.drift": pytest.approx(9.9 * 3e-6 * 30 / 365.25 / ROOT3, rel=1e-9),
        "meter.temperature": pytest.approx(9.9 * 0.5e-6 * 0.4 / ROOT3, rel=1e-6),
        "meter.interpolation": pytest.approx(9.9 * 0.3e-6 / ROOT3, rel=1e-9),
        "emf": pytest.approx(0.2e-6 / ROOT3, rel=1e-9),
        "load": pytest.approx(9.9 * 0.2 / 10e6 / ROOT3, rel=1e-9),
    }
    assert sum(r.sensitivity * r.value for r in result.budget) == pytest.approx(result.error, abs=1e-14)
    assert all(r.label.en.split(":")[0] in CalibratorDcVoltage.equation for r in result.budget)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {POINT: {"meter": FOUND_V}})
    half_width = monte_carlo_half_width(made.estimates(), CalibratorDcVoltage.model)
    assert pytest.approx(half_width, rel=6e-3) == made.only().U


def test_by_specification_the_indication_stands_and_the_limit_is_the_meters(by_hand: ByHand) -> None:
    """3458A, 1 year, 10 V range: 8 ppm of 9.9 V + 0.05 ppm of 10 V = 79.7 µV."""
    made = by_hand(ID, {POINT: {"meter": FOUND_V}}, parameters={"reference": "specification"})
    result = made.only()
    assert result.error == pytest.approx(-1e-4, abs=1e-10)
    limit = next(r for r in result.budget if r.name == "meter.specification")
    assert limit.contribution == pytest.approx(79.7e-6 / ROOT3, rel=1e-9)


def test_a_setting_that_another_range_would_put_out_is_refused_before_it_is_measured() -> None:
    sample = Sample.load(ID, points=({"range": 33, "nominal": 1.5},))
    with pytest.raises(OutOfRange, match=r"range 3.3 V"):
        sample.procedure(sample.plan(_today()).procedure.context).points()


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 100, *FEW)
    assert found.lower > 0.85
    assert found.upper > 0.9545
    assert all(abs(p.mean_normalised) < 0.2 for p in found.per_point)


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert "calibrator-dc-voltage" in dcc
    assert "SIM3458001" in dcc


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
