"""A standard that was swapped by mistake: another one by its serial number, or one that contradicts its certificate."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.fault_rules import rule
from calib.errors import IdentityError
from calib.study import Sample

BY_WIRE: Mapping[str, str] = {
    "dmm-dc-voltage": "source",
    "dmm-ac-voltage": "source",
    "dmm-dc-current": "source",
    "dmm-ac-current": "source",
    "dmm-resistance": "source",
    "dmm-frequency": "source",
    "dmm-handheld": "source",
    "clamp-meter": "source",
    "temperature-indicator": "source",
    "process-calibrator-source": "meter",
    "process-calibrator-measure": "source",
}
"""The standard's role, where it tells its serial number over the wire."""
BY_NAMEPLATE: tuple[tuple[str, str, str], ...] = (
    ("clamp-meter", "coil", "SIMCLAMP01"),
    ("calibrator-dc-voltage", "meter", "SIM5522009"),
    ("resistance-substitution", "standard", "SIMR0002"),
    ("resistance-substitution", "item", "SIMR0001"),
    ("voltage-10v-transfer", "standard", "SIMZ0002"),
    ("voltage-10v-transfer", "item", "SIMZ0001"),
    ("counter-time-base", "standard", "SIM5313101"),
)
"""Roles at whose nameplate a person must look, and the one that is taken for it: item and standard exchanged."""


def drifted(function: str, by: float, role: str = "source") -> Callable[[SimulatedBench], object]:
    """Return what makes a standard err by a part of its value from now on."""
    return lambda bench: bench.faults.add(rule(kind="drift", instrument=role, function=function, relative=by))


OF_ANOTHER_VALUE: Mapping[str, tuple[Callable[[SimulatedBench], object], str]] = {
    "dmm-dc-voltage": (drifted("dc_voltage", 0.03), r"1\.0[23]\d* V instead of 1 V"),
    "dmm-ac-voltage": (drifted("ac_voltage", 0.03), r"1\.0[23]\d* V instead of 1 V"),
    "dmm-dc-current": (drifted("dc_current", 0.03), r"1\.0[23]\d* mA instead of 1 mA"),
    "dmm-ac-current": (drifted("ac_current", 0.03), r"1\.0[23]\d* mA instead of 1 mA"),
    "dmm-resistance": (drifted("resistance", 0.03), r"1\.0[23]\d* kΩ instead of 1 kΩ"),
    "dmm-frequency": (drifted("frequency", 0.03), r"1\.0[23]\d* kHz instead of 1 kHz"),
    "dmm-handheld": (drifted("dc_voltage", 0.1), r"1\.1\d* V instead of 1 V"),
    "temperature-indicator": (drifted("thermocouple", 0.2), "instead of 100 °C"),
    "process-calibrator-source": (drifted("dc_voltage", 0.03, "meter"), r"1\.0[23]\d* V instead of 1 V"),
    "process-calibrator-measure": (drifted("dc_voltage", 0.03), r"1\.0[23]\d* V instead of 1 V"),
    "calibrator-dc-voltage": (drifted("dc_voltage", 0.03, "meter"), r"1\.0[23]\d* V instead of 1 V"),
}
"""How far the standard is off, and what is told."""
OTHER_ARTEFACT: Mapping[str, tuple[str, int, Mapping[str, Mapping[str, Any]], str]] = {
    "clamp-meter": (
        "connect.ac",
        1,
        {"other": {"kind": "coil", "turns": 10, "fed_by": "source.aux"}},
        r"4(\.\d+)? A instead of 20 A",
    ),
    "resistance-substitution": (
        "connect.standard",
        1,
        {"other": {"kind": "resistor", "nominal_ohm": 1000.0}},
        r"indicates 999\.\d+ Ω where 10 kΩ is expected",
    ),
    "voltage-10v-transfer": (
        "connect.direct",
        1,
        {
            "cell": {"kind": "cell", "nominal_V": 1.018},
            "other": {"kind": "opposition", "plus": "item", "minus": "cell"},
        },
        "indicates no value where 0 V is expected",
    ),
    "counter-time-base": (
        "connect.standard",
        1,
        {"other": {"kind": "oscillator", "nominal_Hz": 5e6}},
        r"indicates 5(\.\d+)? MHz where 10 MHz is expected",
    ),
}
"""After which question another one is joined, what else lies on the bench, and what is told."""


def other_bench(sample: Sample, role: str, serial_number: str) -> SimulatedBench:
    """Return the sample's bench with another unit in a role."""
    file = sample.simulated
    unit = file.instruments[role].model_copy(update={"serial_number": serial_number})
    return bench_of(sample, file.model_copy(update={"instruments": {**file.instruments, role: unit}}))


