"""The true errors of simulated units: the laws they are drawn by, and that a seed means a unit."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.drivers.simulation import SimulatedBench
from calib.errors import FileError, InputError
from calib.specification import load_specification

MakeBench = Callable[..., SimulatedBench]
Tables = dict[str, Any]
UNITS = 400
POINTS = [(10.0, 33.0), (-10.0, 33.0), (0.1, 0.33), (0.0, 3.3), (1000.0, 1020.0)]


@pytest.mark.parametrize(("value_V", "range_V"), POINTS)
def test_a_calibrators_error_is_rectangular_within_its_specification(
    make_bench: MakeBench, value_V: float, range_V: float
) -> None:
    """Kolmogorov-Smirnov against U(−limit, limit): right ones fail with probability 1e-4, a normal law always."""
    limit_V = load_specification("fluke-5522a").limit("dc_voltage", value_V, range_V, "90 days")
    errors = np.array([make_bench(seed).truth.source_output(value_V, range_V) - value_V for seed in range(UNITS)])
    uniform = stats.uniform(-limit_V, 2 * limit_V)
    assert stats.kstest(errors, uniform.cdf).pvalue > 1e-4
    assert stats.kstest(errors * 1.3, uniform.cdf).pvalue < 1e-4


def test_ranges_polarities_meter_and_contact_are_independent(make_bench: MakeBench) -> None:
    """Correlations of 400 independent pairs have a standard deviation of 0.05."""

    def drawn(seed: int) -> list[float]:
        truth = make_bench(seed).truth
        meter = [truth.meter_error(10.0, 0.0), truth.meter_error(10.0, 1.0) - truth.meter_error(10.0, 0.0)]
        points = [(sign * r / 2, r) for r in (0.33, 3.3, 33.0, 330.0, 1020.0) for sign in (1, -1)]
        return [truth.source_output(v, r) - v for v, r in points] + meter + [truth.thermal_emf()]

    correlations = np.corrcoef(np.array([drawn(seed) for seed in range(UNITS)]).T)
    assert np.max(np.abs(correlations - np.eye(len(correlations)))) < 0.25


def test_points_of_one_range_and_polarity_share_their_error(make_bench: MakeBench) -> None:
    specification = load_specification("fluke-5522a")
    truth = make_bench().truth
    parts = [
        (truth.source_output(v, 33.0) - v) / specification.limit("dc_voltage", v, 33.0, "90 days")
        for v in (4.0, 9.0, 30.0)
    ]
    assert parts == pytest.approx([parts[0]] * 3)


def test_a_meters_error_stays_inside_its_specification(tables: Tables, make_bench: MakeBench) -> None:
    tables["instruments"]["meter"]["truth"] = {"model": "linear"}
    specification = load_specification("hp-34401a")
    used = []
    for seed in range(UNITS):
        truth = make_bench(seed).truth
        for range_V in specification.ranges("dc_voltage"):
            for part in (-1.0, -0.1, 0.0, 0.5, 1.0):
                limit_V = specification.limit("dc_voltage", part * range_V, range_V, "1 year")
                used.append(truth.meter_error(range_V, part * range_V) / limit_V)
    assert 0.9 < max(np.abs(used)) <= 1.0
    assert abs(np.mean(used)) < 0.05


def certified(tables: Tables, **terms: float) -> None:
    tables["environment"] = {"temperature_C": 25.0}
    tables["instruments"]["source"]["truth"] = {
        "model": "certificate",
        "age_days": 100,
        "temperature_C": 23.0,
        "ranges": {str(r): terms for r in (0.33, 3.3, 33, 330, 1020)},
    }


@pytest.mark.parametrize(
    ("terms", "law"),
    [
        ({"u_gain": 1e-6, "u_offset_V": 2e-6}, stats.norm(0, 12e-6)),
        ({"gain_drift_per_day": 1e-8, "offset_drift_V_per_day": 1e-8}, stats.uniform(-11e-6, 22e-6)),
        ({"gain_per_K": 1e-6}, stats.uniform(-20e-6, 40e-6)),
    ],
)
def test_a_certified_unit_differs_from_its_certificate_by_what_is_stated(
    tables: Tables, make_bench: MakeBench, terms: dict[str, float], law: Any
) -> None:
    """At 10 V, 100 days and 2 K after the calibration, each contribution has the law that a budget gives it."""
    certified(tables, gain=3e-6, offset_V=1e-6, **terms)
    errors = np.array([make_bench(seed).truth.source_output(10.0, 33.0) - 10.0 for seed in range(UNITS)])
    assert stats.kstest(errors - 31e-6, law.cdf).pvalue > 1e-4
    assert stats.kstest((errors - 31e-6) * 1.7, law.cdf).pvalue < 1e-4


def test_a_certificate_must_cover_every_range(tables: Tables, make_bench: MakeBench) -> None:
    certified(tables)
    del tables["instruments"]["source"]["truth"]["ranges"]["3.3"]
    with pytest.raises(InputError, match=r"no certified range 3\.3 V"):
        make_bench()


def questions(bench: SimulatedBench) -> list[float]:
    return [bench.truth.meter_error(10.0, 7.0), bench.truth.meter_error(0.1, -0.05), bench.truth.source_output(7.0)]


def test_a_seed_means_a_unit_whatever_was_asked_before(make_bench: MakeBench) -> None:
    first, second = make_bench(11), make_bench(11)
    first.connect("calibrator")
    for _ in range(20):
        first.instruments["meter"].handle(b"READ?\n")
    assert questions(first) == questions(second)[::1]
    assert questions(make_bench(12)) != questions(second)


def test_a_unit_is_the_same_beside_other_instruments(tables: Tables, make_bench: MakeBench) -> None:
    before = questions(make_bench(5))
    tables["instruments"] = {"another": dict(tables["instruments"]["meter"]), **tables["instruments"]}
    assert questions(make_bench(5)) == before


def test_two_units_of_one_model_differ(tables: Tables, make_bench: MakeBench) -> None:
    tables["instruments"]["another"] = dict(tables["instruments"]["meter"])
    first = questions(make_bench(5))
    tables["lead"]["meter"] = "another"
    assert questions(make_bench(5))[:2] != first[:2]


def test_the_same_seed_gives_the_same_readings(make_bench: MakeBench) -> None:
    def readings(seed: int) -> bytes | None:
        bench = make_bench(seed)
        bench.connect("short")
        return bench.instruments["meter"].handle(b"CONF:VOLT:DC 0.1;:SAMP:COUN 20;:READ?\n")

    assert readings(3) == readings(3)
    assert readings(3) != readings(4)


def test_without_a_seed_every_bench_has_other_units_and_tells_its_seed(tables: Tables, make_bench: MakeBench) -> None:
    from calib.drivers.simulation.bench_file import BenchFile
    from calib.files import as_model

    clock = make_bench().clock
    file = as_model(tables, BenchFile, "test")
    one, two = SimulatedBench(file, clock=clock), SimulatedBench(file, clock=clock)
    assert one.seed != two.seed
    assert questions(make_bench(one.seed)) == questions(one)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"lead": {"source": "meter", "meter": "meter"}},
            r"lead\.source: 'meter' is not among .*\(source, ",
        ),
        ({"format": "calib-simulation/9"}, "format: must be 'calib-simulation/1'"),
        ({"seeed": 1}, "seeed: unknown field — did you mean 'seed'"),
    ],
)
def test_a_wrong_bench_file_is_told_in_words(
    tables: Tables, make_bench: MakeBench, change: Tables, message: str
) -> None:
    tables |= change
    with pytest.raises(FileError, match=message):
        make_bench()


@pytest.mark.parametrize("number", ["1234567", "", "MY53001234", "sim1", "SIM1,2"])
@pytest.mark.parametrize("name", ["source", "meter"])
def test_no_simulated_unit_may_have_the_serial_number_of_a_real_one(
    tables: Tables, make_bench: MakeBench, name: str, number: str
) -> None:
    """A run on sockets knows by this alone that it is simulated."""
    tables["instruments"][name]["serial_number"] = number
    message = rf"instruments\.{name}\.serial_number: .*{number!r} must begin with SIM"
    with pytest.raises(FileError, match=message):
        make_bench()


def test_a_specification_without_the_meters_ranges_is_refused(tables: Tables, make_bench: MakeBench) -> None:
    tables["instruments"]["meter"] |= {"specification": "fluke-5522a", "interval": "90 days"}
    with pytest.raises(InputError, match=r"fluke-5522a lacks the range 0\.1 V, 1 V"):
        make_bench()


def test_polarity_zero_counts_as_positive(make_bench: MakeBench) -> None:
    truth = make_bench().truth
    assert truth.source_output(0.0, 3.3) != 0.0
    assert math.copysign(1.0, truth.source_output(0.0, 3.3)) == math.copysign(1.0, truth.source_output(3.0, 3.3) - 3.0)
