"""A meter that stays in another range than it was told, or is turned to one: named at the point, nothing of it counts.

A meter with an interface tells its range, and is asked at every point. What a person reads has the digits of its
range: a last digit of another range is asked for again.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.fault_rules import rule

TABLE: Mapping[str, tuple[str, str]] = {
    "dmm-dc-voltage": ("VOLT:DC:RANG 100", "was set to dc voltage, 10 V range; it is at dc voltage, 100 V range now"),
    "dmm-ac-voltage": ("VOLT:AC:RANG 100", "10 V range; it is at ac voltage, 100 V range now"),
    "dmm-dc-current": ("CURR:DC:RANG 0.1", "10 mA range; it is at dc current, 100 mA range now"),
    "dmm-ac-current": ("CURR:AC:RANG 0.1", "10 mA range; it is at ac current, 100 mA range now"),
    "dmm-resistance": ("FRES:RANG 1E5", "4 wires, 10 kΩ range; it is at resistance, 4 wires, 100 kΩ range now"),
    "process-calibrator-source": ("VOLT:DC:RANG 100", "10 V range; it is at dc voltage, 100 V range now"),
    "calibrator-dc-voltage": ("RANGE 100", "10 V range; it is at dc voltage, 100 V range now"),
    "resistance-substitution": ("RANGE 1E5", "10 kΩ range; it is at resistance, 4 wires, 100 kΩ range now"),
    "voltage-10v-transfer": ("SENS:VOLT:CHAN1:RANG 1", "10 mV range; it is at dc voltage, 1 V range now"),
}
"""What the knob does, as the meter's own message, and what is told."""
READ_BY_A_PERSON: Mapping[str, tuple[str, str]] = {
    "dmm-handheld": ("CONF dc_voltage,60", "The last digit of 5.4 V is 10 mV; in the range 6 V it is 1 mV."),
    "clamp-meter": ("CONF ac_current,1000", "A is 1 A; in the range 400 A it is 100 mA."),
    "process-calibrator-measure": ("CONF dc_voltage,30", "V is 1 mV; in the range 100 mV it is 10 µV."),
}
LOW = {"process-calibrator-measure": {"points": ({"quantity": "dc_voltage", "range": 0.1, "nominal": 0.05},)}}
"""Points of one whose other range is a higher one."""
LEFT_OUT = {
    "dmm-frequency": "the meter finds its range of frequency by itself; the voltage's decides only whether it counts",
    "temperature-indicator": "an indicator has one range for each sensor: another sensor is another mode",
    "counter-time-base": "a counter has no ranges",
}


def test_every_procedure_stands_in_a_table(families: set[str]) -> None:
    assert sorted([*TABLE, *READ_BY_A_PERSON, *LEFT_OUT]) == sorted(families)


def held_at(turned: str) -> Callable[[SimulatedBench], object]:
    """Return what holds the meter's knob there, at each reading."""
    return lambda bench: bench.faults.add(
        rule(kind="knob", instrument="meter", message="READ|TARM SGL", times=0, turned=turned)
    )


@pytest.mark.parametrize("procedure", TABLE)
def test_a_range_that_is_locked_is_named_and_the_point_measured_again_once_it_is_free(
    procedure: str, bad_run: Callable[..., Any]
) -> None:
    turned, told = TABLE[procedure]
    bad = bad_run(procedure, mishap=held_at(turned), answers={"point.failed": ["r"]})
    bad.before_last = "parameters" not in bad.family
    bad.mends = {"point.failed": lambda bench: bench.faults.clear()}
    bad.carry_out()
    bad.require_good_results()
    assert told in bad.told("point.failed")
    assert "MEMORY::meter" in bad.told("point.failed")
    assert "its knobs were turned, or its range is locked" in bad.told("point.failed")
    (failed,) = bad.attempts("failed")
    assert [a.number for a in bad.attempts("complete") if a.point == failed.point] == [2]


@pytest.mark.parametrize("procedure", READ_BY_A_PERSON)
def test_a_person_is_asked_again_for_a_display_of_another_range(procedure: str, bad_run: Callable[..., Any]) -> None:
    turned, told = READ_BY_A_PERSON[procedure]
    bad = bad_run(procedure, LOW.get(procedure, {}))
    right: list[str] = []
    last = bad.last_reading()

    def turn(bench: SimulatedBench) -> None:
        if bad.times("reading.meter") == last:
            right.append(bad.setting)
            bench.panel("meter", turned)
        elif bad.times("reading.meter") == last + 1:
            bench.panel("meter", right[0])

    bad.mends = {"reading.meter": turn}
    bad.carry_out()
    bad.require_good_results()
    assert told in [p for p in bad.asked if p.id == "reading.meter"][last].text.en
