"""Power-law noise of clocks: which it is, and the equivalent degrees of freedom of a variance of it.

C. A. Greenhall and W. J. Riley, Uncertainty of stability variances based on finite differences, Proc. 35th PTTI
(2003) 267; NIST SP 1065 (2008), 5.4.1 (combined algorithm) and 5.5.6 (noise identification).
"""

import numpy as np
from numpy.typing import NDArray

from calib.uncertainty.shape import Array

_FEWEST = 30
_REACH = 20.0  # in averaging times: correlations beyond it do not matter, and their differences have lost their digits
_MANY = 100


def power_law(x: Array) -> int | None:
    """Return α of S_y(f) ∝ f^α, −2 … 2, from phase data, shape (n,); None for fewer than 30 points.

    From the lag-1 autocorrelation r of phase, differenced d times until r/(1 + r) is below ¼: α = 2 − 2(d + r/(1 + r))
    to the nearest whole number.
    """
    if x.size < _FEWEST:
        return None
    t = np.linspace(-1.0, 1.0, x.size)
    z = x - np.polyval(np.polyfit(t, x, 2), t)
    for d in range(3):
        z = z - z.mean()
        square = float(z @ z)
        r = float(z[1:] @ z[:-1]) / square if square else 0.0
        delta = r / (1 + r)
        if delta < 0.25 or d == 2:
            break
        z = np.diff(z)
    return int(np.clip(round(2 - 2 * (d + delta)), -2, 2))


def degrees_of_freedom(alpha: int, n: int, m: int, kind: str) -> float:
    """Return the equivalent degrees of freedom, 2 E²/Var, of a variance of `n` phase points at averaging factor `m`.

    The sum over the correlations of the second differences is done in full, so that no approximating table is needed.
    """
    modified = kind in {"mdev", "tdev"}
    filtered = 1.0 if modified else float(m)
    stride = 1 if kind == "adev" else m
    length = m / filtered + 2 * m
    terms = 1 + int(stride * (n - length) / m)
    j = np.arange(1, min(terms, int(_REACH * stride) + 1))
    z = _covariance(np.concatenate(([0.0], j / stride)), filtered, alpha)
    return float(terms / (1 + 2 * np.sum((1 - j / terms) * (z[1:] / z[0]) ** 2)))


def _covariance(t: Array, filtered: float, alpha: int) -> NDArray[np.float64]:
    """Return the covariance of second differences of filtered phase at lags t, in averaging times (eq. for s_z)."""
    return np.asarray(
        6 * _filtered(t, filtered, alpha)
        - 4 * (_filtered(t - 1, filtered, alpha) + _filtered(t + 1, filtered, alpha))
        + _filtered(t - 2, filtered, alpha)
        + _filtered(t + 2, filtered, alpha)
    )


def _filtered(t: Array, filtered: float, alpha: int) -> Array:
    """Return the generalised covariance of filtered phase, F² (2 s(t) − s(t − 1/F) − s(t + 1/F)), or its limit."""
    if filtered > _MANY and alpha <= 0:
        return _integrated(t, alpha + 2)
    step = 1 / filtered
    wide = 2 * _integrated(t, alpha) - _integrated(t - step, alpha) - _integrated(t + step, alpha)
    return np.asarray(filtered**2 * wide)


def _integrated(t: Array, alpha: int) -> Array:
    """Return s_w(t) of the integral of phase: ∓|t|^(3 − α), times ln|t| where α is odd."""
    size = np.abs(t)
    power = 3 - alpha
    sign = (-1.0) ** ((power + 1) // 2)
    if alpha % 2 == 0:
        return np.asarray(sign * size**power)
    return np.asarray(sign * size**power * np.log(np.where(size > 0, size, 1.0)))
