"""Values with their covariance from a DCC into the register: weights of a set, coefficients of a thermometer."""

import math

import numpy as np

from calib.dcc.values import Column, Table, Values
from calib.equipment import CertifiedThermometer
from calib.errors import InputError
from calib.units import to_SI

_OF_FACTOR = 5e-4
"""By how much a coverage factor of four digits may be rounded."""
_HALVINGS = 40
_DIGITS = 12
"""Of a correlation coefficient: what lies beyond is noise of binary arithmetic."""


def with_covariance(table: Table) -> Column | None:
    """Return the column of a table whose values have a covariance matrix, None where there is none."""
    return next((c for c in table.columns if c.values is not None and c.values.covariance is not None), None)


def uncertainty_and_correlation(values: Values, where: str) -> tuple[list[float], tuple[tuple[float, ...], ...]]:
    """Return standard uncertainties in coherent SI units, and the correlation matrix, of values with a covariance.

    Raises
    ------
    InputError
        The matrix is not symmetric, has a variance that is not above zero, or does not agree with the u stated beside.
    """
    covariance = np.array(values.covariance_in_SI())
    variances = np.diag(covariance)
    if not (np.all(np.isfinite(covariance)) and np.all(variances > 0)):
        msg = f"{where}: its covariance matrix has a variance that is not above 0"
        raise InputError(msg)
    u = np.sqrt(variances)
    r = covariance / np.outer(u, u)
    if not np.allclose(r, r.T, rtol=0, atol=1e-6):
        msg = f"{where}: its covariance matrix is not symmetric"
        raise InputError(msg)
    stated = None if values.standard is None else values.differences_in_SI(values.standard)
    if stated is not None:
        if not np.allclose(stated, u, rtol=0.05):
            msg = f"{where}: the uncertainties beside its covariance matrix are not the roots of its diagonal"
            raise InputError(msg)
        u = np.array(stated) if np.allclose(stated, u, rtol=1e-9) else u
    symmetric = np.round((r + r.T) / 2, _DIGITS)
    np.fill_diagonal(symmetric, 1.0)
    return u.tolist(), tuple(map(tuple, symmetric.tolist()))


def degrees_of_freedom(values: Values) -> float:
    """Return the degrees of freedom that the coverage factor of an ellipsoid implies, inf where it is that of a normal.

    The factor is √(n F(n, ν)) (JCGM 102:2011, 6.5.2): it grows as ν falls.
    """
    from calib.uncertainty.regions import ellipse_factor

    if values.ellipsoid is None:
        return math.inf
    n, (k, p) = len(values.values), map(float, values.ellipsoid)
    if not 0 < p < 1 or k <= ellipse_factor(n, p) * (1 + _OF_FACTOR):
        return math.inf
    low, high = 0.0, 4.0  # powers of ten
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if ellipse_factor(n, p, 10.0**middle) > k else (low, middle)
    return float(f"{10.0**high:.2g}")


def certified_thermometer(
    table: Table, drift_K_per_year: float, within_C: tuple[float, float] | None = None, where: str = "DCC"
) -> CertifiedThermometer:
    """Return the coefficients R0, A, B and C of a table with their covariance as the law of a thermometer.

    `within_C` is where the law holds, if the certificate does not say so (`basic_validityRangeMin`, `…Max`).

    Raises
    ------
    InputError
        The table has no such coefficients, or no covariance of them.
    """
    found = with_covariance(table)
    values = None if found is None else found.values
    names = () if values is None or values.labels is None else tuple(map(_plain, values.labels))
    if values is None or not {"R0", "A", "B"} <= set(names) <= {"R0", "A", "B", "C"}:
        msg = f"{where}: holds no covariance matrix of values that are named R0, A, B and perhaps C"
        raise InputError(msg)
    u, correlation = uncertainty_and_correlation(values, where)
    law = dict(zip(names, values.in_SI(), strict=True))
    return CertifiedThermometer.model_validate(
        {
            "kind": "callendar-van-dusen",
            "R0_ohm": law.pop("R0"),
            **law,
            "within_C": _validity_C(table, where) if within_C is None else within_C,
            "k": 2,
            "coefficients": {
                "names": names,
                "u": tuple(u),
                "correlation": correlation,
                "dof": degrees_of_freedom(values),
            },
            "drift_K_per_year": drift_K_per_year,
        }
    )


def _plain(label: str) -> str:
    """Return the name of a coefficient without the ways to write its index: R₀, R_0."""
    return label.replace("_", "").replace("₀", "0").upper()


def _validity_C(table: Table, where: str) -> tuple[float, float]:
    ends = [table.column(f"basic_validityRange{end}") for end in ("Min", "Max")]
    found = [end.values.in_SI()[0] for end in ends if end is not None and end.values is not None]
    if len(found) < 2:
        msg = f"{where}: does not say for which temperatures it holds; give 'within_C'"
        raise InputError(msg)
    low, high = (round(kelvin - to_SI(0.0, "°C"), 9) for kelvin in found)
    return low, high
