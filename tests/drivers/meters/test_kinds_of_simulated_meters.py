"""Every kind of simulated multimeter on a bench: its errors come from the specification that the file names."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.meters.multimeter import Multimeter
from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.files import as_model, read_toml
from tests.drivers.meters.conftest import TWINS

OWN = {"hp-34401a", "fluke-8846a", "keysight-3458a"}
"""Kinds of which a specification of DC voltage is shipped."""


def bench_of(kind: str, specification: str | None) -> SimulatedBench:
    tables: dict[str, Any] = read_toml(DMM_BENCH)
    meter = tables["instruments"]["meter"]
    meter["kind"] = kind
    meter.pop("specification")
    if specification is not None:
        meter["specification"] = specification
    meter["truth"] = {"model": "linear", "share": 1.0}
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=3)


def reading_V(bench: SimulatedBench, kind: str, volts: float) -> tuple[float, float]:
    """Return (reading, true voltage) of a calibrator's output."""
    bench.connect("calibrator")
    resources = bench.resources
    source = Fluke5522A(bench.open(resources["source"]), bench.clock)
    driver = find_driver(kind)
    assert issubclass(driver, Multimeter)
    meter: Any = driver(bench.open(resources["meter"]), bench.clock)
    meter.configure_dc_voltage(20.0 if kind == "fluke-8508a" else 10.0, 10.0)
    source.source_dc_voltage(volts)
    return meter.read_dc_voltage(), bench.truth.source_output(volts)


@pytest.mark.parametrize("kind", TWINS)
def test_a_kind_reads_a_calibrator_by_its_own_or_a_generic_specification(kind: str) -> None:
    bench = bench_of(kind, kind if kind in OWN else None)
    reading, output = reading_V(bench, kind, 9.0)
    assert reading == pytest.approx(output, rel=2e-4)
    assert reading != pytest.approx(output, abs=1e-7)


@pytest.mark.parametrize("kind", ["keysight-34470a", "fluke-8588a"])
def test_a_kind_without_numbers_of_its_maker_errs_by_the_specification_that_is_named(kind: str) -> None:
    bench = bench_of(kind, "keysight-3458a")
    reading, output = reading_V(bench, kind, 9.0)
    expected = bench.truth.meter_error(10.0, output)
    assert reading - output == pytest.approx(expected, abs=20e-6)
