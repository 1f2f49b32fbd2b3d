"""Errors with U against their limits, as SVG of our own: the same bytes for the same rows."""

from collections.abc import Sequence
from itertools import pairwise

from calib.numbers import Style, fixed
from calib.report.model import Drawing, Group, Plot, Row, Segment
from calib.text import Text, both

SPAN = 1.5
"""Half the height of a plot, in parts of the limit."""
_POINTS = 100
"""Points of a plot; more than `_PLOTS` times as many stand closer together."""
_PLOTS = 5
_WIDTH, _HEIGHT, _RADIUS = 1630.0, 240.0, 6.5
"""In tenths of a millimetre on paper."""
_COLOURS = {"pass": "#1b6b3a", "none": "#5a6472"}
_BAD, _INK, _HAIR, _WASH = "#ad1f1f", "#1d4a72", "#c9d1da", "#eef2f6"


def plots(groups: Sequence[Group], style: Style) -> tuple[Plot, ...]:
    """Return the plots of all rows that have two limits, in the order of the results."""
    drawn = [
        (number, row, row.drawing)
        for number, group in enumerate(groups, 1)
        for row in group.rows
        if row.drawing is not None
    ]
    size = max(_POINTS, -(-len(drawn) // _PLOTS))
    return tuple(_plot(drawn[i : i + size], style) for i in range(0, len(drawn), size))


def _plot(points: Sequence[tuple[int, Row, Drawing]], style: Style) -> Plot:
    step = 1.0 / len(points)
    starts = [0, *(i for i, (a, b) in enumerate(pairwise(points), 1) if a[0] != b[0]), len(points)]
    segments = tuple(Segment(str(points[a][0]), a * step, b * step) for a, b in pairwise(starts))
    return Plot(_svg(points, segments), _in_words([row for _, row, _ in points], points, style), SPAN, segments)


def _in_words(rows: Sequence[Row], points: Sequence[tuple[int, Row, Drawing]], style: Style) -> Text:
    _, row, drawing = max(points, key=lambda point: abs(point[2].error))
    return both(
        "Plot of {n} errors from point {first} to point {last}. The largest part of its limit is {part} %, "
        "at point {point}.",
        n=len(rows),
        first=rows[0].point,
        last=rows[-1].point,
        part=style.number(fixed(100 * abs(drawing.error), 0)),
        point=row.point,
    )


def _svg(points: Sequence[tuple[int, Row, Drawing]], segments: Sequence[Segment]) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}">',
        f'<rect y="{_y(1):.1f}" width="{_WIDTH:g}" height="{_y(-1) - _y(1):.1f}" fill="{_WASH}"/>',
        *(_line(_HAIR, 2, f"M{s.start * _WIDTH:.1f} 0V{_HEIGHT:g}") for s in segments[1:]),
        _line(_HAIR, 2, f"M0 {_y(0):.1f}H{_WIDTH:g}"),
        _line(_INK, 2.5, f"M0 {_y(1):.1f}H{_WIDTH:g}M0 {_y(-1):.1f}H{_WIDTH:g}"),
    ]
    step = _WIDTH / len(points)
    width, radius = min(3.5, step / 3), min(_RADIUS, step / 2)
    by_colour: dict[str, list[tuple[float, Drawing]]] = {}
    for i, (_, row, drawing) in enumerate(points):
        by_colour.setdefault(_COLOURS.get(row.conformity, _BAD), []).append(((i + 0.5) * step, drawing))
    for colour, members in by_colour.items():
        bars = "".join(f"M{x:.1f} {_y(d.lower):.1f}V{_y(d.upper):.1f}" for x, d in members)
        dots = "".join(_dot(x, _y(d.error), radius) for x, d in members)
        parts += [_line(colour, width, bars), f'<path fill="{colour}" d="{dots}"/>']
    return "".join([*parts, "</svg>"])


def _y(part: float) -> float:
    """Return the height of a part of the limit; what lies outside stands at the edge."""
    return _HEIGHT * (0.5 - max(-SPAN, min(SPAN, part)) / (2 * SPAN))


def _line(colour: str, width: float, path: str) -> str:
    return f'<path fill="none" stroke="{colour}" stroke-width="{width:.2f}" d="{path}"/>'


def _dot(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0z"
