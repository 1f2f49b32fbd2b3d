"""f"{y:…}": the hard cases that users of uncertainties, errors and siunitx reported, and laws for any numbers."""

import math
import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calib.uncertainty import Quantity, quantity
from calib.uncertainty.formatting import NARROW, statement


def q(value: float, u: float, unit: str | None = None) -> Quantity:
    return quantity(value, u=u, unit=unit)


@pytest.mark.parametrize(
    ("value", "u", "spec", "wanted"),
    [
        # JCGM 100:2008, 7.2.2: m_S = 100,021 47 g with u_c = 0,35 mg, the forms with ± and with brackets
        (100.02147, 0.00035, "", "100.02147 ± 0.00035"),
        (100.02147, 0.00035, "S", "100.02147(35)"),
        (100.02147, 0.00035, "_S", f"100.021{NARROW}47(35)"),
        # JCGM 100:2008, 7.2.6: 10.05762 Ω with 27 mΩ is 10.058 Ω
        (10.05762, 0.027, "", "10.058 ± 0.027"),
        (50_000_838, 31.66, "_S", f"50{NARROW}000{NARROW}838(32)"),
        # a carry in u: 9.9 → 10
        (1.0, 9.96, "", "1 ± 10"),
        (1.0, 0.0996, "", "1.00 ± 0.10"),
        (1.0, 0.0996, "S", "1.00(10)"),
        (1.05, 0.96, ".1", "1 ± 1"),
        (8, 0.9996, ".3", "8.00 ± 1.00"),
        # left of the point
        (123456, 3210, "", "123500 ± 3200"),
        (123456, 3210, "S", "123500(3200)"),
        (123456, 3210, "e", "(1.235 ± 0.032)e+05"),
        (1.5, 200000, "", "0 ± 200000"),
        (838.0, 1.2, "S", "838.0(12)"),
        # leading zeros
        (0.00123, 0.00012, "", "0.00123 ± 0.00012"),
        (0.00123, 0.00012, "S", "0.00123(12)"),
        (1.15e-5, 1.2e-6, "", "(1.15 ± 0.12)e-05"),
        (1.15e-5, 1.2e-6, "f", "0.0000115 ± 0.0000012"),
        (1.15e-5, 1.2e-6, "S", "1.15(12)e-05"),
        # 0 ± u, u = 0, signs
        (0, 0.32, "", "0.00 ± 0.32"),
        (-0.0, 0.32, "", "0.00 ± 0.32"),
        (-0.001, 0.5, "", "0.00 ± 0.50"),
        (-0.001, 0.5, "S", "0.00(50)"),
        (100.1, 0, "", "100.1 ± 0"),
        (100.1, 0, "S", "100.1(0)"),
        (0, 0, "", "0 ± 0"),
        (3.2, 0.1, "+", "+3.20 ± 0.10"),
        (-3.2, 0.1, "+", "-3.20 ± 0.10"),
        # digits; one digit goes up where rounding down takes more than 5 % (EA-4/02)
        (3.14159, 0.0123, ".1", "3.14 ± 0.02"),
        (3.14159, 0.0123, ".3", "3.1416 ± 0.0123"),
        (3.14159, 0.0123, ".2u", "3.142 ± 0.012"),
        # decimal comma, width
        (3.14159, 0.0123, "c", "3,142 ± 0,012"),
        (3.14159, 0.0123, "_>15S", "______3.142(12)"),
        (3.14159, 0.0123, "<15S", "3.142(12)      "),
        # expanded
        (3.14159, 0.0123, "k2", "(3.142 ± 0.025), k = 2"),
        (3.14159, 0.0123, "U95", "(3.142 ± 0.024), k = 1.96, p = 95 %"),
        (3.14159, 0.0123, "U95.45c", "(3,142 ± 0,025), k = 2,00, p = 95,45 %"),
        # LaTeX
        (1.15e-5, 1.2e-6, "L", r"(1.15 \pm 0.12) \times 10^{-5}"),
        (50_000_838, 31.66, "_SL", r"50\,000\,838(32)"),
        (3.14159, 0.0123, "Lc", r"3{,}142 \pm 0{,}012"),
        # far apart
        (1e10, 1e-20, "", "10000000000 ± 1.0e-20"),
    ],
)
def test_the_hard_cases(value: float, u: float, spec: str, wanted: str) -> None:
    assert f"{q(value, u):{spec}}" == wanted


