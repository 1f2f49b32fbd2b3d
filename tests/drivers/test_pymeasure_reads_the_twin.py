"""Somebody else's driver, PyMeasure's own for the 34401A, unchanged, on the simulated one over a real socket."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from calib.clock import ScaledClock
from calib.drivers import open_visa
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.serve import BenchServer

pytestmark = pytest.mark.filterwarnings("ignore:It is not known whether this device support SCPI:FutureWarning")

SETTINGS: dict[str, list[Any]] = {
    "function_": ["DCV"],
    "range_": [0.1, 1.0, 10.0, 100.0, 1000.0],
    "autorange": [True, False],
    "resolution": [1e-5],
    "nplc": [0.02, 0.2, 1.0, 10.0, 100.0],
    "autozero_enabled": [False, True],
    "auto_input_impedance_enabled": [True, False],
    "trigger_source": ["BUS", "EXT", "IMM"],
    "trigger_delay": [0.5],
    "trigger_auto_delay_enabled": [False, True],
    "sample_count": [3.0, 1.0],
    "trigger_count": [2.0, 1.0],
    "display_enabled": [False, True],
    "displayed_text": ["HELLO"],
    "beeper_enabled": [False, True],
}


@pytest.fixture
def clock() -> ScaledClock:
    return ScaledClock(100.0)


@pytest.fixture
def bench(clock: ScaledClock) -> SimulatedBench:
    return SimulatedBench.from_file(DMM_BENCH, clock=clock, seed=1)


@pytest.fixture
def server(bench: SimulatedBench) -> Iterator[BenchServer]:
    with BenchServer(bench) as server:
        yield server


@pytest.fixture
def meter(server: BenchServer) -> Iterator[Any]:
    """PyMeasure's HP34401A, reset; no error may be left in the instrument's queue at the end."""
    line = {"visa_library": "@py", "read_termination": "\n", "write_termination": "\n", "timeout": 5000}
    meter = import_module("pymeasure.instruments.hp").HP34401A(server.resources["meter"], **line)
    meter.reset()
    yield meter
    assert meter.check_errors() == []
    meter.adapter.close()


def test_it_reads_what_the_calibrator_puts_out(
    meter: Any, bench: SimulatedBench, server: BenchServer, clock: ScaledClock
) -> None:
    """The true output plus the meter's true error, within noise, emf and a digit."""
    bench.connect("calibrator")
    meter.function_ = "DCV"
    meter.range_ = 10
    meter.nplc = 10
    with Fluke5522A(open_visa(server.resources["source"]), clock) as source:
        for volts in (9.0, -0.5):
            source.source_dc_voltage(volts)
            output_V = bench.truth.source_output(volts)
            assert meter.reading == pytest.approx(output_V + bench.truth.meter_error(10.0, output_V), abs=20e-6)
        source.source_dc_voltage(12.5)
        assert meter.reading == 9.9e37


@pytest.mark.parametrize("name", SETTINGS)
def test_each_of_its_settings_is_taken_and_told(meter: Any, name: str) -> None:
    if name == "resolution":
        meter.range_ = 10  # with autoranging it is a settings conflict
    for value in SETTINGS[name]:
        setattr(meter, name, value)
        assert getattr(meter, name) == value
        assert meter.check_errors() == []


def test_its_identity_terminals_version_and_self_test(meter: Any) -> None:
    assert meter.id.startswith("HEWLETT-PACKARD,34401A,0,")
    assert meter.terminals_used == "FRONT"
    assert float(meter.scpi_version) > 1990
    assert meter.self_test_result == 0


def test_many_readings_come_at_once_and_stay_in_the_memory(meter: Any, bench: SimulatedBench) -> None:
    bench.connect("short")
    meter.sample_count, meter.trigger_count = 3, 2
    assert len(meter.reading) == 6
    meter.init_trigger()
    assert meter.stored_readings_count == 6
    assert meter.stored_reading == pytest.approx([0.0] * 6, abs=1e-3)


def test_a_trigger_over_the_bus_takes_the_reading(meter: Any, bench: SimulatedBench) -> None:
    bench.connect("short")
    meter.trigger_source = "BUS"
    meter.init_trigger()
    assert meter.stored_readings_count == 0
    meter.write("*TRG")
    assert meter.stored_reading == pytest.approx(0.0, abs=1e-3)


def test_remote_control_beep_and_a_single_autozero_are_understood(meter: Any) -> None:
    meter.remote_control_enabled = True
    meter.remote_lock_enabled = True
    meter.beep()
    meter.trigger_single_autozero()
    assert meter.autozero_enabled is False


def test_its_error_check_finds_what_the_instrument_refused(meter: Any) -> None:
    meter.write("VOLT:DC:NPLC 5000")
    meter.write("VOLT:DC:COLOUR 1")
    assert [code for code, _ in meter.check_errors()] == [-222, -113]
