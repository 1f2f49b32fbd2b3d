"""The chain from a result to the SI: each standard, its certificates, who issued them, and what they rest on.

ISO/IEC 17025:2017, 6.5 and Annex A. A link that does not hold is a `Shortcoming`, by which a run is refused, or a mark
at its node: nothing is passed over.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from calib.equipment.calibration import Calibration, Document, all_in_force
from calib.equipment.documents import DocumentState, document_state
from calib.equipment.model import Equipment
from calib.equipment.status import Shortcoming, shortcomings
from calib.text import Text, both, joined, same

NodeKind = Literal["result", "standard", "certificate", "laboratory", "SI", "nothing"]
RESULT, SI, NOTHING = "result", "SI", "nothing"


@dataclass(frozen=True)
class Node:
    """One link of the chain."""

    id: str
    kind: NodeKind
    lines: tuple[Text, ...]
    """What a picture writes at it."""
    marks: tuple[Text, ...] = ()
    """Why the chain does not hold here; empty where it does."""


@dataclass(frozen=True)
class Chain:
    """The graph: nodes, and links from what is traceable to what it is traceable to."""

    nodes: tuple[Node, ...]
    links: tuple[tuple[str, str], ...]
    shortcomings: tuple[Shortcoming, ...] = ()
    """What a run is refused for, but for what its own standards' `shortcomings` tell already."""

    @property
    def marks(self) -> tuple[Text, ...]:
        """Every reason for which the chain does not hold, in the order of the nodes."""
        return tuple(dict.fromkeys(mark for node in self.nodes for mark in node.marks))

    def plain(self) -> dict[str, Any]:
        """Return the graph as JSON values, for a snapshot."""
        return {
            "nodes": [
                {
                    "id": n.id,
                    "kind": n.kind,
                    "lines": [asdict(t) for t in n.lines],
                    "marks": [asdict(t) for t in n.marks],
                }
                for n in self.nodes
            ],
            "links": [list(link) for link in self.links],
        }


@dataclass
class _Builder:
    known: Mapping[str, Equipment]
    documents: Mapping[str, DocumentState]
    simulated: bool
    nodes: dict[str, Node] = field(default_factory=dict)
    links: dict[tuple[str, str], None] = field(default_factory=dict)
    shortcomings: list[Shortcoming] = field(default_factory=list)

    def link(self, start: str, end: str) -> None:
        self.links[start, end] = None

    def add(self, node: Node) -> str:
        self.nodes.setdefault(node.id, node)
        return node.id

    def standard(self, equipment: Equipment, on: dt.date, found: list[Shortcoming], way: tuple[str, ...]) -> str:
        """Add a standard as it was on the day `on`, with all that it rests on; `way` are the standards before it."""
        lines = (same(equipment.id), same(f"{equipment.manufacturer} {equipment.model}".strip()))
        id_ = f"standard {equipment.id}"
        known = id_ in self.nodes
        self.add(Node(id_, "standard", (*lines, same(f"S/N {equipment.serial_number}")), tuple(s.what for s in found)))
        for calibration in () if known else all_in_force(equipment.calibrations, on):
            self.link(id_, self._certificate(equipment, calibration, (*way, equipment.id)))
        return id_

    def _certificate(self, equipment: Equipment, calibration: Calibration, way: tuple[str, ...]) -> str:
        marks = self._document_marks(equipment, calibration, way[0])
        ends: list[str] = []
        for id_ in calibration.standards:
            above = self.known.get(id_)
            if above is None:
                marks.append(_of(calibration, both("its standard {id} is not in the register", id=id_)))
            elif id_ in way:
                marks.append(_of(calibration, both("it rests on {id}, which rests on it", id=id_)))
            else:
                found = shortcomings(above, calibration.date, "certificate")
                self.shortcomings += [Shortcoming(way[0], s.what, s.may_be_excepted) for s in found]
                ends.append(self.standard(above, calibration.date, found, way))
        if not calibration.standards:
            ends.append(self._laboratory(calibration, marks))
        self.shortcomings += [Shortcoming(way[0], m, may_be_excepted=False) for m in marks if calibration.standards]
        node = f"certificate {equipment.id} {calibration.certificate}"
        lines = (same(calibration.certificate), same(calibration.date.isoformat()))
        self.add(Node(node, "certificate", lines, tuple(marks)))
        for end in ends:
            self.link(node, end)
        return node

    def _document_marks(self, equipment: Equipment, calibration: Calibration, first: str) -> list[Text]:
        """Return what is wrong with the certificate's file, which is refused too."""
        document = calibration.document
        state = None if document is None else self.documents.get(document.sha256)
        if document is None or state in {None, "intact"}:
            return []
        facts = {"id": equipment.id, "certificate": calibration.certificate, "path": document.path}
        if state == "missing":
            what = both("{id}: certificate {certificate}: its file {path} is missing", **facts)
        else:
            what = both("{id}: certificate {certificate}: {path} is not the file that was registered", **facts)
        self.shortcomings.append(Shortcoming(first, what, may_be_excepted=state == "missing"))
        return [what]

    def _laboratory(self, calibration: Calibration, marks: list[Text]) -> str:
        shown = (calibration.laboratory, calibration.accreditation, calibration.traceability)
        lines = tuple(same(part) for part in shown if part)
        node = self.add(Node(f"laboratory {calibration.laboratory} {shown[1]} {shown[2]}".strip(), "laboratory", lines))
        if not (calibration.accreditation or calibration.traceability):
            what = both("the register states neither 'accreditation' nor 'traceability' of {laboratory}",
                        laboratory=calibration.laboratory)  # fmt: skip
            marks.append(_of(calibration, what))
        else:
            self.link(node, NOTHING if self.simulated else SI)
        return node


