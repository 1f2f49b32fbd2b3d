"""Ctrl-C, the abort key and termination signals end a run at once, but never amid a write to the journal."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_HOW = {
    "SIGINT": "Ctrl-C",
    "SIGQUIT": "the operator",  # what the abort key of the console sends
    "SIGTERM": "signal SIGTERM",
    "SIGHUP": "signal SIGHUP: the terminal is gone",
    "SIGBREAK": "signal SIGBREAK",
}


class Interrupted(KeyboardInterrupt):
    """A signal that ends the run.

    Not an `Exception`: raised in the middle of a read, it must not be taken for a failing line, nor be suppressed.
    """


class Interrupts:
    """While entered, the signals that end a program are taken here; in the main thread only.

    Within `raising()` the first of them raises `Interrupted`, once. All others are only remembered, so that a second
    Ctrl-C cannot keep the terminals from being made safe, at whatever instruction it comes.
    """

    def __init__(self) -> None:
        self._came: str | None = None
        self._raising = False
        self._raised = False
        self._held = 0
        self._before: dict[int, Any] = {}
        self._leaving = threading.Lock()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in _HOW:
                number = getattr(signal, name, None)
                if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                    continue  # nohup: the run shall go on without its terminal
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        with self._leaving:
            for number, handler in self._before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
            self._before.clear()

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Let a signal raise `Interrupted` within this block, also one that came before it."""
        self._raising = True
        try:
            self.check()
            yield
        finally:
            self._raising = False

    def held_back(self) -> "_HeldBack":
        """Return a block in which a signal waits until it is left."""
        return _HeldBack(self)

    def hold(self) -> None:
        """Hold signals back until as many blocks are left as were entered."""
        self._held += 1

    def let_go(self, *, failed: bool) -> None:
        """Leave a block; a signal that waited is raised with the last one, unless another error goes up."""
        self._held -= 1
        if not failed:
            self._raise_once()

    def check(self) -> None:
        """Raise `Interrupted` where a signal came, also where what it raised was lost on its way."""
        if self._came is not None:
            self._raised = True
            raise Interrupted(self._came)

    def request(self, why: str) -> None:
        """End the run for a reason that is no signal; from any thread, at any time."""
        with self._leaving:
            self._came = self._came or f"aborted: {why}"
            if self._before:
                _wake_main_thread()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._came = self._came or f"aborted by {_HOW[signal.Signals(number).name]}"
        self._raise_once()

    def _raise_once(self) -> None:
        if self._came is not None and self._raising and not self._held and not self._raised:
            self._raised = True
            raise Interrupted(self._came)


class _HeldBack:
    """A block in which signals wait. Written out, because every reading goes through one."""

    __slots__ = ("_interrupts",)

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    def __enter__(self) -> None:
        self._interrupts.hold()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._interrupts.let_go(failed=kind is not None)


def _wake_main_thread() -> None:
    """Let the main thread's handler of SIGTERM run, also where it waits for an answer (not on Windows)."""
    if sys.platform == "win32":
        import _thread

        _thread.interrupt_main(signal.SIGTERM)
    else:
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGTERM)
