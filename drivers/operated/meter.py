"""A meter without an interface: a person sets it and types what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from calib.drivers.dialect import SCPI
from calib.drivers.meters.multimeter import Multimeter
from calib.drivers.operated.person import MODEL, OVERLOAD, named

PATIENCE_S = 3600.0


class OperatorRead(Multimeter):
    """A meter of what is direct. It integrates as it likes; what its display shows is typed."""

    models = (MODEL,)
    dialect = SCPI
    overload = OVERLOAD
    most_readings = 100

    @property
    def who(self) -> str:
        """Its name on the bench: it tells no other."""
        return named(self.transport.resource)

    def configure_dc_voltage(self, range_V: float, nplc: float = 0.0) -> None:
        """Have a fixed range in volts selected."""
        self._configure("dc_voltage", range_V, "V")

    def read_dc_voltage(self) -> float:
        """Take one reading in volts."""
        return self._read("dc_voltage")

    def configure_dc_current(self, range_A: float, nplc: float = 0.0) -> None:
        """Have a fixed range in amperes selected."""
        self._configure("dc_current", range_A, "A")

    def read_dc_current(self) -> float:
        """Take one reading in amperes."""
        return self._read("dc_current")

    def configure_resistance(self, range_ohm: float, nplc: float = 0.0, *, wires: Literal[2, 4] = 2) -> None:
        """Have a fixed range in ohms selected."""
        self._configure("resistance", range_ohm, "Ω")

    def read_resistance(self) -> float:
        """Take one reading in ohms."""
        return self._read("resistance")

    def configure_frequency(self, gate_s: float = 0.0) -> None:
        """Have frequency selected."""
        self._configure("frequency", 0.0, "Hz")

    def read_frequency(self) -> float:
        """Take one reading in hertz."""
        return self._read("frequency")

    def adjust_zero(self) -> None:
        """Have the key pressed that takes what is shown now off all that follows, until the knob is turned."""
        self._configured()
        self.write("ZERO")

    def _configure(self, function: str, range_: float, unit: str) -> None:
        self.write(f"CONF {function},{range_:.10g}")
        self._set(function, range_ or None, unit, PATIENCE_S)

    def _burst(self, count: int, timeout_s: float) -> list[float]:
        """Ask for the readings one by one."""
        return [self.query_float("READ?", timeout_s=timeout_s) for _ in range(count)]

    @contextmanager
    def _sampling(self, count: int) -> Iterator[None]:
        """Do nothing: a person needs not be told how many are to come."""
        del count
        yield


class OperatorReadMeter(OperatorRead):
    """A hand-held or a clamp meter."""

    def configure_ac_voltage(self, range_V: float, frequency_Hz: float = 0.0) -> None:
        """Have a fixed range in volts rms selected."""
        self._configure("ac_voltage", range_V, "V")

    def read_ac_voltage(self) -> float:
        """Take one reading in volts rms."""
        return self._read("ac_voltage")

    def configure_ac_current(self, range_A: float, frequency_Hz: float = 0.0) -> None:
        """Have a fixed range in amperes rms selected."""
        self._configure("ac_current", range_A, "A")

    def read_ac_current(self) -> float:
        """Take one reading in amperes rms."""
        return self._read("ac_current")
