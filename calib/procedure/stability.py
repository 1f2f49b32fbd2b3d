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
