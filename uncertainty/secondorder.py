"""Second order: the expectation and the variance of the model's Taylor series (see `taylor`), to the fourth power of u.

E Y = f + ½ Σ ∂²f/∂x_i∂x_j u(x_i, x_j); u² for normal inputs is JCGM 100:2008, 5.1.2, note. Correlated inputs enter
through independent ones.
"""

import itertools
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import moments, policies
from calib.uncertainty.components import Component, components, gradient, sources
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.linearity import FirstOrderWarning, warn
from calib.uncertainty.source import Ensemble, FloatOrArray, Source
from calib.uncertainty.taylor import Array, Model, Taylor, called, shifted
from calib.uncertainty.uncertain import Quantity

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

    taylor: Taylor = field(repr=False)
    """Derivatives by the independent errors."""
    parts: tuple[Component, ...] = field(repr=False)
    """The independent errors."""

    @property
    def covariance(self) -> Array:
        """Covariance matrix of the outputs, shape (m, m), with the terms of second order."""
        return self.taylor.covariance()

    def interval(self, p: float = 0.95, *, dof_policy: str | None = None) -> tuple[FloatOrArray, FloatOrArray]:
        """Return value ± k·u, k of the t distribution; the shape of a result so far from linear is Monte Carlo's.

        `dof_policy` is needed where correlated inputs state unequal degrees of freedom, as in `Quantity.expanded`.
        """
        policies.check(dof_policy)
        dof = self.dof
        if np.any(np.isnan(dof)) and dof_policy is not None:
            dof = _tidy(_dof(self.taylor, self.parts, self.first_order, dof_policy).reshape(self.first_order.shape))
        if np.any(np.isnan(dof)):
            raise policies.undecided(self.first_order.blocks)
        factor = np.vectorize(lambda nu: coverage_factor(p, float(nu)), otypes=[float])
        U = factor(dof) * self.u
        return _tidy(self.value - U), _tidy(self.value + U)

    shortest = interval


def second_order(model: Model, inputs: Mapping[str, Quantity | float]) -> SecondOrder:
    """Return the second-order result of `model(**inputs)`."""
    given = {n: q for n, q in inputs.items() if isinstance(q, Quantity)}
    parts = components(given.values())
    centre = _at_expectations(given, parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FirstOrderWarning)
        first = called(model, inputs, given)
        _ = first.blocks  # found here, where a zero is no surprise
        taylor = Taylor.of(model, inputs, centre, parts)
    u2 = taylor.variance()
    if np.any(u2 < 0):
        msg = "second order gives a negative variance: the Taylor series does not converge; use method='monte-carlo'"
        raise UncertaintyError(msg)
    dof = _dof(taylor, parts, first, None)
    value, u, nu, bias = (_tidy(x.reshape(first.shape)) for x in (taylor.value, np.sqrt(u2), dof, taylor.bias))
    terms = tuple(_terms(taylor.products(), parts, first.shape))
    return SecondOrder(value + bias, u, bias, nu, first, terms, taylor, tuple(parts))


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


def _at_expectations(given: Mapping[str, Quantity], parts: list[Component]) -> dict[str, Quantity]:
    """Return the inputs at their expectations, which differ from the estimates for unequal limits (4.3.8)."""
    offsets = np.array([getattr(_distribution(o), "offset", 0.0) for o, _ in sources(parts)])
    if not np.any(offsets):
        return dict(given)
    return shifted(given, {n: gradient(q, parts) @ offsets for n, q in given.items()})


def _distribution(origin: Source | Ensemble) -> Any:
    return origin.distribution if isinstance(origin, Source) else None


def _dof(taylor: Taylor, parts: Sequence[Component], first: Quantity, policy: str | None) -> Array:
    """Return ν = u⁴/Σ D_i²/ν_i, D_i the derivative of u² with respect to ln u_i².

    Correlated inputs are one component, with the degrees of freedom that they have together at first order.
    """
    products = taylor.products()
    share = taylor.g**2 + 2 * products.sum(axis=2)  # a pair counts whole for each of its two, a square twice
    below: Any = np.zeros(len(taylor.value))
    start = 0
    for part in parts:
        own = share[:, start : start + part.size]
        if isinstance(part.origin, Ensemble):
            below = below + own.sum(axis=1) ** 2 / _together(part.origin, first, policy)
        else:
            dof = np.broadcast_to(part.origin.dof, part.origin.shape or (1,)).ravel()
            below = below + (own**2 / dof).sum(axis=1)
        start += part.size
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.inf, taylor.variance() ** 2 / below)


def _together(ensemble: Ensemble, first: Quantity, policy: str | None) -> Any:
    """Return the degrees of freedom of correlated inputs for every output; nan for unequal ones without a policy."""
    if not math.isnan(ensemble.dof) or policy is None:
        return ensemble.dof
    cs = moments.ensembles(first.blocks).get(ensemble, {})
    variance = np.broadcast_to(moments.ensemble_variance(ensemble, cs), first.shape).ravel()
    fourth = np.broadcast_to(policies.fourth(ensemble, cs, variance.reshape(first.shape), policy), first.shape).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, variance**2 / fourth, min(ensemble.dofs))


def _terms(products: Array, parts: Sequence[Component], shape: tuple[int, ...]) -> Any:
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
