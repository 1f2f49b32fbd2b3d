"""Truths as explicit numbers: a study draws them, writes a certificate from them, and the bench errs by just them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.simulation import SimulatedBench, StatedRange, StatedTruth, StatedValue
from calib.drivers.simulation.bench_file import BenchFile
from calib.errors import FileError, InputError
from calib.files import as_model

YEAR_S = 365.25 * 86400.0
POINTS = ((-30.0, 4e-4), (-3.0, 1e-5), (0.0, 2e-6), (3.0, -1e-5), (30.0, 5e-4))


FLAT = StatedRange(points=((0.0, 0.0),))
IDEAL = {"noise_fraction": 0.0, "resistance_ohm": 0.0}


def tables(**source: Any) -> dict[str, Any]:
    quiet = {"noise_fraction": 0.0, "noise_floor_V": 0.0, "bias_A": 0.0, "ac_noise_fraction": 0.0}
    return {
        "format": "calib-simulation/1",
        "environment": {"temperature_C": 25.0},
        "instruments": {
            "source": {"kind": "fluke-5522a", "serial_number": "SIM1", "output": IDEAL, **source},
            "meter": {"kind": "keysight-3458a", "serial_number": "SIM2", "input": quiet},
        },
        "components": {"R": {"kind": "resistor", "nominal_ohm": 100.0}, "pair": opposition()},
        "lead": {"meter": "meter", "source": "source", "resistance_ohm": 0.5, "thermal_emf_V": 0.0},
    }


def opposition() -> dict[str, Any]:
    return {"kind": "opposition", "plus": "R", "minus": "source"}


def bench(file: dict[str, Any] | None = None, *, seed: int = 1, **truths: Any) -> SimulatedBench:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(file or tables(), BenchFile, "test"), clock=clock, seed=seed, truths=truths)


def drivers(on: SimulatedBench) -> tuple[Any, Any]:
    source: Any = find_driver("fluke-5522a")(on.open("MEMORY::source"), on.clock)
    return source, find_driver("keysight-3458a")(on.open("MEMORY::meter"), on.clock)


def stated(**more: Any) -> StatedTruth:
    return StatedTruth(model="stated", ranges={33.0: StatedRange(points=POINTS, **more)}, **YEARS_OLD)


YEARS_OLD: dict[str, Any] = {"age_days": 2 * 365.25, "temperature_C": 23.0}


@pytest.mark.parametrize(("nominal", "error"), POINTS)
def test_the_output_errs_by_what_is_stated_at_each_point(nominal: float, error: float) -> None:
    truth = bench(source={"dc_voltage": stated()}).truth
    assert truth.source_error("dc_voltage", nominal, range_=33.0) == pytest.approx(error, abs=1e-15)


def test_between_two_points_the_line_counts_and_a_bounded_departure_from_it() -> None:
    """At 16.5 V the line between (3, −10 µV) and (30, 500 µV) is at its middle, 245 µV; 2 ppm of 16.5 V are 33 µV."""
    for ppm, wanted in ((0.0, 245e-6), (2.0, 245e-6 + 33e-6), (-2.0, 245e-6 - 33e-6)):
        truth = bench(source={"dc_voltage": stated(interpolation_ppm=ppm)}).truth
        assert truth.source_error("dc_voltage", 16.5) == pytest.approx(wanted, abs=1e-12)
        assert truth.source_error("dc_voltage", 30.0) == pytest.approx(5e-4, abs=1e-15)
        assert truth.source_error("dc_voltage", 30.0 - 1e-9) == pytest.approx(5e-4, abs=1e-9)


@pytest.mark.parametrize("way", [1.0, -1.0])
def test_drift_and_temperature_are_the_stated_ones_and_grow_with_time(way: float) -> None:
    """Two years of 3 ppm and of 1 µV, 2 K of 0.5 ppm/K: 10 V errs by 60 + 2 + 10 µV more, −10 V by − that; or less."""
    more = {"drift_ppm_per_year": way * 3.0, "drift_floor_per_year": way * 1e-6, "temperature_ppm_per_K": way * 0.5}
    plain, aged = (bench(source={"dc_voltage": stated(**terms)}) for terms in ({}, more))
    for volts in (10.0, -10.0):
        gained = aged.truth.source_error("dc_voltage", volts) - plain.truth.source_error("dc_voltage", volts)
        assert gained == pytest.approx(way * np.sign(volts) * 72e-6, abs=1e-12)
    aged.clock.sleep(YEAR_S)
    later = aged.truth.source_error("dc_voltage", 10.0) - plain.truth.source_error("dc_voltage", 10.0)
    assert later == pytest.approx(way * (72e-6 + 30e-6 + 1e-6), abs=1e-12)


def test_a_reading_shows_the_stated_errors_of_both() -> None:
    """10 V: calibrator + 123 µV; the meter reads 10.000123 V with + 45 µV in its 10 V range."""
    flat = {"dc_voltage": StatedTruth(model="stated", ranges={33.0: StatedRange(points=((10.0, 123e-6),))})}
    meter = {"dc_voltage": StatedTruth(model="stated", ranges={10.0: StatedRange(points=((10.0, 45e-6),))})}
    on = bench(source=flat, meter=meter)
    source, reader = drivers(on)
    on.connect("calibrator")
    reader.configure_dc_voltage(10.0, 10.0)
    source.source_dc_voltage(10.0)
    assert reader.read_dc_voltage() == pytest.approx(10.000168, abs=2e-7)
    assert on.truth.error_of_indication("dc_voltage", 10.0, 10.0) == pytest.approx(45e-6, abs=1e-12)


def test_a_range_that_is_not_stated_errs_as_the_specification_draws_it() -> None:
    drawn = [bench(seed=s, source={"dc_voltage": stated()}).truth.source_error("dc_voltage", 100.0) for s in range(20)]
    assert len(set(drawn)) == 20
    assert max(map(abs, drawn)) <= 100.0 * 20e-6 + 0.0005


def test_what_alternates_errs_by_the_nearest_frequency() -> None:
    rows = tuple(StatedRange(points=((1.0, e),), frequency_Hz=hz) for hz, e in ((50.0, 1e-4), (1e3, 2e-4), (2e4, 3e-4)))
    truth = bench(source={"ac_voltage": StatedTruth(model="stated", ranges={3.3: rows})}).truth
    found = [truth.source_error("ac_voltage", 1.0, frequency_Hz=hz) for hz in (50.0, 60.0, 400.0, 1e3, 1.9e4)]
    assert found == pytest.approx([1e-4, 1e-4, 2e-4, 2e-4, 3e-4], abs=1e-15)


def test_a_bench_file_states_truths_too() -> None:
    points = [list(point) for point in POINTS]
    table = {"model": "stated", "age_days": 10.0, "ranges": {"33": {"points": points}}}
    assert bench(tables(truth=table)).truth.source_error("dc_voltage", 30.0) == pytest.approx(5e-4, abs=1e-15)
    by_function = tables(functions={"dc_voltage": {"truth": table}})
    assert bench(by_function).truth.source_error("dc_voltage", 30.0) == pytest.approx(5e-4, abs=1e-15)


def test_points_that_do_not_ascend_are_refused() -> None:
    file = tables(truth={"model": "stated", "ranges": {"33": {"points": [[1.0, 0.0], [0.5, 0.0]]}}})
    with pytest.raises(FileError, match="ascending"):
        bench(file)


def test_a_component_has_its_stated_value_at_any_temperature_and_time() -> None:
    """100.0012 Ω at 20 °C; at 25 °C, with α = 2 and β = −0.1 ppm, 7.5 ppm more; a year of 4 ppm on top."""
    value = StatedValue(
        value=100.0012,
        temperature_C=20.0,
        temperature_ppm_per_K=2.0,
        temperature_ppm_per_K2=-0.1,
        drift_ppm_per_year=4.0,
    )
    on = bench(R=value)
    assert on.truth.component("R") == pytest.approx(100.0012 * (1 + 7.5e-6), rel=1e-12)
    on.clock.sleep(YEAR_S)
    assert on.truth.component("R") == pytest.approx(100.0012 * (1 + 11.5e-6), rel=1e-12)


@pytest.mark.parametrize(
    ("truths", "message"),
    [
        ({"nobody": StatedValue(value=1.0)}, "nobody: not on the bench; there are source, meter, R, pair"),
        ({"source": StatedValue(value=1.0)}, "errs by function"),
        ({"R": {"resistance": stated()}}, "takes a StatedValue"),
        ({"pair": StatedValue(value=1.0)}, "an opposition none"),
        ({"source": {"dc_voltage": StatedTruth(model="stated", ranges={10.0: FLAT})}}, "it has no range 10 V"),
        ({"meter": {"thermocouple": stated()}}, "no specification of thermocouple"),
    ],
)
def test_a_truth_of_what_is_not_there_is_refused(truths: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        bench(**truths)


def test_a_certificate_of_truth_and_error_covers_as_often_as_it_says() -> None:
    """Truth e drawn, certified c = e + N(0, u): |output − nominal − c| ≤ 2u in 95.45 % of 1000 units, within 3σ."""
    rng, u, inside = np.random.default_rng(5), 20e-6, 0
    file = as_model(tables(), BenchFile, "test")
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    for _ in range(1000):
        error = float(rng.uniform(-1e-3, 1e-3))
        certified = error + u * float(rng.standard_normal())
        truth = StatedTruth(model="stated", ranges={33.0: StatedRange(points=((10.0, error),))})
        on = SimulatedBench(file, clock=clock, seed=1, truths={"source": {"dc_voltage": truth}})
        inside += abs(on.truth.source_error("dc_voltage", 10.0) - certified) <= 2 * u
    assert inside / 1000 == pytest.approx(0.9545, abs=3 * (0.9545 * 0.0455 / 1000) ** 0.5)


@pytest.mark.parametrize("hertz", [60.0, 1e3, 1e5])
def test_the_error_of_an_ac_indication_holds_the_detector(hertz: float) -> None:
    """Of a meter that errs by nothing else: low corner at 1/100 of its filter, high one at 30 MHz, a pole each."""
    zero: Callable[[float], StatedTruth] = lambda r: StatedTruth(  # noqa: E731
        model="stated", ranges={r: StatedRange(points=((0.0, 0.0),))}
    )
    file = tables()
    file["lead"]["resistance_ohm"] = 0.0
    on = bench(file, meter={"ac_voltage": zero(10.0)}, source={"ac_voltage": zero(33.0)})
    source, reader = drivers(on)
    on.connect("calibrator")
    reader.configure_ac_voltage(10.0, hertz)
    source.source_ac_voltage(9.0, hertz)
    rms = source.dc_voltage_setpoint()
    indicated = reader.read_ac_voltage()
    error = on.truth.error_of_indication("ac_voltage", 10.0, rms, frequency_Hz=hertz)
    assert indicated - rms == pytest.approx(error, abs=3e-6)
    assert error < -1e-5 * rms
    high = 1 / (1 + (hertz / 30e6) ** 2) ** 0.5
    assert error <= rms * (high - 1) * (1 - 1e-9)


def test_leads_are_in_an_error_of_resistance_where_they_belong_to_the_item() -> None:
    flat = StatedTruth(model="stated", ranges={1000.0: StatedRange(points=((0.0, 0.25),))})
    truth = bench(meter={"resistance": flat}).truth
    assert truth.indication_error("resistance", 1000.0, 500.0) == pytest.approx(0.25)
    assert truth.indication_error("resistance", 1000.0, 500.0, leads_ohm=truth.lead_resistance()) == pytest.approx(0.75)
