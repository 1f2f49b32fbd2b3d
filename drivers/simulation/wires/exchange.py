"""Message exchange of IEEE 488.2 (6.3) for wires on which a client writes and reads by separate requests.

The instrument works in a thread of its own, so that a read can time out, a status byte can be polled and a device clear
can come while it does.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from calib.drivers.simulation.abortable import Cleared, Work
from calib.drivers.simulation.outlet import Port
from calib.drivers.simulation.reply import SILENT, Piece, Reply

_LOGGER = logging.getLogger("calib.simulation")
CLEAR_S = 2.0
"""How long a device clear waits for the instrument to leave what it does."""


class Ending(Enum):
    """Why a read ended."""

    END = auto()
    CHARACTER = auto()
    FULL = auto()
    TIMEOUT = auto()
    ABORTED = auto()


class Taken(NamedTuple):
    """What a read brought."""

    data: bytes
    why: Ending


class ServiceRequest:
    """Bit 6 of the status byte as a serial poll reads it: set by a new reason, cleared by the poll (488.2, 11.3)."""

    def __init__(self) -> None:
        self._before = 0
        self.requested = False

    def look(self, byte: int) -> bool:
        """Take the present status byte, with its master summary; return whether it is a new request."""
        new = bool(byte & 64) and bool(byte & ~self._before)
        self._before = byte
        self.requested = (self.requested or new) and bool(byte & 64)
        return new

    def poll(self, byte: int) -> int:
        """Return the answer to a serial poll."""
        self.look(byte)
        answer = byte | 64 if self.requested else byte & ~64
        self.requested = False
        return answer


class Exchange:
    """One interface of an instrument: its input buffer, its output queue, and the instrument between them.

    With `waits_for_turn` its messages wait while a client of another wire holds the instrument's lock.
    """

    def __init__(
        self, port: Port, *, on_service_request: Callable[[], None] | None = None, waits_for_turn: bool = False
    ) -> None:
        self._port = port
        self._waits = waits_for_turn
        self._on_request = on_service_request
        self._state = threading.Condition()
        self._inbox: deque[Callable[[], Reply]] = deque()
        self._outbox: deque[Piece] = deque()
        self._request = ServiceRequest()
        self._work = Work()
        self._busy = self._cut = self._closed = self._aborted = False
        self._asked_to_talk = self._dropped = False
        threading.Thread(target=self._run, daemon=True, name=f"{port.outlet.name} on {port.wire}").start()

    def write(self, message: bytes) -> None:
        """Give the instrument a message; it carries it out after those before. An unread answer is dropped."""
        self._give(lambda: self._port.ask(message))

    def trigger(self) -> None:
        """Group execute trigger, after the messages before."""
        self._give(self._trigger)

    def read(
        self, limit: int, timeout_s: float, *, first_s: float | None = None, character: int | None = None
    ) -> Taken:
        """Return up to `limit` bytes of the output queue, to the end of a message or to a character.

        `timeout_s` of machine time is for the whole; with `first_s` for each wait between pieces, while an instrument
        at work is waited for that long.

        Raises
        ------
        ConnectionError
            The line is cut.
        """
        data = bytearray()
        begun = quiet_from = time.monotonic()
        with self._state:
            self._aborted = False
            while True:
                self._require_line()
                if self._outbox:
                    ending = self._move(data, limit, character)
                    if ending is not None:
                        return Taken(bytes(data), ending)
                    quiet_from = time.monotonic() if first_s is not None else begun
                    continue
                self._address_to_talk(data)
                until = quiet_from + timeout_s
                if first_s is not None and not data and (self._busy or self._inbox):
                    quiet_from, until = time.monotonic(), begun + first_s
                if self._aborted or self._closed:
                    return Taken(bytes(data), Ending.ABORTED)
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return Taken(bytes(data), Ending.TIMEOUT)
                self._state.wait(left_s)

    def abort(self) -> None:
        """End a read that waits; the instrument goes on."""
        with self._state:
            self._aborted = True
            self._state.notify_all()

    def clear(self) -> None:
        """Device clear: both buffers are emptied, what is done is ended."""
        self.empty()
        with self._state:
            self._state.wait_for(lambda: not self._busy, CLEAR_S)
            self._outbox.clear()
        self._port.device.clear()

    def empty(self) -> None:
        """Empty both buffers and end what is done, as when the instrument goes off."""
        with self._state:
            self._inbox.clear()
            self._outbox.clear()
            self._work.end()
            self._asked_to_talk = self._dropped = False
            self._port.late = None

    def serial_poll(self) -> int:
        """Return the status byte; bit 6 tells of a request that no poll has seen."""
        with self._state:
            return self._request.poll(self._status_byte())

    @property
    def requests_service(self) -> bool:
        """Whether the interface asserts SRQ."""
        with self._state:
            self._request.look(self._status_byte())
            return self._request.requested

    def close(self) -> None:
        """End the instrument's thread of this interface."""
        with self._state:
            self._closed = True
            self._work.end()
            self._state.notify_all()

    def _give(self, do: Callable[[], Reply]) -> None:
        with self._state:
            self._require_line()
            self._drop_unread()
            self._asked_to_talk = False
            self._inbox.append(do)
            self._state.notify_all()

    def _drop_unread(self) -> None:
        self._dropped = self._dropped or bool(self._outbox)
        self._outbox.clear()

    def _require_line(self) -> None:
        if self._cut and not self._outbox:
            self._cut = False
            msg = "cut by a fault"
            raise ConnectionError(msg)

    def _status_byte(self) -> int:
        return self._port.device.status_byte(message_available=bool(self._outbox))

    def _address_to_talk(self, data: bytearray) -> None:
        """Let an idle instrument speak without having been asked."""
        if not (self._busy or self._inbox or self._asked_to_talk or data):
            self._asked_to_talk = True
            self._inbox.append(self._port.talk)
            self._state.notify_all()

    def _move(self, data: bytearray, limit: int, character: int | None) -> Ending | None:
        """Move bytes from the output queue; return why to stop, or None to go on."""
        piece = self._outbox.popleft()
        part, ending = piece.data[: limit - len(data)], Ending.FULL
        if character is not None and (at := part.find(character)) >= 0:
            part, ending = part[: at + 1], Ending.CHARACTER
        data += part
        rest = piece.data[len(part) :]
        if rest:
            self._outbox.appendleft(Piece(rest, end=piece.end))
            return ending
        self._asked_to_talk = False
        if piece.end:
            return Ending.END
        return ending if ending is Ending.CHARACTER or len(data) >= limit else None

    def _run(self) -> None:
        while True:
            with self._state:
                while not self._inbox:
                    if self._closed:
                        return
                    self._state.wait()
                if self._closed:
                    return
                do = self._inbox.popleft()
                self._busy = True
                self._work.renew()
                dropped, self._dropped = self._dropped, False
            try:
                if dropped:
                    self._port.device.interrupted()
                with self._work:
                    if self._waits:
                        self._port.wait_for_turn(self, self._work)
                    self._bring_out(do())
            except Cleared:
                pass
            except Exception:
                _LOGGER.exception("the simulated %s failed", self._port.outlet.name)
                self._cut_line()
            self._settle()

    def _settle(self) -> None:
        with self._state:
            self._busy = False
            new = self._request.look(self._status_byte())
            self._state.notify_all()
        if new and self._on_request is not None:
            self._on_request()

    def _bring_out(self, reply: Reply) -> None:
        for piece in reply.pieces:
            wait_s = piece.wait_s + len(piece.data) * piece.byte_s
            if wait_s:
                self._port.clock.sleep(wait_s)
            with self._state:
                self._outbox.append(piece)
                if self._inbox:  # the client has asked again before this answer was there
                    self._drop_unread()
                self._state.notify_all()
        if reply.cut:
            self._cut_line()

    def _cut_line(self) -> None:
        with self._state:
            self._cut = True
            self._state.notify_all()

    def _trigger(self) -> Reply:
        self._port.device.trigger()
        return SILENT
