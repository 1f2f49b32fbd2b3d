"""Somebody else's driver, PyMeasure's own for the 2182, unchanged, on the simulated 2182A over a serial line."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from calib.clock import ScaledClock
from calib.drivers import open_visa
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.serve import BenchServer
from calib.files import as_model

CLOCK = ScaledClock(100.0)
BENCH: dict[str, Any] = {
    "format": "calib-simulation/1",
    "instruments": {
        "source": {
            "kind": "fluke-5522a",
            "specification": "fluke-5522a",
            "interval": "90 days",
            "serial_number": "SIM1",
        },
        "meter": {"kind": "keithley-2182a", "serial_number": "SIM2", "answer_end": "cr", "wires": ["serial"]},
    },
    "leads": {
        "one": {"source": "source", "meter": "meter", "connected": "calibrator"},
        "two": {"meter": "meter.channel_2", "connected": "short"},
    },
}
SETTINGS: dict[str, list[Any]] = {
    "auto_zero_enabled": [False, True],
    "display_enabled": [False, True],
    "active_channel": [0, 2, 1],
    "channel_function": ["temperature", "voltage"],
    "voltage_nplc": [0.01, 1, 50],
    "temperature_nplc": [0.1, 5],
    "thermocouple": ["B", "E", "J", "K", "N", "R", "S", "T"],
    "temperature_reference_junction": ["SIM", "INT"],
    "temperature_simulated_reference": [30.0, 23.0],
    "trigger_count": [5, 1],
    "trigger_delay": [0.5, 0.0],
    "buffer_points": [10, 64],
}
OF_CHANNELS: dict[str, list[Any]] = {
    "voltage_range_auto_enabled": [False, True],
    "voltage_offset": [1e-3, 0.0],
    "temperature_offset": [20.0, 0.0],
    "voltage_offset_enabled": [True, False],
    "temperature_offset_enabled": [True, False],
}


@pytest.fixture(scope="module")
def bench() -> SimulatedBench:
    return SimulatedBench(as_model(BENCH, BenchFile, "test"), clock=CLOCK, seed=1)


@pytest.fixture(scope="module")
def server(bench: SimulatedBench) -> Iterator[BenchServer]:
    with BenchServer(bench) as server:
        yield server


@pytest.fixture
def meter(server: BenchServer) -> Iterator[Any]:
    """PyMeasure's Keithley2182 as it stands, with its own terminator, reset; no error may be left at the end."""
    keithley = import_module("pymeasure.instruments.keithley")
    meter = keithley.Keithley2182(server.resources["meter"], visa_library="@py", timeout=5000)
    meter.reset()
    yield meter
    assert meter.check_errors() == []
    meter.adapter.close()


def test_it_reads_both_channels(meter: Any, bench: SimulatedBench, server: BenchServer) -> None:
    assert meter.id.startswith("KEITHLEY INSTRUMENTS INC.,MODEL 2182")
    with Fluke5522A(open_visa(server.resources["source"]), CLOCK) as source:
        source.source_dc_voltage(0.005)
        meter.ch_1.setup_voltage(auto_range=False, nplc=1)
        meter.ch_1.voltage_range = 0.01
        output_V = bench.truth.source_output(0.005)
        expected_V = output_V + bench.truth.error("meter", "dc_voltage", 0.01, output_V)
        assert meter.voltage == pytest.approx(expected_V, abs=2e-6)
        meter.ch_2.setup_voltage()
        assert meter.active_channel == 2
        assert meter.voltage == pytest.approx(0.0, abs=2e-6)
        meter.ch_1.setup_voltage(auto_range=False)
        source.source_dc_voltage(0.02)
        assert meter.voltage == 9.9e37


@pytest.mark.parametrize("name", SETTINGS)
def test_each_of_its_settings_is_taken_and_told(meter: Any, name: str) -> None:
    for value in SETTINGS[name]:
        setattr(meter, name, value)
        assert getattr(meter, name) == value


@pytest.mark.parametrize("channel", ["ch_1", "ch_2"])
@pytest.mark.parametrize("name", OF_CHANNELS)
def test_each_setting_of_a_channel_is_taken_and_told(meter: Any, channel: str, name: str) -> None:
    for value in OF_CHANNELS[name]:
        setattr(getattr(meter, channel), name, value)
        assert getattr(getattr(meter, channel), name) == value


def test_the_line_frequency_and_the_inner_temperature(meter: Any) -> None:
    meter.auto_line_frequency()
    assert meter.line_frequency == 50
    assert 20 < meter.internal_temperature < 50
    meter.ch_1.setup_temperature()
    assert meter.temperature == 9.9e37  # an open thermocouple


def test_a_relative_reading_is_the_difference_to_what_was_acquired(meter: Any) -> None:
    meter.ch_2.setup_voltage()
    meter.ch_2.acquire_voltage_reference()
    offset_V = meter.ch_2.voltage_offset
    assert abs(offset_V) < 5e-6
    meter.ch_2.voltage_offset = 1e-3
    meter.ch_2.voltage_offset_enabled = True
    assert meter.voltage == pytest.approx(-1e-3, abs=5e-6)


def test_its_buffer_fills_and_its_statistics_are_those_of_the_readings(meter: Any) -> None:
    meter.ch_2.setup_voltage(nplc=0.1)
    meter.config_buffer(10)
    meter.start_buffer()
    meter.wait_for_buffer(timeout=5, interval=0.01)
    data = meter.buffer_data
    assert data.shape == (10,)
    assert meter.mean == pytest.approx(data.mean(), abs=1e-12)
    assert meter.maximum == data.max()
    assert meter.minimum == data.min()
    assert meter.standard_dev == pytest.approx(data.std(ddof=1), rel=1e-4)
    meter.stop_buffer()
    meter.disable_buffer()


def test_a_bus_trigger_is_understood_and_errors_are_found(meter: Any) -> None:
    meter.trigger_on_bus()
    meter.start_buffer()
    meter.trigger()
    meter.sample_continuously()
    meter.write(":SENS:VOLT:NPLC 5000")
    meter.write(":SENS:COLOUR 1")
    assert [code for code, _ in meter.check_errors()] == [-222, -113]
