"""Fluke and Hart Scientific 1502A and 1504: readouts of one resistance thermometer (1502A and 1504 user's guides, 7.3).

`T` answers the latest measurement with its unit, C, F, K or O for ohms; `U=` chooses it. 8N1; 9600 Bd as it is commonly
set. How often it measures is unverified against the manual: read no faster than once a second.
"""

from typing import ClassVar

from calib.drivers.hart import HART, HUSH, HartInstrument
from calib.drivers.identity import Identity
from calib.drivers.transport.base import Line
from calib.errors import OutOfRange

CHANGE_S = 0.5
TRIES = 20


class Fluke1504(HartInstrument):
    """Readout of one thermometer."""

    models = ("1504",)
    dialect = HART
    line = Line(write_end="\r", read_end="\r\n", baud=9600, hush=HUSH)

    def ask_identity(self) -> Identity:
        """Return who it says it is."""
        return Identity.from_reply(self.query("*IDN?"), self.transport.resource)

    def read_temperature_C(self, channel: int = 1) -> float:
        """Return the latest measurement in degrees Celsius, by the coefficients that are set in the readout."""
        return self._latest("C", channel)

    def read_thermometer_ohm(self, channel: int = 1) -> float:
        """Return the latest measurement in ohms."""
        return self._latest("O", channel)

    def _latest(self, unit: str, channel: int) -> float:
        """Return the latest measurement, once it is in a unit."""
        if channel != 1:
            msg = f"{self.who}: channel cannot be {channel}; allowed: 1"
            raise OutOfRange(msg)
        value, found = self.ask_number("T")
        if found != unit:
            self.write(f"U={unit}")
        for _ in range(TRIES):
            if found == unit:
                return value
            self.clock.sleep(CHANGE_S)
            value, found = self.ask_number("T")
        raise self.unreadable("T", f"{value:g} {found}", f"a measurement in {unit}")


class Fluke1502A(Fluke1504):
    """Readout of one platinum resistance thermometer, at 1 mA or 0.5 mA."""

    models = ("1502A",)
    thermometer_currents_A: ClassVar[tuple[float, ...]] = (1e-3, 0.5e-3)

    def set_thermometer_current(self, current_A: float) -> None:
        """Set the current in the thermometer, in amperes, and read it back."""
        if current_A not in self.thermometer_currents_A:
            allowed = ", ".join(f"{a:g}" for a in self.thermometer_currents_A)
            msg = f"{self.who}: current_A cannot be {current_A!r} A; allowed: {allowed} A"
            raise OutOfRange(msg)
        self.set_number("CU", current_A * 1e3, within=0.01)
