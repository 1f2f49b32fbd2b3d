"""A procedure that hangs with a voltage on is ended within a second of what it may take; one that waits, never.

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
from calib.guard.leases import COMPUTING_S
from calib.record import Journal, Record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and SIGSTOP of POSIX")

WITHIN_S = 1.0
LATE_S = 0.5
"""What a loaded machine and two looks at the simulated calibrator add to what this test sees."""
STRETCHED = 4
"""On a busy machine computing counts by what it got of the processor: a quarter of the time at least."""
Until = Callable[..., float]

PROCEDURE = """
import os, re, socket, time
from calib.drivers.roles import DcVoltageSource, DcVoltmeter
from calib.procedures.dmm_dc_voltage import DmmDcVoltage
from calib.text import both

def spin():
    while True:
        pass

class Mine(DmmDcVoltage):
    id = "mine"

    def measure(self, point, station):
        super().measure(point, station)
        if point.nominal == 100:
            with open({marker!r}, "w") as file:
                file.write(str(time.monotonic()))
{body}
"""
LOOPS = "while True: pass"
HANGS = {
    "a blocked call": "pair = socket.socketpair(); pair[0].recv(1)",
    "a sleep that is no wait of the bench": "time.sleep(60)",
}
STUBBORN = {
    "a loop that takes no interrupt": """
while True:
    try:
        spin()
    except BaseException:
        pass
""",
    "a library that keeps the interpreter to itself": "re.match('(a|a)*$', 'a' * 40 + 'b')",
}
PATIENT = {
    "computing that is declared": """
with station.busy(20, both("a long computation")):
    begun = time.monotonic()
    while time.monotonic() - begun < 3.5: pass
""",
    "a wait": "station.wait(3.5 * 50, both('waiting'))",
    "an instrument's clock": "station.role('meter', DcVoltmeter).clock.sleep(3.5 * 50)",
}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def started(served: Any, until: Until, output: Path, tmp_path: Path) -> Callable[..., Any]:
    """Return what starts a run whose procedure does something after the readings at 100 V."""

    def start(body: str) -> tuple["subprocess.Popen[str]", float]:
        file, marker = tmp_path / "mine.py", tmp_path / "marker"
        indented = "".join(f"            {line}\n" for line in body.strip("\n").splitlines())
        file.write_text(PROCEDURE.format(marker=str(marker), body=indented), encoding="utf-8")
        served.points((100, 100), readings=5)
        process = served.start(*served.arguments("--output", str(output), procedure=str(file)))
        until(lambda: (marker.exists() and marker.read_text()) or process.poll() is not None, "the hang", 60)
        assert process.poll() is None, process.communicate()
        return process, float(marker.read_text())

    return start


def _standby_after(served: Any, until: Until, begun_s: float) -> float:
    until(lambda: not served.source()["operating"], "standby", 20)
    return time.monotonic() - begun_s


def _is_told(output: Path) -> bool:
    """Return whether a whole line of the guard's report is there."""
    report = output / "guard.jsonl"
    return report.exists() and "\n" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("what", HANGS)
def test_a_procedure_that_hangs_is_interrupted_and_its_run_ends_in_order(
    served: Any, until: Until, started: Any, output: Path, what: str
) -> None:
    process, begun_s = started(HANGS[what])
    assert COMPUTING_S < _standby_after(served, until, begun_s) < COMPUTING_S + WITHIN_S + LATE_S
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the run stood still: measuring calibrator/100 V/100 V: no sign of getting on for 2 s" in complaint
    assert "mine.py, line " in complaint
    assert Record.open(output / "record.h5").status == "aborted"
    assert not (output / "guard.jsonl").exists()


def test_an_endless_loop_is_ended_once_it_has_computed_for_too_long(served: Any, until: Until, started: Any) -> None:
    process, begun_s = started(LOOPS)
    assert COMPUTING_S < _standby_after(served, until, begun_s) < STRETCHED * COMPUTING_S + WITHIN_S + LATE_S
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the run stood still" in complaint


@pytest.mark.parametrize("what", STUBBORN)
def test_a_procedure_that_cannot_be_interrupted_is_killed_and_its_run_goes_on_later(
    served: Any, until: Until, started: Any, output: Path, what: str
) -> None:
    process, begun_s = started(STUBBORN[what])
    assert _standby_after(served, until, begun_s) < STRETCHED * COMPUTING_S + WITHIN_S + LATE_S
    assert process.wait(10) == -signal.SIGKILL
    until(lambda: _is_told(output), "the guard's report", 5)
    told = json.loads((output / "guard.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert told["run"] == "stalled"
    assert told["outcome"] == {"source": "safe"}
    assert told["why"]
    with Journal.open(output / "run.journal") as journal:
        assert len(journal.verify().state.readings) > 0


def test_a_guard_says_where_a_killed_run_stood_still(served: Any, until: Until, started: Any, output: Path) -> None:
    started(STUBBORN["a loop that takes no interrupt"])
    until(lambda: _is_told(output), "the guard's report", 20)
    told = json.loads((output / "guard.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert "no sign of " in told["why"]
    if "no sign of life" not in told["why"]:  # a machine so busy that the run could not even beat says less
        assert "no sign of getting on for 2 s, in " in told["why"]
        assert "mine.py, line " in told["why"]
    assert served.source()["operating"] is False


@pytest.mark.parametrize("what", PATIENT)
def test_who_says_how_long_it_takes_is_not_taken_for_hung(started: Any, what: str) -> None:
    process, _ = started(PATIENT[what])
    assert process.wait(60) == 0, process.communicate()


def test_while_nothing_is_on_a_procedure_may_take_its_time(served: Any, output: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import time\n"
        "from calib.procedures.dmm_dc_voltage import DmmDcVoltage\n\n\n"
        "class Mine(DmmDcVoltage):\n"
        "    id = 'mine'\n\n"
        "    def prepare(self, group, station):\n"
        "        time.sleep(3.5)\n"
        "        super().prepare(group, station)\n",
        encoding="utf-8",
    )
    process = served.start(*served.arguments("--output", str(output), procedure=str(file)))
    assert process.wait(60) == 0, process.communicate()


@pytest.mark.parametrize(
    "slow", [{"kind": "delay", "seconds": 2.6 * 50}, {"kind": "slow", "byte_s": 0.17 * 50}], ids=["answer", "line"]
)
def test_a_slow_instrument_is_not_taken_for_a_hung_run(served: Any, output: Path, slow: dict[str, Any]) -> None:
    served.points((100, 100), readings=5)
    served.control.faults.add(rule(instrument="meter", message="READ", times=2, nth=8, **slow))
    process = served.start(*served.arguments("--output", str(output)))
    assert process.wait(60) == 0, process.communicate()


def test_a_run_that_is_stopped_again_and_again_is_not_taken_for_hung(served: Any, until: Until, output: Path) -> None:
    served.points((100, 100), settle_s=5, readings=150)
    process = served.start(*served.arguments("--output", str(output)))
    until(lambda: served.operates_above(60) or process.poll() is not None, "100 V on the terminals", 40)
    for _ in range(15):
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.3)
    assert process.wait(60) == 0, process.communicate()
