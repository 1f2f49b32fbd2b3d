"""A value and its uncertainty as decimals of one last place, for print (JCGM 100:2008, 7.2.2 and 7.2.6)."""

import math
from dataclasses import dataclass
from decimal import Decimal

from calib.uncertainty.rounding import exact_decimal, round_uncertainty, rounded

MOST_DIGITS = 9
_FARTHEST = 20
"""Most digits of a value that its uncertainty asks for; a double carries 16."""


@dataclass(frozen=True)
class Pair:
    """What is printed of a value and its uncertainty; None where a number is nan or infinite."""

    value: Decimal | None
    u: Decimal | None
    place: int
    """Power of ten of the last digit of both."""
    raw: tuple[float, float]
    apart: bool = False
    """Whether u is far below the last digit that a double has: then it is printed by itself."""

    @property
    def top(self) -> int:
        """Power of ten of the first digit of the larger of both; 0 where there is none."""
        tops = [number.adjusted() for number in (self.value, self.u) if number]
        return max(tops, default=0)

    def value_text(self, shift: int = 0) -> str:
        """Return the value over 10^shift."""
        return text(self.value, self.place, shift) if self.value is not None else plain(self.raw[0])

    def u_text(self, shift: int = 0) -> str:
        """Return the uncertainty over 10^shift."""
        if self.u is None:
            return plain(self.raw[1])
        if self.apart:
            return f"{self.u.scaleb(-shift):.1e}"
        return text(self.u, self.place, shift) if self.u else "0"

    def u_digits(self, shift: int = 0) -> str:
        """Return the uncertainty in units of the last digit of `value_text`, or of 1 where that is left of it."""
        if not self.u or self.apart:
            return self.u_text(shift)
        return f"{self.u.scaleb(-min(self.place, shift)):.0f}"


def pair(value: float, u: float, digits: int = 2) -> Pair:
    """Return both rounded to `digits` significant digits of the uncertainty.

    Where u is 0, nan or infinite the value keeps all its digits.
    """
    raw = (float(value), float(u))
    if not (math.isfinite(u) and u > 0):
        known = exact_decimal(value) if math.isfinite(value) else None
        place = _last(known) if known is not None else 0
        return Pair(known, Decimal(0) if u == 0 else None, place, raw)
    stated, place = _rounded_u(u, digits)
    if not math.isfinite(value):
        return Pair(None, stated, place, raw)
    exact = exact_decimal(value)
    if exact and exact.adjusted() - place > _FARTHEST:
        return Pair(exact, stated, _last(exact), raw, apart=True)
    return Pair(rounded(value, place), stated, place, raw)


def _rounded_u(u: float, digits: int) -> tuple[Decimal, int]:
    exact = exact_decimal(u)
    if digits <= 2:
        both = round_uncertainty(0.0, u, digits)
        return rounded(both.U, both.place), both.place
    place = exact.adjusted() - digits + 1
    stated = rounded(u, place)
    if stated.adjusted() > exact.adjusted():  # 9.999 → 10.00
        place += 1
        stated = rounded(u, place)
    return stated, place


def _last(number: Decimal) -> int:
    """Return the power of ten of the last digit that is not 0."""
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) and number else 0


def text(number: Decimal, place: int, shift: int = 0) -> str:
    """Return `number` over 10^shift in fixed point, with zeros up to its place; never -0."""
    shown = number.scaleb(-shift)
    digits = max(shift - place, 0)
    printed = f"{shown:.{digits}f}"
    return printed.lstrip("-") if not any(c in "123456789" for c in printed) else printed


def plain(number: float) -> str:
    """Return `nan`, `inf` or `-inf`."""
    return str(float(number))


def significant(number: float, digits: int) -> str:
    """Return a number with `digits` significant digits at most, without zeros that say nothing; never -0."""
    if not math.isfinite(number) or number == 0:
        return "0" if number == 0 else plain(number)
    short = f"{number:.{digits}g}"
    if "e" in short:
        mantissa, exponent = short.split("e")
        return f"{mantissa}e{int(exponent)}"
    return short
