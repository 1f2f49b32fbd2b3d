"""What a driver sees of a wire: text out, text in, one request at a time, every failure one of our errors."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from calib.drivers.transport.line import Line
from calib.ports import Direction

__all__ = ["Connector", "Line", "NoLeases", "Transport", "no_traffic"]


class Transport(Protocol):
    """A line to one instrument. Messages are given and returned without their terminator."""

    @property
    def resource(self) -> str:
        """Name of the resource, for messages and for the traffic."""
        ...

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held during every request; take it around several that must not be parted. Reentrant."""
        ...

    def write(self, message: str) -> None:
        """Send a message."""
        ...

    def read(self, *, timeout_s: float | None = None) -> str:
        """Return the next answer; `timeout_s` is machine time, None for the line's own timeout.

        Raises
        ------
        NoReply
            Nothing came in time; the next request first resynchronises.
        """
        ...

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        """Send a message and return its answer."""
        ...

    def query_block(self, message: str, *, timeout_s: float | None = None) -> bytes:
        """Send a message and return the bytes of the block that it is answered with (IEEE 488.2, 8.7.9, 8.7.10)."""
        ...

    def read_bytes(self, count: int, *, timeout_s: float | None = None) -> bytes:
        """Return the next `count` bytes, whatever they are: a burst without a header."""
        ...

    def status_byte(self) -> int | None:
        """Return the answer to a serial poll; None on sockets and serial ports, which have none."""
        ...

    def clear(self) -> None:
        """Clear the device (IEEE 488.1 SDC), or on a wire that cannot, drop what has come."""
        ...

    def resynchronise(self) -> None:
        """Make sure that the next answer is the answer to the next question."""
        ...

    def close(self) -> None:
        """Let the resource go; idempotent."""
        ...


Connector = Callable[[str], Transport]
"""Opens a resource by its name."""


def no_traffic(resource: str, direction: Direction, message: bytes) -> None:
    """Take a message and forget it: the traffic sink of a line that nobody records."""


class NoLeases:
    """For a line at which nobody watches whether it hangs."""

    def lease(self, seconds: float, what: str) -> AbstractContextManager[object]:
        """Do nothing."""
        del seconds, what
        return _NOTHING

    def heard(self) -> None:
        """Do nothing."""


_NOTHING = nullcontext()
