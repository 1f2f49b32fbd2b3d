"""A run that was killed, or stopped, goes on at its next point: nothing that was acknowledged is lost or doubled."""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from calib.errors import FileError, RecordError
from calib.record import Journal, Record, verify
from calib.record.contents import Contents
from calib.record.model import Reading

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

Until = Callable[..., float]
LEVELS = (1.0, 3.0, 5.0, 9.0)


@pytest.fixture
def output(served: Any, tmp_path: Path) -> Path:
    served.points(*((10, level) for level in LEVELS), readings=40)
    folder: Path = served.records / "run"
    return folder


def _contents(output: Path) -> Contents:
    with Journal.open(output / "run.journal") as journal:
        return journal.verify()


def _killed(served: Any, until: Until, output: Path, readings: int, number: int = signal.SIGKILL) -> Contents:
    """Return what the journal of a run holds that was ended after so many readings."""
    process = served.start(*served.arguments("--output", str(output)))

    def far_enough() -> bool:
        assert process.poll() is None, process.communicate()
        with suppress(FileError, RecordError), Journal.open(output / "run.journal") as journal:
            return len(journal.readings().readings) > readings
        return False

    until(far_enough, f"{readings} readings", 40)
    os.kill(process.pid, number)
    process.communicate(timeout=30)
    return _contents(output)


def _resume(served: Any, output: Path, *more: str) -> tuple[int, str, str]:
    process = served.start("resume", str(output), "--answers", str(served.answers), *more)
    said, complaint = process.communicate(timeout=60)
    return process.returncode, said, complaint


def _finished(contents: Contents) -> dict[str, list[Reading]]:
    """Return the readings of every complete point."""
    done = {a.id: a.point for a in contents.state.attempts.values() if a.outcome == "complete"}
    found: dict[str, list[Reading]] = {point: [] for point in done.values()}
    for reading in contents.state.readings:
        if reading.attempt in done:
            found[done[reading.attempt]].append(reading)
    return found


def test_after_kill_9_the_run_goes_on_at_the_next_point(served: Any, until: Until, output: Path) -> None:
    before = _killed(served, until, output, 60)
    until(lambda: not served.source()["operating"], "standby", 2)
    status, said, complaint = _resume(served, output)
    assert (status, complaint) == (0, ""), complaint
    assert f"{len(LEVELS) + 1} points" in said  # and the zero
    after = _contents(output)
    assert after.status == "complete"
    assert after.state.readings[: len(before.state.readings)] == before.state.readings
    finished = _finished(before)
    assert 1 <= len(finished) <= len(LEVELS)
    assert _finished(after).items() >= finished.items()
    cut_off = [a for a in after.state.attempts.values() if a.outcome == "failed"]
    assert [a.reason for a in cut_off] == ["the run was cut off"] * len(cut_off)
    assert len(_finished(after)) == len(LEVELS) + 1
    times = [r.time for r in after.state.readings]
    assert times == sorted(times)
    assert (output / "certificate.pdf").exists()
    assert verify(output / "record.h5").signer
    (resumed,) = [e for e in after.events if e.kind == "resumed"]
    assert resumed.details["guard"][-1]["outcome"] == {"source": "safe"}


def test_the_first_act_of_a_resumed_run_makes_the_source_safe(served: Any, until: Until, output: Path) -> None:
    before = _killed(served, until, output, 60)
    until((output / "guard.jsonl").exists, "the guard's report")
    served.leave_operating(5)
    assert _resume(served, output)[0] == 0
    source = before.state.snapshot["bench"]["roles"]["source"]["resource"]
    earlier = sum(m.resource == source for m in before.traffic)
    new = [m for m in _contents(output).traffic if m.resource == source][earlier:]
    sent = [m.message.strip() for m in new if m.direction == ">" and m.message.strip() != b"*IDN?"]
    assert sent[0] == b"STBY"


def test_a_run_that_was_aborted_goes_on_too_and_its_first_record_stays(served: Any, until: Until, output: Path) -> None:
    stopped = _killed(served, until, output, 60, signal.SIGTERM)
    assert stopped.status == "aborted"
    first = (output / "record.h5").read_bytes()
    status, said, complaint = _resume(served, output)
    assert (status, complaint) == (0, ""), complaint
    assert (output / "record.h5").read_bytes() == first
    assert Record.open(output / "record-2.h5").status == "complete"
    assert verify(output / "record-2.h5").signer
    assert "record-2.h5" in said
    assert _finished(_contents(output)).items() >= _finished(stopped).items()


def test_a_complete_run_is_not_resumed(served: Any, output: Path) -> None:
    process = served.start(*served.arguments("--output", str(output)))
    process.communicate(timeout=60)
    status, _, complaint = _resume(served, output)
    assert status == 2
    assert "its run is complete" in complaint


def test_a_register_that_changed_meanwhile_must_be_accepted_by_name(served: Any, until: Until, output: Path) -> None:
    _killed(served, until, output, 60)
    rows = _contents(output).rows
    calibrator = served.folder / "equipment" / "CAL-01.toml"
    text = calibrator.read_text(encoding="utf-8")
    changed = text.replace('location = "', 'location = "moved, ', 1)
    assert changed != text
    calibrator.write_text(changed, encoding="utf-8")
    status, _, complaint = _resume(served, output)
    assert status != 0
    assert "location" in complaint
    assert "--accept" in complaint
    assert _contents(output).rows == rows
    status, _, complaint = _resume(served, output, "--accept", "moved to bench 2", "--operator", "Bình")
    assert (status, complaint) == (0, ""), complaint
    (resumed,) = [e for e in _contents(output).events if e.kind == "resumed"]
    assert resumed.details["accepted"] == {"by": "Bình", "why": "moved to bench 2"}
    assert "location" in json.dumps(resumed.details["differences"])


def test_a_journal_that_lost_a_row_is_not_gone_on_with(served: Any, until: Until, output: Path) -> None:
    import sqlite3

    _killed(served, until, output, 60)
    with sqlite3.connect(output / "run.journal") as database:
        database.execute("DELETE FROM reading WHERE seq = (SELECT min(seq) FROM reading)")
    database.close()
    status, _, complaint = _resume(served, output)
    assert status != 0
    assert "was taken out" in complaint


def test_a_run_cut_off_while_its_record_was_built_gets_record_and_certificate(served: Any, output: Path) -> None:
    process = served.start(*served.arguments("--output", str(output)))
    process.communicate(timeout=60)
    made = {"record.h5", "certificate.pdf", "certificate.dcc.xml", "results.csv", "results.json"}
    for name in made:
        (output / name).unlink()
    status, said, complaint = _resume(served, output)
    assert (status, complaint) == (0, ""), complaint
    assert made <= {path.name for path in output.iterdir()}
    assert verify(output / "record.h5").signer
    assert f"{len(LEVELS) + 1} points" in said
