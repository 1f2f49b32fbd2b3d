"""The tables in a record file: measurements, results, and what happened beside them."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from calib.record.contents import Contents
from calib.record.encoding import to_json
from calib.record.layout import EPOCH, TIME, Column, bare_dimension, column, group, number, table, text
from calib.record.model import Block
from calib.record.result import Result
from calib.record.state import RunState
from calib.text import Text

if TYPE_CHECKING:
    import h5py


def write_measurements(entry: "h5py.Group", state: RunState) -> None:
    """Write readings, blocks, attempts, preparations and environment."""
    data = group(entry, "readings", "NXdata", signal="value", axes="reading")
    times, attempts, channels, values, units = zip(*state.reading_rows, strict=True) if state.reading_rows else [()] * 5
    columns: dict[str, Column] = {
        "time": _floats(times),
        "value": _floats(values),
        "attempt": _whole(attempts),
        "channel": channels,
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
    "reported_U", "lower_limit", "upper_limit", "lower_acceptance", "upper_acceptance", "cmc",
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
        elif field.name in {"budget", "remarks", "together"}:
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
            "attempt": _whole(m.attempt for m in messages),
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


def _floats(values: Any) -> Any:
    return np.fromiter(values, dtype=np.float64)


def _whole(values: Any) -> Any:
    return np.fromiter(values, dtype=np.int64)


def _units(units: Sequence[str]) -> dict[str, object]:
    """Return the CF attribute of a column whose rows are all in one unit; else each row's unit stands in `unit`."""
    return {"units": units[0]} if len(set(units)) == 1 else {}
