"""Standards without an interface, by drivers and hands, against formulas worked by hand: cells in opposition, resistors
by substitution, a coil with a clamp meter's jaws, frequency standards at counters."""

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.operated.meter import OperatorReadMeter
from calib.drivers.simulation import SimulatedBench, StatedRange, StatedTruth, StatedValue
from calib.drivers.simulation.bench_file import BenchFile
from calib.errors import FileError, InputError, InstrumentError
from calib.files import as_model

QUIET = {"noise_fraction": 0.0, "noise_floor_V": 0.0, "bias_A": 0.0, "ac_noise_fraction": 0.0, "zero_drift_V": 0.0}


def make(seed: int = 3, truths: Any = None, **tables: Any) -> SimulatedBench:
    file = as_model({"format": "calib-simulation/1", **tables}, BenchFile, "test")
    return SimulatedBench(file, clock=VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)), seed=seed, truths=truths)


def driver(bench: SimulatedBench, name: str) -> Any:
    kind = bench.file.instruments[name].kind
    return find_driver(kind)(bench.open(f"MEMORY::{name}"), bench.clock)


def offset(range_: float, error: float) -> StatedTruth:
    return StatedTruth(model="stated", ranges={range_: StatedRange(points=((0.0, error),))})


# Two 10 V standards, 3.5 mV apart, in opposition at a nanovoltmeter.
def opposed(contact_V: float = 0.0, **lead: Any) -> SimulatedBench:
    """The meter's zero is off by 40 µV, the cells are 10.0020 V and 9.9985 V."""
    cell = {"kind": "cell", "nominal_V": 10.0, "resistance_ohm": 100.0}
    joints = {"kind": "opposition", "plus": "X", "minus": "S", "thermal_emf_V": contact_V}
    switch = {"channels": {"+": "pair", "-": "-pair"}, "closed": "+", "thermal_emf_V": 0.0}
    return make(
        instruments={"meter": {"kind": "keithley-2182a", "serial_number": "SIM1", "input": QUIET}},
        components={"X": cell, "S": cell, "pair": joints},
        switches={"reversing": switch},
        lead={"meter": "meter", "connected": "reversing", "thermal_emf_V": 5e-6, **lead},
        truths={"X": StatedValue(value=10.0020), "S": StatedValue(value=9.9985), "meter": {"dc_voltage": ZERO}},
    )


ZERO = offset(0.01, 40e-6)


def read_both_ways(bench: SimulatedBench, joint: str, ways: tuple[str, str]) -> tuple[float, float]:
    meter = driver(bench, "meter")
    meter.configure_dc_voltage(0.01, 5.0)
    found = []
    for way in ways:
        bench.connect(way, joint)
        found.append(meter.read_dc_voltage())
    return found[0], found[1]


def test_a_reversing_switch_takes_out_the_meters_zero_and_the_leads_emf() -> None:
    """Forward d + e + z, reversed −d + e + z: half the difference is d = 3.5 mV, half the sum what the meter adds."""
    bench = opposed()
    forward, backward = read_both_ways(bench, "reversing", ("+", "-"))
    assert (forward - backward) / 2 == pytest.approx(3.5e-3, abs=2e-9)
    assert (forward + backward) / 2 == pytest.approx(40e-6 + bench.truth.thermal_emf(), abs=2e-9)
    assert abs(bench.truth.thermal_emf()) > 1e-8


def test_an_emf_on_the_cells_side_of_the_reversal_turns_round_with_them() -> None:
    bench = opposed(contact_V=2e-6)
    forward, backward = read_both_ways(bench, "reversing", ("+", "-"))
    assert abs(bench.truth.component("pair")) > 1e-8
    assert (forward - backward) / 2 == pytest.approx(3.5e-3 + bench.truth.component("pair"), abs=2e-9)


def test_hands_that_reverse_the_lead_make_new_contacts() -> None:
    bench = opposed()
    meter = driver(bench, "meter")
    meter.configure_dc_voltage(0.01, 5.0)
    found, emfs = [], []
    for way in ("pair", "-pair"):
        bench.connect(way, "lead")
        found.append(meter.read_dc_voltage())
        emfs.append(bench.truth.thermal_emf())
    assert emfs[0] != emfs[1]
    assert (found[0] - found[1]) / 2 == pytest.approx(3.5e-3 + (emfs[0] - emfs[1]) / 2, abs=2e-9)


