"""What a run waits for, and how far that is: for the faces of the run, and for who watches it from another terminal."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from calib.procedure.stability import Slope, expected_rest_s, slope
from calib.text import Text

EVENT = "waiting"
"""Kind of the events that the journal keeps of long waits."""
QUIET_S = 2.0
"""Shorter waits are not shown, in seconds of machine time."""
SHOWN_EACH_S, KEPT_EACH_S = 0.5, 20.0
"""How often a wait is shown, and kept in the journal, in seconds of machine time."""
_LAST = 40
"""Readings that are shown."""


@dataclass(frozen=True)
class Stability:
    """How still what is watched is."""

    unit: str
    value: float
    target: float | None
    slope_per_s: float
    """nan as long as too few readings are there."""
    u_per_s: float
    limit_per_s: float
    window: float
    """The part of the window that is filled with readings, up to 1."""
    last: tuple[float, ...]
    """The last readings."""


@dataclass(frozen=True)
class Waiting:
    """A wait, how it stands."""

    why: Text
    waited_s: float
    left_s: float
    """Expected; nan where nobody knows."""
    stability: Stability | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as the journal keeps it; what is not known is absent."""
        kept: dict[str, Any] = {"why": {"vi": self.why.vi, "en": self.why.en}, "waited_s": round(self.waited_s, 3)}
        if math.isfinite(self.left_s):
            kept["left_s"] = round(self.left_s, 3)
        if self.stability is not None:
            seen = dict(vars(self.stability), last=[float(f"{value:.9g}") for value in self.stability.last])
            kept["stability"] = {k: v for k, v in seen.items() if not (isinstance(v, float) and not math.isfinite(v))}
        return kept

    @classmethod
    def of(cls, kept: Mapping[str, Any], since_s: float = 0.0) -> "Waiting":
        """Return what the journal kept, `since_s` later."""
        seen = kept.get("stability")
        left_s = max(kept.get("left_s", math.nan) - since_s, 0.0)
        stability = None
        if seen is not None:
            unknown = {"target": None, "slope_per_s": math.nan, "u_per_s": math.inf}
            stability = Stability(**{**unknown, **seen, "last": tuple(seen["last"])})
        return cls(Text(**kept["why"]), kept["waited_s"] + since_s, left_s, stability)


class Window:
    """The readings of the last `length_s` of what is waited for, and their slope."""

    def __init__(self, length_s: float, unit: str, limit_per_s: float, target: float | None = None) -> None:
        self._length_s, self._unit, self._limit_per_s, self._target = length_s, unit, limit_per_s, target
        self._times: deque[float] = deque()
        self._values: deque[float] = deque()
        self._slope = slope((), ())

    @property
    def is_full(self) -> bool:
        """Whether the readings reach over the whole length."""
        return self._times[-1] - self._times[0] >= self._length_s

    def add(self, at_s: float, value: float) -> Slope:
        """Take a reading; return the slope of all that are in the window."""
        self._times.append(at_s)
        self._values.append(value)
        while len(self._times) > 1 and self._times[1] <= at_s - self._length_s:
            self._times.popleft()
            self._values.popleft()
        self._slope = slope(self._times, self._values)
        return self._slope

    def waiting(self, why: Text, waited_s: float) -> Waiting:
        """Return how the wait stands."""
        times, values = list(self._times), list(self._values)
        span_s = times[-1] - times[0]
        stability = Stability(
            self._unit,
            values[-1],
            self._target,
            self._slope.value,
            self._slope.u,
            self._limit_per_s,
            min(1.0, span_s / self._length_s) if self._length_s > 0 else 1.0,
            tuple(values[-_LAST:]),
        )
        return Waiting(why, waited_s, expected_rest_s(times, values, self._length_s, self._limit_per_s), stability)


class Reports:
    """Tells faces and journal of long waits, no oftener than is of use; short ones pass untold."""

    def __init__(
        self,
        show: Callable[[Waiting | None], None],
        keep: Callable[[dict[str, Any]], None],
        machine_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take who is shown a wait, and None after it; what keeps it; and the machine's time."""
        self._show, self._keep, self._machine_s = show, keep, machine_s
        self._seen: Callable[[], Waiting] | None = None
        self._show_at = self._keep_at = math.inf
        self._shown = False

    @contextmanager
    def during(self, seen: Callable[[], Waiting]) -> Iterator[None]:
        """Report what `seen` says, whenever `look` is called within this block; a wait within it is a part of it."""
        if self._seen is not None:
            yield
            return
        now = self._machine_s()
        self._seen, self._show_at, self._keep_at = seen, now + QUIET_S, now + KEPT_EACH_S / 2
        try:
            yield
        finally:
            self._seen, self._show_at, self._keep_at = None, math.inf, math.inf
            if self._shown:
                self._shown = False
                self._show(None)

    def look(self) -> None:
        """Report, where it is time to."""
        now = self._machine_s()
        if now < self._show_at or self._seen is None:
            return
        waiting = self._seen()
        self._show_at, self._shown = now + SHOWN_EACH_S, True
        self._show(waiting)
        if now >= self._keep_at:
            self._keep_at = now + KEPT_EACH_S
            self._keep(waiting.plain())
