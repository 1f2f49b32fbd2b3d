"""A simulated bench in a process of its own, from another process: start, use, end.

It stands in a process group of its own, so that a Ctrl-C meant for a run does not reach it; and it ends when the pipe
to its parent closes, so that none is ever left behind.
"""

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Self

from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.control import Control
from calib.errors import LinkError

READY_S = 30.0
STOP_S = 5.0


class ServerProcess:
    """A running server; a context manager that ends it."""

    def __init__(self, process: "subprocess.Popen[bytes]", announcement: dict[str, Any]) -> None:
        self._process = process
        self.resources: dict[str, str] = announcement["resources"]
        """VISA resource of each instrument's first wire, by its name in the file."""
        self.wires: dict[str, dict[str, str]] = announcement["wires"]
        """VISA resources by instrument and kind of wire."""
        self.adapter: str | None = announcement["adapter"]
        """The Prologix adapter that PyVISA opens first, where there is one."""
        self.control_address: str = announcement["control"]
        self.seed: int = announcement["seed"]
        self.time_factor: float = announcement["time_factor"]

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def control(self) -> Control:
        """Return a new client of its control port."""
        return Control(self.control_address)

    def close(self) -> None:
        """End the server; idempotent."""
        _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def start_server(
    path: Path,
    *,
    seed: int | None = None,
    time_factor: float = 1.0,
    specifications: Path | None = None,
    wires: Iterable[str] = (),
    faults: Path | None = None,
    ready_s: float = READY_S,
) -> ServerProcess:
    """Start a server of the bench file and wait until its ports are open.

    `wires` are kinds of wires for instruments whose table names none; `faults` is a file of what goes wrong.

    Raises
    ------
    FileError
        The bench file is wrong.
    LinkError
        It did not come up in time, or ended; the message holds what it said.
    """
    BenchFile.read(path)  # the same mistakes, told here rather than by the server's last words
    arguments = [str(path), "--time-factor", repr(time_factor), "--stop-with-parent"]
    arguments += [] if seed is None else ["--seed", str(seed)]
    arguments += [] if specifications is None else ["--specifications", str(specifications)]
    arguments += ["--wires", ",".join(wires)]
    arguments += [] if faults is None else ["--faults", str(faults)]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-m", "calib.drivers.simulation", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            **_own_group(),
        )
        try:
            return ServerProcess(process, _announcement(process, path, complaints, ready_s))
        except BaseException:
            _end(process)
            raise


def _announcement(
    process: "subprocess.Popen[bytes]", path: Path, complaints: IO[bytes], ready_s: float
) -> dict[str, Any]:
    """Return what the server says once it is ready."""
    line = _first_line(process, ready_s)
    if not line:
        process.wait(STOP_S)
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip() or f"no answer within {ready_s:g} s"
        msg = f"the simulated bench {path} did not start: {said}"
        raise LinkError(msg)
    announcement: dict[str, Any] = json.loads(line)
    return announcement


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _first_line(process: "subprocess.Popen[bytes]", wait_s: float) -> bytes:
    """Return the first line of a process's output; empty where none comes in time."""
    lines: queue.Queue[bytes] = queue.Queue()  # a thread, since pipes cannot be polled on Windows
    out = process.stdout
    assert out is not None
    threading.Thread(target=lambda: lines.put(out.readline()), daemon=True, name="ready line").start()
    try:
        return lines.get(timeout=wait_s)
    except queue.Empty:
        process.kill()
        return b""


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
