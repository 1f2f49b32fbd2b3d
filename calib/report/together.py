"""Results that belong together as printed: values, u and correlation with the digits that calculations need.

U keeps two digits; values that go on into a fit or a sum need more (JCGM 100:2008, 7.2.6). How many follows from the
least eigenvalue of the correlation matrix, which says how much smaller than theirs the u of a combination may be:
rounding moves no combination by more than a twentieth of its u, and changes no u by more than 1 %.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from calib.dcc.dsi import unit_of
from calib.errors import InputError
from calib.numbers import Style, at_place, fixed, power
from calib.record.names import phase_name
from calib.record.result import Result, sets
from calib.record.together import Together
from calib.report.model import CorrelatedSet, Member
from calib.text import Text, both, same

PART_OF_U = 0.05
"""By how much rounding of the values may move a combination, in parts of its u."""
PART_OF_VARIANCE = 0.01
"""By how much rounding of the correlation may change the variance of a combination; of u, half of it once more."""
LEAST_EIGENVALUE = 1e-9
"""Below it combinations have no u to speak of, and more digits say nothing."""
_HEADINGS = {
    "callendar-van-dusen": both("Coefficients of Callendar and Van Dusen, for calculations"),
    "set-of-weights": both("Conventional masses of the set, for calculations"),
}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def printed_sets(results: Sequence[Result], style: Style) -> tuple[CorrelatedSet, ...]:
    """Return every set of results as printed.

    Raises
    ------
    InputError
        The correlation of a set is not that of its rows.
    """
    return tuple(_set(rows, style) for rows in sets(results))


def correlation_of(rows: Sequence[Result]) -> NDArray[np.float64]:
    """Return the correlation matrix of a set, shape (n, n); raise `InputError` where it is none."""
    lines = [r.together.correlation for r in rows if r.together is not None]
    matrix = np.array(lines) if all(len(line) == len(rows) for line in lines) else np.zeros((0, 0))
    if matrix.size == 0 or not (np.allclose(matrix, matrix.T, atol=1e-9) and np.allclose(np.diag(matrix), 1.0)):
        named = ", ".join(r.point for r in rows)
        msg = f"points {named}: their correlation is not a matrix of them; evaluate the record again"
        raise InputError(msg)
    return (matrix + matrix.T) / 2


def stated_u(result: Result) -> float:
    """Return the standard uncertainty that is stated: that computed, or raised with U to the CMC."""
    return result.u * result.reported_U / result.U if result.raised else result.u


def _set(rows: Sequence[Result], style: Style) -> CorrelatedSet:
    matrix = correlation_of(rows)
    n, least = len(rows), max(float(np.linalg.eigvalsh(matrix)[0]), LEAST_EIGENVALUE)
    of_value, of_u = (part * math.sqrt(least / n) for part in (PART_OF_U, PART_OF_VARIANCE / 2))
    places = _places(PART_OF_VARIANCE * least / (n - 1))
    members = tuple(
        _member(
            replace(row, error_unit=_common(row, rows)),
            matrix[i, :i],
            (_place(stated_u(row) * of_value), _place(stated_u(row) * of_u)),
            places,
            style,
        )
        for i, row in enumerate(rows)
    )
    first = rows[0].together
    assert first is not None
    return CorrelatedSet(
        name=first.name,
        heading=_HEADINGS.get(first.name, same(first.name)),
        phase=rows[0].phase,
        phase_name=phase_name(rows[0].phase),
        equation=first.equation,
        within=_within(first, style),
        members=members,
        contributions=_contributions(rows, style),
        raised=any(row.raised for row in rows),
    )


def _common(row: Result, rows: Sequence[Result]) -> str:
    """Return the largest unit of errors among the rows in the same unit: u of all of them stand in it."""
    return max((r.error_unit for r in rows if r.unit == row.unit), key=lambda unit: power(row.unit, unit))


def _within(together: Together, style: Style) -> str:
    if together.within is None:
        return ""
    low, high = (style.number_of(end) for end in together.within)
    return f"{low} {together.within_unit} … {high} {together.within_unit}"


def _place(most: float) -> int:
    """Return the power of ten of the last digit so that half a unit of it is no more than `most`."""
    return math.floor(math.log10(2 * most))


def _places(most: float) -> int:
    return max(-_place(most), 2)


def _member(row: Result, before: NDArray[np.float64], last: tuple[int, int], places: int, style: Style) -> Member:
    """Return a result with its correlation with those before it."""
    together = row.together
    assert together is not None
    value = at_place(row.indicated, last[0], row.unit, row.shown_unit)
    u = at_place(stated_u(row), last[1], row.unit, row.error_unit)
    return Member(
        point=row.point,
        symbol=together.symbol,
        value=style.number(value),
        value_unit=_unit(row, row.shown_unit),
        u=style.number(u),
        u_unit=_unit(row, row.error_unit),
        error_unit=row.error_unit,
        correlation=(*(style.number(fixed(float(r), places)) for r in before), "1"),
    )


def _unit(row: Result, shown: str) -> str:
    """Return the unit of a printed number, with its power of ten: 10⁻³ K⁻¹."""
    together = row.together
    assert together is not None
    if not together.unit or not (together.power or shown == "1"):
        return "" if shown == "1" else shown
    own = unit_of(together.unit).replace("**", "").translate(_SUPERSCRIPTS)
    return f"10{str(-together.power).translate(_SUPERSCRIPTS)} {own}" if together.power else own


def _contributions(rows: Sequence[Result], style: Style) -> tuple[tuple[Text, tuple[str, ...]], ...]:
    """Return the shares of each kind of input in u² of every member, in percent, the greatest first."""
    shares: dict[Text, list[float]] = {}
    for place, row in enumerate(rows):
        for entry in row.budget:
            shares.setdefault(entry.label, [0.0] * len(rows))[place] += entry.share
    greatest = sorted(shares.items(), key=lambda item: -max(map(abs, item[1])))
    return tuple((label, tuple(style.number(fixed(100 * s, 1)) for s in each)) for label, each in greatest)
