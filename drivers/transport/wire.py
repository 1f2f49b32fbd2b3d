"""What a transport sees of a wire: bytes of whole messages, and every failure one of our errors.

Keeping questions and answers together, text, traffic and locks are the transport's, the same on all wires.
"""

import threading
from collections.abc import Callable
from typing import Protocol

SERIAL_POLL = b"[serial poll]"
DEVICE_CLEAR = b"[device clear]"
"""What is no message, as the traffic shows it; a status byte as `[80]`."""


class Wire(Protocol):
    """An open wire to one instrument. `request` is what is being asked, for messages of errors."""

    lock: threading.RLock
    """Held during every request; shared by the instruments behind one adapter."""
    framed: bool
    """True where the wire carries the end of a message beside its bytes (GPIB, USB, VXI-11, HiSLIP)."""
    drops_unread: bool
    """True where an answer that was not read is gone once the next question is asked (GPIB, USB, VXI-11, HiSLIP, by
    IEEE 488.2, 6.3), so that none that came twice can be taken for the next one."""
    reopens: bool
    """True where a late answer is lost for good by closing the wire and opening it anew."""
    heard: Callable[[], None]
    """Called at each part of an answer that comes in parts."""

    def send(self, data: bytes, request: str) -> None:
        """Send one message, its terminator included.

        Raises
        ------
        LinkError
            The line is broken.
        NoReply
            The instrument does not take it.
        """
        ...

    def receive(self, end: bytes, request: str, timeout_s: float) -> bytes:
        """Return the next message, up to and with `end`; on a framed wire, up to its end.

        Raises
        ------
        NoReply
            It did not come in time.
        LinkError
            The line is broken; noticed at once, where the wire tells.
        """
        ...

    def receive_exactly(self, count: int, request: str, timeout_s: float) -> bytes:
        """Return the next `count` bytes, which may be part of a message."""
        ...

    def strays(self, request: str) -> bytes:
        """Take off and return what has come before `request` is sent, without waiting; empty where none can tell.

        Raises
        ------
        LinkError
            The line is broken.
        """
        ...

    def status_byte(self) -> int | None:
        """Return the answer to a serial poll; None on a wire that has none."""
        ...

    def clear(self) -> None:
        """Clear the device (IEEE 488.1 SDC), or on a wire that cannot, drop what has come."""
        ...

    def close(self) -> None:
        """Let go; idempotent, and never raises: what cannot be closed is gone already."""
        ...


def nobody_counts() -> None:
    """Take a part of an answer: `heard` of a wire at which nobody waits for signs."""
