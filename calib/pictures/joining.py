"""Instruments joined by leads: terminals left and right, and between them what joins them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from calib.pictures.cells import Cells
from calib.pictures.svg import INK, PAPER, QUIET, Svg
from calib.text import Language, Text, both, tr

Kind = Literal["high", "low", "sense high", "sense low", "guard", "cable"]
_STROKES: dict[Kind, str] = {
    "high": "#b3261e",
    "low": INK,
    "sense high": "#c4701a",
    "sense low": "#5c6670",
    "guard": "#1f7a3d",
    "cable": "#0b57a4",
}
_LEFT, _RIGHT, _BOX, _ROW = 30.0, 430.0, 190.0, 36.0
_HEAD, _GAP = 34.0, 26.0
_BOX_CELLS, _BETWEEN_CELLS = 22, 24
_STEP_CELLS = 3


@dataclass(frozen=True)
class Device:
    """An instrument with its terminals, from top to bottom."""

    id: str
    title: Text
    terminals: tuple[str, ...]
    side: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Lead:
    """What joins two terminals, or more: each as `device.TERMINAL`."""

    ends: tuple[str, ...]
    kind: Kind = "high"


def side_by_side(name: str, title: Text, left: Device, right: Device, *more: Lead) -> "Joining":
    """Return two instruments whose terminals are joined in their order, and what is joined besides."""
    pairs = zip(left.terminals, right.terminals, strict=False)
    kinds: tuple[Kind, ...] = ("high", "low", "sense high", "sense low")
    leads = (Lead((f"{left.id}.{a}", f"{right.id}.{b}"), kind) for (a, b), kind in zip(pairs, kinds, strict=False))
    return Joining(name, title, (left, right), (*leads, *more))


def to_jacks(name: str, title: Text, left: Device, right: Device, joined: tuple[str, ...]) -> "Joining":
    """Return two instruments of which the left one's terminals are joined, in their order, to jacks of the right."""
    kinds: tuple[Kind, ...] = ("high", "low")
    pairs = zip(left.terminals, joined, kinds, strict=True)
    leads = (Lead((f"{left.id}.{a}", f"{right.id}.{b}"), kind) for a, b, kind in pairs)
    return Joining(name, title, (left, right), tuple(leads))


def calibrator(*terminals: str) -> Device:
    """Return a calibrator, on the left."""
    return Device("source", both("Calibrator"), terminals)


def meter(*terminals: str) -> Device:
    """Return a meter, on the right."""
    return Device("meter", both("Meter"), terminals, "right")


@dataclass(frozen=True)
class _Place:
    device: Device
    terminal: str
    row: int
    """Of all rows of its side: the title of a device takes one, and the gap behind it another."""

    @property
    def end(self) -> str:
        return f"{self.device.id}.{self.terminal}"


