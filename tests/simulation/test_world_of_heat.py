"""The world of heat does what its laws say: each against a formula, a published table or a statistical law."""

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.heat.world import HeatWorld
from calib.errors import FileError, InputError
from calib.files import as_model
from calib.physics import thermocouples
from calib.physics.its90 import Deviation, StandardThermometer
from calib.physics.platinum import CallendarVanDusen, tolerance_K

QUIET = {"stability_K": 0.0, "scale_K": 0.0}
STD = {"kind": "its-90", "deviations": {"4": [-2.8e-4, -1e-5], "7": [-2.98e-4, -2.3e-5, 5e-6]}}
CERTIFIED = StandardThermometer(25.5, (Deviation(4, (-2.8e-4, -1e-5)), Deviation(7, (-2.98e-4, -2.3e-5, 5e-6))))
SHARP = {"time_constant_s": 0.01, "stem_m": 0.0, "self_heating_K_per_W": 0.0}


class Site:
    """A bench with a world of heat on a virtual clock."""

    def __init__(self, heat: dict[str, Any], instruments: dict[str, Any] | None = None, *, seed: int = 1) -> None:
        self.clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        units = instruments or {"spare": {"kind": "hp-34401a", "specification": "hp-34401a"}}
        rest = units.pop("_rest", {})
        for number, unit in enumerate(units.values()):
            unit.setdefault("serial_number", f"SIM{number}")
        tables = {"format": "calib-simulation/1", "worlds": {"heat": {"kind": "heat", **heat}}, "instruments": units}
        tables |= rest
        self.bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=self.clock, seed=seed)
        world = self.bench.worlds["heat"]
        assert isinstance(world, HeatWorld)
        self.world = world

    def open(self, name: str) -> Any:
        """Open an instrument with the driver of its kind."""
        return find_driver(self.bench.file.instruments[name].kind)(self.bench.open(f"MEMORY::{name}"), self.clock)

    def value(self, name: str) -> float:
        """Return what a thermometer's leads give now, without current."""
        return self.world.value(name, self.clock.elapsed())


def test_a_bath_goes_up_its_ramp_overshoots_as_its_period_says_and_comes_to_rest() -> None:
    ramp, period_s, damping_s = 0.05, 240.0, 150.0
    site = Site({"baths": {"bath": {"at_C": 20.0, "ramp_K_per_s": ramp, "period_s": period_s, **QUIET}}})
    medium = site.world.medium("bath")
    site.world.set_point("bath", 80.0)
    times_s = np.arange(0.0, 6000.0, 2.0)
    course_C = np.array([medium.temperature_C(float(t)) for t in times_s])
    ramp_s = 60.0 / ramp
    assert course_C[int(ramp_s / 4)] == pytest.approx(50.0)
    assert np.max(np.abs(np.diff(course_C))) <= 2 * ramp * 1.001
    omega = 2 * math.pi / period_s
    peak_s = math.atan(omega * damping_s) / omega
    overshoot_K = ramp / omega * math.exp(-peak_s / damping_s) * math.sin(omega * peak_s)
    assert np.max(course_C) - 80.0 == pytest.approx(overshoot_K, rel=1e-3)
    assert abs(course_C[-1] - 80.0) < 1e-6


def test_the_control_errs_by_its_own_sensor_and_shows_its_set_point() -> None:
    site = Site({"baths": {"bath": {"scale_K": 0.3, "hysteresis_K": 0.1, "stability_K": 0.0}}})
    medium = site.world.medium("bath")
    ends = {}
    for way, start_C in (("up", 40.0), ("down", 80.0)):
        site.world.set_point("bath", start_C)
        site.clock.sleep(1e5)
        site.world.set_point("bath", 60.0)
        site.clock.sleep(1e5)
        now_s = site.clock.elapsed()
        ends[way] = medium.temperature_C(now_s) - 60.0
        assert abs(medium.indicated_C(now_s) - 60.0) <= 0.1
    assert 0 < abs(ends["up"] - ends["down"]) <= 0.2
    assert abs(ends["up"] + ends["down"]) / 2 <= 0.3


