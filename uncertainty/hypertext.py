"""A budget for a browser: a table in HTML, and its contributions as bars in SVG. Nothing is loaded from elsewhere."""

import math
from html import escape
from typing import TYPE_CHECKING

from calib.uncertainty.tabulated import HEAD, NUMBERS, cells, number, percent

if TYPE_CHECKING:
    from calib.uncertainty.contributions import Budget

_MINUS = "\N{MINUS SIGN}"
_WIDTH, _ROW, _LABEL, _FIGURES = 640, 22, 200, 150
_HATCHED = (
    '<defs><pattern id="lowers" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="3" height="6" fill="#b35900"/></pattern></defs>'
)
_LONGEST = 28
"""Characters of a name beside its bar; the whole name is in the bar's title."""


def as_html(budget: "Budget") -> str:
    """Return a table; notebooks show it."""
    head = "".join(f"<th{_side(i)}>{c}</th>" for i, c in enumerate(HEAD))
    rows = cells(budget)
    body = "".join(f"<tr>{_html_row(row)}</tr>" for row in rows[:-1])
    foot = f"<tr>{_html_row(rows[-1])}</tr>"
    return (
        f'<table class="calib-budget"><thead><tr>{head}</tr></thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>'
    )


def _side(column: int) -> str:
    return ' style="text-align:right"' if column in NUMBERS else ' style="text-align:left"'


def _html_row(row: tuple[str, ...]) -> str:
    return "".join(f"<td{_side(i)}>{_cell(i, c)}</td>" for i, c in enumerate(row))


def _cell(column: int, cell: str) -> str:
    return (cell.replace("-", _MINUS) if column in NUMBERS else clean(cell)).replace(" %", "\N{NO-BREAK SPACE}%")


def clean(text: str) -> str:
    """Return text for HTML and XML: escaped, without the characters that XML does not have."""
    allowed = (c if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF) else " " for c in text)
    return escape("".join(c for c in allowed if c not in "\ufffe\uffff"))


def as_svg(budget: "Budget") -> str:
    """Return a picture: a bar for each |c|·u, and one for the combined standard uncertainty.

    A hatched bar has a negative share: correlation makes it lower the uncertainty.
    """
    bars = [(row.name, row.contribution, row.share) for row in budget.rows]
    known = [c for _, c, _ in bars if math.isfinite(c)] + [budget.u if math.isfinite(budget.u) else 0.0]
    longest = max(known) or 1.0
    height = (len(bars) + 2) * _ROW
    unit = f" {clean(budget.unit)}" if budget.unit else ""
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12" role="img">',
        f"<title>Contributions to the standard uncertainty {number(budget.u, 3)}{unit}</title>",
        _HATCHED,
    ]
    for i, (name, contribution, share) in enumerate(bars):
        fill = "url(#lowers)" if share < 0 else "#1f6fb2"
        figures = f"{number(contribution, 3)}{unit}, {percent(share)}"
        lines.append(_bar(i, name or "–", contribution / longest, figures, fill))
    lines.append(_bar(len(bars) + 0.5, "u", budget.u / longest, f"{number(budget.u, 3)}{unit}", "#333"))
    return "\n".join([*lines, "</svg>"])


def _bar(row: float, name: str, part: float, figures: str, fill: str) -> str:
    y = row * _ROW + 4
    room = _WIDTH - _LABEL - _FIGURES
    width = max(room * part, 0.0) if math.isfinite(part) else 0.0
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return (
        f"<g><title>{clean(name)}: {figures}</title>"
        f'<text x="{_LABEL - 8}" y="{y + 12:g}" text-anchor="end">{clean(short)}</text>'
        f'<rect x="{_LABEL}" y="{y:g}" width="{width:.1f}" height="{_ROW - 6}" fill="{fill}"/>'
        f'<text x="{_LABEL + width + 6:.1f}" y="{y + 12:g}">{figures.replace("-", _MINUS)}</text></g>'
    )
