"""Result of Monte Carlo: estimates, intervals, regions from the model values (JCGM 101:2008 and 102:2011, 7.6, 7.7)."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import intervals, regions
from calib.uncertainty.products import product
from calib.uncertainty.source import FloatOrArray

Array = NDArray[np.float64]
_CHUNK = 16_384


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """Result of Monte Carlo; numbers have the shape of the output, for several outputs (m,)."""

    draws: Array = field(repr=False)
    """Model values in the order of the trials, shape of the output and the trials last."""
    trials: int
    value: FloatOrArray
    """Mean; the median where an input is t with 1 degree of freedom, which has no mean."""
    u: FloatOrArray
    """Standard deviation; nan where an input is t with 2 degrees of freedom or fewer, which has none."""
    unit: str | None = None
    """Unit of the output, None for a number."""

    @property
    def dof(self) -> FloatOrArray:
        """Nan: a distribution by Monte Carlo has no degrees of freedom."""
        return tidy(np.full(np.shape(self.value), math.nan))

    def interval(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the probabilistically symmetric interval (JCGM 101:2008, 7.7.2)."""
        low, high = intervals.symmetric(self._ordered, p)
        return tidy(low), tidy(high)

    def shortest(self, p: float = 0.95) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the shortest interval (JCGM 101:2008, 7.7.4)."""
        low, high = intervals.shortest(self._ordered, p)
        return tidy(low), tidy(high)

    @cached_property
    def covariance(self) -> Array:
        """Covariance matrix of the outputs, shape (m, m) (JCGM 102:2011, 7.6)."""
        return covariance(self._outputs)

    @property
    def correlation(self) -> Array:
        """Correlation matrix of the outputs, shape (m, m)."""
        std = np.sqrt(np.diagonal(self.covariance))
        with np.errstate(invalid="ignore"):
            return np.asarray(self.covariance / np.outer(std, std))

    def ellipse(self, p: float = 0.95) -> regions.Ellipse:
        """Return the coverage ellipse of several outputs, kp from the trials (JCGM 102:2011, 7.7.2)."""
        self._needs_moments("an ellipse")
        return regions.ellipse(self._outputs, np.ravel(self.value), self.covariance, p)

    def rectangle(self, p: float = 0.95) -> regions.Rectangle:
        """Return the coverage rectangle y ± kq·u of several outputs (JCGM 102:2011, 7.7.3)."""
        self._needs_moments("a rectangle")
        return regions.rectangle(self._outputs, np.ravel(self.value), np.ravel(self.u), p)

    def smallest_region(self, p: float = 0.95, cells: int | None = None) -> regions.SmallestRegion:
        """Return the smallest coverage region, on a mesh of `cells` for each output (JCGM 102:2011, 7.7.4)."""
        return regions.smallest(self._outputs, p, cells)

    @property
    def _outputs(self) -> Array:
        """All outputs as rows, shape (m, trials)."""
        return self.draws.reshape(-1, self.trials)

    @cached_property
    def _ordered(self) -> Array:
        return np.sort(self.draws, axis=-1)

    def _needs_moments(self, what: str) -> None:
        if np.any(np.isnan(self.u)):
            msg = f"{what} is scaled with u, and an input is t with 2 degrees of freedom or fewer: take smallest_region"
            raise UncertaintyError(msg)


def summary(draws: Array, least_dof: float, unit: str | None = None) -> MonteCarlo:
    """Return the result of model values, shape of the output and the trials last."""
    trials = draws.shape[-1]
    rows = draws.reshape(-1, trials)
    shape = draws.shape[:-1]
    mean = means(rows) if least_dof > 1 else np.median(rows, axis=-1)
    u = np.sqrt(_squares(rows, mean) / (trials - 1)) if least_dof > 2 else np.full(len(rows), math.nan)
    return MonteCarlo(draws, trials, tidy(mean.reshape(shape)), tidy(u.reshape(shape)), unit)


def means(rows: Array) -> Array:
    """Return the mean of every row."""
    return np.asarray(rows.mean(axis=-1))


def _squares(rows: Array, mean: Array) -> Array:
    """Return Σ (y − ȳ)² of every row, piece by piece, so that no second array of all trials is needed."""
    total = np.zeros(len(rows))
    for i, row in enumerate(rows):
        for start in range(0, row.size, _CHUNK):
            deviation = row[start : start + _CHUNK] - mean[i]
            total[i] += np.sum(np.square(deviation, out=deviation))
    return total


def covariance(rows: Array) -> Array:
    """Return the covariance matrix of the rows, shape (m, m)."""
    m, trials = rows.shape
    mean = means(rows)[:, None]
    total = np.zeros((m, m))
    for start in range(0, trials, _CHUNK):
        deviation = rows[:, start : start + _CHUNK] - mean
        total += product(deviation, deviation.T)
    return np.asarray(total / (trials - 1))


def tidy(value: Any) -> FloatOrArray:
    """Return a float for what has no axis, else the array."""
    return float(value) if np.ndim(value) == 0 else value
