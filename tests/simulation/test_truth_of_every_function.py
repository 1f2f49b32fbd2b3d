"""True errors of every function: drawn by the specification in all bands, alone in their streams, changed by time."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.clock import VirtualClock
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.fault_rules import rule
from calib.errors import FileError, OutOfRange
from calib.specification import load_specification

MakeBench = Callable[..., SimulatedBench]
Tables = dict[str, Any]
GENERIC = load_specification("generic-calibrator-33")
POINTS = [
    ("ac_voltage", 1.0, 3.3, 1e3),
    ("ac_voltage", 1.0, 3.3, 5e4),
    ("dc_current", -0.01, 0.033, 0.0),
    ("ac_current", 0.1, 0.33, 50.0),
    ("resistance", 1e4, 1.1e4, 0.0),
    ("frequency", 1e3, 2e6, 0.0),
]


@pytest.mark.parametrize(("function", "value", "full_scale", "hertz"), POINTS)
def test_each_function_errs_rectangularly_within_its_specification(
    make_bench: MakeBench, function: Any, value: float, full_scale: float, hertz: float
) -> None:
    """Kolmogorov-Smirnov against U(−limit, limit) with the limit of the frequency's own band."""
    limit = GENERIC.limit(function, value, full_scale, "1 year", frequency_Hz=hertz or None)
    errors = np.array(
        [make_bench(seed).truth.error("source", function, full_scale, value, hertz) for seed in range(300)]
    )
    uniform = stats.uniform(-limit, 2 * limit)
    assert stats.kstest(errors, uniform.cdf).pvalue > 1e-4
    assert stats.kstest(errors * 1.3, uniform.cdf).pvalue < 1e-4


def test_functions_of_one_unit_are_independent(make_bench: MakeBench) -> None:
    """Correlations of 300 independent pairs have a standard deviation of 0.06."""

    def drawn(seed: int) -> list[float]:
        truth = make_bench(seed).truth
        return [truth.error("source", f, r, v, hz) for f, v, r, hz in POINTS[1:]] + [truth.source_output(1.0) - 1.0]

    correlations = np.corrcoef(np.array([drawn(seed) for seed in range(300)]).T)
    assert np.max(np.abs(correlations - np.eye(len(correlations)))) < 0.3


def test_the_unit_in_dc_voltage_is_the_same_with_other_functions_or_without(
    tables: Tables, make_bench: MakeBench
) -> None:
    before = make_bench(5).truth.source_output(7.0)
    tables["instruments"]["source"]["functions"] = {
        "ac_voltage": {"specification": "generic-calibrator-22", "truth": {"model": "linear", "share": 0.3}}
    }
    assert make_bench(5).truth.source_output(7.0) == before


def test_a_function_may_have_a_law_and_a_specification_of_its_own(tables: Tables, make_bench: MakeBench) -> None:
    tables["instruments"]["source"]["functions"] = {"dc_current": {"truth": {"model": "linear", "share": 0.0}}}
    truth = make_bench().truth
    assert truth.error("source", "dc_current", 0.33, 0.1) == 0.0
    assert truth.error("source", "ac_current", 0.33, 0.1, 50.0) != 0.0
    tables["instruments"]["source"]["functions"] = {"ac_current": {"specification": "generic-calibrator-22"}}
    assert make_bench().truth.error("source", "ac_current", 0.22, 0.1, 50.0) != 0.0


def test_a_specification_that_nobody_knows_is_told(tables: Tables, make_bench: MakeBench) -> None:
    tables["instruments"]["source"]["functions"] = {"dc_current": {"specification": "fluke-5522b"}}
    with pytest.raises(FileError, match="'fluke-5522b' is unknown — did you mean 'fluke-5522a'"):
        make_bench()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"interval": "2 years"}, "fluke-5522a: dc_voltage is not specified for '2 years'; known: 90 days"),
        (
            {"functions": {"resistance": {"specification": "fluke-5522a", "interval": "90 days"}}},
            "no accuracy of resist",
        ),
    ],
)
def test_what_a_specification_does_not_state_is_an_error_not_the_generic_one(
    tables: Tables, make_bench: MakeBench, change: Tables, message: str
) -> None:
    tables["instruments"]["source"] |= change
    with pytest.raises(OutOfRange, match=message):
        make_bench()


