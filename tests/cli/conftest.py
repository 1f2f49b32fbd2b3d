"""Served benches, and the command `calib` as people start it."""

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from calib.cli.main import main
from calib.demo import Ports, write_bench, write_starter
from calib.drivers.simulation import Control, start_server

HIGH_V = 100.0
ANSWERS = """
[answers]
"*" = true
"hazard.voltage" = true
"identity.meter" = "SIM34401001"
"environment.temperature" = 23.1
"environment.humidity" = 46.0
"""


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 30.0) -> float:
    """Return how long it took, in machine seconds; fail where it does not happen in time."""
    begun = time.monotonic()
    while not happened():
        if time.monotonic() - begun > seconds:
            pytest.fail(f"within {seconds:g} s not: {what}")
        time.sleep(0.02)
    return time.monotonic() - begun


@dataclass
class Served:
    """A laboratory whose bench is served by a process of its own."""

    folder: Path
    keys: Path
    bench: Path
    job: Path
    answers: Path
    control: Control
    server_pid: int
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    @property
    def records(self) -> Path:
        return self.folder / "records"

    def arguments(self, *more: str, procedure: str = "dmm-dc-voltage") -> list[str]:
        """Return the arguments of a run with scripted answers."""
        files = ["--bench", str(self.bench), "--job", str(self.job), "--answers", str(self.answers)]
        return ["run", procedure, *files, *more]

    def points(self, *points: tuple[float, float], **parameters: object) -> None:
        """Make the job ask for (range, nominal) in volts, with parameters of the method."""
        text = self.job.read_text(encoding="utf-8").partition("[parameters]")[0]
        given = {"reference": '"certificate"', "nplc": 10, "settle_s": 0} | parameters
        text += "[parameters]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())
        text += "".join(f"[[points]]\nrange = {range_V}\nnominal = {nominal_V}\n" for range_V, nominal_V in points)
        self.job.write_text(text, encoding="utf-8")

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Start `calib` as the leader of a process group of its own."""
        kept: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [sys.executable, "-m", "calib", *arguments],
            text=True,
            encoding="utf-8",
            **(kept | {"start_new_session": True} | options),
        )
        self.started.append(process)
        return process

    def source(self) -> dict[str, Any]:
        """Return what the simulated calibrator's output does and did."""
        state: dict[str, Any] = self.control.state()["outputs"]["source"]
        return state

    def operates_above(self, voltage_V: float) -> bool:
        """Return whether more than that is on the terminals right now."""
        now = self.source()
        return bool(now["operating"]) and abs(now["setpoint_V"]) > voltage_V

    def leave_operating(self, voltage_V: float) -> None:
        """Put a voltage on the terminals, as somebody does who works with the calibrator himself."""
        resource = tomllib.loads(self.bench.read_text(encoding="utf-8"))["roles"]["source"]["resource"]
        _, host, port, _ = resource.split("::")
        with socket.create_connection((host, int(port)), timeout=5) as line:
            line.sendall(f"OUT {voltage_V} V, 0 HZ;OPER;*IDN?\n".encode())
            assert line.recv(100)
        assert self.operates_above(voltage_V - 1)

    def kill_server(self) -> None:
        """Let instruments and lead vanish at once."""
        os.kill(self.server_pid, signal.SIGKILL)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A served laboratory, fifty times as fast as the world; its job is one point at 5 V."""
    folder, keys = tmp_path / "served", tmp_path / "keys"
    monkeypatch.setenv("CALIB_KEYS", str(keys))
    write_starter(folder, ports=Ports(0, 0, 0), keys=keys)
    served_file = folder / "benches" / "simulated-laboratory.toml"
    with start_server(served_file, seed=3, time_factor=50) as server, server.control() as control:
        where = server.resources
        bench = write_bench(
            folder, source=where["source"], meter=where["meter"], control=server.control_address, time_factor=50
        )
        answers = tmp_path / "answers.toml"
        answers.write_text(ANSWERS, encoding="utf-8")
        laboratory = Served(folder, keys, bench, folder / "jobs" / "example.toml", answers, control, server.pid)
        laboratory.points((10, 5))
        yield laboratory
        for process in laboratory.started:
            with suppress(ProcessLookupError):
                process.kill()
            process.communicate()


@dataclass(frozen=True)
class Ended:
    """How the command ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def calib(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Return what calls the command in this process."""
    monkeypatch.delenv("CALIB_LAB", raising=False)

    def call(*arguments: object) -> Ended:
        capsys.readouterr()
        before = signal.getsignal(signal.SIGINT)
        try:
            main([str(a) for a in arguments])
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        finally:
            signal.signal(signal.SIGINT, before)
        said = capsys.readouterr()
        return Ended(status, said.out, said.err)

    return call


@pytest.fixture
def until() -> Callable[..., float]:
    """Return what waits for something to happen."""
    return wait_until
