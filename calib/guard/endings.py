"""What tells a guard to end: SIGTERM, which a system that shuts down sends to everybody, the guarded run too."""

import signal
import time

DEAF = ("SIGINT", "SIGHUP", "SIGQUIT", "SIGPIPE", "SIGBREAK")
"""Meant for the run, where they come to its whole terminal; the guard outlives it."""


_LOOK_S = 0.1


class ToldToEnd:
    """Hears SIGTERM, in the main thread only. A guard never just obeys: it has a run, or a source, to look after."""

    def __init__(self) -> None:
        self._told = False
        for name in DEAF:
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._tell)

    def now(self) -> bool:
        """Return whether it was told since the last call."""
        told, self._told = self._told, False
        return told

    def wait(self, seconds: float) -> None:
        """Wait, or until it is told."""
        end_s = time.monotonic() + seconds
        while not self._told and time.monotonic() < end_s:
            time.sleep(_LOOK_S)

    def _tell(self, *_: object) -> None:
        self._told = True  # no lock: a handler comes at any instruction
