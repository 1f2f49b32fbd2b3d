"""Ctrl-C and termination signals become `Aborted`, at once, but never in the middle of a write to the journal."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

from calib.errors import Aborted

_SIGNALS = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, n)]


class Interrupts:
    """While entered, the signals that end a program raise `Aborted` instead; in the main thread only.

    Where it is held back, the signal waits until the end of the block; after `silence()` signals are ignored, so that
    a second Ctrl-C cannot keep the terminals from being made safe.
    """

    def __init__(self) -> None:
        self._held = 0
        self._pending: Aborted | None = None
        self._silent = False
        self._before: dict[int, signal.Handlers | int | object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Let a signal wait until this block is left."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._held == 0 and self._pending is not None and not self._silent:
            pending, self._pending = self._pending, None
            raise pending

    def silence(self) -> None:
        """Ignore signals from now on: the run is ending already."""
        self._silent = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._silent:
            return
        how = "Ctrl-C" if number == signal.SIGINT else f"signal {signal.Signals(number).name}"
        aborted = Aborted(f"aborted by {how}")
        if self._held:
            self._pending = aborted
        else:
            raise aborted
