"""The multimeters that speak the 34401A's SCPI.

Commands: HP 34401A User's Guide, chapter 4; the Fluke 8845A/8846A Programmers Manual lists the same ones. CONFigure
presets all but what it names: autozero on, one reading on an immediate trigger, the automatic delay.
"""

from typing import ClassVar, Literal

from calib.drivers.dialect import SCPI
from calib.drivers.meters.multimeter import Measuring, Multimeter, integration_s
from calib.drivers.setting import Setting, choice, number, switch
from calib.errors import NoSignal

RANGES_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
NPLC = (0.02, 0.2, 1.0, 10.0, 100.0)
GATES_S = (0.01, 0.1, 1.0)
FUNCTIONS = {
    "VOLT": ("dc_voltage", "V", None),
    "VOLT:DC": ("dc_voltage", "V", None),
    "VOLT:AC": ("ac_voltage", "V", None),
    "CURR": ("dc_current", "A", None),
    "CURR:DC": ("dc_current", "A", None),
    "CURR:AC": ("ac_current", "A", None),
    "RES": ("resistance", "Ω", 2),
    "FRES": ("resistance", "Ω", 4),
    "FREQ": ("frequency", "Hz", None),
    "PER": ("period", "s", None),
    "DIOD": ("diode", "V", None),
    "CONT": ("continuity", "Ω", None),
}
"""What `CONF?` answers, as a quoted string with range and resolution after it (User's Guide, chapter 4)."""
NO_RANGE = {"frequency", "period"}
"""`CONF?` tells no range of these that could be set."""
DETECTORS_S = {3.0: 7.0, 20.0: 1.0, 200.0: 0.6}
"""Time of an AC reading with the automatic delay, by the detector's lowest frequency (User's Guide, chapter 8)."""


