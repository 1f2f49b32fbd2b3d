"""The keys of the console steer a run that is going on."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from calib.errors import FileError, RecordError
from calib.record import Journal, Record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
_WITH_A_TERMINAL = """
import fcntl, sys, termios
import os
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from calib.cli.main import main
main(sys.argv[1:])
"""
FIVE, NINE = "calibrator/10 V/5 V", "calibrator/10 V/9 V"


def _readings(output: Path) -> int:
    with suppress(FileError, RecordError), Journal.open(output / "run.journal") as journal:
        return len(journal.readings().readings)
    return 0


@pytest.mark.parametrize("plain", [False, True], ids=["console", "plain lines"])
def test_pause_and_skip_are_pressed_while_readings_come(
    served: Any, until: Callable[..., float], tmp_path: Path, plain: bool
) -> None:
    import pty

    served.points((10, 5), (10, 9), readings=60)
    with served.answers.open("a", encoding="utf-8") as file:
        file.write('"control.skip" = "the range drifts"\n')
    output = tmp_path / "run"
    ours, theirs = pty.openpty()
    said: list[bytes] = []
    arguments = served.arguments("--output", str(output), *(["--plain"] if plain else []))
    process = subprocess.Popen(
        [sys.executable, "-c", _WITH_A_TERMINAL, *arguments], stdin=theirs, stdout=theirs, stderr=theirs
    )
    served.started.append(process)
    os.close(theirs)
    reader = threading.Thread(target=_drain, args=(ours, said), daemon=True)
    reader.start()
    until(lambda: _readings(output) > 60 or process.poll() is not None, "readings at 5 V", 40)
    for key in (b"p", b"s"):
        os.write(ours, key + (b"\n" if plain else b""))
    assert process.wait(60) == 0, b"".join(said).decode()
    reader.join(10)
    os.close(ours)
    assert "p pause · r repeat" in b"".join(said).decode()
    record = Record.open(output / "record.h5")
    attempts = [(a.point, a.outcome) for a in record.readings().attempts[1:]]
    assert attempts in (
        [(FIVE, "failed"), (FIVE, "skipped"), (NINE, "complete")],
        [(FIVE, "complete"), (NINE, "skipped")],  # the key came after the last reading of 5 V
    )
    assert "paused" in [e.kind for e in record.events()]


def _drain(terminal: int, said: list[bytes]) -> None:
    with suppress(OSError):  # Linux: the other side of a pty has closed
        while data := os.read(terminal, 4096):
            said.append(data)
