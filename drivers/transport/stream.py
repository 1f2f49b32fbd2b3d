"""A wire that carries bytes and nothing else: a TCP socket, a serial port. A message ends with a character."""

import threading
import time
from abc import ABC, abstractmethod

from calib.drivers.transport.wire import nobody_counts
from calib.errors import LinkError, NoReply

LONGEST_ANSWER = 256 * 1024 * 1024
"""Bytes without a terminator after which an instrument is taken to be talking nonsense."""


class StreamWire(ABC):
    """Messages out of a stream of bytes; a subclass moves the bytes."""

    framed = False
    drops_unread = False
    reopens = False

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self.lock = threading.RLock()
        self.heard = nobody_counts
        self._kept = b""
        """Came behind the end of the message that was asked for."""

    @abstractmethod
    def send(self, data: bytes, request: str) -> None:
        """Send bytes."""

    @abstractmethod
    def close(self) -> None:
        """Let go."""

    @abstractmethod
    def _more(self, request: str, timeout_s: float) -> bytes:
        """Return bytes that have come, at least one; empty where none came in time."""

    def more(self, request: str, timeout_s: float) -> bytes:
        """Return bytes as they come, at least one; empty where none came in time."""
        kept, self._kept = self._kept, b""
        return kept or self._more(request, timeout_s)

    def receive(self, end: bytes, request: str, timeout_s: float) -> bytes:
        """Return the bytes up to and with `end`."""
        kept, self._kept = self._kept, b""
        data = kept if kept else self._more(request, timeout_s)
        if data.endswith(end) and data.find(end) == len(data) - len(end):  # nearly always: one answer, whole
            return data
        deadline = time.monotonic() + timeout_s
        buffer, searched = bytearray(data), 0
        while (at := buffer.find(end, searched)) < 0:
            searched = max(0, len(buffer) - len(end) + 1)
            if len(buffer) > LONGEST_ANSWER:
                msg = f"{self.resource}: {request!r} is answered by {len(buffer)} bytes without {end!r}"
                raise LinkError(msg)
            left_s = deadline - time.monotonic()
            more = self._more(request, left_s) if left_s > 0 and data else b""
            if not more:
                raise self._silence(request, timeout_s, bytes(buffer))
            buffer += more
        at += len(end)
        self._kept = bytes(buffer[at:])
        return bytes(buffer[:at])

    def receive_exactly(self, count: int, request: str, timeout_s: float) -> bytes:
        """Return the next `count` bytes; `timeout_s` is for each part in which they come."""
        parts, self._kept = [self._kept], b""
        got = len(parts[0])
        while got < count:
            part = self._more(request, timeout_s)
            if not part:
                raise self._silence(request, timeout_s, b"".join(parts))
            self.heard()
            parts.append(part)
            got += len(part)
        data = b"".join(parts)
        self._kept = data[count:]
        return data[:count]

    def strays(self, request: str) -> bytes:
        """Return what has come already."""
        data, self._kept = self._kept, b""
        while more := self._more(request, 0.0):
            data += more
        return data

    def status_byte(self) -> int | None:
        """Return None: a stream has no serial poll."""
        return None

    def clear(self) -> None:
        """Drop what has come."""
        self.strays("clear")

    def _silence(self, request: str, timeout_s: float, so_far: bytes) -> NoReply:
        begun = f"; it began {so_far[:80]!r} and did not end" if so_far else ""
        return NoReply(f"{self.resource}: no answer to {request!r} within {timeout_s:g} s{begun}")
