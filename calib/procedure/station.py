"""The station: what a procedure's measuring half may do at the bench. It can record, but not choose among records."""

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

    def note(self, what: str, **details: object) -> None:
        """Keep an event, such as a check with its outcome."""
        ...

    def wait(self, seconds: float, why: Text) -> None:
        """Wait on the bench's clock; the operator sees why, and can abort."""
        ...

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question to the operator; question and answer are kept."""
        ...
