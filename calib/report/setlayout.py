"""Tables of results that belong together as a template sets them: as many columns side by side as the page has room."""

from collections.abc import Sequence
from typing import Any

from calib.report.model import CorrelatedSet

_ROOM_PT = 430.0
"""For columns of numbers, beside what the rows are called."""
_LETTER_PT, _GAP_PT = 4.3, 7.0


def set_layout(one: CorrelatedSet) -> dict[str, Any]:
    """Return the lower triangle of the correlation matrix and the contributions, in blocks of columns."""
    symbols = [member.symbol for member in one.members]
    lines = [list(member.correlation) for member in one.members]
    shares = [list(each) for _, each in one.contributions]
    return {
        "correlation": [
            {
                "columns": symbols[start:end],
                "rows": [
                    [symbols[i], *line[start:end], *[""] * (end - max(start, min(end, len(line))))]
                    for i, line in enumerate(lines)
                    if len(line) > start
                ],
            }
            for start, end in blocks(symbols, lines)
        ],
        "contributions": [
            {"columns": symbols[start:end], "rows": [line[start:end] for line in shares]}
            for start, end in blocks(symbols, shares, _ROOM_PT / 2)
        ],
    }


def blocks(symbols: Sequence[str], lines: Sequence[Sequence[str]], room_pt: float = _ROOM_PT) -> list[tuple[int, int]]:
    """Return from which to which column each block goes."""
    longest = max(len(cell) for cells in (symbols, *lines) for cell in cells)
    n = max(1, int(room_pt // (longest * _LETTER_PT + _GAP_PT)))
    return [(start, min(start + n, len(symbols))) for start in range(0, len(symbols), n)]