@dataclass(frozen=True)
class Joining:
    """A set-up; a device without a lead is there to stay unjoined."""

    name: str
    """Such as `4-wire`."""
    title: Text
    devices: tuple[Device, ...]
    leads: tuple[Lead, ...]

    def __post_init__(self) -> None:
        known = {p.end for p in self._places()}
        for lead in self.leads:
            if missing := [end for end in lead.ends if end not in known]:
                msg = (
                    f"picture {self.name!r}: there is no terminal {missing[0]!r}; there are {', '.join(sorted(known))}"
                )
                raise ValueError(msg)
        self._across()

    def svg(self, language: Language) -> str:
        """Return the picture."""
        rows = max(p.row for p in self._places()) + 1
        picture = Svg(650, 90 + _ROW * rows + _GAP, self.title.in_(language))
        picture.heading()
        top = 78.0
        joined = {end for lead in self.leads for end in lead.ends}
        for device in self.devices:
            mine = [p for p in self._places() if p.device == device]
            x = _LEFT if device.side == "left" else _RIGHT
            y = top + _ROW * (mine[0].row - 1)
            picture.rectangle((x, y), (_BOX, _ROW * len(mine) + _HEAD), radius=8)
            picture.text((x + _BOX / 2, y + 21), device.title.in_(language), size=14, bold=True)
        self._draw_leads(picture, top)
        for place in self._places():
            x, y = self._at(place, top)
            inward, anchor = (-14.0, "end") if place.device.side == "left" else (14.0, "start")
            picture.circle((x, y), 6, fill=INK if place.end in joined else PAPER)
            picture.text((x + inward, y + 5), place.terminal, size=14, anchor=anchor)
        if not self.leads:
            picture.text((325, top + 60), tr("nothing joined", language), fill=QUIET)
        return picture.rendered()

    def lines(self, language: Language) -> list[str]:
        """Return the picture in characters."""
        cells = Cells()
        joined = {end for lead in self.leads for end in lead.ends}
        right = _BOX_CELLS + _BETWEEN_CELLS
        for device in self.devices:
            mine = [p for p in self._places() if p.device == device]
            column = 0 if device.side == "left" else right
            title = device.title.in_(language)[: _BOX_CELLS - 4]
            cells.box(mine[0].row - 1, column, _BOX_CELLS, len(mine) + 2, title)
            for place in mine:
                mark = "●" if place.end in joined else "○"
                if device.side == "left":
                    cells.text(place.row, column + 1, f"{place.terminal:>{_BOX_CELLS - 3}} {mark}")
                else:
                    cells.text(place.row, column, f"{mark} {place.terminal}")
        for number, (lead, net) in enumerate(zip(self.leads, self._nets(), strict=True)):
            places = self._ends(lead)
            column = int(self._channel(number, lead, _BOX_CELLS, right - 1, _STEP_CELLS))
            for place in places:
                cells.across(place.row, _BOX_CELLS - 1 if place.device.side == "left" else right, column, net)
            cells.down(column, min(p.row for p in places), max(p.row for p in places), net)
        if not self.leads:
            cells.text(1, _BOX_CELLS + 2, tr("nothing joined", language))
        return cells.lines()

    def _places(self) -> Iterator[_Place]:
        for side in ("left", "right"):
            row = 1
            for device in (d for d in self.devices if d.side == side):
                for terminal in device.terminals:
                    yield _Place(device, terminal, row)
                    row += 1
                row += 2

    def _ends(self, lead: Lead) -> list[_Place]:
        by_end = {p.end: p for p in self._places()}
        return [by_end[end] for end in lead.ends]

    def _nets(self) -> list[int]:
        """Return to which net each lead belongs: leads that meet at a terminal are one."""
        nets = list(range(len(self.leads)))
        for n, lead in enumerate(self.leads):
            for m in range(n):
                if set(lead.ends) & set(self.leads[m].ends):
                    nets = [nets[m] if net == nets[n] else net for net in nets]
        return nets

    def _at(self, place: _Place, top: float) -> tuple[float, float]:
        x = _LEFT + _BOX if place.device.side == "left" else _RIGHT
        return x, top + _HEAD - _ROW + _ROW * place.row + _ROW / 2

    def _draw_leads(self, picture: Svg, top: float) -> None:
        """Draw what goes across, and on top of it what goes up and down."""
        upright: list[tuple[Lead, float, list[float]]] = []
        for number, lead in enumerate(self.leads):
            places = [self._at(p, top) for p in self._ends(lead)]
            x = self._channel(number, lead, _LEFT + _BOX, _RIGHT, 24)
            for place in places:
                picture.line([place, (x, place[1])], stroke=_STROKES[lead.kind], width=3)
            upright.append((lead, x, sorted(y for _, y in places)))
        for lead, x, heights in upright:
            if heights[-1] > heights[0]:
                over = [(x, heights[0] + 6), (x, heights[-1] - 6)]
                picture.gap(over)
                picture.line([(x, heights[0] - 1.5), (x, heights[-1] + 1.5)], stroke=_STROKES[lead.kind], width=3)
                for y in heights[1:-1]:
                    picture.line([(x, y), (x + 9, y)], stroke=_STROKES[lead.kind], width=3)

    def _across(self) -> list[int]:
        """Return the leads from one side to the other by their columns, from the left: none lies upon another.

        A lead that arrives at the right in the row in which another leaves the left goes down to the right of it.
        """
        rows: dict[int, tuple[set[int], set[int]]] = {}
        for number, lead in enumerate(self.leads):
            places = self._ends(lead)
            left, right = ({p.row for p in places if p.device.side == side} for side in ("left", "right"))
            if left and right:
                rows[number] = left, right
        nets, order, waiting = self._nets(), [], list(rows)
        while waiting:
            free = [n for n in waiting if not any(nets[m] != nets[n] and rows[n][1] & rows[m][0] for m in waiting)]
            if not free:
                msg = f"picture {self.name!r}: its leads would lie upon each other; order the terminals otherwise"
                raise ValueError(msg)
            order.append(free[0])
            waiting.remove(free[0])
        return order

    def _channel(self, number: int, lead: Lead, left: float, right: float, step: float) -> float:
        """Return where a lead goes up or down: its own column, near the side that it stays on."""
        sides = {p.device.side for p in self._ends(lead)}
        if len(sides) == 2:
            order = self._across()
            return (left + right) / 2 + step * (order.index(number) - (len(order) - 1) / 2)
        alike = [n for n, other in enumerate(self.leads) if {p.device.side for p in self._ends(other)} == sides]
        away = step * (alike.index(number) + 1)
        return left + away if sides == {"left"} else right - away
