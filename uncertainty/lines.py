"""Straight lines through points (ISO/TS 28037:2010), as correlated intercept and slope."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import units
from calib.uncertainty.contributions import covariance
from calib.uncertainty.joint import correlated
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
_STEPS = 200


@dataclass(frozen=True, eq=False)
class Line:
    """y = intercept + slope · x, and how well the points fit it."""

    intercept: Quantity
    slope: Quantity
    residuals: Array
    """Observed y minus intercept minus slope · x."""
    chi2: float
    """Weighted sum of squared residuals; nan where the points state no uncertainty."""
    dof: int
    """Number of points minus 2."""
    s: float
    """Residual standard deviation of points that state no uncertainty, else nan."""

    def predict(self, x0: Quantity | float) -> Quantity:
        """Return y on the line at `x0` (JCGM 100:2008, H.3.3)."""
        return self.intercept + self.slope * x0

    def invert(self, y0: Quantity | float) -> Quantity:
        """Return x at which the line reads `y0` (ISO/TS 28037:2010, clause 11)."""
        return (y0 - self.intercept) / self.slope


def fit_line(x: Quantity | ArrayLike, y: Quantity | ArrayLike) -> Line:
    """Return the straight line through points.

    Plain arrays: ordinary least squares, uncertainty from the scatter, ν = n − 2 (JCGM 100:2008, H.3). Quantities:
    generalised least squares with everything that they state of errors in y, in x, and of their correlation
    (ISO/TS 28037:2010, clauses 6 to 10); the line is then correlated with its points and with all that they rest on.

    Raises
    ------
    UncertaintyError
        Too few points, points that do not fit together, or no unique line.
    """
    a, b = _points(x, "x"), _points(y, "y")
    if a.size != b.size:
        msg = f"fit_line: {a.size} x for {b.size} y"
        raise UncertaintyError(msg)
    if not (a.blocks or b.blocks):
        return _ordinary(a, b)
    return _generalised(a, b)


def _points(given: Quantity | ArrayLike, what: str) -> Quantity:
    points = given if isinstance(given, Quantity) else Quantity(np.asarray(given, dtype=np.float64), {})
    if points.ndim != 1 or points.size < 2 or not np.all(np.isfinite(points.value)):
        msg = f"fit_line: {what} must be at least two finite numbers in one axis, got shape {points.shape}"
        raise UncertaintyError(msg)
    return points


def _start(x: Array, y: Array) -> tuple[float, float]:
    """Return intercept and slope of the unweighted line, from centred x."""
    d = x - x.mean()
    spread = float(d @ d)
    if spread <= (1e-14 * float(np.abs(x).max())) ** 2 * x.size:
        msg = f"fit_line: every x is {x[0]}; a line needs points at different x"
        raise UncertaintyError(msg)
    slope = float(d @ y) / spread
    return float(y.mean()) - slope * float(x.mean()), slope


def _ordinary(x: Quantity, y: Quantity) -> Line:
    n = x.size
    if n < 3:
        msg = "fit_line: two points without uncertainty have no scatter; give at least three, or state u"
        raise UncertaintyError(msg)
    intercept, slope = _start(x.value, y.value)
    residuals = y.value - intercept - slope * x.value
    s2 = float(residuals @ residuals) / (n - 2)
    mean, d = float(x.value.mean()), x.value - x.value.mean()
    spread = float(d @ d)
    matrix = s2 * np.array([[1 / n + mean**2 / spread, -mean / spread], [-mean / spread, 1 / spread]])
    a, b = correlated([intercept, slope], covariance=matrix, dof=n - 2, names=["intercept", "slope"])
    return Line(a, b, residuals, math.nan, n - 2, math.sqrt(s2))


def _generalised(x: Quantity, y: Quantity) -> Line:
    n = x.size
    joint = covariance([x, y])
    Vx, Vy, Cxy = joint[:n, :n], joint[n:, n:], joint[:n, n:]
    a, b = _start(x.value, y.value)
    for _ in range(_STEPS):
        residuals = y.value - a - b * x.value
        cross = Cxy - b * Vx  # of x with the residuals
        weighted = _solver(Vy - b * (Cxy + Cxy.T) + b * b * Vx)
        adjusted = x.value - cross @ weighted(residuals)
        design = np.stack([np.ones(n), adjusted], axis=1)
        rows = np.linalg.solve(design.T @ weighted(design), weighted(design).T)
        da, db = rows @ residuals
        a, b = a + float(da), b + float(db)
        spread = np.sqrt(np.diagonal(np.linalg.inv(design.T @ weighted(design))))
        if abs(da) <= 1e-11 * spread[0] and abs(db) <= 1e-11 * spread[1]:
            return _line(x, y, b, rows, float(residuals @ weighted(residuals)), residuals)
    msg = (
        f"fit_line: no convergence after {_STEPS} steps: the errors in x are too large for a line through these points"
    )
    raise UncertaintyError(msg)


def _solver(V: Array) -> Any:
    """Return the function V⁻¹ · of a covariance matrix."""
    try:
        lower = np.linalg.cholesky(V)
    except np.linalg.LinAlgError as error:
        msg = "fit_line: the points' covariance is singular: one has no uncertainty, or some are wholly correlated"
        raise UncertaintyError(msg) from error
    inverse = np.linalg.inv(lower)
    return lambda m: inverse.T @ (inverse @ m)


def _line(x: Quantity, y: Quantity, b: float, rows: Array, chi2: float, residuals: Array) -> Line:
    """Return the line whose errors are those of the points: d(a, b) = rows · (dy − b dx)."""
    errors = Quantity(y.value, y.blocks) - b * Quantity(x.value, x.blocks)
    intercept, slope = (errors * rows[0]).sum(), (errors * rows[1]).sum() + b
    per = None if x.unit is None and y.unit is None else units.product(y.unit, x.unit, -1.0)
    return Line(
        Quantity(intercept.value, intercept.blocks, y.unit), Quantity(slope.value, slope.blocks, per), residuals, chi2,
        x.size - 2, math.nan,
    )  # fmt: skip
