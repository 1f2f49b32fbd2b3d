"""Records of a run that still lives, built from time to time: whoever looks, or comes after a crash, finds one.

Each is built in a child process of low priority and put in place at once, so that a build that fails, or is killed,
touches neither the run nor the record before. The child ends when its parent does.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from calib.errors import RecordError
from calib.record.child import end_build, start_build

if TYPE_CHECKING:
    import subprocess

INTERVAL_S = 60.0
_SHARE = 20
"""A pause is at least this many times as long as the build before it took."""


class Checkpoints:
    """Spaces the builds of one record by machine time; call `tick` where a short delay does no harm."""

    def __init__(
        self,
        journal: Path,
        record: Path,
        interval_s: float = INTERVAL_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._record = record
        self._interval_s = interval_s
        self._now = now
        self._child: subprocess.Popen[str] | None = None
        self._begun = 0.0
        self._due = now() + interval_s

    def tick(self) -> RecordError | None:
        """Start a build where one is due; return why the last one failed, once. Never waits for a build."""
        if self._child is not None:
            return self._ended(self._child)
        if self._now() < self._due:
            return None
        self._begun = self._now()
        try:
            self._child = start_build(self._journal, self._record, background=True)
        except OSError as error:
            self._space()
            return RecordError(f"{self._record}: could not be built ({error}); the journal is untouched")
        return None

    def stop(self) -> None:
        """End a build that still goes on; what it has begun is cleared away."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.communicate()
        with suppress(OSError):
            part_of(self._record).unlink(missing_ok=True)

    def _ended(self, child: "subprocess.Popen[str]") -> RecordError | None:
        if child.poll() is None:
            return None
        self._child = None
        self._space()
        try:
            end_build(child, self._record)
        except RecordError as error:
            return error
        return None

    def _space(self) -> None:
        now = self._now()
        self._due = now + max(self._interval_s, _SHARE * (now - self._begun))


def part_of(record: Path) -> Path:
    """Return where a record lies while it is written."""
    return record.with_name(f".{record.name}.part")
