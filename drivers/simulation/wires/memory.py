"""The wire in this process: calls in the caller's thread. What goes wrong on it is an error of the line, or silence."""

from calib.drivers.simulation.outlet import Port
from calib.errors import LinkError, NoReply

PATIENCE_S = 5.0
"""An answer that a fault delays by more, on the bench's clock, does not come in time; nor one for which another
client's lock is to be waited for longer, by machine time."""


class MemoryWire:
    """An instrument for a `MemoryTransport`."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._cut = False

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message and return its answer, None where none comes.

        Raises
        ------
        LinkError
            The line broke; with the next message it is open again, unless the instrument is still down.
        NoReply
            The end of the answer did not come.
        """
        outlet = self._port.outlet
        if outlet.faults.idle and not (self._cut or outlet.down) and outlet.locks.free:
            return outlet.device.handle(message)
        self._require_line(message)
        if not self._port.outlet.locks.wait_for_turn(self, PATIENCE_S):
            return None
        reply = self._port.ask(message)
        if reply.cut:
            self._cut = True
            self._require_line(message)
        answer = None
        for piece in reply.pieces:
            if piece.late:  # the transport drops what nobody waits for any more
                continue
            wait_s = piece.wait_s + len(piece.data) * piece.byte_s
            self._port.clock.sleep(min(wait_s, PATIENCE_S))
            if wait_s > PATIENCE_S:
                return None
            if not piece.end or not piece.data.endswith((b"\n", b"\r", b">")):
                told = f"only {piece.data!r} came, without an end, as the answer to {message!r}"
                msg = f"MEMORY::{self._port.outlet.name}: {told}"
                raise NoReply(msg)
            answer = piece.data if answer is None else answer
        return answer

    def talk(self) -> bytes | None:
        """Return what the instrument says unasked."""
        self._require_line(b"read")
        return self._port.device.talk()

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return the answer to a serial poll."""
        return self._port.device.status_byte(message_available=message_available)

    def clear(self) -> None:
        """Device clear."""
        self._port.late = None
        self._port.device.clear()

    def _require_line(self, message: bytes) -> None:
        cut, self._cut = self._cut, False
        if cut or self._port.outlet.down:
            msg = f"MEMORY::{self._port.outlet.name}: the simulated line is broken at {message!r}"
            raise LinkError(msg)
