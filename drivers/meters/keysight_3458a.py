"""HP/Agilent/Keysight 3458A, 8½-digit multimeter (3458A User's Guide, chapters 4 and 6; GPIB only).

Not SCPI, and it talks without being asked: after a reset it measures all the time, and who reads gets a reading of
before. So triggering is held (TARM HOLD), and a reading is TARM SGL and what comes then, without a query. Neither ID?
nor anything else tells its serial number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from calib.drivers.dialect import HP_3458
from calib.drivers.identity import Identity
from calib.drivers.meters.multimeter import Measuring, Multimeter, integration_s
from calib.drivers.setting import number, switch
from calib.drivers.transport.base import Line
from calib.errors import IdentityError, NoSignal, OutOfRange

DC_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
AC_V = (0.01, *DC_V)
AC_A = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
DC_A = (1e-7, 1e-6, 1e-5, *AC_A)
OHM = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
MOST_COMPENSATED_OHM = 1e5
FUNCTIONS = {
    1: ("dc_voltage", "V", None),
    2: ("ac_voltage", "V", None),
    3: ("acdc_voltage", "V", None),
    4: ("resistance", "Ω", 2),
    5: ("resistance", "Ω", 4),
    6: ("dc_current", "A", None),
    7: ("ac_current", "A", None),
    8: ("acdc_current", "A", None),
    9: ("frequency", "V", None),
    10: ("period", "V", None),
}
"""What `FUNC?` answers first, before the range (chapter 6, FUNC)."""
RESOLUTIONS_PERCENT = {1.0: 0.00001, 0.1: 0.0001, 0.01: 0.001, 0.001: 0.01, 0.0001: 0.1}
"""By gate time in seconds (chapter 6, FREQ)."""
SYNCHRONOUS_Hz = (1.0, 1e7)
"""Within which the synchronous sampling of SETACV SYNC measures, the most exact of the three ways."""
QUIET = ("TARM HOLD", "END ALWAYS")
"""END ALWAYS: each reading ends with EOI."""
ACAL_S = {"DCV": 165.0, "AC": 165.0, "OHMS": 660.0, "ALL": 960.0}
"""Approximate times (chapter 6, ACAL)."""


class Keysight3458A(Multimeter):
    """Voltage, current, resistance, frequency."""

    models = ("3458A",)
    dialect = HP_3458
    line = Line(probe="ID?", hush=";".join(QUIET), timeout_s=10.0)
    overload = 1e38
    reading_query = "TARM SGL"

    nplc = number("NPLC", unit="PLC", lower=0, upper=1000, doc="Integration time in power-line cycles.")
    fixed_impedance = switch("FIXEDZ", doc="True: 10 MΩ on all ranges of DC voltage.")
    offset_compensation = switch("OCOMP", doc="True: the emf is measured and taken off, up to the 100 kΩ range.")
    level_filter = switch("LFILTER", doc="True: 75 kHz low-pass in front of the level detector.")
    digits = number(
        "NDIG", unit="digits", lower=3, upper=8, doc="Digits on the display; readings have all of them anyway."
    )

    def identify(self) -> Identity:
        """Ask the instrument who it is; its serial number is None."""
        self.transport.write(self.dialect.together(*QUIET))
        said = self.transport.query("ID?").strip()
        if not said.endswith("3458A"):
            msg = f"{self.transport.resource}: answers 'ID?' with {said!r}; {type(self).__name__} speaks to a 3458A"
            raise IdentityError(msg)
        self.transport.query("ERR?")  # clears what a question for *IDN? has left: the next command is not to blame
        maker = said.removesuffix("3458A").strip() or "HP"
        self._identity = Identity(maker, "3458A", None, self.transport.query("REV?").strip())
        return self._identity

    def configure_dc_voltage(self, range_V: float, nplc: float, *, high_impedance: bool = True) -> None:
        """Select a fixed range in volts, the integration time in power-line cycles, the input resistance; autozero on.

        High: more than 10 GΩ on the ranges up to 10 V.
        """
        own = type(self)
        self._one_of("range_V", range_V, DC_V, "V")
        fixed = own.fixed_impedance.to(self, not high_impedance)
        self._configure(f"DCV {range_V:.10g}", own.nplc.to(self, nplc), "AZERO ON", fixed)
        self._set("dc_voltage", range_V, "V", integration_s(nplc))

    def read_dc_voltage(self) -> float:
        """Take one reading in volts."""
        return self._read("dc_voltage")

    def configure_ac_voltage(self, range_V: float, frequency_Hz: float) -> None:
        """Select a fixed range in volts rms; sampling synchronous with the signal where its frequency allows."""
        self._one_of("range_V", range_V, AC_V, "V")
        self._configure(f"ACV {range_V:.10g}", f"SETACV {_way(frequency_Hz)}", self._band(frequency_Hz))
        self._set("ac_voltage", range_V, "V", 30.0 + 40 / frequency_Hz)

    def read_ac_voltage(self) -> float:
        """Take one reading in volts rms."""
        return self._read("ac_voltage")

    def configure_dc_current(self, range_A: float, nplc: float) -> None:
        """Select a fixed range in amperes and the integration time in power-line cycles; it always zeroes itself."""
        self._one_of("range_A", range_A, DC_A, "A")
        self._configure(f"DCI {range_A:.10g}", type(self).nplc.to(self, nplc))
        self._set("dc_current", range_A, "A", integration_s(nplc))

    def read_dc_current(self) -> float:
        """Take one reading in amperes."""
        return self._read("dc_current")

    def configure_ac_current(self, range_A: float, frequency_Hz: float) -> None:
        """Select a fixed range in amperes rms, and the bandwidth for a signal of `frequency_Hz`."""
        self._one_of("range_A", range_A, AC_A, "A")
        self._configure(f"ACI {range_A:.10g}", self._band(frequency_Hz))
        self._set("ac_current", range_A, "A", 30.0 + 40 / frequency_Hz)

    def read_ac_current(self) -> float:
        """Take one reading in amperes rms."""
        return self._read("ac_current")

    def configure_resistance(
        self, range_ohm: float, nplc: float, *, wires: Literal[2, 4], offset_compensated: bool = False
    ) -> None:
        """Select a fixed range in ohms, the integration time in power-line cycles, two or four wires; autozero on."""
        own = type(self)
        self._one_of("range_ohm", range_ohm, OHM, "Ω")
        if offset_compensated and range_ohm > MOST_COMPENSATED_OHM:
            msg = f"{self.who}: no offset compensation in the {range_ohm:g} Ω range; allowed: up to 100 kΩ"
            raise OutOfRange(msg)
        function = "OHM" if self._one_of("wires", wires, (2, 4), "") == 2 else "OHMF"
        compensation = own.offset_compensation.to(self, offset_compensated)
        self._configure(f"{function} {range_ohm:.10g}", own.nplc.to(self, nplc), "AZERO ON", compensation)
        self._set("resistance", range_ohm, "Ω", integration_s(nplc) * (2 if offset_compensated else 1), wires)

    def read_resistance(self) -> float:
        """Take one reading in ohms."""
        return self._read("resistance")

    def configure_frequency(self, gate_s: float, *, range_V: float | None = None) -> None:
        """Select the gate time in seconds, and the voltage range of the signal; None for autoranging."""
        self._one_of("gate_s", gate_s, tuple(RESOLUTIONS_PERCENT), "s")
        range_ = "AUTO" if range_V is None else f"{self._one_of('range_V', range_V, AC_V, 'V'):.10g}"
        self._configure("FSOURCE ACV", f"FREQ {range_},{RESOLUTIONS_PERCENT[gate_s]:.5f}")
        self._set("frequency", range_V, "V", gate_s + 3.0)

    def read_frequency(self) -> float:
        """Take one reading in hertz; 0 is no signal."""
        value_Hz = self._read("frequency")
        if value_Hz == 0:
            msg = f"{self.who}: no signal to measure the frequency of; check the connection and the voltage range"
            raise NoSignal(msg)
        return value_Hz

    def told_setting(self) -> Measuring | None:
        """Return what `FUNC?` tells: the function's number, and the range."""
        number, range_ = (*self._numbers("FUNC?", self.query("FUNC?")), 0.0)[:2]
        function, unit, wires = FUNCTIONS.get(int(number), (f"function {number:g}", "", None))
        return Measuring(function, range_ or None, unit, 0.0, wires)

    def self_calibrate(self, what: Literal["DCV", "AC", "OHMS", "ALL"]) -> None:
        """Let the meter calibrate itself (ACAL) with nothing at its input; return once it is done: minutes."""
        if what not in ACAL_S:
            msg = f"{self.who}: self-calibration cannot be {what!r}; allowed: {', '.join(ACAL_S)}"
            raise OutOfRange(msg)
        message = self.dialect.together("TARM HOLD", f"ACAL {what}")
        asked = self.dialect.together(message, self.dialect.error_query)
        reply = self.transport.query(asked, timeout_s=2 * ACAL_S[what])
        fault = self.dialect.fault(reply)
        if fault is None or fault[0] != 0:
            self._raise_fault(message, reply)

    def temperature_C(self) -> float:
        """Return the temperature inside, in degrees Celsius: how far it is from that of the last ACAL."""
        return self.query_float("TEMP?")

    def _configure(self, *commands: str) -> None:
        """Hold triggering, be as the reading needs it, and set; checked by the error register."""
        self.write(*QUIET, "TRIG AUTO", "NRDGS 1,AUTO", "MEM OFF", "OFORMAT ASCII", "MATH OFF", *commands)

    def _band(self, frequency_Hz: float) -> str:
        """Return the bandwidth that holds a signal: too narrow a one spoils synchronous sampling."""
        if not 0 < frequency_Hz <= 2e7:
            msg = f"{self.who}: frequency cannot be {frequency_Hz!r} Hz; allowed: above 0 to 20 MHz"
            raise OutOfRange(msg)
        return f"ACBAND {frequency_Hz / 2:.10g},{min(max(2e6, 10 * frequency_Hz), 2e7):.10g}"

    def _burst(self, count: int, timeout_s: float) -> list[float]:
        """Read what comes after TARM SGL: readings as lines, one in an answer or several."""
        self.transport.write(self.reading_query)
        values: list[float] = []
        while len(values) < count:
            values += self._numbers(self.reading_query, self.transport.read(timeout_s=timeout_s))
        return values

    @contextmanager
    def _sampling(self, count: int) -> Iterator[None]:
        self.write("TARM HOLD", f"NRDGS {count},AUTO")
        try:
            yield
        finally:
            self.write("TARM HOLD", "NRDGS 1,AUTO")


def _way(frequency_Hz: float) -> str:
    low_Hz, high_Hz = SYNCHRONOUS_Hz
    return "SYNC" if low_Hz <= frequency_Hz <= high_Hz else "ANA"
