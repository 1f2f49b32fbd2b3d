"""Weights on a pan: from the side, in the order of a comparison; from above, where the place on the pan counts."""

from dataclasses import dataclass

from calib.pictures.cells import Cells
from calib.pictures.svg import ACCENT, BODY, INK, METAL, PAPER, QUIET, Svg
from calib.text import Language, Text, both, same, tr

POSITIONS: dict[str, tuple[float, float]] = {
    "centre": (0.5, 0.5),
    "front-left": (0.25, 0.75),
    "back-left": (0.25, 0.25),
    "back-right": (0.75, 0.25),
    "front-right": (0.75, 0.75),
}
"""Places of the eccentricity test (EURAMET cg-18) from above, the front below: parts of the pan's width and depth."""
POSITION_NAMES = {
    "centre": both("centre"),
    "front-left": both("front left"),
    "back-left": both("back left"),
    "back-right": both("back right"),
    "front-right": both("front right"),
}
_PAN = 200.0
_WIDE = 62.0
"""What a weight takes on the pan, in px."""


@dataclass(frozen=True)
class Turn:
    """One weighing of a comparison: which load of the pattern it is."""

    pattern: str
    """Such as `ABBA`."""
    number: int
    """Of the weighing, from 1 through all cycles."""
    of: int

    @property
    def place(self) -> int:
        """Index within the pattern."""
        return (self.number - 1) % len(self.pattern)

    @property
    def letter(self) -> str:
        """The load: `A`, the reference, or `B`."""
        return self.pattern[self.place]

    def told(self) -> Text:
        """Return the cycle in words."""
        cycle, cycles = (self.number - 1) // len(self.pattern) + 1, self.of // len(self.pattern)
        return both("cycle {cycle} of {cycles}", cycle=cycle, cycles=cycles)


