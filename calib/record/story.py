"""What a run leaves behind beside its readings: messages on the wires, events, answers of the operator."""

from dataclasses import dataclass
from typing import Any, Literal

from calib.ports import Direction

FinalStatus = Literal["complete", "aborted", "failed"]
Status = Literal["complete", "aborted", "failed", "unfinished"]


@dataclass(frozen=True)
class Message:
    """One message on a wire, sent (`>`) or received (`<`)."""

    time: float
    """Seconds since 1970-01-01T00:00:00Z."""
    resource: str
    direction: Direction
    message: bytes
    attempt: int
    """Id of the attempt during which it went over the wire, 0 outside of attempts."""


@dataclass(frozen=True)
class Event:
    """Something that happened: a safe state, a hold, a decision of the operator."""

    time: float
    kind: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """A question to the operator and what was answered."""

    time: float
    prompt: str
    """Name of the question."""
    question: dict[str, Any]
    """The question as it was put."""
    value: bool | float | str
    by: str
