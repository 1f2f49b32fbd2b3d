"""Keysight 53230A universal counter (53210A/53220A/53230A User's Guide and its programming reference).

`SYST:TIM`, which sets how long it waits for a signal, is unverified against the manual; without it gates of 1 s and
more would end without a reading.
"""

from calib.drivers.counters.counter import Counter
from calib.drivers.setting import choice, number
from calib.errors import DeviceError, InstrumentError

BAD_TIME_BASE = 1 << 10
"""Bit of the questionable data register (User's Guide, status system)."""


class Keysight53230A(Counter):
    """Frequency at inputs 1 and 2."""

    models = ("53230A",)
    spare_s = 4.0

    gate_s = number("SENS:FREQ:GATE:TIME", unit="s", lower=1e-3, upper=1000, doc="Gate time in seconds.")
    wait_s = number("SYST:TIM", unit="s", lower=0.01, upper=2000, doc="Time after which a reading without signal ends.")
    time_base = choice("SENS:ROSC:SOUR", ("INT", "EXT"), doc="Which oscillator it counts by: its own, or the input's.")

    def use_external_time_base(self) -> None:
        """Count by the signal at the reference input.

        Raises
        ------
        InstrumentError
            The counter finds no good one; it is back on its own oscillator.
        """
        self._internal = False
        try:
            self.write("SENS:ROSC:SOUR:AUTO OFF", "SENS:ROSC:SOUR EXT", "SENS:ROSC:EXT:CHEC ONCE")
        except DeviceError as refused:
            self.use_internal_time_base()
            msg = f"{self.who}: finds no good signal at its reference input; check cable and frequency ({refused})"
            raise InstrumentError(msg) from refused

    def _configuration(self, gate_s: float, channel: int) -> tuple[str, ...]:
        own = type(self)
        return (
            f"CONF:FREQ DEF,DEF,(@{channel})",
            own.gate_s.to(self, gate_s),
            own.wait_s.to(self, gate_s + 1.0),
        )

    def _no_reading(self) -> InstrumentError:
        if self.query_int("STAT:QUES:EVEN?") & BAD_TIME_BASE:
            msg = f"{self.who}: its time base is bad; check the signal at the reference input"
            return InstrumentError(msg)
        return super()._no_reading()
