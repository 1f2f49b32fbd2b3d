"""Fluke 8508A, 8½-digit reference multimeter (8508A Users Manual, chapter 4; GPIB only).

Not SCPI. Its error channel is *ESR?, with EXQ? and DDQ? for the numbers. It takes digits of resolution and FAST, no
integration time: which PLC these mean is from a public driver, unverified against the manual. With much resolution a
reading takes minutes: timeouts of 180 s at RESL8 (testgear).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from calib.drivers.dialect import FLUKE_8508
from calib.drivers.meters.multimeter import Multimeter
from calib.errors import OutOfRange

V = (0.2, 2.0, 20.0, 200.0, 1000.0)
A = (2e-4, 2e-3, 2e-2, 0.2, 2.0, 20.0)
OHM = (2.0, 20.0, 200.0, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8, 2e9)
TRUE_OHM = OHM[:5]
FILTERS_HZ = (1.0, 10.0, 40.0, 100.0)
INTEGRATION: tuple[tuple[float, int, str], ...] = (
    (0.165, 5, "FAST_ON"),
    (1.0, 5, "FAST_OFF"),
    (16.0, 6, "FAST_OFF"),
    (64.0, 7, "FAST_ON"),
    (256.0, 7, "FAST_OFF"),
    (1024.0, 8, "FAST_OFF"),
)
"""(PLC, digits, FAST), shortest first."""
LONGEST_S = {5: 10.0, 6: 20.0, 7: 60.0, 8: 180.0}
"""Time that a reading may take, by digits."""
COMMAND_ERROR, EXECUTION_ERROR, DEVICE_ERROR, QUERY_ERROR = 32, 16, 8, 4


class Fluke8508A(Multimeter):
    """Voltage, current, resistance."""

    models = ("8508A",)
    dialect = FLUKE_8508
    overload = 200e33
    reading_query = "X?"  # *TRG;RDG?

    def configure_dc_voltage(self, range_V: float, nplc: float, *, wires: Literal[2, 4] = 2) -> None:
        """Select a fixed range in volts and the least resolution that integrates over `nplc` power-line cycles."""
        self._one_of("range_V", range_V, V, "V")
        self._integrating("DCV", range_V, nplc, 8, _wires(wires))
        self._set("dc_voltage", range_V, "V", self._longest_s)

    def read_dc_voltage(self) -> float:
        """Take one reading in volts."""
        return self._read("dc_voltage")

    def configure_ac_voltage(self, range_V: float, frequency_Hz: float) -> None:
        """Select a fixed range in volts rms and the filter for a signal of `frequency_Hz`; AC-coupled, transfer on."""
        self._one_of("range_V", range_V, V, "V")
        self._filtered("ACV", range_V, frequency_Hz, "TFER_ON", "SPOT_OFF", "TWO_WR")
        self._set("ac_voltage", range_V, "V", LONGEST_S[8])

    def read_ac_voltage(self) -> float:
        """Take one reading in volts rms."""
        return self._read("ac_voltage")

    def configure_dc_current(self, range_A: float, nplc: float) -> None:
        """Select a fixed range in amperes and the least resolution that integrates over `nplc` power-line cycles."""
        self._one_of("range_A", range_A, A, "A")
        self._integrating("DCI", range_A, nplc, 7)
        self._set("dc_current", range_A, "A", self._longest_s)

    def read_dc_current(self) -> float:
        """Take one reading in amperes."""
        return self._read("dc_current")

    def configure_ac_current(self, range_A: float, frequency_Hz: float) -> None:
        """Select a fixed range in amperes rms and the filter for a signal of `frequency_Hz`; AC-coupled."""
        self._one_of("range_A", range_A, A, "A")
        self._filtered("ACI", range_A, frequency_Hz)
        self._set("ac_current", range_A, "A", LONGEST_S[8])

    def read_ac_current(self) -> float:
        """Take one reading in amperes rms."""
        return self._read("ac_current")

    def configure_resistance(
        self, range_ohm: float, nplc: float, *, wires: Literal[2, 4], true_ohms: bool = False
    ) -> None:
        """Select a fixed range in ohms, the resolution, two or four wires; true ohms reverse the current (4 wires)."""
        self._one_of("range_ohm", range_ohm, TRUE_OHM if true_ohms else OHM, "Ω")
        if true_ohms and wires != 4:
            msg = f"{self.who}: true ohms cannot have {wires} wires; allowed: 4"
            raise OutOfRange(msg)
        if true_ohms:
            self._integrating("TRUE_OHMS", range_ohm, nplc, 8, "LOI_OFF", filtered=False)
        else:
            self._integrating("OHMS", range_ohm, nplc, 8, _wires(wires), "LOI_OFF")
        self._set("resistance", range_ohm, "Ω", self._longest_s * (2 if true_ohms else 1))

    def read_resistance(self) -> float:
        """Take one reading in ohms."""
        return self._read("resistance")

    def select_terminals(self, terminals: Literal["FRONT", "REAR", "OFF"]) -> None:
        """Measure at the front or the rear terminals, or at none."""
        if terminals not in {"FRONT", "REAR", "OFF"}:
            msg = f"{self.who}: terminals cannot be {terminals!r}; allowed: FRONT, REAR, OFF"
            raise OutOfRange(msg)
        self.write(f"INPUT {terminals}")

    def use_external_guard(self, *, external: bool) -> None:
        """Join the guard to its own terminal, or to Lo inside."""
        self.write(f"GUARD {'EXT' if external else 'INT'}")

    _longest_s = LONGEST_S[8]

    def _integrating(
        self, verb: str, range_: float, nplc: float, most: int, *words: str, filtered: bool = True
    ) -> None:
        possible = {plc: (digits, fast) for plc, digits, fast in INTEGRATION if digits <= most}
        if not 0 < nplc <= max(possible):
            msg = f"{self.who}: nplc cannot be {nplc!r} PLC; allowed: above 0 to {max(possible):g}"
            raise OutOfRange(msg)
        digits, fast = possible[min(plc for plc in possible if plc >= nplc)]
        filter_ = ("FILT_OFF",) if filtered else ()
        self.write("TRG_SRCE EXT", f"{verb} {','.join((f'{range_:.10g}', *filter_, f'RESL{digits}', fast, *words))}")
        self._longest_s = LONGEST_S[digits]

    def _filtered(self, verb: str, range_: float, frequency_Hz: float, *words: str) -> None:
        filter_Hz = self._detector_for(frequency_Hz, FILTERS_HZ)
        parts = (f"{range_:.10g}", f"FILT{filter_Hz:.0f}HZ", "RESL6", "ACCP", *words)
        self.write("TRG_SRCE EXT", f"{verb} {','.join(parts)}")

    def _burst(self, count: int, timeout_s: float) -> list[float]:
        """Trigger each reading: the meter has no command for several at once."""
        return [self.query_float(self.reading_query, timeout_s=timeout_s) for _ in range(count)]

    @contextmanager
    def _sampling(self, count: int) -> Iterator[None]:
        yield

    def _told(self, code: int, text: str) -> str:
        """Return what *ESR? tells, with the numbers in the queues of errors."""
        told = []
        for bit, name, query in (
            (COMMAND_ERROR, "command error", ""),
            (EXECUTION_ERROR, "execution error", "EXQ?"),
            (DEVICE_ERROR, "device-dependent error", "DDQ?"),
            (QUERY_ERROR, "query error", ""),
        ):
            if code & bit:
                told.append(f"{name} {self.transport.query(query).strip()}" if query else name)
        return ", ".join(told)


def _wires(wires: int) -> str:
    return "FOUR_WR" if wires == 4 else "TWO_WR"
