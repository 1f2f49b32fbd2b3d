"""What lies on an electrical bench without an interface: resistors, cells, and switches between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from calib.drivers.simulation.drive import OPEN, Drive, Port
from calib.drivers.simulation.environment import Environment
from calib.errors import InputError
from calib.files import Strict

REFERENCE_C = 23.0
NOWHERE = "open"


class ResistorFile(Strict):
    """A standard resistor, or a shunt that another node feeds a current through."""

    kind: Literal["resistor"]
    nominal_ohm: Annotated[float, Field(gt=0)]
    tolerance: Annotated[float, Field(ge=0)] = 1e-5
    """Half-width, relative, within which its true value is drawn."""
    per_K: Annotated[float, Field(ge=0)] = 0.0
    """Half-width of its temperature coefficient, relative, from 23 °C."""
    fed_by: str | None = None
    """The node at its current terminals; leads are joined to its potential terminals."""


class CellFile(Strict):
    """A standard of DC voltage: a cell or a Zener reference."""

    kind: Literal["cell"]
    nominal_V: float
    tolerance: Annotated[float, Field(ge=0)] = 1e-5
    per_K: Annotated[float, Field(ge=0)] = 0.0
    resistance_ohm: Annotated[float, Field(ge=0)] = 1.0


ComponentFile = Annotated[ResistorFile | CellFile, Field(discriminator="kind")]


class SwitchFile(Strict):
    """A switch or scanner: one common pair of terminals, and a node at each channel."""

    channels: Annotated[Mapping[str, str], Field(min_length=1)]
    closed: str = NOWHERE
    """The channel that is closed at first, or `open`."""
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.1
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.1e-6
    """Half-width within which each channel's emf is drawn, once and for all."""


class _Drawn:
    """A value drawn round a nominal one, that follows the temperature."""

    def __init__(
        self, nominal: float, tolerance: float, per_K: float, environment: Environment, rng: np.random.Generator
    ) -> None:
        error, self._per_K = tolerance * float(rng.uniform(-1, 1)), per_K * float(rng.uniform(-1, 1))
        self._value_at_23_C = nominal * (1 + error)
        self._environment = environment

    def value(self) -> float:
        """Return the true value at the present temperature."""
        return self._value_at_23_C * (1 + self._per_K * (self._environment.temperature_C() - REFERENCE_C))


class Resistor:
    """A resistor of four terminals. What feeds it makes a voltage at its potential terminals."""

    def __init__(
        self, file: ResistorFile, nodes: Mapping[str, Port], environment: Environment, rng: np.random.Generator
    ) -> None:
        self._drawn = _Drawn(file.nominal_ohm, file.tolerance, file.per_K, environment, rng)
        self._fed_by = file.fed_by
        self._nodes = nodes

    def value(self) -> float:
        """Return the true resistance in ohms."""
        return self._drawn.value()

    def drive(self, at_s: float) -> Drive:
        """Return the resistance, and what its feed makes of it."""
        ohm = self.value()
        if self._fed_by is None:
            return Drive(ohm)
        feed = self._nodes[self._fed_by].drive(at_s)
        volts, rms = feed.voltage(ohm), feed.ac_voltage(ohm)
        noise_V = 0.0 if feed.is_open else feed.noise_A * ohm + feed.noise_V
        return Drive(feed.beside(ohm).ohm, dc_V=volts, rms_V=rms, frequency_Hz=feed.frequency_Hz, noise_V=noise_V)


class Cell:
    """A standard of DC voltage."""

    def __init__(self, file: CellFile, environment: Environment, rng: np.random.Generator) -> None:
        self._drawn = _Drawn(file.nominal_V, file.tolerance, file.per_K, environment, rng)
        self._ohm = file.resistance_ohm

    def value(self) -> float:
        """Return the true voltage in volts."""
        return self._drawn.value()

    def drive(self, at_s: float) -> Drive:
        """Return the emf behind its resistance."""
        return Drive(self._ohm, dc_V=self.value())


@dataclass
class Switch:
    """A switch with one channel closed, or none."""

    file: SwitchFile
    nodes: Mapping[str, Port]
    emfs_V: Mapping[str, float]
    closed: str = NOWHERE

    @classmethod
    def of(cls, file: SwitchFile, nodes: Mapping[str, Port], rng: np.random.Generator) -> "Switch":
        """Return a switch, each channel of which has an emf of its own."""
        emfs_V = {channel: file.thermal_emf_V * float(rng.uniform(-1, 1)) for channel in file.channels}
        switch = cls(file, nodes, emfs_V)
        switch.connect(file.closed)
        return switch

    def connect(self, channel: str) -> None:
        """Close one channel and open all others, or `open` all."""
        if channel not in {*self.file.channels, NOWHERE}:
            msg = f"a switch is at one of {', '.join(self.file.channels)}, {NOWHERE}, not at {channel!r}"
            raise InputError(msg)
        self.closed = channel

    def drive(self, at_s: float) -> Drive:
        """Return what comes through the closed channel."""
        node = self.file.channels.get(self.closed, NOWHERE)
        if node == NOWHERE:
            return OPEN
        drive = Drive(ohm=0.0) if node == "short" else self.nodes[node].drive(at_s)
        return drive.through(self.file.resistance_ohm, self.emfs_V[self.closed])
