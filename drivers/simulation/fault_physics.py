"""What faults do to the physics of one instrument: errors beyond its specification, an input that is overloaded."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from calib.clock import Clock
from calib.drivers.simulation.pan import Pan
from calib.drivers.simulation.terminals import Alternating, Input, Terminals, Wires
from calib.drivers.simulation.truth import Spoiled

BEYOND = 1e9
"""Volts and amperes that no range holds."""


@dataclass
class Overloaded:
    """Terminals with far too much on them until a time on the bench's clock."""

    behind: Terminals
    until_s: float

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return too much, or what is there once it is over."""
        return BEYOND if at_s < self.until_s else self.behind.voltage(input_ohm, bias_A, at_s)

    def noise_V(self, integration_s: float) -> float:
        """Return what is there."""
        return self.behind.noise_V(integration_s)

    def ac_voltage(self, input_ohm: float, input_F: float, at_s: float) -> Alternating:
        """Return too much, or what is there once it is over."""
        return Alternating(BEYOND, 1e3) if at_s < self.until_s else self.behind.ac_voltage(input_ohm, input_F, at_s)

    def current(self, burden_ohm: float, at_s: float) -> float:
        """Return too much, or what is there once it is over."""
        return BEYOND if at_s < self.until_s else self.behind.current(burden_ohm, at_s)

    def noise_A(self, integration_s: float) -> float:
        """Return what is there."""
        return self.behind.noise_A(integration_s)

    def ac_current(self, burden_ohm: float, at_s: float) -> Alternating:
        """Return too much, or what is there once it is over."""
        return Alternating(BEYOND, 1e3) if at_s < self.until_s else self.behind.ac_current(burden_ohm, at_s)

    def resistance(self, wires: Wires, test_A: float, at_s: float) -> float:
        """Return inf, or what is there once it is over."""
        return math.inf if at_s < self.until_s else self.behind.resistance(wires, test_A, at_s)

    def frequency(self, at_s: float) -> float:
        """Return what is there."""
        return self.behind.frequency(at_s)

    def frequency_noise(self, gate_s: float) -> float:
        """Return what is there."""
        return self.behind.frequency_noise(gate_s)


class UnitPhysics:
    """What faults can change in one instrument."""

    def __init__(
        self, clock: Clock, laws: Mapping[str, Spoiled], inputs: Iterable[Input], pan: Pan | None = None
    ) -> None:
        self._clock = clock
        self._laws = laws
        self._inputs = tuple(inputs)
        self._pan = pan

    def drift(self, function: str, *, relative: float, offset: float) -> Callable[[], None]:
        """Let the instrument err by more in one function; it has no effect where it has none."""
        law = self._laws.get(function)
        if law is None:
            return lambda: None
        law.gain, law.offset = relative, offset

        def heal() -> None:
            law.gain = law.offset = 0.0

        return heal

    def overload(self, seconds: float | None) -> Callable[[], None]:
        """Overload all inputs and the pan, for a time on the bench's clock or until undone."""
        until_s = math.inf if seconds is None else self._clock.elapsed() + seconds
        before = [(each, each.terminals) for each in self._inputs]
        for each, behind in before:
            each.terminals = Overloaded(behind, until_s)
        if self._pan is not None:
            self._pan.overload_until(until_s)

        def end() -> None:
            if self._pan is not None:
                self._pan.overload_until(-math.inf)
            for each, behind in before:
                each.terminals = behind

        return end
