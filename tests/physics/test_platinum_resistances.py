"""Industrial thermometers against the table of IEC 60751."""

import pytest

from calib.errors import OutOfRange
from calib.physics.platinum import IEC_60751, CallendarVanDusen, resistance_ohm, temperature_C, tolerance_K

TABLE = {-200: 18.5201, -100: 60.2558, -50: 80.3063, 0: 100.0, 10: 103.9025, 50: 119.3971, 100: 138.5055,
         150: 157.3251, 200: 175.8560, 300: 212.0515, 400: 247.0920, 500: 280.9775, 600: 313.7080, 700: 345.2835,
         850: 390.4811}  # fmt: skip
"""Resistance in ohms by temperature in degrees Celsius (IEC 60751, table of a Pt 100)."""


@pytest.mark.parametrize(("t_C", "ohm"), TABLE.items())
def test_resistance_and_temperature_are_those_of_the_table(t_C: float, ohm: float) -> None:
    assert resistance_ohm(t_C) == pytest.approx(ohm, abs=5.1e-5)
    assert resistance_ohm(t_C, R0=1000.0) == pytest.approx(10 * ohm, abs=5.1e-4)
    assert temperature_C(resistance_ohm(t_C, R0=25.0), R0=25.0) == pytest.approx(t_C, abs=1e-9)


@pytest.mark.parametrize("t_C", [-195.0, -60.0, -0.001, 0.001, 60.0, 840.0])
def test_slope_is_the_derivative(t_C: float) -> None:
    unit = CallendarVanDusen(99.97, 3.91e-3, -5.8e-7, -4e-12)
    h = 1e-4
    numeric = (unit.resistance_ohm(t_C + h) - unit.resistance_ohm(t_C - h)) / (2 * h)
    assert unit.ohm_per_K(t_C) == pytest.approx(numeric, rel=1e-7)
    assert unit.temperature_C(unit.resistance_ohm(t_C)) == pytest.approx(t_C, abs=1e-9)


def test_a_straight_law_can_be_inverted_too() -> None:
    assert CallendarVanDusen(100.0, 4e-3, 0.0, 0.0).temperature_C(140.0) == pytest.approx(100.0)


def test_tolerances_are_those_of_the_classes() -> None:
    assert tolerance_K("AA", 100.0) == pytest.approx(0.27)
    assert tolerance_K("A", -100.0) == pytest.approx(0.35)
    assert tolerance_K("B", 0.0) == pytest.approx(0.3)
    assert tolerance_K("C", 400.0) == pytest.approx(4.6)


def test_what_the_standard_does_not_have_is_refused() -> None:
    with pytest.raises(OutOfRange, match="allowed: -200 °C to 850 °C"):
        resistance_ohm(-201.0)
    with pytest.raises(OutOfRange, match=r"allowed: 18\.52\d* Ω to 390\.48\d* Ω"):
        IEC_60751.temperature_C(10.0)
