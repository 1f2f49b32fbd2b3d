"""A run seen from outside while it lives: new rows are read in short transactions that never hold the writer back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from calib.record.contents import Gathered
from calib.record.journal_reader import JournalReader
from calib.record.model import Readings
from calib.record.schema import TABLES
from calib.record.store import is_held
from calib.record.story import Event, Status

_TABLES = TABLES.keys() - {"traffic"}


@dataclass(frozen=True)
class Sight:
    """What can be seen of a run now."""

    readings: Readings
    status: Status
    alive: bool
    """Whether a process still writes it."""
    writer: str
    last: float
    """Time of the last row, in seconds since 1970-01-01T00:00:00Z."""
    stopped: str
    """Why it stopped before its end, as far as it says so."""
    newest: Event | None
    """The last row, where that is an event: what the run does now, such as a wait."""


class Watch:
    """Follows the journal of a run; `look` returns what is new, and costs as much as what is new."""

    def __init__(self, journal: Path) -> None:
        self._reader = JournalReader.open(journal)
        self._path = journal
        self._story = Gathered()
        self._after = 0
        self._last = 0.0
        self._alive = True
        self._newest = ""
        """Table of the last row."""

    def look(self) -> bool:
        """Read what came since; return whether there is anything new."""
        alive, before = is_held(self._path), (self._after, self._alive)
        for table, row in self._reader.rows(_TABLES, self._after):
            self._after, self._last, self._newest = row[0], row[1], table
            self._story.apply(table, row[1:-1])
        self._alive = alive
        return (self._after, self._alive) != before

    @property
    def sight(self) -> Sight:
        """Return what was seen so far."""
        stopped = [e.details.get("why", "") for e in self._story.events if e.kind == "stopped"]
        return Sight(
            readings=self._story.state.view(),
            status=self._story.status,
            alive=self._alive and self._story.status == "unfinished",
            writer=self._reader.writer,
            last=self._last,
            stopped=str(stopped[-1]) if stopped else "",
            newest=self._story.events[-1] if self._newest == "event" else None,
        )

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
