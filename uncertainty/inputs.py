"""Inputs as certificates and data sheets state them."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty import units
from calib.uncertainty.shape import Distribution
from calib.uncertainty.source import FloatOrArray, Source, check_dof, check_u, identified
from calib.uncertainty.stated import BOUNDED, Statement
from calib.uncertainty.unbounded import NORMAL
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
    distribution: str | Distribution | None = None,
    beta: float | None = None,
    half_width_u: float | None = None,
    unit: str | None = None,
    name: str = "",
    id: str | None = None,  # noqa: A002  the word of the archives
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
        (lower, upper); where they lie unequally about `value`, u is still (upper − lower)/√12 for a rectangle, and the
        expectation is not the value (JCGM 100:2008, 4.3.8).
    resolution
        Least digit: a half-width of half of it.
    distribution
        One of `calib.uncertainty.distributions.NAMES`; default rectangular for half_width, limits and resolution,
        else normal. Or one made by `from_quantile`, `from_draws` or `truncated`: alone it states value and u too.
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
    nu = math.inf if dof is math.inf else check_dof(dof)
    if U is k is probability is beta is half_width_u is None and limits is resolution is None:  # the commonest two
        if half_width is distribution is None and u is not None:
            return made(value, check_u(u), nu, NORMAL, name, unit, id)
        if u is None and half_width is not None and distribution in BOUNDED:
            shape = BOUNDED[distribution]
            return made(value, check_u(half_width, "half_width") / shape.half_width, nu, shape, name, unit, id)
    ways = {"u": u, "U": U, "half_width": half_width, "limits": limits, "resolution": resolution}
    say = Statement(name, distribution, nu, k, probability, beta, half_width_u)
    value, std, shape = say.read(value, {way: stated for way, stated in ways.items() if stated is not None})
    return made(value, std, nu, shape, name, unit, id)


def made(
    value: Any,
    u: FloatOrArray,
    dof: FloatOrArray,
    shape: Distribution,
    name: str,
    unit: str | None,
    identity: str | None,
) -> Quantity:
    """Return the quantity of one new source (or of the one that has this identity)."""
    if unit is not None:
        units.checked(unit)
    if not (type(u) is float and type(dof) is float and isinstance(value, (int, float))):
        return _made_array(value, u, dof, shape, name, unit, identity)
    value = float(value)
    if not math.isfinite(value):
        msg = f"quantity {name!r}: value {value} is not a finite number"
        raise UncertaintyError(msg)
    source = Source(value, u, dof, shape, name, unit)
    if identity is not None:
        source = identified(source, identity)
    return Quantity.of_origin(value, unit, source)


def _made_array(
    value: Any,
    u: FloatOrArray,
    dof: FloatOrArray,
    shape: Distribution,
    name: str,
    unit: str | None,
    identity: str | None,
) -> Quantity:
    """Return an array with one independent error for each element."""
    try:
        values = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"quantity {name!r}: value {value!r} is not a number or an array of numbers"
        raise UncertaintyError(msg) from error
    if np.count_nonzero(np.isfinite(values)) < values.size:
        msg = f"quantity {name!r}: every value must be a finite number; give a value"
        raise UncertaintyError(msg)
    if not (type(u) is float and type(dof) is float):
        values = _spread(values, u, dof, name)
    if not values.ndim:
        return made(float(values), float(u), float(dof), shape, name, unit, identity)
    source = Source(values, u, dof, shape, name, unit, values.shape)
    if identity is not None:
        source = identified(source, identity)
    return Quantity.of_blocks(values, {source: _IDENTITY}, unit)


def _spread(values: Any, u: FloatOrArray, dof: FloatOrArray, name: str) -> Any:
    """Return the values in the shape that they, u and dof have together."""
    try:
        every = np.broadcast_shapes(values.shape, np.shape(u), np.shape(dof))
    except ValueError as error:
        msg = f"quantity {name!r}: values of shape {values.shape} do not fit u {np.shape(u)} and dof {np.shape(dof)}"
        raise UncertaintyError(msg) from error
    return values if values.shape == every else np.broadcast_to(values, every).copy()