class Dmm34401(Multimeter):
    """A multimeter with the 34401A's command set. The ranges of a model are in its own class."""

    dialect = SCPI
    overload = 9.9e37
    ranges_V: ClassVar[tuple[float, ...]] = RANGES_V
    ac_ranges_V: ClassVar[tuple[float, ...]] = (0.1, 1.0, 10.0, 100.0, 750.0)
    dc_ranges_A: ClassVar[tuple[float, ...]] = (0.01, 0.1, 1.0, 3.0)
    ac_ranges_A: ClassVar[tuple[float, ...]] = (1.0, 3.0)
    ranges_ohm: ClassVar[tuple[float, ...]] = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
    plc: ClassVar[tuple[float, ...]] = NPLC

    range_V = number("VOLT:DC:RANG", unit="V", allowed=RANGES_V, doc="Range of DC voltage, fixed, in volts.")
    nplc: Setting[float] = number(
        "VOLT:DC:NPLC", unit="PLC", allowed=NPLC, doc="Integration time of DC voltage in power-line cycles."
    )
    high_impedance = switch(
        "INP:IMP:AUTO", doc="True: more than 10 GΩ on the ranges up to 10 V; False: 10 MΩ on all ranges."
    )
    autozero = switch("ZERO:AUTO", doc="True: the offset is measured and taken off with every reading.")
    trigger_source = choice("TRIG:SOUR", ("IMM", "BUS", "EXT"), doc="What starts a reading.")
    detector_Hz = number(
        "DET:BAND", unit="Hz", allowed=tuple(DETECTORS_S), doc="Lowest frequency that the AC detector follows."
    )
    gate_s = number("FREQ:APER", unit="s", allowed=GATES_S, doc="Gate of frequency, in seconds.")

    def configure_dc_voltage(self, range_V: float, nplc: float, *, high_impedance: bool = False) -> None:
        """Select a fixed range in volts, the integration time in power-line cycles, the input resistance; autozero on.

        One message, so that nothing comes between.
        """
        own = type(self)
        self.write(
            'FUNC "VOLT:DC"',
            own.range_V.to(self, range_V),
            own.nplc.to(self, nplc),
            own.high_impedance.to(self, high_impedance),
            own.autozero.to(self, value=True),
            own.trigger_source.to(self, "IMM"),
            "TRIG:COUN 1",
            "SAMP:COUN 1",
        )
        self.known.update(range_V=range_V, nplc=nplc, high_impedance=high_impedance, autozero=True)
        self._set("dc_voltage", range_V, "V", integration_s(nplc))

    def read_dc_voltage(self) -> float:
        """Take one reading in volts.

        Raises
        ------
        Overload
            The input exceeds the range.
        """
        if self.measuring is None:  # as somebody else, or the panel, has set it
            self._set("dc_voltage", None, "V", integration_s(self.nplc))
        return self._read("dc_voltage")

    def configure_ac_voltage(self, range_V: float, frequency_Hz: float) -> None:
        """Select a fixed range in volts rms, and the detector for a signal of `frequency_Hz`."""
        self._one_of("range_V", range_V, self.ac_ranges_V, "V")
        filter_Hz = self._detector_for(frequency_Hz, tuple(DETECTORS_S))
        self.write(f"CONF:VOLT:AC {range_V:.10g}", self._detector("VOLT:AC", filter_Hz))
        self._set("ac_voltage", range_V, "V", 2 * DETECTORS_S[filter_Hz])

    def read_ac_voltage(self) -> float:
        """Take one reading in volts rms."""
        return self._read("ac_voltage")

    def configure_dc_current(self, range_A: float, nplc: float) -> None:
        """Select a fixed range in amperes and the integration time in power-line cycles; autozero on."""
        self._one_of("range_A", range_A, self.dc_ranges_A, "A")
        self._one_of("nplc", nplc, self.plc, "PLC")
        self.write(f"CONF:CURR:DC {range_A:.10g}", f"CURR:DC:NPLC {nplc:.10g}")
        self._set("dc_current", range_A, "A", integration_s(nplc))

    def read_dc_current(self) -> float:
        """Take one reading in amperes."""
        return self._read("dc_current")

    def configure_ac_current(self, range_A: float, frequency_Hz: float) -> None:
        """Select a fixed range in amperes rms, and the detector for a signal of `frequency_Hz`."""
        self._one_of("range_A", range_A, self.ac_ranges_A, "A")
        filter_Hz = self._detector_for(frequency_Hz, tuple(DETECTORS_S))
        self.write(f"CONF:CURR:AC {range_A:.10g}", self._detector("CURR:AC", filter_Hz))
        self._set("ac_current", range_A, "A", 2 * DETECTORS_S[filter_Hz])

    def read_ac_current(self) -> float:
        """Take one reading in amperes rms."""
        return self._read("ac_current")

    def configure_resistance(self, range_ohm: float, nplc: float, *, wires: Literal[2, 4]) -> None:
        """Select a fixed range in ohms, the integration time in power-line cycles, two or four wires; autozero on."""
        self._one_of("range_ohm", range_ohm, self.ranges_ohm, "Ω")
        self._one_of("nplc", nplc, self.plc, "PLC")
        function = "RES" if self._one_of("wires", wires, (2, 4), "") == 2 else "FRES"
        self.write(f"CONF:{function} {range_ohm:.10g}", f"{function}:NPLC {nplc:.10g}")
        self._set("resistance", range_ohm, "Ω", integration_s(nplc), wires)

    def read_resistance(self) -> float:
        """Take one reading in ohms."""
        return self._read("resistance")

    def configure_frequency(self, gate_s: float, *, range_V: float | None = None) -> None:
        """Select the gate time in seconds, and the voltage range of the signal; None for autoranging."""
        own = type(self)
        commands = ["CONF:FREQ", own.gate_s.to(self, gate_s)]
        if range_V is not None:
            commands.append(f"FREQ:VOLT:RANG {self._one_of('range_V', range_V, self.ac_ranges_V, 'V'):.10g}")
        self.write(*commands)
        self._set("frequency", range_V, "V", gate_s + max(DETECTORS_S.values()))

    def read_frequency(self) -> float:
        """Take one reading in hertz; the meter answers 0 where it finds no signal."""
        value_Hz = self._read("frequency")
        if value_Hz == 0:
            msg = f"{self.who}: no signal to measure the frequency of; check the connection and the voltage range"
            raise NoSignal(msg)
        return value_Hz

    def told_setting(self) -> Measuring | None:
        """Return what `CONF?` tells; its word that is in no table stands for itself."""
        reply = self.query("CONF?")
        word, _, numbers = reply.strip().strip('"').partition(" ")
        function, unit, wires = FUNCTIONS.get(word, (word, "", None))
        told = self._numbers("CONF?", numbers)
        range_ = told[0] if told and function not in NO_RANGE else None
        return Measuring(function, range_, unit, 0.0, wires)

    def read_diode(self) -> float:
        """Configure the diode test (1 mA), and take one reading in volts; an open or reversed diode is an overload."""
        self.write("CONF:DIOD")
        self._set("diode", 1.0, "V", 1.0)
        return self._read("diode")

    def read_continuity(self) -> float:
        """Configure the continuity test (1 kΩ), and take one reading in ohms; an open circuit is an overload."""
        self.write("CONF:CONT")
        self._set("continuity", 1e3, "Ω", 1.0)
        return self._read("continuity")

    def _detector(self, function: str, filter_Hz: float) -> str:
        """Return the command that sets the AC detector of a function."""
        return f"DET:BAND {filter_Hz:g}"
