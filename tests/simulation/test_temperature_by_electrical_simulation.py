"""A calibrator stands for thermocouples and resistance thermometers at an operator-read indicator (EURAMET cg-11).

Reference values: IEC 60584-1 and IEC 60751, as printed: type K 4.096 mV at 100 °C, 0.919 mV at 23 °C, 24.905 mV at
600 °C; Pt100 138.51 Ω at 100 °C, 60.26 Ω at −100 °C.
"""

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.operated.temperature_indicator import OperatorReadIndicator
from calib.drivers.roles import RtdSource, TemperatureIndicator, ThermocoupleSource
from calib.drivers.simulation import SimulatedBench, StatedRange, StatedTruth
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.environment import Disturbance
from calib.errors import DeviceError, Overload
from calib.files import as_model
from calib.specification import load_specification

QUIET = {"noise_fraction": 0.0, "noise_floor_V": 0.0, "bias_A": 0.0, "terminal_rise_K": 2.0}
FINE = 0.001


def flat(range_: float, error: float) -> StatedTruth:
    return StatedTruth(model="stated", ranges={range_: StatedRange(points=((0.0, error),))})


def bench(
    *, source: dict[str, Any] | None = None, indicator: dict[str, Any] | None = None, step_K: float = FINE, **lead: Any
) -> SimulatedBench:
    """Without any error but those given; the calibrator's terminals are at 23.3 °C, the indicator's at 25 °C."""
    tables = {
        "format": "calib-simulation/1",
        "environment": {"temperature_C": 23.0},
        "instruments": {
            "source": {"kind": "fluke-5522a", "serial_number": "SIM1", "output": {"noise_fraction": 0.0}},
            "indicator": {
                "kind": "temperature-indicator",
                "serial_number": "SIM2",
                "input": QUIET,
                "resolution_K": step_K,
            },
        },
        "lead": {
            "meter": "indicator",
            "source": "source.tc",
            "connected": "calibrator",
            "thermal_emf_V": 0.0,
            "resistance_ohm": 0.0,
            **lead,
        },
    }
    no_error = {
        "source": {"thermocouple": flat(0.33, 0.0), "reference_junction": flat(50.0, 0.0)}
        | {"resistance": StatedTruth(model="stated", ranges=dict.fromkeys((11.0, 33.0, 110.0, 330.0, 1100.0), ZERO))},
        "indicator": {
            "thermocouple": flat(0.1, 0.0),
            "reference_junction": flat(50.0, 0.0),
            "resistance": StatedTruth(model="stated", ranges={400.0: ZERO, 4000.0: ZERO}),
        },
    }
    given = {"source": source or {}, "indicator": indicator or {}}
    truths: Any = {name: laws | given[name] for name, laws in no_error.items()}
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=4, truths=truths)


ZERO = StatedRange(points=((0.0, 0.0),))
WIRE_K: dict[str, Any] = {"thermocouple": {"type": "K"}}


def drivers(on: SimulatedBench) -> tuple[Fluke5522A, OperatorReadIndicator]:
    return (
        Fluke5522A(on.open("MEMORY::source"), on.clock),
        OperatorReadIndicator(on.open("MEMORY::indicator"), on.clock),
    )


def test_the_drivers_fill_the_roles() -> None:
    source, indicator = drivers(bench())
    assert isinstance(source, ThermocoupleSource)
    assert isinstance(source, RtdSource)
    assert isinstance(indicator, TemperatureIndicator)


@pytest.mark.parametrize(
    ("nominal_C", "printed_V"), [(100.0, 4.096e-3), (600.0, 24.905e-3), (0.0, 0.0), (-100.0, -3.554e-3)]
)
def test_copper_leads_carry_the_emf_referred_to_0_C(nominal_C: float, printed_V: float) -> None:
    on = bench()
    source, indicator = drivers(on)
    source.source_thermocouple("K", nominal_C, reference_C=0.0)
    at_jack = on.electrical.nodes["source.tc"].drive(on.clock.elapsed())
    assert at_jack.dc_V == pytest.approx(printed_V, abs=0.5e-6)
    indicator.configure_thermocouple("K", compensated=False)
    assert indicator.read_temperature_C() == pytest.approx(nominal_C, abs=FINE)


