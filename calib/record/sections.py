"""What each part of a record file holds."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from calib.record.encoding import to_json
from calib.record.journal_reader import Contents
from calib.record.layout import EPOCH, TIME, Column, bare_dimension, column, group, number, table, text
from calib.record.model import Block
from calib.record.result import Result
from calib.record.state import RunState
from calib.text import Text

if TYPE_CHECKING:
    import h5py


def write_facts(entry: "h5py.Group", contents: Contents) -> None:
    """Write who, what, when and how: everything that the snapshot names, and the snapshot whole."""
    snapshot = contents.state.snapshot
    zone = timezone(timedelta(seconds=contents.utc_offset_s))
    ended = None if contents.ended is None else datetime.fromtimestamp(contents.ended, zone).isoformat()
    job, procedure = _tables(snapshot, "job"), _tables(snapshot, "procedure")
    text(
        entry,
        title=job.get("number"),
        status=contents.status,
        start_time=datetime.fromtimestamp(contents.begun, zone).isoformat(),
        end_time=ended,
        snapshot=to_json(snapshot),
        software=to_json(_tables(snapshot, "software")),
        exceptions=to_json(snapshot.get("exceptions", [])),
    )
    number(entry, "utc_offset", contents.utc_offset_s, units="s")
    text(group(entry, "operator", "NXuser"), name=_name(snapshot.get("operator")))
    laboratory = group(entry, "laboratory", "NXcollection")
    text(laboratory, **_both("name", _tables(snapshot, "laboratory").get("name")))
    text(laboratory, **_both("address", _tables(snapshot, "laboratory").get("address")))
    process = group(entry, "procedure", "NXprocess")
    text(
        process,
        program=procedure.get("id"),
        version=procedure.get("version"),
        source=procedure.get("source"),
        source_sha256=procedure.get("source_sha256"),
        parameters=to_json(procedure.get("parameters", {})),
        **_both("title", procedure.get("title")),
    )


def write_instruments(entry: "h5py.Group", snapshot: Mapping[str, Any]) -> None:
    """Write the item, and each piece of equipment with what is known of it."""
    _instrument(entry, "dut", _tables(_tables(snapshot, "job"), "item"))
    reference = group(entry, "reference", "NXcollection")
    for identifier, equipment in _tables(snapshot, "equipment").items():
        instrument = _instrument(reference, identifier.replace("/", "_"), equipment)
        text(instrument, calibrations=to_json(equipment.get("calibrations", [])))
    text(entry, identities=to_json(_tables(snapshot, "identities")))


def _instrument(parent: "h5py.Group", name: str, facts: Mapping[str, Any]) -> "h5py.Group":
    instrument = group(parent, name, "NXinstrument")
    text(instrument, description=to_json(facts))
    fabrication = group(instrument, "fabrication", "NXfabrication")
    text(
        fabrication,
        vendor=facts.get("manufacturer"),
        model=facts.get("model"),
        serial_number=facts.get("serial_number"),
        firmware=facts.get("firmware"),
    )
    return instrument


def write_measurements(entry: "h5py.Group", state: RunState) -> None:
    """Write readings, blocks, attempts, preparations and environment."""
    readings = state.readings
    data = group(entry, "readings", "NXdata", signal="value", axes="reading")
    units = [r.unit for r in readings]
    columns: dict[str, Column] = {
        "time": _floats(r.time for r in readings),
        "value": _floats(r.value for r in readings),
        "attempt": _whole(r.attempt for r in readings),
        "channel": [r.channel for r in readings],
        "unit": units,
    }
    table(data, "reading", columns, {"time": TIME, "value": _units(units)})
    blocks = group(entry, "blocks", "NXcollection")
    for place, block in enumerate(state.blocks, start=1):
        _block(group(blocks, f"block_{place}", "NXdata", signal="samples", axes="sample"), block)
    _attempts(entry, state)
    _environment(entry, state)


def _block(parent: "h5py.Group", block: Block) -> None:
    column(parent, "samples", block.samples).attrs["units"] = block.unit
    bare_dimension(parent, "sample", len(block.samples), "samples")
    parent.create_dataset("attempt", data=np.int64(block.attempt))
    text(parent, channel=block.channel)
    number(parent, "time", block.time, **TIME)
    if block.interval_s is not None:
        number(parent, "interval", block.interval_s, units="s")


def _attempts(entry: "h5py.Group", state: RunState) -> None:
    attempts, preparations = list(state.attempts.values()), list(state.preparations.values())
    table(
        group(entry, "attempts", "NXcollection"),
        "attempt",
        {
            "attempt": _whole(a.id for a in attempts),
            "point": [a.point for a in attempts],
            "number": _whole(a.number for a in attempts),
            "phase": [a.phase for a in attempts],
            "begun": _floats(a.begun for a in attempts),
            "ended": _floats(np.nan if a.ended is None else a.ended for a in attempts),
            "outcome": [a.outcome for a in attempts],
            "reason": [a.reason or "" for a in attempts],
            "preparations": [to_json(a.preparations) for a in attempts],
        },
        {"begun": TIME, "ended": TIME},
    )
    table(
        group(entry, "preparations", "NXcollection"),
        "preparation",
        {
            "preparation": _whole(p.id for p in preparations),
            "points": [p.group for p in preparations],
            "begun": _floats(p.begun for p in preparations),
            "ended": _floats(state.preparations_ended.get(p.id, np.nan) for p in preparations),
        },
        {"begun": TIME, "ended": TIME},
    )


def _environment(entry: "h5py.Group", state: RunState) -> None:
    parent = group(entry, "environment", "NXenvironment")
    for quantity in dict.fromkeys(c.quantity for c in state.environment):
        noted = [(place, c) for place, c in enumerate(state.environment, start=1) if c.quantity == quantity]
        log = group(parent, quantity.replace("/", "_"), "NXlog", quantity=quantity)
        columns = {
            "time": _floats(c.time for _, c in noted),
            "value": _floats(c.value for _, c in noted),
            "place": _whole(place for place, _ in noted),
        }
        unit = noted[0][1].unit
        table(log, "time", columns, {"time": {**TIME, "start": EPOCH}, "value": {"units": unit}})


_OF_UNIT = {
    "measuring_range", "nominal", "reference", "indicated", "resolution", "s", "error", "u", "U", "reported_error",
    "reported_U", "lower_limit", "upper_limit", "lower_acceptance", "upper_acceptance",
}  # fmt: skip
"""Columns of a result that are in its unit."""


def write_results(entry: "h5py.Group", contents: Contents) -> None:
    """Write the results that were noted last: numbers and text as columns, texts in both languages, budgets as JSON."""
    results = [Result.from_json(row) for row in contents.results]
    points = group(entry, "points", "NXdata", signal="error", axes="result", engine=to_json(contents.engine))
    columns: dict[str, Column] = {}
    for field in fields(Result):
        values = [getattr(result, field.name) for result in results]
        if field.type is Text:
            columns[f"{field.name}_vi"] = [value.vi for value in values]
            columns[f"{field.name}_en"] = [value.en for value in values]
        elif field.type is float:
            columns[field.name] = _floats(values)
        elif field.type is int:
            columns[field.name] = _whole(values)
        elif field.name in {"budget", "remarks"}:
            columns[field.name] = [to_json(value) for value in values]
        else:
            columns[field.name] = values
    same = _units([result.unit for result in results])
    table(points, "result", columns, dict.fromkeys(sorted(_OF_UNIT), same))


def write_story(entry: "h5py.Group", contents: Contents) -> None:
    """Write messages on the wires, events and answers."""
    _traffic(entry, contents)
    events, answers = contents.events, contents.answers
    table(
        group(entry, "events", "NXcollection"),
        "event",
        {
            "time": _floats(e.time for e in events),
            "kind": [e.kind for e in events],
            "details": [to_json(e.details) for e in events],
        },
        {"time": TIME},
    )
    table(
        group(entry, "answers", "NXcollection"),
        "answer",
        {
            "time": _floats(a.time for a in answers),
            "prompt": [a.prompt for a in answers],
            "question": [to_json(a.question) for a in answers],
            "value": [to_json(a.value) for a in answers],
            "by": [a.by for a in answers],
        },
        {"time": TIME},
    )


def _traffic(entry: "h5py.Group", contents: Contents) -> None:
    """Write the messages as one row of bytes, with first byte and length of each (CF contiguous ragged array)."""
    messages = contents.traffic
    parent = group(entry, "traffic", "NXcollection")
    resources = {name: index for index, name in enumerate(dict.fromkeys(m.resource for m in messages))}
    lengths = _whole(len(m.message) for m in messages)
    table(
        parent,
        "message",
        {
            "time": _floats(m.time for m in messages),
            "resource_index": _whole(resources[m.resource] for m in messages),
            "direction": np.array([m.direction == "<" for m in messages], dtype=np.int8),
            "first": np.cumsum(lengths) - lengths,
            "length": lengths,
        },
        {
            "time": TIME,
            "direction": {"flag_values": np.array([0, 1], dtype=np.int8), "flag_meanings": "sent received"},
            "length": {"sample_dimension": "byte"},
        },
    )
    table(parent, "resource", {"resource": list(resources)})
    column(parent, "content", np.frombuffer(b"".join(m.message for m in messages), dtype=np.uint8))
    bare_dimension(parent, "byte", int(lengths.sum()), "content")


def write_journal(entry: "h5py.Group", contents: Contents) -> None:
    """Write which journal this was made of: its rows, its last hash, and the signature of its end."""
    parent = group(entry, "journal", "NXcollection")
    text(parent, format=contents.format, head=contents.head.hex())
    parent.create_dataset("rows", data=np.int64(contents.rows))
    if contents.signature is not None:
        statement, signature, public_key = contents.signature
        text(parent, statement=statement, signature=signature.hex(), public_key=public_key)


def _floats(values: Any) -> Any:
    return np.fromiter(values, dtype=np.float64)


def _whole(values: Any) -> Any:
    return np.fromiter(values, dtype=np.int64)


def _units(units: list[str]) -> dict[str, object]:
    """Return the CF attribute of a column whose rows are all in one unit; else each row's unit stands in `unit`."""
    return {"units": units[0]} if len(set(units)) == 1 else {}


def _tables(snapshot: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = snapshot.get(key)
    return found if isinstance(found, Mapping) else {}


def _name(person: object) -> str:
    if isinstance(person, Mapping):
        person = person.get("name")
    return "" if person is None else str(person)


def _both(name: str, value: object) -> dict[str, object]:
    """Return `name_vi` and `name_en` of a text in both languages, or `name` of a plain one."""
    if isinstance(value, Mapping):
        return {f"{name}_{language}": value.get(language) for language in ("vi", "en")}
    return {name: value}
