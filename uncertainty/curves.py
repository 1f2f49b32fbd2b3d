"""Any model through points: non-linear least squares with errors in y, in x, and any covariance of them."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError, UnitError
from calib.uncertainty.leastsquares import Fitted, solve
from calib.uncertainty.numbers import floats
from calib.uncertainty.points import Array, Points, bare, equal_metric, errors, paired, place
from calib.uncertainty.slopes import linearised
from calib.uncertainty.uncertain import Quantity
from calib.uncertainty.units import difference, factor, in_base

Model = Callable[..., Any]
"""model(x, *parameters) → y, point by point, with numpy functions."""
_GRID = 400


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve(Fitted):
    """y = model(x, *parameters), and how well the points fit it."""

    parameters: tuple[Quantity, ...]
    """Correlated, in the order of the model's arguments, in their `units`; without them plain numbers."""
    model: Model
    numeric: Model = field(repr=False)
    """The model among plain numbers in the units of x, y and the parameters."""
    span: tuple[float, float]
    """Least and greatest x of the points, in their unit."""
    x_unit: str | None
    y_unit: str | None

    def predict(self, x0: Quantity | ArrayLike) -> Quantity:
        """Return y on the curve at `x0`, a scalar or an array, correlated with the points and with `x0`."""
        x = place(x0, self.x_unit, "predict")
        at = np.atleast_1d(x.value).astype(np.float64)
        f, G, slope = linearised(self.numeric, at, self._values, "predict")
        shape = x.shape
        total = x * slope.reshape(shape)[()]
        for q, column in zip(self.parameters, G.T, strict=True):
            total = total + bare(q) * column.reshape(shape)[()]
        return Quantity(f.reshape(shape)[()], total.blocks, self.y_unit)

    def invert(self, y0: Quantity | float, *, between: tuple[float, float] | None = None) -> Quantity:
        """Return x at which the curve reads the scalar `y0`.

        `between` limits the search, in the unit of x; by default the span of the points.

        Raises
        ------
        UncertaintyError
            The curve reads `y0` nowhere in the interval, or at several places (the message names them).
        """
        y = place(y0, self.y_unit, "invert")
        root = self._root(float(y.value), *(between or self.span))
        _, _, slope = linearised(self.numeric, np.array([root]), self._values, "invert")
        if slope[0] == 0:
            msg = f"the curve is flat at x = {root:.8g}: it has no inverse there"
            raise UncertaintyError(msg)
        error = (y - bare(self.predict(root))) / float(slope[0])
        return Quantity(root, error.blocks, self.x_unit)

    @property
    def _values(self) -> Array:
        return np.array([q.value for q in self.parameters])

    def _root(self, y: float, low: float, high: float) -> float:
        """Return the only x in [low, high] where the model gives `y`."""
        from scipy.optimize import brentq

        def excess(x: float) -> float:
            return float(np.asarray(self.numeric(np.array([x]), *self._values))[0]) - y

        grid = np.linspace(low, high, _GRID + 1)
        sign = np.sign(np.asarray(self.numeric(grid, *self._values), dtype=np.float64) - y)
        brackets = [(grid[i], grid[i + 1]) for i in np.flatnonzero(sign[:-1] * sign[1:] < 0)]
        found = [float(g) for g in grid[sign == 0]] + [float(brentq(excess, a, b, xtol=1e-15)) for a, b in brackets]
        if len(found) != 1:
            where = f"at x = {', '.join(f'{v:.8g}' for v in sorted(found))}" if found else "nowhere"
            msg = f"the curve reads {y:.8g} {where} between {low:.8g} and {high:.8g}: give between="
            raise UncertaintyError(msg)
        return found[0]


