"""Checkpoints: spaced by time, in a child of low priority, whole or not at all; the run never waits for one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from calib.clock import SystemClock
from calib.record import Checkpoints, Journal, Record


class Machine:
    """A time of the machine that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal.create(tmp_path / "run.journal", {"simulated": True}, SystemClock())
    attempt = journal.begin_attempt("p", "as-found")
    for i in range(10):
        journal.reading(attempt, "meter", float(i), "V")
    return journal


def test_a_checkpoint_is_due_by_time_and_holds_what_was_acknowledged(journal: Journal, tmp_path: Path) -> None:
    machine = Machine()
    checkpoints = Checkpoints(tmp_path / "run.journal", tmp_path / "record.h5", 60.0, machine)
    machine.now += 59
    assert checkpoints.tick() is None
    assert checkpoints._child is None
    machine.now += 2
    assert checkpoints.tick() is None
    until(lambda: checkpoints.tick() is None and checkpoints._child is None)
    record = Record.open(tmp_path / "record.h5")
    assert (record.status, len(record.readings().readings)) == ("unfinished", 10)
    machine.now += 59
    checkpoints.tick()
    assert checkpoints._child is None
    assert not list(tmp_path.glob(".*.part"))


def test_a_long_build_makes_the_pause_longer(journal: Journal, tmp_path: Path) -> None:
    machine = Machine()
    checkpoints = Checkpoints(tmp_path / "run.journal", tmp_path / "record.h5", 60.0, machine)
    machine.now += 61
    checkpoints.tick()
    assert checkpoints._child is not None
    checkpoints._child.wait()
    machine.now += 30
    checkpoints.tick()
    machine.now += 20 * 30 - 1
    checkpoints.tick()
    assert checkpoints._child is None
    machine.now += 2
    checkpoints.tick()
    assert checkpoints._child is not None
    checkpoints.stop()


def test_a_build_that_fails_is_told_once_and_the_run_goes_on(journal: Journal, tmp_path: Path) -> None:
    machine = Machine()
    (tmp_path / ".record.h5.part").mkdir()
    checkpoints = Checkpoints(tmp_path / "run.journal", tmp_path / "record.h5", 60.0, machine)
    machine.now += 61
    checkpoints.tick()
    assert checkpoints._child is not None
    checkpoints._child.wait()
    assert "could not be built" in str(checkpoints.tick())
    assert checkpoints.tick() is None
    journal.reading(journal.readings().attempts[0], "meter", 1.0, "V")
    assert not (tmp_path / "record.h5").exists()


def test_a_build_that_is_stopped_leaves_the_earlier_record_and_nothing_else(journal: Journal, tmp_path: Path) -> None:
    machine = Machine()
    (tmp_path / "record.h5").write_bytes(b"earlier")
    checkpoints = Checkpoints(tmp_path / "run.journal", tmp_path / "record.h5", 0.0, machine)
    machine.now += 1
    checkpoints.tick()
    checkpoints.stop()
    assert (tmp_path / "record.h5").read_bytes() == b"earlier"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="nice values of POSIX")
def test_the_child_has_the_lowest_priority_and_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from calib.record.child import yield_to_the_run\n"
        "yield_to_the_run()\n"
        "print(os.getpid(), os.nice(0), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE, start_new_session=True)\n"
        "time.sleep(60)\n"
    )
    running = subprocess.Popen([sys.executable, "-c", parent, code], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    pid, nice = (int(word) for word in running.stdout.readline().split())
    assert nice == 19
    running.kill()
    running.wait()
    running.stdout.close()

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"

    until(gone)
