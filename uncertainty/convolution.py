"""The distribution of a sum of independent errors, numerically exact.

The density, made periodic with period 2L, has the Fourier coefficients φ(πk/L)/(2L), where φ, the characteristic
function of the sum, is the product of those of its parts. So probabilities are short sine series. Two errors remain:
truncation (the series goes on until φ is below 1e-7, or for densities with corners far enough that 1e-6 in
probability is held), and what wraps round from beyond ±L: nothing for bounded parts, and for t, whose tails are long,
a known tail that is subtracted.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.uncertainty.bounded import Rectangular, Trapezoidal
from calib.uncertainty.shape import Distribution
from calib.uncertainty.unbounded import NORMAL, Gamma, StudentT

Part = tuple[float, Distribution]
"""Signed scale and shape: the part is scale · Z."""

_NEGLIGIBLE = 1e-7
_LEAST_TERMS = 4096
_TOLERANCE = 1e-9
_COPIES = np.array([1.0, 2.0, 3.0])
_SIGNS = np.repeat((1.0, -1.0), _COPIES.size)


class Expansion(NamedTuple):
    """A sine series; never changed, so that threads may share it."""

    tail: float
    """Probability beyond the period."""
    half_period: float
    omega: NDArray[np.float64]
    """πk/L for k = 1, 2, …"""
    over: NDArray[np.float64]
    """1/(πk)."""
    real: NDArray[np.float64]
    imaginary: NDArray[np.float64] | None


@lru_cache(maxsize=256)
def sum_of(parts: tuple[Part, ...]) -> "Sum":
    """Return the distribution of a sum, kept for the interval and the probabilities of one result."""
    return Sum(list(parts))


class Sum:
    """Distribution of a sum of independent parts about the best estimate."""

    def __init__(self, parts: list[Part]) -> None:
        sigma = math.sqrt(math.fsum(scale**2 for scale, shape in parts if shape is NORMAL))
        others = [part for part in parts if part[1] is not NORMAL]
        self._parts = [*others, (sigma, NORMAL)] if sigma > 0 else _as_trapezoid(others)
        self._tails = [(abs(scale), shape) for scale, shape in others if isinstance(shape, StudentT)]
        self.symmetric = all(shape.symmetric for _, shape in others)
        self._scale = math.sqrt(math.fsum(scale**2 for scale, _ in parts))
        self._expansion: Expansion | None = None

    def central(self, p: float) -> float:
        """Return U with P(|Y| ≤ U) = p."""
        if len(self._parts) == 1 and self.symmetric:
            scale, shape = self._parts[0]
            return abs(scale) * shape.quantile(0.5 + 0.5 * p)
        e = self._expanded(p)
        U, wrapped = min(2.0 * self._scale, 0.5 * e.half_period), 0.0
        for _ in range(8):
            U = self._root(e, p + wrapped, U)
            before, wrapped = wrapped, 2 * float(self._wrapped(e, np.array(U)))
            if abs(wrapped - before) < 1e-10:
                break
        return U

    def _root(self, e: Expansion, p: float, U: float) -> float:
        """Return U where the series for P(|Y| ≤ U) is p, by Halley's method kept in bounds."""
        L, omega, weights = e.half_period, e.omega, e.real
        over, bends = 2 * weights * e.over, weights * omega
        low, high = 0.0, L
        for _ in range(100):
            angle = omega * U
            sines = np.sin(angle)
            excess = U / L + float(over @ sines) - p
            low, high = (U, high) if excess < 0 else (low, U)
            slope = (1 + 2 * float(weights @ np.cos(angle))) / L
            bend = -2 * float(bends @ sines) / L
            steep = slope - 0.5 * excess * bend / slope if slope > 0 else 0.0
            before, U = U, U - excess / steep if steep > 0 else low
            U = U if low < U < high else 0.5 * (low + high)
            if abs(U - before) < _TOLERANCE * self._scale:
                break
        return U

    def between(self, low: ArrayLike, high: ArrayLike) -> NDArray[np.float64]:
        """Return P(low ≤ Y ≤ high) of each interval; its ends may be infinite."""
        low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        if len(self._parts) == 1:
            scale, shape = self._parts[0]
            return np.asarray(np.abs(shape.cdf(high / scale) - shape.cdf(low / scale)))
        found = self._series(self._expanded(0.95), low, high)
        return np.minimum(np.maximum(found, 0.0), 1.0)

    def quantile(self, p: float) -> float:
        """Return y with P(Y ≤ y) = p."""
        if len(self._parts) == 1:
            scale, shape = self._parts[0]
            return scale * shape.quantile(p if scale > 0 else 1 - p)
        e = self._expanded(abs(2 * p - 1))
        low, high = -e.half_period, e.half_period
        while high - low > _TOLERANCE * self._scale:
            middle = 0.5 * (low + high)
            below = float(self._series(e, np.array(-math.inf), np.array(middle)))
            low, high = (middle, high) if below < p else (low, middle)
        return 0.5 * (low + high)

    def _series(self, e: Expansion, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return P(low ≤ Y ≤ high): within the period by the series, beyond it by the long tails."""
        L = e.half_period
        ends = np.array((low, high))
        inside = np.minimum(np.maximum(ends, -L), L)
        upto = _summed(e, inside) - self._wrapped(e, inside)
        for scale, shape in self._tails:
            upto += shape.cdf(np.minimum(ends, -L) / scale) - shape.cdf(-np.maximum(ends, L) / scale)
        return np.asarray(upto[1] - upto[0])

    def _wrapped(self, e: Expansion, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that the periodic density has in excess up to y, but for a constant."""
        total = np.zeros(y.shape)
        if not self._tails:
            return total
        period = 2 * e.half_period
        copies = np.concatenate((y[..., np.newaxis] - period * _COPIES, -y[..., np.newaxis] - period * _COPIES), -1)
        far = -period * (_COPIES[-1] + 0.5)
        for scale, shape in self._tails:
            each = shape.cdf(copies / scale)  # both tails are equal
            total += each @ _SIGNS + y * (2 * float(shape.cdf(far / scale)) / period)
        return total

    def _expanded(self, p: float) -> Expansion:
        """Return period and coefficients with which a probability of `p` is held."""
        tail = min(1e-4, (1 - p) / 50)
        if self._expansion is not None and self._expansion.tail == tail:
            return self._expansion
        L = math.fsum(abs(scale) * _edge(shape, tail) for scale, shape in self._parts)
        most = max(_LEAST_TERMS, int(20 * L / (math.pi * self._scale)))
        phi = self._characteristic(L, 1, int(12 * L / (math.pi * self._scale)) + 8)  # a normal one is over by half
        while phi.size < most and np.max(np.abs(phi[phi.size // 2 :])) > _NEGLIGIBLE:
            phi = np.concatenate((phi, self._characteristic(L, phi.size + 1, phi.size)))
        phi = phi[: 1 + np.flatnonzero(np.abs(phi) > _NEGLIGIBLE)[-1]]
        k = np.arange(1.0, phi.size + 1)
        imaginary = np.ascontiguousarray(phi.imag) if np.iscomplexobj(phi) else None
        found = Expansion(tail, L, k * (math.pi / L), 1 / (math.pi * k), np.ascontiguousarray(phi.real), imaginary)
        self._expansion = found
        return found

    def _characteristic(self, half_period: float, first: int, count: int) -> NDArray[Any]:
        t = np.arange(first, first + count) * (math.pi / half_period)
        phi: NDArray[Any] = np.ones(count)
        for scale, shape in self._parts:
            phi = phi * shape.characteristic(scale * t)
        return phi


def _summed(e: Expansion, y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the series up to y, but for a constant."""
    angle = y[..., np.newaxis] * e.omega
    total = y / (2 * e.half_period) + np.sin(angle) @ (e.over * e.real)
    if e.imaginary is not None:
        total -= np.cos(angle) @ (e.over * e.imaginary)
    return np.asarray(total)


def _as_trapezoid(parts: list[Part]) -> list[Part]:
    """Return a sum of just two rectangular parts as the one shape that it has (JCGM 101:2008, 6.4.4)."""
    if len(parts) != 2 or not all(isinstance(shape, Rectangular) for _, shape in parts):
        return parts
    narrow, wide = sorted(abs(scale) for scale, _ in parts)
    return [(math.hypot(narrow, wide), Trapezoidal((wide - narrow) / (wide + narrow)))]


def _edge(shape: Distribution, tail: float) -> float:
    """Return the half-width of Z that a period must cover."""
    if shape is NORMAL:
        return 6.0
    if isinstance(shape, StudentT):
        return abs(shape.quantile(tail)) + 2.0
    if math.isfinite(shape.half_width):
        return shape.half_width
    assert isinstance(shape, Gamma)
    return 7.0 + 21.0 / math.sqrt(shape.shape)
