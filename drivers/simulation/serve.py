"""A simulated bench as a server: one TCP port for each instrument, one for the control."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self

from calib.clock import VirtualClock
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.bench import SimulatedBench
from calib.drivers.simulation.control import answer_control
from calib.drivers.simulation.fault_rules import read_plan
from calib.drivers.simulation.kinds import UnitFile
from calib.drivers.simulation.sockets import LineServer
from calib.drivers.simulation.wires.files import SocketFile, Wires, wires_of
from calib.drivers.simulation.wires.opening import BenchWires
from calib.errors import InputError

Announcement = Mapping[str, Any]
"""Where everything is: `{"resources": {name: resource}, "wires": {name: {kind: resource}}, "adapter": resource or null,
"control": "host:port", "seed": …, "time_factor": …}`; `resources` has the first wire of each instrument."""

POLL_S = 0.2  # so that Windows, where waiting is not interrupted, sees a signal


class BenchServer:
    """The wires of a bench; close it to let the ports go. `wires` are for instruments whose table names none."""

    def __init__(self, bench: SimulatedBench, *, host: str = "127.0.0.1", wires: Iterable[str] = ("socket",)) -> None:
        if isinstance(bench.clock, VirtualClock):
            msg = "a virtual clock does not go with sockets: use a scaled clock, or the in-memory wire"
            raise InputError(msg)
        self._stack = ExitStack()
        wanted = {name: _wires(unit, tuple(wires)) for name, unit in bench.file.instruments.items()}
        with ExitStack() as opening:
            opened = opening.enter_context(BenchWires(bench.outlets, wanted, host=host))
            control = opening.enter_context(
                LineServer(partial(answer_control, bench), host=host, port=bench.file.control_port)
            )
            self._stack = opening.pop_all()
        self.wires = opened.resources
        """What VISA opens, by instrument and kind of wire."""
        self.adapter = opened.adapter
        self.resources = {name: next(iter(wires.values())) for name, wires in opened.resources.items()}
        """The first wire of each instrument."""
        self.control = f"{host}:{control.port}"

    def close(self) -> None:
        """Let all ports go."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(
    path: Path,
    *,
    host: str = "127.0.0.1",
    seed: int | None = None,
    time_factor: float = 1.0,
    ready: Callable[[Announcement], None],
    stop_with_parent: bool = False,
    specifications: Path | None = None,
    wires: Iterable[str] = (),
    faults: Path | None = None,
) -> None:
    """Serve the bench of a file until SIGINT or SIGTERM, or with `stop_with_parent` until stdin closes.

    `wires` are kinds of wires for instruments whose table names none; `faults` is a file of what goes wrong. `ready` is
    called once all ports are open. Must be called in the main thread.
    """
    if not time_factor > 0:
        msg = f"the time factor must be above 0, not {time_factor:g}"
        raise InputError(msg)
    clock = AbortableClock(time_factor)
    bench = SimulatedBench.from_file(path, clock=clock, seed=seed, specifications=specifications)
    if faults is not None:
        bench.faults.follow(read_plan(faults))
    known = wires_of(wires)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if stop_with_parent:
        threading.Thread(target=_wait_for_parent, args=(stop,), daemon=True, name="parent").start()
    with BenchServer(bench, host=host, wires=[w.kind for w in known] or ("socket",)) as server:
        ready(
            {
                "resources": server.resources,
                "wires": server.wires,
                "adapter": server.adapter,
                "control": server.control,
                "seed": bench.seed,
                "time_factor": time_factor,
            }
        )
        while not stop.wait(POLL_S):
            pass


def _wait_for_parent(stop: threading.Event) -> None:
    """Set `stop` once the other end of stdin is gone: the parent closed it, or died."""
    while os.read(sys.stdin.fileno(), 4096):  # not sys.stdin.read: its lock would be held when the interpreter ends
        pass
    stop.set()


def _wires(unit: UnitFile, otherwise: tuple[str, ...]) -> Wires:
    if unit.wires is not None:
        return unit.wires
    return tuple(w if w.kind != "socket" else SocketFile(kind="socket", port=unit.port) for w in wires_of(otherwise))
