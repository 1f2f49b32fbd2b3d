"""Readings that a SCPI multimeter takes by itself after INITiate: they are there once the clock has passed them."""

from collections.abc import Callable

TakeReading = Callable[[float], tuple[str, float]]
"""Takes the reading that begins at a time; returns it as text, and when it ends."""


class Acquisition:
    """A number of readings, one after the other, from a time on."""

    def __init__(self, take: TakeReading, count: float, start_s: float, period_s: float = 0.0) -> None:
        self.readings: list[str] = []
        """Those that nobody has taken away."""
        self._taken = 0
        self._take = take
        self._count = count
        self._next_s = start_s
        self._period_s = period_s
        self._begun: tuple[str, float] | None = None

    def advance(self, now_s: float) -> float | None:
        """Take all readings that end by `now_s`; return when the next one ends, None when all are taken."""
        while self._taken < self._count:
            text, end_s = self._begun or self._take(self._next_s)
            if end_s > now_s * (1 + 1e-12) + 1e-9:
                self._begun = (text, end_s)
                return end_s
            self._begun = None
            self.readings.append(text)
            self._taken += 1
            self._next_s = max(end_s, self._next_s + self._period_s)
        return None
