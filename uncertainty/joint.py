"""Inputs that vary together, given by a correlation or covariance matrix."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.source import Ensemble, Source, check_dof, check_u
from calib.uncertainty.unbounded import NORMAL, StudentT
from calib.uncertainty.uncertain import Quantity
from calib.uncertainty.units import checked


def correlated(
    values: Sequence[Any],
    *,
    u: Sequence[float] | None = None,
    r: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
    dof: float | Sequence[float] = math.inf,
    names: Sequence[str] = (),
    units: Sequence[str | None] = (),
) -> tuple[Quantity, ...]:
    """Return jointly normal quantities with `u` and correlation matrix `r`, or with a covariance matrix.

    `dof` is that of the one sample from which all come; then they are jointly t. A sequence states one for each,
    known apart; where they differ, expanded() asks for a `dof_policy`.

    Raises
    ------
    UncertaintyError
        The matrix is not symmetric or not positive semi-definite (the message says by how much).
    """
    if any(isinstance(v, Quantity) for v in values):
        return _tied(values, u, r, covariance)
    n = len(values)
    matrix = _covariance(n, u, r, covariance)
    dofs = [float(check_dof(v)) for v in ([dof] * n if isinstance(dof, (int, float)) else dof)]
    if len(dofs) != n:
        msg = f"correlated: {n} values need one dof, or {n}, got {len(dofs)}"
        raise UncertaintyError(msg)
    ensemble = Ensemble(matrix, dofs)
    names, units = names or [""] * n, units or [None] * n
    if len(names) != n or len(units) != n:
        msg = f"correlated: {n} values need {n} names and units, got {len(names)} and {len(units)}"
        raise UncertaintyError(msg)
    made = []
    for i, (value, nu, name, unit) in enumerate(zip(values, dofs, names, units, strict=True)):
        if not math.isfinite(value):
            msg = f"correlated: value {value} is not a finite number"
            raise UncertaintyError(msg)
        known = unit if unit is None else checked(unit)
        shape = NORMAL if nu == math.inf else StudentT(nu)
        source = Source(float(value), math.sqrt(matrix[i, i]), nu, shape, name, known, (), ensemble, i)
        made.append(Quantity.of_origin(float(value), unit, source))
    return tuple(made)


def _tied(inputs: Sequence[Any], u: Any, r: Any, covariance: Any) -> tuple[Quantity, ...]:
    from calib.uncertainty.copula import tied

    if u is not None or covariance is not None or r is None:
        msg = "correlated: quantities state their own u; give r alone"
        raise UncertaintyError(msg)
    return tied(inputs, r)


def _covariance(n: int, u: Any, r: Any, covariance: Any) -> NDArray[np.float64]:
    """Return the checked covariance matrix."""
    if covariance is not None and u is None and r is None:
        matrix = _square(covariance, n, "covariance")
        if np.any(np.diagonal(matrix) < 0):
            msg = f"correlated: variances {np.diagonal(matrix)} must not be negative"
            raise UncertaintyError(msg)
        std = np.sqrt(np.diagonal(matrix))
        safe = np.where(std > 0, std, 1.0)
        _check_semidefinite(matrix / np.outer(safe, safe), "covariance")
        return matrix
    if covariance is not None or u is None or r is None:
        msg = "correlated: give either u and r, or covariance"
        raise UncertaintyError(msg)
    matrix = _square(r, n, "r")
    std = np.array([check_u(x) for x in u])
    if std.shape != (n,) or not np.allclose(np.diagonal(matrix), 1.0, rtol=0, atol=1e-12):
        msg = f"correlated: {n} values need {n} u and a diagonal of 1 in r, got {std} and {np.diagonal(matrix)}"
        raise UncertaintyError(msg)
    _check_semidefinite(matrix, "r")
    return np.asarray(matrix * np.outer(std, std))


def _square(given: Any, n: int, what: str) -> NDArray[np.float64]:
    matrix = np.asarray(given, dtype=np.float64)
    if matrix.shape != (n, n) or not np.all(np.isfinite(matrix)):
        msg = f"correlated: {n} values need {what} of {n} × {n} finite numbers, got shape {matrix.shape}"
        raise UncertaintyError(msg)
    return matrix


def _check_semidefinite(unitless: NDArray[np.float64], what: str) -> None:
    if not np.allclose(unitless, unitless.T, rtol=0, atol=1e-12):
        msg = f"correlated: {what} is not symmetric"
        raise UncertaintyError(msg)
    least = float(np.linalg.eigvalsh(unitless).min())
    if least < -1e-9 * len(unitless):
        msg = f"correlated: {what} is not positive semi-definite: least eigenvalue (as correlations) {least:.3g}"
        raise UncertaintyError(msg)
