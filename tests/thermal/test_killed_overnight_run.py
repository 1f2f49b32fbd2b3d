"""A run that is killed at night and resumed goes on at its temperature; the bath has gone its own way meanwhile."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calib.clock import VirtualClock
from calib.demo import SimulatedLaboratory, served_sample
from calib.drivers.simulation import SimulatedBench
from calib.errors import FileError, RecordError
from calib.procedures.prt_industrial import PrtIndustrial
from calib.record import Journal, Record
from calib.study.world import BenchWorld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

SEED = 5
POINTS = ("bath/20 °C", "bath/60 °C")
WINDOW_S = 120.0
PARAMETERS = f"""
temperatures_C = [20, 60]
window_s = {WINDOW_S:g}
soak_s = 30
cycles = 30
stable_K_per_min = 0.01
"""
ANSWERS = """
[answers]
"*" = true
"environment.temperature" = 23.0
"environment.humidity" = 46.0
"identity.reference" = "SIMSPRT01"
"identity.item" = "SIMPT100A"
"identity.bath" = "SIM7341001"
"identity.readout" = "SIM1529001"
"""


@dataclass
class Night:
    """A served bath, and the command as people start it."""

    laboratory: SimulatedLaboratory
    output: Path
    answers: Path
    environment: dict[str, str]

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        told = [sys.executable, "-m", "calib", *arguments, "--answers", str(self.answers)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            told,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            env=self.environment,
            start_new_session=True,
        )

    def measures(self, point: str) -> bool:
        """Return whether readings of a point are in the journal."""
        with suppress(FileError, RecordError), Journal.open(self.output / "run.journal") as journal:
            readings = journal.readings()
            at = {a.id for a in readings.attempts if a.point == point}
            return any(r.attempt in at for r in readings.readings)
        return False

    def bath(self, *commands: str) -> float:
        """Speak to the bath as somebody does who stands before it; return the number that it answers."""
        resource = tomllib.loads(self.laboratory.bench.read_text(encoding="utf-8"))["roles"]["bath"]["resource"]
        _, host, port, _ = resource.split("::")
        heard, answer = b"", None
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall("".join(f"{command}\r" for command in commands).encode())
            while answer is None:
                heard += line.recv(100)
                answer = re.search(rb"(?:set|t): *(-?[\d.]+) C\r", heard)
        return float(answer[1])


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with served_sample(tmp_path, "prt-industrial", seed=SEED, shown_s=30.0) as laboratory:
        text = laboratory.job.read_text(encoding="utf-8").partition("[parameters]")[0]
        laboratory.job.write_text(f"{text}[parameters]{PARAMETERS}", encoding="utf-8")
        answers = tmp_path / "answers.toml"
        answers.write_text(ANSWERS, encoding="utf-8")
        environment = {**os.environ, "CALIB_KEYS": str(tmp_path / "keys"), "CALIB_LAB": str(laboratory.folder)}
        yield Night(laboratory, tmp_path / "run", answers, environment)


def until(happened: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            pytest.fail(f"within {seconds:g} s not: {what}")
        time.sleep(0.05)


@pytest.mark.timeout(300)
def test_after_kill_9_it_goes_on_at_its_temperature_and_waits_for_the_bath_again(night: Night) -> None:
    bench, job = str(night.laboratory.bench), str(night.laboratory.job)
    run = night.start("run", "prt-industrial", "--bench", bench, "--job", job, "--output", str(night.output))

    def amid_the_second_point() -> bool:
        assert run.poll() is None, run.communicate()
        return night.measures(POINTS[1])

    until(amid_the_second_point, "readings at 60 °C")
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=30)
    assert night.bath("s") == 60.0  # nobody told the bath
    assert night.bath("s=30", "s") == 30.0  # somebody uses it meanwhile
    until(lambda: night.bath("t") < 45.0, "a bath that cools")

    resumed = night.start("resume", str(night.output))
    said, complaint = resumed.communicate(timeout=200)
    assert (resumed.returncode, complaint) == (0, ""), said + complaint
    with Journal.open(night.output / "run.journal") as journal:
        contents = journal.verify()
    attempts = [(a.point, a.outcome) for a in contents.state.attempts.values()]
    assert attempts == [(POINTS[0], "complete"), (POINTS[1], "failed"), (POINTS[1], "complete")]
    (again,) = [e.time for e in contents.events if e.kind == "resumed"]
    (stable,) = [e for e in contents.events if e.kind == "stable" and e.time > again]
    assert stable.details["after_s"] > WINDOW_S + (60 - 45) / 0.2  # the ramp is 0.2 K/s
    record = Record.open(night.output / "record.h5")
    truth = SimulatedBench.from_file(
        night.laboratory.bench.with_name("prt-industrial-simulated.toml"),
        clock=VirtualClock(datetime.now(UTC)),
        seed=SEED,
        specifications=night.laboratory.folder / "specifications",
    )
    assert [r.point for r in record.results] == list(POINTS)
    for result in record.results:
        assert abs(result.error - PrtIndustrial.truth(result, BenchWorld(truth))) <= 1.3 * result.U, result.point
