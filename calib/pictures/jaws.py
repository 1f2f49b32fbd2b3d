"""A clamp meter round a coil that carries current."""

from dataclasses import dataclass

from calib.pictures.cells import Cells
from calib.pictures.svg import ACCENT, BODY, INK, METAL, PAPER, QUIET, Svg
from calib.text import Language, Text, both, tr


@dataclass(frozen=True)
class Jaws:
    """Jaws closed round the coil, at right angles, the coil in their middle."""

    turns: float
    """Nominal turns of the coil."""
    name: str = "clamp"

    def title(self) -> Text:
        """Return what is to be done."""
        return both("Coil of {turns} turns in the middle of the closed jaws", turns=f"{self.turns:g}")

    def svg(self, language: Language) -> str:
        """Return the picture: the coil in the plane of the paper, the jaws across it."""
        picture = Svg(650, 340, self.title().in_(language))
        picture.heading()
        picture.rectangle((30, 110), (170, 110), radius=8)
        picture.text((115, 132), tr("calibrator", language), size=14, bold=True)
        for place, (terminal, stroke) in enumerate((("AUX HI", "#b3261e"), ("AUX LO", INK))):
            y = 160 + 36 * place
            picture.line([(200, y), (270, y)], stroke=stroke, width=3)
            picture.circle((200, y), 6, fill=INK)
            picture.text((186, y + 5), terminal, size=14, anchor="end")
        for inset in (0, 8, 16):
            picture.rectangle((270 + inset, 80 + inset), (160 - 2 * inset, 210 - 2 * inset), fill="none", radius=30)
        picture.text((342, 190), f"{self.turns:g} ×", size=16, bold=True)
        picture.rectangle((392, 150), (60, 30), fill=METAL, radius=8)
        picture.rectangle((414, 154), (16, 22), fill=PAPER, stroke=QUIET)
        for inset in (0, 8, 16):
            picture.line([(430 - inset, 152), (430 - inset, 178)])
        picture.rectangle((452, 142), (160, 46), fill=BODY, radius=10)
        picture.rectangle((520, 150), (70, 30), fill=PAPER, stroke=QUIET, radius=3)
        picture.line([(430, 132), (448, 132), (448, 150)], stroke=ACCENT)
        picture.text((452, 128), "90°", size=14, anchor="start", bold=True, fill=ACCENT)
        picture.text((532, 210), tr("clamp meter, jaws closed", language), size=13, fill=QUIET)
        return picture.rendered()

    def lines(self, language: Language) -> list[str]:
        """Return the picture in characters."""
        cells = Cells()
        cells.box(1, 0, 18, 4, tr("calibrator", language))
        for row, terminal in ((2, "AUX HI"), (3, "AUX LO")):
            cells.text(row, 1, f"{terminal:>15} ●────┤")
        cells.text(0, 22, "╔═════════════════╗")
        for row in range(1, 5):
            cells.text(row, 22, ("╢" if row in {2, 3} else "║") + " " * 17 + "║")
        cells.text(5, 22, "╚═════════════════╝")
        cells.text(4, 27, f"{self.turns:g} ×")
        cells.text(2, 37, "[══╬══]════════╗")
        cells.text(3, 50, "90°")
        cells.text(6, 38, tr("clamp meter, jaws closed", language))
        return cells.lines()
