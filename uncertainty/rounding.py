"""Rounding of results for a certificate: exact decimal arithmetic on the shortest decimal of each float.

U keeps one or two significant digits, half to even, but goes up where rounding down would take more than 5 % of it
(EA-4/02, 6.3; ILAC-P14); the value is rounded to the same place.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from calib.errors import UncertaintyError

_CONTEXT = Context(prec=60)
_NOISE = Context(prec=15)
"""A float carries 15 digits for certain: the 16th and 17th of 0.1 + 0.2 are noise."""
_GUARD = 6
"""Digits beyond the last that count: less is noise of subtraction, as in 10.0000025 − 10, and must not break a tie."""


@dataclass(frozen=True)
class Rounded:
    """A value and its expanded uncertainty, rounded to one decimal place."""

    value: float
    U: float
    place: int
    """Power of ten of the last digit, in the unit of the numbers above: −6 for 1.234567."""
    shift: int
    """Power of ten between that unit and the printed one: −3 where volts are printed in mV."""
    value_text: str
    U_text: str
    raised: bool = False
    """Whether U was raised to the least that may be stated."""
    comma: bool = False

    def text(self, number: float) -> str:
        """Return another number (a limit, a reference value) rounded to the same place, as printed."""
        return _printed(rounded(number, self.place), self.place, self.shift, comma=self.comma)

    def number(self, number: float) -> float:
        """Return another number rounded to the same place."""
        return float(rounded(number, self.place))


def round_uncertainty(
    y: float, U: float, digits: int = 2, *, shift: int = 0, comma: bool = False, least: float = 0.0
) -> Rounded:
    """Return `y` and `U` rounded for a certificate, as floats in their own unit and as printed text.

    Parameters
    ----------
    y, U
        Value and expanded uncertainty in one unit, such as V.
    digits
        Significant digits of U, 1 or 2 (ILAC-P14 allows at most 2).
    shift
        Exponent of the printed unit: −3 prints volts in mV, −6 in µV.
    comma
        Whether text has a decimal comma (Vietnamese).
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
    return Rounded(
        float(value) + 0.0, float(stated), place, shift,
        _printed(value, place, shift, comma=comma), _printed(stated, place, shift, comma=comma),
        raised, comma,
    )  # fmt: skip


def exact_decimal(number: float) -> Decimal:
    """Return the decimal that a float stands for: its shortest form, without the noise beyond 15 digits."""
    return _NOISE.create_decimal(repr(float(number)))


def rounded(number: float, place: int) -> Decimal:
    """Return `number` rounded half to even to a power of ten."""
    return _to_place(exact_decimal(number), place, ROUND_HALF_EVEN)


def round_to(number: float, place: int) -> float:
    """Return `number` rounded half to even to a power of ten, as a float."""
    return float(rounded(number, place))


def round_inward(lower: float, upper: float, place: int) -> tuple[float, float]:
    """Return limits rounded to a place so that the printed interval lies within the true one."""
    return (
        float(_to_place(exact_decimal(lower), place, ROUND_CEILING)) if math.isfinite(lower) else lower,
        float(_to_place(exact_decimal(upper), place, ROUND_FLOOR)) if math.isfinite(upper) else upper,
    )


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


def _printed(number: Decimal, place: int, shift: int, *, comma: bool) -> str:
    """Return fixed-point text in the shifted unit, with zeros up to the unit's place; never −0."""
    shown = number.scaleb(-shift, context=_CONTEXT)
    text = f"{shown.quantize(Decimal(1).scaleb(min(place - shift, 0)), context=_CONTEXT):f}"
    if not number:
        text = text.lstrip("-")
    return text.replace(".", ",") if comma else text
