"""Source and meter in every function and in either role: a reading is the nominal value and the two true errors.

The bench is asked for both errors by one interface; what is left is the noise and the least digit.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers import find_driver
from calib.drivers.operated.meter import OperatorReadMeter
from calib.drivers.operated.process_calibrator import OperatorSetCalibrator
from calib.drivers.roles import (
    AcAmmeter,
    AcVoltmeter,
    DcAmmeter,
    DcCurrentSource,
    DcVoltageSource,
    DcVoltmeter,
    FrequencyCounter,
    Ohmmeter,
    ResistanceSource,
)
from calib.drivers.simulation import SimulatedBench, StatedRange, StatedTruth
from calib.drivers.simulation.bench_file import BenchFile
from calib.errors import OutOfRange
from calib.files import as_model

QUIET = {"noise_fraction": 0.0, "noise_floor_V": 0.0, "bias_A": 0.0, "ac_noise_fraction": 0.0}
IDEAL = {"noise_fraction": 0.0, "resistance_ohm": 0.0}


def bench(seed: int = 8, truths: Any = None, **tables: Any) -> SimulatedBench:
    file = as_model({"format": "calib-simulation/1", **tables}, BenchFile, "test")
    return SimulatedBench(file, clock=VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)), seed=seed, truths=truths)


def with_item(kind: str, **lead: Any) -> SimulatedBench:
    return bench(
        instruments={
            "source": {"kind": "fluke-5522a", "serial_number": "SIM1", "output": IDEAL},
            "item": {"kind": kind, "serial_number": "SIM2", "input": QUIET},
        },
        lead={"meter": "item", "source": "source", "resistance_ohm": 0.0, "thermal_emf_V": 0.0, **lead},
    )


def open_source(on: SimulatedBench) -> Any:
    return find_driver("fluke-5522a")(on.open("MEMORY::source"), on.clock)


def test_a_hand_held_meter_has_every_role_of_one() -> None:
    on = with_item("hand-held-multimeter")
    item = OperatorReadMeter(on.open("MEMORY::item"), on.clock)
    for role in (DcVoltmeter, AcVoltmeter, DcAmmeter, AcAmmeter, Ohmmeter, FrequencyCounter):
        assert isinstance(item, role)


@pytest.mark.parametrize(
    ("function", "range_", "nominal", "hertz", "step"),
    [
        ("dc_voltage", 6.0, 5.4, 0.0, 1e-3),
        ("dc_voltage", 600.0, -540.0, 0.0, 0.1),
        ("ac_voltage", 6.0, 5.4, 50.0, 1e-3),
        ("ac_voltage", 600.0, 300.0, 900.0, 0.1),
        ("dc_current", 0.06, 0.054, 0.0, 1e-5),
        ("ac_current", 0.6, 0.3, 60.0, 1e-4),
        ("resistance", 6e3, 5.4e3, 0.0, 1.0),
    ],
)
def test_a_hand_held_meter_shows_nominal_and_both_errors_in_its_steps(
    function: Any, range_: float, nominal: float, hertz: float, step: float
) -> None:
    """Half a step at most is left; the limits of the generic specification, ± (% + counts), hold the item's part."""
    on = with_item("hand-held-multimeter")
    source, item = open_source(on), OperatorReadMeter(on.open("MEMORY::item"), on.clock)
    on.connect("source.aux" if "current" in function else "calibrator")
    configure, put_out = getattr(item, f"configure_{function}"), getattr(source, f"source_{function}")
    configure(range_)
    if function == "resistance":
        put_out(nominal, wires=2)
    elif hertz:
        put_out(nominal, hertz)
    else:
        put_out(nominal)
    shown = getattr(item, f"read_{function}")()
    assert shown == pytest.approx(round(shown / step) * step, abs=1e-9 * range_)
    error = on.truth.error_of_indication(function, range_, nominal, frequency_Hz=hertz)
    of_source = on.truth.source_error(function, nominal, frequency_Hz=hertz)
    assert error != 0 != of_source
    loading = 2e-6 * nominal if "voltage" in function else 1e-6 * nominal
    assert shown == pytest.approx(nominal + of_source + error, abs=0.5 * step + abs(loading))
    limits = {"dc_voltage": (0.5, 3), "ac_voltage": (1.0 if hertz <= 500 else 2.0, 5), "resistance": (0.9, 2)}
    percent, counts = limits.get(function, (1.0 if function == "dc_current" else 1.5, 3))
    assert abs(error) <= percent / 100 * abs(nominal) + counts * step