def linear(tables: Tables, **terms: float) -> None:
    tables["instruments"]["meter"]["truth"] = {"model": "linear", "share": 0.0, **terms}


def test_a_bent_law_leaves_the_straight_line_and_stays_inside_the_specification(
    tables: Tables, make_bench: MakeBench
) -> None:
    linear(tables, share=1.0, bend=1.0)
    specification, used, bent = load_specification("hp-34401a"), [], []
    for seed in range(100):
        truth = make_bench(seed).truth
        errors = {part: truth.meter_error(10.0, part * 10.0) for part in (-1.0, -0.5, 0.0, 0.5, 1.0)}
        used += [abs(e) / specification.limit("dc_voltage", p * 10.0, 10.0, "1 year") for p, e in errors.items()]
        bent.append(errors[0.5] - (errors[0.0] + errors[1.0]) / 2)
        assert errors[-0.5] - (errors[0.0] + errors[-1.0]) / 2 == pytest.approx(-bent[-1])
    assert max(used) <= 1.0
    assert np.std(bent) == pytest.approx(50e-6 / math.sqrt(3), rel=0.3)


def test_a_unit_drifts_from_its_calibration_on(tables: Tables, make_bench: MakeBench, clock: VirtualClock) -> None:
    linear(tables, gain_drift_per_day=1e-6, age_days=100.0)
    truth = make_bench().truth
    at_100_days = truth.meter_error(10.0, 10.0)
    clock.sleep(50 * 86400)
    assert 0 < abs(at_100_days) <= 1e-3
    assert truth.meter_error(10.0, 10.0) == pytest.approx(1.5 * at_100_days)


def test_a_unit_warms_up(tables: Tables, make_bench: MakeBench, clock: VirtualClock) -> None:
    """What remains of the error falls by e in each time constant."""
    linear(tables, warm_up_gain=1e-4, warm_up_s=600.0)
    truth = make_bench().truth
    cold = truth.meter_error(10.0, 10.0)
    clock.sleep(600.0)
    assert 0 < abs(cold) <= 1e-3
    assert truth.meter_error(10.0, 10.0) == pytest.approx(cold / math.e)


@pytest.mark.parametrize("unit", ["meter", "source"])
def test_a_unit_that_drifts_away_errs_by_that_much_more_and_readings_show_it(make_bench: MakeBench, unit: str) -> None:
    """At 10 V, 0.1 % and 0.1 V more, whether the meter or the calibrator at its output of before has drifted."""
    bench = make_bench()
    bench.connect("calibrator")
    bench.instruments["source"].handle(b"OUT 10 V, 0 HZ;OPER;*OPC?\n")

    def read() -> float:
        return float(bench.open("MEMORY::meter").query("CONF:VOLT:DC 100;:READ?"))

    before = read()
    bench.faults.add(rule(kind="drift", instrument=unit, relative=1e-3, offset=0.1))
    bench.open(f"MEMORY::{unit}").query("*IDN?")
    assert read() - before == pytest.approx(0.11, abs=1e-3)
    bench.faults.clear()
    assert read() == pytest.approx(before, abs=1e-3)


def test_an_output_follows_the_temperature_while_it_is_on(
    tables: Tables, make_bench: MakeBench, clock: VirtualClock
) -> None:
    tables["instruments"]["source"]["truth"] = {"model": "linear", "share": 0.0, "gain_per_K": 1e-5}
    tables["environment"] = {
        "disturbances": [{"quantity": "temperature_C", "shape": "step", "size": 4.0, "at_s": 100.0, "time_s": 1.0}]
    }
    bench = make_bench()
    bench.instruments["source"].handle(b"OUT 10 V, 0 HZ;OPER\n")
    clock.sleep(50.0)
    assert bench.state()["outputs"]["source"]["terminals_V"] == pytest.approx(10.0, abs=1e-9)
    clock.sleep(150.0)
    warm_V = bench.state()["outputs"]["source"]["terminals_V"]
    assert 0 < abs(warm_V - 10.0) <= 4e-4
    assert warm_V == pytest.approx(bench.truth.source_output(10.0), abs=1e-9)
