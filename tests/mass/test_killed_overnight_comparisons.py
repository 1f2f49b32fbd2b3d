"""A sub-division that is killed at night and resumed goes on at its comparison; balance and weather have gone on."""

import os
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
from calib.drivers.simulation.environment import Disturbance
from calib.errors import FileError, RecordError
from calib.procedures.weight_set_subdivision import WeightSetSubdivision
from calib.record import Journal, Record
from calib.record.model import Readings
from calib.study.world import BenchWorld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

NAME, SEED = "weight-set-subdivision", 42
FALLS_PA_PER_H, PAUSE_PA = 6000.0, 400.0
COMPARISONS = """comparisons = [
    { a = ["R1000"], b = ["T500", "T200", "T200a", "T100"] },
    { a = ["R1000"], b = ["T500", "T200", "T200a", "T100a"] },
    { a = ["T500"], b = ["T200", "T200a", "T100"] },
    { a = ["T200"], b = ["T100", "T100a"] },
    { a = ["T200"], b = ["T200a"] },
]
"""
ANSWERS = """
[answers]
"*" = true
"environment.temperature" = 21.0
"environment.humidity" = 46.0
"identity.reference" = "SIMW01"
"identity.item" = "SIMF1223"
"""


@dataclass
class Night:
    """A served comparator, and the command as people start it."""

    laboratory: SimulatedLaboratory
    output: Path
    answers: Path
    environment: dict[str, str]

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "calib", *arguments, "--answers", str(self.answers)],
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            start_new_session=True,
        )

    def readings(self) -> Readings | None:
        """Return what is in the journal by now."""
        with suppress(FileError, RecordError), Journal.open(self.output / "run.journal") as journal:
            return journal.readings()
        return None

    def on_the_pan(self) -> str:
        pan: str = self.laboratory.control.state()["worlds"]["mass"]["pans"]["balance"]
        return pan

    def shown_kg(self) -> float:
        """Look at the balance, as somebody does who comes by."""
        resource = tomllib.loads(self.laboratory.bench.read_text(encoding="utf-8"))["roles"]["balance"]["resource"]
        _, host, port, _ = resource.split("::")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(b"SI\r\n")
            heard = b""
            while not heard.endswith(b"\r\n"):
                heard += line.recv(100)
        return float(heard.split()[2]) * 1e-3

    def pass_by(self, fall_Pa: float) -> float:
        """Let time go by until the pressure has fallen by so much; return the pressure."""
        control = self.laboratory.control
        least_Pa = control.environment()["pressure_Pa"] - fall_Pa
        until(lambda: control.environment()["pressure_Pa"] <= least_Pa, "the fall of the pressure")
        return control.environment()["pressure_Pa"]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with served_sample(tmp_path, NAME, seed=SEED, shown_s=30.0) as laboratory:
        head, _, tail = laboratory.job.read_text(encoding="utf-8").partition("comparisons = [")
        tail = tail[tail.index("\n]\n") + 3 :]
        laboratory.job.write_text(head + COMPARISONS + tail, encoding="utf-8")
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
def test_after_kill_9_it_goes_on_at_its_comparison_in_the_air_of_that_time(night: Night) -> None:
    control = night.laboratory.control
    control.disturb(Disturbance(quantity="pressure_Pa", shape="ramp", size=-FALLS_PA_PER_H))
    bench, job = str(night.laboratory.bench), str(night.laboratory.job)
    run = night.start("run", NAME, "--bench", bench, "--job", job, "--output", str(night.output))

    def amid_the_third() -> bool:
        assert run.poll() is None, run.communicate()
        found = night.readings()
        at = {a.id for a in found.attempts if a.point.startswith("comparison/03")} if found else set()
        return found is not None and any(r.attempt in at and r.channel == "balance" for r in found.readings)

    until(amid_the_third, "a weighing of the third comparison")
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=30)
    with Journal.open(night.output / "run.journal") as journal:
        before = journal.verify()
    night.pass_by(100.0)  # hands that were at it put their load down, and the balance comes to rest
    left, shown_kg = night.on_the_pan(), night.shown_kg()
    now_Pa, passed_h = night.pass_by(PAUSE_PA), PAUSE_PA / FALLS_PA_PER_H
    assert left != "empty"
    assert night.on_the_pan() == left  # nobody has touched it
    drifted_kg = night.shown_kg() - shown_kg

    resumed = night.start("resume", str(night.output))
    said, complaint = resumed.communicate(timeout=200)
    assert (resumed.returncode, complaint) == (0, ""), said + complaint
    with Journal.open(night.output / "run.journal") as journal:
        after = journal.verify()
    kept = len(before.state.readings)
    assert after.state.readings[:kept] == before.state.readings
    attempts = [(a.point[:13], a.outcome) for a in after.state.attempts.values()]
    first, second, third, *others = (f"comparison/{n:02d}" for n in range(1, 6))
    done = [(first, "complete"), (second, "complete"), (third, "failed"), (third, "complete")]
    assert attempts == done + [(one, "complete") for one in others]
    pressures = [r.value for r in after.state.readings[kept:] if r.channel == "air.pressure"]
    assert max(pressures) < now_Pa + 100.0  # its instrument is off by 50 Pa at most
    truth = SimulatedBench.from_file(
        night.laboratory.bench.with_name(f"{NAME}-simulated.toml"), clock=VirtualClock(datetime.now(UTC)), seed=SEED
    )
    drift_kg_per_h = truth.instruments["balance"].weighing.errors.drift * 3600  # type: ignore[attr-defined]
    assert drifted_kg / drift_kg_per_h > 0.5 * passed_h
    results = Record.open(night.output / "record.h5").results
    assert len([r for r in results if r.point.startswith("weight/")]) == 5
    for result in results:
        assert abs(result.error - WeightSetSubdivision.truth(result, BenchWorld(truth))) <= 1.3 * result.U, result.point
