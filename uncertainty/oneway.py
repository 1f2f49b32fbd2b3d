"""One-way analysis of variance: is there an effect between series, and which u has their mean (JCGM 100:2008, H.5)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.numbers import floats
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True)
class Anova:
    """K series (days, operators, set-ups) of readings; standard deviations in the unit of the readings."""

    mean: float
    """Mean of the series' means."""
    s_means: float
    """Standard deviation of the series' means (H.5.2.2)."""
    s_within: float
    """Standard deviation of one reading within its series, pooled (eq. H.25b)."""
    s_between: float
    """Standard deviation of the effect between series (eq. H.27); 0 where the estimate of its square is negative."""
    F: float
    """Mean square between over that within (eq. H.26a)."""
    p_value: float
    """Probability of an F at least as large, were there no effect between series."""
    dof_between: int
    """K − 1."""
    dof_within: int
    """Σ (n_i − 1)."""
    count: int
    """All readings."""
    _s_total: float

    @property
    def between(self) -> Quantity:
        """The mean with u = s_means/√K, ν = K − 1: right whether or not there is an effect (H.5.2.2).

        This is the u to report, unless it is known beforehand that there can be no effect.
        """
        return quantity(self.mean, u=self.s_means / math.sqrt(self.dof_between + 1), dof=self.dof_between)

    @property
    def within(self) -> Quantity:
        """The mean with u = s/√n of all n readings taken as one sample, ν = n − 1: right only where no effect exists.

        A large p_value allows it, but does not prove it (H.5.2.4, eq. H.28a and H.28b).
        """
        return quantity(self.mean, u=self._s_total / math.sqrt(self.count), dof=self.count - 1)


def anova(
    series: Sequence[ArrayLike] | NDArray[Any] = (),
    *,
    means: ArrayLike | None = None,
    s: ArrayLike | None = None,
    n: ArrayLike | None = None,
) -> Anova:
    """Return the analysis of variance of K series of readings, shapes (n_i,), or of their means, s and n, shapes (K,).

    For series of unequal length n_i the effect between is that of the usual unbiased estimate, with
    n_0 = (Σ n_i − Σ n_i²/Σ n_i)/(K − 1) in place of J, and `mean` is still that of the series' means.

    Raises
    ------
    UncertaintyError
        Fewer than two series, a series of fewer than two readings, or numbers that are not finite.
    """
    m, d, c = _summaries(series, means, s, n)
    K, total = m.size, float(c.sum())
    within_square = float(np.sum((c - 1) * d**2)) / (total - K)
    weighted = float(np.sum(c * m)) / total
    between_square = float(np.sum(c * (m - weighted) ** 2)) / (K - 1)
    if within_square == 0:
        msg = "anova: the readings of every series are equal: there is no scatter within to compare with"
        raise UncertaintyError(msg)
    size = (total - float(np.sum(c**2)) / total) / (K - 1)
    F = between_square / within_square
    from scipy.special import fdtrc

    pooled = ((K - 1) * between_square + (total - K) * within_square) / (total - 1)
    return Anova(
        float(m.mean()), float(m.std(ddof=1)), math.sqrt(within_square),
        math.sqrt(max(between_square - within_square, 0.0) / size), F, float(fdtrc(K - 1, total - K, F)),
        K - 1, int(total) - K, int(total), math.sqrt(pooled),
    )  # fmt: skip


def _summaries(series: Any, means: Any, s: Any, n: Any) -> tuple[Any, Any, Any]:
    """Return means, standard deviations and numbers of readings, shapes (K,)."""
    if len(series) and means is None and s is None and n is None:
        rows = [floats(row, "anova") for row in series]
        if any(row.ndim != 1 or row.size < 2 for row in rows):
            msg = "anova: every series must be at least two readings in one axis"
            raise UncertaintyError(msg)
        m, d, c = (np.array([f(row) for row in rows]) for f in (np.mean, lambda row: row.std(ddof=1), np.size))
    elif not len(series) and means is not None and s is not None and n is not None:
        m, d, c = np.broadcast_arrays(*(np.atleast_1d(floats(v, "anova")) for v in (means, s, n)))
    else:
        msg = "anova: give either the series of readings, or means, s and n of all series"
        raise UncertaintyError(msg)
    whole = bool(np.all(np.isfinite(m)) and np.all(np.isfinite(d)) and np.all(d >= 0) and np.all(c >= 2))
    if m.size < 2 or not whole or np.any(c != np.round(c)):
        msg = f"anova: {m.size} series; at least 2 are needed, with finite means, s not negative and 2 readings or more"
        raise UncertaintyError(msg)
    return m, d, c
