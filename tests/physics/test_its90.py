"""The ITS-90 against its own fixed points and against a certificate that another programme has made."""

import math

import pytest

from calib.errors import InputError, OutOfRange
from calib.physics.its90 import (
    FIXED_POINTS_C,
    SUB_RANGES,
    Deviation,
    StandardThermometer,
    deviation,
    reference_ratio,
    reference_slope_per_K,
    reference_temperature_C,
)

WR = {"Ar": 0.21585975, "Hg": 0.84414211, "Ga": 1.11813889, "In": 1.60980185, "Sn": 1.89279768, "Zn": 2.56891730,
      "Al": 3.37600860, "Ag": 4.28642053}  # fmt: skip
"""Wr of the fixed points (ITS-90, table 1)."""
D = (439.932854, 472.418020, 37.684494, 7.472018, 2.920828, 0.005184, -0.963864, -0.188732, 0.191203, 0.049025)
"""Equation (10b): the published inverse from 0 °C up, to 0.13 mK."""
B = (0.183324722, 0.240975303, 0.209108771, 0.190439972, 0.142648498, 0.077993465, 0.012475611, -0.032267127,
     -0.075291522, -0.056470670, 0.076201285, 0.123893204, -0.029201193, -0.091173542, 0.001317696,
     0.026025526)  # fmt: skip
"""Equation (9b): the published inverse below 273.16 K, to 0.1 mK."""

DEMO_OHM = 25.544261
"""Isotech, sample ITS-90 certificate "Demo" of 2004-11-26: resistance at the triple point of water."""
DEMO = StandardThermometer(
    DEMO_OHM, (Deviation(7, (-2.982376094442697e-4, -2.347216136920800e-5, 5.058518332814592e-6)),)
)
DEMO_BELOW = StandardThermometer(DEMO_OHM, (Deviation(5, (-2.796694757957740e-4, -3.199472366290438e-4)),))


@pytest.mark.parametrize(("substance", "ratio"), WR.items())
def test_reference_function_has_the_published_value_at_a_fixed_point(substance: str, ratio: float) -> None:
    t_C = FIXED_POINTS_C[substance]  # type: ignore[index]
    assert reference_ratio(t_C) == pytest.approx(ratio, abs=5.1e-9)
    assert reference_temperature_C(reference_ratio(t_C)) == pytest.approx(t_C, abs=1e-9)


@pytest.mark.parametrize("t_C", [0.01, 1.0, 30.0, 150.0, 300.0, 650.0, 961.0])
def test_inverse_agrees_with_the_published_one_from_0_C_up(t_C: float) -> None:
    x = (reference_ratio(t_C) - 2.64) / 1.64
    assert sum(d * x**n for n, d in enumerate(D)) == pytest.approx(t_C, abs=0.14e-3)


@pytest.mark.parametrize("t_C", [-189.0, -150.0, -80.0, -20.0, -0.5])
def test_inverse_agrees_with_the_published_one_below_0_C(t_C: float) -> None:
    x = (reference_ratio(t_C) ** (1 / 6) - 0.65) / 0.35
    assert 273.16 * sum(b * x**n for n, b in enumerate(B)) - 273.15 == pytest.approx(t_C, abs=0.11e-3)


@pytest.mark.parametrize(("ohm", "t_C"), [(48.342838, 231.927), (65.608169, 419.527), (86.217653, 660.320)])
def test_temperatures_are_those_of_a_certificate_in_sub_range_7(ohm: float, t_C: float) -> None:
    assert DEMO.temperature_C(ohm) == pytest.approx(t_C, abs=1e-6)


@pytest.mark.parametrize(("ohm", "t_C"), [(21.563901, -38.8344), (28.561074, 29.7646)])
def test_temperatures_are_those_of_a_certificate_in_sub_range_5(ohm: float, t_C: float) -> None:
    assert DEMO_BELOW.temperature_C(ohm) == pytest.approx(t_C, abs=1e-6)
    assert DEMO_BELOW.resistance_ohm(t_C) == pytest.approx(ohm, abs=1e-7)


def test_coefficients_come_out_of_the_ratios_of_the_certificate() -> None:
    ratios = {"Hg": 21.563901 / DEMO_OHM, "Ga": 28.561074 / DEMO_OHM}
    found = deviation(5, ratios)  # type: ignore[arg-type]
    assert found.coefficients == pytest.approx(DEMO_BELOW.deviations[0].coefficients, rel=1e-4)


@pytest.mark.parametrize("number", SUB_RANGES)
def test_a_calibrated_thermometer_goes_through_its_fixed_points_and_back(number: int) -> None:
    span = SUB_RANGES[number]
    true = Deviation(number, tuple(c * 10**-n for n, c in enumerate((2e-4, -5e-5, 3e-6)[: len(span.points)])))
    unit = StandardThermometer(25.5, (true,))
    ratios = {point: unit.ratio(FIXED_POINTS_C[point]) for point in span.points}
    assert deviation(number, ratios).coefficients == pytest.approx(true.coefficients, rel=1e-6, abs=1e-12)
    for share in (0.02, 0.3, 0.6, 0.97):
        t_C = span.low_C + share * (span.high_C - span.low_C)
        ohm = unit.resistance_ohm(t_C)
        assert unit.temperature_C(ohm) == pytest.approx(t_C, abs=1e-8)
        ahead = unit.resistance_ohm(t_C + 1e-3) - unit.resistance_ohm(t_C - 1e-3)
        assert unit.ohm_per_K(t_C) == pytest.approx(ahead / 2e-3, rel=1e-6)


def test_slope_of_the_reference_function_is_its_derivative_on_both_sides_of_the_triple_point() -> None:
    for t_C in (-180.0, -20.0, 0.5, 300.0, 900.0):
        numeric = (reference_ratio(t_C + 1e-3) - reference_ratio(t_C - 1e-3)) / 2e-3
        assert reference_slope_per_K(t_C) == pytest.approx(numeric, rel=1e-7)


def test_logarithmic_term_of_sub_range_4_is_that_of_equation_12() -> None:
    assert Deviation(4, (1e-4, 2e-5)).of(0.5) == pytest.approx(1e-4 * -0.5 + 2e-5 * -0.5 * math.log(0.5), rel=1e-12)


def test_what_the_scale_or_the_certificate_does_not_have_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"allowed: -189.344 °C to 961.78 °C"):
        reference_ratio(-200.0)
    with pytest.raises(OutOfRange, match=r"allowed: 0\.21586 to 4.28642"):
        reference_temperature_C(5.0)
    with pytest.raises(OutOfRange, match=r"allowed: -38\.8344 °C to 29.7646 °C"):
        DEMO_BELOW.temperature_C(40.0)
    with pytest.raises(InputError, match="sub-range 8 with 1 coefficients"):
        Deviation(8, (1e-4,))
    with pytest.raises(InputError, match="W at Sn, Zn"):
        deviation(8, {"Sn": 1.8925})
