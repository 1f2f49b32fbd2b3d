"""What lies on an electrical bench without an interface: resistors, cells, cells in opposition."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from calib.drivers.simulation.drive import Drive, Port
from calib.drivers.simulation.nodes import drive_of
from calib.drivers.simulation.standard_value import StandardFile, StandardValue
from calib.files import Strict

Nodes = Mapping[str, Port]
Valued = Callable[[float, StandardFile], StandardValue]
"""Makes the true value of the component at hand from its nominal one."""


class ResistorFile(StandardFile):
    """A standard resistor, or a shunt that another node feeds a current through."""

    feeds: ClassVar[tuple[str, ...]] = ("fed_by",)
    kind: Literal["resistor"]
    nominal_ohm: Annotated[float, Field(gt=0)]
    fed_by: str | None = None
    """The node at its current terminals; leads are joined to its potential terminals."""


class CellFile(StandardFile):
    """A standard of DC voltage: a cell or a Zener reference."""

    feeds: ClassVar[tuple[str, ...]] = ()
    kind: Literal["cell"]
    nominal_V: float
    resistance_ohm: Annotated[float, Field(ge=0)] = 1.0


class OppositionFile(Strict):
    """Two nodes in series, the second one the other way round: their difference is between the two ends."""

    feeds: ClassVar[tuple[str, ...]] = ("plus", "minus")
    kind: Literal["opposition"]
    plus: str
    minus: str
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.0
    """Half-width within which the emf of the joints between the two is drawn; it turns round with them."""


class Resistor:
    """A resistor of four terminals. What feeds it makes a voltage at its potential terminals."""

    def __init__(self, file: ResistorFile, nodes: Nodes, valued: Valued) -> None:
        self._value = valued(file.nominal_ohm, file)
        self._fed_by = file.fed_by
        self._nodes = nodes

    def value(self, temperature_C: float | None = None) -> float:
        """Return the true resistance in ohms, now unless a temperature is given."""
        return self._value.now(temperature_C)

    def drive(self, at_s: float) -> Drive:
        """Return the resistance, and what its feed makes of it."""
        ohm = self.value()
        if self._fed_by is None:
            return Drive(ohm)
        feed = drive_of(self._nodes, self._fed_by, at_s)
        volts, rms = feed.voltage(ohm), feed.ac_voltage(ohm)
        noise_V = 0.0 if feed.is_open else feed.noise_A * ohm + feed.noise_V
        return Drive(feed.beside(ohm).ohm, dc_V=volts, rms_V=rms, frequency_Hz=feed.frequency_Hz, noise_V=noise_V)


class Cell:
    """A standard of DC voltage."""

    def __init__(self, file: CellFile, valued: Valued) -> None:
        self._value = valued(file.nominal_V, file)
        self._ohm = file.resistance_ohm

    def value(self, temperature_C: float | None = None) -> float:
        """Return the true voltage in volts."""
        return self._value.now(temperature_C)

    def drive(self, at_s: float) -> Drive:
        """Return the emf behind its resistance."""
        return Drive(self._ohm, dc_V=self.value())


class Opposition:
    """Two nodes in opposition."""

    def __init__(self, file: OppositionFile, nodes: Nodes, rng: np.random.Generator) -> None:
        self._file = file
        self._nodes = nodes
        self._emf_V = file.thermal_emf_V * float(rng.uniform(-1, 1))

    def value(self, temperature_C: float | None = None) -> float:
        """Return the emf of the joints, in volts."""
        del temperature_C
        return self._emf_V

    def drive(self, at_s: float) -> Drive:
        """Return the difference of the two, behind both their resistances."""
        first = drive_of(self._nodes, self._file.plus, at_s)
        second = drive_of(self._nodes, self._file.minus, at_s)
        return first.in_series(second.reversed()).through(0.0, self._emf_V)
