"""Effort: expanded uncertainty and time against the number of readings at a point."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from calib.study.runs import Progress, Task, calibrate_many


@dataclass(frozen=True)
class Effort:
    """What one number of readings gives and costs."""

    readings: int
    duration_s: float
    """Mean time of a calibration on the bench's clock, without the operator's."""
    U: tuple[float, ...]
    """Mean U at each point, in its SI unit."""
    over_least: float
    """Median over the points of U over the least U that was found there."""


@dataclass(frozen=True)
class Efforts:
    """U and time against readings."""

    procedure: str
    runs: int
    seed: int
    points: tuple[str, ...]
    units: tuple[str, ...]
    each: tuple[Effort, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def effort(
    task: Task, readings: Sequence[int], runs: int, *, seed: int = 0, progress: Progress | None = None
) -> Efforts:
    """Calibrate `runs` times with each number of readings."""
    several = [calibrate_many(_with_readings(task, n), runs, seed=seed, progress=progress) for n in readings]
    mean_U = np.array([found.U.mean(axis=0) for found in several])
    over_least = np.median(mean_U / mean_U.min(axis=0), axis=1)
    return Efforts(
        task.procedure,
        runs,
        seed,
        several[0].points,
        several[0].units,
        tuple(
            Effort(n, float(found.duration_s.mean()), tuple(float(u) for u in U), float(over))
            for n, found, U, over in zip(readings, several, mean_U, over_least, strict=True)
        ),
    )


def _with_readings(task: Task, n: int) -> Task:
    return replace(task, parameters=(*(p for p in task.parameters if p[0] != "readings"), ("readings", n)))