def fit(
    model: Model,
    x: Points,
    y: Points,
    start: Sequence[float],
    *,
    relative: bool = False,
    units: Sequence[str | None] = (),
) -> Curve:
    """Return the curve y = model(x, *parameters) through points, shape (n,), searched from `start`, shape (m,).

    The model is an ordinary function of x (an array) and numbers. Its derivatives are exact where it consists of
    operators and numpy functions that carry uncertainty; otherwise they are central differences. As `fit_line`: plain
    arrays by ordinary least squares with u from the scatter and ν = n − m; quantities with their errors in y and x
    and all correlation; `relative` takes stated uncertainties as weights only. The least squares that is found is
    local: look at residuals and p_value.

    `units` are those of the parameters, and of `start`: the model then computes in base units, and its own units are
    checked where it consists of functions that carry them. Without, it computes with the numbers of x and y as given.

    Raises
    ------
    UncertaintyError
        Points that do not fit together, a model that is not finite or not of shape (n,), parameters that the points
        do not determine, or no convergence from `start`.
    """
    who = "fit"
    a, b = paired(x, y, who)
    first = np.atleast_1d(floats(start, "fit: start"))
    if first.ndim != 1 or not first.size or not np.all(np.isfinite(first)):
        msg = f"{who}: start = {start}: one finite number for each parameter of the model"
        raise UncertaintyError(msg)
    if a.size < first.size:
        msg = f"{who}: {a.size} points for {first.size} parameters; give at least as many points"
        raise UncertaintyError(msg)

    _check_arguments(model, first.size)
    numeric = _in_base(model, a, b, first, units) if units else model

    def at(xi: Array, p: Array) -> tuple[Array, Array, Array]:
        return linearised(numeric, xi, p, who)

    named = units or [None] * first.size
    near = _searched(at, a, b, first, who)
    found = solve(a, b, at, near, who, relative=relative, names=[f"parameter {i}" for i in range(first.size)])
    return Curve(
        parameters=tuple(Quantity(q.value, q.blocks, u) for q, u in zip(found.parameters, named, strict=True)),
        model=model, numeric=numeric, span=(float(a.value.min()), float(a.value.max())), x_unit=a.unit,
        y_unit=b.unit, residuals=found.residuals, chi2=found.chi2, dof=found.dof, s=found.s,
    )  # fmt: skip


def _in_base(model: Model, x: Quantity, y: Quantity, start: Array, units: Sequence[str | None]) -> Model:
    """Return the model among numbers in the units stated, computed in base units; its own units are checked."""
    if len(units) != start.size:
        msg = f"fit: {len(units)} units for {start.size} parameters"
        raise UncertaintyError(msg)
    probe = [Quantity(float(v), {}, u) for v, u in zip(start, units, strict=True)]
    try:
        out = model(Quantity(x.value, {}, x.unit), *probe)
    except UnitError:
        raise
    except (UncertaintyError, TypeError, AttributeError):  # functions that quantities do not know, or no derivative
        out = None
    if isinstance(out, Quantity):
        factor(out.unit, difference(y.unit) if out.unit != y.unit else y.unit)
    across, up = in_base(x.unit), in_base(y.unit)
    each = [in_base(u) for u in units]

    def numeric(x: Any, *p: Any) -> Any:
        return model(x * across, *(v * by for v, by in zip(p, each, strict=True))) / up

    return numeric


def _check_arguments(model: Model, count: int) -> None:
    """Refuse a model that does not take x and as many parameters as there are starts."""
    try:
        inspect.signature(model).bind(None, *[None] * count)
    except TypeError as error:
        msg = f"fit: the model must be a function of x and {count} parameters, one for each start ({error})"
        raise UncertaintyError(msg) from error
    except ValueError:  # some built-in functions do not tell
        return


def _searched(at: Any, x: Quantity, y: Quantity, start: Array, who: str) -> Array:
    """Return parameters near the least squares, by scipy's trust region with the points' own u as weights."""
    from scipy.optimize import least_squares

    _, _, slope = at(x.value, start)
    scale = errors(x, y, slope).u if x.blocks or y.blocks else equal_metric(y.value).scale
    scale = scale if np.all(scale > 0) else equal_metric(y.value).scale

    def weighted(p: Array) -> Array:
        return np.asarray((at(x.value, p)[0] - y.value) / scale)

    def jacobian(p: Array) -> Array:
        return np.asarray((at(x.value, p)[1].T / scale).T)

    try:
        found = least_squares(weighted, start, jacobian, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    except ValueError as error:
        msg = f"{who}: the model is not finite near parameters {start}; start nearer, or check its domain"
        raise UncertaintyError(msg) from error
    return np.asarray(found.x)
