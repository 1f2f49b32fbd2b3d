"""Keeps the computer from falling asleep during a run, where the system allows it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def awake() -> Iterator[None]:
    """Inhibit suspend within this block; a closed lid may win all the same."""
    if sys.platform == "win32":
        _windows(_CONTINUOUS | _SYSTEM_REQUIRED)
        try:
            yield
        finally:
            _windows(_CONTINUOUS)
        return
    command = _command()
    if command is None:
        yield
        return
    silent = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603  the system's own
        command, stdin=subprocess.PIPE, stdout=silent, stderr=silent, start_new_session=True
    ) as inhibitor:
        try:
            yield
        finally:
            inhibitor.terminate()


def _command() -> list[str] | None:
    """Return a command that inhibits sleep until its standard input ends: it does not outlive a killed run."""
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "cat"]
    if shutil.which("systemd-inhibit"):
        return ["systemd-inhibit", "--what=sleep:idle", "--who=calib", "--why=a calibration is running", "cat"]
    return None


if sys.platform == "win32":
    import ctypes

    _CONTINUOUS, _SYSTEM_REQUIRED = 0x8000_0000, 0x0000_0001

    def _windows(state: int) -> None:
        ctypes.windll.kernel32.SetThreadExecutionState(state)
