"""Fluke 8588A, 8½-digit reference multimeter (8588A/8558A Remote Programmers Manual; on a LAN port 3490).

Commands as the package fluke8588a 0.1.2 and testgear send them. That an overload is answered with 9.9E37, as SCPI has
infinity (SCPI 1999.0, volume 1, 7.2.1.4), is unverified against the manual.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from calib.drivers.dialect import SCPI
from calib.drivers.meters.multimeter import Multimeter, integration_s
from calib.drivers.setting import choice, number
from calib.errors import NoSignal, OutOfRange

DC_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
AC_V = (0.01, *DC_V)
A = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 30.0)
OHM = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10)
FILTERS_HZ = (0.1, 1.0, 10.0, 40.0, 100.0, 1000.0)
OHM_MODES = ("NORM", "HIV", "TRUE")
SINGLE = ("INIT:CONT OFF", "TRIG:SOUR IMM", "TRIG:COUN 1", "FORM ASC")


class Fluke8588A(Multimeter):
    """Voltage, current, resistance, frequency."""

    models = ("8588A",)
    dialect = SCPI
    overload = 9.9e37

    range_V = number("VOLT:DC:RANG", unit="V", allowed=DC_V, doc="Range of DC voltage, fixed, in volts.")
    nplc = number("VOLT:DC:NPLC", unit="PLC", lower=0.01, upper=500, doc="Integration of DC voltage in PLC.")
    input_impedance = choice("VOLT:DC:IMP", ("AUTO", "10M", "1M"), doc="AUTO: more than 1 TΩ below the 100 V range.")
    terminals = choice("ROUT:TERM", ("FRON", "REAR", "ISOL"), doc="Terminals that are measured at.")
    gate_s = number("FREQ:GATE", unit="s", lower=0.0001, upper=1, doc="Gate of frequency, in seconds.")

    def configure_dc_voltage(self, range_V: float, nplc: float) -> None:
        """Select a fixed range in volts and the integration time in power-line cycles; high input resistance."""
        own = type(self)
        self.write(
            'FUNC "VOLT:DC"',
            own.range_V.to(self, range_V),
            own.nplc.to(self, nplc),
            own.input_impedance.to(self, "AUTO"),
            *SINGLE,
        )
        self._set("dc_voltage", range_V, "V", integration_s(nplc))

    def read_dc_voltage(self) -> float:
        """Take one reading in volts."""
        return self._read("dc_voltage")

    def configure_ac_voltage(self, range_V: float, frequency_Hz: float) -> None:
        """Select a fixed range in volts rms, and the filter for a signal of `frequency_Hz`."""
        self._one_of("range_V", range_V, AC_V, "V")
        filter_Hz = self._detector_for(frequency_Hz, FILTERS_HZ)
        self.write('FUNC "VOLT:AC"', f"VOLT:AC:RANG {range_V:.10g}", f"VOLT:AC:FILT {filter_Hz:g}", *SINGLE)
        self._set("ac_voltage", range_V, "V", 20 / filter_Hz + 5.0)

    def read_ac_voltage(self) -> float:
        """Take one reading in volts rms."""
        return self._read("ac_voltage")

    def configure_dc_current(self, range_A: float, nplc: float) -> None:
        """Select a fixed range in amperes and the integration time in power-line cycles."""
        self._one_of("range_A", range_A, A, "A")
        self.write('FUNC "CURR:DC"', f"CURR:DC:RANG {range_A:.10g}", f"CURR:DC:NPLC {self._plc(nplc)}", *SINGLE)
        self._set("dc_current", range_A, "A", integration_s(nplc))

    def read_dc_current(self) -> float:
        """Take one reading in amperes."""
        return self._read("dc_current")

    def configure_ac_current(self, range_A: float, frequency_Hz: float) -> None:
        """Select a fixed range in amperes rms, and the filter for a signal of `frequency_Hz`."""
        self._one_of("range_A", range_A, A, "A")
        filter_Hz = self._detector_for(frequency_Hz, FILTERS_HZ)
        self.write('FUNC "CURR:AC"', f"CURR:AC:RANG {range_A:.10g}", f"CURR:AC:FILT {filter_Hz:g}", *SINGLE)
        self._set("ac_current", range_A, "A", 20 / filter_Hz + 5.0)

    def read_ac_current(self) -> float:
        """Take one reading in amperes rms."""
        return self._read("ac_current")

    def configure_resistance(self, range_ohm: float, nplc: float, *, wires: Literal[2, 4], mode: str = "NORM") -> None:
        """Select a fixed range in ohms, the integration time in power-line cycles, two or four wires.

        Mode: NORM, HIV (high voltage), or TRUE (current reversed, four wires).
        """
        self._one_of("range_ohm", range_ohm, OHM, "Ω")
        function = "RES" if self._one_of("wires", wires, (2, 4), "") == 2 else "FRES"
        if mode not in OHM_MODES or (mode == "TRUE" and wires == 2):
            msg = f"{self.who}: mode cannot be {mode!r} with {wires} wires; allowed: NORM, HIV, with 4 wires TRUE"
            raise OutOfRange(msg)
        self.write(
            f'FUNC "{function}"',
            f"{function}:RANG {range_ohm:.10g}",
            f"{function}:NPLC {self._plc(nplc)}",
            f"{function}:MODE {mode}",
            *SINGLE,
        )
        self._set("resistance", range_ohm, "Ω", integration_s(nplc) * (2 if mode == "TRUE" else 1))

    def read_resistance(self) -> float:
        """Take one reading in ohms."""
        return self._read("resistance")

    def configure_frequency(self, gate_s: float, *, range_V: float | None = None) -> None:
        """Select the gate time in seconds; the meter finds the voltage range of the signal itself."""
        if range_V is not None:
            msg = f"{self.who}: the voltage range of frequency cannot be set; allowed: None"
            raise OutOfRange(msg)
        self.write('FUNC "FREQ"', type(self).gate_s.to(self, gate_s), *SINGLE)
        self._set("frequency", None, "V", gate_s + 5.0)

    def read_frequency(self) -> float:
        """Take one reading in hertz; 0 is no signal."""
        value_Hz = self._read("frequency")
        if value_Hz == 0:
            msg = f"{self.who}: no signal to measure the frequency of; check the connection"
            raise NoSignal(msg)
        return value_Hz

    def temperature_C(self) -> float:
        """Return the temperature inside, in degrees Celsius."""
        return self.query_float("SYST:TEMP?")

    def _plc(self, nplc: float) -> str:
        return type(self).nplc.to(self, nplc).partition(" ")[2]

    @contextmanager
    def _sampling(self, count: int) -> Iterator[None]:
        self.write(f"TRIG:COUN {count}")
        try:
            yield
        finally:
            self.write("TRIG:COUN 1")
