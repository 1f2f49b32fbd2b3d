"""Ratios and scores by which measurements and laboratories are judged."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.conformity import Limits
from calib.uncertainty.numbers import floats
from calib.uncertainty.uncertain import Quantity


def tar(tolerance: Limits, accuracy: float) -> float:
    """Return TAR: half the tolerance span over ± `accuracy` of the standard; nan unless both limits are finite."""
    return _span(tolerance) / (2 * _positive(accuracy, "accuracy"))


def measurement_capability(tolerance: Limits, u: float) -> float:
    """Return C_m = (TU − TL)/(4u) (JCGM 106:2012, 7.6); nan unless both limits are finite."""
    return _span(tolerance) / (4 * _positive(u, "u"))


def process_capability(mean: float, s: float, tolerance: Limits) -> float:
    """Return C_pk: distance of the mean from the nearer limit over 3s; negative where the mean is outside."""
    return min(tolerance.upper - mean, mean - tolerance.lower) / (3 * _positive(s, "s"))


def en_score(x: ArrayLike, reference: ArrayLike, U_x: ArrayLike, U_reference: ArrayLike) -> Any:
    """Return E_n = (x − X)/√(U_x² + U_X²) with expanded uncertainties, k = 2; |E_n| ≤ 1 agrees (ISO 13528:2022, 9.7).

    Floats or arrays of one shape. For results that are correlated use `zeta_score`.
    """
    spread = np.hypot(_not_negative(U_x, "U_x"), _not_negative(U_reference, "U_reference"))
    return _score(x, reference, spread)


def z_score(x: ArrayLike, assigned: ArrayLike, sigma: ArrayLike) -> Any:
    """Return z = (x − X)/σ_pt: to 2 satisfactory, from 3 unsatisfactory (ISO 13528:2022, 9.4); floats or arrays."""
    return _score(x, assigned, _not_negative(sigma, "sigma"))


def zeta_score(x: Quantity, reference: Quantity) -> Any:
    """Return ζ = (x − X)/u(x − X), with standard uncertainties (ISO 13528:2022, 9.6); what both share cancels."""
    difference = x - reference
    return _score(difference.value, 0.0, np.asarray(difference.u))


def _score(x: ArrayLike, reference: ArrayLike, spread: Any) -> Any:
    if not np.all(np.asarray(spread) > 0):
        msg = "a score needs an uncertainty above 0 for every result"
        raise UncertaintyError(msg)
    score = (floats(x, "score") - floats(reference, "score")) / spread
    return float(score) if score.ndim == 0 else score


def _span(tolerance: Limits) -> float:
    span = tolerance.upper - tolerance.lower
    return span if math.isfinite(span) else math.nan


def _positive(value: float, what: str) -> float:
    if not 0 < value < math.inf:
        msg = f"{what} = {value} must be finite and above 0"
        raise UncertaintyError(msg)
    return value


def _not_negative(value: Any, what: str) -> Any:
    array = floats(value, what)
    if not (np.all(np.isfinite(array)) and np.all(array >= 0)):
        msg = f"{what} = {value} must be finite and not negative"
        raise UncertaintyError(msg)
    return array
