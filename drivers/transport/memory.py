"""A line to a simulated instrument in this process: it answers in the calling thread, no socket between."""

import threading
from collections.abc import Callable

from calib.drivers.transport.base import no_traffic
from calib.errors import LinkError, NoReply, ReplyError
from calib.ports import TrafficSink


class MemoryTransport:
    """A line to whatever takes a message and returns its answer, or None where it has none."""

    def __init__(
        self, resource: str, handle: Callable[[bytes], bytes | None], *, sink: TrafficSink | None = None
    ) -> None:
        self.resource = resource
        self.lock = threading.RLock()
        self._handle = handle
        self._sink = sink or no_traffic
        self._answers: list[bytes] = []
        self._closed = False

    def write(self, message: str) -> None:
        """Send a message; its answer waits for `read`."""
        with self.lock:
            answer = self._exchange(message)
            if answer is not None:
                self._answers.append(answer)

    def read(self, *, timeout_s: float | None = None) -> str:
        """Return the answer that waits; nothing can still be coming, so `timeout_s` is not used."""
        with self.lock:
            if not self._answers:
                msg = f"{self.resource}: nothing to read"
                raise NoReply(msg)
            return self._text("read", self._answers.pop(0))

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        """Send a message and return its answer; an older one that nobody read is dropped."""
        with self.lock:
            self._answers.clear()
            answer = self._exchange(message)
            if answer is None:
                msg = f"{self.resource}: no answer to {message!r}"
                raise NoReply(msg)
            return self._text(message, answer)

    def resynchronise(self) -> None:
        """Drop answers that nobody read."""
        self._answers.clear()

    def close(self) -> None:
        """Let the instrument go; idempotent."""
        self._closed = True

    def _exchange(self, message: str) -> bytes | None:
        if self._closed:
            msg = f"{self.resource}: the line is closed; {message!r} was not sent"
            raise LinkError(msg)
        data = message.encode("ascii") + b"\n"
        self._sink(self.resource, ">", data)
        return self._handle(data)

    def _text(self, request: str, answer: bytes) -> str:
        self._sink(self.resource, "<", answer)
        try:
            return answer.decode("ascii").rstrip("\r\n")
        except UnicodeDecodeError as error:
            msg = f"{self.resource}: asked {request!r}, answered {answer[:80]!r}, which is no text"
            raise ReplyError(msg) from error
