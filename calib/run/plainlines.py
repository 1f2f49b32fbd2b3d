"""A run in plain lines, where there is no terminal: one line an event, fit for a log."""

import io
import math
import sys
from typing import TextIO

from calib.record.result import Result
from calib.run.control import Moment, Request, Wishes
from calib.run.faces import Progress
from calib.run.keys import KEYS, legend
from calib.run.lines import header, line
from calib.run.waiting import Waiting
from calib.run.waitlines import lines
from calib.text import Language, Text, tr

EACH_S, LONG_S = 60.0, 30.0
"""How often a wait is told, and how long one is that is told at all, in seconds of the bench's clock."""


class PlainLines:
    """Watcher that prints one line an event."""

    def __init__(self, language: Language, out: TextIO | None = None, source: TextIO | None = None) -> None:
        self._language = language
        self._wishes = Wishes()
        given = source or sys.stdin
        self._in = given if given is not None and _is_terminal(given) else None
        self._out = out or sys.stdout or io.StringIO()  # a program without standard output has None there
        self._group: Text | None = None
        self._said_s = -math.inf
        """How far the wait was when it was told last."""

    def begin(self, title: Text, total: int, *, simulated: bool) -> None:
        """Print the title."""
        mark = f" [{tr('SIMULATED', self._language)}]" if simulated else ""
        self._say(f"{title.in_(self._language)}{mark}: {total} {tr('points', self._language)}")
        if self._in is not None:
            self._say(legend(self._language))

    def progress(self, progress: Progress) -> None:
        """Print nothing: the rows tell."""

    def result(self, result: Result) -> None:
        """Print a row, under the heading of its group."""
        if result.group != self._group:
            self._group = result.group
            self._say(f"\n{result.group.in_(self._language)}\n{header(self._language)}")
        self._say(line(result, self._language))

    def waiting(self, waiting: Waiting | None) -> None:
        """Print how a wait of more than half a minute stands, once a minute, in one line."""
        if waiting is None:
            self._said_s = -math.inf
        elif waiting.waited_s >= self._said_s + EACH_S and not waiting.waited_s + waiting.left_s < LONG_S:
            self._said_s = waiting.waited_s
            self._say("; ".join(lines(waiting, self._language)))

    def message(self, text: Text) -> None:
        """Print a message."""
        self._say(text.in_(self._language))

    def requested(self, moment: Moment, point: str) -> Request | None:
        """Return what was typed at a terminal as a line of its own; elsewhere Ctrl-C and signals abort, and no more."""
        del point
        while self._in is not None and _has_line(self._in):
            line = self._in.readline().strip().lower()
            if line in KEYS:
                self._wishes.add(Request(KEYS[line]))
            elif line:
                self._say(legend(self._language))
        return self._wishes.requested(moment)

    def end(self) -> None:
        """Print an empty line."""
        self._say("")

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


def _is_terminal(source: TextIO) -> bool:
    """Return whether lines can be waited for without waiting: a terminal, where select knows it."""
    try:
        return sys.platform != "win32" and source.isatty()
    except ValueError:  # it was closed
        return False


def _has_line(source: TextIO) -> bool:
    import select

    return bool(select.select([source], [], [], 0)[0])
