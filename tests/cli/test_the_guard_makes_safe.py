"""Where a run can do nothing any more, its guard does: kill -9, a stopped process, a hang, a lost link, its own death.

What the calibrator did is told by the simulated instrument itself.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.drivers.simulation.fault_rules import rule
from calib.record import Journal, Record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL, SIGSTOP and fork of POSIX")

WITHIN_S = 1.0
Until = Callable[..., float]

FORKS = """
import os, time
from calib.procedures.dmm_dc_voltage import DmmDcVoltage

class Forks(DmmDcVoltage):
    def measure(self, point, station):
        if os.fork() == 0:  # keeps all that its parent has open: pipes, sockets, locks
            time.sleep(4)
            os._exit(0)
        super().measure(point, station)
"""


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "run"


def _at_high_voltage(
    served: Any, until: Until, output: Path, *, readings: int = 150, **options: str
) -> "subprocess.Popen[str]":
    """Return a run that stands at 100 V and reads."""
    served.points((100, 100), settle_s=5, readings=readings)
    process: subprocess.Popen[str] = served.start(*served.arguments("--output", str(output), **options))
    until(lambda: served.operates_above(60) or process.poll() is not None, "100 V on the terminals", 40)
    assert process.poll() is None, process.communicate()
    return process


def _standby_after(served: Any, until: Until) -> float:
    return until(lambda: not served.source()["operating"], "standby", 10)


def _guard_of(output: Path) -> int:
    with Journal.open(output / "run.journal") as journal:
        return next(int(e.details["pid"]) for e in journal.verify().events if e.kind == "guarded")


def _report(output: Path, until: Until) -> dict[str, Any]:
    """Return the last line of the guard's report, once it is there."""
    path = output / "guard.jsonl"
    until(lambda: _reports(output) > 0, "the guard's report", 5)
    last: dict[str, Any] = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    return last


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["kill -9", "stopped"])
def test_a_run_that_can_do_nothing_any_more_is_made_safe_within_a_second(
    served: Any, until: Until, output: Path, number: int
) -> None:
    process = _at_high_voltage(served, until, output)
    os.kill(process.pid, number)
    assert _standby_after(served, until) < WITHIN_S
    assert process.wait(5) == -signal.SIGKILL
    told = _report(output, until)
    assert told["run"] == ("died" if number == signal.SIGKILL else "stalled")
    assert told["gone"] is True
    assert told["outcome"] == {"source": "safe"}
    with Journal.open(output / "run.journal") as journal:
        assert journal.verify().state.readings


def test_a_forked_child_that_keeps_pipe_and_lock_does_not_deceive_the_guard(
    served: Any, until: Until, output: Path, tmp_path: Path
) -> None:
    own = tmp_path / "forks.py"
    own.write_text(FORKS, encoding="utf-8")
    process = _at_high_voltage(served, until, output, procedure=str(own))
    os.kill(process.pid, signal.SIGKILL)
    assert _standby_after(served, until) < WITHIN_S
    assert _report(output, until)["outcome"] == {"source": "safe"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_run_without_its_guard_ends_safe(served: Any, until: Until, output: Path, number: int) -> None:
    process = _at_high_voltage(served, until, output, readings=400)
    guard = _guard_of(output)
    os.kill(guard, number)
    waited_s = _standby_after(served, until)
    assert waited_s < (WITHIN_S if number == signal.SIGKILL else 4)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the guard of this run" in complaint
    assert not (output / "guard.jsonl").exists()


def test_a_signal_to_the_whole_group_leaves_the_work_to_the_run(served: Any, until: Until, output: Path) -> None:
    process = _at_high_voltage(served, until, output)
    guard = _guard_of(output)
    os.kill(guard, signal.SIGINT)
    os.kill(guard, signal.SIGHUP)
    os.killpg(process.pid, signal.SIGINT)
    assert _standby_after(served, until) < WITHIN_S
    _, complaint = process.communicate(timeout=30)
    assert "Ctrl-C" in complaint
    assert not (output / "guard.jsonl").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(guard, 0)


def test_a_guard_that_is_told_to_end_ends_the_run_first(served: Any, until: Until, output: Path) -> None:
    process = _at_high_voltage(served, until, output)
    guard = _guard_of(output)
    os.kill(guard, signal.SIGTERM)
    assert _standby_after(served, until) < WITHIN_S
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the guard of this run was told to end" in complaint
    assert Record.open(output / "record.h5").status == "aborted"
    assert not (output / "guard.jsonl").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(guard, 0)


def test_a_guard_that_cannot_make_safe_tells_who_ends_it_and_goes_on_until_it_is_told_twice(
    served: Any, until: Until, output: Path
) -> None:
    process = _at_high_voltage(served, until, output)
    guard = _guard_of(output)
    os.kill(served.server_pid, signal.SIGSTOP)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: _reports(output) == 1, "the first report", 10)
    os.kill(guard, signal.SIGTERM)
    until(lambda: _reports(output) == 2, "the report to who told it to end", 10)
    assert "NOT SAFE" in _report(output, until)["outcome"]["source"]
    os.kill(guard, 0)
    os.kill(guard, signal.SIGTERM)
    until(lambda: _reports(output) == 3, "its last report", 10)
    until(lambda: not _lives(guard), "its end", 10)
    os.kill(served.server_pid, signal.SIGCONT)  # what the guard sent may still lie in the line, and be obeyed now


