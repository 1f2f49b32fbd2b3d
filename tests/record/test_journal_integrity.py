"""A journal that was touched says so and names the place."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.errors import IntegrityError
from calib.record import Journal, generate_key, load_key
from calib.record.chain import link


def written(path: Path, key_folder: Path | None = None, *, finish: bool = True) -> Path:
    key = None if key_folder is None else load_key(generate_key(key_folder).private)
    journal = Journal.create(path, {"simulated": False}, VirtualClock(datetime(2026, 11, 23, tzinfo=UTC)))
    with journal:
        attempt = journal.begin_attempt('Ω "1"\n', "as-found")
        for value in (1.5, -0.0, 1e22, 5e-324, 1 / 3):
            journal.traffic("res", "<", repr(value).encode())
            journal.reading(attempt, "meter", value, "V")
        journal.block(attempt, "wave", [0.0, -0.0, 2.5], "V")
        journal.event("safe", {"ok": True})
        journal.answer("connect", {"text": "?"}, True, "An")
        journal.end_attempt(attempt, "complete")
        if finish:
            journal.finish("complete", key)
    return path


def touched(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    with sqlite3.connect(path) as database:
        assert database.execute(statement, values).rowcount == 1
    database.close()


def verify(path: Path) -> None:
    with Journal.open(path) as journal:
        journal.verify()


def test_an_untouched_journal_verifies_finished_or_not(tmp_path: Path) -> None:
    verify(written(tmp_path / "a"))
    verify(written(tmp_path / "b", finish=False))
    verify(written(tmp_path / "c", tmp_path))


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_a_journal_is_whole_however_many_rows_are_read_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    path = written(tmp_path / "a", finish=False)
    with Journal.open(path) as journal:
        at_once = journal.contents()
        all_rows = list(journal.rows())
        monkeypatch.setattr("calib.record.journal_reader._WINDOW", rows)
        parted = journal.contents()
        assert (parted.rows, parted.head) == (at_once.rows, at_once.head)
        assert parted.state.reading_rows == at_once.state.reading_rows
        assert list(journal.rows()) == all_rows
        for after in range(at_once.rows + 1):
            assert [row[0] for _, row in journal.rows(after=after)] == list(range(after + 1, at_once.rows + 1))
        assert journal.readings().readings == journal.contents().state.view().readings
    touched(path, "DELETE FROM reading WHERE seq = 7")
    with pytest.raises(IntegrityError, match="row 7 was taken out"):
        verify(path)


def test_the_chain_is_what_its_description_says(tmp_path: Path) -> None:
    """The hashes again with the standard library's JSON, from the rows as SQLite gives them."""
    database = sqlite3.connect(written(tmp_path / "a"))
    rows: list[tuple[int, str, tuple[Any, ...]]] = []
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'signature'"):
        rows += [(row[0], table, row[1:]) for row in database.execute(f"SELECT * FROM {table}")]
    database.close()
    previous = bytes(32)
    for seq, table, (*values, stored) in sorted(rows):
        shown = [hashlib.sha256(v).hexdigest() if isinstance(v, bytes) else v for v in values]
        text = json.dumps([seq, table, *shown], ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(previous + text.encode()).digest()
        assert previous == stored
    assert len(rows) > 15


CHANGES = {
    "a value": ("UPDATE reading SET value = value + 1e-9 WHERE seq = 5", r"row 5 \(reading\) is not what was written"),
    "a time": ("UPDATE attempt SET time = time + 1", r"row 3 \(attempt\)"),
    "a message": ("UPDATE traffic SET message = CAST('1.6' AS BLOB) WHERE seq = 4", r"row 4 \(traffic\)"),
    "a sample": ("UPDATE block SET samples = zeroblob(24)", r"row 14 \(block\)"),
    "the snapshot": ("UPDATE start SET snapshot = '{\"simulated\":true}'", r"row 1 \(start\)"),
    "a row taken out": ("DELETE FROM reading WHERE seq = 7", r"row 7 was taken out"),
    "the last row taken out": ("DELETE FROM finish", r"signature was appended"),
    "the signature taken out": ("DELETE FROM signature", r"signature of the end was taken out"),
    "a false signature": ("UPDATE signature SET signature = zeroblob(64)", r"signature of the end is false"),
    "two rows exchanged": ("UPDATE reading SET seq = 100 WHERE seq = 5", r"row 5 was taken out"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_and_its_place_is_named(tmp_path: Path, change: str) -> None:
    path = written(tmp_path / "run", tmp_path)
    statement, message = CHANGES[change]
    touched(path, statement)
    with pytest.raises(IntegrityError, match=message):
        verify(path)


def append(path: Path, hashed: Callable[[bytes, int, tuple[Any, ...]], bytes]) -> None:
    database = sqlite3.connect(path)
    last = database.execute("SELECT seq, hash FROM finish UNION SELECT seq, hash FROM attempt_end ORDER BY seq DESC")
    seq, head = last.fetchall()[0]
    database.close()
    values = (1e9, 1, "meter", 2.0, "V")
    touched(path, "INSERT INTO reading VALUES (?,?,?,?,?,?,?)", (seq + 1, *values, hashed(head, seq + 1, values)))


def test_an_appended_row_is_found_even_with_the_right_hash_once_the_journal_is_finished(tmp_path: Path) -> None:
    path = written(tmp_path / "run")
    append(path, lambda head, seq, values: link(head, seq, "reading", values))
    with pytest.raises(IntegrityError, match=r"\(reading\) was appended after the end"):
        verify(path)


def test_a_row_appended_to_an_unfinished_journal_is_found_by_its_hash(tmp_path: Path) -> None:
    path = written(tmp_path / "run", finish=False)
    append(path, lambda *_: bytes(32))
    with pytest.raises(IntegrityError, match=r"\(reading\) is not what was written"):
        verify(path)


def test_a_chain_made_anew_needs_the_key(tmp_path: Path) -> None:
    """Who rewrites the whole file consistently, with another key, is caught by the list of trusted keys."""
    (tmp_path / "forger").mkdir()
    path = written(tmp_path / "run", tmp_path / "forger")
    trusted = load_key(generate_key(tmp_path).private).public
    with Journal.open(path) as journal, pytest.raises(IntegrityError, match="not trusted"):
        journal.verify([trusted])
    unsigned = written(tmp_path / "unsigned")
    with Journal.open(unsigned) as journal, pytest.raises(IntegrityError, match="signed by nobody"):
        journal.verify([trusted])


def test_a_trusted_signature_is_accepted(tmp_path: Path) -> None:
    path = written(tmp_path / "run", tmp_path)
    key = load_key(tmp_path / "calib-private.pem")
    with Journal.open(path) as journal:
        contents = journal.verify([key.public])
    assert contents.key == key.public
    assert [m.message for m in contents.traffic][:2] == [b"1.5", b"-0.0"]
    assert contents.answers[0].value is True
    assert contents.events[0].details == {"ok": True}
