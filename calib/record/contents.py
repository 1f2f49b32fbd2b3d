"""Everything in a journal, gathered row by row while its chain is followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calib.record.encoding import from_json
from calib.record.keys import PublicKey
from calib.record.state import RunState
from calib.record.story import Answered, Event, Message, Status


@dataclass(frozen=True)
class Contents:
    """Everything in a journal, its chain verified."""

    state: RunState
    format: str
    begun: float
    ended: float | None
    utc_offset_s: float
    traffic: tuple[Message, ...]
    events: tuple[Event, ...]
    answers: tuple[Answered, ...]
    results: tuple[Mapping[str, Any], ...]
    """Rows of the evaluation that was noted last."""
    engine: Mapping[str, Any]
    status: Status
    rows: int
    head: bytes
    """Hash of the last row."""
    key: PublicKey | None
    """Who signed the end."""
    signature: tuple[str, bytes, str] | None
    """Statement about the end, signature over it, public key in PEM."""
    head_key: PublicKey | None = None
    """Who signs the head file while the run lives."""
    doubt: str = ""
    """What speaks against the end of an unfinished journal being where it was; empty where nothing does."""
    revisions: tuple[str, ...] = ()
    """How a record was made of earlier ones (`Revision` as JSON), the oldest first; empty for a journal."""


RESUMABLE = ("aborted", "failed")
"""Ends after which a run may go on: whoever writes next opens the journal again."""


class Gathered:
    """Everything that the rows tell, gathered in their order."""

    def __init__(self) -> None:
        self.state = RunState()
        self.start: tuple[Any, ...] = ()
        self.traffic: list[Message] = []
        self.events: list[Event] = []
        self.answers: list[Answered] = []
        self.results: tuple[Any, ...] | None = None
        self.ended: float | None = None
        self.status: Status = "unfinished"
        self.count: int | None = None
        self.key: str | None = None

    def apply(self, table: str, row: tuple[Any, ...]) -> None:
        """Take one row: the columns of `table` in the order of the schema."""
        match table:
            case "traffic":
                self.traffic.append(Message(*row))
            case "event":
                self.events.append(Event(row[0], row[1], from_json(row[2])))
            case "answer":
                time, prompt, question, value, by = row
                self.answers.append(Answered(time, prompt, from_json(question), from_json(value), by))
            case "results":
                self.results = row
            case "finish":
                self.ended, self.status, self.count, self.key = row
            case "writer" if self.status in RESUMABLE:
                self.ended, self.status, self.count, self.key = None, "unfinished", None, None
            case _:
                if table == "start":
                    self.start = row
                self.state.apply(table, row)

    @property
    def head_key(self) -> PublicKey | None:
        """Return who signs the head file, as the first row names it."""
        pem = self.start[4] if len(self.start) > 4 else None
        return None if pem is None else PublicKey(pem)

    def contents(self, rows: int, head: bytes, key: PublicKey | None, signature: Any, doubt: str) -> Contents:
        """Return all of it, with what the end of the chain says."""
        begun, version, utc_offset_s, *_ = self.start
        _, engine, results = self.results or (None, "{}", "[]")
        return Contents(
            state=self.state,
            format=version,
            begun=begun,
            ended=self.ended,
            utc_offset_s=utc_offset_s,
            traffic=tuple(self.traffic),
            events=tuple(self.events),
            answers=tuple(self.answers),
            results=tuple(from_json(results)),
            engine=from_json(engine),
            status=self.status,
            rows=rows,
            head=head,
            key=key,
            signature=signature,
            head_key=self.head_key,
            doubt=doubt,
        )
