"""A coil of many turns for clamp meters: what its jaws embrace is the current, times the effective turns."""

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from calib.drivers.simulation.components import Nodes, Valued
from calib.drivers.simulation.drive import OPEN, Drive
from calib.drivers.simulation.nodes import drive_of
from calib.drivers.simulation.standard_value import StandardFile


class CoilFile(StandardFile):
    """A coil, fed by a source of current; `tolerance` is that of its effective turns."""

    feeds: ClassVar[tuple[str, ...]] = ("fed_by",)
    kind: Literal["coil"]
    turns: Annotated[float, Field(gt=0)]
    fed_by: str
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.02
    inductance_H: Annotated[float, Field(ge=0)] = 0.0
    """With the resistance what the source must drive its current through."""


class Coil:
    """A coil as its jaws see it: an ideal current, whatever the burden."""

    def __init__(self, file: CoilFile, nodes: Nodes, valued: Valued) -> None:
        self._file = file
        self._nodes = nodes
        self._turns = valued(file.turns, file)

    def value(self, temperature_C: float | None = None) -> float:
        """Return the effective turns."""
        return self._turns.now(temperature_C)

    def drive(self, at_s: float) -> Drive:
        """Return the ampere-turns."""
        feed = drive_of(self._nodes, self._file.fed_by, at_s)
        if feed.is_open:
            return OPEN
        turns, ohm = self.value(), max(self._file.resistance_ohm, 1e-9)
        reactance_ohm = 2 * math.pi * feed.frequency_Hz * self._file.inductance_H
        rms_A = feed.ac_current(complex(ohm, reactance_ohm)) if feed.alternates else 0.0
        return Drive(
            dc_A=turns * feed.current(ohm),
            rms_A=turns * rms_A,
            frequency_Hz=feed.frequency_Hz,
            noise_A=turns * feed.noise_A,
        )
