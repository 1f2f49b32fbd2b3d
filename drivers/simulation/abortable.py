"""Work that a device clear ends: sleeps of the bench's clock that another thread can cut short."""

import threading
import time
from types import TracebackType
from typing import Self

from calib.clock import ScaledClock

_here = threading.local()


class Cleared(Exception):
    """What the instrument was doing was ended by a device clear, an abort or a closed line."""


class Work:
    """While a thread is inside, `end` from another thread ends its sleeps on an `AbortableClock` with `Cleared`.

    Once ended it stays so until it is renewed.
    """

    def __init__(self) -> None:
        self._ended = threading.Event()

    def end(self) -> None:
        """End what is done inside."""
        self._ended.set()

    def wait(self, seconds: float) -> None:
        """Wait for machine time."""
        if self._ended.wait(seconds):
            msg = "cleared"
            raise Cleared(msg)

    def renew(self) -> None:
        """Forget an end: what is done inside from now on is other work."""
        self._ended.clear()

    def __enter__(self) -> Self:
        _here.work = self
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _here.work = None


class AbortableClock(ScaledClock):
    """A scaled clock whose sleeps end when the work that they are part of is ended."""

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of scaled time."""
        if seconds <= 0:
            return
        work: Work | None = getattr(_here, "work", None)
        if work is None:
            time.sleep(seconds / self.factor)
        else:
            work.wait(seconds / self.factor)
