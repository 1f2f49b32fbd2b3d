"""The SQLite file under a journal: how it is opened, written durably, and left as one file."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import CalibError, FileError, RecordError
from calib.record import place
from calib.record.chain import Value
from calib.record.journal_reader import JournalReader
from calib.record.schema import CREATE

if TYPE_CHECKING:
    from filelock import BaseFileLock

Statement = tuple[str, tuple[Value, ...]]
WAIT_FOR_READERS_MS = 300
_PATIENCE_S = 0.1
"""Longer than a watcher needs to see whether anybody writes (`is_held`)."""
_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "foreign_keys = ON",
)
"""`fullfsync` matters on macOS, where fsync alone leaves data in the drive's memory."""


class Writing:
    """The one connection that writes a journal."""

    def __init__(self, database: sqlite3.Connection, lock: "BaseFileLock") -> None:
        self._database = database
        self._lock = lock

    def configure(self) -> None:
        """Set how it is written."""
        for setting in _SETTINGS:
            self._database.execute(f"PRAGMA {setting}")

    def prepare(self) -> None:
        """Set how it is written, and make the tables."""
        self.configure()
        self.write([(statement, ()) for statement in CREATE])

    def write(self, rows: Sequence[Statement]) -> None:
        """Carry out (statement, values) in one transaction: durable once this returns, undone where it raises."""
        execute = self._database.execute
        try:
            execute("BEGIN IMMEDIATE")
            for statement, values in rows:
                execute(statement, values)
            execute("COMMIT")
        except sqlite3.Error:
            if self._database.in_transaction:
                with suppress(sqlite3.Error):
                    execute("ROLLBACK")
            raise

    def settle(self) -> None:
        """Bring everything into the one file; the log beside it goes with the last reader."""
        self._database.execute(f"PRAGMA busy_timeout = {WAIT_FOR_READERS_MS}")
        with suppress(sqlite3.OperationalError):
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._database.execute("PRAGMA journal_mode = DELETE")

    def close(self) -> None:
        """Close the file and let another writer have it."""
        self._database.close()
        if self._lock.is_locked:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)


def create(file: Path) -> Writing:
    """Make the tables of a new journal in `file`."""
    try:
        place.create_empty(file)
    except FileError:
        _refuse_if_held(file)
        raise
    writing = Writing(_connected(file), _locked(file))
    try:
        writing.prepare()
    except sqlite3.Error as error:
        writing.close()
        file.unlink()
        msg = f"{file}: cannot be written ({error}); is the disk full?"
        raise FileError(msg) from error
    place.sync_folder(file.parent)
    return writing


def discard(file: Path) -> None:
    """Take away what is left of a journal that could not be begun; nothing in it was acknowledged."""
    for name in ("", "-wal", "-shm", ".head", ".room"):
        with suppress(OSError):
            Path(f"{file}{name}").unlink(missing_ok=True)


def reopen(file: Path) -> Writing:
    """Open the file of a journal that was cut off, to go on with it; raise `RecordError` where another writes it."""
    if not file.is_file():
        msg = f"{file}: no such journal"
        raise FileError(msg)
    place.refuse_network(file)
    lock = _locked(file)
    try:
        with JournalReader.open(file):  # it is one
            writing = Writing(_connected(file), lock)
            writing.configure()
    except BaseException:
        lock.release()
        raise
    return writing


def _connected(where: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(where, isolation_level=None, check_same_thread=False)


def _locked(file: Path) -> "BaseFileLock":
    """Return the lock of the one writer, taken; it goes with the process."""
    from filelock import FileLock, Timeout

    lock = FileLock(f"{file}.lock", timeout=_PATIENCE_S, thread_local=False)
    try:
        lock.acquire(poll_interval=_PATIENCE_S / 10)
    except Timeout:
        msg = f"{file}: is being written by {_writer(file)}"
        raise RecordError(msg) from None
    return lock


def is_held(file: Path) -> bool:
    """Return whether a process writes a journal; takes its lock for an instant where nobody does."""
    from filelock import FileLock, Timeout

    name = Path(f"{file}.lock")
    if not name.exists():
        return False
    lock = FileLock(name, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _refuse_if_held(file: Path) -> None:
    """Raise `RecordError` with the writer's name where an existing journal is still written."""
    if file.is_file() and Path(f"{file}.lock").exists():
        _locked(file).release()


def _writer(file: Path) -> str:
    try:
        with JournalReader.open(file) as journal:
            return journal.writer
    except (CalibError, sqlite3.Error):
        return "another process"


def is_lost(error: sqlite3.Error) -> bool:
    """Return whether the system may have dropped what it said it took: after a failed flush nothing can be promised."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith("SQLITE_IOERR") and name not in {"SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE"}


def is_full(error: sqlite3.Error) -> bool:
    """Return whether there was no room for a write; some systems say so as a failed write only."""
    return getattr(error, "sqlite_errorname", "") in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}
