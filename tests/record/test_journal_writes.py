"""The journal while a run lives: what is taken, what is refused, what an evaluation sees."""

import math
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.clock import VirtualClock
from calib.errors import FileError, IntegrityError, RecordError
from calib.record import Journal
from calib.record.place import REMOTE, create_empty, file_system, is_network

SNAPSHOT = {"format": "calib-snapshot/1", "simulated": True, "job": {"number": "ĐK-1", "dof": math.inf}}
START = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=7)))


def begun(path: Path | str = ":memory:") -> tuple[Journal, VirtualClock]:
    clock = VirtualClock(START)
    return Journal.create(path, SNAPSHOT, clock), clock


def test_an_evaluation_sees_during_the_run_what_another_process_reads_from_the_file(tmp_path: Path) -> None:
    journal, clock = begun(tmp_path / "run.journal")
    with journal:
        preparation = journal.begin_preparation("dcv 10 V")
        clock.sleep(2.5)
        journal.end_preparation(preparation)
        attempt = journal.begin_attempt("10V+", "as-found", [preparation])
        journal.reading(attempt, "meter", 9.99998, "V")
        journal.block(attempt, "samples", [1.0, 2.0, 0.1], "V", interval_s=0.02)
        journal.condition("temperature", 23.1, "°C")
        journal.end_attempt(attempt, "complete")
        live = journal.readings()
        with Journal.open(tmp_path / "run.journal") as reader:
            read = reader.readings()
            assert reader.status == "unfinished"
        assert (read.attempts, read.readings, read.preparations, read.environment, read.snapshot) == (
            live.attempts,
            live.readings,
            live.preparations,
            live.environment,
            live.snapshot,
        )
        for view in (read, live):
            assert view.readings[0].time == START.timestamp() + 2.5
            assert view.attempts[0].preparations == (1,)
            assert view.snapshot["job"] == {"number": "ĐK-1", "dof": "inf"}
            np.testing.assert_array_equal(view.blocks[0].samples, [1.0, 2.0, 0.1])
            assert view.blocks[0].interval_s == 0.02
            assert view.standing("10V+") == view.attempts[0]