def test_a_reversed_lead_reads_the_other_sign() -> None:
    source = {"kind": "fluke-5522a", "serial_number": "SIM1"}
    meter = {"kind": "hp-34401a", "serial_number": "SIM2", "specification": "hp-34401a", "input": QUIET}
    bench = make(
        instruments={"source": source, "meter": meter},
        lead={"meter": "meter", "source": "source", "connected": "-calibrator"},
    )
    reader, calibrator = driver(bench, "meter"), driver(bench, "source")
    reader.configure_dc_voltage(10.0, 10.0)
    calibrator.source_dc_voltage(5.0)
    assert reader.read_dc_voltage() == pytest.approx(-5.0, rel=1e-3)
    assert bench.state()["joints"]["lead"] == "-calibrator"


# Resistance by substitution.
def test_a_resistor_is_known_from_another_one_on_the_same_meter() -> None:
    """R_X = R_S · (reading X / reading S), whatever the meter's gain; the leads of four wires do not count."""
    gain = StatedTruth(model="stated", ranges={20000.0: StatedRange(points=((0.0, 0.0), (2e4, 2.0)))})
    bench = make(
        instruments={"meter": {"kind": "fluke-8508a", "serial_number": "SIM1", "input": QUIET}},
        components={n: {"kind": "resistor", "nominal_ohm": 1e4} for n in ("S", "X")},
        switches={"scanner": {"channels": {"1": "S", "2": "X"}, "resistance_ohm": 0.3, "thermal_emf_V": 0.0}},
        lead={"meter": "meter", "connected": "scanner", "thermal_emf_V": 0.0},
        truths={"S": StatedValue(value=9999.97), "X": StatedValue(value=10000.42), "meter": {"resistance": gain}},
    )
    meter = driver(bench, "meter")
    meter.configure_resistance(20000.0, 10.0, wires=4)
    read = {}
    for channel, name in (("1", "S"), ("2", "X"), ("1", "S again")):
        bench.connect(channel, "scanner")
        read[name] = meter.read_resistance()
    assert read["S"] == pytest.approx(read["S again"], abs=1e-3)
    assert read["S"] == pytest.approx((9999.97 + 0.3) * 1.0001, abs=2e-3)
    ratio = read["X"] / read["S"]
    assert 9999.97 * ratio == pytest.approx(10000.42, abs=2e-3)


def test_a_drawn_resistor_ages_and_follows_the_air() -> None:
    years, drawn = 365.25 * 86400, {"kind": "resistor", "nominal_ohm": 100.0, "tolerance": 0.0}
    meter = {"kind": "hp-34401a", "serial_number": "SIM1", "specification": "hp-34401a"}
    aged = [
        make(s, instruments={"meter": meter}, components={"R": {**drawn, "drift_ppm_per_year": 10.0}})
        for s in range(40)
    ]
    for bench in aged:
        bench.clock.sleep(2 * years)
    drifts = np.array([bench.truth.component("R") for bench in aged])
    assert np.max(np.abs(drifts - 100.0)) <= 100.0 * 20e-6
    assert np.std(drifts) == pytest.approx(100.0 * 20e-6 / math.sqrt(3), rel=0.3)


# A coil of 50 turns in the jaws of a clamp meter.
def clamped(**coil: Any) -> SimulatedBench:
    """A clamp meter that shows 3 A too much in its highest range."""
    zero, three = (StatedRange(points=((0.0, error),)) for error in (0.0, 3.0))
    errors = StatedTruth(model="stated", ranges={40.0: zero, 400.0: zero, 1000.0: three})
    return make(
        instruments={
            "source": {"kind": "fluke-5522a", "serial_number": "SIM1", "output": {"noise_fraction": 0.0}},
            "clamp": {"kind": "clamp-meter", "serial_number": "SIM2", "input": QUIET},
        },
        components={"coil": {"kind": "coil", "turns": 50.0, "fed_by": "source.aux", **coil}},
        leads={"jaws": {"meter": "clamp", "connected": "coil", "jaws": {"position": 0.01, "external_A": 0.2}}},
        truths={
            "coil": StatedValue(value=50.03),
            "source": {"dc_current": offset(11.0, 0.0), "ac_current": offset(20.5, 0.0)},
            "clamp": {"dc_current": errors, "ac_current": errors},
        },
    )


