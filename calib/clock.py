"""The laboratory's clock: nothing sleeps or reads the time but through the clock that it was given.

Waiting for physics (settling, warm-up, integration) goes through a clock, so that a simulated laboratory can be fast.
Input/output timeouts, checkpoints and signatures always use machine time.
"""

import math
import time
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time of a bench and waits for it."""

    simulated: bool
    """True where an hour of this clock is not an hour of the world; refused for real equipment."""
    factor: float
    """How many of its seconds pass in one of the machine; 1 where it does not move with the machine."""

    def now(self) -> datetime:
        """Return the time of day with its offset from UTC."""
        ...

    def elapsed(self) -> float:
        """Return seconds since some fixed instant; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    simulated = False
    factor = 1.0

    def now(self) -> datetime:
        """Return the machine's time of day with its offset from UTC."""
        return datetime.now().astimezone()

    def elapsed(self) -> float:
        """Return the machine's monotonic time in seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        if seconds > 0:
            time.sleep(seconds)


class ScaledClock:
    """A clock that runs `factor` times as fast as the machine's, for simulated instruments in other processes."""

    simulated = True

    def __init__(self, factor: float, *, not_before: datetime | None = None) -> None:
        """Begin now, or at `not_before` where that is later: what goes on with earlier scaled time does not go back."""
        if not 0 < factor < math.inf:
            msg = f"a clock's factor must be positive and finite, not {factor:g}"
            raise ValueError(msg)
        self.factor = factor
        now = datetime.now().astimezone()
        self._start = now if not_before is None else max(now, not_before)
        self._zero = time.monotonic()

    def now(self) -> datetime:
        """Return the scaled time of day: the start plus the scaled time since."""
        return self._start + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        """Return scaled seconds since the clock was made."""
        return (time.monotonic() - self._zero) * self.factor

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of scaled time."""
        if seconds > 0:
            time.sleep(seconds / self.factor)


class VirtualClock:
    """A clock that only moves when somebody sleeps: an hour takes no time.

    Only for one process with in-memory wires in the calling thread; sockets and a virtual clock are not deterministic.
    """

    simulated = True
    factor = 1.0

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            msg = "a virtual clock starts at a time with an offset from UTC"
            raise ValueError(msg)
        self._start = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the start plus all that was slept."""
        return self._start + timedelta(seconds=self._elapsed)

    def elapsed(self) -> float:
        """Return the seconds slept so far."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Move the clock on by `seconds`."""
        if seconds > 0:
            self._elapsed += seconds
