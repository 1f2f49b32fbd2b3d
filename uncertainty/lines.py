"""Straight lines through points (ISO/TS 28037:2010), as correlated intercept and slope."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty import units
from calib.uncertainty.leastsquares import Fitted, solve
from calib.uncertainty.points import Array, Points, bare, paired, place
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True, eq=False, kw_only=True)
class Line(Fitted):
    """y = intercept + slope · x, and how well the points fit it."""

    intercept: Quantity
    slope: Quantity

    x_unit: str | None = None

    def predict(self, x0: Quantity | ArrayLike) -> Quantity:
        """Return y on the line at `x0`, a scalar or an array (JCGM 100:2008, H.3.3); plain numbers are in x's unit."""
        y = bare(self.intercept) + bare(self.slope) * place(x0, self.x_unit, "predict")
        return Quantity(y.value, y.blocks, self.intercept.unit)

    def invert(self, y0: Quantity | float) -> Quantity:
        """Return x at which the line reads `y0` (ISO/TS 28037:2010, clause 11); a plain number is in y's unit."""
        x = (place(y0, self.intercept.unit, "invert") - bare(self.intercept)) / bare(self.slope)
        return Quantity(x.value, x.blocks, self.x_unit)


def fit_line(x: Points, y: Points, *, relative: bool = False) -> Line:
    """Return the straight line through points, shape (n,).

    Plain arrays: ordinary least squares, uncertainty from the scatter, ν = n − 2 (JCGM 100:2008, H.3). Quantities:
    generalised least squares with everything that they state of errors in y, in x, and of their correlation
    (ISO/TS 28037:2010, clauses 6 to 10); the line is then correlated with its points and with all that they rest on.
    With `relative` the stated uncertainties are weights only and the scatter gives their size, ν = n − 2
    (ISO/TS 28037:2010, annex E, without its factor for few points: here t takes care of them).

    Units: intercept that of y, slope that of y over that of x (of temperatures on a scale, their degrees); residuals
    are numbers in the unit of y.

    Raises
    ------
    UncertaintyError
        Too few points, points that do not fit together, or no unique line.
    """
    a, b = paired(x, y, "fit_line")
    intercept, slope = _start(a.value, b.value)
    if a.size < 3 and (relative or not (a.blocks or b.blocks)):
        msg = "fit_line: two points without uncertainty have no scatter; give at least three, or state u"
        raise UncertaintyError(msg)
    middle = float(a.value.mean())

    def centred(xi: Array, p: Array) -> tuple[Array, Array, Array]:
        d = xi - middle
        return p[0] + p[1] * d, np.stack([np.ones(xi.size), d], axis=1), np.full(xi.size, p[1])

    names = ("value at the middle", "slope")
    start = np.array([intercept + slope * middle, slope])
    found = solve(a, b, centred, start, "fit_line", relative=relative, names=names)
    at_middle, rise = found.parameters
    at_zero = at_middle - rise * middle
    per = None if a.unit is None and b.unit is None else units.slope(b.unit, a.unit)
    return Line(
        intercept=Quantity(at_zero.value, at_zero.blocks, b.unit), slope=Quantity(rise.value, rise.blocks, per),
        x_unit=a.unit,        residuals=found.residuals, chi2=found.chi2, dof=found.dof, s=found.s,
    )  # fmt: skip


def _start(x: Array, y: Array) -> tuple[float, float]:
    """Return intercept and slope of the unweighted line, from centred x."""
    d = x - x.mean()
    spread = float(d @ d)
    if spread <= (1e-14 * float(np.abs(x).max())) ** 2 * x.size:
        msg = f"fit_line: every x is {x[0]}; a line needs points at different x"
        raise UncertaintyError(msg)
    slope = float(d @ y) / spread
    return float(y.mean()) - slope * float(x.mean()), slope