def shown_A(bench: SimulatedBench, function: str, range_A: float = 1000.0) -> float:
    bench.panel("clamp", f"CONF {function},{range_A:g}")
    return float(bench.panel("clamp", "READ?"))


@pytest.mark.parametrize("function", ["dc_current", "ac_current"])
def test_jaws_see_the_current_times_the_effective_turns(function: str) -> None:
    bench = clamped()
    source = driver(bench, "source")
    source.source_dc_current(10.0) if function == "dc_current" else source.source_ac_current(10.0, 50.0)
    contact = bench.electrical.leads["jaws"].contact
    external_A = contact.external_A if function == "dc_current" else 0.0
    assert abs(contact.position) > 1e-5
    assert 0 < abs(contact.external_A) <= 0.2
    embraced = bench.electrical.nodes["coil"].drive(bench.clock.elapsed())
    assert embraced.dc_A + embraced.rms_A == pytest.approx(500.3, abs=0.005)
    wanted_A = 500.3 * (1 + contact.position) + external_A + 3.0
    assert shown_A(bench, function) == pytest.approx(wanted_A, abs=0.51)


def test_jaws_round_nothing_see_the_field_from_outside_and_each_closing_is_another_position() -> None:
    bench = clamped()
    driver(bench, "source").source_dc_current(10.0)
    first = bench.electrical.leads["jaws"].contact
    bench.connect("open", "jaws")
    external_A = bench.electrical.leads["jaws"].contact.external_A
    assert shown_A(bench, "dc_current", 40.0) == pytest.approx(external_A, abs=0.0051)
    bench.connect("coil", "jaws")
    assert bench.electrical.leads["jaws"].contact.position != first.position
    bench.connect("-coil", "jaws")
    assert shown_A(bench, "dc_current") == pytest.approx(-500.3 + 3.0, abs=6.0)


def test_a_zeroed_clamp_meter_takes_the_field_off_until_its_knob_is_turned() -> None:
    bench = clamped()
    clamp = OperatorReadMeter(bench.open("MEMORY::clamp"), bench.clock)
    bench.connect("open", "jaws")
    clamp.configure_dc_current(40.0)
    field_A = clamp.read_dc_current()
    assert abs(field_A) > 0.009
    clamp.adjust_zero()
    assert clamp.read_dc_current() == pytest.approx(0.0, abs=1e-9)
    clamp.configure_dc_current(40.0)
    assert clamp.read_dc_current() == pytest.approx(0.0, abs=1e-9)
    clamp.configure_dc_current(400.0)
    clamp.configure_dc_current(40.0)
    assert clamp.read_dc_current() == field_A


def test_a_coil_of_high_impedance_is_too_much_for_the_source() -> None:
    """10 A through 0.1 Ω and 2π · 400 Hz · 1 mH = 2.51 Ω would need 36 V of peak; 4 V drive 1.126 A, times 50.03."""
    bench = clamped(resistance_ohm=0.1, inductance_H=1e-3)
    source = driver(bench, "source")
    source.source_ac_current(10.0, 400.0)
    ampere = 4.0 / math.sqrt(2) / math.hypot(0.1, 2 * math.pi * 400.0 * 1e-3)
    position = bench.electrical.leads["jaws"].contact.position
    assert shown_A(bench, "ac_current", 400.0) == pytest.approx(50.03 * ampere * (1 + position), abs=0.06)


# Frequency standards at counters.
def counted(name: str, standard: dict[str, Any], **truths: Any) -> SimulatedBench:
    return make(
        instruments={"counter": {"kind": name, "serial_number": "SIM1", "single_shot_s": 0.0}},
        components={
            "gps": {"kind": "oscillator", **standard},
            "quartz": {"kind": "oscillator", "nominal_Hz": 5e6, "tolerance": 1e-6},
        },
        leads={"signal": {"meter": "counter"}, "reference": {"meter": "counter.reference"}},
        truths=truths,
    )


COUNTERS = ["hp-53131a", "keysight-53230a"]


