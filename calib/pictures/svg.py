"""Shapes as SVG 1.1: the same shapes give the same bytes."""

from collections.abc import Sequence
from html import escape  # that of xml.sax brings http and ssl with it

Point = tuple[float, float]
INK, QUIET, PAPER = "#1c1c1c", "#6b6b6b", "#ffffff"
METAL, BODY, ACCENT = "#c9ccd1", "#eceef1", "#0b57a4"
"""Of what is moved; of what stands; of what is to be looked at."""


class Svg:
    """A drawing of `width` × `height` px."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width, self.height = width, height
        self._title = title
        self._parts: list[str] = []

    def rectangle(
        self, corner: Point, size: Point, *, fill: str = BODY, stroke: str = INK, radius: float = 0.0
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        place = f'x="{corner[0]:g}" y="{corner[1]:g}" width="{size[0]:g}" height="{size[1]:g}" rx="{radius:g}"'
        self._parts.append(f'<rect {place} fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>')

    def circle(
        self, centre: Point, radius: float, *, fill: str = PAPER, stroke: str = INK, dashed: bool = False
    ) -> None:
        """Draw a circle."""
        dashes = ' stroke-dasharray="4 3"' if dashed else ""
        place = f'cx="{centre[0]:g}" cy="{centre[1]:g}" r="{radius:g}"'
        self._parts.append(f'<circle {place} fill="{fill}" stroke="{stroke}" stroke-width="1.5"{dashes}/>')

    def gap(self, points: Sequence[Point]) -> None:
        """Take away what lies under a line that is drawn next, so that lines cross without touching."""
        self.line(points, stroke=PAPER, width=11)

    def line(self, points: Sequence[Point], *, stroke: str = INK, width: float = 1.5, dashed: bool = False) -> None:
        """Draw a line through points."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        dashes = ' stroke-dasharray="6 4"' if dashed else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{width:g}" '
            f'stroke-linejoin="round"{dashes}/>'
        )

    def shape(self, points: Sequence[Point], *, fill: str) -> None:
        """Draw a closed shape without an outline."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._parts.append(f'<polygon points="{path}" fill="{fill}"/>')

    def span(self, x: float, top: float, bottom: float) -> None:
        """Draw a vertical dimension line, with an arrow at each end."""
        self.line([(x, top), (x, bottom)], stroke=ACCENT)
        for y, inward in ((top, 9.0), (bottom, -9.0)):
            self.line([(x - 9, y), (x + 9, y)], stroke=ACCENT)
            self.shape([(x, y), (x - 4, y + inward), (x + 4, y + inward)], fill=ACCENT)

    def text(
        self, at: Point, said: str, *, size: float = 15.0, anchor: str = "middle", bold: bool = False, fill: str = INK
    ) -> None:
        """Write a line; `at` is its middle, its start or its end on the base line, as `anchor` says."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{at[0]:g}" y="{at[1]:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}"{weight}>'
            f"{escape(said, quote=False)}</text>"
        )

    def heading(self) -> None:
        """Write the title on top, on as many lines as it needs."""
        for number, said in enumerate(wrapped(self._title, int(self.width / 9.5))):
            self.text((self.width / 2, 28 + 22 * number), said, size=17, bold=True)

    def rendered(self) -> str:
        """Return the file's text."""
        size = f'width="{self.width:g}" height="{self.height:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(self._title)}" '
            'font-family="DejaVu Sans, Arial, sans-serif">'
        )
        paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        return "\n".join(
            [head, f"<title>{escape(self._title, quote=False)}</title>", paper, *self._parts, "</svg>", ""]
        )


def wrapped(said: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` characters, where its words allow it."""
    from textwrap import wrap

    return wrap(said, width, break_long_words=False, break_on_hyphens=False) or [""]
