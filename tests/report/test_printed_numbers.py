"""Printed numbers come from one engine of rounding: digits, verdict and page agree, ties included."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calib.numbers import Style, at_place, exact, fixed, floored, last_place, significant
from calib.uncertainty import round_uncertainty

ENGLISH = Style(("vi", "en"))


@given(st.integers(100, 99_999), st.integers(-12, 2), st.floats(-1e3, 1e3))
def test_the_page_shows_the_digits_on_which_the_verdict_rests(digits: int, power: int, value: float) -> None:
    U = float(f"{digits}e{power - 4}")
    rounded = round_uncertainty(value, U)
    place = last_place(U)
    assert place == rounded.place
    assert at_place(U, place, "V", "V") == Decimal(rounded.U_text)
    assert at_place(value, place, "V", "V") == Decimal(rounded.value_text)


@pytest.mark.parametrize(
    ("U", "printed"),
    [(9.95, "10"), (1.05, "1.0"), (0.145, "0.14"), (1.25e-6, "0.0000012"), (9.949, "9.9"), (0.0995, "0.10")],
)  # by hand, half to even on the decimal that is written; binary 9.95 lies below the tie, binary 1.05 above it
def test_ties_are_those_of_the_decimal_and_not_of_the_binary_number(U: float, printed: str) -> None:
    assert ENGLISH.number(at_place(U, last_place(U), "V", "V")) == printed


def test_noise_of_a_subtraction_breaks_no_tie_on_the_page() -> None:
    assert at_place(10.0000025 - 10, -6, "V", "µV") == Decimal("2")
    assert exact(10 * 35e-6 + 10 * 5e-6, "V", "µV") == Decimal("400")


def test_significant_digits_carry_over() -> None:
    found = [str(significant(v, d)) for v, d in ((9.96, 2), (99.96, 3), (0.0345, 2), (-0.0355, 2), (1234.0, 2), (0, 2))]
    assert found == ["10", "100", "0.034", "-0.036", "1200", "0"]


def test_a_ratio_is_rounded_down_but_not_by_binary_noise() -> None:
    assert [str(floored(v, 1)) for v in (3.97, 4.0, 0.7 + 0.1, 12.0)] == ["3.9", "4.0", "0.8", "12.0"]
    assert 0.7 + 0.1 < 0.8


def test_nothing_is_printed_as_minus_zero() -> None:
    assert [str(fixed(v, 1)) for v in (-0.04, -0.0, -0.06)] == ["0.0", "0.0", "-0.1"]
    assert not math.copysign(1, at_place(-1e-9, -3, "V", "mV")) < 0


def test_a_page_in_vietnamese_alone_has_a_decimal_comma() -> None:
    assert Style(("vi",)).number(Decimal("-0.0940")) == "−0,0940"
