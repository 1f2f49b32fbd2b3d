"""The guard of a run, as the run sees it: a process that makes the sources safe where the run no longer can."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from calib.errors import RunError
from calib.guard.leases import GuardedLeases, RunLeases, Unguarded
from calib.guard.orders import ARM, END, TAKE_OVER, Orders
from calib.guard.pulse import Pulse

READY_S = 30.0
LEFT_WITHIN_S = 2.0

_left_behind: "list[subprocess.Popen[bytes]]" = []
"""Guards that outlive their runs; held, since nobody waits for them."""


class Guardian(Protocol):
    """What a run asks of its guard."""

    @property
    def pid(self) -> int | None:
        """Its process id; None where there is none."""
        ...

    @property
    def leases(self) -> RunLeases:
        """What the run declares of its waiting; where one runs out, the guard acts."""
        ...

    def arm(self) -> None:
        """Let it act from now on; raise `RunError` where it cannot."""
        ...

    def take_over(self) -> None:
        """Leave it what could not be made safe; the instruments are closed."""
        ...

    def end(self) -> None:
        """Let it go; idempotent."""
        ...


class NoGuard:
    """For a bench without a source, and for instruments in this process's memory, which end with it."""

    pid = None
    leases: RunLeases = Unguarded()

    def arm(self) -> None:
        """Do nothing."""

    def take_over(self) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


class Guard:
    """A guard in a process, and a process group, of its own."""

    def __init__(self, orders: Orders, alarm: Callable[[str], None]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "calib.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # whoever reads to the end of the run's must not wait for the guard
            bufsize=0,
            cwd=Path(sys.executable).anchor,  # it keeps no folder, and finds no modules in one
            **_own_group(),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._leases = GuardedLeases()
        self._pulse = Pulse(self._process.stdin, self._process.stdout, alarm, self._leases)
        self._pulse.say(orders.as_line())

    @property
    def pid(self) -> int:
        """The guard's process id."""
        return self._process.pid

    @property
    def leases(self) -> RunLeases:
        """What the run declares of its waiting; the run is in the thread that made this."""
        return self._leases

    def arm(self) -> None:
        """Let it act from now on.

        Raises
        ------
        RunError
            It is not there: nothing may be energised without it.
        """
        if not self._pulse.ready.wait(READY_S) or self._process.poll() is not None:
            msg = "the guard, which makes the terminals safe where the run cannot, does not start; nothing is run"
            raise RunError(msg)
        self._pulse.say(ARM)
        self._leases.begin()

    def take_over(self) -> None:
        """Leave it what could not be made safe; it goes on trying, also after this process has ended."""
        self._leave(TAKE_OVER)
        _left_behind.append(self._process)

    def end(self) -> None:
        """Let it go; idempotent."""
        self._leave(END)
        try:
            self._process.wait(LEFT_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _leave(self, word: bytes) -> None:
        self._pulse.stop()
        self._pulse.say(word)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
