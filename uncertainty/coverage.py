"""Expanded uncertainty: U and k for a coverage probability.

The rule. Where every input that contributes is normal or t, k comes from the t distribution with the effective degrees
of freedom of Welch and Satterthwaite (JCGM 100:2008, G.4): method `t`. It does so too where an input of another shape
states finite degrees of freedom, which only that formula can use (as in GUM H.1). Everywhere else k comes from the
distribution of the linearised model itself, the convolution of all inputs, with t for those known from a sample
(JCGM 101:2008, 6.4.9): method `convolution`, numerically exact. The rules of EA-4/02 are a method for who asks by name.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import combine, moments, policies
from calib.uncertainty.convolution import sum_of
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.independent import contributes, parts
from calib.uncertainty.moments import Blocks
from calib.uncertainty.shortcuts import ea402_factor
from calib.uncertainty.source import FloatOrArray
from calib.uncertainty.unbounded import NORMAL, StudentT

METHODS = ("auto", "t", "convolution", "ea-4/02")
SIDES = ("both", "lower", "upper")


@dataclass(frozen=True)
class Expanded:
    """An expanded uncertainty; floats, or arrays of the quantity's shape."""

    U: FloatOrArray
    """Half-width of the interval about the value that holds the measurand with `probability`; one-sided: its length."""
    k: FloatOrArray
    """U / u; nan where u is 0."""
    dof: FloatOrArray
    """Effective degrees of freedom."""
    lower: FloatOrArray
    """Lower end of the probabilistically symmetric interval: value − U where the distribution is symmetric."""
    upper: FloatOrArray
    probability: float
    method: str
    """`t`, `convolution` or `ea-4/02`; for an array `mixed` where its elements differ."""
    side: str = "both"
    """`upper`: the measurand is below `upper` with `probability`, and `lower` is −inf; `lower`: the other way."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an expanded uncertainty."""

    p: float
    method: str = "auto"
    side: str = "both"
    dof_policy: str | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            msg = f"method {self.method!r} is not known; choose one of {', '.join(METHODS)}"
            raise UncertaintyError(msg)
        if self.side not in SIDES:
            msg = f"side {self.side!r} is not known; choose one of {', '.join(SIDES)}"
            raise UncertaintyError(msg)
        if self.method == "ea-4/02" and self.side != "both":
            msg = "method 'ea-4/02' has two-sided intervals only"
            raise UncertaintyError(msg)
        policies.check(self.dof_policy)
        coverage_factor(self.p)

    def factor(self, dof: float) -> float:
        """Return k of t."""
        return coverage_factor(self.p, dof, one_sided=self.side != "both")

    def made(self, value: Any, u: Any, k: Any, dof: Any, method: str) -> Expanded:
        """Return the expanded uncertainty of a symmetric distribution."""
        k = np.where(u > 0, k, math.nan) if np.ndim(u) else k if u > 0 else math.nan
        U = np.where(u > 0, k * u, 0.0) if np.ndim(u) else k * u if u > 0 else 0.0
        return self.between(value, U, k, dof, method, (value - U, value + U))

    def between(self, value: Any, U: Any, k: Any, dof: Any, method: str, ends: tuple[Any, Any]) -> Expanded:
        """Return the expanded uncertainty with `ends`, of which one side keeps its own."""
        everywhere = np.full(np.shape(value), math.inf)[()]
        lower = -everywhere if self.side == "upper" else ends[0]
        upper = everywhere if self.side == "lower" else ends[1]
        return Expanded(U, k, dof, lower, upper, self.p, method, self.side)


def expanded(value: Any, blocks: Blocks, shape: tuple[int, ...], wanted: Wanted) -> Expanded:
    """Return U and k as `wanted`; its method is `auto` (the rule above), `t`, `convolution` or `ea-4/02`."""
    if not shape:
        return _scalar(value, blocks, wanted)
    if wanted.method == "t" or (wanted.method == "auto" and all(s.is_normal for s in blocks)):
        return _by_t(value, blocks, shape, wanted)
    each = [_scalar(*at, wanted) for at in _elements(value, blocks, shape)]

    def gathered(fact: str) -> Any:
        return np.array([getattr(e, fact) for e in each]).reshape(shape)

    methods = {e.method for e in each}
    how = methods.pop() if len(methods) == 1 else "mixed"
    U, k, dof, lower, upper = (gathered(fact) for fact in ("U", "k", "dof", "lower", "upper"))
    return Expanded(U, k, dof, lower, upper, wanted.p, how, wanted.side)


