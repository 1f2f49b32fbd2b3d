"""Reading of a journal, live or finished, in short transactions that do not hold the writer back."""

import heapq
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from calib.errors import FileError, IntegrityError, RecordError
from calib.record.chain import GENESIS, link
from calib.record.contents import Contents, Gathered
from calib.record.encoding import from_json
from calib.record.keys import PublicKey
from calib.record.model import Readings
from calib.record.schema import APPLICATION_ID, FORMAT, SELECT, USER_VERSION
from calib.record.signature import check_journal
from calib.record.state import RunState
from calib.record.story import Status

SIGNATURE = "SELECT statement, signature, public_key FROM signature"


class JournalReader:
    """A journal opened for reading."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a journal.

        Raises
        ------
        FileError
            There is no such file, or it cannot be read.
        RecordError
            It is not a journal, or of a newer format.
        """
        if not path.is_file():
            msg = f"{path}: no such journal"
            raise FileError(msg)
        reader = cls(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None), path)
        try:
            reader._check_format()
        except BaseException:
            reader.close()
            raise
        return reader

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """Return the snapshot with which the run began."""
        with self._transaction():
            row = self._database.execute("SELECT snapshot FROM start").fetchone()
        snapshot: Mapping[str, Any] = from_json(row[0])
        return snapshot

    @property
    def status(self) -> Status:
        """Return how the run ended; `unfinished` while it lives, and after a crash."""
        with self._transaction():
            row = self._database.execute("SELECT status FROM finish").fetchone()
        status: Status = "unfinished" if row is None else row[0]
        return status

    @property
    def writer(self) -> str:
        """Return which process writes it, or wrote it last."""
        with self._transaction():
            row = self._database.execute("SELECT process, host FROM writer ORDER BY seq DESC").fetchone()
        return "another process" if row is None else f"process {row[0]} on {row[1]}"

    def readings(self) -> Readings:
        """Return what was recorded so far."""
        state = RunState()
        with self._transaction():
            for _, table, values, _ in self._rows(SELECT.keys() - {"traffic", "event", "answer", "results"}):
                state.apply(table, values)
        return state.view()

    def verify(self, trusted: Collection[PublicKey] | None = None) -> Contents:
        """Return everything, once the chain, the count of rows and the signature hold.

        With `trusted` the end must be signed by one of these keys.

        Raises
        ------
        IntegrityError
            Names the first row that was changed, taken out or appended.
        """
        story = Gathered()
        with self._transaction():
            try:
                rows, head = self._follow(story)
                signature = self._database.execute(SIGNATURE).fetchone()
            except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
                msg = f"{self.path}: damaged: {error}"
                raise IntegrityError(msg) from error
        key = self._signed_by(story, rows, head, signature)
        if trusted is not None and key not in trusted:
            by = "by nobody" if key is None else f"by the key {key.id[:16]}, which is not trusted here"
            msg = f"{self.path}: its end is signed {by}"
            raise IntegrityError(msg)
        return story.contents(rows, head, key, signature)

    def _follow(self, story: "Gathered") -> tuple[int, bytes]:
        """Follow the chain through all rows; return their number and the last hash."""
        rows, head = 0, GENESIS
        for sequence, table, values, stored in self._rows(SELECT.keys()):
            if sequence != rows + 1:
                what = "was taken out" if sequence > rows + 1 else "is there twice"
                msg = f"{self.path}: row {min(sequence, rows + 1)} {what} (found at row {sequence}, {table})"
                raise IntegrityError(msg)
            if story.count is not None:
                msg = f"{self.path}: row {sequence} ({table}) was appended after the end"
                raise IntegrityError(msg)
            head = link(head, sequence, table, values)
            if head != stored:
                msg = f"{self.path}: row {sequence} ({table}) is not what was written: {_short(values)}"
                raise IntegrityError(msg)
            rows = sequence
            story.apply(table, values)
        return rows, head

    def _signed_by(self, story: "Gathered", rows: int, head: bytes, signature: Any) -> PublicKey | None:
        if story.count is not None and story.count != rows:
            msg = f"{self.path}: the end counts {story.count} rows, the file holds {rows}"
            raise IntegrityError(msg)
        if story.key is None:
            if signature is not None:
                msg = f"{self.path}: a signature was appended; the end names no key"
                raise IntegrityError(msg)
            return None
        return check_journal(str(self.path), rows, head, story.key, signature)

    def _rows(self, tables: Collection[str]) -> Iterator[tuple[int, str, tuple[Any, ...], bytes]]:
        """Yield (sequence, table, values, hash) in the order of the chain."""
        streams = (self._table(table) for table in sorted(tables))
        return heapq.merge(*streams, key=lambda row: row[0])

    def _table(self, table: str) -> Iterator[tuple[int, str, tuple[Any, ...], bytes]]:
        with closing(self._database.execute(SELECT[table])) as cursor:
            for sequence, *values, stored in cursor:
                yield sequence, table, tuple(values), stored

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """See the journal at one instant."""
        self._database.execute("BEGIN")
        try:
            yield
        finally:
            self._database.execute("COMMIT")

    def _check_format(self) -> None:
        try:
            application = self._database.execute("PRAGMA application_id").fetchone()[0]
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            begun = application == APPLICATION_ID and self._database.execute("SELECT count(*) FROM start").fetchone()[0]
        except sqlite3.DatabaseError as error:
            msg = f"{self.path}: not a journal of calib ({error})"
            raise RecordError(msg) from error
        if application == APPLICATION_ID and version > USER_VERSION:
            msg = f"{self.path}: written by a newer calib (calib-journal/{version}); this one reads up to {FORMAT}"
            raise RecordError(msg)
        if not begun:
            msg = f"{self.path}: not a journal of calib, or one in which no run has begun"
            raise RecordError(msg)


def _short(values: tuple[Any, ...]) -> str:
    text = ", ".join(repr(value) for value in values)
    return text if len(text) <= 120 else text[:117] + "..."
