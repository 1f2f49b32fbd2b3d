"""How a result reads on a screen: one line of columns, every number with its unit."""

import math
from decimal import Decimal

from calib.numbers import Style, at_place, exact, floored, last_place
from calib.record.names import verdict_name
from calib.record.result import Result
from calib.text import Language, both, tr

_COLUMNS = (
    (both("Nominal"), 10),
    (both("Reference"), 15),
    (both("Indicated"), 15),
    (both("Error"), 11),
    (both("Uncertainty U"), 13),
    (both("k"), 5),
    (both("Limit of error"), 15),
    (both("TUR"), 5),
)


def header(language: Language) -> str:
    """Return the headings of the columns."""
    return "".join(f"{text.in_(language):>{width}}  " for text, width in _COLUMNS) + tr("Verdict", language)


def line(result: Result, language: Language) -> str:
    """Return a result as one line: error and U as they are reported, values to the same place."""
    style = Style((language,))
    place = last_place(result.reported_U)

    def value(number: float, shown: str) -> str:
        return f"{style.number(at_place(number, place, result.unit, shown))} {shown}"

    cells = (
        f"{style.number(exact(result.nominal, result.unit, result.shown_unit))} {result.shown_unit}",
        value(result.reference, result.shown_unit),
        value(result.indicated, result.shown_unit),
        value(result.reported_error, result.error_unit),
        value(result.reported_U, result.error_unit),
        style.number(Decimal(f"{result.k:.2f}")),
        _limit(result, style),
        "" if math.isnan(result.tur) else style.number(floored(result.tur, 1)),
    )
    widths = (width for _, width in _COLUMNS)
    return "".join(f"{cell:>{width}}  " for cell, width in zip(cells, widths, strict=True)) + verdict_name(
        result.verdict
    ).in_(language)


def _limit(result: Result, style: Style) -> str:
    if not math.isfinite(result.upper_limit):
        return ""
    return f"± {style.number(exact(result.upper_limit, result.unit, result.error_unit))} {result.error_unit}"


def duration(seconds: float) -> str:
    """Return a time for a person: `1 h 05 min`, `4 min 10 s`, `12 s`."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
