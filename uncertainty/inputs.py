"""Inputs as certificates and data sheets state them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty import units
from calib.uncertainty.distributions import NORMAL, RECTANGULAR, Distribution, Shifted, StudentT, distribution
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.source import Ensemble, FloatOrArray, Source, check_dof, check_u, identified
from calib.uncertainty.uncertain import Quantity

_IDENTITY = ((1.0, None),)


def quantity(
    value: ArrayLike | None = None,
    *,
    u: ArrayLike | None = None,
    U: ArrayLike | None = None,
    k: float | None = None,
    probability: float | None = None,
    dof: ArrayLike = math.inf,
    half_width: ArrayLike | None = None,
    limits: tuple[float, float] | None = None,
    resolution: ArrayLike | None = None,
    distribution: str | None = None,
    beta: float | None = None,
    half_width_u: float | None = None,
    unit: str | None = None,
    name: str = "",
    id: str | None = None,  # noqa: A002  the field's word
) -> Quantity:
    """Return an input quantity; its uncertainty is stated in exactly one way.

    Parameters
    ----------
    value
        Best estimate; an array is one independent error for each element. May be left out with `limits`.
    u
        Standard uncertainty (for distribution t: the scale s/√n).
    U
        Expanded uncertainty, with `k`, or with `probability` (and `dof`) from which k follows (t, normal).
    half_width
        Half of the interval that certainly contains the quantity; rectangular unless `distribution` says otherwise.
    limits
        (lower, upper); where they lie unequally about `value`, u is (upper − lower)/√12 for a rectangle and the
        expectation is not the value (JCGM 100:2008, 4.3.8).
    resolution
        Least digit: a half-width of half of it.
    distribution
        One of `calib.uncertainty.distributions.NAMES`; default rectangular for half_width, limits and resolution,
        else normal.
    beta
        Trapezoidal: top over base.
    half_width_u
        Curvilinear trapezoid: the half-width itself is known to ± this (d of JCGM 101:2008, 6.4.3).
    dof
        Degrees of freedom of u, inf where unlimited.
    id
        An identity that stays the same in every record: equal ids are one and the same error.

    Raises
    ------
    UncertaintyError
        The statement is contradictory, incomplete or impossible; the message says how.
    """
    if (
        u is not None
        and distribution is None
        and U is None
        and half_width is None
        and limits is None
        and resolution is None
    ):
        shape_of, scale = NORMAL, check_u(u)
        nu = math.inf if dof is math.inf else check_dof(dof)
    else:
        nu = math.inf if dof is math.inf else check_dof(dof)
        stated = [n for n, given in _stated(u, U, half_width, limits, resolution).items() if given]
        if len(stated) > 1 or (not stated and distribution != "exponential"):
            msg = f"quantity {name!r}: state the uncertainty in one way, with u, U, half_width, limits or resolution; got {stated}"
            raise UncertaintyError(msg)
        if half_width is not None or resolution is not None or limits is not None:
            value, scale, shape_of = _bounded(
                value, half_width, limits, resolution, distribution, beta, half_width_u, name
            )
        else:
            scale = (
                _from_certificate(U, k, probability, nu, name)
                if U is not None
                else check_u(u if u is not None else _positive(value, name))
            )
            shape_of = _shape(distribution or "normal", scale, value, nu, beta, half_width_u, name)
    if value is None:
        msg = f"quantity {name!r}: give a value"
        raise UncertaintyError(msg)
    return _made(value, scale, nu, shape_of, name, unit, id)


def _stated(u: Any, U: Any, half_width: Any, limits: Any, resolution: Any) -> dict[str, bool]:
    given = {"u": u, "U": U, "half_width": half_width, "limits": limits, "resolution": resolution}
    return {name: value is not None for name, value in given.items()}


def _positive(value: Any, name: str) -> FloatOrArray:
    """Return the value of an exponential, which is its u too."""
    if value is None or not np.all(np.asarray(value) > 0):
        msg = f"quantity {name!r}: an exponential needs a value above 0, got {value}"
        raise UncertaintyError(msg)
    return value


def _from_certificate(U: Any, k: float | None, probability: float | None, dof: Any, name: str) -> FloatOrArray:
    """Return u from U with k, or with a coverage probability and degrees of freedom."""
    if (k is None) == (probability is None):
        msg = f"quantity {name!r}: U = {U} needs either k or probability, as the certificate states it"
        raise UncertaintyError(msg)
    if k is None:
        assert probability is not None
        k = coverage_factor(probability, dof)
    if not k > 0:
        msg = f"quantity {name!r}: k = {k} must be above 0"
        raise UncertaintyError(msg)
    return check_u(np.asarray(check_u(U, "U")) / k)


def _shape(
    name: str, u: Any, value: Any, dof: Any, beta: float | None, half_width_u: float | None, of: str
) -> Distribution:
    """Return the shape called `name` for an input whose u is stated."""
    if name == "t":
        if np.ndim(dof) != 0:
            msg = f"quantity {of!r}: distribution t takes one dof; leave the distribution out for an array of dof"
            raise UncertaintyError(msg)
        return NORMAL if dof == math.inf else StudentT(float(dof))
    if name == "trapezoidal":
        return distribution(name, _required(beta, "beta", of))
    if name == "curvilinear-trapezoid":
        msg = f"quantity {of!r}: a curvilinear trapezoid is stated by half_width and half_width_u"
        raise UncertaintyError(msg)
    if name == "gamma":
        with np.errstate(divide="ignore"):
            ratio = np.unique((np.asarray(value, dtype=np.float64) / np.asarray(u)) ** 2)
        if ratio.size != 1 or not np.all(np.asarray(value) > 0):
            msg = f"quantity {of!r}: gamma needs a value above 0 and one ratio of value to u"
            raise UncertaintyError(msg)
        return distribution(name, float(ratio[0]))
    if name == "exponential" and not np.allclose(u, np.asarray(value, dtype=np.float64), rtol=1e-12):
        msg = f"quantity {of!r}: the u of an exponential is its value {value}, not {u}"
        raise UncertaintyError(msg)
    return distribution(name)


def _required(value: float | None, parameter: str, of: str) -> float:
    if value is None:
        msg = f"quantity {of!r}: this distribution needs {parameter}"
        raise UncertaintyError(msg)
    return value


def _bounded(
    value: Any, half_width: Any, limits: Any, resolution: Any, name: str | None, beta: float | None,
    half_width_u: float | None, of: str,
) -> tuple[Any, FloatOrArray, Distribution]:  # fmt: skip
    """Return (value, u, shape) of an input known by its bounds."""
    name = name or "rectangular"
    offset = 0.0
    if limits is not None:
        low, high = (float(x) for x in limits)
        if not low < high:
            msg = f"quantity {of!r}: limits {limits} must be (lower, upper)"
            raise UncertaintyError(msg)
        half_width, middle = 0.5 * (high - low), 0.5 * (low + high)
        value = middle if value is None else value
        if np.ndim(value) or not low <= float(value) <= high:
            msg = f"quantity {of!r}: value {value} must be one number within its limits {limits}"
            raise UncertaintyError(msg)
        offset = middle - float(value)
        offset = 0.0 if abs(offset) <= 1e-12 * half_width else offset
    elif resolution is not None:
        half_width = 0.5 * np.asarray(resolution, dtype=np.float64)
    half = check_u(half_width, "half_width")
    shape = _bounded_shape(name, half, beta, half_width_u, of)
    u = half / _edge(shape)
    return value, u, Shifted(shape, offset / u) if offset else shape


def _edge(shape: Distribution) -> float:
    """Return the stated half-width over u: of a curvilinear trapezoid the middle one, a and not a + d."""
    ratio = getattr(shape, "ratio", 0.0)
    return shape.half_width / (1.0 + ratio)


def _bounded_shape(name: str, half: Any, beta: float | None, half_width_u: float | None, of: str) -> Distribution:
    if name == "rectangular":
        return RECTANGULAR
    if name == "trapezoidal":
        return distribution(name, _required(beta, "beta", of))
    if name == "curvilinear-trapezoid":
        if np.ndim(half):
            msg = f"quantity {of!r}: a curvilinear trapezoid takes one half_width for all elements"
            raise UncertaintyError(msg)
        return distribution(name, _required(half_width_u, "half_width_u", of) / half)
    shape = distribution(name)
    if not math.isfinite(shape.half_width):
        msg = f"quantity {of!r}: a {name} distribution has no half_width; state u, or U with k or probability"
        raise UncertaintyError(msg)
    return shape


def _made(
    value: Any,
    u: FloatOrArray,
    dof: FloatOrArray,
    shape_of: Distribution,
    name: str,
    unit: str | None,
    identity: str | None,
) -> Quantity:
    """Return the quantity of one new source (or of the one that has this identity)."""
    if unit is not None:
        units.checked(unit)
    if isinstance(value, (int, float)) and isinstance(u, float) and isinstance(dof, float):
        value = float(value)
        if not math.isfinite(value):
            msg = f"quantity {name!r}: value {value} is not a finite number"
            raise UncertaintyError(msg)
        source = Source(value, u, dof, shape_of, name, unit)
        if identity is not None:
            source = identified(source, identity)
        return Quantity(value, {source: 1.0}, unit, plain=True)
    value = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(value)):
        msg = f"quantity {name!r}: values must be finite numbers"
        raise UncertaintyError(msg)
    shape = np.broadcast_shapes(value.shape, np.shape(u), np.shape(dof))
    if not shape:
        return _made(float(value), float(u), float(dof), shape_of, name, unit, identity)
    value = np.broadcast_to(value, shape).copy()
    source = Source(value, u, dof, shape_of, name, unit, shape)
    if identity is not None:
        source = identified(source, identity)
    return Quantity(value, {source: _IDENTITY}, unit)


def correlated(
    values: Sequence[float],
    *,
    u: Sequence[float] | None = None,
    r: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
    dof: float = math.inf,
    names: Sequence[str] = (),
    units: Sequence[str | None] = (),  # noqa: A002
) -> tuple[Quantity, ...]:
    """Return jointly normal quantities with `u` and correlation matrix `r`, or with a covariance matrix.

    `dof` is that of the one sample from which all come (then they are jointly t).

    Raises
    ------
    UncertaintyError
        The matrix is not symmetric or not positive semi-definite (the message says by how much).
    """
    n = len(values)
    matrix = _covariance(n, u, r, covariance)
    dof = float(check_dof(dof))
    ensemble = Ensemble(matrix, dof)
    shape_of = NORMAL if dof == math.inf else StudentT(dof)
    made = []
    for i, value in enumerate(values):
        name = names[i] if names else ""
        unit = units[i] if units else None
        source = Source(float(value), math.sqrt(matrix[i, i]), dof, shape_of, name, unit, (), ensemble, i)
        made.append(Quantity(float(value), {source: 1.0}, unit, plain=True))
    return tuple(made)


def _covariance(n: int, u: Any, r: Any, covariance: Any) -> Any:
    if (covariance is None) == (u is None or r is None) and not (
        covariance is None and u is not None and r is not None
    ):
        msg = "correlated: give either u and r, or covariance"
        raise UncertaintyError(msg)
    if covariance is None:
        std, what = np.asarray([check_u(x) for x in u]), "r"
        unitless = np.asarray(r, dtype=np.float64)
    else:
        full = np.asarray(covariance, dtype=np.float64)
        std, what = np.sqrt(np.maximum(np.diagonal(full), 0.0)) if full.ndim == 2 else np.zeros(0), "covariance"
        unitless = full / np.where(std > 0, std, 1.0)[:, None] / np.where(std > 0, std, 1.0) if full.ndim == 2 else full
    if unitless.shape != (n, n) or std.shape != (n,) or not np.all(np.isfinite(unitless)):
        msg = f"correlated: {n} values need {what} with {n} × {n} finite numbers, got shape {unitless.shape}"
        raise UncertaintyError(msg)
    if not np.allclose(unitless, unitless.T, rtol=0, atol=1e-12):
        msg = f"correlated: {what} is not symmetric"
        raise UncertaintyError(msg)
    if covariance is None and not np.allclose(np.diagonal(unitless), 1.0, rtol=0, atol=1e-12):
        msg = f"correlated: the diagonal of r must be 1, got {np.diagonal(unitless)}"
        raise UncertaintyError(msg)
    least = float(np.linalg.eigvalsh(unitless).min())
    if least < -1e-9 * n:
        msg = f"correlated: {what} is not positive semi-definite: its least eigenvalue (as correlations) is {least:.3g}"
        raise UncertaintyError(msg)
    return unitless * np.outer(std, std) if covariance is None else np.asarray(covariance, dtype=np.float64)
