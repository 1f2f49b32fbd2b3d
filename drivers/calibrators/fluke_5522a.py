"""Fluke 5522A multi-product calibrator, DC voltage.

Commands of the 5500A family, remote chapters of its operators manuals; bits of ISR? from the 5500A manual, figure 5-11.

Above its high-voltage threshold the calibrator drops to standby by itself when a higher output is programmed while
it operates; so OPER follows every OUT.
"""

import math

from calib.drivers.dialect import FLUKE_5500
from calib.drivers.instrument import Instrument
from calib.errors import InstrumentError, NoReply, OutOfRange

LARGEST_V = 1020.0

ISR_OPERATING = 1 << 0
ISR_HIGH_VOLTAGE = 1 << 7
ISR_SETTLED = 1 << 12

POLL_S = 0.1
SETTLING_TIMEOUT_S = 60.0


class Fluke5522A(Instrument):
    """Source of DC voltage."""

    models = ("5522A",)
    dialect = FLUKE_5500

    def limit_dc_voltage(self, maximum_V: float) -> None:
        """Set the calibrator's own limit to ± `maximum_V`: it refuses any output beyond, whoever asks.

        In standby the setpoint is put to zero first: one that somebody left must not stand in the way of the limit.
        """
        if not 0 < maximum_V <= LARGEST_V:
            msg = f"{self.who}: the limit cannot be {maximum_V:g} V; allowed: above 0 to {LARGEST_V:g} V"
            raise OutOfRange(msg)
        if not self.is_operating():
            self.write("OUT 0 V, 0 HZ")
        self.write(f"LIMIT {maximum_V:.9g} V, {-maximum_V:.9g} V")

    def dc_voltage_limits(self) -> tuple[float, float]:
        """Return (highest, lowest) output in volts that the calibrator lets out."""
        reply = self.query("LIMIT?")
        try:
            highest_V, lowest_V = (float(field) for field in reply.split(",")[:2])
        except ValueError:
            raise self.unreadable("LIMIT?", reply, "highest and lowest voltage") from None
        return highest_V, lowest_V

    def source_dc_voltage(self, output_V: float) -> None:
        """Put `output_V` on the terminals; return once the calibrator says that it operates and has settled.

        Raises
        ------
        DeviceError
            The calibrator refuses the output, as beyond its limit.
        NoReply
            It did not settle in time; it is in standby then.
        """
        if not (math.isfinite(output_V) and abs(output_V) <= LARGEST_V):
            msg = f"{self.who}: the output cannot be {output_V:g} V; allowed: -{LARGEST_V:g} to {LARGEST_V:g} V"
            raise OutOfRange(msg)
        self.write(f"OUT {output_V:.9g} V, 0 HZ")
        self.write("OPER")
        self._wait_until_settled(output_V)

    def dc_voltage_setpoint(self) -> float:
        """Return the programmed output in volts, whether it is on the terminals or not."""
        reply = self.query("OUT?")
        try:
            return float(reply.split(",")[0])
        except ValueError:
            raise self.unreadable("OUT?", reply, "value, unit, value, unit, frequency") from None

    def standby(self) -> None:
        """Take the output off the terminals; return once the calibrator confirms it."""
        self.write("STBY")
        self._confirm_standby()

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the calibrator."""
        return self.query_int("OPER?") == 1

    def has_high_voltage(self) -> bool:
        """Return whether the calibrator warns of a high voltage, programmed or on its terminals."""
        return bool(self.query_int("ISR?") & ISR_HIGH_VOLTAGE)

    def safe(self) -> None:
        """Take the output off the terminals, whatever state the calibrator is in; idempotent.

        The command goes alone and first; errors that others left are cleared, not raised. Tried twice, since after a
        failure the transport renews the line.
        """
        try:
            self._drop_output()
        except InstrumentError:
            self._drop_output()

    def __exit__(self, *error: object) -> None:
        try:
            self.safe()
        finally:
            super().__exit__(*error)

    def _drop_output(self) -> None:
        self.transport.write("STBY")
        self.transport.write("*CLS")
        self._confirm_standby()

    def _confirm_standby(self) -> None:
        if self.is_operating():
            msg = f"{self.who}: still operating after STBY; switch it off by hand before touching the terminals"
            raise InstrumentError(msg)

    def _wait_until_settled(self, output_V: float) -> None:
        begun_s = self.clock.elapsed()
        wanted = ISR_OPERATING | ISR_SETTLED
        while (state := self.query_int("ISR?")) & wanted != wanted:
            if self.clock.elapsed() - begun_s > SETTLING_TIMEOUT_S:
                self.standby()
                operating = "operating" if state & ISR_OPERATING else "in standby"
                msg = (
                    f"{self.who}: {output_V:g} V not settled within {SETTLING_TIMEOUT_S:g} s "
                    f"({operating}, ISR {state}); now in standby: look for a short circuit or an overload"
                )
                raise NoReply(msg)
            self.clock.sleep(POLL_S)
