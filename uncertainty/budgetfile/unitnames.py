"""Units as a budget file may write them: names with small powers, so that reading one takes no time and no memory."""

import re
import tokenize

from calib.errors import UnitError
from calib.uncertainty.units import checked

_POWER = r"(?:(?:\*\*|\^)-?[0-9]{1,2}(?:\.[0-9]{1,2})?|[⁻]?[²³])?"
_NAME = r"(?:[^\W\d_][^\W_]*(?:_[^\W\d_]+)*|°[CF]?|%|Ω|1)"
_FACTOR = rf"\(*\s*{_NAME}{_POWER}\s*(?:\){_POWER})*"
_UNIT = re.compile(rf"{_FACTOR}(?:\s*[*/·]\s*{_FACTOR}|\s+{_FACTOR})*", re.UNICODE)
_LONGEST = 40


def unit_name(unit: str | None) -> str | None:
    """Return a unit that pint knows; None for a number (also written "1").

    Raises
    ------
    UnitError
        It is not a product of unit names with small powers, or pint does not know one of them.
    """
    if unit is None or unit == "1":
        return None
    if len(unit) > _LONGEST or not _UNIT.fullmatch(unit) or unit.count("(") != unit.count(")"):
        msg = f"unit {unit[:_LONGEST]!r} must be names with small powers, such as V, mm, 1/K, kg*m^2 or W/(m*K)"
        raise UnitError(msg)
    try:
        return checked(unit)
    except (ArithmeticError, AttributeError, KeyError, SyntaxError, TypeError, tokenize.TokenError) as error:
        msg = f"unknown unit {unit!r}"
        raise UnitError(msg) from error
