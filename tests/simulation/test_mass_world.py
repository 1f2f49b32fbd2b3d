"""The world of mass: forces on a pan in air, what a balance makes of them, and what its file lets be wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from calib.clock import VirtualClock
from calib.drivers.balances.mt_sics import MtSicsBalance
from calib.drivers.environment.vaisala_ptu300 import PTU300
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.environment import Disturbance
from calib.drivers.simulation.mass_world import MassWorld
from calib.drivers.simulation.weighing import Weighing
from calib.errors import FileError, InputError, Overload
from calib.files import as_model
from calib.physics.air import air_density
from calib.physics.weights import maximum_permissible_error_kg

DIGIT_KG = 1e-9
FINE = {"kind": "mettler-mt-sics", "serial_number": "SIM1", "capacity_kg": 1.1, "digit_kg": DIGIT_KG}
EXACT = {"error_kg": 0.0, "U_kg": 1e-15}


class Lab:
    """One balance, some weights."""

    def __init__(self, balance: Mapping[str, Any], weights: Mapping[str, Any], seed: int = 1, **air: Any) -> None:
        tables = {
            "format": "calib-simulation/1",
            "environment": {"temperature_C": 20.0, "humidity_percent": 50.0, **air},
            "instruments": {"balance": {**FINE, **balance}},
            "worlds": {"mass": {"kind": "mass", "weights": weights}},
        }
        clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=seed)
        world = self.bench.worlds["mass"]
        assert isinstance(world, MassWorld)
        self.world = world
        self.driver = MtSicsBalance(self.bench.open("MEMORY::balance"), clock)

    @property
    def weighing(self) -> Weighing:
        return self.bench.instruments["balance"].weighing  # type: ignore[attr-defined,no-any-return]

    def weigh(self, load: str) -> float:
        self.bench.connect(load, "balance")
        return self.driver.read_mass_kg()


def test_a_light_weight_is_buoyed_up_as_archimedes_says() -> None:
    """1 kg of aluminium against 1 kg of 8000 kg/m³, of the same mass: −ρa ΔV."""
    weights = {
        "steel": {"nominal_kg": 1.0, "certificate": EXACT},
        "aluminium": {"nominal_kg": 1.0, "density_kg_m3": 2700.0, "certificate": EXACT},
    }
    lab = Lab({}, weights)
    steel, aluminium = lab.world.weights["steel"], lab.world.weights["aluminium"]
    rho = air_density(20.0, 101_325.0, 50.0)
    forces = (aluminium.mass_kg - steel.mass_kg) - rho * (aluminium.volume_m3 - steel.volume_m3)
    assert lab.weigh("aluminium") - lab.weigh("steel") == pytest.approx(forces / (1 - rho / 8000), abs=2 * DIGIT_KG)
    assert steel.conventional_kg == pytest.approx(1.0, abs=1e-13)
    assert abs(forces) > 1e-7  # 1.2 mg of air is not the conventional 1.2 kg/m³


def test_thin_air_carries_less() -> None:
    """The balance was adjusted before the pressure fell, so that all of the change is seen."""
    lab = Lab({}, {"light": {"nominal_kg": 1.0, "density_kg_m3": 2700.0, "certificate": EXACT}})
    before = lab.weigh("light")
    lab.bench.disturb(Disturbance(quantity="pressure_Pa", shape="step", size=-5000.0, time_s=1e-3))
    lab.bench.clock.sleep(1.0)
    drop = air_density(20.0, 101_325.0, 50.0) - air_density(20.0, 96_325.0, 50.0)
    assert lab.driver.read_mass_kg() - before == pytest.approx(drop / 2700.0, rel=1e-3)


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    balance = {"noise_kg": 1e-7, "repeatability_kg": 1e-7, "linearity_kg": 1e-6, "eccentricity_kg": 1e-6}
    weights = {"A": {"nominal_kg": 1.0, "class": "F1"}}

    def readings(seed: int) -> list[float]:
        lab = Lab(balance, weights, seed)
        return [lab.weigh(load) for load in ("A", "A@front-left", "empty", "A")]

    assert readings(1) == readings(1)
    assert readings(1) != readings(2)


def test_weights_of_a_class_lie_within_its_limits_and_fill_them() -> None:
    limit_kg = maximum_permissible_error_kg(0.2, "E2")
    errors = [
        Lab({}, {"A": {"nominal_kg": 0.2, "class": "E2"}}, seed).world.weights["A"].conventional_kg - 0.2
        for seed in range(300)
    ]
    assert max(abs(e) for e in errors) <= limit_kg * (1 + 1e-6)
    assert np.std(errors) == pytest.approx(limit_kg / np.sqrt(3), rel=0.12)


def test_weights_that_were_calibrated_together_share_errors_as_their_file_says() -> None:
    """Of 400 laboratories: standard deviation of each by its certificate, correlation as stated."""
    stated = {"error_kg": 1e-6, "U_kg": 2e-6, "k": 2.0, "together": "set", "correlation": 0.7}
    weights = {name: {"nominal_kg": 0.2, "certificate": stated} for name in ("A", "B")}
    found = []
    for seed in range(400):
        lab = Lab({}, weights, seed)
        found.append([lab.world.weights[name].conventional_kg - 0.2 for name in ("A", "B")])
    a, b = np.array(found).T
    assert np.mean(a) == pytest.approx(1e-6, abs=2e-7)
    assert np.std(a) == pytest.approx(1e-6, rel=0.12)
    assert np.corrcoef(a, b)[0, 1] == pytest.approx(0.7, abs=0.09)


def test_a_magnetic_weight_is_pulled() -> None:
    lab = Lab({}, {"M": {"nominal_kg": 1.0, "certificate": EXACT, "magnetism_kg": 5e-6}})
    assert 0 < abs(lab.world.weights["M"].magnetism_kg) <= 5e-6
    assert lab.weigh("M") - 1.0 == pytest.approx(lab.world.weights["M"].magnetism_kg, abs=1e-7)  # and little buoyancy


def test_the_balance_errs_within_what_its_file_states() -> None:
    """Linearity zero at both ends; a third of the capacity at the corners errs within the half-width."""
    for seed in range(40):
        weighing = Lab({"linearity_kg": 1e-6, "eccentricity_kg": 2e-6}, {}, seed).weighing
        loads = np.linspace(0, 1.1, 50)
        assert max(abs(weighing.error_kg(load)) for load in loads) <= 1e-6
        assert weighing.error_kg(0.0) == weighing.error_kg(1.1) == 0.0
        third = 1.1 / 3
        corners = ("front-left", "back-left", "back-right", "front-right")
        at = {corner: weighing.error_kg(third, corner) - weighing.error_kg(third) for corner in corners}
        assert max(abs(error) for error in at.values()) <= 2e-6
        assert at["front-left"] == pytest.approx(-at["back-right"])


def test_an_indication_comes_to_rest_and_says_so() -> None:
    lab = Lab({"settle_s": 8.0}, {"A": {"nominal_kg": 1.0, "certificate": EXACT}})
    lab.weigh("A")  # the hands take some of the time
    lab.world._file = lab.world._file.model_copy(update={"handling_s": 0.0})
    lab.bench.connect("empty", "balance")
    assert lab.driver.query("SI").startswith("S D")
    begun = lab.bench.clock.elapsed()
    assert lab.driver.read_mass_kg() == pytest.approx(0.0, abs=DIGIT_KG)
    assert 7.0 < lab.bench.clock.elapsed() - begun < 9.0
    assert lab.driver.query("SI").startswith("S S")


def test_a_load_creeps_with_its_time_constant() -> None:
    lab = Lab({"creep": 1e-6, "creep_s": 600.0}, {"A": {"nominal_kg": 1.0, "certificate": EXACT}}, seed=3)
    whole = lab.weighing.errors.creep
    first = lab.weigh("A")
    lab.bench.clock.sleep(600.0)
    middle = lab.driver.read_mass_kg()
    lab.bench.clock.sleep(6000.0)
    assert lab.driver.read_mass_kg() - first == pytest.approx(whole, rel=0.02)
    assert middle - first == pytest.approx(whole * (1 - np.exp(-1)), rel=0.02)


def test_its_zero_drifts_and_abba_is_free_of_it() -> None:
    weights = {name: {"nominal_kg": 1.0, "class": "F1"} for name in ("A", "B")}
    lab = Lab({"drift_kg_per_h": 1e-3}, weights)
    lab.world._file = lab.world._file.model_copy(update={"handling_s": 60.0})
    a1, b1, b2, a2 = (lab.weigh(load) for load in "ABBA")
    expected = lab.world.weights["B"].conventional_kg - lab.world.weights["A"].conventional_kg
    assert abs(a2 - a1) > 1e-6
    assert (b1 + b2 - a1 - a2) / 2 == pytest.approx(expected, abs=2e-8)


def test_on_the_way_down_it_shows_another_value() -> None:
    weights = {"half": {"nominal_kg": 0.5, "certificate": EXACT}, "other": {"nominal_kg": 0.5, "certificate": EXACT}}
    lab = Lab({"hysteresis_kg": 1e-5}, weights)
    up = lab.weigh("half")
    lab.weigh("half+other")
    down = lab.weigh("half")
    lost = lab.weighing.errors.hysteresis
    assert down - up == pytest.approx(lost * 4 * 0.5 * 0.5 / 1.1**2, rel=1e-3)
    lab.weigh("empty")
    assert lab.weigh("half") == pytest.approx(up, abs=2 * DIGIT_KG)


def test_it_is_as_repeatable_as_stated_from_loading_to_loading() -> None:
    lab = Lab({"repeatability_kg": 1e-6}, {"A": {"nominal_kg": 1.0, "certificate": EXACT}})
    loaded = [lab.weigh("A") for _ in range(300)]
    assert np.std(loaded) == pytest.approx(1e-6, rel=0.12)
    left_alone = [lab.driver.read_mass_kg() for _ in range(5)]
    assert np.ptp(left_alone) <= DIGIT_KG


def test_the_truth_after_a_greater_load_is_what_is_shown_then() -> None:
    weights = {"half": {"nominal_kg": 0.5, "certificate": EXACT}, "other": {"nominal_kg": 0.5, "certificate": EXACT}}
    lab = Lab({"hysteresis_kg": 1e-5, "linearity_kg": 1e-6}, weights)
    lab.weigh("half+other")
    shown = lab.weigh("half")
    assert lab.weighing.error_kg(0.5, before_kg=1.0) == pytest.approx(shown - 0.5, abs=2 * DIGIT_KG)
    assert lab.weighing.error_kg(0.5) != pytest.approx(shown - 0.5, abs=1e-7)


def test_weights_lie_off_the_centre_where_they_lay_before() -> None:
    """One third of the capacity at half the way to a corner: half of the eccentricity there, at most."""
    weights = {name: {"nominal_kg": 1.1 / 6, "certificate": EXACT} for name in "ABC"}
    file = {"eccentricity_kg": 1e-5, "eccentricity_deg": 0.0, "off_centre": 0.5}
    off = []
    for seed in range(60):
        lab = Lab(file, weights, seed)
        first = lab.weigh("A+B")
        assert lab.weigh("B+A") == pytest.approx(first, abs=2 * DIGIT_KG)
        corner = lab.weigh("A+B@front-right") - first
        assert lab.weigh("A+B@back-right") - first == pytest.approx(corner, abs=3 * DIGIT_KG)  # greatest to the right
        off.append((first - 2 * lab.weigh("C")) / corner)
    assert max(abs(part) for part in off) <= 0.5 + 0.01
    assert np.std(off) == pytest.approx(0.5 / np.sqrt(3), rel=0.25)


def test_weights_of_one_melt_have_one_density() -> None:
    weights = {
        name: {"nominal_kg": 0.2, "certificate": EXACT, "density_U_kg_m3": 60.0, "melt": melt}
        for name, melt in (("A", "one"), ("B", "one"), ("C", ""))
    }
    found = [[lab.world.weights[n].density_kg_m3 for n in "ABC"] for lab in (Lab({}, weights, s) for s in range(400))]
    a, b, c = np.array(found).T
    assert np.array_equal(a, b)
    assert np.std(a) == pytest.approx(30.0, rel=0.12)
    assert np.mean(c) == pytest.approx(8000.0, abs=5.0)
    assert abs(np.corrcoef(a, c)[0, 1]) < 0.15


def test_a_weather_station_errs_within_what_its_file_states_and_fills_it() -> None:
    station = {"kind": "vaisala-ptu300", "serial_number": "SIM1", "noise_K": 0.0, "noise_percent": 0.0, "noise_Pa": 0.0}
    widths = {"temperature_half_width_K": 0.3, "humidity_half_width_percent": 5.0, "pressure_half_width_Pa": 50.0}
    tables = {"format": "calib-simulation/1", "instruments": {"weather": {**station, **widths}}}
    file, clock = as_model(tables, BenchFile, "test"), VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    air = SimulatedBench(file, clock=clock, seed=0).environment()
    found = []
    for seed in range(200):
        weather = PTU300(SimulatedBench(file, clock=clock, seed=seed).open("MEMORY::weather"), clock)
        found.append(
            (weather.read_temperature_C() - air["temperature_C"], weather.read_pressure_Pa() - air["pressure_Pa"])
        )
    for errors, half_width in zip(np.array(found).T, (0.3, 50.0), strict=True):
        assert np.max(np.abs(errors)) <= half_width * 1.02
        assert np.std(errors) == pytest.approx(half_width / np.sqrt(3), rel=0.12)


def test_draught_makes_it_unstable_and_is_waited_for() -> None:
    lab = Lab({"draught_kg": 2e-8, "stable_digits": 10.0}, {"A": {"nominal_kg": 1.0, "certificate": EXACT}})
    lab.bench.connect("A", "balance")
    states = []
    for _ in range(100):
        lab.bench.clock.sleep(10.0)
        states.append(lab.driver.query("SI").split()[1])
    assert 0.2 < states.count("S") / 100 < 0.6  # ± 10 digits of 20: 38 %
    stable = []
    for _ in range(50):
        lab.bench.clock.sleep(10.0)
        stable.append(lab.driver.read_mass_kg())
    assert max(stable) - min(stable) <= 21 * DIGIT_KG


def test_too_much_on_the_pan_is_an_overload_not_a_number() -> None:
    weights = {name: {"nominal_kg": 1.0, "class": "F1"} for name in ("A", "B")}
    lab = Lab({}, weights)
    with pytest.raises(Overload, match="too much"):
        lab.weigh("A+B")


def test_it_is_adjusted_to_the_air_of_that_moment_and_keeps_the_error_of_its_internal_weight() -> None:
    lab = Lab(
        {"sensitivity": 2e-6, "sensitivity_per_K": 1e-6}, {"A": {"nominal_kg": 1.0, "certificate": EXACT}}, seed=2
    )
    before = lab.weigh("A")
    assert before - 1.0 == pytest.approx(lab.weighing.errors.sensitivity, abs=2 * DIGIT_KG)
    lab.bench.disturb(Disturbance(quantity="temperature_C", shape="step", size=4.0, time_s=1e-3))
    lab.bench.clock.sleep(1.0)
    warmer = lab.driver.read_mass_kg()
    thinner = (air_density(20.0, 101_325.0, 50.0) - air_density(24.0, 101_325.0, 50.0)) / 8000.0
    by_warmth = 4 * lab.weighing.errors.sensitivity_per_K
    assert warmer - before == pytest.approx(by_warmth + thinner, abs=3 * DIGIT_KG)
    lab.driver.write("C3")
    assert lab.driver.read_mass_kg() == pytest.approx(before, abs=3 * DIGIT_KG)


def test_a_weight_is_in_one_place_only() -> None:
    lab = Lab({}, {"A": {"nominal_kg": 1.0, "class": "F1"}})
    lab.bench.connect("A@back-left", "balance")
    assert lab.world.joints == {"balance": "A@back-left"}
    assert lab.bench.state()["worlds"]["mass"]["pans"] == {"balance": "A@back-left"}


@pytest.mark.parametrize(
    ("node", "told"),
    [("Z", "no weight Z; there are A"), ("A+A", "a weight is there once"), ("A@roof", "no position 'roof'")],
)
def test_what_cannot_be_put_on_a_pan_is_told(node: str, told: str) -> None:
    lab = Lab({}, {"A": {"nominal_kg": 1.0, "class": "F1"}})
    with pytest.raises(InputError, match=told):
        lab.bench.connect(node, "balance")


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        ({"nominal_kg": 1.0}, "either a class or a certificate"),
        ({"nominal_kg": 3.0, "class": "E2"}, "not in OIML R 111-1"),
        ({"nominal_kg": 1.0, "class": "E9"}, "class"),
    ],
)
def test_a_weight_that_cannot_be_is_refused_by_its_file(weight: dict[str, Any], told: str) -> None:
    with pytest.raises((FileError, InputError), match=told):
        Lab({}, {"A": weight})
