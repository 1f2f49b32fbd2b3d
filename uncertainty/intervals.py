"""Coverage intervals from sorted model values (JCGM 101:2008, 7.7)."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError

Ends = tuple[Any, Any]
"""Lower and upper ends, arrays without the axis of trials."""


def covered(p: float, trials: int) -> int:
    """Return q, the number of trials that an interval spans (JCGM 101:2008, 7.7.1)."""
    if not 0 < p < 1:
        msg = f"p = {p}: a coverage probability lies between 0 and 1"
        raise UncertaintyError(msg)
    q = math.floor(p * trials + 0.5)
    if not 0 < q < trials:
        msg = f"{trials} trials are too few for an interval with p = {p}"
        raise UncertaintyError(msg)
    return q


def symmetric(ordered: NDArray[np.float64], p: float) -> Ends:
    """Return the probabilistically symmetric interval, y(r) to y(r + q) (JCGM 101:2008, 7.7.2)."""
    trials = ordered.shape[-1]
    q = covered(p, trials)
    first = (trials - q + 1) // 2 - 1  # r of 7.7.2, counted from 0
    return ordered[..., first], ordered[..., first + q]


def shortest(ordered: NDArray[np.float64], p: float) -> Ends:
    """Return the shortest interval (JCGM 101:2008, 7.7.4)."""
    q = covered(p, ordered.shape[-1])
    low, high = np.empty(ordered.shape[:-1]), np.empty(ordered.shape[:-1])
    for at in np.ndindex(ordered.shape[:-1]):
        row = ordered[at]
        first = int(np.argmin(row[q:] - row[:-q]))
        low[at], high[at] = row[first], row[first + q]
    return low, high