def test_a_hand_held_meter_counts_frequency() -> None:
    on = with_item("hand-held-multimeter")
    source, item = open_source(on), OperatorReadMeter(on.open("MEMORY::item"), on.clock)
    on.connect("calibrator")
    source.source_ac_voltage(5.0, 5000.0)
    item.configure_frequency()
    true_Hz = 5000.0 + on.truth.source_error("frequency", 5000.0)
    error_Hz = on.truth.indication_error("frequency", 6000.0, true_Hz)
    assert error_Hz != 0
    assert item.read_frequency() == pytest.approx(true_Hz + error_Hz, abs=0.051)


@pytest.mark.parametrize("wires", [2, 4])
def test_leads_of_two_wires_belong_to_the_item_only_where_that_is_said(wires: Any) -> None:
    on = with_item("hp-34401a", resistance_ohm=0.3)
    source = open_source(on)
    item: Any = find_driver("hp-34401a")(on.open("MEMORY::item"), on.clock)
    on.connect("calibrator")
    item.configure_resistance(1000.0, 10.0, wires=wires)
    true_ohm = source.source_resistance(500.0, wires=wires) + on.truth.source_error("resistance", 500.0)
    leads_ohm = on.truth.lead_resistance() if wires == 2 else 0.0
    error_ohm = on.truth.indication_error("resistance", 1000.0, true_ohm, leads_ohm=leads_ohm)
    assert item.read_resistance() == pytest.approx(true_ohm + error_ohm, abs=2e-3)
    bare_ohm = on.truth.indication_error("resistance", 1000.0, true_ohm)
    assert error_ohm - bare_ohm == pytest.approx(0.3 if wires == 2 else 0.0, rel=1e-2)


# The calibrator as the item, by a reference multimeter.
@pytest.mark.parametrize(
    ("kind", "ranges_V"),
    [
        ("fluke-8588a", (1.0, 10.0, 100.0, 1000.0)),
        ("keysight-3458a", (1.0, 10.0, 100.0, 1000.0)),
        ("fluke-8508a", (2.0, 20.0, 200.0, 1000.0)),
    ],
)
def test_a_calibrator_is_calibrated_by_a_reference_multimeter(kind: str, ranges_V: tuple[float, ...]) -> None:
    """What it puts out in each range, ±, as the meter reads it less the meter's own error: nominal and its error."""
    on = bench(
        instruments={
            "item": {
                "kind": "fluke-5522a",
                "serial_number": "SIM1",
                "output": IDEAL,
                "truth": {"model": "linear", "share": 0.5},
            },
            "reference": {"kind": kind, "serial_number": "SIM2", "input": QUIET},
        },
        lead={"meter": "reference", "source": "item", "connected": "calibrator", "thermal_emf_V": 0.0},
    )
    item = find_driver("fluke-5522a")(on.open("MEMORY::item"), on.clock)
    reference: Any = find_driver(kind)(on.open("MEMORY::reference"), on.clock)
    assert isinstance(item, DcVoltageSource)
    seen = set()
    for range_V in ranges_V:
        reference.configure_dc_voltage(range_V, 10.0)
        for nominal_V in (0.9 * range_V, -0.9 * range_V):
            item.source_dc_voltage(nominal_V)
            error_V = on.truth.source_error("dc_voltage", nominal_V, name="item")
            own_V = on.truth.indication_error("dc_voltage", range_V, nominal_V + error_V, name="reference")
            loading_V = abs(nominal_V) * on.truth.lead_resistance() / 1e7
            read_V = reference.read_dc_voltage()
            assert read_V - own_V == pytest.approx(nominal_V + error_V, abs=6e-7 * range_V + loading_V)
            seen.add(error_V)
    assert len(seen) == 2 * len(ranges_V)


# A process calibrator, in both directions.
def process(truths: Any = None) -> SimulatedBench:
    return bench(
        truths=truths,
        instruments={
            "source": {"kind": "fluke-5522a", "serial_number": "SIM1", "output": IDEAL},
            "reference": {"kind": "fluke-8588a", "serial_number": "SIM2", "input": QUIET},
            "item": {"kind": "process-calibrator", "serial_number": "SIM3", "input": QUIET, "output": IDEAL},
        },
        leads={
            "measuring": {"meter": "item", "resistance_ohm": 0.0, "thermal_emf_V": 0.0},
            "reference": {"meter": "reference", "resistance_ohm": 0.0, "thermal_emf_V": 0.0},
        },
    )


