"""`calib demo` stopped by Ctrl-C at any instant leaves the calibrator in standby, and its journal says so."""

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calib.drivers.simulation import Control
from calib.errors import LinkError
from calib.record import Journal, Record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
Until = Callable[..., float]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "calib", "demo", "--plain", "--output", str(tmp_path / "demo")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _bench(folder: Path) -> dict[str, Any]:
    """Return the bench file once it names the served ports."""
    try:
        text = (folder / "laboratory" / "benches" / "simulated.toml").read_text(encoding="utf-8")
        bench = tomllib.loads(text)
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    return bench if not bench.get("simulation", {}).get("control", ":0").endswith(":0") else {}


def _interrupt(process: "subprocess.Popen[str]") -> str:
    os.killpg(process.pid, signal.SIGINT)
    said, complaint = process.communicate(timeout=30)
    assert process.returncode == 130, complaint
    assert complaint.count("calib: aborted") == 1
    assert "Traceback" not in complaint
    return said


def _was_made_safe(folder: Path) -> None:
    with Journal.open(folder / "run.journal") as journal:
        contents = journal.verify()
    assert contents.status == "aborted"
    assert [e.details for e in contents.events if e.kind == "made safe"][-1] == {"source": "safe"}
    source = contents.state.snapshot["bench"]["roles"]["source"]["resource"]
    words = [m.direction + m.message.decode().strip() for m in contents.traffic if m.resource == source]
    after = words[len(words) - words[::-1].index(">STBY") :]
    assert (">OPER?", "<0") in pairwise(after)
    assert after[-2:] == [">LIMIT 60 V, -60 V;ERR?", '<0,"No Error"']
    assert {w for w in after[:-2] if w.startswith(">")} <= {">*CLS", ">*IDN?", ">OPER?", ">OUT 0 V, 0 HZ;ERR?"}
    assert Record.open(folder / "record.h5").status == "aborted"


def test_while_the_instruments_are_opened(demo: "subprocess.Popen[str]", tmp_path: Path, until: Until) -> None:
    folder = tmp_path / "demo"
    until(lambda: bool(_bench(folder)), "a served bench")
    _interrupt(demo)
    if (folder / "run.journal").exists():
        _was_made_safe(folder)


def test_while_the_connection_is_proven(demo: "subprocess.Popen[str]", tmp_path: Path, until: Until) -> None:
    folder = tmp_path / "demo"
    until(lambda: bool(_bench(folder)), "a served bench")
    with Control(_bench(folder)["simulation"]["control"]) as control:

        def proving() -> bool:
            source = control.state()["outputs"]["source"]
            return bool(source["operating"]) and source["setpoint_V"] == 1.0

        until(proving, "1 V on the terminals")
        assert "source: safe" in _interrupt(demo)
        with pytest.raises(LinkError):  # the simulated laboratory went with its parent
            control.state()
    _was_made_safe(folder)


@pytest.mark.parametrize("readings", [1, 12, 33])
def test_after_some_readings(demo: "subprocess.Popen[str]", tmp_path: Path, until: Until, readings: int) -> None:
    folder = tmp_path / "demo"

    def so_many() -> bool:
        if not (folder / "run.journal").exists():
            return False
        with suppress(Exception), Journal.open(folder / "run.journal") as journal:
            return len(journal.readings().readings) >= readings
        return False

    until(so_many, f"{readings} readings")
    assert "source: safe" in _interrupt(demo)
    _was_made_safe(folder)
    assert len(Record.open(folder / "record.h5").readings().readings) >= readings
