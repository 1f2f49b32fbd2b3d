"""A distribution given by its quantile function, or by draws: a table of quantiles, linear between (JCGM 101:2008, D).

With N nodes of equal probability (and some more in the tails) the density is constant between neighbours, so moments,
characteristic function, quantiles and draws are those of the table, exactly.
"""

# ruff: noqa: D102  the methods of every shape say what those of Distribution say

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.distributions import distribution as named
from calib.uncertainty.shape import Array, Distribution

_EVEN, _IN_TAIL, _EDGE = 501, 320, 0.05
"""Nodes evenly spaced in probability, those in each tail, and where the tails begin."""
_TAIL = 1e-9
"""Probability beyond the ends of a table of a distribution without ends."""


class Tabled(Distribution):
    """Quantiles z at probabilities p; made by `from_quantile`, `from_draws` and `truncated`.

    As a shape it has mean 0 and standard deviation 1; `stated` are those of what it was made from.
    """

    __slots__ = ("_p", "_x", "_z", "half_width", "stated", "symmetric")
    name = "tabled"

    def __init__(self, *facts: float) -> None:
        """Take the probabilities, then as many quantiles, of any centre and scale."""
        both = np.array(facts, dtype=np.float64)
        p, x = np.split(both, 2) if both.size % 2 == 0 else (both, both)
        steps, widths = np.diff(p), np.diff(x)
        ends = p.size > 2 and p[0] == 0 and p[-1] == 1
        if not (both.size % 2 == 0 and ends and np.all(np.isfinite(x)) and np.all(steps > 0) and np.all(widths >= 0)):
            msg = "a table of quantiles needs probabilities that rise from 0 to 1, and finite quantiles that never fall"
            raise UncertaintyError(msg)
        middle = 0.5 * (x[1:] + x[:-1])
        centre = float(steps @ middle)
        scale = math.sqrt(float(steps @ ((middle - centre) ** 2 + widths**2 / 12)))
        if not scale > 0:
            msg = "a table of quantiles that are all equal has no uncertainty: give a number"
            raise UncertaintyError(msg)
        self.stated = (centre, scale)
        self._p, self._x, self._z = p, x, (x - centre) / scale
        self.half_width = float(np.max(np.abs(self._z)))
        mirrored = np.interp(1 - p, p, self._z)
        self.symmetric = bool(np.max(np.abs(mirrored + self._z)) < 1e-6)

    def _key(self) -> tuple[Any, ...]:
        return (*self._p.tolist(), *self._x.tolist())

    def __repr__(self) -> str:
        return f"Tabled(value and u {self.stated}, {self._p.size} quantiles)"

    def pdf(self, z: ArrayLike) -> Array:
        at = np.asarray(z, dtype=np.float64)
        i = np.clip(np.searchsorted(self._z, at, side="right") - 1, 0, self._z.size - 2)
        width = self._z[i + 1] - self._z[i]
        inside = (at >= self._z[0]) & (at <= self._z[-1]) & (width > 0)
        return np.where(inside, (self._p[i + 1] - self._p[i]) / np.where(width > 0, width, 1.0), 0.0)

    def cdf(self, z: ArrayLike) -> Array:
        return np.asarray(np.interp(np.asarray(z, dtype=np.float64), self._z, self._p, left=0.0, right=1.0))

    def quantile(self, p: float) -> float:
        return float(np.interp(p, self._p, self._z))

    def characteristic(self, t: Array) -> Array:
        total = np.zeros(t.shape, dtype=np.complex128)
        for low, high, weight in zip(self._z[:-1], self._z[1:], np.diff(self._p), strict=True):
            half = 0.5 * (high - low) * t
            total += weight * np.sinc(half / math.pi) * np.exp(0.5j * (low + high) * t)
        return total.real if self.symmetric else total

    def sample(self, generator: "np.random.Generator", shape: tuple[int, ...]) -> Array:
        return np.interp(generator.random(shape), self._p, self._z)


def from_quantile(quantile: Callable[[NDArray[np.float64]], ArrayLike], *, bounded: bool = False) -> Tabled:
    """Return the distribution with this quantile function (inverse distribution function) of probabilities.

    It is asked between 1e-9 and 1 − 1e-9, and at 0 and 1 themselves where the distribution is `bounded`.

    Raises
    ------
    UncertaintyError
        The function falls, or is not finite.
    """
    nodes = _probabilities()
    asked = nodes if bounded else np.clip(nodes, _TAIL, 1 - _TAIL)
    try:
        x = np.asarray(quantile(asked), dtype=np.float64)
    except (TypeError, ValueError):
        x = np.array([quantile(np.float64(p)) for p in asked], dtype=np.float64)  # type: ignore[arg-type]
    return Tabled(*nodes.tolist(), *np.broadcast_to(x, nodes.shape).tolist())


def _probabilities() -> NDArray[np.float64]:
    """Return nodes from 0 to 1, closer towards the ends."""
    tail = np.logspace(math.log10(_TAIL), math.log10(_EDGE), _IN_TAIL, endpoint=False)
    return np.concatenate(([0.0], tail, np.linspace(_EDGE, 1 - _EDGE, _EVEN), 1 - tail[::-1], [1.0]))


def from_draws(draws: ArrayLike | Sequence[float]) -> Tabled:
    """Return the distribution of draws of an earlier Monte Carlo, such as `MonteCarlo.draws`, shape (trials,).

    The quantiles are those of the sorted draws, linear between (JCGM 101:2008, 7.5 and D).
    """
    ordered = np.sort(np.asarray(draws, dtype=np.float64).ravel())
    if ordered.size < 100:
        msg = f"from_draws: {ordered.size} draws tell too little of a distribution; for readings use type_a"
        raise UncertaintyError(msg)
    places = (np.arange(1, ordered.size + 1) - 0.5) / ordered.size
    nodes = _probabilities()
    return Tabled(*nodes.tolist(), *np.interp(nodes, places, ordered).tolist())


def truncated(
    value: float, u: float, limits: tuple[float, float], distribution: str | Distribution = "normal"
) -> Tabled:
    """Return a distribution of `value` and `u` that is cut off at `limits`, either of which may be infinite.

    Raises
    ------
    UncertaintyError
        Less than a millionth of the distribution lies within the limits.
    """
    shape = named(distribution) if isinstance(distribution, str) else distribution
    low, high = ((float(x) - value) / u for x in limits)
    below, above = (float(shape.cdf(z)) if math.isfinite(z) else float(z > 0) for z in (low, high))
    if not (u > 0 and above - below > 1e-6):
        msg = f"truncated: limits {limits} hold {max(above - below, 0):.2g} of a distribution about {value} with u {u}"
        raise UncertaintyError(msg)
    nodes = _probabilities()
    inside = np.clip(below + nodes * (above - below), _TAIL, 1 - _TAIL)
    z = np.clip([shape.quantile(float(p)) for p in inside], max(low, -1e300), min(high, 1e300))
    return Tabled(*nodes.tolist(), *(value + u * np.asarray(z)).tolist())