def open_item(on: SimulatedBench) -> OperatorSetCalibrator:
    return OperatorSetCalibrator(on.open("MEMORY::item"), on.clock)


def test_a_process_calibrator_has_the_roles_of_source_and_meter() -> None:
    item = open_item(process())
    for role in (DcVoltageSource, DcCurrentSource, ResistanceSource, DcVoltmeter, DcAmmeter, Ohmmeter):
        assert isinstance(item, role)


@pytest.mark.parametrize(
    ("function", "node", "range_", "nominal"),
    [
        ("dc_voltage", "item.source", 10.0, 5.0),
        ("dc_voltage", "item.source", 0.1, -0.05),
        ("dc_current", "item.source_mA", 0.1, 0.02),
        ("resistance", "item.source", 1e3, 350.0),
    ],
)
def test_what_a_process_calibrator_puts_out_a_reference_meter_reads(
    function: Any, node: str, range_: float, nominal: float
) -> None:
    on = process()
    item = open_item(on)
    reference: Any = find_driver("fluke-8588a")(on.open("MEMORY::reference"), on.clock)
    on.connect(node, "reference")
    if function == "resistance":
        reference.configure_resistance(range_, 10.0, wires=4)
        item.source_resistance(nominal)
    else:
        getattr(reference, f"configure_{function}")(range_, 10.0)
        getattr(item, f"source_{function}")(nominal)
    error = on.truth.source_error(function, nominal, name="item")
    own = on.truth.indication_error(function, range_, nominal + error, name="reference")
    read = getattr(reference, f"read_{function}")()
    assert error != 0
    assert read == pytest.approx(nominal + error + own, rel=2e-6)
    item.standby()
    assert on.electrical.nodes[node].drive(on.clock.elapsed()).is_open


@pytest.mark.parametrize(
    ("function", "node", "range_", "nominal", "step"),
    [
        ("dc_voltage", "source", 30.0, 24.0, 1e-3),
        ("dc_current", "source.aux", 0.024, 0.012, 1e-6),
        ("resistance", "source", 400.0, 138.0, 0.01),
    ],
)
def test_what_a_process_calibrator_measures_is_what_a_calibrator_puts_out(
    function: Any, node: str, range_: float, nominal: float, step: float
) -> None:
    on = process()
    item, source = open_item(on), open_source(on)
    on.connect(node, "measuring")
    getattr(item, f"configure_{function}")(range_)
    source.source_resistance(nominal, wires=2) if function == "resistance" else getattr(source, f"source_{function}")(
        nominal
    )
    true = nominal + on.truth.source_error(function, nominal, name="source")
    error = on.truth.indication_error(function, range_, true, name="item")
    assert error != 0
    assert getattr(item, f"read_{function}")() == pytest.approx(true + error, abs=0.51 * step)


def test_a_process_calibrator_errs_by_another_law_in_each_direction() -> None:
    """Its output is 3 mV too high, its indication 20 mV too low."""
    out, shown = (
        StatedTruth(model="stated", ranges={range_V: StatedRange(points=((0.0, error_V),))})
        for range_V, error_V in ((10.0, 3e-3), (30.0, -20e-3))
    )
    on = process({"item": {"source_dc_voltage": out, "dc_voltage": shown}})
    item = open_item(on)
    reference: Any = find_driver("fluke-8588a")(on.open("MEMORY::reference"), on.clock)
    on.connect("item.source", "reference")
    on.connect("item.source", "measuring")
    reference.configure_dc_voltage(10.0, 10.0)
    item.configure_dc_voltage(30.0)
    item.source_dc_voltage(8.0)
    assert reference.read_dc_voltage() == pytest.approx(8.003, abs=2e-4)
    assert item.read_dc_voltage() == pytest.approx(7.983, abs=0.6e-3)


def test_a_process_calibrator_refuses_what_is_beyond_the_limit_that_it_was_given() -> None:
    item = open_item(process())
    item.limit_dc_voltage(5.0)
    with pytest.raises(OutOfRange, match="up to ± 5 V"):
        item.source_dc_voltage(6.0)
    assert item.is_operating()  # nobody has said yet that it is off
    item.safe()
    assert not item.is_operating()
    item.source_dc_voltage(4.0)
    assert item.is_operating()
