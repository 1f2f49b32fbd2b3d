"""What sees a run from outside: console, plain lines, or nothing; and through it what is wished of the run."""

from dataclasses import dataclass
from typing import Protocol

from calib.record.result import Result
from calib.run.control import Control, Moment, Request
from calib.run.waiting import Waiting
from calib.text import Text


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    done: int
    """Points finished."""
    total: int
    remaining_s: float
    """Estimated time left, in seconds of the bench's clock."""
    doing: Text


class Watcher(Control, Protocol):
    """Sees a run, and says what is wished of it."""

    def begin(self, title: Text, total: int, *, simulated: bool) -> None:
        """Take what is going to be done."""
        ...

    def progress(self, progress: Progress) -> None:
        """Take how far the run is."""
        ...

    def result(self, result: Result) -> None:
        """Take the provisional result of a point."""
        ...

    def waiting(self, waiting: Waiting | None) -> None:
        """Take how a long wait stands, several times; None once it is over."""
        ...

    def message(self, text: Text) -> None:
        """Take a message for the operator."""
        ...

    def end(self) -> None:
        """Take that the run is over."""
        ...


class NoWatcher:
    """Nobody looks: for studies."""

    def begin(self, title: Text, total: int, *, simulated: bool) -> None:
        """Take what is going to be done."""

    def progress(self, progress: Progress) -> None:
        """Take how far the run is."""

    def result(self, result: Result) -> None:
        """Take the provisional result of a point."""

    def waiting(self, waiting: Waiting | None) -> None:
        """Take how a long wait stands."""

    def message(self, text: Text) -> None:
        """Take a message for the operator."""

    def requested(self, moment: Moment, point: str) -> Request | None:
        """Return None."""
        del moment, point
        return None

    def end(self) -> None:
        """Take that the run is over."""
