"""What `calib show` shows of a record."""

import json
from collections.abc import Mapping
from pathlib import Path

from calib.errors import IntegrityError
from calib.record import Record, verify
from calib.report import json_table
from calib.run.lines import header, line
from calib.text import Language, tr


def show_text(path: Path, language: Language) -> str:
    """Return the record's story in lines."""
    record = Record.open(path)
    snapshot = record.snapshot
    item, procedure = snapshot["job"]["item"], snapshot["procedure"]
    lines = [
        f"{path}: {procedure['title'][language]} ({procedure['id']} {procedure['version']}), {record.status}",
        *([f"*** {tr('SIMULATED', language)} ***"] if record.simulated else []),
        f"{tr('Item', language)}: {_instrument(item, language)}",
        f"{tr('Customer', language)}: {snapshot['job']['customer']['name'][language]}",
        f"{tr('Operator', language)}: {snapshot['operator']}",
        *_standards(record, language),
        *_environment(record, language),
        *_rows(record, language),
        "",
        f"{tr('Digest', language)} (SHA-256): {record.digest}",
        f"{tr('Seal', language)}: {_seal(path, record)}",
    ]
    return "\n".join(lines)


def show_json(path: Path) -> str:
    """Return results with full budgets as JSON (`calib-results/1`)."""
    return json.dumps(json_table(Record.open(path)), ensure_ascii=False, indent=2)


def _instrument(facts: Mapping[str, str], language: Language) -> str:
    return f"{facts['manufacturer']} {facts['model']}, {tr('serial number', language)} {facts['serial_number']}"


def _standards(record: Record, language: Language) -> list[str]:
    return [
        f"{tr('Standard', language)}: {_instrument(e, language)}, {c['certificate']} ({c['laboratory']}, {c['date']})"
        for e in record.snapshot["equipment"].values()
        for c in e["calibrations"][-1:]
    ]


def _environment(record: Record, language: Language) -> list[str]:
    readings = record.readings()
    return [
        f"{name}: {low:g} … {high:g} {unit}"
        for name, quantity, unit in (
            (tr("Temperature", language), "temperature", "°C"),
            (tr("Relative humidity", language), "humidity", "%"),
        )
        if any(c.quantity == quantity for c in readings.environment)
        for low, high in (readings.condition(quantity),)
    ]


def _rows(record: Record, language: Language) -> list[str]:
    lines: list[str] = []
    group = None
    for result in record.results:
        if result.group != group:
            group = result.group
            lines += ["", group.in_(language), header(language)]
        lines.append(line(result, language))
    return lines


def _seal(path: Path, record: Record) -> str:
    if record.seal is None:
        return "none"
    try:
        found = verify(path)
    except IntegrityError as error:
        return f"BROKEN: {error}"
    return f"intact; sealed by {found.signer}, {found.time}, key {found.key.id[:16]}"
