"""Process calibrators in both directions: evaluation against numbers computed here by hand, coverage, what is noticed.

The sample laboratory: the calibrator by its specification (20 ppm + 50 µV of 33 V; 40 ppm + 10 ppm of 110 Ω … 330 Ω);
the reference multimeter by its certificate, 0.1 A range: +0.9 µA at 10 mA (U = 1.2 µA), +6 µA at 100 mA (U = 5 µA),
fully correlated, k = 2; 30 ppm a year, 3 ppm/K, 5 ppm between the points; calibrated 30 days ago at 23.0 °C.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.procedures.process_calibrator_measure import ProcessCalibratorMeasure
from calib.procedures.process_calibrator_source import ProcessCalibratorSource

MEASURE, SOURCE = "process-calibrator-measure", "process-calibrator-source"
ROOT3 = math.sqrt(3)
TWENTY_mA = "dc_current/24 mA/20 mA"
FOUND_A = (0.019995, 0.0199951, 0.0199949, 0.019995, 0.019995)
"""Mean 19.995 mA, s = 0.0707 µA; s/√5 = 31.6 nA; least digit of 6½ digits in 0.1 A: 0.1 µA, d/√12 = 28.9 nA."""
ByHand = Callable[..., Any]


def contributions(result: Any) -> dict[str, float]:
    return {r.name: r.contribution for r in result.budget if r.distribution != "exact"}


def test_what_it_puts_out_is_the_setting_minus_the_corrected_indication(by_hand: ByHand) -> None:
    """δ_R at 20 mA = 0.9 µA + (5.1 µA)/9 = 1.466667 µA: E = 20 mA − 19.995 mA − 1.466667 µA = 3.533333 µA."""
    result = by_hand(SOURCE, {TWENTY_mA: {"meter": FOUND_A}}).only()
    assert result.error == pytest.approx(3.533333e-6, abs=1e-11)
    assert contributions(result) == {
        "indication": pytest.approx(0.0707107e-6 / math.sqrt(5), rel=1e-4),
        "meter.certificate": pytest.approx((1.2e-6 * 8 / 9 + 5e-6 / 9) / 2, rel=1e-6),
        "meter.drift": pytest.approx(0.02 * 30e-6 * 30 / 365.25 / ROOT3, rel=1e-6),
        "meter.temperature": pytest.approx(0.02 * 3e-6 * 0.4 / ROOT3, rel=1e-6),
        "meter.interpolation": pytest.approx(0.02 * 5e-6 / ROOT3, rel=1e-6),
    }
    assert result.upper_limit == pytest.approx(0.02 * 200e-6 + 2e-6, rel=1e-9)


def test_the_resistance_of_two_leads_is_taken_off_what_it_measures(by_hand: ByHand) -> None:
    """100.05 Ω − 100 Ω − 20 mΩ = 30 mΩ; the calibrator ± (40 ppm of 100 Ω + 10 ppm of 110 Ω)."""
    result = by_hand(MEASURE, {"resistance/400 Ω/100 Ω": {"meter": [100.05] * 5}}).only()
    assert result.error == pytest.approx(0.03, abs=1e-9)
    assert result.reference == pytest.approx(100.02, abs=1e-9)
    assert contributions(result) == {
        "indication": pytest.approx(0.01 / math.sqrt(12), rel=1e-9),
        "source.specification": pytest.approx((100 * 40e-6 + 110 * 10e-6) / ROOT3, rel=1e-6),
        "wiring": pytest.approx(0.001 / ROOT3, rel=1e-9),
    }


def test_each_quantity_has_its_unit_its_digit_and_its_limit(by_hand: ByHand) -> None:
    made = by_hand(
        MEASURE,
        {"dc_voltage/30 V/15 V": {"meter": [15.002] * 5}, TWENTY_mA: {"meter": [0.020001] * 5}},
    )
    volts, amperes = made.results().values()
    assert (volts.unit, volts.resolution) == ("V", 0.001)
    assert volts.upper_limit == pytest.approx(15 * 200e-6 + 0.002, rel=1e-9)
    assert (amperes.unit, amperes.resolution) == ("A", 1e-6)
    assert amperes.upper_limit == pytest.approx(0.02 * 200e-6 + 2e-6, rel=1e-9)


@pytest.mark.parametrize(
    ("procedure", "indicated", "model"),
    [
        (SOURCE, {TWENTY_mA: {"meter": FOUND_A}}, ProcessCalibratorSource.model),
        (MEASURE, {"resistance/400 Ω/100 Ω": {"meter": [100.05] * 5}}, ProcessCalibratorMeasure.model),
    ],
)
def test_monte_carlo_gives_the_same_U(
    procedure: str, indicated: Any, model: Any, by_hand: ByHand, monte_carlo_half_width: Callable[..., float]
) -> None:
    made = by_hand(procedure, indicated)
    assert pytest.approx(monte_carlo_half_width(made.estimates(), model), rel=6e-3) == made.only().U


FEW = (
    {"quantity": "dc_voltage", "range": 0.1, "nominal": 0.05},
    {"quantity": "dc_current", "range": 0.024, "nominal": 0.02},
    {"quantity": "resistance", "range": 4000, "nominal": 2000},
)


@pytest.mark.parametrize("procedure", [MEASURE, SOURCE])
def test_the_interval_holds_the_truth(procedure: str, studied: Callable[..., Any]) -> None:
    found = studied(procedure, 60, *FEW)
    assert found.lower > 0.86
    assert found.upper > 0.9545


@pytest.mark.parametrize("procedure", [MEASURE, SOURCE])
def test_a_certificate_is_issued_of_it(procedure: str, issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(procedure, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert procedure in dcc
