"""Numbers as they are printed: digits from the uncertainty, one decimal sign in a document, and the way back.

All rounding is that of `calib.uncertainty.rounding`; here are units, signs and the page.

Printed numbers carry no grouping, so that each can be read back exactly as it was written.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from calib.errors import InputError
from calib.text import Language
from calib.uncertainty.rounding import exact_decimal, round_uncertainty, rounded
from calib.units import exponent

MINUS = "\N{MINUS SIGN}"
_OWN_DIGITS = 12
"""Digits that a sum of products, such as a limit, has of its own: what lies beyond is noise of binary arithmetic."""


@dataclass(frozen=True)
class Style:
    """How numbers and dates look: a decimal comma and dd/mm/yyyy only where no English is on the page."""

    languages: tuple[Language, ...]

    @property
    def decimal_sign(self) -> str:
        """The decimal sign of the whole document."""
        return "," if "en" not in self.languages else "."

    def number(self, value: Decimal) -> str:
        """Return `value` with all its digits, without an exponent."""
        unsigned = format(abs(value), "f").replace(".", self.decimal_sign)
        return MINUS + unsigned if value < 0 else unsigned

    def number_of(self, value: float) -> str:
        """Return a float with just the digits that it has, twelve at most."""
        return self.number(exact(value, "", ""))

    def parse(self, printed: str) -> Decimal:
        """Return the number that `number` printed."""
        return Decimal(printed.replace(MINUS, "-").replace(self.decimal_sign, "."))

    def date(self, day: date) -> str:
        """Return the day: ISO 8601 where English is on the page, else dd/mm/yyyy."""
        return day.isoformat() if "en" in self.languages else f"{day:%d/%m/%Y}"

    def percent(self, part: float, digits: int = 2) -> str:
        """Return a part of one in percent with `digits` significant digits."""
        return f"{self.number(significant(100 * part, digits))} %"


@lru_cache(maxsize=4096)
def last_place(U: float) -> int:
    """Return the power of ten of the second significant digit of `U`, as it is rounded: −7 for 3.5e-6."""
    return round_uncertainty(0.0, U).place


def at_place(value: float, place: int, unit: str, shown: str) -> Decimal:
    """Return `value` (in `unit`) rounded to 10^`place` of that unit, expressed in the unit `shown`."""
    return _plain(rounded(value, place).scaleb(-power(unit, shown)))


def exact(value: float, unit: str, shown: str) -> Decimal:
    """Return `value` (in `unit`) with just the digits that it has, expressed in the unit `shown`."""
    return _plain(exact_decimal(value, _OWN_DIGITS).scaleb(-power(unit, shown)).normalize())


def fixed(value: float, places: int) -> Decimal:
    """Return `value` rounded to a number of decimal places."""
    return _plain(rounded(value, -places))


def significant(value: float, digits: int) -> Decimal:
    """Return `value` rounded to a number of significant digits, trailing zeros kept."""
    if value == 0:
        return Decimal(0)
    first = exact_decimal(value).adjusted()
    carried = rounded(value, first - digits + 1).adjusted() > first  # 9.96 → 10
    return _plain(rounded(value, first - digits + 1 + carried))


def floored(value: float, places: int) -> Decimal:
    """Return `value` rounded down, so that a ratio never looks better than it is."""
    return _plain(rounded(value, -places, ROUND_FLOOR))


@lru_cache(maxsize=4096)
def power(unit: str, shown: str) -> int:
    """Return the power of ten between two units: −3 from V to mV."""
    if unit == shown:
        return 0
    try:
        return exponent(shown) - exponent(unit)
    except InputError as error:
        msg = f"a result in {unit!r} cannot be printed in {shown!r}: {error}"
        raise InputError(msg) from error


def _plain(value: Decimal) -> Decimal:
    """Return the number without a positive exponent and without a negative zero."""
    as_digits = Decimal(format(value, "f"))
    return abs(as_digits) if as_digits == 0 else as_digits
