"""A wire whose waiting is declared: before each act it says how long that may block, so that a hang can be told."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from calib.drivers.transport.line import Line
from calib.drivers.transport.wire import Wire
from calib.ports import Leases

SPARE_S = 3.0
"""On top of what the wire itself waits: gateways, and a system that is late."""
OPENING_S = 15.0
"""The same for opening: a name may have to be looked up."""
_BITS = 12
"""Of a byte on a serial port, at most."""


class LeasedWire:
    """Does what the wire below does, within leases."""

    def __init__(self, wire: Wire, resource: str, leases: Leases, line: Line) -> None:
        self._wire = wire
        self._resource = resource
        self._leases = leases
        self._line = line
        self.lock = wire.lock
        self.framed, self.drops_unread, self.reopens = wire.framed, wire.drops_unread, wire.reopens
        self.heard = wire.heard = leases.heard

    def send(self, data: bytes, request: str) -> None:
        """Send one message."""
        slowly_s = len(data) * (self._line.byte_pause_s + _BITS / self._line.baud)
        with self._waiting(slowly_s, request):
            self._wire.send(data, request)

    def receive(self, end: bytes, request: str, timeout_s: float) -> bytes:
        """Return the next message."""
        with self._waiting(timeout_s, request):
            return self._wire.receive(end, request, timeout_s)

    def receive_exactly(self, count: int, request: str, timeout_s: float) -> bytes:
        """Return the next `count` bytes; the lease is for each part of them."""
        with self._waiting(timeout_s, request):
            return self._wire.receive_exactly(count, request, timeout_s)

    def strays(self, request: str) -> bytes:
        """Return what has come already."""
        with self._waiting(0.0, request):
            return self._wire.strays(request)

    def status_byte(self) -> int | None:
        """Return the answer to a serial poll."""
        with self._waiting(0.0, "serial poll"):
            return self._wire.status_byte()

    def clear(self) -> None:
        """Clear the device."""
        with self._waiting(0.0, "device clear"):
            self._wire.clear()

    def close(self) -> None:
        """Let go."""
        with self._waiting(0.0, "closing the line"):
            self._wire.close()

    def _waiting(self, timeout_s: float, request: str) -> AbstractContextManager[object]:
        return self._leases.lease(timeout_s + self._line.timeout_s + SPARE_S, f"{self._resource}: {request}")


def leased(open_wire: Callable[[], Wire], resource: str, leases: Leases, line: Line) -> Callable[[], Wire]:
    """Return what opens a wire anew, itself within a lease."""

    def opened() -> Wire:
        with leases.lease(2 * line.timeout_s + OPENING_S, f"{resource}: a new connection"):
            return LeasedWire(open_wire(), resource, leases, line)

    return opened
