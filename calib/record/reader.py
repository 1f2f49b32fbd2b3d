"""A record file, read: the same view for an evaluation as the journal gives, and everything else that it holds."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from calib.record.canonical import digest, object_digests
from calib.record.encoding import from_json
from calib.record.model import Attempt, Block, Condition, Preparation, Reading, Readings
from calib.record.opening import opened
from calib.record.result import Result
from calib.record.revision import Revision, revision_of
from calib.record.rows import column, rows, text
from calib.record.sealing import Seal, read_seal
from calib.record.story import Answered, Event, Message, Status
from calib.text import Text

if TYPE_CHECKING:
    import h5py


@dataclass(frozen=True)
class Record:
    """A record of a run. The file is open only while something is read from it."""

    path: Path
    snapshot: Mapping[str, Any]
    """Job, equipment, specifications, procedure, parameters: as they were when the run began."""
    simulated: bool
    """True where the instruments were simulated: nothing made of it may pass for a real result."""
    status: Status
    format: str
    begun: str
    """ISO 8601, with the offset of the laboratory from UTC."""
    ended: str | None
    journal_head: str
    """Last hash of the journal of which it was made, 64 hex digits."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a record.

        Raises
        ------
        FileError
            There is no such file, or it cannot be read.
        RecordError
            It is not a record, or of a newer format, or damaged.
        """
        with opened(path) as file:
            entry = file["entry"]
            ended = entry.get("end_time")
            return cls(
                path=path,
                snapshot=from_json(text(entry["snapshot"])),
                simulated=_simulated(file),
                status=text(entry["status"]),
                format=str(file.attrs["format"]),
                begun=text(entry["start_time"]),
                ended=None if ended is None else text(ended),
                journal_head=text(entry["journal/head"]),
            )

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over the canonical content as it is now, 64 hex digits."""
        with opened(self.path) as file:
            return digest(object_digests(file))

    @cached_property
    def seal(self) -> Seal | None:
        """Return what the seal says (`calib.record.verify` checks it), or None where there is none."""
        with opened(self.path) as file:
            read = read_seal(file, str(self.path))
            return None if read is None else read[0]

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Return the results of the evaluation that the run ended with."""
        with opened(self.path) as file:
            return _results(file["entry/points"])

    @cached_property
    def engine(self) -> Mapping[str, Any]:
        """Return what computed the results."""
        with opened(self.path) as file:
            engine: Mapping[str, Any] = from_json(file["entry/points"].attrs["engine"])
            return engine

    @cached_property
    def revisions(self) -> tuple[Revision, ...]:
        """Return how it was made of earlier records, the oldest first; empty for the record of a run itself."""
        return tuple(revision_of(said) for said in self.revision_texts)

    @cached_property
    def revision_texts(self) -> tuple[str, ...]:
        """Return the revisions as the file holds them, in JSON."""
        with opened(self.path) as file:
            entry = file["entry"]
            return tuple(column(entry["revisions"], "statement")) if "revisions" in entry else ()

    def readings(self) -> Readings:
        """Return what was recorded: all that an evaluation may know."""
        with opened(self.path) as file:
            entry = file["entry"]
            return Readings(
                snapshot=self.snapshot,
                preparations=_preparations(entry["preparations"]),
                attempts=_attempts(entry["attempts"]),
                readings=_readings(entry["readings"]),
                environment=_environment(entry["environment"]),
                blocks=_blocks(entry["blocks"]),
            )

    def traffic(self) -> tuple[Message, ...]:
        """Return every message on the wires, in order."""
        with opened(self.path) as file:
            group = file["entry/traffic"]
            content = group["content"][:].tobytes()
            resources = group["resource"].asstr()[:].tolist()
            messages = rows(group, "time", "resource_index", "direction", "first", "length", "attempt")
            return tuple(
                Message(time, resources[index], "<" if received else ">", content[first : first + length], attempt)
                for time, index, received, first, length, attempt in messages
            )

    def events(self) -> tuple[Event, ...]:
        """Return what happened, in order."""
        with opened(self.path) as file:
            events = rows(file["entry/events"], "time", "kind", "details")
            return tuple(Event(time, kind, from_json(details)) for time, kind, details in events)

    def answers(self) -> tuple[Answered, ...]:
        """Return the questions to the operator and their answers, in order."""
        with opened(self.path) as file:
            answers = rows(file["entry/answers"], "time", "prompt", "question", "value", "by")
            return tuple(Answered(t, prompt, from_json(q), from_json(v), by) for t, prompt, q, v, by in answers)


def _simulated(file: "h5py.File") -> bool:
    """Return whether it is marked as simulated anywhere: one mark is enough."""
    return bool(file.attrs["simulated"] or file["entry"].attrs["simulated"])


def _readings(group: "h5py.Group") -> tuple[Reading, ...]:
    return tuple(Reading(*row) for row in rows(group, "attempt", "channel", "value", "unit", "time"))


def _preparations(group: "h5py.Group") -> tuple[Preparation, ...]:
    return tuple(Preparation(*row) for row in rows(group, "preparation", "points", "begun"))


def _attempts(group: "h5py.Group") -> tuple[Attempt, ...]:
    names = ("attempt", "point", "number", "phase", "preparations", "begun", "ended", "outcome", "reason")
    return tuple(
        Attempt(
            identifier,
            point,
            number,
            phase,
            tuple(from_json(preparations)),
            begun,
            None if np.isnan(ended) else ended,
            outcome,
            reason or None,
        )
        for identifier, point, number, phase, preparations, begun, ended, outcome, reason in rows(group, *names)
    )


def _environment(parent: "h5py.Group") -> tuple[Condition, ...]:
    """Return the noted values in the order in which they were noted, whatever the quantity."""
    found = [
        (place, Condition(str(log.attrs["quantity"]), value, str(log["value"].attrs["units"]), time))
        for log in parent.values()
        for place, time, value in rows(log, "place", "time", "value")
    ]
    return tuple(condition for _, condition in sorted(found, key=itemgetter(0)))


def _blocks(parent: "h5py.Group") -> tuple[Block, ...]:
    groups = (parent[f"block_{place}"] for place in range(1, len(parent) + 1))
    return tuple(
        Block(
            int(g["attempt"][()]),
            text(g["channel"]),
            g["samples"][:],
            str(g["samples"].attrs["units"]),
            float(g["time"][()]),
            float(g["interval"][()]) if "interval" in g else None,
        )
        for g in groups
    )


_AS_JSON = ("budget", "remarks", "together")


def _results(group: "h5py.Group") -> tuple[Result, ...]:
    columns: dict[str, list[Any]] = {}
    for field in fields(Result):
        if field.default is not MISSING and field.name not in group and field.name != "remarks":
            continue  # an earlier version had no such column
        if field.type is Text:
            pairs = zip(column(group, f"{field.name}_vi"), column(group, f"{field.name}_en"), strict=True)
            columns[field.name] = [{"vi": vi, "en": en} for vi, en in pairs]
        else:
            columns[field.name] = column(group, field.name)
    return tuple(_result(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True))


def _result(row: dict[str, Any]) -> Result:
    """Return one result; its budget is read only now, as thousands of them at once are many small objects."""
    return Result.from_json(row | {name: from_json(row[name]) for name in _AS_JSON if name in row})