@pytest.mark.parametrize("kind", ["B", "E", "J", "K", "N", "R", "S", "T"])
def test_thermocouple_wire_carries_the_compensation_of_both_ends(kind: Any) -> None:
    """Terminals at 23.3 °C and 25 °C: the calibrator takes its own off, the wire adds the step, the item its own."""
    on = bench(thermocouple={"type": kind})
    source, indicator = drivers(on)
    nominal_C = {"B": 1200.0, "T": 300.0}.get(kind, 700.0)
    source.source_thermocouple(kind, nominal_C, reference_C=None)
    indicator.configure_thermocouple(kind)
    assert indicator.read_temperature_C() == pytest.approx(nominal_C, abs=2 * FINE)


def test_a_junction_in_ice_between_copper_and_the_indicators_wire() -> None:
    on = bench(thermocouple={"type": "K", "junction_C": 0.0})
    source, indicator = drivers(on)
    source.source_thermocouple("K", 500.0, reference_C=0.0)
    indicator.configure_thermocouple("K")
    assert indicator.read_temperature_C() == pytest.approx(500.0, abs=2 * FINE)


def test_copper_to_a_compensated_indicator_shows_its_terminals_on_top() -> None:
    """25 °C of terminals are 1.000 mV of type K: 4.096 mV + 1.000 mV is what 124.3 °C gives."""
    source, indicator = drivers(bench())
    source.source_thermocouple("K", 100.0, reference_C=0.0)
    indicator.configure_thermocouple("K")
    assert indicator.read_temperature_C() == pytest.approx(124.3, abs=0.1)


def test_errors_of_the_two_junction_sensors_come_through_by_the_slopes() -> None:
    """Calibrator's sensor + 0.2 K, indicator's + 0.5 K at 500 °C, type K: (−0.2 · S(23.3) + 0.5 · S(25)) / S(500).

    Slopes in µV/K by the printed tables: (0.960 − 0.919) mV between 23 and 24 °C, 42.6 µV/K at 500 °C.
    """
    on = bench(
        source={"reference_junction": flat(50.0, 0.2)}, indicator={"reference_junction": flat(50.0, 0.5)}, **WIRE_K
    )
    source, indicator = drivers(on)
    source.source_thermocouple("K", 500.0, reference_C=None)
    indicator.configure_thermocouple("K")
    shown_C = indicator.read_temperature_C()
    assert shown_C - 500.0 == pytest.approx((-0.2 * 40.5 + 0.5 * 40.6) / 42.6, abs=0.003)
    of_source = on.truth.source_temperature_error("thermocouple.K.internal", 500.0)
    of_item = on.truth.temperature_error("thermocouple.K.internal", 500.0, name="indicator")
    assert of_source == pytest.approx(-0.2 * 40.5 / 42.6, abs=0.002)
    assert of_item == pytest.approx(0.5 * 40.6 / 42.6, abs=0.002)
    assert shown_C - 500.0 == pytest.approx(of_source + of_item, abs=FINE)


def test_errors_of_voltage_come_through_by_the_slope() -> None:
    """+ 8.5 µV of the calibrator, − 4.26 µV of the indicator at 500 °C, 42.6 µV/K: + 0.1 K."""
    on = bench(source={"thermocouple": flat(0.33, 8.52e-6)}, indicator={"thermocouple": flat(0.1, -4.26e-6)})
    source, indicator = drivers(on)
    source.source_thermocouple("K", 500.0, reference_C=0.0)
    indicator.configure_thermocouple("K", compensated=False)
    assert indicator.read_temperature_C() == pytest.approx(500.1, abs=0.002)
    assert on.truth.source_temperature_error("thermocouple.K.0C", 500.0, reference_C=0.0) == pytest.approx(
        0.2, abs=1e-3
    )
    assert on.truth.temperature_error("thermocouple.K.0C", 500.0) == pytest.approx(-0.1, abs=1e-3)


def test_the_calibrator_follows_its_terminals_while_the_air_warms() -> None:
    on = bench(**WIRE_K)
    source, indicator = drivers(on)
    source.source_thermocouple("K", 100.0, reference_C=None)
    indicator.configure_thermocouple("K")
    on.disturb(Disturbance(quantity="temperature_C", shape="step", size=3.0, time_s=1.0))
    on.clock.sleep(60.0)
    assert indicator.read_temperature_C() == pytest.approx(100.0, abs=2 * FINE)
    assert source.query("TC_REF?") == "INT,2.630E+01,CEL"


