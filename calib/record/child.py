"""The build of a record in a process of its own: whatever happens to it, the run and the journal go on."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calib.errors import RecordError

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]


@contextmanager
def _held_back() -> Iterator[None]:
    """Block the signals that end a program: one that comes before the child has its own group would still reach it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forget_signals() -> None:
    """In the child, which is born with these signals blocked: drop those that were meant for the parent's group."""
    if hasattr(signal, "pthread_sigmask"):
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)  # POSIX: ignoring a pending signal discards it
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


BACKGROUND = "--background"


def start_build(journal_path: Path, record_path: Path, *, background: bool = False) -> "subprocess.Popen[str]":
    """Start building; the process is spawned, in a group of its own, out of reach of Ctrl-C.

    In the `background` it has low priority, and ends with this process however that ends.
    """
    command = [sys.executable, "-m", "calib.record.build", str(journal_path), str(record_path)]
    if background:
        command.append(BACKGROUND)
    apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with _held_back():
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            stdin=subprocess.PIPE if background else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            creationflags=apart,
        )


def yield_to_the_run() -> None:
    """In the child: take the lowest priority, and end when the parent, which holds the other end of our input, ends."""
    if sys.platform == "win32":
        import ctypes

        idle_priority_class = 0x40  # Windows API, processthreadsapi.h
        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), idle_priority_class)
    else:
        os.nice(19)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    sys.stdin.read()
    os._exit(1)


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