def _reports(output: Path) -> int:
    path = output / "guard.jsonl"
    return path.read_text(encoding="utf-8").count("\n") if path.exists() else 0


def _lives(pid: int) -> bool:
    """Return whether a process runs; a dead one that nobody has waited for does not."""
    status = Path(f"/proc/{pid}/status")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not (status.exists() and "\nState:\tZ" in status.read_text(encoding="utf-8"))


def test_safe_is_the_first_act_once_a_lost_link_returns(served: Any, until: Until, output: Path) -> None:
    process = _at_high_voltage(served, until, output)
    os.kill(served.server_pid, signal.SIGSTOP)
    os.kill(process.pid, signal.SIGKILL)
    time.sleep(2.5)
    os.kill(served.server_pid, signal.SIGCONT)
    assert _standby_after(served, until) < 9
    until(lambda: _report(output, until)["outcome"] == {"source": "safe"}, "the report of success", 10)


def test_a_source_that_does_not_obey_is_told_loudly_and_left_to_the_guard(
    served: Any, until: Until, output: Path
) -> None:
    process = _at_high_voltage(served, until, output)
    served.control.faults.add(rule(kind="silence", instrument="source", message="STBY", lost="message", times=0))
    os.killpg(process.pid, signal.SIGINT)
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "source: NOT SAFE" in said
    assert "take it off the line by hand" in complaint
    assert served.source()["operating"]
    served.control.faults.clear()
    assert _standby_after(served, until) < 10
    until(lambda: _report(output, until)["outcome"] == {"source": "safe"}, "the report of success", 10)
    assert _report(output, until)["run"] == "handed over"


def test_a_source_that_answers_nonsense_to_its_safe_command_is_off_and_told_as_not_safe(
    served: Any, until: Until, output: Path
) -> None:
    process = _at_high_voltage(served, until, output)
    served.control.faults.add(rule(kind="garbage", instrument="source", message=r"OPER\?", times=0))
    os.killpg(process.pid, signal.SIGINT)
    assert _standby_after(served, until) < WITHIN_S
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "source: NOT SAFE" in said
    assert "take it off the line by hand" in complaint
    served.control.faults.clear()
    until(lambda: _reports(output) and _report(output, until)["outcome"] == {"source": "safe"}, "the guard's word", 20)


def test_a_meter_whose_link_is_lost_leaves_the_source_off(served: Any, until: Until, output: Path) -> None:
    process = _at_high_voltage(served, until, output)
    served.control.faults.add(rule(kind="disconnect", instrument="meter", message="READ", times=0))
    until(lambda: not served.source()["operating"], "standby", 10)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "closed the connection" in complaint
    assert served.source()["operating"] is False
    assert Record.open(output / "record.h5").status == "failed"
