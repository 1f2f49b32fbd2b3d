"""A simulated bench in this process on a virtual clock, and its file's tables to change."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.files import as_model, read_toml


@pytest.fixture
def tables() -> dict[str, Any]:
    """The example file, to be changed by a test before it makes a bench of it."""
    return read_toml(DMM_BENCH)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def make_bench(tables: dict[str, Any], clock: VirtualClock) -> Callable[..., SimulatedBench]:
    def make(seed: int = 1) -> SimulatedBench:
        return SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=seed)

    return make
