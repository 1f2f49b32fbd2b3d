"""The record file holds the whole story, and readers that know nothing of calib open it."""

import math
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
import xarray

from calib.errors import FileError, IntegrityError, RecordError
from calib.record import Journal, Record, build_in_child
from calib.record.build import build_record

if TYPE_CHECKING:
    from tests.record.conftest import Run


def test_an_evaluation_sees_in_the_record_what_it_saw_during_the_run(run: "Run") -> None:
    readings = Record.open(run.record).readings()
    assert readings.snapshot == run.readings.snapshot
    assert readings.preparations == run.readings.preparations
    assert readings.attempts == run.readings.attempts
    assert readings.readings == run.readings.readings
    assert readings.environment == run.readings.environment
    for ours, theirs in zip(readings.blocks, run.readings.blocks, strict=True):
        np.testing.assert_array_equal(ours.samples, theirs.samples)
        assert (ours.attempt, ours.channel, ours.unit, ours.time, ours.interval_s) == (
            theirs.attempt,
            theirs.channel,
            theirs.unit,
            theirs.time,
            theirs.interval_s,
        )
    attempt = readings.attempts[1]
    np.testing.assert_array_equal(readings.values(attempt, "meter"), -(10.0 + np.arange(5) / 3e6))


def test_results_come_back_to_the_last_bit(run: "Run") -> None:
    for ours, theirs in zip(Record.open(run.record).results, run.results, strict=True):
        assert repr(asdict(ours)) == repr(asdict(theirs))


def test_the_story_of_the_run_comes_back(run: "Run") -> None:
    record = Record.open(run.record)
    assert (record.simulated, record.status, record.format) == (True, "complete", "calib-record/2")
    assert record.begun == "2026-11-23T08:00:00+07:00"
    assert record.engine == {"calib": "0.1.0"}
    traffic = record.traffic()
    assert [m.message for m in traffic[:4]] == [b"READ?\n", b"\x00\xff\\n0\n", b"READ?\n", b"\x00\xff\\n1\n"]
    assert {(m.resource, m.direction) for m in traffic} == {("TCPIP::dmm::SOCKET", ">"), ("TCPIP::dmm::SOCKET", "<")}
    assert [m.attempt for m in traffic] == [1] * 10 + [2] * 10
    (event,) = record.events()
    assert (event.kind, event.details) == ("safe", {"resource": "cal", "ok": True})
    (answer,) = record.answers()
    assert (answer.prompt, answer.value, answer.by) == ("connect", True, "Ân")
    assert answer.question["text"]["vi"] == "Nối dây"
    with Journal.open(run.journal) as journal:
        assert record.journal_head == journal.verify().head.hex()


def test_the_structure_is_the_one_of_nexus_and_marked_as_simulated(run: "Run") -> None:
    with h5py.File(run.record) as file:
        classes = {"/": file.attrs["NX_class"]}
        file.visititems(lambda name, item: classes.update({name: item.attrs.get("NX_class")}) or None)
        assert file.attrs["simulated"] == file["entry"].attrs["simulated"] == 1
        assert file["entry/dut/fabrication/serial_number"].asstr()[()] == "MY1"
        assert file["entry/reference/cal_1/fabrication/vendor"].asstr()[()] == "Fluke"
        assert file["entry/procedure/source"].asstr()[()] == "def measure(): ...\n"
        assert file["entry/operator/name"].asstr()[()] == "Nguyễn Thị Ân"
    expected = {
        "/": "NXroot", "entry": "NXentry", "entry/operator": "NXuser", "entry/dut": "NXinstrument",
        "entry/procedure": "NXprocess", "entry/readings": "NXdata", "entry/points": "NXdata",
        "entry/environment": "NXenvironment", "entry/environment/temperature": "NXlog", "entry/traffic": "NXcollection",
    }  # fmt: skip
    assert expected.items() <= classes.items()


def test_xarray_opens_every_group_without_nameless_dimensions(run: "Run") -> None:
    tree = xarray.open_datatree(run.record, engine="h5netcdf")
    with tree:
        groups = {node.path: node for node in tree.subtree}
        assert len(groups) >= 18
        assert not [name for node in groups.values() for name in node.sizes if "phony" in str(name)]
        readings = groups["/entry/readings"]
        np.testing.assert_array_equal(readings["value"], [r.value for r in run.readings.readings])
        assert readings["value"].attrs["units"] == "V"
        assert np.asarray(readings["channel"]).tolist() == ["meter"] * 10
        first = np.datetime64("2026-11-23T01:00:00.700", "ns")
        assert abs(np.asarray(readings["time"])[0] - first) < np.timedelta64(1, "us")
        points = groups["/entry/points"]
        np.testing.assert_array_equal(points["error"], [r.error for r in run.results])
        np.testing.assert_array_equal(points["lower_limit"], [-math.inf, -1e-4])
        assert np.asarray(points["group_vi"]).tolist() == ["Thang 10 V"] * 2
        assert np.asarray(groups["/entry/environment/temperature"]["value"]).tolist() == [23.1, 23.4]
        assert np.isnat(np.asarray(groups["/entry/attempts"]["ended"])).tolist() == [False, False, True]


