"""Calibrator, lead and multimeter in every function: a reading is the true output, loaded, plus the true error."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.drive import Drive
from calib.files import as_model

SOURCES = {"fluke-5522a": "generic-calibrator-33", "fluke-5730a": "generic-calibrator-22"}
LEAD_OHM = 0.2


@pytest.fixture(params=list(SOURCES))
def bench(request: pytest.FixtureRequest) -> SimulatedBench:
    quiet = {"noise_fraction": 0.0, "noise_floor_V": 0.0, "ac_noise_fraction": 0.0, "bias_A": 0.0}
    lead = {"meter": "meter", "source": "source", "resistance_ohm": LEAD_OHM, "thermal_emf_V": 0.0}
    unit = {"kind": request.param, "serial_number": "SIM1", "specification": SOURCES[request.param]}
    meter = {"kind": "hp-34401a", "serial_number": "SIM2", "specification": "hp-34401a", "input": quiet}
    file = {"format": "calib-simulation/1", "instruments": {"source": unit, "meter": meter}, "lead": lead}
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(file, BenchFile, "test"), clock=clock, seed=21)


def drivers(bench: SimulatedBench) -> tuple[Any, Any]:
    kind = bench.file.instruments["source"].kind
    return (
        find_driver(kind)(bench.open("MEMORY::source"), bench.clock),
        find_driver("hp-34401a")(bench.open("MEMORY::meter"), bench.clock),
    )


def out(bench: SimulatedBench, terminals: str = "source") -> Drive:
    return bench.electrical.nodes[terminals].drive(bench.clock.elapsed())


def error(bench: SimulatedBench, function: Any, full_scale: float, value: float, hertz: float = 0.0) -> float:
    return bench.truth.error("meter", function, full_scale, value, hertz)


def test_direct_voltage(bench: SimulatedBench) -> None:
    source, meter = drivers(bench)
    bench.connect("calibrator")
    meter.configure_dc_voltage(10.0, 10.0)
    source.source_dc_voltage(-9.0)
    loaded_V = out(bench).dc_V * 1e7 / (1e7 + LEAD_OHM + 0.001)
    assert meter.read_dc_voltage() == pytest.approx(loaded_V + error(bench, "dc_voltage", 10.0, loaded_V), abs=6e-6)


def test_alternating_voltage_and_its_frequency(bench: SimulatedBench) -> None:
    source, meter = drivers(bench)
    bench.connect("calibrator")
    meter.configure_ac_voltage(10.0, 1000.0)
    source.source_ac_voltage(9.0, 1000.0)
    true_V = out(bench).rms_V
    assert abs(true_V - 9.0) > 1e-6
    true_Hz = 1000.0 + bench.truth.error("source", "frequency", 2e6, 1000.0)
    assert abs(true_Hz - 1000.0) > 1e-6
    assert out(bench).frequency_Hz == pytest.approx(true_Hz, rel=1e-12)
    assert meter.read_ac_voltage() == pytest.approx(true_V + error(bench, "ac_voltage", 10.0, true_V, 1e3), abs=2e-4)


@pytest.mark.parametrize("output_A", [0.09, -0.005])
def test_direct_current(bench: SimulatedBench, output_A: float) -> None:
    source, meter = drivers(bench)
    bench.connect("source.aux")
    range_A = 0.1 if abs(output_A) > 0.01 else 0.01
    meter.configure_dc_current(range_A, 10.0)
    source.source_dc_current(output_A)
    true_A = out(bench, "source.aux").dc_A
    expected_A = true_A + error(bench, "dc_current", range_A, true_A)
    assert meter.read_dc_current() == pytest.approx(expected_A, abs=2e-6 * range_A)


def test_alternating_current(bench: SimulatedBench) -> None:
    source, meter = drivers(bench)
    bench.connect("source.aux")
    meter.configure_ac_current(1.0, 100.0)
    source.source_ac_current(0.9, 100.0)
    true_A = out(bench, "source.aux").rms_A
    expected_A = true_A + error(bench, "ac_current", 1.0, true_A, 100.0)
    assert meter.read_ac_current() == pytest.approx(expected_A, rel=1e-4)


@pytest.mark.parametrize(("wires", "leads_ohm"), [(2, LEAD_OHM), (4, 0.0)])
def test_resistance_with_two_wires_and_with_four(bench: SimulatedBench, wires: Any, leads_ohm: float) -> None:
    source, meter = drivers(bench)
    bench.connect("calibrator")
    meter.configure_resistance(1000.0, 10.0, wires=wires)
    told_ohm = source.source_resistance(1000.0, wires=wires)
    true_ohm = out(bench).ohm
    seen_ohm = true_ohm + leads_ohm
    expected_ohm = seen_ohm + error(bench, "resistance", 1000.0, seen_ohm)
    assert meter.read_resistance() == pytest.approx(expected_ohm, abs=2e-3)
    assert told_ohm == pytest.approx(true_ohm, rel=1e-4)


def test_what_is_at_other_terminals_is_not_seen(bench: SimulatedBench) -> None:
    source, meter = drivers(bench)
    bench.connect("source.aux")
    meter.configure_dc_voltage(10.0, 1.0)
    source.source_dc_voltage(9.0)
    assert abs(meter.read_dc_voltage()) < 1e-3
