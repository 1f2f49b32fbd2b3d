"""Rounding of results for a certificate: exact decimal arithmetic on the shortest decimal of each float.

Every number with its uncertainty is rounded here; units, decimal sign and page are the matter of `calib.numbers`.

U keeps one or two significant digits, half to even, but goes up where rounding down would take more than 5 % of it
(EA-4/02, 6.3; ILAC-P14); the value is rounded to the same place.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal

from calib.errors import UncertaintyError

_CONTEXT = Context(prec=700)
"""From the largest float to the last digit of the smallest there are 640."""
_GUARD = 6
"""Digits beyond the last that count: less is noise of subtraction, as in 10.0000025 − 10, and must not break a tie."""


@dataclass(frozen=True)
class Rounded:
    """A value and its expanded uncertainty, rounded to one decimal place."""

    value: float
    U: float
    place: int
    """Power of ten of the last digit: −6 for 1.234567."""
    value_text: str
    U_text: str
    raised: bool = False
    """Whether U was raised to the least that may be stated."""


def round_uncertainty(y: float, U: float, digits: int = 2, *, least: float = 0.0) -> Rounded:
    """Return `y` and `U` rounded for a certificate, as floats and as text, in their own unit.

    Parameters
    ----------
    y, U
        Value and expanded uncertainty in one unit, such as V.
    digits
        Significant digits of U, 1 or 2 (ILAC-P14 allows at most 2).
    least
        Smallest U that may be stated, such as the laboratory's CMC: a rounded U below it is raised to it, rounded up.

    Raises
    ------
    UncertaintyError
        A number is not finite, U is not above 0, or digits is neither 1 nor 2.
    """
    if digits not in {1, 2}:
        msg = f"digits = {digits}: U is stated with 1 or 2 significant digits"
        raise UncertaintyError(msg)
    if not (math.isfinite(y) and math.isfinite(U) and U > 0):
        msg = f"y = {y}, U = {U}: only finite numbers are rounded, with U above 0"
        raise UncertaintyError(msg)
    exact = exact_decimal(U)
    stated = _significant(exact, digits)
    lowest = exact_decimal(least)
    raised = stated < lowest
    if raised:
        stated = _up(lowest, digits)
    place = stated.adjusted() - digits + 1
    value = rounded(y, place)
    return Rounded(float(value) + 0.0, float(stated), place, _printed(value, place), _printed(stated, place), raised)


def exact_decimal(number: float, digits: int = 15) -> Decimal:
    """Return the decimal that a float stands for: its shortest form, without the noise beyond `digits` digits."""
    return Context(prec=digits).create_decimal(repr(float(number)))


def rounded(number: float, place: int, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """Return `number` rounded to a power of ten, half to even unless another way of `decimal` is named."""
    return _to_place(exact_decimal(number), place, rounding)


def _significant(U: Decimal, digits: int) -> Decimal:
    stated = _to_place(U, U.adjusted() - digits + 1, ROUND_HALF_EVEN)
    if stated < Decimal("0.95") * U:
        return _up(U, digits)
    return stated


def _up(U: Decimal, digits: int) -> Decimal:
    return _to_place(U, U.adjusted() - digits + 1, ROUND_CEILING)


def _to_place(number: Decimal, place: int, rounding: str) -> Decimal:
    clean = number.quantize(Decimal(1).scaleb(place - _GUARD), rounding=ROUND_HALF_EVEN, context=_CONTEXT)
    return clean.quantize(Decimal(1).scaleb(place), rounding=rounding, context=_CONTEXT)


def _printed(number: Decimal, place: int) -> str:
    """Return fixed-point text with zeros up to the unit's place; never −0."""
    text = f"{number.quantize(Decimal(1).scaleb(min(place, 0)), context=_CONTEXT):f}"
    return text if number else text.lstrip("-")
