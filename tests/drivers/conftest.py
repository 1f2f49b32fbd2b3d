"""A simulated bench on its two wires, for tests of drivers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from calib.clock import Clock, ScaledClock, VirtualClock
from calib.drivers import Connector, Transport, open_visa
from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.serve import BenchServer
from calib.files import as_model, read_toml

TIME_FACTOR = 100.0


@dataclass(frozen=True)
class Wired:
    """A bench and how to reach its instruments."""

    bench: SimulatedBench
    clock: Clock
    open: Callable[[str], Transport]


def bench_of(kind: str, clock: Clock) -> SimulatedBench:
    """Return the example bench with another kind of meter."""
    tables = read_toml(DMM_BENCH)
    tables["instruments"]["meter"] |= {"kind": kind, "specification": kind}
    return SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=7)


@pytest.fixture(params=["memory", "socket"])
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meter_kind() -> str:
    """The kind of the bench's meter; a test may parametrise it."""
    return "hp-34401a"


@pytest.fixture
def wired(wire: str, meter_kind: str) -> Iterator[Wired]:
    """A bench on both wires in turn, all of whose lines are closed at the end."""
    opened: list[Transport] = []

    def opener(connect: Connector, resources: dict[str, str]) -> Callable[[str], Transport]:
        def open_(name: str) -> Transport:
            opened.append(connect(resources[name]))
            return opened[-1]

        return open_

    if wire == "memory":
        virtual = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        bench = bench_of(meter_kind, virtual)
        yield Wired(bench, virtual, opener(bench.connector(), bench.resources))
        return
    scaled = ScaledClock(TIME_FACTOR)
    bench = bench_of(meter_kind, scaled)
    with BenchServer(bench) as server:
        yield Wired(bench, scaled, opener(lambda r: open_visa(r, timeout_s=2.0), server.resources))
        for line in opened:
            line.close()
