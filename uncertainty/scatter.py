"""What is known of the scatter of a process from earlier series: the pooled standard deviation."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.numbers import floats
from calib.uncertainty.source import check_dof, check_u


@dataclass(frozen=True)
class Scatter:
    """Standard deviation of one reading, in the unit of the readings, and its degrees of freedom."""

    s: float
    dof: float

    def __post_init__(self) -> None:
        if not all(isinstance(v, (int, float)) for v in (self.s, self.dof)):
            msg = f"Scatter({self.s!r}, {self.dof!r}): s and dof are one number each"
            raise UncertaintyError(msg)
        check_u(self.s, "s")
        check_dof(self.dof)


def pool(series: Iterable[ArrayLike | Scatter]) -> Scatter:
    """Return the pooled standard deviation of series of readings, each about its own mean.

    s_p² = Σ ν_i s_i² / Σ ν_i with Σ ν_i degrees of freedom (JCGM 100:2008, 4.2.4 and H.3.6). Series are arrays of
    shape (n_i,), or `Scatter` where only s and ν are known. They must come from one process: look at `anova`.

    Raises
    ------
    UncertaintyError
        No series, or one with fewer than two finite readings.
    """
    parts = [part if isinstance(part, Scatter) else _of(part, i) for i, part in enumerate(series)]
    if not parts:
        msg = "pool: there is no series of readings"
        raise UncertaintyError(msg)
    dof = math.fsum(p.dof for p in parts)
    if dof == math.inf:
        msg = "pool: a standard deviation with unlimited degrees of freedom is exact; use it alone"
        raise UncertaintyError(msg)
    return Scatter(math.sqrt(math.fsum(p.dof * p.s**2 for p in parts) / dof), dof)


def _of(readings: ArrayLike, place: int) -> Scatter:
    x = floats(readings, f"pool: series {place}")
    if x.ndim != 1 or x.size < 2 or not np.all(np.isfinite(x)):
        msg = f"pool: series {place} must be at least two finite readings, got shape {x.shape}"
        raise UncertaintyError(msg)
    return Scatter(float(x.std(ddof=1)), x.size - 1)