def test_what_is_left_of_the_control_has_the_stated_standard_deviation_and_is_slow() -> None:
    found, steps = [], []
    for seed in range(8):
        site = Site({"baths": {"bath": {"stability_K": 0.002, "scale_K": 0.0}}}, seed=seed)
        medium = site.world.medium("bath")
        course = np.array([medium.temperature_C(float(t)) for t in np.arange(0.0, 30_000.0, 7.0)])
        found.append(float(np.std(course)))
        steps.append(float(np.max(np.abs(np.diff(course)))))
    assert np.mean(found) == pytest.approx(0.002, rel=0.06)
    assert max(steps) < 0.006


def test_the_same_seed_is_the_same_laboratory_however_often_it_is_looked_at() -> None:
    heat = {"baths": {"bath": {"radial_K": 0.01}}, "thermometers": {"std": {**STD, "at": "bath", "U_K": 0.01}}}
    often, seldom, other = Site(heat, seed=4), Site(heat, seed=4), Site(heat, seed=5)
    for site in (often, seldom, other):
        site.world.set_point("bath", 50.0)
    for _ in range(500):
        often.clock.sleep(4.0)
        often.value("std")
    seldom.clock.sleep(2000.0)
    other.clock.sleep(2000.0)
    assert often.value("std") == pytest.approx(seldom.value("std"), rel=1e-7)
    assert abs(often.value("std") - other.value("std")) > 1e-5


def test_a_thermometer_follows_with_its_time_constant() -> None:
    site = Site({"baths": {"bath": {"at_C": 80.0, **QUIET}},
                 "thermometers": {"std": {**STD, "time_constant_s": 30.0, "stem_m": 0.0}}})  # fmt: skip
    site.bench.connect("bath", "std")
    left = []
    for _ in range(4):
        site.clock.sleep(30.0)
        left.append((80.0 - site.world.sensor("std").element_C(site.clock.elapsed())) / (80.0 - 23.0))
    assert left == pytest.approx([math.exp(-n) for n in (1, 2, 3, 4)], rel=1e-6)


def test_the_stem_conducts_less_the_deeper_it_is() -> None:
    site = Site({"baths": {"bath": {"at_C": 123.0, **QUIET}},
                 "thermometers": {"std": {**STD, "stem_m": 0.02}}})  # fmt: skip
    for depth_m in (0.04, 0.08, 0.15):
        site.bench.connect(f"bath@{depth_m}", "std")
        site.clock.sleep(1000.0)
        lost_K = 123.0 - site.world.sensor("std").element_C(site.clock.elapsed())
        assert lost_K == pytest.approx(100.0 * math.exp(-depth_m / 0.02), rel=1e-4)


def test_gradients_are_along_the_depth_and_from_place_to_place() -> None:
    heat = {"baths": {"bath": {"at_C": 60.0, "axial_K_per_m": 0.5, "radial_K": 0.02, **QUIET}},
            "thermometers": {"std": {**STD, **SHARP}}}  # fmt: skip
    site, places = Site(heat), []
    for _ in range(300):
        site.bench.connect("bath@0.1", "std")
        site.clock.sleep(10.0)
        places.append(site.world.sensor("std").element_C(site.clock.elapsed()))
    assert np.mean(places) == pytest.approx(60.0 - 0.5 * 0.1, abs=0.003)
    assert np.std(places) == pytest.approx(0.02 / math.sqrt(3), rel=0.1)
    assert np.max(np.abs(np.array(places) - 59.95)) <= 0.02


