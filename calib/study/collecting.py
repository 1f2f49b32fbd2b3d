"""How often Python looks for objects that only point at each other: seldom, where many calibrations are all it does."""

import gc
from collections.abc import Callable

_ALLOCATIONS = 100_000
"""Between two looks: a look at each 700 of them takes 6 % of a calibration in memory."""


def collect_seldom() -> Callable[[], None]:
    """Let this process look seldom; return the way back."""
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    return lambda: gc.set_threshold(*before)
