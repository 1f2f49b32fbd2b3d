"""Results as printed rows: values in the shown unit, errors, U and limits in the error's unit, remarks as footnotes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from calib.errors import InputError
from calib.numbers import MINUS, Style, at_place, exact, fixed, floored, last_place, power
from calib.record.model import Phase
from calib.record.names import phase_name, verdict_name
from calib.record.result import Result
from calib.report.model import Drawing, Group, Row
from calib.text import Text, both
from calib.units import readable

CUSTOMARY_TUR = 4.0
"""Below this ratio a row is flagged where nothing else was agreed (ANSI/NCSL Z540.3-2006, 5.3 b)."""


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
    results: Sequence[Result], style: Style, *, guarded: bool, minimum_tur: float | None
) -> tuple[tuple[Group, ...], tuple[Text, ...]]:
    """Return the results as groups of printed rows, and the footnotes that the rows name."""
    notes = Footnotes()
    keys: dict[tuple[Phase, Text, str], list[Result]] = {}
    for result in results:
        _require_U(result)
        keys.setdefault((result.phase, result.group, result.shown_unit), []).append(result)
    groups = []
    for (phase, heading, value_unit), members in _by_function(keys):
        for error_unit, same_unit in _by_error_unit(members).items():
            rows = tuple(
                printed_row(result, error_unit, style, notes, guarded=guarded, minimum_tur=minimum_tur)
                for result in same_unit
            )
            groups.append(Group(heading, phase, phase_name(phase), value_unit, error_unit, rows))
    return tuple(groups), tuple(notes.texts)


def _by_function(
    keys: dict[tuple[Phase, Text, str], list[Result]],
) -> list[tuple[tuple[Phase, Text, str], list[Result]]]:
    """Return the groups with all phases of one heading after another, headings in the order of their first rows."""
    first: dict[tuple[Text, str], int] = {}
    for _, heading, unit in keys:
        first.setdefault((heading, unit), len(first))
    return sorted(keys.items(), key=lambda item: first[item[0][1:]])


def _require_U(result: Result) -> None:
    if not (math.isfinite(result.reported_U) and result.reported_U > 0):
        msg = f"point {result.point}: U is {result.reported_U:g}, so no digits can be given to the row; re-evaluate it"
        raise InputError(msg)


def _by_error_unit(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Return rows by the unit of their errors: the largest for all, unless a U would need more than three decimals."""
    units = sorted({r.error_unit for r in results}, key=lambda unit: power(results[0].unit, unit))
    if all(last_place(r.reported_U) - power(r.unit, units[-1]) >= -3 for r in results):
        return {units[-1]: list(results)}
    return {unit: [r for r in results if r.error_unit == unit] for unit in units}


def printed_row(
    result: Result, error_unit: str, style: Style, notes: Footnotes, *, guarded: bool, minimum_tur: float | None
) -> Row:
    """Return one result as printed, every number to the place of its U; `minimum_tur` is the agreed one, if any."""
    place = last_place(result.reported_U)

    def value(number: float) -> str:
        return style.number(at_place(number, place, result.unit, result.shown_unit))

    def error(number: float) -> str:
        return style.number(at_place(number, place, result.unit, error_unit))

    low_tur = _is_below(result.tur, minimum_tur or CUSTOMARY_TUR)
    remarks = [*result.remarks, *_scope_marks(result), *([_low_tur(style, minimum_tur)] if low_tur else [])]
    lower, upper = (_limit(limit, result, error_unit, style) for limit in (result.lower_limit, result.upper_limit))
    lower_accepted, upper_accepted = (
        _limit(limit, result, error_unit, style) if guarded else ""
        for limit in (result.lower_acceptance, result.upper_acceptance)
    )
    return Row(
        point=result.point,
        measuring_range=in_shown_unit(result.measuring_range, result, style),
        frequency=_frequency(result, style),
        nominal=style.number(exact(result.nominal, result.unit, result.shown_unit)),
        reference=value(result.reference),
        indicated=value(result.indicated),
        error=error(result.reported_error),
        U=error(result.reported_U),
        k=style.number(fixed(result.k, 2)),
        lower_limit=lower,
        upper_limit=upper,
        limit=_span(lower, upper),
        lower_acceptance=lower_accepted,
        upper_acceptance=upper_accepted,
        acceptance=_span(lower_accepted, upper_accepted) if result.lower_acceptance <= result.upper_acceptance else "–",
        tur="" if math.isnan(result.tur) else _ratio(result.tur, style),
        verdict=verdict_name(result.verdict),
        conformity=result.verdict,
        tur_is_low=low_tur,
        notes=tuple(notes.number(remark) for remark in remarks),
        drawing=_drawing(result),
        scope=result.scope,
        raised=result.raised,
    )


def _frequency(result: Result, style: Style) -> str:
    if not result.frequency_Hz:
        return ""
    unit = readable(result.frequency_Hz, "Hz")
    return f"{style.number(exact(result.frequency_Hz, 'Hz', unit))} {unit}"


RAISED = both("U is the laboratory's calibration and measurement capability (CMC): what was computed is less.")
OUTSIDE = both("Outside the laboratory's scope of accreditation.")


def _scope_marks(result: Result) -> list[Text]:
    """Return what is to be said of a row by the scope of accreditation (ILAC-P14:09/2020)."""
    if result.scope == "out":
        return [OUTSIDE]
    return [RAISED] if result.raised else []


def in_shown_unit(number: float, result: Result, style: Style) -> str:
    """Return a number of a result with its own digits, in the unit of the table of results."""
    return f"{style.number(exact(number, result.unit, result.shown_unit))} {result.shown_unit}"


def _limit(limit: float, result: Result, error_unit: str, style: Style) -> str:
    """Return a limit as printed: to the place of U, or with up to three digits more where it has them."""
    if math.isinf(limit):
        return ""
    place = last_place(result.reported_U)
    own = exact(limit, result.unit, result.unit).as_tuple().exponent
    assert isinstance(own, int)
    return style.number(at_place(limit, max(min(own, place), place - 3), result.unit, error_unit))


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


def _is_below(tur: float, least: float) -> bool:
    """Return whether a ratio is below the least one, as decimals; False where no tolerance gives one."""
    return math.isfinite(tur) and exact(tur, "", "") < exact(least, "", "")


def _low_tur(style: Style, agreed: float | None) -> Text:
    if agreed is None:
        return both("TUR is below {ratio} : 1.", ratio=style.number_of(CUSTOMARY_TUR))
    return both("TUR is below the agreed ratio of {ratio} : 1.", ratio=style.number_of(agreed))


def _drawing(result: Result) -> Drawing | None:
    span = result.upper_limit - result.lower_limit
    if not math.isfinite(span) or span <= 0:
        return None
    middle, half = (result.upper_limit + result.lower_limit) / 2, span / 2
    part = (result.reported_error - middle) / half
    width = result.reported_U / half
    return Drawing(part, part - width, part + width)
