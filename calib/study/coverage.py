"""Coverage: how often the stated interval holds the truth, per point and in all.

All points of one run share its standards, so that bounds come from resampling whole runs (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 8). What is shown is that procedure, drivers, evaluation and budget agree
with each other; that the simulated physics is that of the laboratory's real instruments is for comparisons to show.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.study.runs import Runs

CONFIDENCE = 0.95
_RESAMPLES = 2000
_SEED = 20261123


@dataclass(frozen=True)
class PointCoverage:
    """Coverage at one point."""

    point: str
    coverage: float
    lower: float
    upper: float
    u_over_error: float
    """Mean standard uncertainty over the root mean square of the real errors: 1 where the budget is just right."""
    mean_normalised: float
    """Mean of (result − truth) / U: far from 0 where a correction is wrong."""
    share: float = 0.0
    """Share of u² of the inputs that an error was put into."""


@dataclass(frozen=True)
class Coverage:
    """Coverage over many calibrations."""

    procedure: str
    probability: float
    """As the certificates state it."""
    runs: int
    seed: int
    points: int
    coverage: float
    lower: float
    upper: float
    confidence: float
    """Of every (lower, upper)."""
    per_point: tuple[PointCoverage, ...]
    prior: str = "declared"
    broken: str = ""
    """The error that was put in, if one was."""
    shift: float = 0.0
    """By how many U it shifts the results: root mean square over runs and points."""
    narrowed: float = 1.0
    """What part of U it leaves, the mean over runs and points."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @property
    def holds(self) -> bool:
        """Whether the bounds over all points reach the stated probability from below."""
        return self.upper >= self.probability

    @property
    def share(self) -> float:
        """Mean share of u² of the inputs that an error was put into."""
        return sum(p.share for p in self.per_point) / len(self.per_point)

    @property
    def does_little(self) -> bool:
        """Whether the error that was put in can hardly be found: it changes next to nothing."""
        shifts = self.shift >= LITTLE or self.narrowed <= 1 - LITTLE
        return not shifts and (not self.broken.startswith("drift") or self.share < LITTLE)


LITTLE = 0.05
"""An error that shifts results by less of U, leaves more than 1 less this of U, or is in less of u², does little."""


def coverage(
    runs: Runs, procedure: str, seed: int, *, probability: float = 0.9545, prior: str = "declared", broken: str = ""
) -> Coverage:
    """Return the coverage of many calibrations, with bounds by resampling whole runs."""
    held = runs.held.astype(np.float64)
    n = len(held)
    low, high = bounds(held)
    low_all, high_all = bounds(held.mean(axis=1, keepdims=True))
    ratio, normalised, share = _ratios(runs), runs.normalised.mean(axis=0), runs.share.mean(axis=0)
    per_point = tuple(
        PointCoverage(
            point,
            float(held[:, i].mean()),
            float(low[i]),
            float(high[i]),
            float(ratio[i]),
            float(normalised[i]),
            float(share[i]),
        )
        for i, point in enumerate(runs.points)
    )
    return Coverage(
        procedure,
        probability,
        n,
        seed,
        len(runs.points),
        float(held.mean()),
        float(low_all[0]),
        float(high_all[0]),
        CONFIDENCE,
        per_point,
        prior,
        broken,
        float(np.sqrt(np.mean(runs.shift**2))),
        float(runs.narrowed.mean()),
    )


def bounds(held: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bounds of the mean of every column, shape (columns,), by resampling rows."""
    rng = np.random.default_rng(_SEED)
    n = len(held)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=_RESAMPLES) / n  # how often each run is drawn
    means = weights @ held
    tail = (1 - CONFIDENCE) / 2
    return np.quantile(means, tail, axis=0), np.quantile(means, 1 - tail, axis=0)


def _ratios(runs: Runs) -> NDArray[np.float64]:
    squared = np.mean((runs.error - runs.truth) ** 2, axis=0)
    with np.errstate(divide="ignore"):
        return np.where(squared > 0, runs.u.mean(axis=0) / np.sqrt(squared), math.inf)
