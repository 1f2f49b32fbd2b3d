"""Every driver of a multimeter on every wire that the real meter has and the simulation can serve."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from calib.drivers import find_driver
from calib.drivers.meters.keysight_344xxa import Keysight34470A
from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.serve import BenchServer
from calib.errors import IdentityError, InstrumentError
from calib.files import as_model, read_toml
from tests.drivers.meters.conftest import TWINS

WIRES = {
    "hp-34401a": ("prologix", "serial"),
    "fluke-8845a": ("prologix", "serial", "socket"),
    "fluke-8846a": ("prologix", "serial", "socket"),
    "keysight-34461a": ("socket", "hislip", "vxi11"),
    "keysight-34465a": ("socket", "hislip", "vxi11"),
    "keysight-34470a": ("socket", "hislip", "vxi11"),
    "keysight-3458a": ("prologix",),
    "fluke-8508a": ("prologix",),
    "fluke-8588a": ("prologix", "socket"),
}
PAIRS = [(kind, wire) for kind, wires in WIRES.items() for wire in wires]


@pytest.fixture(scope="module")
def server() -> Iterator[BenchServer]:
    """A calibrator, and a meter of every kind with a short at its terminals."""
    tables: dict[str, Any] = read_toml(DMM_BENCH)
    tables["instruments"] = {"source": tables["instruments"]["source"]} | {
        kind: {"kind": kind, "serial_number": f"SIM{number}"} for number, kind in enumerate(TWINS)
    }
    tables.pop("lead")
    tables["leads"] = {kind: {"source": "source", "meter": kind, "connected": "short"} for kind in TWINS}
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=AbortableClock(200.0), seed=1)
    with BenchServer(bench, wires=("socket", "hislip", "vxi11", "prologix", "serial")) as server:
        yield server


def opened(server: BenchServer, kind: str, wire: str, driver: str | None = None) -> Any:
    return find_driver(driver or kind).open(server.wires[kind][wire], clock=AbortableClock(200.0))


@pytest.mark.parametrize(("kind", "wire"), PAIRS)
def test_a_short_measurement(server: BenchServer, kind: str, wire: str) -> None:
    two = 2 if kind == "fluke-8508a" else 1
    with opened(server, kind, wire) as meter:
        assert meter.identify().model in meter.models
        meter.configure_dc_voltage(10.0 * two, 1.0)
        assert abs(meter.read_dc_voltage()) < 1e-3
        assert meter.take(7).shape == (7,)
        meter.configure_resistance(1000.0 * two, 1.0, wires=4)
        assert meter.read_resistance() == pytest.approx(0.0, abs=0.2)
        meter.configure_ac_voltage(1.0 * two, 1000.0)
        assert meter.read_ac_voltage() < 0.01
        meter.configure_dc_voltage(1.0 * two, 10.0)
        assert abs(meter.read_dc_voltage()) < 1e-3


@pytest.mark.parametrize(("kind", "wire"), [pair for pair in PAIRS if pair[0] != "keysight-3458a"])
def test_another_model_is_refused(server: BenchServer, kind: str, wire: str) -> None:
    other = "keysight-34470a" if kind != "keysight-34470a" else "keysight-34461a"
    with pytest.raises(IdentityError), opened(server, kind, wire, other) as meter:
        meter.identify()


def test_a_3458A_that_was_asked_for_its_IDN_is_silent_and_no_later_command_is_blamed(server: BenchServer) -> None:
    resource = server.wires["keysight-3458a"]["prologix"]
    line = replace(Keysight34470A.line, timeout_s=0.3)
    with pytest.raises(InstrumentError), Keysight34470A.open(resource, clock=AbortableClock(200.0), line=line) as wrong:
        wrong.identify()
    with opened(server, "keysight-3458a", "prologix") as meter:
        assert meter.identify().serial_number is None
        meter.configure_dc_current(1e-6, 1.0)
        assert abs(meter.read_dc_current()) < 1e-7
