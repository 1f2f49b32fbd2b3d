"""Second order: the expectation and the variance of the model's Taylor series, to the fourth power of u.

With independent errors z_k of mean 0, variance 1, skewness s_k and kurtosis κ_k, and g, H, T the derivatives of the
model with respect to them at the expectations of the inputs,

    E Y = f + ½ Σ_k H_kk
    u²  = Σ g_k² + Σ g_k H_kk s_k + ¼ Σ H_kk² (κ_k − 1) + Σ_{k<m} H_km² + ⅓ Σ g_k T_kkk κ_k + Σ_{m≠k} g_m T_mkk

which for normal inputs is JCGM 100:2008, 5.1.2, note. Correlated inputs enter through independent ones. H and T are
differences of first-order sensitivities at inputs moved by u/64 and u/32, extrapolated: a model serves unchanged.
"""

import itertools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import policies
from calib.uncertainty.components import Component, components, gradient, sources
from calib.uncertainty.cumulants import skewness_and_kurtosis
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.firstorder import as_one
from calib.uncertainty.linearity import FirstOrderWarning, warn
from calib.uncertainty.rows import check_size
from calib.uncertainty.source import Ensemble, FloatOrArray, Source
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
Model = Callable[..., Any]
_STEP = 1 / 64
_CHECKED = 16
"""Up to so many independent errors first order is checked against second order."""
_OUTPUTS = 100
_LARGE = 0.1


class Term(NamedTuple):
    """A term beyond first order, of one input or of two."""

    names: tuple[str, ...]
    variance: FloatOrArray
    """What it adds to u²; may be negative."""