@pytest.mark.parametrize(("kind", "nominal_C", "ohm"), [("Pt100", 100.0, 138.51), ("Pt100", -100.0, 60.26)])
def test_a_resistance_thermometer_is_its_resistance_at_normal(kind: Any, nominal_C: float, ohm: float) -> None:
    on = bench(source={}, resistance_ohm=0.4, imbalance_ohm=0.05)
    source, indicator = drivers(on)
    on.connect("source")
    source.source_rtd(kind, nominal_C, wires=4)
    assert on.electrical.nodes["source"].drive(on.clock.elapsed()).ohm == pytest.approx(ohm, abs=0.005)
    shown = {}
    for wires in (2, 3, 4):
        indicator.configure_rtd(kind, wires=wires)
        shown[wires] = indicator.read_temperature_C() - nominal_C
    per_K = 0.379 if nominal_C > 0 else 0.405
    assert shown[4] == pytest.approx(0.0, abs=FINE)
    assert shown[2] == pytest.approx(0.4 / per_K, rel=0.01)
    assert shown[3] == pytest.approx(0.05 / per_K, rel=0.02)


def test_larger_thermometers_are_multiples() -> None:
    on = bench()
    source, indicator = drivers(on)
    on.connect("source")
    source.source_rtd("Pt1000", 0.0, wires=4)
    assert on.electrical.nodes["source"].drive(on.clock.elapsed()).ohm == pytest.approx(1000.0)
    indicator.configure_rtd("Pt1000", wires=4)
    assert indicator.read_temperature_C() == pytest.approx(0.0, abs=FINE)


def test_error_of_resistance_in_kelvin() -> None:
    """+ 0.0379 Ω at 100 °C, 0.379 Ω/K."""
    zero = StatedRange(points=((0.0, 0.0379),))
    on = bench(indicator={"resistance": StatedTruth(model="stated", ranges={400.0: zero})})
    assert on.truth.temperature_error("rtd.Pt100.4", 100.0) == pytest.approx(0.1, abs=3e-4)


def test_the_display_has_steps() -> None:
    on = bench(step_K=0.1)
    source, indicator = drivers(on)
    source.source_thermocouple("K", 100.26, reference_C=0.0)
    indicator.configure_thermocouple("K", compensated=False)
    assert indicator.read_temperature_C() == 100.3


@pytest.mark.parametrize("node", ["open", "source"])
def test_an_open_sensor_is_an_overload(node: str) -> None:
    on = bench()
    source, indicator = drivers(on)
    source.source_thermocouple("K", 100.0, reference_C=0.0)
    on.connect(node)
    indicator.configure_thermocouple("K")
    with pytest.raises(Overload):
        indicator.read_temperature_C()


def test_what_is_programmed_can_be_asked_for() -> None:
    source, _ = drivers(bench())
    source.source_thermocouple("J", 300.0, reference_C=0.0)
    said = [source.query(q) for q in ("TSENS_TYPE?", "TC_TYPE?", "TC_REF?", "FUNC?", "OUT?")]
    assert said == ["TC", "J", "EXT,0.000E+00,CEL", "TC_OUT", "3.000000E+02,CEL,0E+00,0,0.00E+00"]
    source.write("TSENS_TYPE RTD")
    assert source.query("OUT?").startswith("0.000000E+00,CEL")
    assert not source.is_operating()
    source.source_dc_voltage(0.05)
    assert source.query("OUT?").startswith("5.000000E-02,V")


@pytest.mark.parametrize("nominal_C", [1400.0, -300.0])
def test_a_temperature_that_the_type_does_not_have_is_refused(nominal_C: float) -> None:
    source, _ = drivers(bench())
    with pytest.raises(DeviceError, match="Entry is"):
        source.source_thermocouple("K", nominal_C, reference_C=0.0)


def test_units_of_the_generic_kind_stay_within_its_limits() -> None:
    """Drawn indicators: the error in kelvin is within the specification of the type, at every temperature."""
    specification = load_specification("generic-temperature-indicator")
    worst = 0.0
    for seed in range(60):
        tables = {
            "format": "calib-simulation/1",
            "instruments": {"indicator": {"kind": "temperature-indicator", "serial_number": "SIM2"}},
            "lead": {"meter": "indicator"},
        }
        clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
        truth = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=seed).truth
        for kind, at_C in (("K", 0.0), ("K", 1200.0), ("K", -100.0), ("T", 200.0), ("S", 1000.0), ("N", 600.0)):
            (highest,) = specification.ranges(f"thermocouple_{kind}")
            limit_K = specification.limit(f"thermocouple_{kind}", at_C, highest, "1 year")
            worst = max(worst, abs(truth.temperature_error(f"thermocouple.{kind}.internal", at_C)) / limit_K)
        limit_K = specification.limit("rtd_Pt100", 200.0, 850.0, "1 year")
        worst = max(worst, abs(truth.temperature_error("rtd.Pt100.4", 200.0)) / limit_K)
    assert 0.2 < worst <= 1.0
    assert math.isfinite(worst)
