"""Thermometers in a bath, a block or a furnace: how deep each one is, and in which well."""

from dataclasses import dataclass, replace

from calib.pictures.cells import Cells
from calib.pictures.svg import ACCENT, INK, METAL, PAPER, QUIET, Svg
from calib.text import Language, Text, both, same, tr

PLACE_NAMES = {
    "bath": both("the bath"),
    "block": both("the block"),
    "furnace": both("the furnace"),
    "ice": both("melting ice"),
}
_FILLS = {"bath": "#cfe5f7", "block": "#b9bdc4", "furnace": "#f6d9c4", "ice": "#e3f2f7"}
_SURFACE, _DEEPEST, _APART = 150.0, 190.0, 120.0
_ROWS = 6
"""Rows of a terminal that the deepest probe takes."""


@dataclass(frozen=True)
class Probe:
    """A thermometer, where it is or shall be."""

    name: str
    depth_m: float
    well: str = ""
    """Marking of its well; empty where there is one, or none."""
    there: bool = False
    """It is there already: shown, and left where it is."""

    def depth(self) -> str:
        """Return the depth in millimetres."""
        return f"{self.depth_m * 1000:g} mm"


@dataclass(frozen=True)
class Immersion:
    """What is in a place when the prompt is done."""

    place: str
    """Of `PLACE_NAMES`, or another."""
    probes: tuple[Probe, ...]
    name: str = "immersion"

    def with_moved(self, probe: Probe) -> "Immersion":
        """Return the place with one probe put into it, the others left where they are."""
        others = tuple(replace(p, there=True) for p in self.without(probe.name).probes)
        return replace(self, probes=(*others, probe))

    def without(self, name: str) -> "Immersion":
        """Return the place with a probe taken out of it."""
        return replace(self, probes=tuple(p for p in self.probes if p.name != name))

    def title(self) -> Text:
        """Return what is to be done."""
        moved = [p for p in self.probes if not p.there]
        told = ", ".join(f"{p.name} {p.depth()}" for p in moved)
        return both("{probes} deep in {place}", probes=told, place=PLACE_NAMES.get(self.place, same(self.place)))

    def svg(self, language: Language) -> str:
        """Return the picture: a section, depths to scale with each other."""
        width = max(480.0, _APART * len(self.probes) + 200)
        picture = Svg(width, 430, self.title().in_(language))
        picture.heading()
        left, bottom = 60.0, _SURFACE + _DEEPEST + 45
        picture.rectangle((left, _SURFACE), (width - 2 * left, bottom - _SURFACE), fill=self._fill(), stroke=QUIET)
        vessel = [(left, _SURFACE - 28), (left, bottom), (width - left, bottom), (width - left, _SURFACE - 28)]
        if not self._is_solid():
            picture.line(vessel, width=4)
        first = width / 2 - _APART * (len(self.probes) - 1) / 2
        for number, probe in enumerate(self.probes):
            self._probe(picture, first + _APART * number, probe, language)
        place = PLACE_NAMES.get(self.place, same(self.place)).in_(language)
        picture.text((left + 10, bottom - 12), place, anchor="start", size=13, fill=INK)
        return picture.rendered()

    def lines(self, language: Language) -> list[str]:
        """Return the picture in characters."""
        cells = Cells()
        wide = [max(len(p.name), len(p.depth()) + 3, len(_well(p, language)), 8) + 3 for p in self.probes]
        width, deepest = sum(wide) + 3, max(p.depth_m for p in self.probes) or 1.0
        surface, bottom = 3, 3 + _ROWS + 1
        solid = self._is_solid()
        for row in range(surface, bottom):
            cells.text(row, 0, "│" + ("▒" if solid else "~" if row == surface else " ") * (width - 2) + "│")
        cells.text(bottom, 0, "└" + "─" * (width - 2) + "┘")
        column = 3
        for probe, room in zip(self.probes, wide, strict=True):
            tip = surface + max(1, round(_ROWS * probe.depth_m / deepest))
            stem = column + 1
            cells.text(0, column, probe.name)
            cells.text(1, column, _well(probe, language))
            for row in range(2, tip):
                cells.text(row, stem - solid, " ┃ " if solid else "┃")
            cells.text(tip - 1, stem, "▼")
            cells.text((surface + tip) // 2, stem + 2, f"↕ {probe.depth()}")
            column += room
        place = PLACE_NAMES.get(self.place, same(self.place)).in_(language)
        cells.text(bottom, 2, f" {place} ")
        return cells.lines()

    def _probe(self, picture: Svg, x: float, probe: Probe, language: Language) -> None:
        deepest = max(p.depth_m for p in self.probes) or 1.0
        tip = _SURFACE + _DEEPEST * probe.depth_m / deepest
        if self._is_solid():
            picture.rectangle((x - 11, _SURFACE), (22, tip - _SURFACE + 6), fill=PAPER, stroke=QUIET)
        picture.rectangle((x - 14, _SURFACE - 66), (28, 28), fill=INK if not probe.there else QUIET, radius=4)
        picture.rectangle((x - 4, _SURFACE - 38), (8, tip - _SURFACE + 38), fill=METAL, radius=4)
        picture.text((x, _SURFACE - 74), probe.name, size=14, bold=not probe.there, fill=QUIET if probe.there else INK)
        if probe.well:
            picture.text((x + 20, _SURFACE - 10), _well(probe, language), size=13, anchor="start")
        picture.span(x + 30, _SURFACE, tip)
        picture.text((x + 38, (_SURFACE + tip) / 2 + 5), probe.depth(), size=14, anchor="start", bold=True, fill=ACCENT)

    def _is_solid(self) -> bool:
        return self.place in {"block", "furnace"}

    def _fill(self) -> str:
        return _FILLS.get(self.place, "#e6e9ed")


def _well(probe: Probe, language: Language) -> str:
    return tr("well {name}", language).format(name=probe.well) if probe.well else ""
