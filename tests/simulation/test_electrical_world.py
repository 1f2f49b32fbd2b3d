"""What arrives at a meter's terminals, against formulas worked by hand: dividers, Norton, rms, leads, emf, switches."""

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.clock import VirtualClock
from calib.drivers.simulation.drive import OPEN, Drive, Port, parallel
from calib.drivers.simulation.electrical import ElectricalFile, ElectricalWorld
from calib.drivers.simulation.environment import Disturbance, Environment, EnvironmentFile
from calib.drivers.simulation.kinds import Twin
from calib.drivers.simulation.lead import LeadFile
from calib.drivers.simulation.terminals import UNCONNECTED, Alternating, Terminals
from calib.errors import InputError


@dataclass
class Probe:
    """The input of a meter without a meter."""

    terminals: Terminals = UNCONNECTED


@dataclass
class Fixed:
    """A port that does what it is told."""

    does: Drive

    def drive(self, at_s: float) -> Drive:
        return self.does


@dataclass
class Small:
    """A world with one source, and probes on leads."""

    leads: dict[str, dict[str, Any]]
    source: Drive = OPEN
    file: dict[str, Any] = field(default_factory=dict)
    air: dict[str, Any] = field(default_factory=dict)
    seed: int = 1

    def build(self) -> tuple[ElectricalWorld, dict[str, Terminals]]:
        clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        air = Environment(EnvironmentFile.model_validate(self.air), clock)
        quiet = {"thermal_emf_V": 0.0, "short_emf_V": 0.0, "resistance_ohm": 0.0, "source": "source"}
        leads = {
            n: LeadFile.model_validate({"meter": n, "connected": "calibrator"} | quiet | x)
            for n, x in self.leads.items()
        }
        world = ElectricalWorld(ElectricalFile.model_validate(self.file), leads, clock, air, self.seed)
        probes = {name: Probe() for name in leads}
        port: Port = Fixed(self.source)
        nothing: Any = None
        world.join(
            {
                "source": Twin(nothing, outputs={"": port}),
                **{n: Twin(nothing, inputs={"": p}) for n, p in probes.items()},
            }
        )
        return world, {name: probe.terminals for name, probe in probes.items()}


def probe(source: Drive, **lead: Any) -> Terminals:
    return Small({"meter": lead}, source).build()[1]["meter"]


def test_a_voltage_is_divided_between_its_resistance_the_lead_and_the_input() -> None:
    """10 V behind 40 Ω, lead 10 Ω, input 950 Ω: 9.5 V; a bias current of 1 mA through 50 Ω ∥ 950 Ω adds 47.5 mV."""
    at = probe(Drive(40.0, dc_V=10.0), resistance_ohm=10.0)
    assert at.voltage(950.0, 0.0, 0.0) == pytest.approx(9.5)
    assert at.voltage(950.0, 1e-3, 0.0) == pytest.approx(9.5475)
    assert at.current(450.0, 0.0) == pytest.approx(0.02)


def test_insulation_is_beside_the_input() -> None:
    """1 MΩ behind 10 V, 100 MΩ input, 100 MΩ insulation: 50 MΩ of load."""
    at = probe(Drive(1e6, dc_V=10.0), insulation_ohm=1e8)
    assert at.voltage(1e8, 0.0, 0.0) == pytest.approx(10.0 * 50 / 51)


def test_a_current_divides_between_its_shunt_and_the_burden() -> None:
    """1 mA beside 1 MΩ into 1 kΩ: 1 mA · 1 MΩ / 1.001 MΩ; a voltmeter of 10 MΩ instead sees 1 mA · (1 ∥ 10) MΩ."""
    at = probe(Drive(1e6, dc_A=1e-3, compliance_V=1e6))
    assert at.current(1e3, 0.0) == pytest.approx(1e-3 / 1.001)
    assert at.voltage(1e7, 0.0, 0.0) == pytest.approx(1e-3 * 1e13 / 1.1e7)


def test_a_current_source_gives_way_at_its_compliance() -> None:
    """100 mA, at most 4 V: into 10 Ω it drives all of it, into 100 Ω 40 mA; the peak of a sine counts."""
    direct, sine = (
        probe(Drive(1e9, dc_A=0.1, compliance_V=4.0)),
        probe(Drive(1e9, rms_A=0.1, frequency_Hz=50, compliance_V=4.0)),
    )
    assert direct.current(10.0, 0.0) == pytest.approx(0.1, rel=1e-6)
    assert direct.current(100.0, 0.0) == pytest.approx(0.04, rel=1e-6)
    assert direct.voltage(1e7, 0.0, 0.0) == 4.0
    assert sine.ac_current(100.0, 0.0).rms == pytest.approx(0.04 / math.sqrt(2), rel=1e-6)


