"""What is true on a simulated bench, as a procedure asks for it: studies give it, and nobody at a real bench can."""

from typing import Protocol


class Truth(Protocol):
    """The simulated world without noise and digits. Numbers are in coherent SI units."""

    def output(self, role: str, quantity: str, nominal: float, frequency_Hz: float | None = None) -> float:
        """Return what the instrument in `role` really puts out when it is set to `nominal`."""
        ...

    def error(
        self, role: str, quantity: str, full_scale: float, value: float, frequency_Hz: float | None = None
    ) -> float:
        """Return the error of indication of the instrument in `role` in a range, when `at` is at its terminals."""
        ...

    def temperature_error(self, role: str, sensor: str, temperature_C: float) -> float:
        """Return by how much an indicator shows too much, in kelvin, with an ideal sensor at a temperature.

        Sensors are `thermocouple.K.internal` (compensated by the indicator), `thermocouple.K.0C`, `rtd.Pt100.4`.
        """
        ...

    def value(self, name: str, temperature_C: float | None = None) -> float:
        """Return the true value of a part of the bench without an interface, such as a resistor, at a temperature.

        Without one at the temperature of the bench.
        """
        ...
