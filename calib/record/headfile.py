"""The head file beside a living journal: how far it had come, so that a tail that was cut off is missed.

A chain tells what was changed or taken out within it, not what is missing at its end. So `RUN.journal.head` holds the
number of rows and the last hash, noted after each commit in two lines by turns, without waiting for the disk; and in a
third line, at the end of each attempt, the same signed and made durable. A line is never ahead of the journal: it is
written after the commit. Killing the process loses no line; a power cut may lose the newest of the first two.

The file is mapped into memory: written in the ordinary way, its changing time would slow down each commit.

Found: rows or a write-ahead log lost by accident or taken out by hand; with a key, also where both files were rewritten
by somebody who has not the key, up to the last signed line. Not found, by anything that lies on this computer alone:
rows after the last signed line, where the other two are rewritten; and both files exchanged for older copies.
The file goes when the journal is finished, whose last row counts the rows.
"""

import mmap
import operator
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calib.errors import FileError, IntegrityError
from calib.record.chain import GENESIS
from calib.record.encoding import from_json, to_json
from calib.record.keys import PublicKey
from calib.record.place import sync_folder

if TYPE_CHECKING:
    from calib.record.keys import SigningKey

_LINE = 512
"""Bytes of each line: one sector, so that a power cut leaves the old or the new one."""
_SIGNED = 2 * _LINE
_SIZE = 3 * _LINE
_TRIES = 20


def head_path(journal: Path | str) -> Path:
    """Return where the head file of a journal lies."""
    return Path(f"{journal}.head")


class HeadFile:
    """Writes the head file of one journal."""

    def __init__(self, journal: Path, key: "SigningKey | None") -> None:
        self.path = head_path(journal)
        self._key = key
        try:
            with self.path.open("a+b") as file:
                new = file.tell() != _SIZE
                file.truncate(0 if new else _SIZE)
                file.write(b" " * (_SIZE if new else 0))
                file.flush()
                os.fsync(file.fileno())
                self._lines = mmap.mmap(file.fileno(), _SIZE)
            sync_folder(self.path.parent)
        except OSError as error:
            msg = f"{self.path}: cannot be written ({error.strerror})"
            raise FileError(msg) from error
        if new:
            self.sign(0, GENESIS)

    def note(self, rows: int, head: bytes) -> None:
        """Note how far the journal has come."""
        self._put(_LINE * (rows & 1), f'{{"rows":{rows},"head":"{head.hex()}"}}')

    def sign(self, rows: int, head: bytes) -> None:
        """Note how far the journal has come, signed and durable; without a key nothing."""
        if self._key is None:
            return
        time = datetime.now(UTC).isoformat(timespec="seconds")
        statement = to_json({"format": "calib-head/1", "rows": rows, "head": head.hex(), "time": time})
        signature = self._key.sign(statement.encode()).hex()
        self._put(_SIGNED, to_json({"statement": statement, "signature": signature}))
        with suppress(OSError):  # the journal holds the rows; what is lost is a means to prove that none lacks
            self._lines.flush()

    def close(self, *, remove: bool) -> None:
        """Close the file, and remove it where the journal can do without."""
        self._lines.close()
        if remove:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _put(self, place: int, line: str) -> None:
        self._lines[place : place + _LINE] = line.encode().ljust(_LINE)


@dataclass(frozen=True)
class HeadNote:
    """What a head file says: each line empty where nothing was noted yet."""

    path: Path
    plain: tuple[dict[str, Any], ...]
    signed: dict[str, Any]
    """`statement` and `signature`."""

    def statements(self) -> list[dict[str, Any]]:
        """Return what is stated: rows and head."""
        return [*self.plain, *([from_json(self.signed["statement"])] if self.signed else [])]


def read_head(journal: Path) -> HeadNote | None:
    """Return what the head file of a journal says now, None where there is none; read it before the journal.

    Raises
    ------
    IntegrityError
        It is not what was written.
    """
    path = head_path(journal)
    try:
        raw = _settled(path)
        if len(raw) != _SIZE:
            _refuse_length(len(raw))
        lines = [from_json(text) for text in (raw[at : at + _LINE].decode().strip() for at in (0, _LINE)) if text]
        signed = raw[_SIGNED:_SIZE].decode().strip()
        note = HeadNote(path, tuple(lines), from_json(signed) if signed else {})
        for said in note.statements():
            bytes.fromhex(said["head"])
            operator.index(said["rows"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{path}: damaged ({error}), so rows may have been taken out at the end of the journal"
        raise IntegrityError(msg) from error
    return note


def missing_tail(
    journal: Path, note: HeadNote | None, rows: int, found: dict[int, bytes], key: PublicKey | None
) -> str:
    """Return what speaks against an unfinished journal ending where it ended; empty where nothing does.

    `found` are the hashes of the rows that the note names, `key` the one that must have signed it.
    """
    if note is None:
        return f"{journal}: its head file {head_path(journal).name} is missing: rows may have been taken out at its end"
    if key is not None and not _signed(note, key):
        return f"{note.path}: its signature is gone or false (key {key.id[:16]}); rows may have been taken out"
    for said in note.statements():
        if said["rows"] > rows:
            return (
                f"{journal}: rows {rows + 1} to {said['rows']} are missing at its end (found by {note.path.name}): "
                "taken out, or the file was copied without its write-ahead log (-wal)"
            )
        if said["rows"] and found[said["rows"]].hex() != said["head"]:
            return f"{journal}: row {said['rows']} is not the one that {note.path.name} names: the end was exchanged"
    return ""


def _refuse_length(found: int) -> None:
    msg = f"{found} bytes instead of {_SIZE}"
    raise ValueError(msg)


def _settled(path: Path) -> bytes:
    """Return the content of the file, when the writer is not amid a line."""
    before = path.read_bytes()
    for _ in range(_TRIES):
        again = path.read_bytes()
        if again == before:
            break
        before = again
    return before


def _signed(note: HeadNote, key: PublicKey) -> bool:
    try:
        signature = bytes.fromhex(note.signed["signature"])
        return key.verifies(signature, note.signed["statement"].encode())
    except (KeyError, ValueError, TypeError):
        return False
