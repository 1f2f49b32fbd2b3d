"""The independent parts of which a scalar is the sum: each source by itself, what varies together as one."""

import math
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty import moments, policies
from calib.uncertainty.convolution import Part
from calib.uncertainty.moments import Blocks
from calib.uncertainty.source import Source
from calib.uncertainty.unbounded import NORMAL, StudentT


def contributes(source: Source, coefficient: Any) -> bool:
    """Whether a source has any part in a scalar."""
    if source.shape:
        return bool(np.any(element.dense(coefficient, (), source.shape)) and np.any(source.u))
    return bool(coefficient * source.u != 0)


def parts(blocks: Blocks, policy: str | None = None) -> list[Part]:
    """Return the independent components of a scalar: (signed scale, shape)."""
    found: list[Part] = []
    for source, c in blocks.items():
        if source.ensemble is not None:
            if not source.is_normal and c * source.u != 0:
                raise _not_normal_together(source)
            continue
        if source.shape:
            row = element.dense(c, (), source.shape)[0] * np.broadcast_to(source.u, source.shape).ravel()
            dof = np.broadcast_to(source.dof, source.shape).ravel()
            found += _element_parts(row, dof, source.distribution)
        elif c * source.u != 0:
            found.append((c * source.u, _with_dof(source.distribution, source.dof)))
    for ensemble, cs in moments.ensembles(blocks).items():
        variance = ensemble.variance(cs)
        if variance > 0:
            fourth = policies.fourth(ensemble, cs, variance, policy) if ensemble.dof != math.inf else 0.0
            if math.isnan(fourth):
                raise policies.undecided(blocks)
            found.append((math.sqrt(variance), _with_dof(NORMAL, variance**2 / fourth if fourth else math.inf)))
    return found


def _not_normal_together(source: Source) -> UncertaintyError:
    return UncertaintyError(
        f"{source.name or 'an input'} is {source.distribution.name} and correlated with others: the distribution of "
        "their sum is known by Monte Carlo only; take propagate(..., 'monte-carlo'), or expanded(method='t')"
    )


def _element_parts(scales: Any, dof: Any, shape: Any) -> list[Part]:
    used = scales != 0
    if shape is NORMAL and np.all(dof == math.inf):
        return [(float(np.sqrt(np.sum(scales**2))), NORMAL)] if np.any(used) else []
    return [(float(s), _with_dof(shape, float(v))) for s, v in zip(scales[used], dof[used], strict=True)]


def _with_dof(shape: Any, dof: float) -> Any:
    """Return t instead of normal where u is known with finite degrees of freedom."""
    return StudentT(dof) if shape is NORMAL and dof != math.inf else shape
