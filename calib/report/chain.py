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

_ENDS = {"result", "SI", "nothing"}
_CONDITIONS = (("temperature", "use_temperature_C", "°C"), ("humidity", "use_humidity_percent", "%"))


def chain_picture(snapshot: Mapping[str, Any]) -> ChainPicture | None:
    """Return the chain of the snapshot laid out in columns; None for a record that holds none."""
    graph = find(snapshot, "traceability")
    if not isinstance(graph, Mapping) or not graph.get("nodes"):
        return None
    nodes = {str(node["id"]): node for node in graph["nodes"]}
    links = [(str(a), str(b)) for a, b in graph["links"] if a in nodes and b in nodes]
    kinds = {id_: str(node["kind"]) for id_, node in nodes.items()}
    column = _columns(kinds, links)
    row = _rows(kinds, links, column)
    boxes = tuple(
        ChainBox(
            kinds[id_], tuple(as_text(x) for x in node["lines"]), column[id_], row[id_], broken=bool(node.get("marks"))
        )
        for id_, node in nodes.items()
    )
    place = {id_: i for i, id_ in enumerate(nodes)}
    found = tuple((place[a], place[b]) for a, b in links)
    return ChainPicture(boxes, found, columns=max(column.values()) + 1, rows=int(max(row.values())) + 1)


def _columns(kinds: Mapping[str, str], links: list[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each node: the longest way to it, laboratories last; a circle ends after as many steps."""
    column = dict.fromkeys(kinds, 0)
    for _ in kinds:
        for a, b in links:
            column[b] = min(max(column[b], column[a] + 1), len(kinds))
    last = max((column[id_] for id_, kind in kinds.items() if kind == "laboratory"), default=0)
    return {id_: last if kinds[id_] == "laboratory" else column[id_] for id_ in kinds}


def _rows(kinds: Mapping[str, str], links: list[tuple[str, str]], column: Mapping[str, int]) -> dict[str, float]:
    """Return the row of each node: a lane for each way, so that no link runs behind a box; both ends in the middle."""
    row: dict[str, float] = {}
    taken: set[tuple[int, int]] = set()

    def follow(id_: str, lane: int) -> None:
        while (column[id_], lane) in taken:
            lane += 1
        row[id_] = lane
        taken.add((column[id_], lane))
        for a, b in links:
            if a == id_ and b not in row and kinds[b] not in _ENDS:
                follow(b, lane)

    for id_, kind in kinds.items():
        if id_ not in row and kind not in _ENDS:
            follow(id_, 1 + int(max(row.values(), default=-1)))
    middle = max(row.values(), default=0) / 2
    return {id_: row.get(id_, middle) for id_ in kinds}


def broken_links(snapshot: Mapping[str, Any]) -> list[Text]:
    """Return what of the chain does not hold, but for what the exceptions of the run name already."""
    excepted = {as_text(e.get("what")) for e in find(snapshot, "exceptions") or () if isinstance(e, Mapping)}
    nodes = find(snapshot, "traceability.nodes") or ()
    marks = [as_text(mark) for node in nodes for mark in node.get("marks") or ()]
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
