"""The build of a record in a process of its own: whatever happens to it, the run and the journal go on."""

import subprocess
import sys
from pathlib import Path

from calib.errors import RecordError


def start_build(journal_path: Path, record_path: Path) -> "subprocess.Popen[str]":
    """Start building; the process is spawned, in a group of its own, out of reach of Ctrl-C."""
    command = [sys.executable, "-m", "calib.record.build", str(journal_path), str(record_path)]
    apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        creationflags=apart,
    )


def end_build(child: "subprocess.Popen[str]", record_path: Path) -> None:
    """Wait for a build; raise `RecordError` with what the child said where it failed."""
    _, said = child.communicate()
    if child.returncode == 0:
        return
    lines = said.strip().splitlines()
    how = f"ended by signal {-child.returncode}" if child.returncode < 0 else "nothing said"
    msg = f"{record_path}: could not be built ({lines[-1] if lines else how}); the journal is untouched"
    raise RecordError(msg)


def build_in_child(journal_path: Path, record_path: Path) -> None:
    """Build a record in a child process and wait for it.

    Raises
    ------
    RecordError
        The child failed; the journal, and an earlier record at that place, are as they were.
    """
    end_build(start_build(journal_path, record_path), record_path)
