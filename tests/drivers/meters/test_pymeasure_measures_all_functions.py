"""PyMeasure's own driver of the 34401A, unchanged, on the simulated one over a socket: all its functions."""

import math
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from calib.drivers.simulation.device import Device
from calib.drivers.simulation.terminals import Alternating

pytestmark = [
    pytest.mark.filterwarnings("ignore:It is not known whether this device support SCPI:FutureWarning"),
    pytest.mark.parametrize("wire", ["socket"]),
]
FUNCTIONS = ("DCV", "DCV_RATIO", "ACV", "DCI", "ACI", "R2W", "R4W", "FREQ", "PERIOD", "CONTINUITY", "DIODE")


@pytest.fixture
def meter(make_twin: Callable[[str], Any], serve: Callable[[Device], str], world: Any) -> Iterator[Any]:
    """PyMeasure's driver; no error may be left in the instrument's queue at the end."""
    world.direct_V, world.alternating_V = 4.0, Alternating(2.0, 400.0)
    world.direct_A, world.alternating_A, world.ohm, world.lead_ohm = 0.5, Alternating(0.3, 60.0), 470.0, 0.2
    line = {"visa_library": "@py", "read_termination": "\n", "write_termination": "\n", "timeout": 5000}
    meter = import_module("pymeasure.instruments.hp").HP34401A(serve(make_twin("hp-34401a")), **line)
    meter.reset()
    yield meter
    assert meter.check_errors() == []
    meter.adapter.close()


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("DCV", 4.0),
        ("ACV", 2.0),
        ("DCI", 0.5),
        ("ACI", 0.3),
        ("R2W", 470.2),
        ("R4W", 470.0),
        ("FREQ", 400.0),
        ("PERIOD", 1 / 400.0),
        ("CONTINUITY", 470.2),
        ("DIODE", 0.47),
        ("DCV_RATIO", 9.9e37),
    ],
)
def test_each_function_reads_what_is_there(meter: Any, function: str, value: float) -> None:
    """Nothing is joined to the sense terminals, where a ratio has its reference."""
    meter.function_ = function
    assert meter.function_ == function
    assert meter.reading == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize("function", FUNCTIONS[2:9])
def test_ranges_of_each_function(meter: Any, function: str) -> None:
    meter.function_ = function
    for value in (1.0, 3.0) if function in {"DCI", "ACI"} else (100.0,):
        meter.range_ = value
        assert meter.range_ == value
        assert meter.autorange is False
    meter.autorange = True
    assert meter.autorange is True
    assert math.isfinite(meter.reading)


@pytest.mark.parametrize("function", ["DCV", "DCI", "R2W", "R4W"])
def test_integration_and_resolution_of_each_function(meter: Any, function: str) -> None:
    meter.function_ = function
    meter.range_ = 1.0 if function in {"DCV", "DCI"} else 1000.0
    for nplc, resolution in ((0.02, 1e-4), (100, 3e-7)):
        meter.nplc = nplc
        assert meter.nplc == nplc
        assert meter.resolution == pytest.approx(resolution * meter.range_)
    meter.nplc = "MIN"
    assert meter.nplc == 0.02
    meter.resolution = 1e-6 * meter.range_
    assert meter.nplc == 10


def test_gates_and_detectors(meter: Any) -> None:
    for function in ("FREQ", "PERIOD"):
        meter.function_ = function
        for gate_s in (0.01, 0.1, 1, "MAX"):
            meter.gate_time = gate_s
            assert meter.gate_time == (1 if gate_s == "MAX" else gate_s)
    for lowest_Hz in (3, 20, 200):
        meter.detector_bandwidth = lowest_Hz
        assert meter.detector_bandwidth == lowest_Hz


@pytest.mark.filterwarnings("ignore:Deprecated property name:FutureWarning")
def test_its_older_properties(meter: Any) -> None:
    assert meter.voltage_ac == pytest.approx(2.0, rel=1e-3)
    assert meter.current_dc == pytest.approx(0.5, rel=1e-3)
    assert meter.current_ac == pytest.approx(0.3, rel=1e-3)
    assert meter.resistance == pytest.approx(470.2, rel=1e-3)
    assert meter.resistance_4w == pytest.approx(470.0, rel=1e-3)


def test_readings_into_the_memory_are_fetched_when_they_are_complete(meter: Any) -> None:
    meter.sample_count, meter.trigger_count = 5, 2
    meter.init_trigger()
    assert meter.stored_reading == pytest.approx([4.0] * 10, abs=1e-3)
    assert meter.stored_readings_count == 10
    meter.trigger_count = "INF"
    assert meter.trigger_count == 9.9e37
