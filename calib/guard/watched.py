"""The run, as its guard sees it: a process that can be told from all others, and killed."""

import os
import signal
import sys
import time
from contextlib import suppress

GONE_WITHIN_S = 0.3
"""How long a killed process may take; one that hangs in the system longer is left behind."""
LOOK_S = 0.002

if sys.platform == "win32":
    import ctypes

    _TERMINATE, _SYNCHRONIZE = 0x0001, 0x0010_0000

    class WatchedRun:
        """The process that started this one; its handle stays its own, whatever becomes of its number."""

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self._handle = ctypes.windll.kernel32.OpenProcess(_TERMINATE | _SYNCHRONIZE, False, pid)  # noqa: FBT003

        def lives(self) -> bool:
            """Return whether it has not ended yet."""
            return bool(self._handle) and ctypes.windll.kernel32.WaitForSingleObject(self._handle, 0) != 0

        def kill(self) -> bool:
            """End it at once; return whether it is gone."""
            if self._handle:
                ctypes.windll.kernel32.TerminateProcess(self._handle, 1)
            return _gone(self)

else:

    class WatchedRun:
        """The process that started this one: as long as it lives it is this one's parent, whatever its number."""

        def __init__(self, pid: int) -> None:
            self.pid = pid

        def lives(self) -> bool:
            """Return whether it has not ended yet."""
            return os.getppid() == self.pid

        def kill(self) -> bool:
            """End it at once, also where it is stopped; return whether it is gone."""
            if self.lives():
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
            return _gone(self)


def _gone(run: WatchedRun) -> bool:
    end_s = time.monotonic() + GONE_WITHIN_S
    while run.lives():
        if time.monotonic() > end_s:
            return False
        time.sleep(LOOK_S)
    return True
