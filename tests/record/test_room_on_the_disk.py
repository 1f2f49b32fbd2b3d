"""Room is reserved before it is needed; a full disk is one clear error, keeps everything, and is gone on from."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from calib.clock import SystemClock
from calib.errors import FileError, RecordError
from calib.record import Journal
from calib.record.reserve import Reserve
from calib.record.store import Writing

SMALL = """
import sys
from pathlib import Path
from calib.clock import SystemClock
from calib.errors import FileError, RecordError
from calib.record import Journal

folder = Path(sys.argv[1])
journal = Journal.create(folder / "run.journal", {"simulated": True}, SystemClock())
journal.reserve(1 << 20)
try:
    journal.reserve(1 << 30)
except FileError as error:
    print("refused:", error)
attempt = journal.begin_attempt("p", "as-found")
with (folder / "others").open("wb", buffering=0) as others:  # somebody else fills the disk
    try:
        while True:
            others.write(bytes(4096))
    except OSError:
        pass
    taken = 0
    try:
        while True:
            journal.block(attempt, "wave", [float(taken)] * 500, "V")
            taken += 1
    except RecordError as error:
        print("full:", error)
(folder / "others").unlink()
for _ in range(10):
    journal.block(attempt, "wave", [float(taken)] * 500, "V")
    taken += 1
journal.reserve(1 << 20)
journal.finish("aborted")
journal.close()
with Journal.open(folder / "run.journal") as reader:
    contents = reader.verify()
assert [b.samples[0] for b in contents.state.blocks] == [float(n) for n in range(taken)]
print("kept", taken, sorted(p.name for p in folder.iterdir()))
"""


def mounted(folder: Path) -> list[str]:
    """Return what runs a command with a file system of 4 MB at `folder`, without rights; skip where that cannot be."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    command.append(f'mount -t tmpfs -o size=4m tmpfs "{folder}" && exec "$0" "$@"')
    try:
        works = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        works = False
    if not works:
        pytest.skip("this system lets nobody mount a file system of their own")
    return command


def test_a_full_disk_uses_the_reserve_then_is_one_error_and_is_gone_on_from(tmp_path: Path) -> None:
    command = [*mounted(tmp_path), sys.executable, "-c", SMALL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    refused, full, kept = done.stdout.splitlines()
    assert "no room for" in refused
    assert "everything measured so far is kept" in refused
    assert "the disk is full: free some room, then go on" in full
    assert int(kept.split()[1]) > 10 + 50  # 1 MB of reserve: three pages of 4 kB in the log for each block
    assert "['run.journal']" in kept


def test_a_reserve_that_the_disk_refuses_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal.create(tmp_path / "run.journal", {"simulated": True}, SystemClock()) as journal:
        attempt = journal.begin_attempt("p", "as-found")
        journal.reserve(100_000)
        assert (tmp_path / "run.journal.room").stat().st_size == 100_000

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
        with pytest.raises(FileError, match=r"no room for 0\.9 MB more \(No space left on device\)"):
            journal.reserve(1_000_000)
        assert (tmp_path / "run.journal.room").stat().st_size == 100_000
        journal.reading(attempt, "meter", 1.0, "V")
        assert len(journal.readings().readings) == 1


def test_a_system_that_cannot_allocate_writes_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    reserve = Reserve(tmp_path / "run.journal")
    reserve.hold(3_000_000)
    assert reserve.path.stat().st_size == 3_000_000
    assert reserve.path.stat().st_blocks * 512 >= 3_000_000
    reserve.hold(1_000_000)
    assert reserve.path.stat().st_size == 3_000_000
    assert reserve.release()
    assert not reserve.path.exists()
    assert not reserve.release()


def test_the_reserve_lets_a_write_through_that_had_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own limit of pages stands for the end of the disk; letting the reserve go moves it."""
    with Journal.create(tmp_path / "run.journal", {"simulated": True}, SystemClock()) as journal:
        database = journal._ledger._store._database
        attempt = journal.begin_attempt("p", "as-found")
        journal.reserve(100_000)
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        release = Reserve.release

        def released(reserve: Reserve) -> bool:
            database.execute(f"PRAGMA max_page_count = {pages + 10}")
            return release(reserve)

        monkeypatch.setattr(Reserve, "release", released)
        journal.block(attempt, "wave", [1.0] * 4000, "V")
        assert not (tmp_path / "run.journal.room").exists()
        with pytest.raises(RecordError, match="the disk is full"):
            journal.block(attempt, "wave", [2.0] * 4000, "V")
        database.execute("PRAGMA max_page_count = 1000000")
        journal.block(attempt, "wave", [3.0] * 4000, "V")
        assert [b.samples[0] for b in journal.readings().blocks] == [1.0, 3.0]


def test_a_journal_that_cannot_be_begun_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    prepare = Writing.prepare

    def prepared(writing: Writing) -> None:
        prepare(writing)
        monkeypatch.setattr(Writing, "write", full)

    monkeypatch.setattr(Writing, "prepare", prepared)
    with pytest.raises(RecordError, match="cannot be written"):
        Journal.create(tmp_path / "run.journal", {"simulated": True}, SystemClock())
    assert not list(tmp_path.iterdir())


def test_a_journal_in_memory_needs_no_room() -> None:
    Journal.create(":memory:", {"simulated": True}, SystemClock()).reserve(1 << 50)
