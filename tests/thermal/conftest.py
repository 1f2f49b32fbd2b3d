"""Procedures of thermometry on the sample laboratory's benches, in memory on a virtual clock."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from calib.drivers.simulation import SimulatedBench
from calib.procedure import Result
from calib.run import Outcome
from calib.study import Sample
from calib.study.world import BenchWorld

QUICK: dict[str, Any] = {"window_s": 180.0, "soak_s": 60.0, "cycles": 4, "interval_s": 1.0, "stable_K_per_min": 0.003}
"""For a bath that settles fast, as the sample laboratory's does."""
BLOCK = QUICK | {"stable_K_per_min": 0.03}


@dataclass(frozen=True)
class Site:
    """One procedure on its simulated bench; every seed is another standard and another item."""

    sample: Sample

    def calibrate(self, seed: int, folder: Path | None = None) -> tuple[Outcome, SimulatedBench]:
        bench = self.sample.simulated_bench(seed)
        plan = self.sample.plan(bench.clock.now().date())
        return self.sample.calibrate(bench, plan, folder=folder), bench

    def truth(self, result: Result, bench: SimulatedBench) -> float:
        return self.sample.procedure.truth(result, BenchWorld(bench))


@pytest.fixture
def site() -> Callable[..., Site]:
    """Return what makes a site of a procedure; parameters change those of its job."""

    def make(name: str, **parameters: Any) -> Site:
        usual = BLOCK if name == "block-calibrator" else QUICK
        return Site(Sample.load(name, parameters={**usual, **parameters}))

    return make
