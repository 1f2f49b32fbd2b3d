"""The chain to the SI as a picture, and what of it does not hold (ISO/IEC 17025:2017, 6.5, 7.8.4.1 c)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from calib.equipment import in_force
from calib.numbers import Style
from calib.record.model import Readings
from calib.report.model import ChainBox, ChainPicture
from calib.report.source import as_text, find
from calib.report.standards import is_the_item
from calib.text import Text, both

_CONDITIONS = (("temperature", "use_temperature_C", "°C"), ("humidity", "use_humidity_percent", "%"))


def chain_picture(snapshot: Mapping[str, Any]) -> ChainPicture | None:
    """Return the chain of the snapshot laid out in columns; None for a record that holds none."""
    graph = find(snapshot, "traceability")
    if not isinstance(graph, Mapping) or not graph.get("nodes"):
        return None
    nodes = {str(node["id"]): node for node in graph["nodes"]}
    links = [(str(a), str(b)) for a, b in graph["links"] if a in nodes and b in nodes]
    column = _columns(list(nodes), links)
    taken: dict[int, int] = {}
    boxes = []
    for id_, node in nodes.items():
        row = taken.get(column[id_], 0)
        taken[column[id_]] = row + 1
        lines = tuple(as_text(line) for line in node["lines"])
        boxes.append(ChainBox(str(node["kind"]), lines, column[id_], row, broken=bool(node.get("marks"))))
    place = {id_: i for i, id_ in enumerate(nodes)}
    return ChainPicture(
        tuple(boxes),
        tuple((place[a], place[b]) for a, b in links),
        columns=max(taken) + 1,
        rows=max(taken.values()),
    )


def _columns(ids: list[str], links: list[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each node: the longest way to it; a circle ends after as many steps as there are nodes."""
    column = dict.fromkeys(ids, 0)
    for _ in ids:
        for a, b in links:
            column[b] = min(max(column[b], column[a] + 1), len(ids))
    return column


def broken_links(snapshot: Mapping[str, Any]) -> list[Text]:
    """Return what of the chain does not hold, but for what the exceptions of the run name already."""
    excepted = {as_text(e.get("what")) for e in find(snapshot, "exceptions") or () if isinstance(e, Mapping)}
    nodes = find(snapshot, "traceability.nodes") or ()
    marks = [as_text(mark) for node in nodes for mark in node.get("marks") or () if node["kind"] == "certificate"]
    return [both("{mark}.", mark=mark) for mark in dict.fromkeys(marks) if mark not in excepted]


def outside_conditions(snapshot: Mapping[str, Any], on: date, readings: Readings, style: Style) -> list[Text]:
    """Return which standards were used outside the conditions that their certificates state for their values."""
    found = []
    for id_, equipment in (find(snapshot, "equipment") or {}).items():
        calibration = in_force(equipment.get("calibrations") or (), on)
        if calibration is None or is_the_item(equipment, find(snapshot, "job.item") or {}):
            continue
        for quantity, key, unit in _CONDITIONS:
            span, values = calibration.get(key), [c.value for c in readings.environment if c.quantity == quantity]
            if not span or (values and span[0] <= min(values) and max(values) <= span[1]):
                continue
            noted = f"{style.number_of(min(values))} … {style.number_of(max(values))}" if values else "–"
            found.append(
                both(
                    "{standard}: certificate {certificate} holds from {low} {unit} to {high} {unit}; noted: {noted}.",
                    standard=id_,
                    certificate=calibration.get("certificate", "–"),
                    low=style.number_of(span[0]),
                    high=style.number_of(span[1]),
                    unit=unit,
                    noted=noted,
                )
            )
    return found
