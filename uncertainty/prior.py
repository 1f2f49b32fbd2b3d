"""What is known of items before they are measured: a density to integrate over (JCGM 106:2012, clause 6)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.independent import parts
from calib.uncertainty.shape import Distribution
from calib.uncertainty.source import check_u
from calib.uncertainty.unbounded import NORMAL
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
_STEPS = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.5, 6.5, 9.0, 12.0])


@dataclass(frozen=True, eq=False)
class Prior:
    """Probability density of the measurand over the items that come to be measured, in the unit of the measurand."""

    pdf: Callable[[Array], Array]
    """Density at an array of values; it is normed here, so that its integral need not be 1."""
    lower: float
    """Where the density begins and ends; finite: an end where what is left out does not matter."""
    upper: float
    knots: Sequence[float] = field(default=())
    """Where the density is not smooth or is narrow: corners, peaks."""
    normal: tuple[float, float] | None = None
    """Mean and standard deviation where it is a normal density."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lower) and math.isfinite(self.upper) and self.lower < self.upper):
            msg = f"prior from {self.lower} to {self.upper}: the lower end must be below the upper, both finite"
            raise UncertaintyError(msg)

    @classmethod
    def of(cls, mean: float, u: float) -> "Prior":
        """Return a normal density with `mean` and standard deviation `u` of the items."""
        if not (math.isfinite(mean) and check_u(u) > 0):
            msg = f"prior: mean {mean} and u {u} must be finite, and u above 0"
            raise UncertaintyError(msg)

        def pdf(x: Array) -> Array:
            return np.asarray(np.exp(-0.5 * ((x - mean) / u) ** 2))

        knots = np.concatenate((mean - u * _STEPS, mean + u * _STEPS)).tolist()
        return cls(pdf, mean - 14 * u, mean + 14 * u, knots, (mean, u))

    @classmethod
    def of_quantity(cls, item: Quantity) -> "Prior":
        """Return the density of a scalar quantity that is one input: its distribution, t for a normal of finite dof."""
        if item.shape or len(item.blocks) != 1:
            msg = f"prior: {item!r} is not one scalar input; give its density as Prior(pdf, lower, upper)"
            raise UncertaintyError(msg)
        ((scale, shape),) = parts(item.blocks) or ((0.0, NORMAL),)
        mean = float(item.value)
        if shape is NORMAL:
            return cls.of(mean, abs(scale))
        ends = sorted(mean + scale * z for z in _ends(shape))
        knots = np.concatenate((mean - scale * _STEPS, mean + scale * _STEPS)).tolist()
        return cls(lambda x: np.asarray(shape.pdf((x - mean) / scale)), ends[0], ends[1], knots)

    @classmethod
    def taken(cls, given: "Prior | Quantity") -> "Prior":
        """Return a prior, or the density of a quantity as one."""
        if isinstance(given, Quantity):
            return cls.of_quantity(given)
        if not isinstance(given, Prior):
            msg = f"prior {given!r}: give a Prior, or a quantity of one input"
            raise UncertaintyError(msg)
        return given

    def integral(self, weight: Callable[[Array], Array], a: float, b: float, knots: Sequence[float] = ()) -> float:
        """Return ∫ weight · pdf from a to b over ∫ pdf, by Gauss-Legendre quadrature between all knots."""
        return self._over(weight, a, b, knots) / self._over(np.ones_like, self.lower, self.upper, ())

    def _over(self, weight: Callable[[Array], Array], a: float, b: float, knots: Sequence[float]) -> float:
        a, b = max(a, self.lower), min(b, self.upper)
        if not a < b:
            return 0.0
        inner = [k for k in (*self.knots, *knots) if a < k < b]
        edges = np.unique(np.array([*np.linspace(a, b, 33), *inner]))
        half, middle = 0.5 * np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
        nodes, weights = _legendre()
        x = middle[:, None] + half[:, None] * nodes
        values = np.asarray(self.pdf(x), dtype=np.float64)
        if values.shape != x.shape or not np.all(np.isfinite(values)) or np.any(values < 0):
            msg = "prior: the density must give one finite number, not negative, for each value"
            raise UncertaintyError(msg)
        return float(np.sum((values * weight(x)) @ weights * half))


@lru_cache(maxsize=1)
def _legendre() -> tuple[Array, Array]:
    """Return nodes and weights of a panel."""
    return np.polynomial.legendre.leggauss(24)


def _ends(shape: Distribution) -> tuple[float, float]:
    """Return where the density of Z begins and ends: its edges, or the quantiles of 1e-12."""
    if math.isfinite(shape.half_width):
        return -shape.half_width, shape.half_width
    return shape.quantile(1e-12), shape.quantile(1 - 1e-12)


def normal_between(low: Any, high: Any) -> Array:
    """Return Φ(high) − Φ(low), mirrored where both are positive, so that small probabilities keep their digits."""
    from scipy.special import ndtr

    low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    upside = low > 0
    return np.asarray(ndtr(np.where(upside, -low, high)) - ndtr(np.where(upside, -high, low)))