def test_two_builds_of_one_journal_are_the_same_bytes(run: "Run", tmp_path: Path) -> None:
    build_record(run.journal, tmp_path / "again.h5")
    assert (tmp_path / "again.h5").read_bytes() == run.record.read_bytes()


def test_an_unfinished_journal_gives_a_record_that_says_so(run: "Run", tmp_path: Path) -> None:
    from calib.clock import SystemClock

    with Journal.create(tmp_path / "live", {"simulated": False}, SystemClock()) as journal:
        journal.reading(journal.begin_attempt("p", "as-found"), "meter", 1.0, "V")
        build_in_child(tmp_path / "live", tmp_path / "live.h5")
        journal.reading(journal.begin_attempt("q", "as-found"), "meter", 1.0, "V")
    record = Record.open(tmp_path / "live.h5")
    assert (record.status, record.simulated, record.ended, len(record.readings().readings)) == (
        "unfinished",
        False,
        None,
        1,
    )
    assert record.results == ()


def test_a_failing_child_leaves_the_journal_and_the_earlier_record_whole(run: "Run", tmp_path: Path) -> None:
    before, record = run.journal.read_bytes(), run.record.read_bytes()
    (tmp_path / ".record.h5.part").mkdir()
    with pytest.raises(RecordError, match=r"could not be built \(.*record.h5: cannot be written"):
        build_in_child(run.journal, run.record)
    assert (run.journal.read_bytes(), run.record.read_bytes()) == (before, record)
    with Journal.open(run.journal) as journal:
        assert journal.verify().status == "complete"


def test_a_full_disk_during_the_build_leaves_the_earlier_record_whole(run: "Run", tmp_path: Path) -> None:
    record = run.record.read_bytes()
    code = (
        "import resource, sys; from pathlib import Path; from calib.record.build import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY));"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(run.journal), str(run.record)]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert run.record.read_bytes() == record
    build_in_child(run.journal, run.record)
    assert not list(tmp_path.glob(".*.part"))


def test_a_touched_journal_gives_no_record(run: "Run", tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(run.journal) as database:
        database.execute("UPDATE reading SET value = 0 WHERE seq = (SELECT min(seq) FROM reading)")
    database.close()
    with pytest.raises(IntegrityError, match=r"\(reading\) is not what was written"):
        build_record(run.journal, tmp_path / "new.h5")
    assert not (tmp_path / "new.h5").exists()


def test_another_file_is_not_replaced_by_a_record(run: "Run", tmp_path: Path) -> None:
    (tmp_path / "letter.h5").write_text("dear customer")
    with pytest.raises(FileError, match="another file"):
        build_record(run.journal, tmp_path / "letter.h5")


def test_what_is_not_a_record_is_told_apart(run: "Run", tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such record"):
        Record.open(tmp_path / "none.h5")
    with pytest.raises(RecordError, match="not a record"):
        Record.open(run.journal)
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(RecordError, match="HDF5 file, but not a record"):
        Record.open(tmp_path / "other.h5")
    changed: list[tuple[str, Any, str]] = [
        ("format", "calib-record/3", "newer calib"),
        ("format", "calib-record/x", "not a record"),
    ]
    for name, value, message in changed:
        with h5py.File(run.record, "r+") as file:
            file.attrs[name] = value
        with pytest.raises(RecordError, match=message):
            Record.open(run.record)


def test_one_mark_of_simulation_is_enough(run: "Run") -> None:
    with h5py.File(run.record, "r+") as file:
        file.attrs["simulated"] = np.int8(0)
    assert Record.open(run.record).simulated


def test_the_measuring_process_never_loads_hdf5(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from calib.clock import SystemClock; from calib.record import *;"
        "j = Journal.create(Path(sys.argv[1]), {'simulated': True}, SystemClock());"
        "j.reading(j.begin_attempt('p', 'as-found'), 'm', 1.0, 'V'); j.finish('complete'); j.close();"
        "build_in_child(Path(sys.argv[1]), Path(sys.argv[2]));"
        "assert 'h5py' not in sys.modules and 'cryptography' not in sys.modules"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "j"), str(tmp_path / "r.h5")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Record.open(tmp_path / "r.h5").simulated


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_to_the_runs_group_while_the_build_starts_does_not_end_the_build(
    run: "Run", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between fork and setsid the child is still in the group of the run, which Ctrl-C reaches."""
    real = subprocess.Popen
    hit = "import os, signal, sys; os.kill(os.getpid(), signal.SIGINT); os.execv(sys.argv[1], sys.argv[1:])"

    def popen(command: list[str], **options: Any) -> "subprocess.Popen[str]":
        return real([sys.executable, "-c", hit, *command], **options)

    monkeypatch.setattr(subprocess, "Popen", popen)
    run.record.unlink()
    build_in_child(run.journal, run.record)
    assert Record.open(run.record).status == "complete"