def test_two_currents_show_the_self_heating() -> None:
    heat = {"baths": {"bath": {"at_C": 0.0, **QUIET}},
            "thermometers": {"uut": {"kind": "callendar-van-dusen", "at": "bath", "stem_m": 0.0}}}  # fmt: skip
    readout = {"kind": "fluke-1502a", "channels": {"1": "uut"}, "noise_ohm": 0.0}
    site = Site(heat, {"readout": readout})
    driver, found = site.open("readout"), {}
    for current_A in (1e-3, 0.5e-3):
        driver.set_thermometer_current(current_A)
        site.clock.sleep(60.0)
        found[current_A] = driver.read_thermometer_ohm()
    slope = CallendarVanDusen().ohm_per_K(0.0)
    assert (found[1e-3] - found[0.5e-3]) / slope == pytest.approx(20.0 * 0.75e-6 * 100.0, abs=2e-4)


@pytest.mark.parametrize("t_C", [0.0, 100.0, 250.0])
def test_a_thermometer_of_a_class_is_within_its_tolerance_and_follows_the_equation(t_C: float) -> None:
    errors = []
    for seed in range(150):
        heat = {"thermometers": {"uut": {"kind": "callendar-van-dusen", "tolerance": "A"}}}
        site = Site(heat, seed=seed)
        ohm = site.world.true_ohm("uut", t_C)
        errors.append(CallendarVanDusen().temperature_C(ohm) - t_C)
    assert np.max(np.abs(errors)) <= tolerance_K("A", t_C) * 1.001
    assert np.max(np.abs(errors)) > 0.5 * tolerance_K("A", t_C)
    assert abs(np.mean(errors)) < 4 * np.std(errors) / math.sqrt(len(errors))


def test_a_standard_is_drawn_round_its_certificate_with_its_uncertainty() -> None:
    errors = []
    for seed in range(200):
        site = Site({"thermometers": {"std": {**STD, "U_K": 0.004}}}, seed=seed)
        errors.append(CERTIFIED.temperature_C(site.world.true_ohm("std", 150.0)) - 150.0)
    assert np.std(errors) == pytest.approx(0.002, rel=0.17)
    assert abs(np.mean(errors)) < 4 * 0.002 / math.sqrt(200)


def test_resistance_drifts_with_time_and_shifts_with_the_first_heat() -> None:
    heat = {"baths": {"ice": {"at_C": 0.0, "is_fixed": True, "stability_K": 0.0}, "hot": {"at_C": 223.0, **QUIET}},
            "thermometers": {"std": {**STD, **SHARP, "drift_per_day": 1e-6, "shift_per_100K": 5e-6}}}  # fmt: skip
    site = Site(heat)
    found = []
    for where in ("ice", "hot", "ice"):
        site.bench.connect(where, "std")
        site.clock.sleep(600.0)
        found.append(site.value("std"))
    site.clock.sleep(86_400.0)
    found.append(site.value("std"))
    assert found[2] / found[0] - 1 == pytest.approx(5e-6 * 2 + 1e-6 * 1200 / 86_400, rel=1e-3)
    assert found[3] / found[2] - 1 == pytest.approx(1e-6, rel=1e-3)


def test_each_further_thermometer_loads_a_block() -> None:
    heat = {"baths": {"block": {"at_C": 123.0, "loading_K": 0.05, **QUIET}},
            "thermometers": {"a": {**STD, **SHARP, "at": "block"}, "b": {**STD, **SHARP}}}  # fmt: skip
    site = Site(heat)
    alone_C = site.world.sensor("a").element_C(0.0)
    site.bench.connect("block", "b")
    site.clock.sleep(60.0)
    assert site.world.sensor("a").element_C(60.0) - alone_C == pytest.approx(-0.05)
    site.bench.connect("air", "b")
    site.clock.sleep(60.0)
    assert site.world.sensor("a").element_C(120.0) == pytest.approx(alone_C)


