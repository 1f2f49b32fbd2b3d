"""What really is at the meter's terminals: loading, settling, noise, emf, floating, overload, digits, temperature."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calib.clock import VirtualClock
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.simulation import SimulatedBench
from calib.errors import Overload

MakeBench = Callable[..., SimulatedBench]
Tables = dict[str, Any]


def drivers(bench: SimulatedBench) -> tuple[Fluke5522A, HP34401A]:
    resources = bench.resources
    return (
        Fluke5522A(bench.open(resources["source"]), bench.clock),
        HP34401A(bench.open(resources["meter"]), bench.clock),
    )


@pytest.fixture
def quiet(tables: Tables) -> Tables:
    """The bench without noise, emf and errors, with digits too fine to matter."""
    tables["instruments"]["meter"]["input"] = {
        "noise_fraction": 0.0,
        "noise_floor_V": 0.0,
        "resolution_fraction": 1e-9,
        "bias_A": 0.0,
    }
    tables["instruments"]["meter"]["truth"] = {"model": "linear", "share": 0.0}
    tables["instruments"]["source"]["truth"] = {"model": "specification", "share": 0.0}
    tables["instruments"]["source"]["output"] = {"noise_fraction": 0.0, "time_constant_s": 0.5, "resistance_ohm": 0.0}
    tables["lead"] |= {"thermal_emf_V": 0.0, "short_emf_V": 0.0, "resistance_ohm": 0.0, "connected": "calibrator"}
    return tables


def test_without_any_imperfection_the_nominal_value_is_read(quiet: Tables, make_bench: MakeBench) -> None:
    source, meter = drivers(make_bench())
    meter.configure_dc_voltage(10.0, 10.0)
    source.source_dc_voltage(-7.5)
    assert meter.read_dc_voltage() == pytest.approx(-7.5, abs=1e-6)


@pytest.mark.parametrize(("high_impedance", "range_V"), [(False, 10.0), (True, 10.0), (True, 100.0)])
def test_the_input_resistance_loads_the_source(
    quiet: Tables, make_bench: MakeBench, high_impedance: bool, range_V: float
) -> None:
    """1 kΩ into 10 MΩ: −100 ppm, by the voltage divider; the high resistance exists up to the 10 V range only."""
    quiet["lead"]["resistance_ohm"] = 1000.0
    source, meter = drivers(make_bench())
    meter.configure_dc_voltage(range_V, 10.0, high_impedance=high_impedance)
    source.source_dc_voltage(5.0)
    loaded = high_impedance and range_V == 10.0
    expected_V = 5.0 if loaded else 5.0 * 1e7 / (1e7 + 1e3)
    assert meter.read_dc_voltage() == pytest.approx(expected_V, abs=1e-6)


def test_the_output_settles_exponentially(quiet: Tables, make_bench: MakeBench, clock: VirtualClock) -> None:
    """τ = 0.5 s: from 0 towards 10 V, what remains falls by e in each τ."""
    bench = make_bench()
    bench.instruments["source"].handle(b"OUT 10 V, 0 HZ;OPER\n")
    for _ in range(4):
        clock.sleep(0.5)
        shown_V = bench.state()["outputs"]["source"]["terminals_V"]
        assert 10 - shown_V == pytest.approx(10 * math.exp(-clock.elapsed() / 0.5), rel=1e-9)


def test_an_output_rises_from_zero_when_it_is_put_on_however_long_it_was_programmed(
    quiet: Tables, make_bench: MakeBench, clock: VirtualClock
) -> None:
    bench = make_bench()
    bench.instruments["source"].handle(b"OUT 10 V, 0 HZ\n")
    clock.sleep(10.0)
    bench.instruments["source"].handle(b"OPER\n")
    clock.sleep(0.5)
    assert bench.state()["outputs"]["source"]["terminals_V"] == pytest.approx(10 * (1 - math.exp(-1)))


def test_a_range_may_settle_more_slowly(quiet: Tables, make_bench: MakeBench, clock: VirtualClock) -> None:
    quiet["instruments"]["source"]["output"] |= {"time_constants_s": {"330": 2.0}}
    bench = make_bench()
    bench.instruments["source"].handle(b"OUT 100 V, 0 HZ;OPER\n")
    clock.sleep(2.0)
    assert bench.state()["outputs"]["source"]["terminals_V"] == pytest.approx(100 * (1 - math.exp(-1)))


def test_a_reading_before_settling_is_wrong_and_settled_means_settled(quiet: Tables, make_bench: MakeBench) -> None:
    bench = make_bench()
    source, meter = drivers(bench)
    meter.configure_dc_voltage(10.0, 1.0)
    bench.instruments["source"].handle(b"OUT 10 V, 0 HZ;OPER\n")
    assert meter.read_dc_voltage() < 9.0
    source.source_dc_voltage(10.0)
    assert meter.read_dc_voltage() == pytest.approx(10.0, abs=2e-6)


def test_a_standby_is_an_open_input_not_a_zero(make_bench: MakeBench, clock: VirtualClock) -> None:
    """A high input resistance wanders, tens of millivolts and more; the 10 MΩ divider holds it near zero."""
    bench = make_bench()
    bench.connect("calibrator")
    source, meter = drivers(bench)
    source.source_dc_voltage(5.0)
    source.standby()
    meter.configure_dc_voltage(10.0, 1.0, high_impedance=True)
    floating_V = []
    for _ in range(60):
        clock.sleep(5.0)
        floating_V.append(meter.read_dc_voltage())
    assert np.std(floating_V) > 0.05
    assert max(np.abs(np.diff(floating_V[:2]))) < 1.0
    meter.configure_dc_voltage(10.0, 1.0, high_impedance=False)
    assert abs(meter.read_dc_voltage()) < 1e-3


def test_an_unconnected_lead_floats_whatever_the_source_does(make_bench: MakeBench) -> None:
    bench = make_bench()
    source, meter = drivers(bench)
    bench.connect("open")
    source.source_dc_voltage(30.0)
    meter.configure_dc_voltage(100.0, 1.0)
    assert abs(meter.read_dc_voltage()) < 0.01


def test_a_short_reads_the_meters_own_offset(make_bench: MakeBench) -> None:
    bench = make_bench()
    source, meter = drivers(bench)
    source.source_dc_voltage(10.0)
    bench.connect("short")
    meter.configure_dc_voltage(0.1, 100.0)
    mean_V = np.mean([meter.read_dc_voltage() for _ in range(50)])
    assert mean_V == pytest.approx(bench.truth.meter_error(0.1, 0.0), abs=0.15e-6)


@pytest.mark.parametrize("nplc", [0.2, 1.0, 10.0, 100.0])
def test_noise_falls_with_the_square_root_of_the_integration_time(
    quiet: Tables, make_bench: MakeBench, nplc: float
) -> None:
    """White noise: s = 5 µV / √nplc. χ² of 400 readings holds within 15 % with probability 0.99997."""
    quiet["instruments"]["meter"]["input"] |= {"noise_fraction": 5e-7}
    source, meter = drivers(make_bench())
    source.source_dc_voltage(5.0)
    meter.configure_dc_voltage(10.0, nplc)
    s = np.std([meter.read_dc_voltage() for _ in range(400)], ddof=1)
    assert s == pytest.approx(5e-6 / math.sqrt(nplc), rel=0.15)


def test_every_contact_has_an_emf_of_its_own_within_its_bound(make_bench: MakeBench) -> None:
    bench = make_bench()
    drawn = []
    for _ in range(400):
        bench.connect("calibrator")
        drawn.append(bench.truth.thermal_emf())
    assert max(np.abs(drawn)) <= 0.2e-6
    assert np.std(drawn) == pytest.approx(0.2e-6 / math.sqrt(3), rel=0.1)
    bench.connect("short")
    assert abs(bench.truth.thermal_emf()) <= 0.02e-6


@pytest.mark.parametrize(
    ("range_V", "held_V", "beyond_V"), [(0.1, 0.119, 0.121), (100.0, -119.0, -121.0), (1000.0, 1005, 1015)]
)
def test_readings_beyond_the_range_are_overloads(
    make_bench: MakeBench, range_V: float, held_V: float, beyond_V: float
) -> None:
    bench = make_bench()
    bench.connect("calibrator")
    source, meter = drivers(bench)
    meter.configure_dc_voltage(range_V, 1.0)
    source.source_dc_voltage(held_V)
    assert meter.read_dc_voltage() == pytest.approx(held_V, rel=1e-3)
    source.source_dc_voltage(beyond_V)
    with pytest.raises(Overload):
        meter.read_dc_voltage()


def test_readings_are_whole_digits_of_six_and_a_half(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.connect("calibrator")
    source, meter = drivers(bench)
    source.source_dc_voltage(3.3333333)
    meter.configure_dc_voltage(10.0, 1.0)
    digits = np.array([meter.read_dc_voltage() for _ in range(30)]) / 10e-6
    assert digits == pytest.approx(np.round(digits), abs=1e-6)


def test_temperature_acts_through_the_coefficient(quiet: Tables, make_bench: MakeBench) -> None:
    quiet["environment"] = {"temperature_C": 33.0}
    quiet["instruments"]["meter"]["truth"] = {"model": "linear", "share": 0.0, "gain_per_K": 1e-5}
    errors = [make_bench(seed).truth.meter_error(10.0, 10.0) / 10.0 for seed in range(200)]
    assert max(np.abs(errors)) <= 1e-4
    assert np.std(errors) == pytest.approx(1e-4 / math.sqrt(3), rel=0.15)


def test_the_air_swings_about_its_mean(tables: Tables, make_bench: MakeBench, clock: VirtualClock) -> None:
    tables["environment"] = {"temperature_C": 23.0, "temperature_swing_K": 0.5, "period_s": 100.0}
    bench = make_bench()
    seen = []
    for _ in range(100):
        seen.append(bench.environment()["temperature_C"])
        clock.sleep(1.0)
    assert (min(seen), max(seen)) == (22.5, 23.5)
    assert np.mean(seen) == pytest.approx(23.0, abs=0.01)
