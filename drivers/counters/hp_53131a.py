"""HP/Agilent/Keysight 53131A universal counter (commands: 53131A/132A Programming Guide, as testgear sends them)."""

from calib.drivers.counters.counter import NOT_A_NUMBER, Counter
from calib.drivers.setting import choice, number
from calib.errors import InstrumentError

REFERENCES_HZ = (1e6, 5e6, 10e6)
"""What the external time base may be (Programming Guide, `ROSC:EXT:CHEC`, as PyMeasure-style drivers quote it)."""
PULL = 0.01


class HP53131A(Counter):
    """Frequency at inputs 1 and 2; its `*IDN?` has 0 in place of the serial number."""

    models = ("53131A",)

    gate_s = number("SENS:FREQ:ARM:STOP:TIM", unit="s", lower=1e-3, upper=1000, doc="Gate time in seconds.")
    time_base = choice("SENS:ROSC:SOUR", ("INT", "EXT"), doc="Which oscillator it counts by: its own, or the input's.")

    def use_external_time_base(self) -> None:
        """Count by the signal at the reference input.

        Raises
        ------
        InstrumentError
            There is none of 1, 5 or 10 MHz; the counter is back on its own oscillator.
        """
        self._internal = False
        self.write("SENS:ROSC:SOUR:AUTO OFF", "SENS:ROSC:SOUR EXT", "SENS:ROSC:EXT:CHEC ON")
        found_Hz = self.query_float("SENS:ROSC:EXT:FREQ?")
        if any(abs(found_Hz / wanted_Hz - 1) < PULL for wanted_Hz in REFERENCES_HZ):
            return
        self.use_internal_time_base()
        found = "nothing" if found_Hz >= NOT_A_NUMBER else f"{found_Hz:g} Hz"
        msg = f"{self.who}: found {found} at the reference input; it takes 1, 5 or 10 MHz"
        raise InstrumentError(msg)

    def _configuration(self, gate_s: float, channel: int) -> tuple[str, ...]:
        return (
            f'SENS:FUNC "FREQ {channel}"',
            "SENS:FREQ:ARM:STAR:SOUR IMM",
            "SENS:FREQ:ARM:STOP:SOUR TIM",
            type(self).gate_s.to(self, gate_s),
            "INIT:CONT OFF",
        )
