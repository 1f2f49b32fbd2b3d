"""Stability by slope: whether what is watched still moves, from its last readings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_READINGS = 5


@dataclass(frozen=True)
class Slope:
    """Slope of readings over time, in their unit per second."""

    value: float
    u: float
    """Standard uncertainty, from the scatter about the line."""

    def is_below(self, limit: float) -> bool:
        """Return whether it is certainly not above ± `limit`: by two standard uncertainties."""
        return abs(self.value) + 2 * self.u <= limit


def expected_rest_s(times_s: Sequence[float], values: Sequence[float], window_s: float, limit: float) -> float:
    """Return how long it will take until the slope is certainly not above ± `limit`, if it goes on as it did.

    What settles does so exponentially: its slopes in two halves of the window give the time constant. nan where they
    give none, because noise hides it or nothing settles.
    """
    now = slope(times_s, values)
    missing_s = max(0.0, window_s - (times_s[-1] - times_s[0]))
    if now.is_below(limit):
        return missing_s
    half = len(values) // 2
    early, late = slope(times_s[:half], values[:half]), slope(times_s[half:], values[half:])
    ratio = early.value / late.value if late.value and math.isfinite(early.value) else math.nan
    if not (ratio > 1 and abs(late.value) > 2 * late.u):
        return math.nan
    time_constant_s = (float(np.mean(times_s[half:])) - float(np.mean(times_s[:half]))) / math.log(ratio)
    return max(missing_s, time_constant_s * math.log((abs(now.value) + 2 * now.u) / limit)) if limit > 0 else math.nan


def slope(times_s: Sequence[float], values: Sequence[float]) -> Slope:
    """Return the slope of the least-squares line, for five readings or more (JCGM 100:2008, H.3.2)."""
    if len(values) < LEAST_READINGS:
        return Slope(math.nan, math.inf)
    t = np.asarray(times_s, dtype=np.float64) - float(np.mean(times_s))
    y = np.asarray(values, dtype=np.float64) - float(np.mean(values))
    spread = float(t @ t)
    found = float(t @ y) / spread
    residual = y - found * t
    return Slope(found, math.sqrt(float(residual @ residual) / (len(y) - 2) / spread))
