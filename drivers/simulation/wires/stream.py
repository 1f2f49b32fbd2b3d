"""Messages on a stream of bytes (socket, serial line): what ends them, how fast they go, what nobody asked for."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress

from calib.drivers.simulation.abortable import Cleared, Work
from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.reply import Piece

LONGEST_MESSAGE = 1 << 20
PORTION_S = 0.02
"""Bytes of a slow line are sent in portions that last about this long."""
DEVICE_CLEAR = b"\x03"
"""Ctrl-C on a serial line (34401A User's Guide, "device clear" over RS-232)."""


class Cut(ConnectionError):
    """The connection breaks here: a fault wants it so, or the client sends no end of a message."""


class Stream:
    """One client's stream of bytes to an instrument, and back."""

    def __init__(self, port: Port, send: Callable[[bytes], None], *, byte_s: float = 0.0, clears: bool = False) -> None:
        self._port = port
        self._send = send
        self._work = Work()
        self._byte_s = byte_s
        self._clears = clears
        self._rest = b""
        self._mouth = threading.Lock()  # what is said unasked comes before an answer or after it, never within
        self._ends = port.device.ends
        one_of = re.escape(self._ends)
        self._message = re.compile(
            rb"[^%b]*(?:\r\n|[%b])" % (one_of, one_of) if len(self._ends) > 1 else rb"[^%b]*[%b]" % (one_of, one_of)
        )
        self._unsubscribe = port.device.unasked(self._say)

    def take(self, data: bytes) -> None:
        """Take what came in; answer the messages that it completes.

        Raises
        ------
        Cut
            The connection is to be closed.
        """
        if self._byte_s:
            self._port.clock.sleep(len(data) * self._byte_s)
        if self._clears and DEVICE_CLEAR in data:
            data = data.rpartition(DEVICE_CLEAR)[2]
            self._rest = b""
            self._port.device.clear()
        if self._rest:
            data = self._rest + data
        end = 0
        for match in self._message.finditer(data):
            end = match.end()
            self._answer(match.group())
        self._rest = data[end:]
        if len(self._rest) > LONGEST_MESSAGE:
            msg = "no end of a message"
            raise Cut(msg)

    def close(self) -> None:
        """End: nothing more is sent; what the instrument does for this client ends."""
        self._unsubscribe()
        self._work.end()

    def _say(self, said: bytes) -> None:
        with suppress(OSError):  # a client that is going is no matter of the instrument's
            self._deliver(Piece(said))

    def _answer(self, message: bytes) -> None:
        try:
            with self._work:
                self._port.wait_for_turn(self, self._work)
                reply = self._port.ask(message)
                for piece in reply.pieces:
                    self._deliver(piece)
        except Cleared:
            return
        if reply.cut:
            msg = "a fault"
            raise Cut(msg)

    def _deliver(self, piece: Piece) -> None:
        if piece.wait_s:
            self._port.clock.sleep(piece.wait_s)
        with self._mouth:
            self._say_piece(piece)

    def _say_piece(self, piece: Piece) -> None:
        byte_s = self._byte_s + piece.byte_s
        if not byte_s:
            self._send(piece.data)
            return
        step = max(1, round(PORTION_S / byte_s))
        for start in range(0, len(piece.data), step):
            portion = piece.data[start : start + step]
            self._port.clock.sleep(len(portion) * byte_s)
            self._send(portion)
