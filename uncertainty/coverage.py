"""Expanded uncertainty: U and k for a coverage probability.

The rule. Where every input that contributes is normal or t, k comes from the t distribution with the effective degrees
of freedom of Welch and Satterthwaite (JCGM 100:2008, G.4): method `t`. It does so too where an input of another shape
states finite degrees of freedom, which only that formula can use (as in GUM H.1). Everywhere else k comes from the
distribution of the linearised model itself, the convolution of all inputs, with t for those known from a sample
(JCGM 101:2008, 6.4.9): method `convolution`, numerically exact.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty import combine, moments
from calib.uncertainty.convolution import Part, Sum
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.moments import Blocks
from calib.uncertainty.source import FloatOrArray
from calib.uncertainty.unbounded import NORMAL, StudentT

METHODS = ("auto", "t", "convolution")


@dataclass(frozen=True)
class Expanded:
    """An expanded uncertainty; floats, or arrays of the quantity's shape."""

    U: FloatOrArray
    """Half-width of the interval about the value that holds the measurand with `probability`."""
    k: FloatOrArray
    """U / u; nan where u is 0."""
    dof: FloatOrArray
    """Effective degrees of freedom."""
    lower: FloatOrArray
    """Lower end of the probabilistically symmetric interval: value − U where the distribution is symmetric."""
    upper: FloatOrArray
    probability: float
    method: str
    """`t` or `convolution`; for an array `mixed` where its elements differ."""


def expanded(value: Any, blocks: Blocks, shape: tuple[int, ...], p: float, method: str) -> Expanded:
    """Return U and k for probability `p`; `method` is `auto` (the rule above), `t` or `convolution`."""
    _check(method)
    if not shape:
        return _scalar(value, blocks, p, method)
    if method == "t" or (method == "auto" and all(s.is_normal for s in blocks)):
        return _by_t(value, blocks, shape, p)
    each = [_scalar(*at, p, method) for at in _elements(value, blocks, shape)]

    def gathered(fact: str) -> Any:
        return np.array([getattr(e, fact) for e in each]).reshape(shape)

    methods = {e.method for e in each}
    how = methods.pop() if len(methods) == 1 else "mixed"
    U, k, dof, lower, upper = (gathered(fact) for fact in ("U", "k", "dof", "lower", "upper"))
    return Expanded(U, k, dof, lower, upper, p, how)


def probability_between(
    value: Any, blocks: Blocks, shape: tuple[int, ...], lower: float, upper: float, method: str
) -> FloatOrArray:
    """Return P(lower ≤ Y ≤ upper) with the distribution from which `expanded` takes k."""
    _check(method)
    if not lower <= upper:
        msg = f"probability_between({lower}, {upper}): the lower limit comes first"
        raise UncertaintyError(msg)
    if shape:
        each = [_probability(v, b, lower, upper, method) for v, b in _elements(value, blocks, shape)]
        return np.array(each).reshape(shape)
    return _probability(value, blocks, lower, upper, method)


def _check(method: str) -> None:
    if method not in METHODS:
        msg = f"method {method!r} is not known; choose one of {', '.join(METHODS)}"
        raise UncertaintyError(msg)


def _elements(value: Any, blocks: Blocks, shape: tuple[int, ...]) -> list[tuple[float, Blocks]]:
    """Return every element of an array with its own blocks."""
    return [(float(value[at]), _element(blocks, shape, at)) for at in np.ndindex(shape)]


def _element(blocks: Blocks, shape: tuple[int, ...], at: tuple[int, ...]) -> Blocks:
    def take(array: Any) -> Any:
        return array[at]

    return combine.moved(blocks, shape, int(np.prod(shape)), take)


def _by_t(value: Any, blocks: Blocks, shape: tuple[int, ...], p: float) -> Expanded:
    """Return U of every element of an array from its t distribution."""
    u, dof = np.sqrt(moments.variance(blocks, shape)), moments.effective_dof(blocks, shape)
    each, back = np.unique(dof, return_inverse=True)
    k = np.array([coverage_factor(p, float(v)) for v in each])[back].reshape(shape)
    return Expanded(k * u, np.where(u > 0, k, math.nan), dof, value - k * u, value + k * u, p, "t")


def _scalar(value: float, blocks: Blocks, p: float, method: str) -> Expanded:
    u = math.sqrt(moments.variance(blocks, ()))
    dof = moments.effective_dof(blocks, ())
    if u == 0:
        coverage_factor(p)
        return Expanded(0.0, math.nan, dof, value, value, p, "t")
    if method == "t" or (method == "auto" and _normal_enough(blocks)):
        k = coverage_factor(p, dof)
        return Expanded(k * u, k, dof, value - k * u, value + k * u, p, "t")
    coverage_factor(p)
    total = Sum(parts(blocks))
    U = total.central(p)
    low, high = (-U, U) if total.symmetric else (total.quantile(0.5 - 0.5 * p), total.quantile(0.5 + 0.5 * p))
    return Expanded(U, U / u, dof, value + low, value + high, p, "convolution")


def _probability(value: float, blocks: Blocks, lower: float, upper: float, method: str) -> float:
    u = math.sqrt(moments.variance(blocks, ()))
    if u == 0:
        return float(lower <= value <= upper)
    if method == "t" or (method == "auto" and _normal_enough(blocks)):
        dof = moments.effective_dof(blocks, ())
        shape = NORMAL if dof == math.inf else StudentT(dof)
        return float(shape.cdf((upper - value) / u) - shape.cdf((lower - value) / u))
    return Sum(parts(blocks)).between(lower - value, upper - value)


def _normal_enough(blocks: Blocks) -> bool:
    """Whether Welch and Satterthwaite's t stands for the budget, by the rule on top of this module."""
    other = [s for s, c in blocks.items() if not s.is_normal and _contributes(s, c)]
    return not other or any(s.is_limited for s in other)


def _contributes(source: Any, coefficient: Any) -> bool:
    if source.shape:
        return bool(np.any(element.dense(coefficient, (), source.shape)) and np.any(source.u))
    return bool(coefficient * source.u != 0)


def parts(blocks: Blocks) -> list[Part]:
    """Return the independent components of a scalar: (signed scale, shape)."""
    found: list[Part] = []
    for source, c in blocks.items():
        if source.ensemble is not None:
            continue
        if source.shape:
            row = element.dense(c, (), source.shape)[0] * np.broadcast_to(source.u, source.shape).ravel()
            dof = np.broadcast_to(source.dof, source.shape).ravel()
            found += _element_parts(row, dof, source.distribution)
        elif c * source.u != 0:
            found.append((c * source.u, _with_dof(source.distribution, source.dof)))
    for ensemble, cs in moments.ensembles(blocks).items():
        scale = math.sqrt(ensemble.variance(cs))
        if scale > 0:
            found.append((scale, _with_dof(NORMAL, ensemble.dof)))
    return found


def _element_parts(scales: Any, dof: Any, shape: Any) -> list[Part]:
    used = scales != 0
    if shape is NORMAL and np.all(dof == math.inf):
        return [(float(np.sqrt(np.sum(scales**2))), NORMAL)] if np.any(used) else []
    return [(float(s), _with_dof(shape, float(v))) for s, v in zip(scales[used], dof[used], strict=True)]


def _with_dof(shape: Any, dof: float) -> Any:
    """Return t instead of normal where u is known with finite degrees of freedom."""
    return StudentT(dof) if shape is NORMAL and dof != math.inf else shape