def with_components(sample: Sample, components: Mapping[str, Mapping[str, Any]]) -> SimulatedBench:
    """Return the sample's bench with further components."""
    file = sample.simulated
    tables = file.model_dump(exclude_unset=True)
    more = type(file).model_validate({**tables, "components": {**tables["components"], **components}})
    return bench_of(sample, more)


def bench_of(sample: Sample, file: Any) -> SimulatedBench:
    clock = VirtualClock(sample.simulated_bench(1).clock.now())
    return SimulatedBench(file, clock=clock, seed=1, specifications=sample.laboratory.folder / "specifications")


def test_every_procedure_stands_in_the_tables(families: set[str]) -> None:
    assert set(BY_WIRE) | {procedure for procedure, _, _ in BY_NAMEPLATE} == families
    assert set(OF_ANOTHER_VALUE) | set(OTHER_ARTEFACT) == families


@pytest.mark.parametrize(("procedure", "role"), BY_WIRE.items())
def test_another_units_serial_number_is_named_before_anything_is_set(
    procedure: str, role: str, bad_run: Callable[..., Any]
) -> None:
    bad = bad_run(procedure, changed=lambda sample: other_bench(sample, role, "SIMOTHER7"))
    with pytest.raises(IdentityError) as told:
        bad.carry_out()
    assert f"{role} (MEMORY::{role}): serial number is SIMOTHER7; that of" in str(told.value)
    assert "connect the right instrument, or correct the register or the job" in str(told.value)
    assert bad.asked == []


@pytest.mark.parametrize(("procedure", "role", "other"), BY_NAMEPLATE)
def test_another_nameplate_is_named_before_anything_is_joined_and_the_right_one_fetched(
    procedure: str, role: str, other: str, bad_run: Callable[..., Any]
) -> None:
    bad = bad_run(procedure, answers={f"identity.{role}": [other, None]}).carry_out()
    bad.require_good_results()
    first, again, *_ = [p.text.en for p in bad.asked if p.id == f"identity.{role}"]
    assert "That is " not in first
    assert again.startswith("That is ")
    assert other in again
    assert bad.times(f"identity.{role}") == 2


def require_named_and_mended(bad: Any, told: str) -> None:
    bad.carry_out()
    (asked,) = [p for p in bad.asked if p.id in {"connect.mend", "reading.senseless"}]
    assert re.search(told, asked.text.en)
    assert "right instrument and standard" in asked.text.en
    bad.require_good_results()


@pytest.mark.parametrize("procedure", OF_ANOTHER_VALUE)
def test_one_that_contradicts_its_certificate_is_named_with_both_values(
    procedure: str, bad_run: Callable[..., Any]
) -> None:
    mishap, told = OF_ANOTHER_VALUE[procedure]
    bad = bad_run(procedure, mishap=mishap, answers={"connect.mend": [True]})
    bad.mends = {"connect.mend": lambda bench: bench.faults.clear()}
    require_named_and_mended(bad, told)


@pytest.mark.parametrize("procedure", OTHER_ARTEFACT)
def test_another_artefact_is_named_by_what_it_shows_and_the_run_goes_on_with_the_right_one(
    procedure: str, bad_run: Callable[..., Any]
) -> None:
    at, nth, components, told = OTHER_ARTEFACT[procedure]
    bad = bad_run(
        procedure,
        mishap=lambda bench: bench.connect("signal=other" if "counter" in procedure else "other"),
        at_prompt=(at, nth),
        answers={"reading.senseless": ["m"], "connect.mend": [True]},
        changed=lambda sample: with_components(sample, components),
    )
    bad.mends = {"reading.senseless": bad.lead_on, "connect.mend": bad.lead_on}
    require_named_and_mended(bad, told)


def test_a_resistor_of_the_same_nominal_value_is_noticed_by_what_its_certificate_says(
    bad_run: Callable[..., Any],
) -> None:
    """Another 10 kΩ, 600 ppm from what the certificate of the right one says: far more than the meter may err."""
    bad = bad_run(
        "resistance-substitution",
        mishap=lambda bench: bench.connect("other"),
        at_prompt=("connect.standard", 1),
        answers={"reading.senseless": ["m"]},
        changed=lambda sample: with_components(sample, {"other": {"kind": "resistor", "nominal_ohm": 10_006.0}}),
    )
    bad.mends = {"reading.senseless": bad.lead_on}
    require_named_and_mended(bad, r"indicates 10\.006\d* kΩ where 10 kΩ is expected")