def test_a_thermocouple_gives_its_emf_to_a_nanovoltmeter() -> None:
    heat = {"baths": {"furnace": {"at_C": 500.0, "depth_m": 0.3, **QUIET}},
            "thermometers": {"tc": {"kind": "thermocouple", "type": "N", "at": "furnace", "stem_m": 0.0}}}  # fmt: skip
    units = {
        "leads": {"kind": "thermometer-leads", "thermometer": "tc"},
        "meter": {"kind": "keithley-2182a"},
        "_rest": {"leads": {"lead": {"meter": "meter", "connected": "leads"}}},
    }
    site = Site(heat, units)
    meter = site.open("meter")
    meter.configure_dc_voltage(0.1, 1.0)
    assert meter.read_dc_voltage() == pytest.approx(16.748e-3, abs=2e-6)  # IEC 60584-1: type N at 500 °C
    assert thermocouples.emf_V("N", 500.0) == pytest.approx(16.748e-3, abs=0.5e-6)


def test_a_thermometer_of_100_ohm_is_a_resistor_to_a_multimeter() -> None:
    heat = {"baths": {"bath": {"at_C": 100.0, **QUIET}},
            "thermometers": {"uut": {"kind": "callendar-van-dusen", "at": "bath", "stem_m": 0.0}}}  # fmt: skip
    units = {
        "leads": {"kind": "thermometer-leads", "thermometer": "uut"},
        "meter": {"kind": "keysight-34470a"},
        "_rest": {"leads": {"lead": {"meter": "meter", "connected": "leads"}}},
    }
    site = Site(heat, units)
    meter = site.open("meter")
    meter.configure_resistance(1000.0, 10.0, wires=4)
    assert meter.read_resistance() == pytest.approx(138.5055, abs=0.05)


def test_a_new_reading_is_one_that_was_not_read_before() -> None:
    site = Site({}, {"readout": {"kind": "fluke-1529", "sample_s": 3.0, "noise_ohm": 0.01}})
    readout = site.open("readout")
    begun_s = site.clock.elapsed()
    told = [readout.read_thermometer_ohm(2) for _ in range(5)]
    assert len(set(told)) > 1
    assert site.clock.elapsed() - begun_s == pytest.approx(12.0, abs=0.5)


@pytest.mark.parametrize(
    ("heat", "told"),
    [
        ({"thermometers": {"std": {**STD, "at": "nowhere"}}}, "'nowhere' is none of air"),
        ({"baths": {"b": {}}, "thermometers": {"std": {**STD, "at": "b@deep"}}}, "no depth in metres"),
        ({"thermometers": {"std": {"kind": "its-90", "deviations": {"6": [1.0]}}}}, "none of the ITS-90"),
    ],
)
def test_mistakes_in_the_file_are_told(heat: dict[str, Any], told: str) -> None:
    with pytest.raises(FileError, match=told):
        Site(heat)


def test_what_is_not_there_is_told_with_what_is() -> None:
    site = Site({"baths": {"bath": {}}, "thermometers": {"std": STD}})
    with pytest.raises(InputError, match="one of air, bath, or NAME@depth"):
        site.bench.connect("fire", "std")
    with pytest.raises(InputError, match="there are std"):
        site.world.sensor("other")
    with pytest.raises(InputError, match="no world of heat 'cold'; there are heat"):
        Site({"baths": {"bath": {}}}, {"bath": {"kind": "hart-bath", "world": "cold", "bath": "bath"}})
    assert site.bench.state()["worlds"]["heat"]["joints"] == {"std": "air"}


def test_places_differ_otherwise_at_each_set_point_but_not_in_the_middle() -> None:
    heat = {"baths": {"bath": {"at_C": 20.0, "radial_K": 0.05, "swing_K": 0.02, **QUIET}},
            "thermometers": {"std": {**STD, **SHARP, "at": "bath", "radial": 0.0},
                             "uut": {**STD, **SHARP, "at": "bath"}}}  # fmt: skip
    site, found = Site(heat), []
    for _ in range(200):
        site.world.set_point("bath", 40.0)
        site.clock.sleep(1e4)
        std_C, uut_C = (site.world.sensor(name).element_C(site.clock.elapsed()) for name in ("std", "uut"))
        assert std_C == pytest.approx(40.0, abs=1e-6)
        found.append(uut_C - 40.0)
    assert abs(float(np.mean(found))) > 0.005  # what stays the same: its place
    assert np.std(found) == pytest.approx(0.02 / math.sqrt(3), rel=0.1)
    assert np.ptp(found) <= 2 * 0.02


