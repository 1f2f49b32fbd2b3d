"""Physics of a multimeter in DC voltage: input, integration, errors, noise, digits, overload."""

import math
from typing import Annotated, Protocol

import numpy as np
from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.truth import ErrorLaw
from calib.files import Strict

HIGH_OHM = 1e13
"""Input resistance where it is not the divider's: "more than 10 GΩ"."""
DIVIDER_OHM = 1e7
DIVIDER_ABOVE_V = 10.0
"""Ranges above this one always have the divider."""


class MeterFile(Strict):
    """What the simulation assumes of the meter; not the maker's figures."""

    line_frequency_Hz: Annotated[float, Field(gt=0)] = 50.0
    resolution_fraction: Annotated[float, Field(gt=0)] = 1e-6
    """Least digit, relative to the range."""
    noise_fraction: Annotated[float, Field(ge=0)] = 2e-7
    """Standard deviation of a reading of 1 NPLC, relative to the range."""
    noise_floor_V: Annotated[float, Field(ge=0)] = 2e-7
    bias_A: float = 1e-11
    overload_ratio: Annotated[float, Field(ge=1)] = 1.2
    highest_V: Annotated[float, Field(gt=0)] = 1010.0
    """Overload of the highest range, which has no overrange."""


class Terminals(Protocol):
    """What a meter is connected to."""

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        """Return the true voltage at the terminals."""
        ...

    def noise_V(self, integration_s: float) -> float:
        """Return the standard deviation of what comes in."""
        ...


class Meter:
    """One multimeter."""

    def __init__(
        self, file: MeterFile, law: ErrorLaw, clock: Clock, environment: Environment, rng: np.random.Generator
    ) -> None:
        self._file = file
        self._law = law
        self._clock = clock
        self._environment = environment
        self._rng = rng
        self.terminals: Terminals | None = None

    def reading_s(self, nplc: float, *, autozero: bool) -> float:
        """Return how long a reading takes, in seconds."""
        return nplc / self._file.line_frequency_Hz * (2 if autozero else 1)

    def wait(self, delay_s: float) -> None:
        """Let time pass before a reading."""
        self._clock.sleep(delay_s)

    def read(self, range_V: float, nplc: float, *, autozero: bool, high_impedance: bool) -> float | None:
        """Integrate, then return the indication in volts, or None for an overload."""
        integration_s = nplc / self._file.line_frequency_Hz
        self._clock.sleep(self.reading_s(nplc, autozero=autozero))
        terminal_V = self.terminal_V(range_V, self._clock.elapsed() - integration_s / 2, high_impedance=high_impedance)
        noise_V = math.hypot(
            self._noise_V(range_V, nplc), self.terminals.noise_V(integration_s) if self.terminals else 0
        )
        shown_V = terminal_V + self.error_V(range_V, terminal_V) + noise_V * float(self._rng.standard_normal())
        if abs(shown_V) > self._highest_V(range_V):
            return None
        digit_V = range_V * self._file.resolution_fraction
        return round(shown_V / digit_V) * digit_V

    def terminal_V(self, range_V: float, at_s: float, *, high_impedance: bool) -> float:
        """Return the true voltage at the meter's own terminals."""
        input_ohm = HIGH_OHM if high_impedance and range_V <= DIVIDER_ABOVE_V else DIVIDER_OHM
        if self.terminals is None:
            return self._file.bias_A * min(input_ohm, DIVIDER_OHM)
        return self.terminals.voltage(input_ohm, self._file.bias_A, at_s)

    def error_V(self, range_V: float, terminal_V: float) -> float:
        """Return the noise-free indication minus the voltage at the terminals, in volts."""
        return self._law.error_V(terminal_V, range_V, self._environment.temperature_C())

    def _noise_V(self, range_V: float, nplc: float) -> float:
        return math.hypot(self._file.noise_fraction * range_V, self._file.noise_floor_V) / math.sqrt(nplc)

    def _highest_V(self, range_V: float) -> float:
        return min(range_V * self._file.overload_ratio, max(self._file.highest_V, range_V))

    def autorange(self, ranges_V: tuple[float, ...], *, high_impedance: bool) -> float:
        """Return the lowest range that holds what is at the terminals."""
        now_s = self._clock.elapsed()
        for range_V in ranges_V[:-1]:
            if (
                abs(self.terminal_V(range_V, now_s, high_impedance=high_impedance))
                <= range_V * self._file.overload_ratio
            ):
                return range_V
        return ranges_V[-1]
