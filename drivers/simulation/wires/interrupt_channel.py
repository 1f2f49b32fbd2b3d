"""The way of service requests from a VXI-11 instrument to its client: a call in the other direction (B.6.13)."""

import socket
import threading
from contextlib import suppress

from calib.drivers.simulation.wires.rpc import call, pack_opaque, send_record

DEVICE_INTR_SRQ = 30
CONNECT_S = 5.0


class InterruptChannel:
    """A connection to the client's own RPC server, one way."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._program = self._version = self._xid = 0
        self._guard = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether there is one."""
        return self._socket is not None

    def open(self, host: str, port: int, program: int, version: int) -> bool:
        """Connect to the client; return whether that succeeded."""
        try:
            self._socket = socket.create_connection((host, port), CONNECT_S)
        except OSError:
            return False
        self._program, self._version = program, version
        return True

    def request_service(self, handle: bytes) -> None:
        """Call device_intr_srq with what the client named itself by."""
        with self._guard, suppress(OSError):
            if self._socket is not None:
                self._xid += 1
                arguments = pack_opaque(handle)
                send_record(self._socket, call(self._program, self._version, DEVICE_INTR_SRQ, arguments, self._xid))

    def close(self) -> None:
        """End the connection; idempotent."""
        with self._guard, suppress(OSError):
            if self._socket is not None:
                self._socket.close()
                self._socket = None
