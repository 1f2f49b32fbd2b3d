"""One multimeter: readings of what its input senses, with errors, noise, digits and overload, on the bench's clock."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from calib.clock import Clock
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.meter_functions import FUNCTIONS
from calib.drivers.simulation.meter_input import Front, How, MeterFile, Sensed
from calib.drivers.simulation.truth import ErrorLaw

__all__ = ["How", "Meter", "MeterFile", "Sensed"]


class Exact:
    """The law of a function in which nothing is known to be wrong."""

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return 0."""
        return 0.0


EXACT: ErrorLaw = Exact()


class Meter(Front):
    """One multimeter. `laws` holds its true errors by function, such as "dc_voltage"."""

    def __init__(
        self,
        file: MeterFile,
        laws: Mapping[str, ErrorLaw],
        clock: Clock,
        environment: Environment,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(file)
        self.clock = clock
        self._laws = laws
        self._environment = environment
        self._rng = rng
        self._found: dict[str, ErrorLaw] = {}
        self._filters_Hz: dict[tuple[str, float], set[float]] = {}
        """Filters of the AC detector that were used, by function and range."""

    def read(self, how: How) -> float | None:
        """Take a reading in the time that it takes; return the indication, or None for an overload."""
        self.clock.sleep(how.duration_s)
        return self.indication(how, self.clock.elapsed())

    def indication(self, how: How, end_s: float) -> float | None:
        """Return the indication of a reading that ends at `end_s`, or None for an overload."""
        sensed = self.sense(how, end_s)
        if sensed.rms:
            self._filters_Hz.setdefault((how.function, how.range), set()).add(how.filter_Hz)
        if math.isinf(sensed.value):
            return None
        error = self.error(how, sensed.value, frequency_Hz=sensed.frequency_Hz, at_s=end_s)
        shown = sensed.value + error + sensed.noise * float(self._rng.standard_normal())
        shown = abs(shown) if sensed.rms else shown
        if abs(shown) > how.limit:
            return None
        digit = how.digit if self.file.resolution_fraction is None else how.range * self.file.resolution_fraction
        return round(shown / digit) * digit

    def sense(self, how: How, end_s: float) -> Sensed:
        """Return what the input makes of the terminals, half an integration before `end_s`."""
        return FUNCTIONS[how.function].sense(self, how, end_s - how.integration_s / 2)

    def error(self, how: How, value: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0) -> float:
        """Return the noise-free indication minus the value at the terminals."""
        name = FUNCTIONS[how.function].law
        law = self._found.get(name)
        if law is None:
            law = self._found[name] = self._laws.get(name, EXACT)
        full_scale = abs(value) if name == "frequency" else how.range
        return law.error(value, full_scale, self._environment.temperature_C(), frequency_Hz=frequency_Hz, at_s=at_s)

    def exact(
        self, function: str, range_: float, value: float, frequency_Hz: float, at_s: float
    ) -> tuple[float, float]:
        """Return what it senses of a value at its terminals, and its error there, without noise and digits."""
        filters_Hz = [f for f in self._filters_Hz.get((function, range_), ()) if f <= frequency_Hz]
        how = How(function, range_, math.inf, 0.0, 0.0, filter_Hz=max(filters_Hz, default=0.0))
        sensed = value * FUNCTIONS[function].gain(self, how, frequency_Hz)
        return sensed, self.error(how, sensed, frequency_Hz=frequency_Hz, at_s=at_s)

    def autorange(self, ways: Iterable[How]) -> How:
        """Return the first of `ways`, from the lowest range up, that holds what is at the terminals; else the last."""
        for how in ways:
            value = self.sense(how, self.clock.elapsed()).value
            if math.isfinite(value) and abs(value) <= how.limit:
                break
        return how

    def inner_C(self) -> float:
        """Return the temperature inside, in degrees Celsius."""
        return self._environment.temperature_C() + self.file.rise_K

    def terminal_C(self) -> float:
        """Return the temperature of the terminals, in degrees Celsius."""
        return self._environment.temperature_C() + self.file.terminal_rise_K
