"""What `calib equipment` prints."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from calib.equipment import Equipment, check_due, next_due, standing
from calib.equipment.inspection import Inspected
from calib.report.equipment_labels import standing_name
from calib.text import Language, tr


def list_text(inspected: Sequence[Inspected], language: Language) -> str:
    """Return a line for each piece of equipment: id, what it is, where, its state, when it is due."""
    head = [
        tr("Id", language),
        tr("Equipment", language),
        tr("Serial number", language),
        tr("Location", language),
        tr("State", language),
        tr("Due", language),
    ]
    rows = [
        [
            i.equipment.id,
            f"{i.equipment.manufacturer} {i.equipment.model}".strip(),
            i.equipment.serial_number,
            i.equipment.location or "–",
            standing_name(i.standing, language),
            i.due.isoformat() if i.due else "–",
        ]
        for i in inspected
    ]
    return table(head, rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under their heads, columns aligned."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def show_text(equipment: Equipment, reasons: Sequence[str], on: dt.date, language: Language) -> str:
    """Return all that the register says of one piece of equipment."""
    state = standing_name(standing(equipment, on), language)
    facts = [
        (tr("Equipment", language), f"{equipment.id}  {equipment.description.in_(language)}"),
        (tr("Manufacturer", language), f"{equipment.manufacturer} {equipment.model}"),
        (tr("Serial number", language), equipment.serial_number),
        (tr("Firmware", language), equipment.firmware),
        (tr("Software", language), equipment.software),
        (tr("Location", language), equipment.location),
        (tr("State", language), f"{state} {equipment.state_reason}".strip()),
        (tr("Due", language), _day(next_due(equipment, on))),
        (tr("Intermediate check due", language), _day(check_due(equipment, on))),
        (tr("Specification", language), f"{equipment.specification or ''} {equipment.specification_interval or ''}"),
        (tr("Maintenance plan", language), equipment.maintenance_plan),
    ]
    lines = [f"{name:24} {value}" for name, value in facts if value.strip()]
    lines += [f"  ! {reason}" for reason in reasons]
    return "\n".join([*lines, *_calibrations(equipment, language), *_events(equipment, language)])


def _calibrations(equipment: Equipment, language: Language) -> list[str]:
    lines = []
    for c in sorted(equipment.calibrations, key=lambda c: c.date, reverse=True):
        issuer = f"{c.laboratory} ({c.accreditation})" if c.accreditation else c.laboratory
        period = tr("calibrated {date}, due {due}", language).format(date=c.date, due=c.due)
        lines += ["", f"{tr('Certificate', language)} {c.certificate}, {issuer}: {period}"]
        lines += [f"  {v.quantity} {v.range:g} {v.unit}: {len(v.points)} × (U, k = {v.k:g})" for v in c.values]
        lines += [f"  {e.quantity} [{e.unit}] = {e.value}; U = {e.U}, k = {e.k:g}" for e in c.equations]
        lines += [f"  {t.quantity}: {', '.join(t.columns)}: {len(t.rows)}" for t in c.tables]
        if c.document is not None:
            lines.append(f"  {c.document.path}  SHA-256 {c.document.sha256}")
    return lines


def _events(equipment: Equipment, language: Language) -> list[str]:
    events = [(m.date, m.kind, m.what, m.by, m.released) for m in equipment.maintenance]
    events += [(c.date, "check", c.deviation or c.what, c.by, c.released) for c in equipment.checks]  # type: ignore[misc]
    lines = [""] if events else []
    for date, kind, what, by, released in sorted(events, key=lambda e: e[0]):
        after = tr("; released by {by} on {date}: {why}", language)
        end = after.format(by=released.by, date=released.date, why=released.why) if released else ""
        lines.append(f"{date}  {kind}: {what} ({by}){end}")
    return lines


def inspected_json(inspected: Inspected) -> dict[str, Any]:
    """Return the state of one piece of equipment as JSON values."""
    equipment = inspected.equipment
    return {
        "id": equipment.id,
        "manufacturer": equipment.manufacturer,
        "model": equipment.model,
        "serial_number": equipment.serial_number,
        "location": equipment.location,
        "state": inspected.standing,
        "due": inspected.due.isoformat() if inspected.due else None,
        "reasons": [reason.en for reason in inspected.reasons],
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
