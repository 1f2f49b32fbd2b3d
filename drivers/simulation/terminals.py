"""What a meter's input sees of the electrical world: SI units, and times of the bench's clock."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

Wires = Literal[2, 3, 4]


@dataclass(frozen=True)
class Alternating:
    """What alternates, without its direct component."""

    rms: float
    """In volts or amperes."""
    frequency_Hz: float
    """0 where nothing alternates."""


NOTHING = Alternating(0.0, 0.0)


class Terminals(Protocol):
    """What a meter is connected to. Every question says how the meter loads it."""

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return the direct voltage at the terminals, loaded with a resistance and a bias current."""
        ...

    def noise_V(self, integration_s: float) -> float:
        """Return the standard deviation of the direct voltage that comes in, over an integration time."""
        ...

    def ac_voltage(self, input_ohm: float, input_F: float, at_s: float) -> Alternating:
        """Return the alternating voltage at the terminals, loaded with a resistance and a capacitance."""
        ...

    def current(self, burden_ohm: float, at_s: float) -> float:
        """Return the direct current through a burden, in amperes; 0 of an open circuit."""
        ...

    def noise_A(self, integration_s: float) -> float:
        """Return the standard deviation of the direct current that comes in, over an integration time."""
        ...

    def ac_current(self, burden_ohm: float, at_s: float) -> Alternating:
        """Return the alternating current through a burden."""
        ...

    def resistance(self, wires: Wires, test_A: float, at_s: float) -> float:
        """Return voltage divided by test current, in ohms: with the leads for 2 wires; inf of an open circuit.

        With 3 wires what two of them differ by is in it.
        Emf in the circuit is in it; a meter with offset compensation asks with two currents.
        """
        ...

    def frequency(self, at_s: float) -> float:
        """Return the frequency of what alternates, in hertz; 0 when nothing does."""
        ...

    def frequency_noise(self, gate_s: float) -> float:
        """Return the relative standard deviation of the frequency that comes in, over a gate."""
        ...


class Input(Protocol):
    """The side of a meter that a lead is joined to; `UNCONNECTED` until then."""

    terminals: Terminals


class Unconnected:
    """Terminals that nothing is joined to."""

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return what the bias current makes of the input's own resistance, at most 10 MΩ of it."""
        return bias_A * min(input_ohm, 1e7)

    def noise_V(self, integration_s: float) -> float:
        """Return 0."""
        return 0.0

    def ac_voltage(self, input_ohm: float, input_F: float, at_s: float) -> Alternating:
        """Return nothing."""
        return NOTHING

    def current(self, burden_ohm: float, at_s: float) -> float:
        """Return 0."""
        return 0.0

    def noise_A(self, integration_s: float) -> float:
        """Return 0."""
        return 0.0

    def ac_current(self, burden_ohm: float, at_s: float) -> Alternating:
        """Return nothing."""
        return NOTHING

    def resistance(self, wires: Wires, test_A: float, at_s: float) -> float:
        """Return inf."""
        return math.inf

    def frequency(self, at_s: float) -> float:
        """Return 0."""
        return 0.0

    def frequency_noise(self, gate_s: float) -> float:
        """Return 0."""
        return 0.0


UNCONNECTED: Terminals = Unconnected()
