"""An unfinished journal whose end was cut off says so, as far as anything on this computer can tell."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calib.clock import SystemClock, VirtualClock
from calib.errors import IntegrityError, RecordError
from calib.record import Journal, SigningKey, build_in_child, contents_of, generate_key, load_key
from calib.record.headfile import HeadFile, head_path
from calib.record.reader import Record

CUT = "DELETE FROM {} WHERE seq > ?"


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return load_key(generate_key(tmp_path).private)


def unfinished(path: Path, key: SigningKey | None = None, points: int = 3) -> Path:
    with Journal.create(path, {"simulated": False}, VirtualClock(datetime(2026, 11, 23, tzinfo=UTC)), key) as journal:
        for point in range(points):
            attempt = journal.begin_attempt(f"p{point}", "as-found")
            journal.traffic("meter", "<", b"1.5")
            journal.reading(attempt, "meter", 1.5, "V")
            journal.end_attempt(attempt, "complete")
    return path


def cut(path: Path, rows: int) -> None:
    """Take every row behind the first `rows` out, consistently."""
    with sqlite3.connect(path) as database:
        for table in ("attempt_end", "reading", "traffic", "attempt", "writer"):
            database.execute(CUT.format(table), (rows,))
    database.close()


def doubt(path: Path) -> str:
    with Journal.open(path) as journal:
        return journal.contents().doubt


def test_an_untouched_end_is_not_doubted_signed_or_not(tmp_path: Path, key: SigningKey) -> None:
    assert doubt(unfinished(tmp_path / "a")) == ""
    assert doubt(unfinished(tmp_path / "b", key)) == ""
    with Journal.open(tmp_path / "b") as journal:
        assert journal.verify([key.public]).head_key == key.public


def test_rows_taken_out_at_the_end_are_counted(tmp_path: Path) -> None:
    path = unfinished(tmp_path / "run")
    cut(path, 9)
    assert "rows 10 to 14 are missing at its end" in doubt(path)
    with Journal.open(path) as journal, pytest.raises(IntegrityError, match="rows 10 to 14 are missing"):
        journal.verify()


def test_a_copy_without_its_write_ahead_log_is_found(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run", {"simulated": False}, SystemClock()) as journal:
        attempt = journal.begin_attempt("p", "as-found")
        journal._ledger._store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        journal.reading(attempt, "meter", 1.5, "V")
        (tmp_path / "copy").mkdir()
        for name in ("run", "run.head"):
            shutil.copy(tmp_path / name, tmp_path / "copy")
    assert "(-wal)" in doubt(tmp_path / "copy" / "run")


def test_a_head_file_that_is_gone_or_damaged_is_told(tmp_path: Path) -> None:
    path = unfinished(tmp_path / "run")
    head = head_path(path)
    whole = head.read_bytes()
    for damage in (whole[:200], b"[" + whole[1:], whole.replace(b"rows", b"rowz")):
        head.write_bytes(damage)
        assert "damaged" in doubt(path)
    head.unlink()
    assert "is missing" in doubt(path)


def test_an_end_rewritten_together_with_the_plain_lines_is_found_by_the_signed_one(
    tmp_path: Path, key: SigningKey
) -> None:
    path = unfinished(tmp_path / "run", key)
    cut(path, 10)
    with sqlite3.connect(path) as database:
        (last,) = database.execute("SELECT hash FROM attempt_end WHERE seq = (SELECT max(seq) FROM attempt_end)")
    database.close()
    raw = bytearray(head_path(path).read_bytes())
    line = f'{{"rows":10,"head":"{last[0].hex()}"}}'.encode()
    raw[0:1024] = line.ljust(512) * 2
    head_path(path).write_bytes(raw)
    assert "rows 11 to 14 are missing at its end" in doubt(path)
    raw[1024:] = b" " * 512
    head_path(path).write_bytes(raw)
    assert "its signature is gone or false" in doubt(path)


def test_the_signed_line_of_another_key_is_false(tmp_path: Path, key: SigningKey) -> None:
    path = unfinished(tmp_path / "run", key)
    (tmp_path / "forger").mkdir()
    forger = HeadFile(path, load_key(generate_key(tmp_path / "forger").private))
    forger.sign(3, bytes(32))
    forger.close(remove=False)
    assert "gone or false" in doubt(path)


def test_a_killed_writer_leaves_a_head_file_that_agrees(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from calib.clock import SystemClock;"
        "from calib.record import Journal; j = Journal.create(Path(sys.argv[1]), {'simulated': True}, SystemClock());"
        "a = j.begin_attempt('p', 'as-found'); [j.reading(a, 'm', float(i), 'V') for i in range(100)];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert doubt(tmp_path / "run") == ""
    cut(tmp_path / "run", 102)
    assert "rows 103 to 103 are missing" in doubt(tmp_path / "run")


def test_a_doubted_journal_still_gives_its_record_and_the_record_says_so(tmp_path: Path) -> None:
    path = unfinished(tmp_path / "run")
    cut(path, 9)
    build_in_child(path, tmp_path / "record.h5")
    contents = contents_of(Record.open(tmp_path / "record.h5"))
    assert "missing at its end" in contents.doubt
    assert len(contents.state.readings) == 2


def test_a_run_that_was_cut_off_goes_on_in_the_same_journal(tmp_path: Path, key: SigningKey) -> None:
    path = unfinished(tmp_path / "run", key)
    with Journal.resume(path, SystemClock(), key) as journal:
        assert [a.point for a in journal.readings().attempts] == ["p0", "p1", "p2"]
        attempt = journal.begin_attempt("p3", "as-found")
        journal.reading(attempt, "meter", 2.5, "V")
        assert attempt.id == 4
        journal.end_attempt(attempt, "complete")
        journal.finish("complete", key)
    with Journal.open(path) as reader:
        contents = reader.verify([key.public])
    assert [r.value for r in contents.state.readings] == [1.5, 1.5, 1.5, 2.5]
    assert not head_path(path).exists()


def test_what_must_not_be_resumed_is_refused(tmp_path: Path, key: SigningKey) -> None:
    path = unfinished(tmp_path / "run", key)
    with pytest.raises(RecordError, match="was begun with the key"):
        Journal.resume(path, SystemClock())
    with Journal.resume(path, SystemClock(), key), pytest.raises(RecordError, match="being written by process"):
        Journal.resume(path, SystemClock(), key)
    cut(path, 9)
    with pytest.raises(IntegrityError, match="missing at its end"):
        Journal.resume(path, SystemClock(), key)
    with Journal.resume(path, SystemClock(), key, accept_loss=True) as journal:
        journal.finish("complete", key)
    with pytest.raises(RecordError, match="is complete"):
        Journal.resume(path, SystemClock(), key)


def test_a_stopped_run_that_goes_on_keeps_the_signature_of_each_end(tmp_path: Path, key: SigningKey) -> None:
    path = unfinished(tmp_path / "run", key)
    for status in ("aborted", "failed", "complete"):
        with Journal.resume(path, SystemClock(), key) as journal:
            journal.event("went on", {"to": status})
            with Journal.open(path) as reader:
                assert reader.status == reader.verify().status == "unfinished"
            journal.finish(status, key)
        with Journal.open(path) as reader:
            assert reader.status == reader.verify([key.public]).status == status
    with sqlite3.connect(path) as database:
        database.execute("UPDATE signature SET statement = (SELECT max(statement) FROM signature) WHERE rowid = 1")
    database.close()
    with Journal.open(path) as reader, pytest.raises(IntegrityError, match="sign"):
        reader.verify()
