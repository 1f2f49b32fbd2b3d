"""The simulated bench as a procedure's `truth` sees it."""

from typing import Protocol, runtime_checkable

from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.truth_file import Function


@runtime_checkable
class KnowsValues(Protocol):
    """A world whose parts have true values."""

    def value(self, name: str) -> float | None:
        """Return the true value of a part; None where there is none of that name."""
        ...


class BenchWorld:
    """What is true on a simulated bench; roles and instruments have the same names there."""

    def __init__(self, bench: SimulatedBench) -> None:
        self.bench = bench
        self._truth = bench.truth

    def output(self, role: str, quantity: str, nominal: float, frequency_Hz: float | None = None) -> float:
        """Return what the instrument in `role` really puts out when it is set to `nominal`."""
        function: Function = quantity  # type: ignore[assignment]
        return nominal + self._truth.source_error(function, nominal, frequency_Hz=frequency_Hz or 0.0, name=role)

    def error(self, role: str, quantity: str, full_scale: float, at: float, frequency_Hz: float | None = None) -> float:
        """Return the error of indication of the instrument in `role` in a range, when `at` is at its terminals."""
        function: Function = quantity  # type: ignore[assignment]
        return self._truth.indication_error(function, full_scale, at, frequency_Hz=frequency_Hz or 0.0, name=role)

    def temperature_error(self, role: str, sensor: str, temperature_C: float) -> float:
        """Return by how much an indicator shows too much with an ideal sensor at a temperature."""
        return self._truth.temperature_error(sensor, temperature_C, name=role)

    def value(self, name: str, temperature_C: float | None = None) -> float:
        """Return the true value of a component, as it is or at a temperature, or of what a further world has."""
        for world in self.bench.worlds.values():
            if isinstance(world, KnowsValues) and (found := world.value(name)) is not None:
                return found
        return self._truth.component(name, temperature_C)
