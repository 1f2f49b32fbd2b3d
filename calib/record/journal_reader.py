"""Reading of a journal, live or finished, in short transactions that do not hold the writer back."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import repeat
from pathlib import Path
from typing import Any, Self

from calib.errors import FileError, IntegrityError, RecordError
from calib.record.chain import GENESIS, link, link_reading
from calib.record.contents import RESUMABLE, Contents, Gathered
from calib.record.encoding import from_json
from calib.record.headfile import HeadNote, missing_tail, read_head
from calib.record.keys import PublicKey
from calib.record.model import Readings
from calib.record.schema import APPLICATION_ID, FORMAT, LAST, TABLES, USER_VERSION, select
from calib.record.signature import check_journal
from calib.record.state import RunState
from calib.record.story import Status

SIGNATURES = "SELECT statement, signature, public_key FROM signature ORDER BY rowid"
STATUS = "SELECT status FROM finish WHERE seq > (SELECT coalesce(max(seq), 0) FROM writer) ORDER BY seq DESC"
_WINDOW = 4000
"""Rows that are read in one transaction: as long as one is open, the writer's log can only grow."""
_FIRST = -(2**63)
Row = tuple[str, tuple[Any, ...]]
"""Table, and a row of it: place in the chain, columns, hash."""


class JournalReader:
    """A journal opened for reading."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self._version = USER_VERSION
        self._select = select(USER_VERSION)
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
        reader = cls(_connected(path), path)
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
            row = self._database.execute(STATUS).fetchone()
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
        for table, row in self.rows(TABLES.keys() - {"traffic", "event", "answer", "results"}):
            state.apply(table, row[1:-1])
        return state.view()

    def rows(self, tables: Collection[str] = TABLES.keys(), after: int = 0) -> Iterator[Row]:
        """Yield the rows so far, in the order of the chain; those `after` a place in it, where one is given."""
        with self._transaction():
            last = self._database.execute(LAST).fetchone()[0] or 0
        yield from self._until(last, tables, after)

    def verify(self, trusted: Collection[PublicKey] | None = None) -> Contents:
        """Return everything, once the chain, the count of rows and the signature hold, and nothing lacks at the end.

        With `trusted` the end must be signed by one of these keys.

        Raises
        ------
        IntegrityError
            Names the first row that was changed, taken out or appended, or how many rows lack at the end.
        """
        contents = self.contents()
        if contents.doubt:
            raise IntegrityError(contents.doubt)
        key = contents.key or contents.head_key
        if trusted is not None and key not in trusted:
            by = "by nobody" if key is None else f"by the key {key.id[:16]}, which is not trusted here"
            msg = f"{self.path}: its end is signed {by}"
            raise IntegrityError(msg)
        return contents

    def contents(self) -> Contents:
        """Return everything, once the chain, the count of rows and the signature hold.

        Whether rows lack at the end of an unfinished journal is told in `doubt`: what is left can still be used.

        Raises
        ------
        IntegrityError
            Names the first row that was changed, taken out or appended.
        """
        note, damaged = self._head_note()
        story, found = Gathered(), dict.fromkeys([] if note is None else [s["rows"] for s in note.statements()], b"")
        try:
            with self._transaction():
                last = self._database.execute(LAST).fetchone()[0] or 0
                signatures = self._database.execute(SIGNATURES).fetchall()
            rows, head, key = self._follow(story, last, found, list(signatures))
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
            msg = f"{self.path}: damaged: {error}"
            raise IntegrityError(msg) from error
        signature = signatures[-1] if key is not None else None
        doubt = ""
        if story.count is None and self._version > 1:
            doubt = damaged or missing_tail(self.path, note, rows, found, story.head_key)
        return story.contents(rows, head, key, signature, doubt)

    def _head_note(self) -> tuple[HeadNote | None, str]:
        """Return what the head file says, and what is wrong with the file itself."""
        try:
            return read_head(self.path), ""
        except IntegrityError as error:
            return None, str(error)

    def _follow(
        self, story: "Gathered", last: int, wanted: dict[int, bytes], signatures: list[Any]
    ) -> tuple[int, bytes, PublicKey | None]:
        """Follow the chain to the row `last`; return the number of rows, the last hash, and who signed the end.

        Fills in the `wanted`, and takes a signature for every end that names a key.
        """
        rows, head = 0, GENESIS
        add_reading = story.state.reading_rows.append
        key: PublicKey | None = None
        for table, row in self._until(last, TABLES.keys(), _FIRST):
            sequence = row[0]
            if sequence != rows + 1:
                what = "was taken out" if sequence > rows + 1 else "is there twice"
                msg = f"{self.path}: row {min(sequence, rows + 1)} {what} (found at row {sequence}, {table})"
                raise IntegrityError(msg)
            if story.count is not None and not (table == "writer" and story.status in RESUMABLE):
                msg = f"{self.path}: row {sequence} ({table}) was appended after the end"
                raise IntegrityError(msg)
            values = row[1:-1]
            head = link_reading(head, row) if table == "reading" else link(head, sequence, table, values)
            if head != row[-1]:
                msg = f"{self.path}: row {sequence} ({table}) is not what was written: {_short(values)}"
                raise IntegrityError(msg)
            rows = sequence
            if rows in wanted:
                wanted[rows] = head
            if table == "reading":
                add_reading(values)
                continue
            story.apply(table, values)
            if table == "finish":
                key = self._signed_by(story, rows, head, signatures)
            elif table == "writer":
                key = None
        if signatures:
            msg = f"{self.path}: a signature was appended; no end names its key"
            raise IntegrityError(msg)
        return rows, head, key

    def _signed_by(self, story: "Gathered", rows: int, head: bytes, signatures: list[Any]) -> PublicKey | None:
        """Return who signed the row, where it is an end; it counts the rows up to itself."""
        if story.count is not None and story.count != rows:
            msg = f"{self.path}: the end counts {story.count} rows, the file holds {rows}"
            raise IntegrityError(msg)
        if story.key is None:
            return None
        signature = signatures.pop(0) if signatures else None
        return check_journal(str(self.path), rows, head, story.key, signature)

    def _until(self, last: int, tables: Collection[str], after: int) -> Iterator[Row]:
        """Yield the rows behind `after` up to `last`, some thousand at a time, each time in one short transaction."""
        low, high = after + 1 if after > _FIRST else _FIRST, max(after, 0) + _WINDOW
        while low <= last:
            yield from self._between(low, min(high, last), tables)
            low, high = high + 1, high + _WINDOW

    def _between(self, low: int, high: int, tables: Collection[str]) -> Iterable[Row]:
        found: list[Row] = []
        several = False
        with self._transaction():
            for table in sorted(tables):
                rows = self._database.execute(self._select[table], (low, high)).fetchall()
                several = bool(found and rows) or several
                found += zip(repeat(table), rows, strict=False)
        if several:
            found.sort(key=_place)
        return found

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
        self._version = version
        self._select = select(version)
        if application == APPLICATION_ID and version > USER_VERSION:
            msg = f"{self.path}: written by a newer calib (calib-journal/{version}); this one reads up to {FORMAT}"
            raise RecordError(msg)
        if not begun:
            msg = f"{self.path}: not a journal of calib, or one in which no run has begun"
            raise RecordError(msg)


def _connected(path: Path) -> sqlite3.Connection:
    """Return a connection that only reads; a change that its writer was killed amid is first taken back, by SQLite."""
    where = path.resolve().as_uri()
    database = sqlite3.connect(f"{where}?mode=ro", uri=True, isolation_level=None)
    try:
        database.execute("PRAGMA schema_version").fetchone()
    except sqlite3.DatabaseError as error:
        if not error.sqlite_errorname.startswith("SQLITE_READONLY"):
            return database  # whoever reads on is told what is wrong
        database.close()
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"{where}?mode=rw", uri=True)) as writing:
            writing.execute("PRAGMA schema_version").fetchone()
        database = sqlite3.connect(f"{where}?mode=ro", uri=True, isolation_level=None)
    return database


def _place(row: Row) -> Any:
    return row[1][0]


def _short(values: tuple[Any, ...]) -> str:
    text = ", ".join(repr(value) for value in values)
    return text if len(text) <= 120 else text[:117] + "..."
