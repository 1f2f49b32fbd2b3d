"""Switches and scanners: one common pair of terminals, and a node at each channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from calib.drivers.simulation.drive import OPEN, Drive, Port
from calib.drivers.simulation.nodes import drive_of
from calib.errors import InputError
from calib.files import Strict

NOWHERE = "open"


class SwitchFile(Strict):
    """A switch or scanner. A channel `-NODE` reverses the polarity."""

    channels: Annotated[Mapping[str, str], Field(min_length=1)]
    closed: str = NOWHERE
    """The channel that is closed at first, or `open`."""
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.1
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.1e-6
    """Half-width within which each channel's emf is drawn, once and for all."""


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
        drive = Drive(ohm=0.0) if node == "short" else drive_of(self.nodes, node, at_s)
        return drive.through(self.file.resistance_ohm, self.emfs_V[self.closed])
