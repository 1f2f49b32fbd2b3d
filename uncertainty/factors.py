"""Coverage factors of the normal and the t distribution."""

import math
from functools import lru_cache

from calib.errors import UncertaintyError


@lru_cache(maxsize=4096)
def coverage_factor(p: float, dof: float = math.inf, *, one_sided: bool = False) -> float:
    """Return k = t_p(ν), with a fraction p of the distribution within ±k (JCGM 100:2008, G.3.4, table G.2).

    One-sided: with a fraction p of the distribution below k.
    """
    if not 0 < p < 1:
        msg = f"p = {p}: a coverage probability lies between 0 and 1, such as 0.9545"
        raise UncertaintyError(msg)
    below = p if one_sided else 0.5 + 0.5 * p
    if dof == math.inf:
        from statistics import NormalDist

        return NormalDist().inv_cdf(below)
    if not dof > 0:
        msg = f"dof = {dof} must be above 0"
        raise UncertaintyError(msg)
    from scipy.special import stdtrit

    return float(stdtrit(dof, below))
