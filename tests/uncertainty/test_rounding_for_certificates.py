"""Rounding: the published cases, and laws that hold for any numbers."""

import json
import math
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calib.errors import UncertaintyError
from calib.uncertainty import round_uncertainty
from calib.uncertainty.rounding import rounded

CASES = json.loads((Path(__file__).parent / "cases" / "stats_rounding.json").read_text())["rounding"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['y']}±{c['U']}")
def test_value_and_uncertainty_are_printed_as_listed(case: dict[str, Any]) -> None:
    got = round_uncertainty(float(case["y"]), float(case["U"]), case["digits"])
    assert [got.value_text, got.U_text] == case["out"]
    assert [got.value, got.U] == [float(t) for t in case["out"]]


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e5), st.sampled_from([1, 2]))
def test_a_rounded_uncertainty_keeps_its_digits_and_loses_at_most_5_percent(y: float, U: float, digits: int) -> None:
    got = round_uncertainty(y, U, digits)
    exact = Fraction(f"{U:.15g}")
    stated = Fraction(got.U_text)
    assert stated >= exact * Fraction(95, 100)
    assert stated <= exact * (2 if digits == 1 else Fraction(106, 100))
    assert len(Decimal(got.U_text).normalize().as_tuple().digits) <= digits
    noise = abs(Fraction(y)) * Fraction(6, 10**15)
    assert abs(Fraction(got.value_text) - Fraction(y)) <= Fraction(10) ** got.place * Fraction(501, 1000) + noise
    assert (Fraction(got.value_text) / Fraction(10) ** got.place).denominator == 1
    again = round_uncertainty(got.value, got.U, digits)
    assert (again.value_text, again.U_text) == (got.value_text, got.U_text)


def test_noise_of_binary_fractions_changes_no_digit() -> None:
    assert round_uncertainty(0.1 + 0.2, 0.0012).value_text == "0.3000"
    assert round_uncertainty(10.0000025 - 10, 2.3e-5).value_text == "0.000002"  # a tie: to even, not up by noise
    assert round_uncertainty(1.0, 3 * 0.05).U_text == "0.15"
    assert round_uncertainty(1.0, 0.1 + 0.025).U_text == "0.12"
    assert round_uncertainty(2.675, 0.1).value_text == "2.68"
    assert round_uncertainty(1.005, 0.10).value_text == "1.00"


def test_no_negative_zero_is_printed() -> None:
    got = round_uncertainty(-1e-9, 0.01)
    assert got.value_text == "0.000"
    assert math.copysign(1, got.value) == 1


def test_uncertainty_below_the_least_that_may_be_stated_is_raised_to_it() -> None:
    assert round_uncertainty(1.0, 0.0104, least=0.0102).U_text == "0.011"  # 0.010 would be below
    assert round_uncertainty(1.0, 0.0104, least=0.010).U_text == "0.010"
    assert [round_uncertainty(1.0, 0.0104, least=c).raised for c in (0.0102, 0.010)] == [True, False]
    assert round_uncertainty(1.0, 0.001, least=0.02).U_text == "0.020"


def test_a_number_is_rounded_to_a_place_by_the_named_way() -> None:
    assert rounded(0.00345, -4) == Decimal("0.0034")
    assert rounded(0.00355, -4) == Decimal("0.0036")
    assert rounded(3.999, -1, ROUND_FLOOR) == Decimal("3.9")
    assert rounded(0.1 * 3 * 10, -1, ROUND_FLOOR) == Decimal("3.0")  # 3.0000000000000004
    assert rounded(0.7 + 0.1, -1, ROUND_FLOOR) == Decimal("0.8")  # 0.7999999999999999


@pytest.mark.parametrize(
    ("y", "U", "digits"), [(1, 0, 2), (1, -1, 2), (1, math.nan, 2), (math.inf, 1, 2), (1, 1, 3), (1, 1, 0)]
)
def test_what_cannot_be_rounded_is_refused(y: float, U: float, digits: int) -> None:
    with pytest.raises(UncertaintyError):
        round_uncertainty(y, U, digits)
