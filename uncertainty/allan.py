"""Allan deviations of clocks and of any drifting instrument: ADEV, OADEV, MDEV, TDEV with confidence intervals.

Equations of W. J. Riley, Handbook of Frequency Stability Analysis, NIST Special Publication 1065 (2008), clause 5.2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.noise import degrees_of_freedom, power_law
from calib.uncertainty.numbers import floats
from calib.uncertainty.shape import Array

Kind = Literal["adev", "oadev", "mdev", "tdev"]
KINDS: tuple[Kind, ...] = ("adev", "oadev", "mdev", "tdev")
NOISES = {"white-phase": 2, "flicker-phase": 1, "white-frequency": 0, "flicker-frequency": -1, "random-walk": -2}
"""Exponent α of the power law S_y(f) ∝ f^α of each kind of noise."""


@dataclass(frozen=True, eq=False)
class AllanDeviation:
    """Deviations by averaging time; every array has shape (k,)."""

    kind: str
    tau_s: Array
    deviation: Array
    """Of fractional frequency, or of time in seconds (tdev); of other readings in their unit."""
    lower: Array
    """Ends of the confidence interval from χ² with `edf` (SP 1065, eq. 45 and 46)."""
    upper: Array
    probability: float
    edf: Array
    """Equivalent degrees of freedom."""
    alpha: NDArray[np.int64]
    """Noise type, the exponent α of S_y(f) ∝ f^α, that was used for edf."""
    count: NDArray[np.int64]
    """Number of differences that were averaged."""


def allan_deviation(
    data: ArrayLike,
    tau0_s: float,
    *,
    kind: Kind = "oadev",
    of: Literal["phase", "frequency"] = "phase",
    factors: Sequence[int] | None = None,
    noise: str | None = None,
    probability: float = 0.95,
) -> AllanDeviation:
    """Return the deviation of a gapless series, shape (n,), taken every `tau0_s` seconds.

    Parameters
    ----------
    data
        Time error in seconds (`of="phase"`), or fractional frequency, each the mean over tau0 (`of="frequency"`); any
        other readings, such as volts, count as frequency.
    kind
        adev (SP 1065, eq. 7), oadev: overlapping (eq. 11), mdev: modified (eq. 14), tdev: time, τ/√3 · mdev (eq. 15).
    factors
        Averaging factors m, τ = m·tau0; default 1, 2, 4 … as far as the series goes.
    noise
        A name of `NOISES` for the interval; by default the lag-1 autocorrelation of the series tells it for each τ
        (5.5.6), and where fewer than 30 points are left the type found for the τ before.
    probability
        Of the two-sided confidence interval.

    Raises
    ------
    UncertaintyError
        A series too short, with gaps (nan) or not in one axis, or an unknown kind or noise.
    """
    x = _phase(data, tau0_s, of)
    if kind not in KINDS:
        msg = f"allan_deviation: kind {kind!r} is not known; choose one of {', '.join(KINDS)}"
        raise UncertaintyError(msg)
    if noise is not None and noise not in NOISES:
        msg = f"allan_deviation: noise {noise!r} is not known; choose one of {', '.join(NOISES)}"
        raise UncertaintyError(msg)
    if not 0 < probability < 1:
        msg = f"allan_deviation: probability {probability} must lie between 0 and 1"
        raise UncertaintyError(msg)
    most = (x.size if kind in {"mdev", "tdev"} else x.size - 1) // (3 if kind in {"mdev", "tdev"} else 2)
    m = _factors(factors, most)
    pairs = [_variance(x, int(k), kind) for k in m]
    tau = m * tau0_s
    scale = tau / math.sqrt(3.0) if kind == "tdev" else np.ones(m.size)
    deviation = scale * np.sqrt([v for v, _ in pairs]) / tau
    alpha = np.full(m.size, NOISES[noise]) if noise else _identified(x, m)
    edf = np.array([degrees_of_freedom(int(a), x.size, int(k), kind) for a, k in zip(alpha, m, strict=True)])
    from scipy.special import chdtri

    low, high = (deviation * np.sqrt(edf / chdtri(edf, q)) for q in (0.5 - 0.5 * probability, 0.5 + 0.5 * probability))
    count = np.array([n for _, n in pairs])
    return AllanDeviation(kind, tau, deviation, low, high, probability, edf, alpha, count)


def _phase(data: ArrayLike, tau0_s: float, of: str) -> Array:
    """Return phase less its straight line through the ends, which no deviation sees, so that sums keep their digits."""
    x = floats(data, "allan_deviation")
    if x.ndim != 1 or x.size < 3 or not np.all(np.isfinite(x)):
        msg = f"allan_deviation: the series must be at least 3 finite numbers in one axis, got shape {x.shape}"
        raise UncertaintyError(msg)
    if not 0 < tau0_s < math.inf:
        msg = f"allan_deviation: tau0_s = {tau0_s} must be finite and above 0"
        raise UncertaintyError(msg)
    if of == "frequency":
        return np.concatenate(([0.0], np.cumsum(x - x.mean()))) * tau0_s
    if of != "phase":
        msg = f"allan_deviation: of = {of!r}; choose phase or frequency"
        raise UncertaintyError(msg)
    return np.asarray(x - x[0] - (x[-1] - x[0]) / (x.size - 1) * np.arange(x.size))


def _factors(given: Sequence[int] | None, most: int) -> NDArray[np.int64]:
    if most < 1:
        msg = "allan_deviation: the series is too short for even the least averaging time"
        raise UncertaintyError(msg)
    if given is None:
        return 2 ** np.arange(int(math.log2(most)) + 1)
    m = np.asarray(given)
    if m.ndim != 1 or not m.size or m.dtype.kind not in "iu" or m.min() < 1 or m.max() > most:
        msg = f"allan_deviation: averaging factors {given} must be whole numbers from 1 to {most} for this series"
        raise UncertaintyError(msg)
    return m.astype(np.int64)


def _variance(x: Array, m: int, kind: str) -> tuple[float, int]:
    """Return ½ ⟨(second difference of phase over m)²⟩ and how many were averaged."""
    if kind in {"mdev", "tdev"}:
        total = np.concatenate(([0.0], np.cumsum(x)))
        moving = (total[m:] - total[:-m]) / m
        d = moving[2 * m :] - 2 * moving[m:-m] + moving[: -2 * m]
    else:
        step = m if kind == "adev" else 1
        d = (x[2 * m :] - 2 * x[m:-m] + x[: -2 * m])[::step]
    return 0.5 * float(d @ d) / d.size, d.size


def _identified(x: Array, m: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the noise type for every averaging factor; white frequency noise where there never were enough points."""
    found, last = [], 0
    for k in m:
        known = power_law(x[:: int(k)])
        last = last if known is None else known
        found.append(last)
    return np.array(found)
