"""Whether the computer slept: instruments go on, whatever state they are in, while nobody looks after them."""

import sys
import time

NOTICEABLE_S = 2.0
CLOCK_SET_S = 30.0
"""Where only the time of day tells: a clock that is set by less than this is taken for no sleep."""


class SleepWatch:
    """Compares a clock that stops while the computer sleeps with one that goes on."""

    def __init__(self) -> None:
        self._before_s = _gone_on_s()

    def slept_s(self) -> float:
        """Return how long the computer slept since the last call, in seconds; 0 where it did not."""
        now_s = _gone_on_s()
        slept_s, self._before_s = now_s - self._before_s, now_s
        return slept_s if slept_s > _NOTICEABLE_S else 0.0


if sys.platform == "linux":
    _NOTICEABLE_S = NOTICEABLE_S

    def _gone_on_s() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

else:
    _NOTICEABLE_S = CLOCK_SET_S

    def _gone_on_s() -> float:
        return time.time() - _stops_in_sleep_s()

    def _stops_in_sleep_s() -> float:
        uptime_raw = getattr(time, "CLOCK_UPTIME_RAW", None)  # macOS: the clock that stands still in sleep
        return time.monotonic() if uptime_raw is None else time.clock_gettime(uptime_raw)
