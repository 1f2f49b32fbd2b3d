"""A lead on the wrong jack, or the wrong way round: noticed at a harmless level or the first reading, and mended."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

TABLE: Mapping[str, tuple[str, str, str]] = {
    "dmm-dc-voltage": ("connect.calibrator", "-calibrator", "polarity is reversed"),
    "dmm-ac-voltage": ("connect.calibrator", "source.aux", "does not read the source"),
    "dmm-dc-current": ("connect.calibrator", "-source.aux", "polarity is reversed"),
    "dmm-ac-current": ("connect.calibrator", "calibrator", "does not read the source"),
    "dmm-resistance": ("connect.4-wire", "short", "does not read the source"),
    "dmm-frequency": ("connect.calibrator", "source.aux", "does not read the source"),
    "dmm-handheld": ("connect.volts", "-calibrator", "polarity is reversed"),
    "clamp-meter": ("connect.ac", "source.aux", "does not read the source"),
    "temperature-indicator": ("connect.wire", "wire=-source.tc", "does not read the source"),
    "process-calibrator-source": ("connect.dc_voltage", "-source.source", "polarity is reversed"),
    "process-calibrator-measure": ("connect.dc_voltage", "source.aux", "does not read the source"),
    "calibrator-dc-voltage": ("connect.meter", "-calibrator", "polarity is reversed"),
    "resistance-substitution": ("connect.item", "short", "indicates"),
    "voltage-10v-transfer": ("connect.reversed", "pair", "indicates"),
    "counter-time-base": ("connect.standard", "signal=open, reference=standard", "indicates no value"),
}
"""After which question the lead goes where, and what is told. What alternates has no polarity: there a wrong jack."""
OTHER_WAYS = (
    ("dmm-dc-current", "connect.calibrator", "calibrator", "does not read the source"),
    ("dmm-resistance", "connect.4-wire", "open", "does not read the source"),
    ("dmm-handheld", "connect.volts", "source.aux", "does not read the source"),
    ("temperature-indicator", "connect.wire", "wire=source", "does not read the source"),
    ("process-calibrator-source", "connect.dc_voltage", "source.source_mA", "does not read the source"),
    ("clamp-meter", "connect.ac", "open", "does not read the source"),
    ("resistance-substitution", "connect.standard", "open", "indicates no value"),
    ("voltage-10v-transfer", "connect.direct", "item", "indicates no value"),
)


def test_every_procedure_stands_in_the_table(families: set[str]) -> None:
    assert set(TABLE) == families


@pytest.mark.parametrize(("procedure", "at", "node", "told"), [*((p, *row) for p, row in TABLE.items()), *OTHER_WAYS])
def test_it_is_named_with_both_values_and_mended(
    procedure: str, at: str, node: str, told: str, bad_run: Callable[..., Any]
) -> None:
    bad = bad_run(
        procedure,
        mishap=lambda bench: bench.connect(node),
        at_prompt=(at, 1),
        answers={"reading.senseless": ["m"], "connect.mend": [True]},
    )
    bad.mends = {"reading.senseless": bad.lead_on, "connect.mend": bad.lead_on}
    bad.carry_out()
    bad.require_good_results()
    (asked,) = [p for p in bad.asked if p.id in {"connect.mend", "reading.senseless"}]
    assert told in asked.text.en
    assert asked.text.vi != asked.text.en
    assert "SIM" in asked.text.en or "meter" in asked.text.en