@dataclass(frozen=True)
class Loading:
    """What lies on the pan when the prompt is done; no weights: nothing."""

    weights: tuple[str, ...]
    position: str = ""
    """Of `POSITIONS`, or the laboratory's own; without one it does not matter."""
    turn: Turn | None = None
    name: str = "pan"

    def title(self) -> Text:
        """Return what is to be done."""
        if not self.weights:
            return both("Pan empty")
        load = same(" + ".join(self.weights))
        if self.position:
            at = POSITION_NAMES.get(self.position, same(self.position))
            return both("{weights}: {position}", weights=load, position=at)
        return load if self.turn is None else same(f"{self.turn.letter}: {load}")

    def svg(self, language: Language) -> str:
        """Return the picture."""
        if self.position in POSITIONS:
            return self._from_above(language)
        width = max(480.0, _WIDE * len(self.weights) + 160)
        picture = Svg(width, 380 if self.turn else 330, self.title().in_(language))
        picture.heading()
        middle, pan = width / 2, 210.0
        half = max(120.0, _WIDE * len(self.weights) / 2 + 10)
        picture.rectangle((middle - 8, pan), (16, 30), fill=METAL)
        picture.rectangle((middle - half, pan), (2 * half, 9), fill=METAL, radius=4)
        picture.rectangle((middle - 150, pan + 30), (300, 66), radius=8)
        picture.rectangle((middle - 60, pan + 46), (120, 34), fill=PAPER, stroke=QUIET, radius=3)
        left = middle - _WIDE * (len(self.weights) - 1) / 2
        for number, weight in enumerate(self.weights):
            _weight(picture, left + _WIDE * number, pan, weight, above=18 * (number % 2))
        if not self.weights:
            picture.text((middle, pan - 16), tr("nothing on the pan", language), fill=QUIET)
        if self.turn is not None:
            _turns(picture, middle, pan + 124, self.turn, language)
        return picture.rendered()

    def lines(self, language: Language) -> list[str]:
        """Return the picture in characters."""
        if self.position in POSITIONS:
            return self._from_above_in_cells(language)
        cells = Cells()
        wide = [max(len(name), 3) + 3 for name in self.weights]
        pan = max(26, sum(wide) + 3)
        column = (pan - sum(wide) + 3) // 2
        for name, width in zip(self.weights, wide, strict=True):
            knob = column + (len(name) - 1) // 2
            cells.text(0, column, name)
            cells.text(1, knob, "▂")
            cells.text(2, knob - 1, "███")
            column += width
        if not self.weights:
            said = tr("nothing on the pan", language)
            cells.text(2, (pan - len(said)) // 2, said)
        cells.text(3, 0, "━" * pan)
        cells.box(4, pan // 2 - 9, 18, 3)
        cells.text(4, pan // 2, "┸")
        if self.turn is not None:
            letters = (f"[{c}]" if n == self.turn.place else f" {c} " for n, c in enumerate(self.turn.pattern))
            cells.text(7, 0, f"{''.join(letters)}  {self.turn.told().in_(language)}")
        return cells.lines()

    def _from_above(self, language: Language) -> str:
        picture = Svg(480, 380, self.title().in_(language))
        picture.heading()
        left, top = 140.0, 60.0
        picture.rectangle((left - 24, top - 12), (_PAN + 48, _PAN + 92), radius=10)
        picture.rectangle((left, top), (_PAN, _PAN), fill=METAL, radius=16)
        middle = left + _PAN / 2
        picture.line([(middle, top), (middle, top + _PAN)], stroke=QUIET, width=1, dashed=True)
        picture.line([(left, top + _PAN / 2), (left + _PAN, top + _PAN / 2)], stroke=QUIET, width=1, dashed=True)
        for position, (across, deep) in POSITIONS.items():
            if position != self.position:
                picture.circle((left + across * _PAN, top + deep * _PAN), 8, fill="none", stroke=QUIET, dashed=True)
        across, deep = POSITIONS[self.position]
        longest = max((len(weight) for weight in self.weights), default=0)
        radius = max(34.0, 4.5 * longest + 4, 8.0 * len(self.weights) + 6)
        picture.circle((left + across * _PAN, top + deep * _PAN), radius, fill=ACCENT)
        for number, weight in enumerate(self.weights):
            y = top + deep * _PAN + 5 + 16 * (number - (len(self.weights) - 1) / 2)
            picture.text((left + across * _PAN, y), weight, size=13, bold=True, fill=PAPER)
        picture.rectangle((middle - 80, top + _PAN + 22), (160, 34), fill=PAPER, stroke=QUIET, radius=3)
        picture.text((middle, top + _PAN + 44), tr("front: display", language), size=13, fill=QUIET)
        return picture.rendered()

    def _from_above_in_cells(self, language: Language) -> list[str]:
        across, deep = POSITIONS[self.position]
        cells = Cells()
        cells.box(0, 0, 25, 9)
        cells.text(4, 1, "╌" * 23)
        for row in range(1, 8):
            cells.text(row, 12, "╎")
        row, column = round(8 * deep), round(24 * across)
        for inner in (-1, 0, 1):
            cells.text(row + inner, column - 3, "███████")
        said = tr("front: display", language)
        cells.text(9, (25 - len(said) - 2) // 2, f"[{said}]")
        cells.text(row, 28, "◄─ " + " + ".join(self.weights))
        return cells.lines()


def _weight(picture: Svg, x: float, pan: float, name: str, above: float) -> None:
    picture.circle((x, pan - 62), 10, fill=METAL)
    picture.rectangle((x - 22, pan - 54), (44, 54), fill=METAL, radius=5)
    if above:
        picture.line([(x, pan - 72), (x, pan - 78 - above)], stroke=QUIET, width=1)
    picture.text((x, pan - 80 - above), name, size=14, bold=True)


def _turns(picture: Svg, middle: float, top: float, turn: Turn, language: Language) -> None:
    left = middle - 20 * len(turn.pattern)
    for number, letter in enumerate(turn.pattern):
        now = number == turn.place
        picture.rectangle((left + 40 * number + 3, top), (34, 30), fill=ACCENT if now else BODY, radius=4)
        picture.text((left + 40 * number + 20, top + 21), letter, bold=now, fill=PAPER if now else INK)
    picture.text((left + 40 * len(turn.pattern) + 16, top + 21), turn.told().in_(language), anchor="start", fill=QUIET)
