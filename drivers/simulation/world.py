"""What lies between a calibrator and a meter: a lead, where it goes, and what that puts on the meter's terminals.

The meter loads what it measures; each new contact has a thermal emf of its own; an open lead floats.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.source import Output
from calib.errors import InputError
from calib.files import Strict

Node = Literal["calibrator", "short", "open"]
NODES: tuple[Node, ...] = get_args(Node)


class LeadFile(Strict):
    """A pair of wires from one instrument's output to another's input."""

    source: str
    meter: str
    connected: Node = "open"
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.05
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.2e-6
    """Half-width within which each contact's emf is drawn."""
    short_emf_V: Annotated[float, Field(ge=0)] = 0.02e-6
    """The same for the low-thermal short."""
    floating_V: Annotated[float, Field(ge=0)] = 0.6
    """How far an open high-resistance input wanders."""


@dataclass(frozen=True)
class Contact:
    """What the lead is joined to, and the thermal emf that this contact brings."""

    node: Node
    emf_V: float


class Lead:
    """The meter's end of a lead, and where its other end is."""

    def __init__(self, file: LeadFile, output: Output, clock: Clock, rng: np.random.Generator) -> None:
        self._file = file
        self._output = output
        self._clock = clock
        self._rng = rng
        self._phases = [float(p) for p in rng.uniform(0, 2 * math.pi, size=3)]
        self.contact: Contact
        self.connect(file.connected)

    def connect(self, node: str) -> None:
        """Move the lead's far end; every contact brings an emf of its own."""
        wanted = next((n for n in NODES if n == node), None)
        if wanted is None:
            msg = f"a lead is connected to one of {', '.join(NODES)}, not to {node!r}"
            raise InputError(msg)
        half_width_V = self._file.short_emf_V if wanted == "short" else self._file.thermal_emf_V
        self.contact = Contact(wanted, half_width_V * float(self._rng.uniform(-1, 1)))

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return the true voltage at the meter's terminals, which load it with `input_ohm` and a bias current."""
        contact, series_ohm = self.contact, self._file.resistance_ohm
        if contact.node == "short":
            open_V: float | None = contact.emf_V
        elif contact.node == "calibrator":
            source_V = self._output.voltage(at_s)
            open_V = None if source_V is None else source_V + contact.emf_V
            series_ohm += self._output.resistance_ohm
        else:
            open_V = None
        if open_V is None:
            return self._floating(input_ohm, bias_A, at_s)
        return (open_V + bias_A * series_ohm) * input_ohm / (input_ohm + series_ohm)

    def noise_V(self, integration_s: float) -> float:
        """Return the standard deviation of what the lead brings, over an integration time, in volts."""
        driven = self.contact.node == "calibrator" and self._output.now.operating
        return self._output.noise_V(integration_s) if driven else 0.0

    def _floating(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return an open input's voltage: the divider holds it near zero, a very high resistance lets it wander."""
        if input_ohm <= 1e8:
            return bias_A * input_ohm
        a, b, c = self._phases
        slow = 0.5 * math.sin(at_s / 41.0 + a) + 0.35 * math.sin(at_s / 13.7 + b) + 0.15 * math.sin(at_s / 3.1 + c)
        return self._file.floating_V * slow
