"""Polynomials through points, with errors in y, in x, and any covariance of them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty import units
from calib.uncertainty.leastsquares import Fitted, solve
from calib.uncertainty.points import Array, Points, bare, paired, place
from calib.uncertainty.uncertain import Quantity

_MOST = 20


@dataclass(frozen=True, eq=False, kw_only=True)
class Polynomial(Fitted):
    """y = Σ coefficients[k] · x^k, and how well the points fit it."""

    coefficients: tuple[Quantity, ...]
    """In ascending powers of x, correlated; that of x^k has the unit of y over that of x to the k."""
    span: tuple[float, float]
    """Least and greatest x of the points, in their unit."""
    scaled: tuple[Quantity, ...]
    """Coefficients in t = (x − middle)/half of the span, in the unit of y: with these `predict` keeps its digits."""
    x_unit: str | None

    def predict(self, x0: Quantity | ArrayLike) -> Quantity:
        """Return y on the curve at `x0`, a scalar or an array, correlated with the points and with `x0`."""
        y = _powers(self.scaled, self._t(x0))
        return Quantity(y.value, y.blocks, self.scaled[0].unit)

    def invert(self, y0: Quantity | float, *, between: tuple[float, float] | None = None) -> Quantity:
        """Return x at which the curve reads the scalar `y0`.

        `between` limits the search, in the unit of x; by default the span of the points.

        Raises
        ------
        UncertaintyError
            The curve reads `y0` nowhere in the interval, or at several places (the message names them).
        """
        unit = self.scaled[0].unit
        y = place(y0, unit, "invert")
        low, high = between or self.span
        values = np.array([q.value for q in self.scaled])
        values[0] -= y.value
        t = np.roots(values[::-1])
        real = np.unique(np.round(t[np.abs(t.imag) < 1e-9].real, 12))
        middle, half = _frame(self.span)
        found = middle + half * real
        edge = 1e-9 * (high - low)
        inside = found[(found >= low - edge) & (found <= high + edge)]
        if inside.size != 1:
            where = f"at x = {', '.join(f'{v:.8g}' for v in inside)}" if inside.size else "nowhere"
            msg = f"the polynomial reads {y.value:.8g} {where} between {low:.8g} and {high:.8g}: give between="
            raise UncertaintyError(msg)
        at = (float(inside[0]) - middle) / half
        steep = float(np.polyval(np.polyder(values[::-1]), at))
        if steep == 0:
            msg = f"the polynomial is flat at x = {inside[0]:.8g}: it has no inverse there"
            raise UncertaintyError(msg)
        error = (y - _powers(self.scaled, at)) * (half / steep)
        return Quantity(float(inside[0]), error.blocks, self.x_unit)

    def _t(self, x0: Quantity | ArrayLike) -> Any:
        middle, half = _frame(self.span)
        return (place(x0, self.x_unit, "predict") - middle) / half


def fit_polynomial(x: Points, y: Points, degree: int, *, relative: bool = False) -> Polynomial:
    """Return the polynomial of `degree` through points, shape (n,).

    As `fit_line`: plain arrays by ordinary least squares with u from the scatter and ν = n − degree − 1; quantities by
    generalised least squares with their errors in y and x and all correlation; `relative` takes stated uncertainties
    as weights only. Errors in x by Britt and Luecke, Technometrics 15 (1973) 233.

    Raises
    ------
    UncertaintyError
        Too few points at different x, points that do not fit together, or an x far less spread than its size.
    """
    who = "fit_polynomial"
    a, b = paired(x, y, who)
    if isinstance(degree, bool) or not (isinstance(degree, int) and 0 <= degree <= _MOST):
        msg = f"{who}: degree = {degree!r}: a whole number from 0 to {_MOST}"
        raise UncertaintyError(msg)
    distinct = np.unique(a.value).size
    if distinct <= max(degree, 1):
        msg = f"{who}: degree {degree} needs points at {max(degree, 1) + 1} different x at least, got {distinct}"
        raise UncertaintyError(msg)
    span = (float(a.value.min()), float(a.value.max()))
    middle, half = _frame(span)

    def model(xi: Array, p: Array) -> tuple[Array, Array, Array]:
        t = (xi - middle) / half
        G = np.vander(t, degree + 1, increasing=True)
        rise = G[:, :-1] @ (p[1:] * np.arange(1, degree + 1)) / half
        return G @ p, G, rise

    start = np.linalg.lstsq(np.vander((a.value - middle) / half, degree + 1, increasing=True), b.value, rcond=None)[0]
    names = [f"coefficient {k} of t" for k in range(degree + 1)]
    found = solve(a, b, model, start, who, relative=relative, names=names)
    return Polynomial(
        coefficients=_raw(found.parameters, middle, half, a.unit, b.unit), span=span,
        scaled=tuple(Quantity(q.value, q.blocks, b.unit) for q in found.parameters), x_unit=a.unit,
        residuals=found.residuals, chi2=found.chi2, dof=found.dof, s=found.s,
    )  # fmt: skip


def _frame(span: tuple[float, float]) -> tuple[float, float]:
    """Return middle and half-width of the points' x."""
    return 0.5 * (span[0] + span[1]), 0.5 * (span[1] - span[0])


def _powers(coefficients: tuple[Quantity, ...], t: Any) -> Quantity:
    """Return Σ c_k t^k by Horner's rule."""
    total = bare(coefficients[-1])
    for c in coefficients[-2::-1]:
        total = total * t + bare(c)
    return total


def _raw(
    scaled: tuple[Quantity, ...], middle: float, half: float, x_unit: str | None, y_unit: str | None
) -> tuple[Quantity, ...]:
    """Return coefficients in powers of x from those in powers of (x − middle)/half."""
    made = []
    for k in range(len(scaled)):
        total = bare(scaled[k]) * half**-k
        for j in range(k + 1, len(scaled)):
            total = total + bare(scaled[j]) * (math.comb(j, k) * (-middle) ** (j - k) * half**-j)
        per = None if x_unit is None and y_unit is None else units.slope(y_unit, x_unit, k)
        made.append(Quantity(total.value, total.blocks, per))
    return tuple(made)
