"""Hart Scientific's own serial commands, as baths, dry wells and the readouts 1502A and 1504 speak them.

A command is letters, which may be cut short, with `=` and a value to set; it ends with CR. What is asked is answered
`name: value unit`; what is set is not answered. In full duplex, as delivered, everything is echoed in a line of its own
before the answer (9141 user's guide, page 37; 6331 user's guide, page 57); a sample period other than 0 makes it send
readings unasked. On opening, and after every failure, the line sets the period to 0, the duplex to half and the line
feed on, which are settings of its panel. There is no error channel: what is set is read back.
"""

from typing import ClassVar

from calib.drivers.dialect import Dialect
from calib.drivers.identity import Identity
from calib.drivers.instrument import Instrument
from calib.drivers.transport.base import Line
from calib.errors import DeviceError

HART = Dialect(error_query="*VER", join="\r")
"""Nothing tells of an error; the version is asked for to see that it is there."""
HUSH = "SA=0\rDU=H\rLF=ON"


class HartInstrument(Instrument):
    """An instrument with Hart Scientific's serial commands."""

    dialect = HART
    line: ClassVar[Line] = Line(write_end="\r", read_end="\r\n", baud=2400, hush=HUSH, probe="*VER")

    def ask_identity(self) -> Identity:
        """Return who it says it is, of its answer to `*VER`: `ver.7341,1.00`; it tells no serial number."""
        reply = self.query("*VER")
        model, comma, version = reply.lower().removeprefix("ver.").partition(",")
        if not reply.lower().startswith("ver.") or not comma:
            raise self.unreadable("*VER", reply, "'ver.', model and version")
        return Identity("Hart Scientific", model.strip().upper(), None, version.strip())

    def query(self, command: str, *, timeout_s: float | None = None) -> str:
        """Return the answer to a command without its echo; after an echo alone the line is set up anew."""
        for _ in range(2):
            lines = self.transport.query(command, timeout_s=timeout_s).replace("\r", "\n").split("\n")
            if lines[0].strip().lower() == command.strip().lower():
                lines = lines[1:]
            body = "\n".join(line.strip() for line in lines if line.strip())
            if body:
                return body
            self.transport.resynchronise()
        raise self.unreadable(command, "", "an answer beside the echo; set the instrument's duplex to half")

    def write(self, *commands: str) -> None:
        """Send commands, one message each; nothing answers them."""
        for command in commands:
            self.transport.write(command)

    def check(self) -> None:
        """Raise where it does not answer: it keeps no errors."""
        self.query(self.dialect.error_query)

    def ask(self, name: str) -> tuple[str, str]:
        """Return what `name: value unit` says: the value and, empty where there is none, the unit."""
        reply = self.query(name)
        label, colon, rest = reply.partition(":")
        words = rest.split()
        if not colon or not label.strip() or not words:
            raise self.unreadable(name, reply, "a name, a colon and a value")
        return words[0], words[1].upper() if len(words) > 1 else ""

    def ask_number(self, name: str) -> tuple[float, str]:
        """Return what `name: number unit` says."""
        value, unit = self.ask(name)
        try:
            return float(value), unit
        except ValueError:
            raise self.unreadable(name, f"{value} {unit}".strip(), "a number") from None

    def set_number(self, name: str, value: float, *, within: float) -> None:
        """Set a number and read it back.

        Raises
        ------
        DeviceError
            It is not what was set.
        """
        self.write(f"{name}={value:.6g}")
        found, _ = self.ask_number(name)
        if abs(found - value) > within:
            msg = f"{self.who}: {name}={value:.6g} was sent, and it has {found:g}: look at what its panel allows"
            raise DeviceError(msg)
