"""A single key that aborts, without waiting for Enter: termios where there is one, msvcrt on Windows.

Under termios the key is made the terminal's quit character, so that it reaches the run as a signal, at once, also
while the run waits for an instrument's answer; on Windows it is looked for between readings.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

KEY = "q"


class AbortKey:
    """While entered, `pressed()` tells whether q was pressed since the last call; does nothing without a terminal."""

    def __init__(self) -> None:
        self._terminal: int | None = None
        self._before: list[Any] | None = None
        self._asked = False

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
        self._asked = self.pressed()
        self._restore()
        try:
            yield
        finally:
            if self._terminal is not None:
                self._listen()

    def pressed(self) -> bool:
        """Return whether the key was pressed."""
        if self._terminal is None:
            return False
        asked, self._asked = self._asked, False
        return asked or KEY in self._typed(self._terminal).lower()

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
            keys[6][termios.VQUIT] = KEY.encode()
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, keys)

        def _restore(self) -> None:
            import termios

            if self._terminal is not None and self._before is not None:
                termios.tcsetattr(self._terminal, termios.TCSAFLUSH, self._before)
                self._before = None

        def _typed(self, terminal: int) -> str:
            import os
            import select

            ready, _, _ = select.select([terminal], [], [], 0)
            return os.read(terminal, 64).decode(errors="replace") if ready else ""
