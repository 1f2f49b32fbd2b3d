"""What `calib show` shows of a record."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from calib.numbers import Style
from calib.record import Record, phases
from calib.record.model import Readings
from calib.record.names import phase_name
from calib.record.result import Result
from calib.report import json_table
from calib.report.chain import broken_links, outside_conditions
from calib.report.conditions import printed_condition
from calib.report.deviations import deviations
from calib.report.source import find, text_at
from calib.report.standards import used_standards
from calib.run import SealState
from calib.run.lines import header, line
from calib.text import Language, Text, both, joined, same, tr

_DOUBTS: dict[str, Text] = {
    "broken": both("BROKEN"),
    "missing": both("MISSING"),
    "unknown key": both("unknown key: nobody vouches"),
    "another key": both("another key than that of the run: somebody sealed the record again"),
}


def show_text(record: Record, state: SealState, language: Language) -> str:
    """Return the record's story in lines."""
    readings = record.readings()
    style = Style((language,))
    lines = [
        *_head(record, style, language),
        *_standards(record, style, language),
        *_environment(readings, style, language),
        *_deviations(record, readings, style, language),
        *_rows(record, language),
        "",
        *_software(record, language),
        *_revisions(record, language),
        f"{tr('Digest', language)} (SHA-256): {record.digest}",
        seal_line(state, language),
    ]
    return "\n".join(lines)


def seal_line(state: SealState, language: Language) -> str:
    """Return what is known of the seal, in one line."""
    return f"{tr('Seal', language)}: {_seal(state).in_(language)}"


def record_json(record: Record, state: SealState) -> dict[str, Any]:
    """Return results with full budgets as `calib-results/1`, and what the record says beside them."""
    snapshot = record.snapshot
    procedure = {key: value for key, value in snapshot["procedure"].items() if key != "source"}
    return json_table(record) | {
        "seal": asdict(state),
        "order": snapshot["job"]["number"],
        "begun": record.begun,
        "ended": record.ended,
        "exceptions": snapshot["exceptions"],
        "procedure": procedure,
        "software": snapshot["software"],
        "revisions": [asdict(r) for r in record.revisions],
    }


def _head(record: Record, style: Style, language: Language) -> list[str]:
    snapshot = record.snapshot
    item, procedure = snapshot["job"]["item"], snapshot["procedure"]
    facts = (
        (both("Order"), text_at(snapshot, "job.number")),
        (both("Certificate"), text_at(snapshot, "job.certificate_number")),
        (both("Date of calibration"), _when(record, style)),
        (both("Item"), _instrument(item)),
        (both("Customer"), text_at(snapshot, "job.customer.name")),
        (both("Operator"), text_at(snapshot, "operator")),
    )
    return [
        f"{record.path}: {procedure['title'][language]} ({procedure['id']} {procedure['version']}), {record.status}",
        *([f"*** {tr('SIMULATED', language)} ***"] if record.simulated else []),
        *(f"{name.in_(language)}: {value.in_(language)}" for name, value in facts),
    ]


def _revisions(record: Record, language: Language) -> list[str]:
    """Return how the record was made of earlier ones, the oldest first."""
    names = {"amendment": both("Amended"), "re-evaluation": both("Evaluated again")}
    return [
        f"{names[r.kind].in_(language)}: {r.time}, {r.by}: {r.why} ({r.parent}, SHA-256 {r.parent_digest})"
        for r in record.revisions
    ]


def _when(record: Record, style: Style) -> Text:
    """Return begin and end in the laboratory's own time."""
    times = [datetime.fromisoformat(time) for time in (record.begun, record.ended) if time]
    shown = " … ".join(f"{style.date(time.date())} {time:%H:%M:%S}" for time in times)
    return same(f"{shown} ({times[0]:%Z})")


def _instrument(facts: Mapping[str, str]) -> Text:
    return both(
        "{manufacturer} {model}, serial number {number}",
        manufacturer=facts["manufacturer"],
        model=facts["model"],
        number=facts["serial_number"],
    )


def _standards(record: Record, style: Style, language: Language) -> list[str]:
    used, _ = used_standards(record.snapshot, date.fromisoformat(record.snapshot["date"]), style)
    return [
        f"{tr('Standard', language)}: {s.identity}, {s.certificate} "
        f"({s.laboratory.in_(language)}, {s.date}; {tr('Due', language).lower()}: {s.due})"
        for s in used
    ]


def _environment(readings: Readings, style: Style, language: Language) -> list[str]:
    shown = {
        tr("Temperature", language): printed_condition(readings, "temperature", style),
        tr("Relative humidity", language): printed_condition(readings, "humidity", style),
        tr("Air pressure", language): printed_condition(readings, "pressure", style),
    }
    return [f"{name}: {value}" for name, value in shown.items() if value]


def _deviations(record: Record, readings: Readings, style: Style, language: Language) -> list[str]:
    """Return exceptions that were granted, repeats and skips, and standards that were overdue."""
    told = deviations(readings, find(record.snapshot, "exceptions"), record.status, record.events())
    day = date.fromisoformat(record.snapshot["date"])
    _, breaks = used_standards(record.snapshot, day, style)
    breaks += [*broken_links(record.snapshot), *outside_conditions(record.snapshot, day, readings, style)]
    heading = tr("Deviations from the method and exceptions", language)
    found = [text.in_(language) for text in (*told, *breaks)]
    return [f"{heading}:", *(f"  {one}" for one in found)] if found else [f"{heading}: {tr('None.', language)}"]


def _rows(record: Record, language: Language) -> list[str]:
    """Return the results under the headings of their groups, each with the id of its point."""
    lines: list[str] = []
    group = None
    several = len(phases(record.readings().attempts)) > 1
    for result in record.results:
        if (result.phase, result.group) != group:
            group = (result.phase, result.group)
            lines += ["", _heading(result, language, several=several), header(language)]
        lines.append(f"{line(result, language)}  [{result.point}]")
    return lines


def _heading(result: Result, language: Language, *, several: bool) -> str:
    phase = f"{phase_name(result.phase).in_(language)}: " if several else ""
    return phase + result.group.in_(language)


def _software(record: Record, language: Language) -> list[str]:
    snapshot = record.snapshot
    procedure = snapshot["procedure"]
    versions = ", ".join(f"{name} {value}" for name, value in snapshot["software"].items())
    instruments = (
        f"{role}: {found['manufacturer']} {found['model']}, {tr('serial number', language)} {found['serial_number']}, "
        f"{tr('firmware', language)} {found['firmware']}, {found['resource']}"
        for role, found in snapshot["identities"].items()
    )
    return [
        *instruments,
        f"{tr('Procedure', language)}: {procedure['id']} {procedure['version']}, SHA-256 {procedure['source_sha256']}",
        f"{tr('Software', language)}: {versions}",
    ]


def _seal(state: SealState) -> Text:
    if not state.sealed:
        return joined([_DOUBTS[state.doubt], same(state.why)], ": ") if state.doubt else both("none")
    facts = {"signer": state.signer, "time": state.time, "key": state.key[:16]}
    made = both("intact; sealed by {signer}, {time}, key {key}", **facts)
    if state.doubt:
        return joined([made, _DOUBTS[state.doubt]], " — ")
    if state.known:
        return joined([made, both("a key of this laboratory")], " — ")
    alone = both("not compared with a laboratory's keys (name one with --lab): nobody vouches")
    return joined([made, alone], " — ")
