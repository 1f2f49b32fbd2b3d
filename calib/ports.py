"""Ports: what lower rooms call and higher rooms fill.

`Operator` is the person at the bench (console, plain lines, scripted answers, later the web view);
`TrafficSink` takes every byte that goes over a wire; `Leases` is told who may block, and for how long.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from calib.text import Language, Text

Direction = Literal[">", "<"]


class TrafficSink(Protocol):
    """Takes every message on a wire, in order."""

    def __call__(self, resource: str, direction: Direction, message: bytes) -> None:
        """Take one `message` sent to (`>`) or received from (`<`) the `resource`."""
        ...


class Leases(Protocol):
    """Is told before something may block, so that who waits can be told from who hangs."""

    def lease(self, seconds: float, what: str) -> AbstractContextManager[object]:
        """Expect no sign within this block for so many seconds of machine time, because of `what`."""
        ...

    def heard(self) -> None:
        """Take a sign within a lease, which begins anew: a part of a long answer."""
        ...


class Drawing(Protocol):
    """A picture that is drawn from what a prompt asks for; the same prompt, the same picture."""

    @property
    def name(self) -> str:
        """What it is a picture of, fit for the name of a file, such as `pan`."""
        ...

    def __hash__(self) -> int:
        """Return that of its data, by which it is drawn once."""
        ...

    def svg(self, language: Language) -> str:
        """Return it as SVG."""
        ...

    def lines(self, language: Language) -> list[str]:
        """Return it in characters, for a terminal of 80 columns."""
        ...


@dataclass(frozen=True)
class Prompt:
    """A question to the operator, or a thing to do."""

    id: str
    """Name of the question, for scripted answers and for the record, such as `connect.short`."""
    text: Text
    kind: Literal["confirm", "number", "text", "choice"] = "confirm"
    unit: str = ""
    """Unit of a number's entry."""
    lower: float | None = None
    upper: float | None = None
    likely: tuple[float, float] | None = None
    """Where a number is expected to lie; one that lies elsewhere is asked for a second time."""
    choices: tuple[tuple[str, Text], ...] = ()
    """For `choice`: the word or letter to be typed, and what it means."""
    optional: bool = False
    """True where an empty text is an answer too."""
    again: str = ""
    """What an empty answer stands for, such as the reading before; empty where it stands for nothing."""
    checklist: tuple[Text, ...] = ()
    """What to look at or to do, one by one, before the answer; every face shows it."""
    picture: Text | None = None
    """Path of a picture that shows what is meant, in each language; that of `drawing` is known once it is asked."""
    drawing: Drawing | None = None
    """What is meant, drawn from the prompt's own data: which weight on the pan, how leads are joined."""
    hazard: bool = False
    """True where the answer lets a dangerous voltage out."""
    connection: str | None = None
    """What the terminals are joined to once this is confirmed; a simulated bench acts on it."""
    expected: str | None = None
    """What the answer should be, never shown: it is compared with what was read off the thing itself."""
    decision: bool = False
    """True where a named person answers for what is chosen: a repeat, an adjustment, a room that is too warm."""
    panel: tuple[str, str] | None = None
    """Instrument, and what to do with its knobs or read off its display: a simulated instrument does it by itself."""

    @property
    def personal(self) -> bool:
        """Whether only a person at the bench may answer: about danger, what is really there, and what was decided."""
        return self.hazard or self.decision or self.expected is not None or self.panel is not None


@dataclass(frozen=True)
class Answer:
    """What the operator said: `True` for a confirmation, else the number or the text."""

    value: bool | float | str
    by: str
    """Name of the person who answered; of the script, where nobody did."""
    scripted: bool = False
    """True where it was written down beforehand."""
    twice: bool = False
    """True where it was unlikely, and was given a second time."""


class Operator(Protocol):
    """The person at the bench."""

    name: str

    def ask(self, prompt: Prompt) -> Answer:
        """Put the question and return the answer.

        Raises
        ------
        Aborted
            The operator refused.
        RunError
            Nobody is there to answer.
        """
        ...
