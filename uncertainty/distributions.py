"""Distributions of an input, each as the shape of Z = (X − x)/u, so that the input is x + u·Z.

`half_width` is the edge of Z, so that u = (half-width of X) / half_width. All but `t` have standard deviation 1: for t
`u` is the scale s/√n, as in JCGM 101:2008, 6.4.9. Formulas: JCGM 101:2008, 6.4; JCGM 100:2008, 4.3.
"""

import difflib
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError

Array = NDArray[Any]
_SQRT2 = math.sqrt(2.0)
_SQRT3 = math.sqrt(3.0)
_T_NODES = 4096


class Distribution:
    """Shape of (X − x)/u. Equal shapes with equal parameters are equal."""

    __slots__ = ()
    name: ClassVar[str]
    half_width: float = math.inf
    """Edge of Z on both sides; inf where there is none."""
    symmetric: bool = True
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

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
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


class Normal(Distribution):
    """Normal (Gauss)."""

    __slots__ = ()
    name = "normal"

    def __reduce__(self) -> str:  # type: ignore[override]
        return "NORMAL"  # there is only one

    def pdf(self, z: ArrayLike) -> Array:
        return np.exp(-0.5 * np.square(z)) / math.sqrt(2 * math.pi)

    def cdf(self, z: ArrayLike) -> Array:
        from scipy.special import ndtr

        return np.asarray(ndtr(z))

    def quantile(self, p: float) -> float:
        from scipy.special import ndtri

        return float(ndtri(p))

    def characteristic(self, t: Array) -> Array:
        return np.exp(-0.5 * t * t)

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return generator.standard_normal(shape)


class StudentT(Distribution):
    """Student's t: what is known from a sample with `dof` degrees of freedom (JCGM 101:2008, 6.4.9)."""

    __slots__ = ("dof",)
    name = "t"

    def __init__(self, dof: float) -> None:
        self.dof = dof

    def _key(self) -> tuple[Any, ...]:
        return (self.dof,)

    def pdf(self, z: ArrayLike) -> Array:
        from scipy.special import gammaln

        v = self.dof
        scale = gammaln(0.5 * (v + 1)) - gammaln(0.5 * v) - 0.5 * math.log(v * math.pi)
        return np.asarray(np.exp(scale - 0.5 * (v + 1) * np.log1p(np.square(z) / v)))

    def cdf(self, z: ArrayLike) -> Array:
        from scipy.special import stdtr

        return np.asarray(stdtr(self.dof, z))

    def quantile(self, p: float) -> float:
        from scipy.special import stdtrit

        return float(stdtrit(self.dof, p))

    def characteristic(self, t: Array) -> Array:
        nodes, values = _t_table(self.dof)
        return np.interp(np.abs(t), nodes, values, right=0.0)

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return generator.standard_t(self.dof, shape)


@lru_cache(maxsize=256)
def _t_table(dof: float) -> tuple[Array, Array]:
    """Return nodes s and (√ν s)^(ν/2) K_{ν/2}(√ν s) / (Γ(ν/2) 2^(ν/2−1)), down to 1e-12; linear error below 4e-7."""
    from scipy.special import gammaln, kve

    edge = 30.0 if dof < 3 else 16.0
    s = edge * np.linspace(0.0, 1.0, _T_NODES) ** 2  # dense near 0, where the function is least smooth
    x = math.sqrt(dof) * s[1:]
    half = 0.5 * dof
    with np.errstate(over="ignore", divide="ignore"):
        bessel = np.log(kve(half, x)) - x
    log = half * np.log(x) + bessel - gammaln(half) - (half - 1) * math.log(2.0)
    if dof > 30:  # K overflows near 0 for large ν, where variance and fourth cumulant are enough (3e-6 at worst)
        variance = dof / (dof - 2)
        near = -0.5 * variance * s[1:] ** 2 + variance**2 * s[1:] ** 4 / (4 * (dof - 4))
        log = np.where(np.isfinite(log), log, np.where(s[1:] < 7, near, -np.inf))
    values = np.concatenate(([1.0], np.exp(log)))
    return s, values


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

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        long, short = 0.5 * (1 + self.beta) * self.half_width, 0.5 * (1 - self.beta) * self.half_width
        return generator.uniform(-long, long, shape) + generator.uniform(-short, short, shape)


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

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return generator.uniform(-_SQRT3, _SQRT3, shape)


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

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return np.asarray(_SQRT2 * np.sin(generator.uniform(-math.pi, math.pi, shape)))


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

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        half = generator.uniform(1 - self.ratio, 1 + self.ratio, shape)
        return half * generator.uniform(-1, 1, shape) / self._std()


