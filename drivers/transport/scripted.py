"""A line that follows a script, for tests of drivers: (sent, answered) pairs, each in its turn and no other."""

import threading
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from calib.errors import NoReply


class ScriptedTransport:
    """Expects the messages of a script in their order; as a context manager it also fails when some were not sent."""

    def __init__(
        self,
        script: Iterable[tuple[str, str | bytes | None]],
        *,
        resource: str = "SCRIPT::1",
        status_bytes: Iterable[int] | None = None,
    ) -> None:
        self.resource = resource
        self.lock = threading.RLock()
        self.timeouts_s: list[float | None] = []
        """Of each query so far."""
        self._script = deque(script)
        self._answer: str | bytes | None = None
        self._status_bytes = None if status_bytes is None else deque(status_bytes)

    def write(self, message: str) -> None:
        """Take the next message of the script; its answer, if any, waits for `read`."""
        assert self._script, f"{message!r} was sent after the script's end"
        expected, self._answer = self._script.popleft()
        assert message == expected, f"{message!r} was sent where the script has {expected!r}"

    def read(self, *, timeout_s: float | None = None) -> str:
        """Return the answer of the message sent last."""
        answer = self._answered(timeout_s)
        assert isinstance(answer, str), f"{answer[:40]!r} is no text: the script has bytes for query_block, read_bytes"
        return answer

    def query(self, message: str, *, timeout_s: float | None = None) -> str:
        """Take the next message of the script and return its answer."""
        self.write(message)
        return self.read(timeout_s=timeout_s)

    def query_block(self, message: str, *, timeout_s: float | None = None) -> bytes:
        """Take the next message of the script and return its answer: the bytes in the block."""
        self.write(message)
        return self.read_bytes(0, timeout_s=timeout_s)

    def read_bytes(self, count: int, *, timeout_s: float | None = None) -> bytes:
        """Return the bytes that the script has as the answer of the message sent last."""
        answer = self._answered(timeout_s)
        assert isinstance(answer, bytes), f"{answer!r} is text: the script needs bytes here"
        assert not count or len(answer) == count, f"{count} bytes were read, the script has {len(answer)}"
        return answer

    def status_byte(self) -> int | None:
        """Return the next of the status bytes that were given; None where none were, as on a socket."""
        if self._status_bytes is None:
            return None
        assert self._status_bytes, "the status byte was read more often than the script has it"
        return self._status_bytes.popleft()

    def clear(self) -> None:
        """Drop the answer of the message sent last."""
        self._answer = None

    def _answered(self, timeout_s: float | None) -> str | bytes:
        self.timeouts_s.append(timeout_s)
        if self._answer is None:
            msg = f"{self.resource}: no answer"
            raise NoReply(msg)
        answer, self._answer = self._answer, None
        return answer

    def resynchronise(self) -> None:
        """Do nothing: a script is never out of step."""

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None:
            assert not self._script, f"never sent: {list(self._script)}"
