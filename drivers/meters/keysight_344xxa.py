"""Keysight 34461A, 34465A, 34470A (Truevolt Series Operating and Service Guide, SCPI chapter).

Input resistance, autozero and detector belong to each function. Integration times as QCoDeS lists them per model.
"""

from typing import ClassVar

from calib.drivers.meters.dmm_34401 import DETECTORS_S, Dmm34401
from calib.drivers.meters.multimeter import integration_s
from calib.drivers.setting import choice, number, switch

FAST_NPLC = (0.02, 0.06, 0.2, 1.0, 10.0, 100.0)


class Keysight34461A(Dmm34401):
    """6½ digits."""

    models = ("34461A",)
    dc_ranges_A: ClassVar[tuple[float, ...]] = (1e-4, 1e-3, 1e-2, 0.1, 1.0, 3.0, 10.0)
    ac_ranges_A = (1e-4, 1e-3, 1e-2, 0.1, 1.0, 3.0, 10.0)

    high_impedance = switch(
        "VOLT:DC:IMP:AUTO", doc="True: more than 10 GΩ on the ranges up to 10 V; False: 10 MΩ on all ranges."
    )
    autozero = switch("VOLT:DC:ZERO:AUTO", doc="True: the offset is taken off with every reading of DC voltage.")
    trigger_source = choice("TRIG:SOUR", ("IMM", "BUS", "EXT", "INT"), doc="What starts a reading.")
    detector_Hz = number(
        "VOLT:AC:BAND", unit="Hz", allowed=tuple(DETECTORS_S), doc="Lowest frequency that the AC detector follows."
    )

    def configure_dc_voltage(self, range_V: float, nplc: float, *, high_impedance: bool = False) -> None:
        """Select a fixed range in volts, the integration time in PLC, the input resistance; autozero on."""
        own = type(self)
        self._one_of("range_V", range_V, self.ranges_V, "V")
        self.write(f"CONF:VOLT:DC {range_V:.10g}", own.nplc.to(self, nplc), own.high_impedance.to(self, high_impedance))
        self.known.update(range_V=range_V, nplc=nplc, high_impedance=high_impedance, autozero=True)
        self._set("dc_voltage", range_V, "V", integration_s(nplc))

    def _detector(self, function: str, filter_Hz: float) -> str:
        return f"{function}:BAND {filter_Hz:g}"


class Keysight34465A(Keysight34461A):
    """6½ digits, more ranges of current and resistance."""

    models = ("34465A",)
    dc_ranges_A = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 3.0, 10.0)
    ranges_ohm = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
    plc = FAST_NPLC
    nplc = number("VOLT:DC:NPLC", unit="PLC", allowed=FAST_NPLC, doc="Integration time of DC voltage in PLC.")


class Keysight34470A(Keysight34465A):
    """7½ digits."""

    models = ("34470A",)
