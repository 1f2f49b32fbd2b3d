"""Single keys that steer a run, without waiting for Enter: termios where there is one, msvcrt on Windows.

Under termios the key that aborts is made the terminal's quit character, so that it reaches the run as a signal, also
while the run waits for an instrument's answer; on Windows it is looked for between readings, as the others are.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from calib.run.control import Wish
from calib.text import Language, tr

ABORT = "q"
_SILENCE_S = 0.03
"""A scanner types faster than this from letter to letter; a person does not."""
_MOST = 1024
KEYS: dict[str, Wish] = {"p": "pause", "r": "repeat", "s": "skip", "g": "go to", ABORT: "abort"}


def legend(language: Language) -> str:
    """Return what the keys do, in one line."""
    return tr("p pause · r repeat · s skip next · g go to · q abort safely", language)


def _is_scan(typed: str) -> bool:
    """Return whether this came from a scanner that nobody asked: a burst of several letters, not a key held down."""
    return len(set(typed)) > 2


class Keys:
    """While entered, `pressed()` tells what was pressed since the last call; nothing without a terminal."""

    def __init__(self) -> None:
        self._terminal: int | None = None
        self._before: list[Any] | None = None
        self._kept = ""

    def __enter__(self) -> Self:
        if sys.stdin is not None and sys.stdin.isatty():
            self._terminal = sys.stdin.fileno()
            self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()
        self._terminal = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give the terminal back for a question that is answered in a line.

        What was typed before the question was seen is no answer to it, least of all to one about a dangerous voltage.
        """
        self._kept = self.pressed()
        self._restore()
        try:
            yield
        finally:
            if self._terminal is not None:
                self._listen()

    def pressed(self) -> str:
        """Return the keys of `KEYS` that were pressed, in their order."""
        if self._terminal is None:
            return ""
        kept, self._kept = self._kept, ""
        typed = self._typed(self._terminal).lower()
        return kept + "".join(key for key in typed if key in KEYS and not _is_scan(typed))

    if sys.platform == "win32":

        def _listen(self) -> None:
            pass

        def _restore(self) -> None:
            pass

        def _typed(self, terminal: int) -> str:
            del terminal
            import msvcrt

            typed = ""
            while msvcrt.kbhit():
                typed += msvcrt.getwch()
            return typed

    else:

        def _listen(self) -> None:
            import termios
            import tty

            assert self._terminal is not None
            self._before = termios.tcgetattr(self._terminal)
            tty.setcbreak(self._terminal)
            keys = termios.tcgetattr(self._terminal)
            keys[6][termios.VQUIT] = ABORT.encode()
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, keys)

        def _restore(self) -> None:
            import termios

            if self._terminal is not None and self._before is not None:
                termios.tcsetattr(self._terminal, termios.TCSAFLUSH, self._before)
                self._before = None

        def _typed(self, terminal: int) -> str:
            import os
            import select

            typed, wait_s = b"", 0.0
            while len(typed) < _MOST and select.select([terminal], [], [], wait_s)[0]:
                read = os.read(terminal, _MOST)
                if not read:
                    break
                typed, wait_s = typed + read, _SILENCE_S
            return typed.decode(errors="replace")
