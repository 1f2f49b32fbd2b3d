"""Readouts that take one command a message, and keep their errors in SCPI's queue."""

from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.errors import OutOfRange, ReplyError

POLL_S = 0.2


class OneCommandReadout(Instrument):
    """A readout of several thermometers without compound messages."""

    dialect = SCPI
    channels: tuple[int, ...]
    """What `channel` may be."""
    patience_s = 120.0
    """Time on the bench's clock in which a new measurement must come."""

    def write(self, *commands: str) -> None:
        """Send commands, one message each, and ask after each whether the instrument reports an error."""
        for command in commands:
            self.transport.write(command)
            reply = self.transport.query(self.dialect.error_query)
            fault = self.dialect.fault(reply)
            if fault is None or fault[0] != 0:
                self._raise_fault(command, reply)

    def require_channel(self, channel: int) -> None:
        """Raise `OutOfRange` where there is no such channel."""
        if channel not in self.channels:
            msg = f"{self.who}: channel cannot be {channel}; allowed: {self.channels[0]} to {self.channels[-1]}"
            raise OutOfRange(msg)

    def overdue(self, command: str, reply: str) -> ReplyError:
        """Return the error for a measurement that does not come."""
        return self.unreadable(command, reply, f"a new measurement within {self.patience_s:g} s; is the channel on")