def test_traffic_since_the_last_row_goes_into_the_commit_of_the_reading(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    with journal, sqlite3.connect(tmp_path / "run.journal") as other:
        attempt = journal.begin_attempt("p", "as-found")
        journal.traffic("GPIB::1", ">", b"READ?\n")
        journal.traffic("GPIB::1", "<", b"\x00\xff+1.5\n")
        count = "SELECT count(*) FROM traffic"
        assert other.execute(count).fetchone() == (0,)
        journal.reading(attempt, "meter", 1.5, "V")
        rows = other.execute("SELECT resource, direction, message FROM traffic ORDER BY seq").fetchall()
        assert rows == [("GPIB::1", ">", b"READ?\n"), ("GPIB::1", "<", b"\x00\xff+1.5\n")]
    other.close()


def test_a_message_bears_the_attempt_during_which_it_came(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    with journal:
        journal.traffic("meter", ">", b"before")
        first = journal.begin_attempt("p", "as-found")
        journal.traffic("meter", "<", b"cut off")
        again = journal.begin_attempt("p", "as-found")
        journal.traffic("meter", "<", b"again")
        journal.end_attempt(first, "failed", "lead came off")
        journal.traffic("meter", "<", b"still again")
        journal.end_attempt(again, "complete")
        journal.traffic("meter", ">", b"between")
        journal.end_attempt(again, "repeated", "wrong jack")
        third = journal.begin_attempt("p", "as-found", reason="wrong jack")
        journal.traffic("meter", "<", b"third")
        journal.reading(third, "meter", 1.0, "V")
        journal.finish("aborted")
    with Journal.open(tmp_path / "run.journal") as reader:
        found = {m.message.decode(): m.attempt for m in reader.verify().traffic}
    assert found == {"before": 0, "cut off": 1, "again": 2, "still again": 2, "between": 0, "third": 3}


def test_the_attempt_of_a_message_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    with journal:
        journal.begin_attempt("p", "as-found")
        journal.traffic("meter", "<", b"1.5")
        journal.finish("aborted")
    with sqlite3.connect(tmp_path / "run.journal") as other:
        other.execute("UPDATE traffic SET attempt = 0")
    other.close()
    with Journal.open(tmp_path / "run.journal") as reader, pytest.raises(IntegrityError, match=r"\(traffic\)"):
        reader.verify()


def test_messages_from_before_the_journal_keep_their_own_times_and_are_durable_at_once(tmp_path: Path) -> None:
    journal, clock = begun(tmp_path / "run.journal")
    with journal, Journal.open(tmp_path / "run.journal") as watcher:
        early = START.timestamp() - 12.5
        journal.early_traffic([(early, "meter", ">", b"*IDN?\n"), (early + 0.25, "meter", "<", b"HP\n")])
        contents = watcher.verify()
        assert [(m.time, m.message, m.attempt) for m in contents.traffic] == [
            (early, b"*IDN?\n", 0),
            (early + 0.25, b"HP\n", 0),
        ]
        clock.sleep(1.0)
        journal.traffic("meter", ">", b"later")
        journal.flush()
        assert [m.time for m in watcher.verify().traffic] == [early, early + 0.25, START.timestamp() + 1.0]


def test_the_file_is_written_with_the_safest_settings(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    with journal:
        ask = journal._ledger._store._database.execute
        assert ask("PRAGMA journal_mode").fetchone() == ("wal",)
        assert ask("PRAGMA synchronous").fetchone() == (2,)
        assert ask("PRAGMA foreign_keys").fetchone() == (1,)


def test_messages_of_another_thread_during_a_commit_are_neither_lost_nor_doubled(tmp_path: Path) -> None:
    """A clock that lets a message arrive whenever it is asked stands for the other thread."""

    class Busy(VirtualClock):
        asked = 0
        journal: Journal | None = None

        def now(self) -> datetime:
            journal, self.journal = self.journal, None
            if journal is not None:
                self.asked += 1
                journal.traffic("res", "<", b"%d" % self.asked)
                self.journal = journal
            return super().now()

    clock = Busy(START)
    with Journal.create(tmp_path / "run.journal", SNAPSHOT, clock) as journal:
        clock.journal = journal
        write, commits = journal._ledger._store.write, 0

        def while_writing(rows: Any) -> None:
            nonlocal commits
            commits += 1
            clock.now()
            write(rows)

        journal._ledger._store.write = while_writing  # type: ignore[method-assign]
        attempt = journal.begin_attempt("p", "as-found")
        for _ in range(5):
            journal.reading(attempt, "meter", 1.0, "V")
        journal.finish("complete")
    with Journal.open(tmp_path / "run.journal") as reader:
        contents = reader.verify()
    told = [int(m.message) for m in contents.traffic]
    assert told == list(range(1, len(told) + 1))
    assert len(told) >= 2 * 6


def test_a_finished_journal_is_one_file_and_takes_nothing_more(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    attempt = journal.begin_attempt("p", "as-found")
    journal.finish("complete")
    with pytest.raises(RecordError, match="finished"):
        journal.reading(attempt, "meter", 1.0, "V")
    journal.close()
    assert [p.name for p in tmp_path.iterdir()] == ["run.journal"]
    with Journal.open(tmp_path / "run.journal") as reader:
        assert reader.status == "complete"


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    path.write_text("something of mine")
    with pytest.raises(FileError, match="exists already"):
        begun(path)
    assert path.read_text() == "something of mine"


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    import os

    journal, _ = begun(tmp_path / "run.journal")
    with journal, pytest.raises(RecordError, match=f"being written by process {os.getpid()} on "):
        begun(tmp_path / "run.journal")


def test_a_folder_that_cannot_be_written_is_an_error_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "no" / "run.journal", tmp_path / "file" / "run.journal"):
        with pytest.raises(FileError, match="cannot be created"):
            begun(path)


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"/dev/sda1 / ext4 rw 0 0\nserver:/lab {tmp_path} nfs4 rw 0 0\nx {tmp_path}/a\\040b ext4 rw 0 0\n"
    assert file_system(tmp_path / "x", mounts) == "nfs4"
    assert file_system(tmp_path / "a b", mounts) == "ext4"
    assert file_system(Path("/"), mounts) == "ext4"
    assert file_system(tmp_path, "") is None
    assert not is_network("ext4")
    assert is_network("cifs")
    monkeypatch.setattr("calib.record.place._mounts", lambda: mounts)
    with pytest.raises(FileError, match="network file system \\(nfs4\\)"):
        create_empty(tmp_path / "run.journal")
    assert not (tmp_path / "run.journal").exists()


def test_a_network_mount_of_macos_is_told_by_its_line(tmp_path: Path) -> None:
    mounts = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        f"//an@server/lab on {tmp_path} (smbfs, nodev, nosuid, mounted by an)\n"
    )
    assert file_system(tmp_path / "x", mounts) == "smbfs"
    assert file_system(Path("/Users"), mounts) == "apfs"


def test_a_mount_with_letters_of_any_language_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "dữ liệu"
    line = f"server:/lab {str(folder).replace(' ', chr(92) + '040')} nfs rw 0 0"
    assert file_system(folder / "x", line.encode().decode("latin-1")) == "nfs"


def test_a_network_drive_of_windows_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("calib.record.place.kind_of", lambda _: REMOTE)
    with pytest.raises(FileError, match="network file system \\(network drive\\)"):
        begun(tmp_path / "run.journal")


def test_a_place_of_unknown_kind_is_taken_and_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calib.record.place._mounts", lambda: "")
    journal, _ = begun(tmp_path / "run.journal")
    with journal, Journal.open(tmp_path / "run.journal") as reader:
        (noted,) = reader.verify().events
    assert (noted.kind, noted.details) == ("unknown file system", {"folder": str(tmp_path)})


def test_a_snapshot_must_say_whether_its_instruments_are_simulated() -> None:
    with pytest.raises(RecordError, match="simulated"):
        Journal.create(":memory:", {"job": {}}, VirtualClock(START))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_not_a_reading(value: float) -> None:
    journal, _ = begun()
    attempt = journal.begin_attempt("p", "as-found")
    with pytest.raises(RecordError, match="meter gave"):
        journal.reading(attempt, "meter", value, "V")
    assert journal.readings().readings == ()


def test_a_reading_needs_an_attempt_that_is_going_on() -> None:
    journal, _ = begun()
    attempt = journal.begin_attempt("p", "as-found")
    journal.end_attempt(attempt, "complete")
    with pytest.raises(RecordError, match="attempt 1 at p is over"):
        journal.reading(attempt, "meter", 1.0, "V")


def test_a_repeat_needs_a_reason_and_only_a_recorded_cause_sets_the_first_aside() -> None:
    journal, _ = begun()
    first = journal.begin_attempt("p", "as-found")
    journal.end_attempt(first, "complete")
    with pytest.raises(RecordError, match="needs a technical reason"):
        journal.begin_attempt("p", "as-found")
    second = journal.begin_attempt("p", "as-found", reason="lead touched")
    journal.end_attempt(second, "complete")
    assert second.number == 2
    assert journal.readings().standing("p") == journal.readings().attempts[0]
    with pytest.raises(RecordError, match="without a reason"):
        journal.end_attempt(first, "repeated")
    journal.end_attempt(first, "repeated", "lead touched")
    standing = journal.readings().standing("p")
    assert standing is not None
    assert standing.id == second.id
    assert journal.begin_attempt("p", "as-left").number == 1


def test_an_attempt_that_was_cut_off_is_begun_again_without_a_reason() -> None:
    journal, _ = begun()
    journal.begin_attempt("p", "as-found")
    again = journal.begin_attempt("p", "as-found")
    assert (again.number, journal.readings().attempts[0].outcome) == (2, "unfinished")


def test_a_quantity_of_the_environment_keeps_its_unit() -> None:
    journal, _ = begun()
    journal.condition("temperature", 23.0, "°C")
    with pytest.raises(RecordError, match="noted in °C"):
        journal.condition("temperature", 296.15, "K")


def test_watchers_do_not_stop_the_writer_and_see_what_is_acknowledged(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    with journal, Journal.open(tmp_path / "run.journal") as watcher:
        attempt = journal.begin_attempt("p", "as-found")
        for i in range(20):
            journal.reading(attempt, "meter", float(i), "V")
            assert len(watcher.readings().readings) == i + 1


def test_a_watcher_does_not_keep_a_run_from_finishing(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    with Journal.open(tmp_path / "run.journal") as watcher:
        seen = [watcher.status]
        journal.finish("aborted")
        journal.close()
        assert [*seen, watcher.status] == ["unfinished", "aborted"]
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "run.journal").write_bytes((tmp_path / "run.journal").read_bytes())
    with Journal.open(tmp_path / "alone" / "run.journal") as copy:
        assert copy.verify().status == "aborted"


def test_what_is_not_a_journal_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such journal"):
        Journal.open(tmp_path / "none")
    (tmp_path / "text").write_text("no database " * 100)
    with pytest.raises(RecordError, match="not a journal"):
        Journal.open(tmp_path / "text")
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE start (x)")
    other.close()
    with pytest.raises(RecordError, match="not a journal"):
        Journal.open(tmp_path / "other")


def test_a_journal_of_a_newer_calib_is_refused(tmp_path: Path) -> None:
    journal, _ = begun(tmp_path / "run.journal")
    journal.finish("complete")
    journal.close()
    with sqlite3.connect(tmp_path / "run.journal") as other:
        other.execute("PRAGMA user_version = 3")
    other.close()
    with pytest.raises(RecordError, match="newer calib"):
        Journal.open(tmp_path / "run.journal")
