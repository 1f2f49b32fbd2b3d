"""Standards that were used, and whether the chain to the SI holds (ISO/IEC 17025:2017, 6.5, 7.8.4.1 c)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from calib.equipment import in_force
from calib.numbers import Style
from calib.report.model import Standard
from calib.report.source import as_text, find
from calib.text import Text, both, same


def used_standards(snapshot: Mapping[str, Any], on: date, style: Style) -> tuple[tuple[Standard, ...], list[Text]]:
    """Return the standards with the certificates that were in force on the day `on`, and what breaks the chain.

    What the exceptions of the run already name is not named again.
    """
    standards: list[Standard] = []
    breaks: list[Text] = []
    excepted = {e.get("equipment") for e in find(snapshot, "exceptions") or () if isinstance(e, Mapping)}
    for equipment_id, equipment in (find(snapshot, "equipment") or {}).items():
        if is_the_item(equipment, find(snapshot, "job.item") or {}):
            continue
        calibration = in_force(equipment.get("calibrations") or (), on)
        standard = _standard(equipment_id, equipment, calibration, style)
        standards.append(standard)
        if equipment_id not in excepted:
            breaks += _breaks(standard, calibration, on)
    return tuple(standards), breaks


def is_the_item(equipment: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Return whether a piece of the bench is what is being calibrated."""
    keys = ("model", "serial_number")
    return all(item.get(key) and equipment.get(key) == item.get(key) for key in keys)


def _standard(
    equipment_id: str, equipment: Mapping[str, Any], calibration: Mapping[str, Any] | None, style: Style
) -> Standard:
    made = " ".join(str(equipment[key]) for key in ("manufacturer", "model") if equipment.get(key))
    number = f"S/N {equipment['serial_number']}" if equipment.get("serial_number") else ""
    entry = calibration or {}
    laboratory = str(entry.get("laboratory") or "")
    if entry.get("accreditation"):
        laboratory = f"{laboratory} ({entry['accreditation']})"
    day, due = _day(entry.get("date")), _day(entry.get("due"))
    return Standard(
        description=as_text(equipment.get("description") or equipment_id),
        identity=", ".join(part for part in (made, number) if part),
        certificate=str(entry.get("certificate") or "–"),
        laboratory=same(laboratory or "–"),
        date=style.date(day) if day else "–",
        due=style.date(due) if due else "–",
    )


def _breaks(standard: Standard, calibration: Mapping[str, Any] | None, on: date) -> list[Text]:
    if calibration is None:
        return [
            both(
                "{standard}: no certificate; the chain to the SI is broken here.",
                standard=standard.identity,
            )
        ]
    due = _day(calibration.get("due"))
    if due is not None and due < on:
        return [
            both(
                "{standard}: its calibration (certificate {certificate}) was due on {due}, before this calibration.",
                standard=standard.identity,
                certificate=standard.certificate,
                due=standard.due,
            )
        ]
    return []


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10]) if value else None