@pytest.mark.parametrize("name", COUNTERS)
def test_a_frequency_standard_shows_the_error_of_the_counters_own_time_base(name: str) -> None:
    """A time base that is too slow by 3e-7 counts too much: 10 MHz · (1 + 3e-7); a year of aging adds 1e-7."""
    own = StatedRange(points=((0.0, 0.0), (1e10, 3e-7 * 1e10)), drift_ppm_per_year=0.1)
    bench = counted(
        name,
        {},
        gps=StatedValue(value=10e6 * (1 + 2e-12)),
        counter={"frequency": StatedTruth(model="stated", ranges={1e6: own})},
    )
    counter = driver(bench, "counter")
    bench.connect("gps", "signal")
    counter.use_internal_time_base()
    counter.configure_frequency(1.0)
    assert counter.read_frequency() / 10e6 - 1 == pytest.approx(3e-7, abs=2e-10)
    assert bench.truth.indication_error("frequency", 1e6, 10e6) == pytest.approx(3.0, rel=1e-6)
    bench.clock.sleep(365.25 * 86400)
    assert counter.read_frequency() / 10e6 - 1 == pytest.approx(4e-7, abs=2e-10)


@pytest.mark.parametrize("name", COUNTERS)
def test_by_a_reference_a_counter_finds_the_ratio_of_the_two(name: str) -> None:
    """A reference that is too fast by 5e-8 makes an oscillator of 5 MHz · (1 + 8e-7) look too slow by as much."""
    bench = counted(name, {}, gps=StatedValue(value=10e6 * (1 + 5e-8)), quartz=StatedValue(value=5e6 * (1 + 8e-7)))
    counter = driver(bench, "counter")
    bench.connect("quartz", "signal")
    bench.connect("gps", "reference")
    counter.use_external_time_base()
    counter.configure_frequency(1.0)
    assert counter.read_frequency() / 5e6 == pytest.approx((1 + 8e-7) / (1 + 5e-8), abs=2e-10)


def test_one_text_moves_several_leads() -> None:
    bench = counted("keysight-53230a", {})
    bench.connect("signal=quartz, reference=gps")
    assert bench.state()["joints"] == {"signal": "quartz", "reference": "gps"}
    with pytest.raises(InputError, match="nothing called 'lead'"):
        bench.connect("lead=gps")


def test_a_knob_that_is_not_there_is_an_error() -> None:
    bench = clamped()
    with pytest.raises(InputError, match="'CONF weight,1' cannot be done"):
        bench.panel("clamp", "CONF weight,1")
    assert float(bench.panel("clamp", "READ?")) == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize("node", ["open", "quartz"])
def test_what_a_counter_cannot_be_locked_to_is_told(node: str) -> None:
    bench = counted("keysight-53230a", {}, quartz=StatedValue(value=5.1e6))
    bench.connect(node, "reference")
    with pytest.raises(InstrumentError, match="reference input"):
        driver(bench, "counter").use_external_time_base()


def test_noise_of_an_oscillator_is_its_allan_deviation() -> None:
    """White frequency noise: σ_y(τ) = σ_y(1 s)/√τ; 300 readings of 0.1 s tell it to within 4 · 1/√(2·300)."""
    bench = counted("keysight-53230a", {"allan_1s": 1e-9, "tolerance": 0.0})
    counter = driver(bench, "counter")
    bench.connect("gps", "signal")
    counter.configure_frequency(0.1)
    y = np.array([counter.read_frequency() for _ in range(300)]) / 10e6
    allan = math.sqrt(np.mean(np.diff(y) ** 2) / 2)
    assert allan == pytest.approx(1e-9 / math.sqrt(0.1), rel=4 / math.sqrt(600))


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ({"kind": "opposition", "plus": "nobody", "minus": "c"}, r"components.c.plus.*'nobody'"),
        ({"kind": "coil", "turns": 50.0, "fed_by": "meter"}, r"components.c.fed_by.*'meter'"),
        ({"kind": "opposition", "plus": "c", "minus": "c"}, "fed by itself"),
    ],
)
def test_what_feeds_a_component_must_be_there(component: dict[str, Any], message: str) -> None:
    meter = {"kind": "hp-34401a", "serial_number": "SIM1"}
    with pytest.raises(FileError, match=message):
        make(instruments={"meter": meter}, components={"c": component})
