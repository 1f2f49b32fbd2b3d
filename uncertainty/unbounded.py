"""Distributions with tails: normal, t, gamma, poisson, exponential."""

# ruff: noqa: D102  the methods of every shape say what those of Distribution say

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.bounded import cosine_of_any_angle
from calib.uncertainty.shape import Array, Distribution

_T_NODES = 2048


class Normal(Distribution):
    """Normal (Gauss)."""

    __slots__ = ()
    name = "normal"

    def __reduce__(self) -> Any:
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

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
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
        edge, table = _t_table(self.dof)
        x = np.sqrt(np.minimum(np.abs(t), edge)) * ((_T_NODES - 1) / math.sqrt(edge))
        i = np.minimum(np.maximum(x.astype(np.intp), 1), _T_NODES - 3)
        x -= i
        lower, upper = x * (x - 1) / 6, (x + 1) * (x - 2) / 2  # cubic through four nodes
        return np.asarray(
            table[i + 2] * lower * (x + 1) - table[i - 1] * lower * (x - 2)
            + table[i] * upper * (x - 1) - table[i + 1] * upper * x
        )  # fmt: skip

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        return drawn_t(generator, self.dof, shape)


def drawn_t(generator: "np.random.Generator", dof: Any, shape: tuple[int, ...]) -> Array:
    """Draw t by √(ν(V^(−2/ν) − 1)) cos 2πW (Bailey, Math. Comp. 62 (1994) 779); `dof` fits `shape`, inf is normal.

    Exact, and with numpy's vector functions faster than a normal over the root of a gamma.
    """
    if np.ndim(dof) and not np.all(np.isfinite(dof)):
        every = np.broadcast_to(dof, shape)
        z, limited = generator.standard_normal(shape), np.isfinite(every)
        z[limited] = drawn_t(generator, every[limited], (int(np.count_nonzero(limited)),))
        return z
    v = generator.random(shape)
    np.subtract(1.0, v, out=v)  # in (0, 1]
    np.log(v, out=v)
    v *= -2.0 / dof
    np.expm1(v, out=v)
    v *= dof
    np.sqrt(v, out=v)
    v *= cosine_of_any_angle(generator, shape)
    return v


@lru_cache(maxsize=256)
def _t_table(dof: float) -> tuple[float, Array]:
    """Return (edge, φ) of φ = (√ν s)^(ν/2) K_{ν/2}(√ν s) / (Γ(ν/2) 2^(ν/2−1)) at s = edge·(i/n)²; 1e-12 at edge."""
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
    return edge, values


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

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        z = generator.standard_gamma(self.shape, shape)
        z -= self.shape
        z /= math.sqrt(self.shape)
        return z


class Poisson(Gamma):
    """What a count n of independent events tells of the number expected: gamma of expectation n and variance n.

    Its mean and standard deviation are the n and √n that one writes; JCGM 101:2008, 6.4.11 (a constant prior, right for
    few events and for none) has n + 1 in place of n: a gamma distribution of value n + 1 and u = √(n + 1).
    """

    __slots__ = ()
    name = "poisson"


class Exponential(Gamma):
    """Exponential: a positive quantity of which only the best estimate is known; u = x (JCGM 101:2008, 6.4.10)."""

    __slots__ = ()
    name = "exponential"

    def __init__(self) -> None:
        super().__init__(1.0)

    def _key(self) -> tuple[Any, ...]:
        return ()


NORMAL = Normal()
