"""DC voltage of the multimeters that speak the 34401A's SCPI.

Commands: HP 34401A User's Guide, chapter 4; the Fluke 8845A/8846A Programmers Manual lists the same ones.
"""

from typing import ClassVar

from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.drivers.setting import choice, number, switch
from calib.errors import Overload

OVERLOAD = 9.9e37
"""What the meter sends in place of a reading when the input exceeds the range."""

RANGES_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
NPLC = (0.02, 0.2, 1.0, 10.0, 100.0)
LINE_PERIOD_S = 0.02
"""At 50 Hz, the slower of the two mains: this is for timeouts only."""
SPARE_S = 3.0
"""What a reading may take on top of its integration: range relays, triggering, the line."""


class Dmm34401(Instrument):
    """A 6½-digit multimeter with the 34401A's command set."""

    dialect = SCPI
    ranges_V: ClassVar[tuple[float, ...]] = RANGES_V

    range_V = number("VOLT:DC:RANG", unit="V", allowed=RANGES_V, doc="Range of DC voltage, fixed, in volts.")
    nplc = number("VOLT:DC:NPLC", unit="PLC", allowed=NPLC, doc="Integration time in power-line cycles.")
    high_impedance = switch(
        "INP:IMP:AUTO", doc="True: more than 10 GΩ on the ranges up to 10 V; False: 10 MΩ on all ranges."
    )
    autozero = switch("ZERO:AUTO", doc="True: the offset is measured and taken off with every reading.")
    trigger_source = choice("TRIG:SOUR", ("IMM", "BUS", "EXT"), doc="What starts a reading.")

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

    def read_dc_voltage(self) -> float:
        """Take one reading in volts.

        Raises
        ------
        Overload
            The input exceeds the range.
        """
        reading_V = self.query_float("READ?", timeout_s=self.reading_timeout_s())
        if abs(reading_V) >= OVERLOAD:
            range_V = self.known.get("range_V")
            where = f"the {range_V:g} V range" if isinstance(range_V, float | int) else "the range in use"
            msg = f"{self.who}: overload, the input exceeds {where}; check the connection or choose a higher range"
            raise Overload(msg)
        return reading_V

    def reading_timeout_s(self) -> float:
        """Return how long one reading may take, in seconds: twice the integration time (autozero) and some to spare."""
        known = self.known.get("nplc")
        nplc = known if isinstance(known, float | int) else self.nplc
        return 2 * nplc * LINE_PERIOD_S + SPARE_S