@pytest.mark.parametrize(
    ("value", "u", "wanted"),
    [
        (math.nan, 0.1, "nan ± 0.10"),
        (1.5, math.nan, "1.5 ± nan"),
        (math.inf, 1.0, "inf ± 1.0"),
        (-math.inf, math.inf, "-inf ± inf"),
        (math.nan, math.nan, "nan ± nan"),
        (1.5, math.inf, "1.5 ± inf"),
    ],
)
def test_what_is_no_number_is_said(value: float, u: float, wanted: str) -> None:
    assert statement(value, u) == wanted
    assert statement(value, u, "V") == f"({wanted}) V"


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("", "(10.0581 ± 0.0027) kΩ"),
        ("S", "10.0581(27) kΩ"),
        ("k2", "(10.0581 ± 0.0054) kΩ, k = 2"),
        ("U", "(10.0581 ± 0.0053) kΩ, k = 1.96, p = 95 %"),
        ("L", r"(10.0581 \pm 0.0027)\,\mathrm{k\Omega}"),
    ],
)
def test_the_unit_is_printed(spec: str, wanted: str) -> None:
    assert f"{q(10.0581, 0.0027, 'kΩ'):{spec}}" == wanted


def test_text_is_the_default_format_and_repr_stays() -> None:
    y = q(3.2, 0.1, "V")
    assert str(y) == f"{y}" == "(3.20 ± 0.10) V"
    assert repr(y) == "Quantity(3.2, u=0.1, unit='V')"


def test_k_comes_from_the_degrees_of_freedom() -> None:
    """JCGM 100:2008, table G.2: t95(9) = 2.26, the k of the example of 7.2.4."""
    y = quantity(100.02147, u=0.00035, dof=9, unit="g")
    assert f"{y:U95}" == "(100.02147 ± 0.00079) g, k = 2.26, p = 95 %"


def test_arrays_are_lists_and_large_ones_are_shortened() -> None:
    assert f"{quantity([1.0, 2.0], u=[0.1, 0.25], unit='V'):S}" == "[1.00(10) V, 2.00(25) V]"
    assert f"{quantity([[1.0], [2.0]], u=0.1):.1}" == "[[1.0 ± 0.1], [2.0 ± 0.1]]"
    whole = f"{quantity(np.zeros((100, 100)), u=1.0):S}"
    assert whole.count("0.0(10)") == 36
    assert whole.count("…") == 7


@pytest.mark.parametrize(
    "spec", [".0", ".12", "x", "U0", "k0", "U100.5.1", "SL2", ",", "%", "g", ".2q", "US", "k", "P", "d"]
)
def test_a_wrong_specification_is_a_value_error(spec: str) -> None:
    with pytest.raises(ValueError, match=r"format|probability"):
        format(q(1, 0.1), spec)


FLOATS = st.floats(-1e12, 1e12, allow_nan=False)
POSITIVE = st.floats(1e-9, 1e9)


@given(FLOATS, POSITIVE, st.integers(1, 9), st.sampled_from(["", "f", "e"]))
def test_what_is_printed_is_what_was_rounded(value: float, u: float, digits: int, notation: str) -> None:
    assume(abs(value) < 1e10 * u)
    printed = f"{q(value, u):.{digits}{notation}}"
    match = re.fullmatch(r"\(?(-?[0-9.]+) ± ([0-9.]+)\)?(?:e([+-][0-9]+))?", printed)
    assert match is not None, printed
    shift = int(match[3] or 0)
    a, b = (Decimal(x).scaleb(shift) for x in match.group(1, 2))
    last_digits = {int(x.as_tuple().exponent) for x in (a, b)}
    assert len(last_digits) == 1 or max(last_digits) >= 0
    assert abs(float(b) - u) <= u * (0.5 if digits > 1 else 1.0) * 10.0 ** (1 - digits) + 1e-12 * u
    assert float(b) >= 0.95 * u * (1 - 1e-12)
    last = 10.0 ** (b.adjusted() - digits + 1)
    assert abs(float(a) - value) <= 0.5 * last * (1 + 1e-6) + 1e-12 * abs(value)
    assert not re.match(r"\(?-0(?:\.0*)? ", printed)


@given(FLOATS, POSITIVE)
def test_brackets_and_plus_minus_say_the_same(value: float, u: float) -> None:
    assume(abs(value) < 1e15 * u)
    with_sign, with_brackets = f"{q(value, u):f}", f"{q(value, u):fS}"
    a, b = with_sign.split(" ± ")
    head, digits = with_brackets.rstrip(")").split("(")
    assert head == a
    places = len(a.partition(".")[2])
    assert Decimal(digits).scaleb(-places) == Decimal(b)


@given(st.text(max_size=8))
def test_any_specification_prints_or_is_a_value_error(spec: str) -> None:
    try:
        shown = format(q(1.2, 0.1, "V"), spec)
    except ValueError:
        return
    assert "1" in shown


def test_the_page_shows_what_is_printed() -> None:
    import doctest
    from pathlib import Path

    page = Path(__file__).parent.parent.parent / "docs" / "printing.md"
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.attempted > 8
    assert found.failed == 0
