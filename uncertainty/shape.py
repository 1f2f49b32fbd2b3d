"""What every distribution of an input is: the shape of Z = (X − x)/u, so that the input is x + u·Z.

All but t have standard deviation 1: there `u` is the scale s/√n, as in JCGM 101:2008, 6.4.9.
"""

# ruff: noqa: D102  the methods of every shape say what those of Distribution say

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError

Array = NDArray[Any]


class Distribution:
    """Shape of (X − x)/u. Equal shapes with equal parameters are equal."""

    __slots__ = ()
    name: str
    half_width: float = math.inf
    """Edge of Z on both sides; inf where there is none."""
    symmetric: bool = True
    stated: tuple[float, float] | None = None
    """Expectation and standard deviation of X itself, where the distribution is known with them."""
    offset: float = 0.0
    """Expectation of Z: not 0 only where the best estimate is not the expectation (JCGM 100:2008, 4.3.8)."""

    def pdf(self, z: ArrayLike) -> Array:
        """Return the probability density of Z."""
        raise UncertaintyError(self.name)

    def cdf(self, z: ArrayLike) -> Array:
        """Return P(Z ≤ z)."""
        raise UncertaintyError(self.name)

    def characteristic(self, t: Array) -> Array:
        """Return E exp(itZ): real where Z is symmetric about 0."""
        raise UncertaintyError(self.name)

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        """Draw Z."""
        raise UncertaintyError(self.name)

    def quantile(self, p: float) -> float:
        """Return z with P(Z ≤ z) = p, by bisection of `cdf`."""
        low, high = self._bracket()
        while float(self.cdf(low)) > p:
            low *= 2
        while float(self.cdf(high)) < p:
            high *= 2
        for _ in range(200):
            middle = 0.5 * (low + high)
            if middle in {low, high}:
                break
            low, high = (middle, high) if float(self.cdf(middle)) < p else (low, middle)
        return 0.5 * (low + high)

    def _bracket(self) -> tuple[float, float]:
        edge = self.half_width if math.isfinite(self.half_width) else 10.0
        return -edge, edge

    def _key(self) -> tuple[Any, ...]:
        return ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Distribution) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.name, self._key()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._key()}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._key()


class Shifted(Distribution):
    """A shape whose expectation is not the best estimate: limits that lie unequally about the value."""

    __slots__ = ("base", "half_width", "name", "offset")
    symmetric = False

    def __init__(self, base: Distribution, offset: float) -> None:
        self.base = base
        self.offset = offset
        self.name = base.name
        self.half_width = base.half_width + abs(offset)

    def _key(self) -> tuple[Any, ...]:
        return (self.base, self.offset)

    def pdf(self, z: ArrayLike) -> Array:
        return self.base.pdf(np.asarray(z) - self.offset)

    def cdf(self, z: ArrayLike) -> Array:
        return self.base.cdf(np.asarray(z) - self.offset)

    def quantile(self, p: float) -> float:
        return self.base.quantile(p) + self.offset

    def characteristic(self, t: Array) -> Array:
        return np.asarray(self.base.characteristic(t) * np.exp(1j * self.offset * t))

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        return self.base.sample(generator, shape) + self.offset
