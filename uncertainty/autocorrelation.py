"""How many independent readings a series of correlated ones is worth."""

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.numbers import floats
from calib.uncertainty.shape import Array

_FEWEST = 20
_LEAST_EFFECTIVE = 5.0


def effective_count(readings: ArrayLike) -> float:
    """Return the effective number n_e ≤ n of independent readings in an evenly spaced series, shape (n,), n ≥ 20.

    1/n_e = (1/n) (1 + 2 Σ_k (1 − k/n) ρ_k) (G. V. Bayley and J. M. Hammersley, Suppl. J. R. Stat. Soc. 8 (1946) 184;
    N. F. Zhang, Metrologia 43 (2006) S276). The sum ends by the initial positive sequence of C. J. Geyer, Statist.
    Sci. 7 (1992) 473, 3.3: before the first pair ρ_2m + ρ_2m+1 that is not positive. That errs to the safe side for
    series without correlation. Negative correlation is not credited. A drift is no noise: remove or model it first.

    Raises
    ------
    UncertaintyError
        A series too short for its correlation: n_e below 5, or fewer than 20 readings.
    """
    x = floats(readings, "autocorrelation")
    if x.ndim != 1 or x.size < _FEWEST or not np.all(np.isfinite(x)):
        msg = f"autocorrelation: at least {_FEWEST} finite readings in one axis are needed, got shape {x.shape}"
        raise UncertaintyError(msg)
    n = x.size
    rho = autocorrelations(x)
    pairs = rho[0 : n - n % 2 : 2] + rho[1::2]
    ends = np.flatnonzero(pairs <= 0)
    last = 2 * int(ends[0]) if ends.size else pairs.size * 2
    k = np.arange(1, last)
    effective = n / max(1.0, 1.0 + 2.0 * float(np.sum((1 - k / n) * rho[1:last])))
    if effective < _LEAST_EFFECTIVE:
        msg = (
            f"autocorrelation: {n} readings are worth {effective:.2g} independent ones, too few to know their scatter: "
            f"measure at least {_LEAST_EFFECTIVE / effective:.1f} times longer, or remove a drift"
        )
        raise UncertaintyError(msg)
    return effective


def autocorrelations(x: Array) -> Array:
    """Return ρ_k = Σ_i d_i d_(i+k) / Σ d_i² for lags k = 0 … n − 1, shape (n,); 0 for a constant series."""
    d = x - x.mean()
    if not np.any(d):
        return np.concatenate(([1.0], np.zeros(x.size - 1)))
    transform = np.fft.rfft(d, 1 << (2 * x.size - 1).bit_length())
    covariances = np.fft.irfft(np.square(np.abs(transform)))[: x.size]
    return np.asarray(covariances / covariances[0])
