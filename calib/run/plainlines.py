"""A run in plain lines, where there is no terminal: one line an event, fit for a log."""

import io
import sys
from typing import TextIO

from calib.record.result import Result
from calib.run.faces import Progress
from calib.run.lines import header, line
from calib.text import Language, Text, tr


class PlainLines:
    """Watcher that prints one line an event."""

    def __init__(self, language: Language, out: TextIO | None = None) -> None:
        self._language = language
        self._out = out or sys.stdout or io.StringIO()  # a program without standard output has None there
        self._group: Text | None = None

    def begin(self, title: Text, total: int, *, simulated: bool) -> None:
        """Print the title."""
        mark = f" [{tr('SIMULATED', self._language)}]" if simulated else ""
        self._say(f"{title.in_(self._language)}{mark}: {total} {tr('points', self._language)}")

    def progress(self, progress: Progress) -> None:
        """Print nothing: the rows tell."""

    def result(self, result: Result) -> None:
        """Print a row, under the heading of its group."""
        if result.group != self._group:
            self._group = result.group
            self._say(f"\n{result.group.in_(self._language)}\n{header(self._language)}")
        self._say(line(result, self._language))

    def message(self, text: Text) -> None:
        """Print a message."""
        self._say(text.in_(self._language))

    def abort_requested(self) -> bool:
        """Return False: without a terminal there is no key; Ctrl-C and signals abort."""
        return False

    def end(self) -> None:
        """Print an empty line."""
        self._say("")

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()
