"""Validation of the GUM uncertainty framework by Monte Carlo (JCGM 101:2008, clause 8)."""

import math

from calib.errors import UncertaintyError
from calib.uncertainty.uncertain import Quantity


def tolerance(u: float, digits: int) -> float:
    """Return δ: half of the last of `digits` significant digits of u (JCGM 101:2008, 7.9.2)."""
    return 0.5 * 10.0 ** (math.floor(math.log10(u)) - digits + 1)


def gum_validated(y: Quantity, interval: tuple[float, float], p: float, digits: int) -> bool:
    """Return whether y ± U_p and the interval of Monte Carlo agree at both ends within δ (JCGM 101:2008, 8.1).

    False also where the framework has no interval, or an uncertainty of 0.
    """
    try:
        U = y.expanded(p, method="t").U
    except UncertaintyError:
        return False
    if not (y.u > 0 and math.isfinite(U)):
        return False
    delta = tolerance(y.u, digits)
    return bool(abs(y.value - U - interval[0]) <= delta and abs(y.value + U - interval[1]) <= delta)