def probability_between(
    value: Any, blocks: Blocks, shape: tuple[int, ...], lower: ArrayLike, upper: ArrayLike, wanted: Wanted
) -> FloatOrArray:
    """Return P(lower ≤ Y ≤ upper) with the distribution from which `expanded` takes k."""
    low, high = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    if not np.all(low <= high):
        msg = f"probability_between({lower!r}, {upper!r}): the lower limit comes first"
        raise UncertaintyError(msg)
    if wanted.method == "ea-4/02":
        msg = "method 'ea-4/02' is a coverage factor, not a distribution; use auto, t or convolution"
        raise UncertaintyError(msg)
    if not shape:
        found = _probability(value, blocks, low, high, wanted)
        return found if found.ndim else float(found)
    limits = zip(np.broadcast_to(low, shape).flat, np.broadcast_to(high, shape).flat, strict=True)
    each = zip(_elements(value, blocks, shape), limits, strict=True)
    return np.array([_probability(v, b, *ends, wanted) for (v, b), ends in each]).reshape(shape)


def _elements(value: Any, blocks: Blocks, shape: tuple[int, ...]) -> list[tuple[float, Blocks]]:
    """Return every element of an array with its own blocks."""
    return [(float(value[at]), _element(blocks, shape, at)) for at in np.ndindex(shape)]


def _element(blocks: Blocks, shape: tuple[int, ...], at: tuple[int, ...]) -> Blocks:
    def take(array: Any) -> Any:
        return array[at]

    return combine.moved(blocks, shape, int(np.prod(shape)), take)


def _dof(blocks: Blocks, shape: tuple[int, ...], wanted: Wanted) -> Any:
    """Return the effective degrees of freedom by the policy wanted; an error where there is none."""
    dof = moments.effective_dof(blocks, shape, wanted.dof_policy)
    if np.any(np.isnan(dof)):
        raise policies.undecided(blocks)
    return dof


def _by_t(value: Any, blocks: Blocks, shape: tuple[int, ...], wanted: Wanted) -> Expanded:
    """Return U of every element of an array from its t distribution."""
    u, dof = np.sqrt(moments.variance(blocks, shape)), _dof(blocks, shape, wanted)
    each, back = np.unique(dof, return_inverse=True)
    k = np.array([wanted.factor(float(v)) for v in each])[back].reshape(shape)
    return wanted.made(value, u, k, dof, "t")


def _scalar(value: float, blocks: Blocks, wanted: Wanted) -> Expanded:
    u = math.sqrt(moments.variance(blocks, ()))
    dof = _dof(blocks, (), wanted)
    if u == 0:
        return wanted.made(value, u, math.nan, dof, "t")
    if wanted.method == "t" or (wanted.method == "auto" and _normal_enough(blocks)):
        return wanted.made(value, u, wanted.factor(dof), dof, "t")
    independent = parts(blocks, wanted.dof_policy)
    if wanted.method == "ea-4/02":
        return wanted.made(value, u, ea402_factor(independent, wanted.p), dof, "ea-4/02")
    total, p = sum_of(tuple(independent)), wanted.p
    if wanted.side != "both":
        low, high = (total.quantile(1 - p), 0.0) if wanted.side == "lower" else (0.0, total.quantile(p))
        return wanted.between(value, high - low, (high - low) / u, dof, "convolution", (value + low, value + high))
    U = total.central(p)
    low, high = (-U, U) if total.symmetric else (total.quantile(0.5 - 0.5 * p), total.quantile(0.5 + 0.5 * p))
    return wanted.between(value, U, U / u, dof, "convolution", (value + low, value + high))


def _probability(value: float, blocks: Blocks, lower: Any, upper: Any, wanted: Wanted) -> NDArray[np.float64]:
    """Return the probability of every interval from `lower` to `upper`, shape of both."""
    u = math.sqrt(moments.variance(blocks, ()))
    if u == 0:
        return np.asarray((lower <= value) & (value <= upper), dtype=np.float64)
    if wanted.method == "t" or (wanted.method == "auto" and _normal_enough(blocks)):
        dof = _dof(blocks, (), wanted)
        shape = NORMAL if dof == math.inf else StudentT(dof)
        return np.asarray(shape.cdf((upper - value) / u) - shape.cdf((lower - value) / u))
    return sum_of(tuple(parts(blocks, wanted.dof_policy))).between(lower - value, upper - value)


def _normal_enough(blocks: Blocks) -> bool:
    """Whether Welch and Satterthwaite's t stands for the budget, by the rule on top of this module."""
    other = [s for s, c in blocks.items() if not s.is_normal and contributes(s, c)]
    return not other or any(s.is_limited for s in other)
