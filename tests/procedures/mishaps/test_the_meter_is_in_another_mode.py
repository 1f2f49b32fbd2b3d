"""A meter that is turned to another function, also amid the readings of a point: named, and nothing of it counts."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.fault_rules import rule

TABLE: Mapping[str, tuple[str, str]] = {
    "dmm-dc-voltage": ('FUNC "RES"', "was set to dc voltage, 10 V range; it is at resistance, 2 wires"),
    "dmm-ac-voltage": ('FUNC "VOLT:DC"', "was set to ac voltage, 10 V range; it is at dc voltage"),
    "dmm-dc-current": ('FUNC "CURR:AC"', "was set to dc current, 10 mA range; it is at ac current"),
    "dmm-ac-current": ('FUNC "CURR:DC"', "was set to ac current, 10 mA range; it is at dc current"),
    "dmm-resistance": ('FUNC "RES"', "was set to resistance, 4 wires, 10 kΩ range; it is at resistance, 2 wires"),
    "dmm-frequency": ('FUNC "PER"', "was set to frequency; it is at period"),
    "process-calibrator-source": ('FUNC "VOLT:AC"', "was set to dc voltage, 10 V range; it is at ac voltage"),
    "calibrator-dc-voltage": ("ACV", "was set to dc voltage, 10 V range; it is at ac voltage"),
    "resistance-substitution": ("OHM 1E4", "4 wires, 10 kΩ range; it is at resistance, 2 wires, 10 kΩ range now"),
    "voltage-10v-transfer": ("SENS:CHAN 2", "was set to dc voltage, 10 mV range; it is at dc voltage"),
    "counter-time-base": ("SENS:ROSC:SOUR EXT", "it counts by the EXT time base, not by its own"),
}
"""What the key does, as the meter's own message, and what is told."""
READ_BY_A_PERSON: Mapping[str, str] = {
    "dmm-handheld": "CONF ac_voltage,6",
    "clamp-meter": "CONF dc_current,400",
    "temperature-indicator": "CONF thermocouple.K.0C,0",
    "process-calibrator-measure": "CONF dc_current,0.024",
}
"""Where the knob is turned to."""
AMID = 3
"""Of the readings of a point, or of a position."""


def test_every_procedure_stands_in_a_table(families: set[str]) -> None:
    assert sorted([*TABLE, *READ_BY_A_PERSON]) == sorted(families)


@pytest.mark.parametrize("nth", [1, AMID])
@pytest.mark.parametrize("procedure", TABLE)
def test_it_is_named_and_the_point_measured_again_once_it_is_turned_back(
    procedure: str, nth: int, bad_run: Callable[..., Any]
) -> None:
    turned, told = TABLE[procedure]

    def turn(bench: SimulatedBench) -> None:
        if turned.endswith("EXT"):
            bench.connect("standard", "reference")
        bench.faults.add(rule(kind="knob", message="READ|TARM SGL", nth=nth, turned=turned))

    bad = bad_run(procedure, mishap=turn, answers={"point.failed": ["r"]})
    bad.before_last = procedure not in {"resistance-substitution", "voltage-10v-transfer", "counter-time-base"}
    bad.carry_out()
    bad.require_good_results()
    assert told in bad.told("point.failed")
    assert "MEMORY::" in bad.told("point.failed")
    (failed,) = bad.attempts("failed")
    assert [a.number for a in bad.attempts("complete") if a.point == failed.point] == [2]


@pytest.mark.parametrize("procedure", READ_BY_A_PERSON)
def test_what_a_person_reads_off_it_is_doubted_and_measured_once_the_knob_is_turned_back(
    procedure: str, bad_run: Callable[..., Any]
) -> None:
    bad = bad_run(procedure, answers={"reading.senseless": ["m"]})
    last, right = bad.last_reading(), []

    def turn(bench: SimulatedBench) -> None:
        if bad.times("reading.meter") == last:
            right.append(bad.setting)
            bench.panel("meter", READ_BY_A_PERSON[procedure])

    bad.mends = {"reading.meter": turn, "reading.senseless": lambda bench: bench.panel("meter", right[0])}
    bad.carry_out()
    bad.require_good_results()
    assert bad.times("reading.senseless") == 1
    assert "meter (read by a person), set to " in bad.told("reading.senseless")
