"""Results before and after an adjustment, side by side (ISO/IEC 17025:2017, 7.8.4.1 d)."""

from collections.abc import Sequence

from calib.record.names import phase_name
from calib.report.model import Comparison, Group, Pair
from calib.text import Text

_MOST_PAIRS = 1000
"""Beyond this many pairs the tables of results, which have both phases of a heading one after another, say it alone."""


def comparisons(groups: Sequence[Group]) -> tuple[Comparison, ...]:
    """Return the points that were measured in both phases, heading by heading; none where they are very many."""
    left = {(_place(group), row.point): row for group in groups if group.phase == "as-left" for row in group.rows}
    found = []
    for group in groups:
        if group.phase != "as-found":
            continue
        place = _place(group)
        pairs = tuple(Pair(row, left[place, row.point]) for row in group.rows if (place, row.point) in left)
        if pairs:
            names = (phase_name("as-found"), phase_name("as-left"))
            found.append(Comparison(group.heading, *names, group.value_unit, group.error_unit, pairs))
    return tuple(found) if sum(len(part.pairs) for part in found) <= _MOST_PAIRS else ()


def _place(group: Group) -> tuple[Text, str, str]:
    """Return what two groups must share so that their numbers may stand in one column."""
    return group.heading, group.value_unit, group.error_unit
