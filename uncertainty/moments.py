"""Variance and degrees of freedom from sources and sensitivities, for one value or an array of them."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from calib.uncertainty import blocks as element
from calib.uncertainty import policies, squares
from calib.uncertainty.scaling import Scaled, plain
from calib.uncertainty.source import Ensemble, FloatOrArray, Source

Blocks = dict[Source, Any]
"""For each source: a float, an array broadcastable to the value, or (element-wise source) a `blocks.Block`."""


def ensembles(blocks: Blocks) -> dict[Ensemble, dict[int, Any]]:
    """Return the sensitivities of jointly distributed sources, by ensemble and position."""
    found: dict[Ensemble, dict[int, Any]] = {}
    for source, c in blocks.items():
        if source.ensemble is not None:
            found.setdefault(source.ensemble, {})[source.position] = plain(c)
    return found


def ensemble_variance(ensemble: Ensemble, coefficients: dict[int, Any]) -> FloatOrArray:
    """Return Σ c_i c_j u_ij, element by element."""
    if all(isinstance(c, float) for c in coefficients.values()):
        return ensemble.variance(coefficients)
    total: Any = 0.0
    for i, a in coefficients.items():
        for j, b in coefficients.items():
            total = total + a * b * ensemble.covariance[i, j]
    return np.maximum(total, 0.0)


def variance(blocks: Blocks, shape: tuple[int, ...]) -> FloatOrArray:
    """Return u_c²(y) (JCGM 100:2008, eq. 10 and 13): a float, or a new array of `shape`."""
    if not shape:
        return _scalar_variance(blocks)
    constant, total = 0.0, None
    for part in _parts(blocks, shape):
        if type(part) is not np.ndarray or not part.ndim:
            constant += part
        elif total is not None:
            total += part  # in place: for long arrays new memory costs more than the sum
        else:
            total = part if part.shape == shape and part.flags.owndata else np.array(np.broadcast_to(part, shape))
    if total is None:
        return np.full(shape, constant)
    if constant:
        total += constant
    return total


def _parts(blocks: Blocks, shape: tuple[int, ...]) -> Iterator[FloatOrArray]:
    """Yield u_i² of each independent component; arrays are new ones."""
    joint = False
    for source, c in blocks.items():
        if source.ensemble is not None:
            joint = True
        elif type(c) is tuple:
            yield squares.variance(c, source.u, shape, source.shape)
        else:
            part = c.array * (c.factor * source.u) if type(c) is Scaled else c * source.u
            yield np.multiply(part, part, out=part) if type(part) is np.ndarray else part * part
    if joint:
        for ensemble, cs in ensembles(blocks).items():
            yield ensemble_variance(ensemble, cs)


def _scalar_variance(blocks: Blocks) -> float:
    total, joint = 0.0, False
    for source, c in blocks.items():
        if source.ensemble is not None:
            joint = True
        elif type(c) is tuple:
            total += squares.variance(c, source.u, (), source.shape)
        else:
            part = c * source.u
            total += part * part
    if joint:
        total += sum(e.variance(cs) for e, cs in ensembles(blocks).items())
    return float(total)


def effective_dof(blocks: Blocks, shape: tuple[int, ...], policy: str | None = None) -> FloatOrArray:
    """Return ν_eff by Welch and Satterthwaite (JCGM 100:2008, G.4.1, eq. G.2b); inf where nothing limits it.

    Inputs correlated because they come from one sample count as one component with the sample's ν, which is exact
    for a linear model; those of unequal ν by `policy` (see `policies`), without one the result is nan.
    """
    below: Any = 0.0
    joint = False
    for source, c in blocks.items():
        if source.ensemble is not None:
            joint = True
        elif source.is_limited:
            fourth = _fourth(c, source, shape) if source.shape else (c * source.u) ** 4 / source.dof
            below = below + fourth
    for ensemble, cs in ensembles(blocks).items() if joint else ():
        if ensemble.dof != math.inf:
            below = below + policies.fourth(ensemble, cs, ensemble_variance(ensemble, cs), policy)
    if isinstance(below, float) and below == 0.0:
        return math.inf if not shape else np.full(shape, math.inf)
    above = variance(blocks, shape) ** 2
    if not shape:
        return float(above / below)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.broadcast_to(below == 0, shape), math.inf, above / below)


def _fourth(block: element.Block, source: Source, shape: tuple[int, ...]) -> Any:
    """Return Σ_e (J[i, e] u_e)⁴ / ν_e, of shape S."""
    if len(block) == 1 and block[0][1] is None:
        return (block[0][0] * source.u) ** 4 / source.dof
    if len(block) == 1:
        return squares.fourth(block[0], source.u**4 / source.dof, shape, source.shape)
    jacobian = element.dense(block, shape, source.shape)
    weights = np.broadcast_to(source.u**4 / source.dof, source.shape).ravel()
    total = jacobian**4 @ weights
    return float(total[0]) if not shape else total.reshape(shape)
