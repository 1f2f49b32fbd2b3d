"""Numbers from outside, as floats."""

from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.shape import Array


def floats(given: Any, what: str) -> Array:
    """Return `given` as an array of floats; `what` is said where it is none."""
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{what}: numbers are needed, in rows of equal length, got {given!s:.80}"
        raise UncertaintyError(msg) from error