def chain(
    standards: Mapping[str, Equipment],
    upstream: Mapping[str, Equipment],
    on: dt.date,
    *,
    documents: Mapping[str, DocumentState],
    found: Mapping[str, list[Shortcoming]] | None = None,
    simulated: bool = False,
) -> Chain:
    """Return the chain of a result that rests on `standards`, by id.

    Parameters
    ----------
    upstream
        Equipment by id with which the laboratory itself calibrated those standards.
    on
        Day of the measurement.
    documents
        State of certificates' files by their SHA-256; a file that is not in it was not looked at.
    found
        Shortcomings of the standards themselves by id, to be marked at them.
    simulated
        Whether the chain ends in nothing.
    """
    builder = _Builder({**upstream, **standards}, documents, simulated)
    builder.add(Node(RESULT, "result", (both("Results of the calibration"),)))
    for id_, equipment in standards.items():
        builder.link(RESULT, builder.standard(equipment, on, (found or {}).get(id_, []), ()))
    if any(end == SI for _, end in builder.links):
        builder.add(Node(SI, "SI", (both("SI units"),)))
    if any(end == NOTHING for _, end in builder.links):
        builder.add(Node(NOTHING, "nothing", (both("Simulated: traceable to nothing"),)))
    return Chain(tuple(builder.nodes.values()), tuple(builder.links), tuple(dict.fromkeys(builder.shortcomings)))


def upstream_of(standards: Mapping[str, Equipment], register: Mapping[str, Equipment]) -> dict[str, Equipment]:
    """Return all equipment of the register on which calibrations of `standards` rest, but for themselves."""
    found: dict[str, Equipment] = {}
    waiting = list(standards.values())
    while waiting:
        for calibration in waiting.pop().calibrations:
            for id_ in calibration.standards:
                if id_ in register and id_ not in found and id_ not in standards:
                    found[id_] = register[id_]
                    waiting.append(register[id_])
    return found


def document_states(equipment: Mapping[str, Equipment], folder: Path) -> dict[str, DocumentState]:
    """Return the state of every certificate's file of some equipment, by the SHA-256 that was registered."""
    documents: list[Document] = [c.document for e in equipment.values() for c in e.calibrations if c.document]
    states: dict[str, DocumentState] = {}
    for document in documents:
        state = document_state(document, folder)
        if states.get(document.sha256) in {None, "intact"}:
            states[document.sha256] = state
    return states


def _of(calibration: Calibration, what: Text) -> Text:
    return joined([both("certificate {certificate}", certificate=calibration.certificate), what], ": ")
