"""Fluke 1529 Chub-E4: readout of four thermometers (1529 user's guide, 8.4.1, pages 86 to 91; technical guide, 7.3).

One command a message. With FORM:STAM ON, which it forgets when it is switched off, `FETC? n` tells whether a
measurement is new; `SENSn:DATA?` is its resistance in ohms, in kilohms where the channel is set to the high range of
thermistors, which is not for platinum thermometers. SYST:ERR? is SCPI's, to which the guide subscribes; 9600 Bd and LF
as the end of an answer are unverified against the guide.
"""

from calib.clock import Clock
from calib.drivers.thermometers.onecommand import POLL_S, OneCommandReadout
from calib.drivers.transport.base import Line, Transport
from calib.errors import Overload

_FIELDS = 10
NO_NUMBER = 9e37
"""SCPI's infinity and not-a-number are beyond (SCPI 1999.0, volume 1, 7.2.1.4)."""


class Fluke1529(OneCommandReadout):
    """Readout of four thermometers."""

    models = ("1529",)
    line = Line(write_end="\r", read_end="\n", baud=9600)
    channels = (1, 2, 3, 4)

    def __init__(self, transport: Transport, clock: Clock) -> None:
        super().__init__(transport, clock)
        self._stamped = False

    def read_thermometer_ohm(self, channel: int = 1) -> float:
        """Wait for a new measurement of a channel and return its resistance in ohms."""
        self._new(channel)
        command = f"SENS{channel}:DATA?"
        reply = self.query(command)
        try:
            return float(reply.partition(",")[0])
        except ValueError:
            raise self.unreadable(command, reply, "a resistance in ohms") from None

    def read_temperature_C(self, channel: int = 1) -> float:
        """Wait for a new measurement of a channel and return it in degrees Celsius, by the readout's coefficients."""
        fields = self._new(channel)
        if fields[3].strip().upper() != "C":
            self.write("UNIT:TEMP C")
            fields = self._new(channel)
        if fields[3].strip().upper() != "C":
            raise self.unreadable(f"FETC? {channel}", ",".join(fields), "a temperature in C; look at its probe's type")
        return float(fields[2])

    def _new(self, channel: int) -> list[str]:
        """Return the fields of a measurement that was not read before."""
        self.require_channel(channel)
        if not self._stamped:
            self.write("FORM:STAM ON")
            self._stamped = True
        command = f"FETC? {channel}"
        end_s = self.clock.elapsed() + self.patience_s
        while True:
            reply = self.query(command)
            fields = reply.split(",")
            if len(fields) != _FIELDS or fields[0].strip() not in {"0", "1"} or not _is_number(fields[2]):
                self._stamped = False  # switched off and on meanwhile, perhaps
                raise self.unreadable(command, reply, "status, channel, value, unit and time")
            if fields[0].strip() == "1":
                if abs(float(fields[2])) > NO_NUMBER:
                    msg = f"{self.who}: channel {channel} has no value ({reply}): look at its thermometer"
                    raise Overload(msg)
                return fields
            if self.clock.elapsed() >= end_s:
                raise self.overdue(command, reply)
            self.clock.sleep(POLL_S)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
