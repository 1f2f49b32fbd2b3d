"""A line to a simulated instrument in this process: it answers in the calling thread, no socket between."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from calib.drivers.transport.base import no_traffic
from calib.drivers.transport.block import parse_block
from calib.drivers.transport.line import Line
from calib.drivers.transport.wire import DEVICE_CLEAR, SERIAL_POLL
from calib.errors import LinkError, NoReply, ReplyError
from calib.ports import TrafficSink


class Answering(Protocol):
    """What the line reaches: as much of a simulated instrument as a GPIB cable does."""

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message and return its answer, None where it has none."""
        ...

    def talk(self) -> bytes | None:
        """Return what is said when nothing was asked; None for silence."""
        ...

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return the answer to a serial poll."""
        ...

    def clear(self) -> None:
        """Device clear."""
        ...


class MemoryTransport:
    """A line to a simulated instrument, or to any function that takes a message and returns its answer or None."""

    def __init__(
        self,
        resource: str,
        device: Answering | Callable[[bytes], bytes | None],
        *,
        sink: TrafficSink | None = None,
        line: Line | None = None,
    ) -> None:
        self.resource = resource
        self.lock = threading.RLock()
        self._handle = device if callable(device) else device.handle
        self._device = None if callable(device) else device
        self._end = (line or Line()).write_end.encode("ascii")
        self._sink = sink or no_traffic
        self._answers: deque[bytes] = deque()
        self._closed = False

    def write(self, message: str) -> None:
        """Send a message; its answer waits for `read`."""
        with self.lock:
            answer = self._exchange(message)
            if answer is not None:
                self._answers.append(answer)

    def read(self, *, timeout_s: float | None = None) -> str:
        """Return the answer that waits, or what the instrument says unasked; nothing can still be coming."""
        with self.lock:
            return self._text("read", self._next())

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        """Send a message and return its answer; an older one that nobody read is dropped."""
        with self.lock:
            return self._text(message, self._asked(message))

    def query_block(self, message: str, *, timeout_s: float | None = None) -> bytes:
        """Send a message and return the bytes of the block that it is answered with."""
        with self.lock:
            answer = self._asked(message)
            self._sink(self.resource, "<", answer)
            return parse_block(answer, f"{self.resource}: asked {message!r}")

    def read_bytes(self, count: int, *, timeout_s: float | None = None) -> bytes:
        """Return the next `count` bytes, whatever they are."""
        with self.lock:
            data = b""
            while len(data) < count:
                data += self._next()
            if len(data) > count:
                self._answers.appendleft(data[count:])
            self._sink(self.resource, "<", data[:count])
            return data[:count]

    def status_byte(self) -> int | None:
        """Return the answer to a serial poll; None from a function."""
        with self.lock:
            self._require_open("serial poll")
            if self._device is None:
                return None
            status = self._device.status_byte(message_available=bool(self._answers))
            self._sink(self.resource, ">", SERIAL_POLL)
            self._sink(self.resource, "<", b"[%d]" % status)
            return status

    def clear(self) -> None:
        """Clear the device, and drop answers that nobody read."""
        with self.lock:
            self._require_open("device clear")
            self._sink(self.resource, ">", DEVICE_CLEAR)
            self._answers.clear()
            if self._device is not None:
                self._device.clear()

    def resynchronise(self) -> None:
        """Drop answers that nobody read."""
        self._answers.clear()

    def close(self) -> None:
        """Let the instrument go; idempotent."""
        self._closed = True

    def _asked(self, message: str) -> bytes:
        self._answers.clear()
        answer = self._exchange(message)
        if answer is None:
            msg = f"{self.resource}: no answer to {message!r}"
            raise NoReply(msg)
        return answer

    def _next(self) -> bytes:
        self._require_open("read")
        if self._answers:
            return self._answers.popleft()
        said = None if self._device is None else self._device.talk()
        if said is None:
            msg = f"{self.resource}: nothing to read"
            raise NoReply(msg)
        return said

    def _exchange(self, message: str) -> bytes | None:
        self._require_open(message)
        data = message.encode("ascii") + self._end
        self._sink(self.resource, ">", data)
        return self._handle(data)

    def _require_open(self, request: str) -> None:
        if self._closed:
            msg = f"{self.resource}: the line is closed; {request!r} was not sent"
            raise LinkError(msg)

    def _text(self, request: str, answer: bytes) -> str:
        self._sink(self.resource, "<", answer)
        try:
            return answer.decode("ascii").rstrip("\r\n")
        except UnicodeDecodeError as error:
            msg = f"{self.resource}: asked {request!r}, answered {answer[:80]!r}, which is no text"
            raise ReplyError(msg) from error
