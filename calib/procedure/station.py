"""The station: what a procedure's measuring half may do at the bench. It can record, but not choose among records."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from calib.ports import Answer, Prompt
from calib.text import Text

Role = TypeVar("Role")


class Station(Protocol):
    """The bench, as a procedure sees it."""

    def role(self, name: str, kind: type[Role]) -> Role:
        """Return the instrument that plays the role `name`."""
        ...

    def record(self, channel: str, value: float, unit: str) -> None:
        """Keep one reading in coherent SI units; when this returns, it is on disk."""
        ...

    def note(self, what: str, /, **details: object) -> None:
        """Keep an event, such as a check with its outcome."""
        ...

    def wait(self, seconds: float, why: Text) -> None:
        """Wait on the bench's clock; the operator sees why, and can abort."""
        ...

    def wait_until_stable(
        self,
        read: Callable[[], float],
        *,
        unit: str,
        limit_per_s: float,
        window_s: float,
        at_most_s: float,
        why: Text,
        interval_s: float = 1.0,
        target: float | None = None,
    ) -> None:
        """Wait until what `read` returns changes by no more than ± `limit_per_s` (in `unit` per second).

        The slope is that of the last `window_s`, and certain by two standard uncertainties. The operator sees how it
        stands; `target` is only shown.

        Raises
        ------
        RunError
            It still moves after `at_most_s`.
        """
        ...

    def busy(self, seconds: float, why: Text) -> AbstractContextManager[object]:
        """Declare that this block computes, or waits by itself, for so many seconds of machine time, and why.

        A run that does nothing at the bench for two seconds while an output may be on counts as hung, and is ended:
        `with station.busy(30, why): ...` around what takes longer. Waiting for physics needs no such word: `wait`.
        """
        ...

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question to the operator; question and answer are kept."""
        ...
