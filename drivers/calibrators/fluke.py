"""What the drivers of Fluke's multifunction calibrators share: outputs, operating, settling, going safe.

`OUT` programs an output, `OPER` puts it on the terminals, `STBY` takes it off; bits 0 and 12 of `ISR?` tell whether it
operates and has settled (5500A Operator Manual, figure 5-11; 5522A Operators Manual, figure 5-8).

Above a threshold the calibrators drop to standby by themselves when a higher voltage is programmed while they operate;
so `OPER` follows every `OUT`.
"""

import math
from typing import ClassVar

from calib.drivers.instrument import Instrument
from calib.errors import InstrumentError, NoReply, OutOfRange

ISR_OPERATING = 1 << 0
ISR_SETTLED = 1 << 12

POLL_S = 0.1
POLL_PART = 0.25
"""How long the next look waits, as a part of the time since the change: few looks, and none much too late."""
SETTLING_TIMEOUT_S = 60.0


class FlukeCalibrator(Instrument):
    """A source of DC and AC voltage and current, and of resistance."""

    largest_V: ClassVar[float]
    """DC or rms."""
    largest_A: ClassVar[float]
    """The same; inf where the instrument alone judges."""

    def limit_dc_voltage(self, maximum_V: float) -> None:
        """Set the calibrator's own limit to ± `maximum_V`, DC or rms: it refuses any output beyond, whoever asks.

        In standby the setpoint is put to zero first: one that somebody left must not stand in the way of the limit.
        """
        self._limit(maximum_V, "V", self.largest_V)

    def limit_ac_voltage(self, maximum_V: float) -> None:
        """Set the calibrator's own limit of voltage: the same one as for DC."""
        self.limit_dc_voltage(maximum_V)

    def limit_dc_current(self, maximum_A: float) -> None:
        """Set the calibrator's own limit to ± `maximum_A`, DC or rms; as `limit_dc_voltage`."""
        self._limit(maximum_A, "A", self.largest_A)

    def limit_ac_current(self, maximum_A: float) -> None:
        """Set the calibrator's own limit of current: the same one as for DC."""
        self.limit_dc_current(maximum_A)

    def dc_voltage_limits(self) -> tuple[float, float]:
        """Return (highest, lowest) output in volts that the calibrator lets out."""
        return self._limits()[:2]

    def dc_current_limits(self) -> tuple[float, float]:
        """Return (highest, lowest) output in amperes that the calibrator lets out."""
        return self._limits()[2:]

    def source_dc_voltage(self, output_V: float) -> None:
        """Put `output_V` on the terminals; return once the calibrator says that it operates and has settled.

        Raises
        ------
        DeviceError
            The calibrator refuses the output, as beyond its limit.
        NoReply
            It did not settle in time; it is in standby then.
        """
        self._within("output", output_V, -self.largest_V, self.largest_V, "V")
        self._source(f"{output_V:.9g} V, 0 HZ")

    def source_ac_voltage(self, rms_V: float, frequency_Hz: float) -> None:
        """Put a sine on the terminals; errors as of `source_dc_voltage`."""
        self._within("output", rms_V, 0.0, self.largest_V, "V")
        self._source(f"{rms_V:.9g} V, {self._frequency(frequency_Hz)}")

    def source_dc_current(self, output_A: float) -> None:
        """Drive a current out of the current terminals; errors as of `source_dc_voltage`."""
        self._within("output", output_A, -self.largest_A, self.largest_A, "A")
        self._source(f"{output_A:.9g} A, 0 HZ")

    def source_ac_current(self, rms_A: float, frequency_Hz: float) -> None:
        """Drive a sinusoidal current out of the current terminals; errors as of `source_dc_voltage`."""
        self._within("output", rms_A, 0.0, self.largest_A, "A")
        self._source(f"{rms_A:.9g} A, {self._frequency(frequency_Hz)}")

    def dc_voltage_setpoint(self) -> float:
        """Return the programmed output in volts, whether it is on the terminals or not."""
        return self._first_field("OUT?", "value, unit and more")

    def standby(self) -> None:
        """Take the output off the terminals; return once the calibrator confirms it."""
        self.write("STBY")
        self._confirm_standby()

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the calibrator."""
        return bool(self.query_int("ISR?") & ISR_OPERATING)

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

    def _within(self, name: str, value: float, low: float, high: float, unit: str) -> None:
        if not (math.isfinite(value) and low <= value <= high):
            msg = f"{self.who}: the {name} cannot be {value:g} {unit}; allowed: {low:g} to {high:g} {unit}"
            raise OutOfRange(msg)

    def _frequency(self, frequency_Hz: float) -> str:
        if not 0 < frequency_Hz < math.inf:
            msg = f"{self.who}: the frequency cannot be {frequency_Hz:g} Hz; it must be above 0, 0 Hz is DC"
            raise OutOfRange(msg)
        return f"{frequency_Hz:.9g} HZ"

    def _limit(self, maximum: float, unit: str, largest: float) -> None:
        if not 0 < maximum <= largest:
            msg = f"{self.who}: the limit cannot be {maximum:g} {unit}; allowed: above 0 to {largest:g} {unit}"
            raise OutOfRange(msg)
        if not self.is_operating():
            self.write("OUT 0 V, 0 HZ")
        self.write(f"LIMIT {maximum:.9g} {unit}, {-maximum:.9g} {unit}")

    def _limits(self) -> tuple[float, float, float, float]:
        reply = self.query("LIMIT?")
        try:
            high_V, low_V, high_A, low_A = (float(field) for field in reply.split(","))
        except ValueError:
            raise self.unreadable("LIMIT?", reply, "highest and lowest voltage, highest and lowest current") from None
        return high_V, low_V, high_A, low_A

    def _ohms(self, resistance_ohm: float) -> str:
        if not 0 <= resistance_ohm < math.inf:
            msg = f"{self.who}: the resistance cannot be {resistance_ohm:g} ohm; it must not be negative"
            raise OutOfRange(msg)
        return f"{resistance_ohm:.9g} OHM"

    def _source(self, output: str) -> None:
        self.write(f"OUT {output}")
        self.write("OPER")
        self._wait_until_settled(output)

    def _first_field(self, query: str, expected: str) -> float:
        reply = self.query(query)
        try:
            return float(reply.split(",")[0])
        except ValueError:
            raise self.unreadable(query, reply, expected) from None

    def _drop_output(self) -> None:
        self.transport.write("STBY")
        self.transport.write("*CLS")
        self._confirm_standby()

    def _confirm_standby(self) -> None:
        if self.is_operating():
            msg = f"{self.who}: still operating after STBY; switch it off by hand before touching the terminals"
            raise InstrumentError(msg)

    def _wait_until_settled(self, output: str) -> None:
        begun_s = self.clock.elapsed()
        wanted = ISR_OPERATING | ISR_SETTLED
        while (state := self.query_int("ISR?")) & wanted != wanted:
            passed_s = self.clock.elapsed() - begun_s
            if passed_s > SETTLING_TIMEOUT_S:
                self.standby()
                operating = "operating" if state & ISR_OPERATING else "in standby"
                msg = (
                    f"{self.who}: {output} not settled within {SETTLING_TIMEOUT_S:g} s "
                    f"({operating}, ISR {state}); now in standby: look for a short circuit or an overload"
                )
                raise NoReply(msg)
            self.clock.sleep(max(POLL_S, POLL_PART * passed_s))
