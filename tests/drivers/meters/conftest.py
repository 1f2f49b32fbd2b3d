"""Simulated multimeters in a small world of known values, in memory and on a socket."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from calib.clock import Clock, VirtualClock
from calib.drivers import find_driver
from calib.drivers.meters.multimeter import Multimeter
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.device import Device
from calib.drivers.simulation.dmm_34401 import Dmm34401A, Fluke8845A, Fluke8846A
from calib.drivers.simulation.environment import Environment, EnvironmentFile
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.fluke_8508a import Fluke8508A
from calib.drivers.simulation.fluke_8588a import Fluke8588A
from calib.drivers.simulation.hp_3458a import Hp3458A
from calib.drivers.simulation.keysight_344xx import Keysight34461A, Keysight34465A, Keysight34470A
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.terminals import NOTHING, Alternating, Wires
from calib.drivers.simulation.wires.socket_wire import SocketWire
from calib.drivers.transport import MemoryTransport, open_line

TIME_FACTOR = 2000.0
TWINS: dict[str, tuple[Callable[[str, Meter], Device], str]] = {
    "hp-34401a": (Dmm34401A, "HEWLETT-PACKARD,34401A,0,11-5-2"),
    "fluke-8845a": (Fluke8845A, "FLUKE,8845A,SIM1,08/02/10-11:53"),
    "fluke-8846a": (Fluke8846A, "FLUKE,8846A,SIM1,08/02/10-11:53"),
    "keysight-34461a": (Keysight34461A, "Keysight Technologies,34461A,SIM1,A.03.03"),
    "keysight-34465a": (Keysight34465A, "Keysight Technologies,34465A,SIM1,A.03.03"),
    "keysight-34470a": (Keysight34470A, "Keysight Technologies,34470A,SIM1,A.03.03"),
    "keysight-3458a": (Hp3458A, "HP3458A"),
    "fluke-8508a": (Fluke8508A, "FLUKE,8508A,SIM1,2.03"),
    "fluke-8588a": (Fluke8588A, "FLUKE,8588A,SIM1,1.24"),
}


@dataclass
class World:
    """What is at the terminals; a test changes it."""

    direct_V: float = 0.0
    source_ohm: float = 0.0
    alternating_V: Alternating = NOTHING
    direct_A: float = 0.0
    alternating_A: Alternating = NOTHING
    ohm: float = math.inf
    lead_ohm: float = 0.0
    emf_V: float = 0.0
    asked: list[Any] = field(default_factory=list)

    def voltage(self, input_ohm: float, bias_A: float, at_s: float) -> float:
        return (self.direct_V + bias_A * self.source_ohm) * input_ohm / (input_ohm + self.source_ohm)

    def noise_V(self, integration_s: float) -> float:
        return 0.0

    def ac_voltage(self, input_ohm: float, input_F: float, at_s: float) -> Alternating:
        return self.alternating_V

    def current(self, burden_ohm: float, at_s: float) -> float:
        self.asked.append(burden_ohm)
        return self.direct_A

    def noise_A(self, integration_s: float) -> float:
        return 0.0

    def ac_current(self, burden_ohm: float, at_s: float) -> Alternating:
        return self.alternating_A

    def resistance(self, wires: Wires, test_A: float, at_s: float) -> float:
        self.asked.append(test_A)
        return self.ohm + (self.lead_ohm if wires == 2 else 0.0) + self.emf_V / test_A

    def frequency(self, at_s: float) -> float:
        return self.alternating_V.frequency_Hz

    def frequency_noise(self, gate_s: float) -> float:
        return 0.0


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def wire() -> str:
    """Memory; a test may parametrise it with socket."""
    return "memory"


@pytest.fixture
def clock(wire: str) -> Clock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)) if wire == "memory" else AbortableClock(TIME_FACTOR)


@pytest.fixture
def file() -> MeterFile:
    """What is assumed of the meters; a test may parametrise it."""
    return MeterFile()


MakeTwin = Callable[[str], Any]


@pytest.fixture
def make_twin(world: World, clock: Clock, file: MeterFile) -> MakeTwin:
    def make(kind: str) -> Any:
        twin, identity = TWINS[kind]
        meter = Meter(file, {}, clock, Environment(EnvironmentFile(), clock), np.random.default_rng(1))
        meter.terminals = world
        return twin(identity, meter)

    return make


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(clock: Clock, stack: ExitStack) -> Callable[[Device], str]:
    """Put an instrument on a socket; return its resource."""

    def serve_(device: Device) -> str:
        outlet = Outlet("meter", device, clock, Faults())
        return stack.enter_context(SocketWire(outlet.port("socket"))).resource

    return serve_


OpenMeter = Callable[[str], Multimeter]


@pytest.fixture
def open_meter(
    make_twin: MakeTwin, wire: str, clock: Clock, stack: ExitStack, serve: Callable[[Device], str]
) -> OpenMeter:
    """Return the driver of a kind, on its twin, on the wire of the test."""

    def open_(kind: str) -> Multimeter:
        driver = find_driver(kind)
        assert issubclass(driver, Multimeter)
        device = make_twin(kind)
        if wire == "memory":
            return driver(MemoryTransport("MEMORY::meter", device, line=driver.line), clock)
        line = open_line(serve(device), driver.line)
        stack.callback(line.close)
        return driver(line, clock)

    return open_
