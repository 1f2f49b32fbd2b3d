"""Distributions that end: trapezoids (rectangle, triangle), arcsine, curvilinear trapezoid."""

# ruff: noqa: D102  the methods of every shape say what those of Distribution say

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.shape import Array, Distribution

_SQRT2 = math.sqrt(2.0)
_SQRT3 = math.sqrt(3.0)


class Trapezoidal(Distribution):
    """Symmetric trapezoid; `beta` is the ratio of its top to its base (JCGM 100:2008, 4.3.9; JCGM 101:2008, 6.4.4)."""

    __slots__ = ("beta", "half_width")
    name = "trapezoidal"

    def __init__(self, beta: float) -> None:
        if not 0 <= beta <= 1:
            msg = f"beta = {beta}: the ratio of a trapezoid's top to its base lies between 0 and 1"
            raise UncertaintyError(msg)
        self.beta = float(beta)
        self.half_width = math.sqrt(6.0 / (1.0 + beta * beta))

    def _key(self) -> tuple[Any, ...]:
        return (self.beta,)

    def pdf(self, z: ArrayLike) -> Array:
        x = np.abs(z) / self.half_width
        slope = 1.0 - self.beta
        inside = np.minimum(1.0, (1.0 - x) / slope) if slope else np.where(x <= 1.0, 1.0, 0.0)
        return np.maximum(inside, 0.0) / (self.half_width * (1.0 + self.beta))

    def cdf(self, z: ArrayLike) -> Array:
        x = np.clip(np.asarray(z, dtype=np.float64) / self.half_width, -1.0, 1.0)
        far, flat = np.abs(x), 1.0 + self.beta
        tail = (1.0 - far) ** 2 / (2.0 * (1.0 - self.beta) * flat) if self.beta < 1 else (1.0 - far) / 2
        upper = np.where(far <= self.beta, 0.5 + far / flat, 1.0 - tail)
        return np.asarray(np.where(x >= 0, upper, 1.0 - upper))

    def quantile(self, p: float) -> float:
        middle, beta = abs(2 * p - 1), self.beta
        if middle <= 2 * beta / (1 + beta):
            z = middle * (1 + beta) / 2
        else:
            z = 1 - math.sqrt(max((1 - middle) * (1 - beta * beta), 0.0))
        return math.copysign(z * self.half_width, p - 0.5)

    def characteristic(self, t: Array) -> Array:
        long, short = 0.5 * (1 + self.beta) * self.half_width, 0.5 * (1 - self.beta) * self.half_width
        return _sinc(long * t) * _sinc(short * t)

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        long, short = 0.5 * (1 + self.beta) * self.half_width, 0.5 * (1 - self.beta) * self.half_width
        z = _even(generator, 2 * long, shape)
        z += _even(generator, 2 * short, shape)
        return z


class Rectangular(Trapezoidal):
    """Rectangular (uniform)."""

    __slots__ = ()
    name = "rectangular"

    def __init__(self) -> None:
        super().__init__(1.0)

    def _key(self) -> tuple[Any, ...]:
        return ()

    def characteristic(self, t: Array) -> Array:
        return _sinc(_SQRT3 * t)

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        return _even(generator, 2 * _SQRT3, shape)


class Triangular(Trapezoidal):
    """Symmetric triangle."""

    __slots__ = ()
    name = "triangular"

    def __init__(self) -> None:
        super().__init__(0.0)

    def _key(self) -> tuple[Any, ...]:
        return ()


class Arcsine(Distribution):
    """Arcsine (U-shaped): a quantity that swings as a sine, or a mismatch of unknown phase."""

    __slots__ = ()
    name = "arcsine"
    half_width = _SQRT2

    def pdf(self, z: ArrayLike) -> Array:
        rest = 2.0 - np.square(np.asarray(z, dtype=np.float64))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(rest > 0, 1.0 / (math.pi * np.sqrt(rest)), 0.0))

    def cdf(self, z: ArrayLike) -> Array:
        return np.asarray(0.5 + np.arcsin(np.clip(np.asarray(z) / _SQRT2, -1, 1)) / math.pi)

    def quantile(self, p: float) -> float:
        return _SQRT2 * math.sin(math.pi * (p - 0.5))

    def characteristic(self, t: Array) -> Array:
        from scipy.special import j0

        return np.asarray(j0(_SQRT2 * t))

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        z = cosine_of_any_angle(generator, shape)
        z *= _SQRT2
        return z


class CurvilinearTrapezoid(Distribution):
    """Rectangle whose half-width a is itself known to ±d only, `ratio` = d/a (JCGM 101:2008, 6.4.3)."""

    __slots__ = ("half_width", "ratio")
    name = "curvilinear-trapezoid"

    def __init__(self, ratio: float) -> None:
        if not 0 < ratio <= 1:
            msg = f"half_width_u / half_width = {ratio}: must be above 0 and at most 1"
            raise UncertaintyError(msg)
        self.ratio = float(ratio)
        self.half_width = (1 + ratio) / self._std()

    def _std(self) -> float:
        return math.sqrt(1 / 3 + self.ratio**2 / 9)  # of a rectangle with a = 1

    def _key(self) -> tuple[Any, ...]:
        return (self.ratio,)

    def pdf(self, z: ArrayLike) -> Array:
        std, d = self._std(), self.ratio
        x = np.maximum(np.abs(z) * std, max(1 - d, np.finfo(np.float64).tiny))
        return np.asarray(np.maximum(np.log((1 + d) / x), 0.0) / (4 * d) * std)

    def cdf(self, z: ArrayLike) -> Array:
        d, x = self.ratio, np.asarray(z, dtype=np.float64) * self._std()
        far = np.minimum(np.abs(x), 1 + d)
        beyond = np.maximum(far, max(1 - d, np.finfo(np.float64).tiny))
        flat = math.log((1 + d) / (1 - d)) if d < 1 else 0.0
        area = np.minimum(far, 1 - d) * flat
        area = area + beyond * np.log((1 + d) / beyond) + beyond - ((1 - d) * flat + (1 - d))
        return np.asarray(0.5 + np.sign(x) * area / (4 * d))

    def characteristic(self, t: Array) -> Array:
        from scipy.special import sici

        d, x = self.ratio, np.maximum(np.abs(t) / self._std(), 1e-9)
        return np.asarray((sici((1 + d) * x)[0] - sici((1 - d) * x)[0]) / (2 * d * x))

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        half = _even(generator, 2 * self.ratio, shape)
        half += 1.0
        half *= _even(generator, 2 / self._std(), shape)
        return half


def _even(generator: "np.random.Generator", width: float, shape: tuple[int, ...]) -> Array:
    """Draw from a rectangle of this width about 0."""
    z = generator.random(shape)
    z -= 0.5
    z *= width
    return z


def cosine_of_any_angle(generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
    """Draw cos 2πW, W rectangular in [0, 1): 2/(1 + tan² πW) − 1, because numpy's tan is several times faster."""
    w = _even(generator, math.pi, shape)
    np.tan(w, out=w)
    np.square(w, out=w)
    w += 1.0
    np.divide(2.0, w, out=w)
    w -= 1.0
    return w


def _sinc(x: Array) -> Array:
    """Return sin(x)/x."""
    x = np.maximum(np.abs(x), 1e-300)
    return np.asarray(np.sin(x) / x)