class Gamma(Distribution):
    """Gamma with `shape` = (x/u)², never negative."""

    __slots__ = ("shape",)
    name = "gamma"
    symmetric = False

    def __init__(self, shape: float) -> None:
        if not shape > 0:
            msg = f"gamma: value {shape} must be above 0"
            raise UncertaintyError(msg)
        self.shape = float(shape)

    def _key(self) -> tuple[Any, ...]:
        return (self.shape,)

    def _bracket(self) -> tuple[float, float]:
        return -math.sqrt(self.shape), 10.0

    def pdf(self, z: ArrayLike) -> Array:
        from scipy.special import gammaln, xlogy

        k = self.shape
        g = k + math.sqrt(k) * np.asarray(z, dtype=np.float64)
        inside = np.exp(xlogy(k - 1, np.maximum(g, 0.0)) - g - gammaln(k)) * math.sqrt(k)
        return np.asarray(np.where(g >= 0, inside, 0.0))

    def cdf(self, z: ArrayLike) -> Array:
        from scipy.special import gammainc

        k = self.shape
        return np.asarray(gammainc(k, np.maximum(k + math.sqrt(k) * np.asarray(z, dtype=np.float64), 0.0)))

    def characteristic(self, t: Array) -> Array:
        root = math.sqrt(self.shape)
        return np.asarray(np.exp(-1j * root * t) * (1 - 1j * t / root) ** -self.shape)

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return (generator.standard_gamma(self.shape, shape) - self.shape) / math.sqrt(self.shape)


class Exponential(Gamma):
    """Exponential: a positive quantity of which only the best estimate is known; u = x (JCGM 101:2008, 6.4.10)."""

    __slots__ = ()
    name = "exponential"

    def __init__(self) -> None:
        super().__init__(1.0)

    def _key(self) -> tuple[Any, ...]:
        return ()


class Shifted(Distribution):
    """A shape whose expectation is not the best estimate: limits that lie unequally about the value."""

    __slots__ = ("base", "half_width", "name", "offset")  # type: ignore[misc]
    symmetric = False

    def __init__(self, base: Distribution, offset: float) -> None:
        self.base = base
        self.offset = offset
        self.name = base.name  # type: ignore[misc]
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

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return self.base.sample(generator, shape) + self.offset


NORMAL = Normal()
RECTANGULAR = Rectangular()
_MAKERS: dict[str, Callable[..., Distribution]] = {
    "normal": lambda: NORMAL,
    "t": StudentT,
    "rectangular": lambda: RECTANGULAR,
    "triangular": Triangular,
    "arcsine": Arcsine,
    "trapezoidal": Trapezoidal,
    "curvilinear-trapezoid": CurvilinearTrapezoid,
    "exponential": Exponential,
    "gamma": Gamma,
}
NAMES = tuple(_MAKERS)


def distribution(name: str, *parameters: float) -> Distribution:
    """Return the shape called `name`; t takes dof, trapezoidal beta, curvilinear-trapezoid d/a, gamma (x/u)²."""
    if name not in _MAKERS:
        close = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        msg = f"distribution {name!r} is not known{hint} Known: {', '.join(NAMES)}"
        raise UncertaintyError(msg)
    return _MAKERS[name](*parameters)


def _sinc(x: Array) -> Array:
    """Return sin(x)/x."""
    return np.sinc(x / math.pi)
