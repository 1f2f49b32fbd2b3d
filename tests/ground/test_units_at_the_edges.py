"""Units at the edges: the table and pint agree, a temperature is shifted and not multiplied, D-SI names are exact."""

import subprocess
import sys

import pint
import pytest

from calib.errors import InputError
from calib.units import coherent, dsi, exponent, readable, show, to_SI

PINT = pint.UnitRegistry()  # type: ignore[var-annotated]
PREFIXES = {"n": 1e-9, "µ": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("bare", ["V", "A", "Ω", "Hz", "s", "K", "Pa", "m"])
def test_the_table_agrees_with_pint_for_every_prefix(prefix: str, bare: str) -> None:
    other = PINT.Quantity(3.7, prefix + bare).to_base_units().magnitude
    assert to_SI(3.7, prefix + bare) == pytest.approx(other, rel=1e-14)
    assert to_SI(3.7, prefix + bare) == pytest.approx(3.7 * PREFIXES[prefix], rel=1e-14)


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        (35.0, "µV", 35e-6),
        (0.1, "mV", 0.1e-3),
        (3.3, "MΩ", 3.3e6),
        (23.0, "°C", 296.15),
        (-40.0, "°C", 233.15),
        (23.0, "degC", 296.15),
        (73.4, "degF", 296.15),
        (46.0, "%", 0.46),
        (20.0, "ppm", 20e-6),
        (5.0, "min", 300.0),
        (1.0, "mg", 1e-6),
        (2.0, "kg", 2.0),
        (3.0, "mV/K", 3e-3),
        (1.5, "delta_degC", 1.5),
    ],
)
def test_values_of_files_become_coherent_si(value: float, unit: str, wanted: float) -> None:
    assert to_SI(value, unit) == pytest.approx(wanted, rel=1e-14)


def test_a_decimal_prefix_adds_no_binary_noise() -> None:
    """35 µV written as 35 is the same float as 35e-6: the division by an exact power of ten rounds once."""
    for whole in range(1, 2000):
        assert to_SI(whole, "µV") == float(f"{whole}e-6")
        assert to_SI(whole, "nV") == float(f"{whole}e-9")


def test_a_temperature_is_never_multiplied() -> None:
    assert to_SI(20.0, "°C") - to_SI(10.0, "°C") == pytest.approx(10.0)
    assert to_SI(2 * 20.0, "°C") != pytest.approx(2 * to_SI(20.0, "°C"))


def test_letters_that_look_alike_are_one_unit() -> None:
    assert to_SI(1.0, "\N{GREEK SMALL LETTER MU}V") == to_SI(1.0, "\N{MICRO SIGN}V") == 1e-6
    assert exponent("k\N{OHM SIGN}") == 3
    assert dsi("\N{OHM SIGN}") == r"\ohm"


@pytest.mark.parametrize("unit", ["volt s/", "foo", "mkg", "m°C", "k1", "5 mV", "1/0", "V V/", "__import__('os')"])
def test_an_unknown_unit_is_an_error_that_names_it(unit: str) -> None:
    with pytest.raises(InputError) as caught:
        to_SI(1.0, unit)
    assert repr(unit) in str(caught.value)


@pytest.mark.parametrize("unit", ["V", "Ω", "ohm", "1", "kg", "°C", "%", "V/Hz", "Ω/K"])
def test_coherent_units_may_stand_in_a_table(unit: str) -> None:
    assert coherent(unit) == unit


@pytest.mark.parametrize("unit", ["mV", "µV", "kΩ", "g", "mV/K", "degC", "ppm", "min", "", "foo"])
def test_other_units_may_not_stand_in_a_table(unit: str) -> None:
    with pytest.raises(InputError):
        coherent(unit)


def test_the_table_needs_no_pint() -> None:
    code = (
        "import sys; from calib.units import to_SI, dsi, show, coherent\n"
        "to_SI(5, 'mV'), to_SI(23, '°C'), dsi('kHz'), show(1e-3, 'V'), coherent('V'), coherent('ohm')\n"
        "sys.exit('pint' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("mV", r"\milli\volt"),
        ("V", r"\volt"),
        ("°C", r"\degreecelsius"),
        ("kg", r"\kilogram"),
        ("mg", r"\milli\gram"),
        ("1", r"\one"),
    ],
)
def test_names_of_the_digital_system_of_units(unit: str, name: str) -> None:
    assert dsi(unit) == name


@pytest.mark.parametrize(
    ("magnitude", "unit", "shown"),
    [
        (0.1, "V", "100 mV"),
        (1.0, "V", "1 V"),
        (0.99999999, "V", "1 V"),
        (0.999, "V", "999 mV"),
        (1000.0, "V", "1 kV"),
        (-35e-6, "V", "-35 µV"),
        (0.0, "V", "0 V"),
        (2e-13, "V", "0.0002 nV"),
        (10e6, "Ω", "10 MΩ"),
        (0.25, "kg", "250 g"),
        (1.6e-6, "kg", "1.6 mg"),
        (2.0, "kg", "2 kg"),
        (5e-9, "kg", "5 µg"),
        (23.5, "°C", "23.5 °C"),
    ],
)
def test_a_number_for_a_person_has_one_to_three_digits_before_the_point(
    magnitude: float, unit: str, shown: str
) -> None:
    assert show(magnitude, unit) == shown
    assert to_SI(1.0, readable(magnitude, unit)) > 0


def test_a_unit_by_another_name_is_shown_as_it_is_written() -> None:
    """A register may say ohm; a message about it must not end in another mistake."""
    assert show(110.0, "ohm") == "110 ohm"
    assert show(110e3, "Ω") == "110 kΩ"
