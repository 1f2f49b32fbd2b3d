"""Results as printed rows: values in the shown unit, errors, U and limits in the error's unit, remarks as footnotes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from calib.errors import InputError
from calib.record.model import Phase
from calib.record.result import Result, Verdict
from calib.report.model import Drawing, Group, Row
from calib.report.numbers import MINUS, Style, at_place, exact, floored, last_place
from calib.report.phrases import both
from calib.text import Text


def verdict_name(verdict: Verdict) -> Text:
    """Return a verdict as it is printed."""
    names: dict[Verdict, Text] = {
        "pass": both("Pass"),
        "fail": both("Fail"),
        "conditionalPass": both("Conditional pass"),
        "conditionalFail": both("Conditional fail"),
        "none": Text(vi="–", en="–"),
    }
    return names[verdict]


def phase_name(phase: Phase) -> Text:
    """Return a phase as it is printed (ISO/IEC 17025:2017, 7.8.4.1 d)."""
    names: dict[Phase, Text] = {
        "as-found": both("As found"),
        "adjustment": both("During adjustment"),
        "as-left": both("As left"),
    }
    return names[phase]


@dataclass
class Footnotes:
    """Remarks of rows, each printed once and numbered from 1."""

    texts: list[Text] = field(default_factory=list)

    def number(self, remark: Text) -> int:
        """Return the number of a remark, a new one where it was not met before."""
        if remark not in self.texts:
            self.texts.append(remark)
        return self.texts.index(remark) + 1


def printed_groups(
    results: Sequence[Result], style: Style, *, guarded: bool, minimum_tur: float
) -> tuple[tuple[Group, ...], tuple[Text, ...]]:
    """Return the results as groups of printed rows, and the footnotes that the rows name."""
    notes = Footnotes()
    keys: dict[tuple[Phase, Text, str, str], list[Row]] = {}
    for result in results:
        key = (result.phase, result.group, result.shown_unit, result.error_unit)
        row = printed_row(result, style, notes, guarded=guarded, minimum_tur=minimum_tur)
        keys.setdefault(key, []).append(row)
    groups = tuple(
        Group(heading, phase, phase_name(phase), value_unit, error_unit, tuple(rows))
        for (phase, heading, value_unit, error_unit), rows in keys.items()
    )
    return groups, tuple(notes.texts)


def printed_row(result: Result, style: Style, notes: Footnotes, *, guarded: bool, minimum_tur: float) -> Row:
    """Return one result as printed: every number of the row ends at the place of its U."""
    if not (math.isfinite(result.reported_U) and result.reported_U > 0):
        msg = f"point {result.point}: U is {result.reported_U:g}, so no digits can be given to the row; re-evaluate it"
        raise InputError(msg)
    place = last_place(result.reported_U)

    def value(number: float) -> str:
        return style.number(at_place(number, place, result.unit, result.shown_unit))

    def error(number: float) -> str:
        return style.number(at_place(number, place, result.unit, result.error_unit))

    low_tur = result.tur < minimum_tur  # False for nan: no tolerance
    remarks = [*result.remarks, *([_low_tur(style, minimum_tur)] if low_tur else [])]
    lower, upper = _limits(result, result.lower_limit, result.upper_limit, style)
    accepted = _limits(result, result.lower_acceptance, result.upper_acceptance, style) if guarded else ("", "")
    return Row(
        point=result.point,
        nominal=style.number(exact(result.nominal, result.unit, result.shown_unit)),
        reference=value(result.reference),
        indicated=value(result.indicated),
        error=error(result.reported_error),
        U=error(result.reported_U),
        k=style.number(Decimal(f"{result.k:.2f}")),
        lower_limit=lower,
        upper_limit=upper,
        limit=_span(lower, upper),
        lower_acceptance=accepted[0],
        upper_acceptance=accepted[1],
        acceptance=_span(*accepted),
        tur="" if math.isnan(result.tur) else _ratio(result.tur, style),
        verdict=verdict_name(result.verdict),
        conformity=result.verdict,
        tur_is_low=low_tur,
        notes=tuple(notes.number(remark) for remark in remarks),
        drawing=_drawing(result),
    )


def _limits(result: Result, lower: float, upper: float, style: Style) -> tuple[str, str]:
    """Return both limits as printed: at the place of U, or with up to three digits more where they have them."""
    place = last_place(result.reported_U)

    def printed(limit: float) -> str:
        if math.isinf(limit):
            return ""
        own = exact(limit, result.unit, result.unit).as_tuple().exponent
        assert isinstance(own, int)
        return style.number(at_place(limit, max(min(own, place), place - 3), result.unit, result.error_unit))

    return printed(lower), printed(upper)


def _span(lower: str, upper: str) -> str:
    """Return both limits in one cell."""
    if not lower and not upper:
        return ""
    if not upper:
        return f"≥ {lower}"
    if not lower:
        return f"≤ {upper}"
    if lower == MINUS + upper:
        return f"±{upper}"
    return f"{lower} … {upper}"


def _ratio(tur: float, style: Style) -> str:
    """Return the test uncertainty ratio, rounded down; beyond 100 its digits say nothing."""
    if tur > 100:
        return "> 100"
    return style.number(floored(tur, 1))


def _low_tur(style: Style, minimum_tur: float) -> Text:
    return both("TUR is below the agreed ratio of {ratio} : 1.", ratio=style.number(Decimal(f"{minimum_tur:g}")))


def _drawing(result: Result) -> Drawing | None:
    span = result.upper_limit - result.lower_limit
    if not math.isfinite(span) or span <= 0:
        return None
    middle, half = (result.upper_limit + result.lower_limit) / 2, span / 2
    part = (result.reported_error - middle) / half
    width = result.reported_U / half
    return Drawing(part, part - width, part + width)
