"""Least squares with errors in y, in x, and with any covariance of them: the one solver under all fits.

Minimises (x − ξ, y − f(ξ, p))ᵀ V⁻¹ (…) over the parameters p and the true coordinates ξ, by Gauss-Newton steps on the
model linearised at ξ (H. I. Britt and R. H. Luecke, Technometrics 15 (1973) 233; for the straight line this is
ISO/TS 28037:2010, clauses 6 to 10). Where x is exact these are the ordinary normal equations.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.joint import correlated
from calib.uncertainty.points import Array, Projection, covariance_with, equal_metric, errors, metric
from calib.uncertainty.uncertain import Quantity

Linearised = Callable[[Array, Array], tuple[Array, Array, Array]]
"""(ξ, p) → f (n,), ∂f/∂p (n, m), ∂f/∂x (n,)."""

_STEPS = 200
_CLOSE = 1e-10
"""A step this small against the parameters' uncertainties ends the search."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Fitted:
    """How well the points fit."""

    residuals: Array
    """Observed y minus the model at the observed x, shape (n,)."""
    chi2: float
    """Weighted sum of squared residuals; nan where the points state no uncertainty."""
    dof: int
    """Number of points minus number of parameters."""
    s: float
    """√(Σ r²/ν) of points that state no uncertainty; with relative weights √(χ²/ν); else nan."""

    @property
    def p_value(self) -> float:
        """Probability of a χ² at least as large as this, were model and stated u right; nan without u or dof.

        ISO/TS 28037:2010, 6.3 step 9: the model is doubted where it is below 0.05.
        """
        if math.isnan(self.chi2) or self.dof < 1:
            return math.nan
        from scipy.special import chdtrc

        return float(chdtrc(self.dof, self.chi2))


@dataclass(frozen=True, eq=False)
class Solution:
    """Parameters, shape (m,), correlated with the points and with each other, and the statistics of the fit."""

    parameters: tuple[Quantity, ...]
    """Without units."""
    residuals: Array
    chi2: float
    dof: int
    s: float


def solve(
    x: Quantity, y: Quantity, model: Linearised, start: Array, who: str, *, relative: bool, names: Sequence[str] = ()
) -> Solution:
    """Return the least-squares parameters of `model` for points of shape (n,).

    Without uncertainties, or with `relative`, u comes from the scatter, ν = n − m; the parameters are then jointly t.
    """
    known = bool(x.blocks or y.blocks)
    with np.errstate(over="ignore", invalid="ignore"):  # a wild step is judged by whether the model is finite there
        p, last, slope = _search(x, y, model, start, who)
    f, _, _ = model(x.value, p)
    residuals, dof = y.value - f, x.size - p.size
    if known and not relative:
        e = errors(x, y, slope)
        parameters = tuple(Quantity(float(v), (e * row).sum().blocks) for v, row in zip(p, last.rows, strict=True))
        return Solution(parameters, residuals, last.chi2, dof, math.nan)
    if dof < 1:
        msg = f"{who}: {x.size} points for {p.size} parameters have no scatter; give more points, or state u"
        raise UncertaintyError(msg)
    s2 = last.chi2 / dof
    made = correlated(p.tolist(), covariance=s2 * last.covariance, dof=dof, names=names)
    rms = math.sqrt(float(residuals @ residuals) / dof)
    return Solution(made, residuals, last.chi2 if known else math.nan, dof, math.sqrt(s2) if known else rms)


def _search(
    x: Quantity, y: Quantity, model: Linearised, start: Array, who: str
) -> tuple[Array, Projection, Array | float]:
    """Return parameters, the last linear step and ∂f/∂x at the points."""
    p, xi, before, part = np.asarray(start, dtype=np.float64), x.value, math.inf, 1.0
    fixed = None if x.blocks else (metric(errors(x, y, 0.0), who) if y.blocks else equal_metric(y.value))
    for _ in range(_STEPS):
        f, G, slope = model(xi, p)
        if not all(np.all(np.isfinite(a)) for a in (f, G, slope)):
            msg = f"{who}: the model is not finite at parameters {p}; start nearer, or check its domain"
            raise UncertaintyError(msg)
        e = errors(x, y, slope)
        V = fixed or metric(e, who)
        projection = V.project(G, y.value - f - slope * (x.value - xi), who)
        p = p + part * projection.step
        u = np.sqrt(np.diagonal(projection.covariance))
        moved = float(np.max(np.abs(projection.step) / (_CLOSE * u + 1e-14 * np.abs(p))))
        if x.blocks:
            new = x.value - covariance_with(x, (e * projection.forces).sum())
            moved = max(moved, float(np.max(np.abs(new - xi) / (_CLOSE * x.u + 1e-14 * np.abs(new) + 1e-300))))
            xi = new
        if moved <= 1 or (moved < 1e4 and moved >= 0.5 * before):  # the second: rounding allows no smaller step
            return p, projection, slope
        if moved > before:  # large residuals make whole steps overshoot
            part *= 0.5
        before = moved
    msg = f"{who}: no convergence after {_STEPS} steps: start nearer, or the errors in x are too large for this model"
    raise UncertaintyError(msg)
