"""Degrees of freedom where correlated inputs state unequal ones: nothing is exact there, so a policy is named.

`willink`   the correlation coefficients are known and each u_i is estimated with its own ν_i, independently:
            ν = u⁴/Σ (c_i Σ_j c_j u_ij)²/ν_i (R. Willink, Metrologia 44 (2007) 340)
`smallest`  the least ν_i of the correlated inputs

Inputs of one sample with one ν need no policy: jointly they are one component with that ν (ibid., section 4.1).
"""

import math
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.source import Ensemble, FloatOrArray

NAMES = ("willink", "smallest")


def check(policy: str | None) -> None:
    """Refuse a policy that is not known."""
    if policy is not None and policy not in NAMES:
        msg = f"dof_policy {policy!r} is not known; choose one of {', '.join(NAMES)}"
        raise UncertaintyError(msg)


def undecided(blocks: Any) -> UncertaintyError:
    """Return the error for correlated inputs of unequal degrees of freedom without a policy."""
    members = [s for s in blocks if s.ensemble is not None and math.isnan(s.ensemble.dof)]
    stated = ", ".join(f"{s.name or 'an input'} {s.dof:g}" for s in members)
    return UncertaintyError(
        f"correlated inputs have unequal degrees of freedom ({stated}): no rule is exact; "
        f"choose expanded(..., dof_policy=) from {', '.join(NAMES)}"
    )


def fourth(ensemble: Ensemble, coefficients: dict[int, Any], variance: FloatOrArray, policy: str | None) -> Any:
    """Return u⁴/ν of the component that an ensemble with finite degrees of freedom makes; nan without a policy."""
    limited = {i: ensemble.dofs[i] for i, c in coefficients.items() if np.any(c)}
    each = set(limited.values())
    if len(each) < 2:
        return variance**2 / (each.pop() if each else math.inf)
    if policy is None:
        return variance * math.nan
    if policy == "smallest":
        return variance**2 / min(each)
    total: Any = 0.0
    for i, nu in limited.items():
        row = sum(c * ensemble.covariance[i, j] for j, c in coefficients.items())
        total = total + (coefficients[i] * row) ** 2 / nu
    return total
