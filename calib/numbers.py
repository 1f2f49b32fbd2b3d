"""Numbers as they are printed: digits from the uncertainty, one decimal sign in a document, and the way back.

Printed numbers carry no grouping, so that each can be read back exactly as it was written.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from calib.errors import InputError
from calib.text import Language
from calib.units import exponent

MINUS = "\N{MINUS SIGN}"


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
        return self.number(_plain(_decimal(value).normalize()))

    def parse(self, printed: str) -> Decimal:
        """Return the number that `number` printed."""
        return Decimal(printed.replace(MINUS, "-").replace(self.decimal_sign, "."))

    def date(self, day: date) -> str:
        """Return the day: ISO 8601 where English is on the page, else dd/mm/yyyy."""
        return day.isoformat() if "en" in self.languages else f"{day:%d/%m/%Y}"

    def percent(self, part: float, digits: int = 2) -> str:
        """Return a part of one in percent with `digits` significant digits."""
        return f"{self.number(significant(100 * part, digits))} %"


def last_place(U: float) -> int:
    """Return the power of ten of the second significant digit of `U`: −7 for 3.5e-6."""
    return Decimal(f"{U:.1e}").adjusted() - 1


def at_place(value: float, place: int, unit: str, shown: str) -> Decimal:
    """Return `value` (in `unit`) rounded to 10^`place` of that unit, expressed in the unit `shown`.

    Twelve significant digits are taken of a float: what lies beyond is the noise of binary arithmetic.
    """
    rounded = _decimal(value).quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)
    return _plain(rounded.scaleb(-power(unit, shown)))


def exact(value: float, unit: str, shown: str) -> Decimal:
    """Return `value` (in `unit`) with just the digits that it has, expressed in the unit `shown`."""
    return _plain(_decimal(value).scaleb(-power(unit, shown)).normalize())


def significant(value: float, digits: int) -> Decimal:
    """Return `value` rounded to a number of significant digits, trailing zeros kept."""
    if value == 0:
        return Decimal(0)
    return _plain(Decimal(f"{value:.{digits - 1}e}"))


def floored(value: float, places: int) -> Decimal:
    """Return `value` rounded down, so that a ratio never looks better than it is."""
    return _decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR)


def power(unit: str, shown: str) -> int:
    """Return the power of ten between two units: −3 from V to mV."""
    if unit == shown:
        return 0
    try:
        return exponent(shown) - exponent(unit)
    except InputError as error:
        msg = f"a result in {unit!r} cannot be printed in {shown!r}: {error}"
        raise InputError(msg) from error


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.12g}")


def _plain(value: Decimal) -> Decimal:
    """Return the number without a positive exponent and without a negative zero."""
    as_digits = Decimal(format(value, "f"))
    return abs(as_digits) if as_digits == 0 else as_digits
