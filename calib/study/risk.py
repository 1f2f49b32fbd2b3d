"""Risks that a decision rule really runs: to accept what does not conform, to reject what does (JCGM 106:2012, 9).

Gain and offset of the items are drawn within ± share of their specification's, so that a share above 1 gives some that
do not conform.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.study.coverage import bounds
from calib.study.runs import Runs


@dataclass(frozen=True)
class Risk:
    """Risks of one decision rule over many calibrations, over all points that have a tolerance."""

    procedure: str
    rule: str
    runs: int
    seed: int
    share: float
    """Gain and offset of the items lie within ± share of their specification's, each value as likely as any other."""
    not_conforming: float
    """Part of the points whose true error exceeds the tolerance."""
    consumers: float
    """Part that was accepted, but does not conform."""
    consumers_bounds: tuple[float, float]
    producers: float
    """Part that was rejected, but conforms."""
    producers_bounds: tuple[float, float]
    stated: float
    """Mean probability not to conform that the certificates give the accepted points: what their reader expects."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def risk(runs: Runs, procedure: str, rule: str, seed: int, share: float) -> Risk:
    """Return the risks that were reached, with bounds by resampling whole runs."""
    given = np.isfinite(runs.limit).all(axis=0)
    limit, truth, passed = runs.limit[:, given], runs.truth[:, given], runs.passed[:, given]
    conforms = np.abs(truth) <= limit
    consumers, producers = passed & ~conforms, ~passed & conforms
    accepted = runs.conforming[:, given][passed]
    return Risk(
        procedure,
        rule,
        len(truth),
        seed,
        share,
        float(1 - conforms.mean()),
        float(consumers.mean()),
        _bounds(consumers),
        float(producers.mean()),
        _bounds(producers),
        float(1 - accepted.mean()) if accepted.size else 0.0,
    )


def _bounds(happened: NDArray[np.bool_]) -> tuple[float, float]:
    low, high = bounds(happened.mean(axis=1, keepdims=True))
    return float(low[0]), float(high[0])
