"""A picture of coverage per point, as SVG."""

from html import escape

from calib.study.coverage import Coverage

_ROW, _LEFT, _WIDTH, _TOP = 18, 260, 480, 46
_LEAST = 0.85


def as_svg(found: Coverage) -> str:
    """Return the coverage of every point with its bounds, and the stated probability as a line."""
    height = _TOP + _ROW * len(found.per_point) + 40
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 80}" height="{height}" '
        'font-family="sans-serif" font-size="12">'
    )
    parts = [
        head,
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="10" y="20" font-size="14">{escape(_title(found), quote=False)}</text>',
        _line(found.probability, _TOP - 8, height - 34, "#c00", f"{found.probability:.2%}"),
        *(_tick(p, height - 20) for p in (0.85, 0.9, 0.95, 1.0)),
    ]
    for number, point in enumerate(found.per_point):
        y = _TOP + _ROW * number + 8
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(point.point, quote=False)}</text>')
        parts.append(
            f'<line x1="{_x(point.lower)}" x2="{_x(point.upper)}" y1="{y}" y2="{y}" stroke="#06c" stroke-width="2"/>'
        )
        parts.append(f'<circle cx="{_x(point.coverage)}" cy="{y}" r="3.5" fill="#06c"/>')
    return "\n".join([*parts, "</svg>", ""])


def _title(found: Coverage) -> str:
    broken = f", {found.broken}" if found.broken else ""
    return (
        f"{found.procedure}{broken}: {found.coverage:.2%} ({found.lower:.2%} to {found.upper:.2%}) "
        f"over {found.runs} calibrations"
    )


def _x(coverage: float) -> float:
    return round(_LEFT + _WIDTH * (max(coverage, _LEAST) - _LEAST) / (1 - _LEAST), 1)


def _line(at: float, top: float, bottom: float, colour: str, label: str) -> str:
    x = _x(at)
    return (
        f'<line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}" stroke="{colour}" stroke-dasharray="4 3"/>'
        f'<text x="{x}" y="{top - 4}" text-anchor="middle" fill="{colour}">{label}</text>'
    )


def _tick(at: float, y: float) -> str:
    return f'<text x="{_x(at)}" y="{y}" text-anchor="middle" fill="#555">{at:.0%}</text>'
