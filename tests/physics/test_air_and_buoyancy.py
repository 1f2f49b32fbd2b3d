"""CIPM-2007, conventional mass and the limits of weights, against published and separately computed numbers.

Air: values computed from the coefficients of Picard et al., Metrologia 45 (2008) 149, in another implementation.
"""

from itertools import pairwise

import numpy as np
import pytest

from calib.errors import OutOfRange
from calib.physics.air import FORMULA_RELATIVE_U, air_density, vapour_fraction
from calib.physics.mass import buoyancy_correction, conventional_mass, mass_of
from calib.physics.weights import CLASSES, WeightClass, maximum_permissible_error_kg
from calib.uncertainty import budget, quantity

AIR = [  # t/°C, p/Pa, h/%, ρ/(kg/m³)
    (20, 101325, 50, 1.1993138954744933),
    (20, 101325, 0, 1.2045573416280522),
    (20, 100000, 50, 1.1835566086974285),
    (23, 101325, 50, 1.186084134121346),
    (25, 99500, 80, 1.1517997614472444),
    (15, 105000, 30, 1.267653836260326),
    (27, 60000, 60, 0.687147492786558),
    (22, 101000, 55, 1.1860564174794628),
]
CONVENTIONAL = [  # ρ/(kg/m³), conventional mass in kg of 1 kg
    (7950.0, 0.9999990564622429),
    (8000.0, 1.0),
    (8400.0, 1.0000071439287321),
    (2700.0, 0.9997055113822628),
    (21500.0, 1.000094200176538),
]


@pytest.mark.parametrize(("t", "p", "h", "expected"), AIR)
def test_air_density_is_that_of_cipm_2007(t: float, p: float, h: float, expected: float) -> None:
    assert air_density(t, p, h) == pytest.approx(expected, rel=1e-14)


def test_air_density_takes_arrays_as_well() -> None:
    t, p, h, expected = np.array(AIR).T
    np.testing.assert_allclose(air_density(t, p, h), expected, rtol=1e-14)


def test_more_carbon_dioxide_makes_heavier_air() -> None:
    """By the molar mass: 12.011 g/mol for each unit of the fraction, of 28.96546 g/mol."""
    dry = air_density(20.0, 101325.0, 0.0)
    assert air_density(20.0, 101325.0, 0.0, x_co2=0.0005) / dry - 1 == pytest.approx(12.011e-4 / 28.96546, rel=1e-9)


def test_air_density_of_quantities_has_the_published_sensitivities() -> None:
    """About −0.4 % for each kelvin, +1 % for each per cent of pressure, −0.009 % for each per cent of humidity."""
    t, p = quantity(20.0, u=0.1, name="t"), quantity(101325.0, u=20.0, name="p")
    h, formula = quantity(50.0, u=2.0, name="h"), quantity(1.0, u=FORMULA_RELATIVE_U, name="formula")
    rho = air_density(t, p, h) * formula
    rows = {row.name: row.sensitivity / rho.value for row in budget(rho)}
    assert rows["t"] == pytest.approx(-0.0036, abs=2e-4)
    assert rows["p"] == pytest.approx(1 / 101325, rel=1e-2)
    assert rows["h"] == pytest.approx(-8.7e-5, abs=5e-6)
    assert rows["formula"] == pytest.approx(1.0)


def test_saturated_air_has_the_vapour_pressure_of_water() -> None:
    """2339.2 Pa at 20 °C (IAPWS), by the pressure's share of the enhancement factor of 1.004."""
    assert vapour_fraction(20.0, 101325.0, 100.0) * 101325.0 / 1.00402 == pytest.approx(2339.2, rel=1e-3)


@pytest.mark.parametrize(("density", "expected"), CONVENTIONAL)
def test_conventional_mass_is_that_of_d_28(density: float, expected: float) -> None:
    assert conventional_mass(1.0, density) == pytest.approx(expected, abs=1e-16)
    assert mass_of(conventional_mass(1.0, density), density) == pytest.approx(1.0, abs=2e-16)


@pytest.mark.parametrize(
    ("nominal_g", "test", "reference", "expected_mg"),
    [(1000, 7950.0, 8000.0, -0.07861635220125687), (100, 8400.0, 7950.0, 0.06738544474393517)],
)
def test_buoyancy_of_a_comparison(nominal_g: float, test: float, reference: float, expected_mg: float) -> None:
    assert buoyancy_correction(nominal_g * 1e3, 1.1, test, reference) == pytest.approx(expected_mg, rel=1e-12)


def test_two_weights_in_air_balance_as_their_conventional_masses_and_the_correction_say() -> None:
    """From forces, (m − ρa V) of both; the formula leaves out what is of second order in ρa/ρ, here 0.02 µg."""
    air, test, reference = 1.15, 8400.0, 7950.0
    mass, standard = mass_of(0.2000012, test), mass_of(0.2, reference)
    difference = (mass * (1 - air / test) - standard * (1 - air / reference)) / (1 - air / 8000.0)
    found = 0.2 + difference + buoyancy_correction(0.2, air, test, reference)
    assert found == pytest.approx(0.2000012, abs=3e-11)


LIMITS_MG = {  # OIML R 111-1:2004, table 1
    10.0: (5, 16, 50, 160, 500, 1600),
    1.0: (0.5, 1.6, 5, 16, 50, 160),
    0.1: (0.05, 0.16, 0.5, 1.6, 5, 16),
    0.001: (0.01, 0.03, 0.1, 0.3, 1, 3),
    1e-6: (0.003, 0.006, 0.02, 0.06, 0.2),
}


@pytest.mark.parametrize("nominal_kg", LIMITS_MG)
def test_the_limits_of_weights_are_those_of_r_111(nominal_kg: float) -> None:
    limits: dict[WeightClass, float] = dict(zip(CLASSES, LIMITS_MG[nominal_kg], strict=False))
    for name, limit_mg in limits.items():
        assert maximum_permissible_error_kg(nominal_kg, name) == pytest.approx(limit_mg * 1e-6, rel=1e-12)


def test_limits_keep_their_ratio_between_classes_and_are_there_from_1_mg_to_50_kg() -> None:
    """Each class allows 2 to 3.4 times the one above it; a misprint of a digit would not."""
    nominals = [n * 10.0**e for e in range(-6, 2) for n in (1, 2, 5)]
    assert len(nominals) == 24
    for nominal in nominals:
        limits = []
        for name in CLASSES:
            try:
                limits.append(maximum_permissible_error_kg(nominal, name))
            except OutOfRange:
                assert name in {"M2", "M3"}
        assert len(limits) == (7 if nominal >= 1e-3 else 6 if nominal >= 1e-4 else 5)
        assert all(1.99 < b / a < 3.6 for a, b in pairwise(limits[1:]))


def test_what_is_no_nominal_value_is_told() -> None:
    with pytest.raises(OutOfRange, match=r"3 kg is not in OIML R 111-1"):
        maximum_permissible_error_kg(3.0, "E2")
    with pytest.raises(OutOfRange, match=r"no class M3 at 1e-06 kg"):
        maximum_permissible_error_kg(1e-6, "M3")