def test_a_voltage_source_gives_way_at_its_current() -> None:
    """10 V that gives at most 50 mA: 5 V on 100 Ω; a short circuit carries no more than that."""
    at = probe(Drive(0.001, dc_V=10.0, limit_A=0.05))
    assert at.voltage(100.0, 0.0, 0.0) == pytest.approx(5.0)
    assert at.voltage(1e6, 0.0, 0.0) == pytest.approx(10.0, rel=1e-6)
    assert at.current(1e-3, 0.0) == pytest.approx(0.05)


@pytest.mark.parametrize("hertz", [50.0, 1e3, 1e5])
def test_capacitance_loads_what_alternates(hertz: float) -> None:
    """1 kΩ source into 1 MΩ beside 100 pF of input and 50 pF of lead: |Z/(Z + R)| with Z = 1/(1/R + jωC)."""
    at = probe(Drive(1e3, rms_V=7.0, frequency_Hz=hertz), capacitance_F=50e-12)
    z = 1 / (1e-6 + 2j * cmath.pi * hertz * 150e-12)
    seen = at.ac_voltage(1e6, 100e-12, 0.0)
    assert seen.rms == pytest.approx(7.0 * abs(z / (z + 1e3)))
    assert (seen.frequency_Hz, at.frequency(0.0)) == (hertz, hertz)


def test_what_does_not_alternate_has_no_rms_and_no_frequency() -> None:
    at = probe(Drive(1.0, dc_V=10.0))
    assert at.ac_voltage(1e6, 1e-10, 0.0) == Alternating(0.0, 0.0)
    assert at.ac_current(0.1, 0.0) == Alternating(0.0, 0.0)
    assert at.frequency(0.0) == 0.0


def test_two_wires_see_the_leads_and_four_do_not() -> None:
    at = probe(Drive(100.0), resistance_ohm=0.2)
    assert at.resistance(2, 1e-3, 0.0) == pytest.approx(100.2)
    assert at.resistance(4, 1e-3, 0.0) == pytest.approx(100.0)


def test_an_emf_is_an_error_of_resistance_that_two_currents_cancel() -> None:
    """emf / I, whatever it is: at 1 mA and 0.5 mA the two readings extrapolate to the resistance without it."""
    world, ends = Small({"meter": {"thermal_emf_V": 5e-6}}, Drive(100.0)).build()
    emf_V = world.leads["meter"].contact.emf_V
    assert abs(emf_V) > 1e-8
    full, half = (ends["meter"].resistance(4, amperes, 0.0) for amperes in (1e-3, 0.5e-3))
    assert full == pytest.approx(100.0 + emf_V / 1e-3, abs=1e-9)
    assert 2 * full - half == pytest.approx(100.0, abs=1e-9)


def test_an_open_circuit_is_infinite_or_the_insulation() -> None:
    assert probe(Drive()).resistance(2, 1e-3, 0.0) == math.inf
    assert probe(Drive(), insulation_ohm=1e10).resistance(2, 1e-6, 0.0) == 1e10
    assert probe(Drive(1e9), insulation_ohm=1e10).resistance(4, 1e-9, 0.0) == pytest.approx(1e10 / 11)
    assert probe(Drive()).current(0.1, 0.0) == 0.0


def test_a_short_is_no_resistance_but_the_leads() -> None:
    at = probe(Drive(dc_V=10.0), connected="short", resistance_ohm=0.05)
    assert at.resistance(2, 1e-3, 0.0) == pytest.approx(0.05)
    assert at.resistance(4, 1e-3, 0.0) == pytest.approx(0.0)


def test_two_meters_on_one_source_load_each_other() -> None:
    """10 V behind 1 kΩ: an input of 10 GΩ sees the divider with another one of 10 MΩ beside it."""
    world, ends = Small({"one": {}, "two": {}}, Drive(1e3, dc_V=10.0)).build()
    alone_V = ends["one"].voltage(1e10, 0.0, 0.0)
    ends["two"].voltage(1e7, 0.0, 0.0)
    assert alone_V == pytest.approx(10.0 * 1e10 / (1e10 + 1e3), rel=1e-12)
    both_ohm = parallel(1e7, 1e10)
    assert ends["one"].voltage(1e10, 0.0, 0.0) == pytest.approx(10.0 * both_ohm / (both_ohm + 1e3), rel=1e-12)
    world.connect("two", "open")
    assert ends["one"].voltage(1e10, 0.0, 0.0) == alone_V


def shunt(**more: Any) -> dict[str, Any]:
    return {
        "components": {"shunt": {"kind": "resistor", "nominal_ohm": 10.0, "tolerance": 0.0, "fed_by": "source", **more}}
    }


