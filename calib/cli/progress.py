"""How far a long computation is: one line on a terminal that is written over, and gone at the end."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from calib.text import Language, tr
from calib.uncertainty.budgetfile.measurands import Progress

_QUIET_S = 1.0
_EACH_S = 0.2


@contextmanager
def trials_shown(language: Language) -> Iterator[Progress | None]:
    """Give what counts trials and shows them on stderr, from the first second on; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    line = _Line(tr("{trials} trials", language))
    try:
        yield line.add
    finally:
        line.clear()


class _Line:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lock = threading.Lock()
        self._trials = 0
        self._due = time.monotonic() + _QUIET_S
        self._shown = False

    def add(self, trials: int) -> None:
        with self._lock:
            self._trials += trials
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + _EACH_S
            self._shown = True
            sys.stderr.write(f"\r{self._text.format(trials=self._trials)}\x1b[K")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
