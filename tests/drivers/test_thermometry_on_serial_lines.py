"""Baths and readouts on serial lines with all that goes wrong there: the right value, or a named error and then it."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from pymeasure.adapters import VISAAdapter  # type: ignore[import-untyped]
from pymeasure.instruments.fluke import Fluke7341  # type: ignore[import-untyped]

from calib.clock import Clock, ScaledClock, SystemClock
from calib.drivers import Instrument, find_driver, open_line
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.fault_rules import rule
from calib.drivers.simulation.serve import BenchServer
from calib.drivers.transport import wired
from calib.errors import InstrumentError, LinkError, NoReply, ReplyError
from calib.files import as_model

PANELS = {
    "as delivered": {},
    "half duplex": {"duplex": "half"},
    "without line feed": {"linefeed": False},
    "half duplex without line feed": {"duplex": "half", "linefeed": False},
    "talking every second": {"sample_s": 1},
}


@pytest.fixture(autouse=True)
def _prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired, "QUIET_S", 0.05)  # on one machine nothing is as late as a network may make it


@contextmanager
def served(
    kind: str, *, clock: Clock | None = None, wire: Any = "serial", **fields: Any
) -> Iterator[tuple[SimulatedBench, str]]:
    """Serve one instrument on a serial wire; return the bench and the resource."""
    unit = {"kind": kind, "serial_number": "SIM1", "wires": [wire], **fields}
    tables = {"format": "calib-simulation/1", "instruments": {"unit": unit}}
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock or ScaledClock(50.0), seed=2)
    with BenchServer(bench) as server:
        resource = next(iter(server.wires["unit"].values()))
        yield bench, resource.removeprefix("ASRL").removesuffix("::INSTR")


@contextmanager
def opened(kind: str, resource: str, clock: Clock, **line: Any) -> Iterator[Any]:
    """Open a driver on it; answers may take a second."""
    driver: type[Instrument] = find_driver(kind)
    line = {"timeout_s": 1.0, **line}
    with closing(driver(open_line(resource, replace(driver.line, **line)), clock)) as instrument:
        yield instrument


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_bath_is_understood_however_its_panel_is_set(panel: dict[str, Any]) -> None:
    with served("hart-bath", panel=panel) as (bench, resource), opened("hart-bath", resource, bench.clock) as bath:
        assert bath.identify().model == "7341"
        bath.set_bath_temperature(-12.5)
        assert bath.bath_setpoint_C() == -12.5
        for _ in range(5):
            assert bath.read_bath_C() <= 20.1


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_readout_is_understood_however_its_panel_is_set(panel: dict[str, Any]) -> None:
    with served("fluke-1502a", panel=panel) as (bench, resource), opened("fluke-1502a", resource, bench.clock) as unit:
        assert unit.identify().serial_number == "SIM1"
        for _ in range(3):
            assert unit.read_thermometer_ohm() == pytest.approx(100.0, abs=1e-3)
            assert unit.read_temperature_C() == pytest.approx(0.0, abs=5e-3)
        unit.set_thermometer_current(0.5e-3)


def test_a_bath_that_was_switched_off_and_on_echoes_again_and_is_understood_again() -> None:
    with served("hart-bath") as (bench, resource), opened("hart-bath", resource, bench.clock) as bath:
        bath.set_bath_temperature(30.0)
        bench.instruments["unit"].power_on()  # the line stays open: only its duplex is full again
        for _ in range(3):
            assert bath.bath_setpoint_C() == 30.0


@pytest.mark.parametrize("kind", ["hart-bath", "fluke-1502a", "fluke-1529"])
@pytest.mark.parametrize("fault", ["garbage", "half", "duplicate", "disconnect", "reboot", "silence"])
def test_a_fault_on_the_line_is_a_named_error_or_the_right_value_and_then_the_right_value(
    kind: str, fault: str
) -> None:
    read, right, tolerance = (
        ("read_bath_C", 20.0, 0.2) if kind == "hart-bath" else ("read_thermometer_ohm", 100.0, 1e-3)
    )
    with served(kind) as (bench, resource), opened(kind, resource, bench.clock, timeout_s=0.5) as unit:
        assert getattr(unit, read)() == pytest.approx(right, abs=tolerance)
        bench.faults.add(rule(kind=fault, instrument="unit", nth=1))
        failures = 0
        for _ in range(4):
            try:
                value = getattr(unit, read)()
            except InstrumentError:
                failures += 1
            else:
                assert value == pytest.approx(right, abs=tolerance)
        assert failures <= 2
        assert getattr(unit, read)() == pytest.approx(right, abs=tolerance)


def test_a_cable_pulled_out_is_a_broken_line_and_plugged_back_works_again() -> None:
    with served("fluke-1504") as (bench, resource), opened("fluke-1504", resource, bench.clock, timeout_s=0.3) as unit:
        assert unit.read_thermometer_ohm() == pytest.approx(100.0, abs=1e-3)
        bench.faults.add(rule(kind="silence", instrument="unit", times=0, lost="message"))
        for _ in range(2):
            with pytest.raises((NoReply, LinkError)):
                unit.read_thermometer_ohm()
        bench.faults.clear()
        assert unit.read_thermometer_ohm() == pytest.approx(100.0, abs=1e-3)


def test_a_terminal_server_at_another_rate_is_named_and_at_the_right_one_it_works() -> None:
    """The wrong rate makes garbage of every byte: opening says that nobody answers."""
    with served("hart-bath", wire={"kind": "rfc2217", "baud": 1200}, clock=ScaledClock(20.0)) as (bench, resource):
        with pytest.raises((LinkError, NoReply, ReplyError)), opened("hart-bath", resource, bench.clock):
            pass
        with opened("hart-bath", resource, bench.clock, baud=1200, timeout_s=3.0) as bath:
            assert bath.read_bath_C() == pytest.approx(20.0, abs=0.2)


def test_a_readout_that_measures_nothing_yet_is_no_number() -> None:
    with served("fluke-1502a", sample_s=1e4) as (bench, resource), opened("fluke-1502a", resource, bench.clock) as unit:
        bench.instruments["unit"].power_on()
        with pytest.raises(ReplyError, match=r"expected a (number|name)"):
            unit.read_temperature_C()


def test_another_program_controls_the_bath() -> None:
    """PyMeasure's Fluke7341, which wants half duplex."""
    with served("hart-bath", panel={"duplex": "half"}) as (_, resource):
        host, port = resource.removeprefix("socket://").split(":")
        adapter = VISAAdapter(f"TCPIP::{host}::{port}::SOCKET", visa_library="@py", read_termination="\r\n")
        bath = Fluke7341(adapter)
        try:
            bath.set_point = 55.0
            assert bath.set_point == 55.0
            assert bath.temperature == pytest.approx(20.0, abs=3.0)
            assert bath.id == "Fluke,7341,NA,1.00"
        finally:
            adapter.close()


def test_nobody_is_busy_while_a_bath_settles_on_the_real_clock() -> None:
    """Less than 2 % of a core for the simulated laboratory and a reading of bath and thermometer each second."""
    clock = SystemClock()
    with (
        served("hart-bath", clock=clock) as (_, bath_at),
        served("fluke-1529", clock=clock) as (_, readout_at),
        opened("hart-bath", bath_at, clock) as bath,
        opened("fluke-1529", readout_at, clock) as readout,
    ):
        bath.set_bath_temperature(60.0)
        readout.read_thermometer_ohm()
        begun_s, cpu_s = time.monotonic(), time.process_time()
        for _ in range(4):
            bath.read_bath_C()
            readout.read_thermometer_ohm()
            clock.sleep(0.7)
        share = (time.process_time() - cpu_s) / (time.monotonic() - begun_s)
    assert threading.active_count() < 50
    assert share < 0.02, f"{share:.1%}"
