"""The laboratory's own DVM7 voltmeter (its manual, chapter 3)."""

from calib.drivers import Instrument
from calib.drivers.dialect import SCPI
from calib.drivers.setting import number
from calib.errors import Overload


class DVM7(Instrument):
    """DC voltmeter."""

    models = ("DVM7",)
    dialect = SCPI
    range_V = number("VOLT:RANG", unit="V", allowed=(1.0, 10.0), doc="Range in volts.")
    nplc = number("VOLT:NPLC", unit="PLC", lower=0.1, upper=100, doc="Integration time in power-line cycles.")

    def configure_dc_voltage(self, range_V: float, nplc: float) -> None:
        """Select range and integration time in one message."""
        self.write(DVM7.range_V.to(self, range_V), DVM7.nplc.to(self, nplc))

    def read_dc_voltage(self) -> float:
        """Take one reading in volts."""
        reading_V = self.query_float("READ?", timeout_s=5.0)
        if abs(reading_V) > 9e37:
            msg = f"{self.who}: overload; check the connection or choose a higher range"
            raise Overload(msg)
        return reading_V