def test_after_heating_a_bath_is_off_one_way_and_after_cooling_the_other_and_shows_neither() -> None:
    site = Site({"baths": {"bath": {"at_C": 20.0, **QUIET}}})
    site.bench.impose("bath", {"hysteresis_K": (-0.03,)})
    medium, off = site.world.medium("bath"), []
    for t_C in (60.0, 40.0):
        site.world.set_point("bath", t_C)
        site.clock.sleep(1e5)
        now_s = site.clock.elapsed()
        assert medium.indicated_C(now_s) == pytest.approx(t_C, abs=1e-6)
        off.append(medium.temperature_C(now_s) - t_C)
    assert off == pytest.approx([-0.03, 0.03], abs=1e-6)


def test_what_is_imposed_takes_the_place_of_what_was_drawn() -> None:
    heat = {"baths": {"bath": {"at_C": 40.0, "radial_K": 0.05, **QUIET}},
            "thermometers": {"uut": {**STD, **SHARP, "at": "bath"},
                             "tc": {"kind": "thermocouple", "type": "N", "at": "bath", "stem_m": 0.0,
                                    "ice_K": 0.05, "leads_V": 1e-6, "time_constant_s": 0.01}}}  # fmt: skip
    site = Site(heat)
    site.bench.impose("uut", {"place_K": (0.02,), "self_heating_K": (0.004,)})
    site.bench.impose("tc", {"place_K": (0.0,), "ice_K": (0.04,), "leads_V": (5e-7,)})
    site.clock.sleep(10.0)
    now_s = site.clock.elapsed()
    law = site.world.sensor("uut").law
    assert site.world.value("uut", now_s) == pytest.approx(law.value(40.02), rel=1e-12)
    assert site.world.value("uut", now_s, 2e-3) == pytest.approx(law.value(40.02 + 4 * 0.004), rel=1e-12)
    expected_V = thermocouples.emf_V("N", 40.0) + 5e-7 - thermocouples.emf_V("N", 0.04)
    assert site.world.value("tc", now_s) == pytest.approx(expected_V, abs=1e-9)


def test_a_thermocouples_junction_and_inhomogeneity_are_in_its_emf() -> None:
    """E(500 °C) of type N is 16.748 mV, E(25 °C) 0.659 mV (IEC 60584-1)."""
    wires = {"kind": "thermocouple", "type": "N", "at": "furnace", "stem_m": 0.0, "junction_C": 25.0,
             "deviations": [[400.0, 10e-6], [600.0, 30e-6]]}  # fmt: skip
    site = Site({"baths": {"furnace": {"at_C": 500.0, **QUIET}}, "thermometers": {"tc": wires}})
    site.bench.impose("tc", {"inhomogeneity": (1e-3,), "ice_K": (0.5,)})
    slope = 26.5e-6  # V/K at 25 °C
    expected_V = (16.748e-3 + 20e-6) * 1.001 - 0.659e-3 - 0.5 * slope
    assert site.world.value("tc", site.clock.elapsed()) == pytest.approx(expected_V, abs=1.1e-6)


def test_a_thermometer_gives_at_its_calibrations_current_what_its_certificate_says() -> None:
    thermometer = {**STD, "at": "bath", "stem_m": 0.0, "calibrated_at_A": 1e-3}
    site = Site({"baths": {"bath": {"at_C": 40.0, **QUIET}}, "thermometers": {"std": thermometer}})
    at_1_mA, none = (site.world.value("std", site.clock.elapsed(), amperes) for amperes in (1e-3, 1e-9))
    assert at_1_mA == pytest.approx(CERTIFIED.resistance_ohm(40.0), rel=1e-12)
    assert none < at_1_mA  # it is 20 K/W · 1 mA² · R colder without
