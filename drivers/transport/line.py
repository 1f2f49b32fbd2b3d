"""How an instrument wants to be talked to: what a driver class knows of its line before the line is open."""

from dataclasses import dataclass
from typing import Literal

from calib.errors import InputError

Parity = Literal["none", "even", "odd", "mark", "space"]
Flow = Literal["none", "rts/cts", "dsr/dtr", "xon/xoff"]


@dataclass(frozen=True)
class Line:
    """Options of a line. A driver class names its own as `line`; a bench file may replace any of them.

    Wires that carry the end of a message themselves (GPIB, USB, VXI-11, HiSLIP) use no `read_end`; only serial ports
    have `baud` to `flow`.
    """

    write_end: str = "\n"
    """Put after every message."""
    read_end: str = "\n"
    """Ends an answer on a socket or a serial port; trailing CR and LF are taken off on every wire."""
    probe: str | None = "*IDN?"
    """Asked on opening, and to prove after a failure that questions and answers go together; its answer must stay the
    same. None for an instrument that answers nothing: what is late is then drained."""
    hush: str | None = None
    """Sent before the probe to what talks without being asked (a free-running meter); must be harmless to any
    instrument of that address. What was said before is dropped."""
    timeout_s: float = 5.0
    """Machine time that an answer may take where a request names no other."""

    baud: int = 9600
    bits: Literal[5, 6, 7, 8] = 8
    parity: Parity = "none"
    stop_bits: float = 1
    """1, 1.5 or 2."""
    flow: Flow = "none"

    echo: bool = False
    """The instrument sends back what it is sent; what it sends back must be what it was sent."""
    prompt: str = ""
    """What the instrument puts after all that it has done, such as `>`; an answer may then have several lines."""
    pause_s: float = 0.0
    """Least time between the end of one exchange and the next message."""
    byte_pause_s: float = 0.0
    """Least time between two bytes that are sent on a serial port, for what has no buffer."""

    def __post_init__(self) -> None:
        for name in ("write_end", "read_end", "prompt", "probe", "hush"):
            value = getattr(self, name)
            if value is not None and not value.isascii():
                msg = f"line: {name} cannot be {value!r}; allowed: ASCII"
                raise InputError(msg)
        if not self.read_end:
            msg = "line: read_end cannot be empty; an answer ends with a character, such as '\\n'"
            raise InputError(msg)
        if self.stop_bits not in (1, 1.5, 2):
            msg = f"line: stop_bits cannot be {self.stop_bits!r}; allowed: 1, 1.5, 2"
            raise InputError(msg)
        if not (0 < self.timeout_s < 86_400 and 0 <= self.pause_s < 60 and 0 <= self.byte_pause_s < 1):
            msg = (
                f"line: timeout_s {self.timeout_s:g}, pause_s {self.pause_s:g}, byte_pause_s {self.byte_pause_s:g}; "
                "allowed: above 0 to 86400, 0 to 60, 0 to 1"
            )
            raise InputError(msg)