def test_a_current_through_a_shunt_is_a_voltage_at_its_potential_terminals() -> None:
    """100 mA through 10 Ω: 1 V; loaded with 90 Ω, 10 Ω of internal resistance leave 0.9 V."""
    small = Small({"meter": {"connected": "shunt"}}, Drive(dc_A=0.1, rms_A=0.2, frequency_Hz=60.0), shunt())
    at = small.build()[1]["meter"]
    assert at.voltage(1e10, 0.0, 0.0) == pytest.approx(1.0, rel=1e-8)
    assert at.voltage(90.0, 0.0, 0.0) == pytest.approx(0.9)
    assert at.ac_voltage(1e10, 0.0, 0.0).rms == pytest.approx(2.0, rel=1e-8)
    assert at.ac_voltage(1e10, 0.0, 0.0).frequency_Hz == 60.0


def test_a_standards_true_value_is_rectangular_within_its_tolerance() -> None:
    file = {"components": {"r": {"kind": "resistor", "nominal_ohm": 1e4, "tolerance": 1e-5}}}
    worlds = [Small({}, file=file, seed=seed).build()[0] for seed in range(300)]
    errors = np.array([world.components["r"].value() / 1e4 - 1 for world in worlds])
    assert stats.kstest(errors, stats.uniform(-1e-5, 2e-5).cdf).pvalue > 1e-4
    assert stats.kstest(errors * 1.3, stats.uniform(-1e-5, 2e-5).cdf).pvalue < 1e-4


def test_a_standard_follows_the_temperature() -> None:
    file = {"components": {"z": {"kind": "cell", "nominal_V": 10.0, "tolerance": 0.0, "per_K": 1e-6}}}
    small = Small({"meter": {"connected": "z"}}, file=file, air={"temperature_C": 28.0})
    world, ends = small.build()
    value_V = world.components["z"].value()
    assert 0 < abs(value_V - 10.0) <= 50e-6
    assert ends["meter"].voltage(1e12, 0.0, 0.0) == pytest.approx(value_V, abs=1e-10)


def scanner(seed: int = 1) -> tuple[ElectricalWorld, Terminals]:
    file = {
        "components": {"z": {"kind": "cell", "nominal_V": 1.0, "tolerance": 0.0, "resistance_ohm": 0.0}},
        "switches": {"scanner": {"channels": {"1": "z", "2": "source", "3": "short"}, "resistance_ohm": 0.5}},
    }
    world, ends = Small({"meter": {"connected": "scanner"}}, Drive(0.0, dc_V=5.0), file, seed=seed).build()
    return world, ends["meter"]


def test_a_scanner_joins_one_channel_at_a_time_with_an_emf_of_its_own_that_stays() -> None:
    world, at = scanner()
    assert at.resistance(2, 1e-3, 0.0) == math.inf
    seen: dict[str, float] = {}
    for channel, volts in (("1", 1.0), ("2", 5.0), ("3", 0.0), ("1", 1.0)):
        world.connect("scanner", channel)
        emf_V = at.voltage(1e12, 0.0, 0.0) - volts
        assert 0 < abs(emf_V) <= 0.1e-6
        assert seen.setdefault(channel, emf_V) == pytest.approx(emf_V, abs=1e-15)
    assert len({round(emf_V, 12) for emf_V in seen.values()}) == 3
    assert world.joints == {"meter": "scanner", "scanner": "1"}
    world.connect("scanner", "3")
    assert at.resistance(4, 1.0, 0.0) == pytest.approx(0.5, abs=1e-6)


def test_what_cannot_be_moved_is_told() -> None:
    world, _ = scanner()
    with pytest.raises(InputError, match="a switch is at one of 1, 2, 3, open, not at '4'"):
        world.connect("scanner", "4")
    with pytest.raises(InputError, match="nothing called 'probe' can be moved; there are meter, scanner"):
        world.connect("probe", "short")
    with pytest.raises(InputError, match="one of calibrator, short, open, source, z, scanner, not to 'ground'"):
        world.connect("meter", "ground")


@pytest.mark.parametrize(
    ("shape", "law"),
    [
        ("step", lambda t: 2.0 * (1 - math.exp(-t / 60))),
        ("spike", lambda t: 2.0 * math.exp(-t / 60)),
        ("sine", lambda t: 2.0 * math.sin(2 * math.pi * t / 60)),
        ("ramp", lambda t: 2.0 * t / 3600),
    ],
)
def test_the_air_is_disturbed_as_told(shape: str, law: Callable[[float], float]) -> None:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    ahead = {"quantity": "temperature_C", "shape": shape, "size": 2.0, "at_s": 100.0}
    air = Environment(EnvironmentFile.model_validate({"disturbances": [ahead]}), clock)
    clock.sleep(20.0)
    air.disturb(Disturbance.model_validate({**ahead, "quantity": "pressure_Pa", "at_s": 10.0}))
    for _ in range(40):
        clock.sleep(7.3)
        passed_s = clock.elapsed() - 100.0
        assert air.temperature_C() == pytest.approx(23.0 + (law(passed_s) if passed_s >= 0 else 0.0))
        later_s = clock.elapsed() - 30.0
        assert air.pressure_Pa() == pytest.approx(101_325 + (law(later_s) if later_s >= 0 else 0.0), abs=1e-9)