@dataclass(frozen=True)
class SecondOrder:
    """Result of second-order propagation; floats, or arrays of the output's shape."""

    value: FloatOrArray
    """Expectation: the model at the expectations of its inputs, and `bias`."""
    u: FloatOrArray
    bias: FloatOrArray
    """½ Σ ∂²f/∂x_i∂x_j u(x_i, x_j)."""
    dof: FloatOrArray
    """Welch and Satterthwaite's, with each input's part of the whole u²."""
    first_order: Quantity
    """What first order gives."""
    terms: tuple[Term, ...]
    """Terms beyond first order that are not 0, in the order of the inputs."""

    def interval(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return value ± k·u, k of the t distribution; the shape of a result so far from linear is Monte Carlo's."""
        if np.any(np.isnan(self.dof)):
            raise policies.undecided(self.first_order.blocks)
        factor = np.vectorize(lambda dof: coverage_factor(p, float(dof)), otypes=[float])
        U = factor(self.dof) * self.u
        return _tidy(self.value - U), _tidy(self.value + U)

    shortest = interval


def second_order(model: Model, inputs: Mapping[str, Quantity | float]) -> SecondOrder:
    """Return the second-order result of `model(**inputs)`."""
    given = {n: q for n, q in inputs.items() if isinstance(q, Quantity)}
    parts = components(given.values())
    centre = _at_expectations(given, parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FirstOrderWarning)
        first = _called(model, inputs, given)
        _ = first.blocks  # found here, where a zero is no surprise
        moments = _Derivatives.of(model, inputs, centre, parts)
    skew, kurtosis = _shapes(parts)
    bias = 0.5 * np.einsum("ikk->i", moments.H).reshape(first.shape)
    products = _products(moments, skew, kurtosis)
    u2 = (moments.g**2).sum(axis=-1) + products.sum(axis=(1, 2))
    if np.any(u2 < 0):
        msg = "second order gives a negative variance: the Taylor series does not converge; use method='monte-carlo'"
        raise UncertaintyError(msg)
    dof = _dof(moments.g, products, u2, parts)
    value, u, nu = (_tidy(x.reshape(first.shape)) for x in (moments.value, np.sqrt(u2), dof))
    return SecondOrder(value + _tidy(bias), u, _tidy(bias), nu, first, tuple(_terms(products, parts, first.shape)))


def check_first_order(model: Model, inputs: Mapping[str, Quantity | float], out: Quantity) -> None:
    """Warn where the terms that first order leaves out change u by more than a tenth, or the value by u/4."""
    given = {n: q for n, q in inputs.items() if isinstance(q, Quantity)}
    parts = components(given.values())
    if out.size > _OUTPUTS or not 0 < sum(p.size for p in parts) <= _CHECKED:
        return
    try:
        second = second_order(model, inputs)
    except (UncertaintyError, ArithmeticError):
        return  # beyond the edge of the model's domain there is nothing to compare with
    off = (np.abs(second.u - out.u) > _LARGE * second.u) | (np.abs(second.bias) > 0.25 * second.u)
    if np.any(off):
        worst = int(np.argmax(off))
        value, u, other, larger = (np.ravel(x)[worst] for x in (out.value, out.u, second.value, second.u))
        warn(
            f"first order gives {value:.6g} with u = {u:.3g}, second order {other:.6g} with u = {larger:.3g}: the "
            "model is not linear over its inputs' uncertainties; use method='second-order' or 'monte-carlo'"
        )


def _called(model: Model, inputs: Mapping[str, Any], moved: Mapping[str, Quantity]) -> Quantity:
    return as_one(model(**{**inputs, **moved}))


def _shifted(given: Mapping[str, Quantity], by: Mapping[str, Array]) -> dict[str, Quantity]:
    return {n: Quantity(q.value + by[n].reshape(q.shape), q.blocks, q.unit) for n, q in given.items()}


def _at_expectations(given: Mapping[str, Quantity], parts: list[Component]) -> dict[str, Quantity]:
    """Return the inputs at their expectations, which differ from the estimates for unequal limits (4.3.8)."""
    offsets = np.array([getattr(_distribution(o), "offset", 0.0) for o, _ in sources(parts)])
    if not np.any(offsets):
        return dict(given)
    return _shifted(given, {n: gradient(q, parts) @ offsets for n, q in given.items()})


def _distribution(origin: Source | Ensemble) -> Any:
    return origin.distribution if isinstance(origin, Source) else None


def _shapes(parts: list[Component]) -> tuple[Array, Array]:
    """Return skewness and kurtosis of every component; jointly normal ones have 0 and 3."""
    found = [
        (0.0, 3.0) if isinstance(o, Ensemble) else skewness_and_kurtosis(o.distribution) for o, _ in sources(parts)
    ]
    both = np.array(found).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@dataclass(frozen=True)
class _Derivatives:
    """Of a model with respect to the components: value (n,), g (n, k), H (n, k, k), T (n, m, k) = ∂³/∂z_m∂z_k²."""

    value: Array
    g: Array
    H: Array
    T: Array

    @classmethod
    def of(
        cls, model: Model, inputs: Mapping[str, Any], centre: dict[str, Quantity], parts: list[Component]
    ) -> "_Derivatives":
        middle = _called(model, inputs, centre)
        g = gradient(middle, parts)
        n, k = g.shape
        check_size(n * k * k, f"second order of {n} values and {k} independent inputs")
        directions = {name: gradient(q, parts) for name, q in centre.items()}
        H, T = np.empty((n, k, k)), np.empty((n, k, k))
        for i in range(k):
            along = {name: d[:, i] for name, d in directions.items()}
            near, far = (_differences(model, inputs, centre, along, parts, g, h) for h in (_STEP, 2 * _STEP))
            H[:, :, i], T[:, :, i] = ((4 * a - b) / 3 for a, b in zip(near, far, strict=True))
        return cls(np.atleast_1d(np.asarray(middle.value)).ravel(), g, 0.5 * (H + H.transpose(0, 2, 1)), T)


def _differences(
    model: Model, inputs: Mapping[str, Any], centre: Any, along: Mapping[str, Array], parts: Any, g: Array, h: float
) -> tuple[Array, Array]:
    """Return the first and second derivative of the sensitivities along one component."""
    up, down = (
        gradient(_called(model, inputs, _shifted(centre, {n: s * d for n, d in along.items()})), parts) for s in (h, -h)
    )
    return (up - down) / (2 * h), (up - 2 * g + down) / h**2


def _products(d: _Derivatives, skew: Array, kurtosis: Array) -> Array:
    """Return what lies beyond first order in u², by pairs of components, shape (n, k, k), symmetric."""
    every = np.arange(len(skew))
    third = 0.5 * (d.g[:, :, None] * d.T + (d.g[:, :, None] * d.T).transpose(0, 2, 1))
    pairs = 0.5 * d.H**2 + third
    own, diagonal = d.H[:, every, every], d.T[:, every, every]
    pairs[:, every, every] = d.g * own * skew + 0.25 * own**2 * (kurtosis - 1) + d.g * diagonal * kurtosis / 3
    return np.asarray(pairs)


def _dof(g: Array, products: Array, u2: Array, parts: list[Component]) -> Array:
    """Return ν = u⁴/Σ D_i²/ν_i, D_i the derivative of u² with respect to ln u_i²."""
    share = g**2 + products.sum(axis=2) + products[:, range(g.shape[1]), range(g.shape[1])]
    below: Any = np.zeros(len(g))
    start = 0
    for part in parts:
        own = share[:, start : start + part.size]
        if isinstance(part.origin, Ensemble):
            below = below + own.sum(axis=1) ** 2 / part.origin.dof  # nan for unequal ν
        else:
            dof = np.broadcast_to(part.origin.dof, part.origin.shape or (1,)).ravel()
            below = below + (own**2 / dof).sum(axis=1)
        start += part.size
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.inf, u2**2 / below)


def _terms(products: Array, parts: list[Component], shape: tuple[int, ...]) -> Any:
    """Yield the terms by the names of the inputs, elements and members of one origin together."""
    origins = [o for o, _ in sources(parts)]
    distinct = [p.origin for p in parts]
    places = {o: [i for i, other in enumerate(origins) if other is o] for o in distinct}
    for a, b in itertools.combinations_with_replacement(distinct, 2):
        both = products[:, places[a], :][:, :, places[b]].sum(axis=(1, 2)) * (1 if a is b else 2)
        if np.any(both):
            names = (_name(a),) if a is b else (_name(a), _name(b))
            yield Term(names, _tidy(both.reshape(shape)))


def _name(origin: Source | Ensemble) -> str:
    return origin.name if isinstance(origin, Source) else "correlated inputs"


def _tidy(x: Any) -> FloatOrArray:
    return float(x) if np.ndim(x) == 0 else x
