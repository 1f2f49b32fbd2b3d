"""Thermocouple reference functions against an independent library and against the printed tables."""

import numpy as np
import pytest
import thermocouple_its90

from calib.errors import OutOfRange
from calib.physics.thermocouple_tables import INVERTIBLE_C, PIECES, ThermocoupleType
from calib.physics.thermocouples import emf_V, seebeck_V_per_K, span_C, temperature_C

KINDS = tuple(PIECES)
PRINTED_mV = [
    ("B", 1000.0, 4.834), ("E", 500.0, 37.005), ("E", -100.0, -5.237), ("J", 500.0, 27.393), ("K", 1000.0, 41.276),
    ("K", -100.0, -3.554), ("N", 1000.0, 36.256), ("N", -100.0, -2.407), ("R", 1000.0, 10.506), ("S", 1000.0, 9.587),
    ("T", 100.0, 4.279), ("T", -100.0, -3.379),
]  # fmt: skip
"""IEC 60584-1, NIST Monograph 175: tables in steps of 1 °C, to 1 µV."""


@pytest.mark.parametrize(("kind", "t_C", "millivolts"), PRINTED_mV)
def test_emf_is_that_of_the_printed_table(kind: ThermocoupleType, t_C: float, millivolts: float) -> None:
    assert emf_V(kind, t_C) * 1e3 == pytest.approx(millivolts, abs=0.51e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_function_and_inverse_agree_with_another_library(kind: ThermocoupleType) -> None:
    other = thermocouple_its90.get(kind)
    low_C, high_C = span_C(kind)
    assert (low_C, high_C) == other.range
    for t_C in np.linspace(low_C, high_C, 211):
        assert emf_V(kind, float(t_C)) * 1e3 == pytest.approx(other.emf(float(t_C)), abs=1e-9)
    for t_C in np.linspace(INVERTIBLE_C[kind] + 1, high_C - 1, 41):
        millivolts = other.emf(float(t_C))
        assert temperature_C(kind, millivolts * 1e-3) == pytest.approx(other.temperature(millivolts), abs=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_inverse_brings_back_every_temperature(kind: ThermocoupleType) -> None:
    t_C = np.linspace(INVERTIBLE_C[kind], span_C(kind)[1], 1001)
    assert np.max(np.abs(temperature_C(kind, emf_V(kind, t_C)) - t_C)) < 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_slope_is_the_derivative(kind: ThermocoupleType) -> None:
    low_C, high_C = span_C(kind)
    for t_C in np.linspace(low_C + 1, high_C - 1, 57):
        numeric = (emf_V(kind, float(t_C) + 1e-3) - emf_V(kind, float(t_C) - 1e-3)) / 2e-3
        assert seebeck_V_per_K(kind, float(t_C)) == pytest.approx(numeric, rel=2e-4, abs=2e-10)


def test_shapes_stay_and_floats_are_floats() -> None:
    assert isinstance(emf_V("K", 100.0), float)
    assert isinstance(temperature_C("K", 4.096e-3), float)
    assert emf_V("K", np.array([[0.0, 100.0]])).shape == (1, 2)


def test_what_a_function_does_not_have_is_refused() -> None:
    with pytest.raises(OutOfRange, match="type K: no reference at 1400 °C; allowed: -270 °C to 1372 °C"):
        emf_V("K", 1400.0)
    with pytest.raises(OutOfRange, match="type B: no reference at 0 V"):
        temperature_C("B", 0.0)
    with pytest.raises(OutOfRange, match="nan"):
        emf_V("K", float("nan"))
