"""The Taylor series of a model in independent errors z_k of mean 0, variance 1, skewness s_k and kurtosis κ_k.

With g, H, T the derivatives at the expectations of the inputs, to the fourth power of u,

    u² = Σ g_k² + Σ g_k H_kk s_k + ¼ Σ H_kk² (κ_k − 1) + Σ_{k<m} H_km² + ⅓ Σ g_k T_kkk κ_k + Σ_{m≠k} g_m T_mkk

which for normal inputs is JCGM 100:2008, 5.1.2, note. It is quadratic in (g, H, T), so the covariance of two outputs is
½ (u²(a + b) − u²(a) − u²(b)). H and T are differences of first-order sensitivities at inputs moved by u/64 and u/32,
extrapolated: a model serves unchanged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.uncertainty.components import Component, gradient, sources
from calib.uncertainty.cumulants import skewness_and_kurtosis
from calib.uncertainty.firstorder import as_one
from calib.uncertainty.rows import check_size
from calib.uncertainty.source import Ensemble
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
Model = Callable[..., Any]
_STEP = 1 / 64


@dataclass(frozen=True, eq=False)
class Taylor:
    """Derivatives by the components: value (n,), g (n, k), H (n, k, k), T (n, m, k) = ∂³/∂z_m∂z_k²; moments (k,)."""

    value: Array
    g: Array
    H: Array
    T: Array
    skewness: Array
    kurtosis: Array

    @classmethod
    def of(
        cls, model: Model, inputs: Mapping[str, Any], centre: Mapping[str, Quantity], parts: list[Component]
    ) -> "Taylor":
        """Return the series of a model about `centre`."""
        middle = called(model, inputs, centre)
        g = gradient(middle, parts)
        n, k = g.shape
        check_size(n * k * k, f"second order of {n} values and {k} independent inputs")
        directions = {name: gradient(q, parts) for name, q in centre.items()}
        H, T = np.empty((n, k, k)), np.empty((n, k, k))
        for i in range(k):
            along = {name: d[:, i] for name, d in directions.items()}
            near, far = (_differences(model, inputs, centre, along, parts, g, h) for h in (_STEP, 2 * _STEP))
            H[:, :, i], T[:, :, i] = ((4 * a - b) / 3 for a, b in zip(near, far, strict=True))
        value = np.atleast_1d(np.asarray(middle.value)).ravel()
        return cls(value, g, 0.5 * (H + H.transpose(0, 2, 1)), T, *_moments(parts))

    @property
    def bias(self) -> Array:
        """½ Σ H_kk, shape (n,)."""
        return np.asarray(0.5 * np.einsum("ikk->i", self.H))

    def products(self) -> Array:
        """Return what lies beyond first order in u², by pairs of components, shape (n, k, k), symmetric."""
        every = np.arange(len(self.skewness))
        third = 0.5 * (self.g[:, :, None] * self.T + (self.g[:, :, None] * self.T).transpose(0, 2, 1))
        pairs = 0.5 * self.H**2 + third
        own, diagonal = self.H[:, every, every], self.T[:, every, every]
        quadratic = 0.25 * own**2 * (self.kurtosis - 1)
        pairs[:, every, every] = self.g * own * self.skewness + quadratic + self.g * diagonal * self.kurtosis / 3
        return np.asarray(pairs)

    def variance(self) -> Array:
        """Return u² of every output, shape (n,)."""
        return np.asarray((self.g**2).sum(axis=-1) + self.products().sum(axis=(1, 2)))

    def covariance(self) -> Array:
        """Return the covariance matrix of the outputs, shape (n, n)."""
        n = len(self.value)
        check_size(n * n * self.g.shape[1] ** 2, f"the second-order covariance of {n} outputs")
        alone = self.variance()
        i, j = np.triu_indices(n, 1)
        both = Taylor(
            self.value[i], self.g[i] + self.g[j], self.H[i] + self.H[j], self.T[i] + self.T[j], self.skewness,
            self.kurtosis,
        )  # fmt: skip
        total = np.diag(alone)
        total[i, j] = total[j, i] = 0.5 * (both.variance() - alone[i] - alone[j])
        return total


def called(model: Model, inputs: Mapping[str, Any], moved: Mapping[str, Quantity]) -> Quantity:
    """Return the output of a model at other quantities."""
    return as_one(model(**{**inputs, **moved}))


def shifted(given: Mapping[str, Quantity], by: Mapping[str, Array]) -> dict[str, Quantity]:
    """Return quantities of other values with the same sensitivities."""
    return {n: Quantity(q.value + by[n].reshape(q.shape), q.blocks, q.unit) for n, q in given.items()}


def _differences(
    model: Model,
    inputs: Mapping[str, Any],
    centre: Mapping[str, Quantity],
    along: Mapping[str, Array],
    parts: list[Component],
    g: Array,
    h: float,
) -> tuple[Array, Array]:
    """Return the first and second derivative of the sensitivities along one component."""
    up, down = (
        gradient(called(model, inputs, shifted(centre, {n: s * d for n, d in along.items()})), parts) for s in (h, -h)
    )
    return (up - down) / (2 * h), (up - 2 * g + down) / h**2


def _moments(parts: list[Component]) -> tuple[Array, Array]:
    """Return skewness and kurtosis of every component; jointly normal ones have 0 and 3."""
    found = [
        (0.0, 3.0) if isinstance(o, Ensemble) else skewness_and_kurtosis(o.distribution) for o, _ in sources(parts)
    ]
    both = np.array(found).reshape(-1, 2)
    return both[:, 0], both[:, 1]
