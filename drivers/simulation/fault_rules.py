"""What can go wrong on a simulated bench, as rules: a file of format `calib-faults/1` (TOML), or one by one."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, field_validator

from calib.drivers.simulation.truth_file import Function
from calib.files import Strict, as_model, read_model

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


class Rule(Strict):
    """When something goes wrong: on which messages of which instrument on which wire."""

    instrument: str | None = None
    """Name in the bench file; absent for all."""
    wire: str | None = None
    """Such as "hislip" or "memory"; absent for all."""
    message: str | None = None
    """Regular expression that a message contains; absent for every message."""
    nth: Annotated[int, Field(ge=1)] = 1
    """The first such message that it happens to."""
    times: Annotated[int, Field(ge=0)] = 1
    """How often it happens, from then on; 0 for always."""
    every: Annotated[int, Field(ge=1)] = 1
    """After the first: to every such message, or every second, …"""
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    """With which it then happens, drawn from the plan's seed."""

    @field_validator("message")
    @classmethod
    def _is_pattern(cls, message: str | None) -> str | None:
        if message is not None:
            try:
                re.compile(message)
            except re.error as error:
                msg = f"{message!r} is no regular expression: {error}"
                raise ValueError(msg) from error
        return message


class Silence(Rule):
    """No answer comes."""

    kind: Literal["silence"]
    lost: Literal["answer", "message"] = "answer"
    """Whether the answer is lost, or already the message, which is then not carried out."""


class Delay(Rule):
    """The answer comes late; the instrument does nothing else meanwhile."""

    kind: Literal["delay"]
    seconds: Seconds


class Garbage(Rule):
    """Random bytes come instead of the answer, with its terminator."""

    kind: Literal["garbage"]
    length: Annotated[int, Field(ge=1, le=1 << 20)] | None = None
    """In bytes; absent for the answer's own."""


class Half(Rule):
    """The first part of the answer comes, and no terminator."""

    kind: Literal["half"]
    fraction: Fraction = 0.5


class Stale(Rule):
    """The answer comes only with the next one, before it."""

    kind: Literal["stale"]


class Duplicate(Rule):
    """The answer comes again."""

    kind: Literal["duplicate"]
    copies: Annotated[int, Field(ge=1, le=100)] = 1


class Terminator(Rule):
    """The answer ends otherwise than it should."""

    kind: Literal["terminator"]
    instead: str = ""
    """What ends it."""


class Disconnect(Rule):
    """The connection breaks within the answer; where there is none, after the message."""

    kind: Literal["disconnect"]
    fraction: Fraction = 0.5
    """Part of the answer that still comes."""


class Reboot(Rule):
    """The instrument restarts instead of carrying out the message; connections break, its state is that of `*RST`."""

    kind: Literal["reboot"]
    seconds: Seconds = 0.0
    """How long it takes no connection, on the bench's clock."""


class DeviceErrorRule(Rule):
    """The instrument's own error channel tells of an error that nobody caused."""

    kind: Literal["error"]
    code: int
    text: str = "Hardware error"


class OverloadRule(Rule):
    """The input is overloaded from before the message on."""

    kind: Literal["overload"]
    seconds: Seconds | None = None
    """On the bench's clock; absent for as long as the message is carried out."""


class Knob(Rule):
    """Somebody turns a knob or presses a key, or holds it there, before the message is carried out."""

    kind: Literal["knob"]
    turned: str
    """What that does, as a message of the instrument, such as `VOLT:DC:RANG 1000`."""


class Drift(Rule):
    """The instrument errs by more than its specification from before the message on, until the faults are cleared."""

    kind: Literal["drift"]
    relative: float = 0.0
    """Further relative error of what it indicates or puts out."""
    offset: float = 0.0
    """Further error in the function's SI unit."""
    function: Function = "dc_voltage"


class Lock(Rule):
    """Another client takes the instrument's lock as the message is carried out; what comes after it waits."""

    kind: Literal["lock"]
    seconds: Seconds
    """Machine time for which it keeps it."""


class Slow(Rule):
    """The bus is slow: each byte of the answer takes its time."""

    kind: Literal["slow"]
    byte_s: Annotated[float, Field(gt=0, le=10)] = 0.001
    """On the bench's clock."""


AnyRule = Annotated[
    Silence
    | Delay
    | Garbage
    | Half
    | Stale
    | Duplicate
    | Terminator
    | Disconnect
    | Reboot
    | DeviceErrorRule
    | OverloadRule
    | Knob
    | Drift
    | Lock
    | Slow,
    Field(discriminator="kind"),
]
_RULE: TypeAdapter[AnyRule] = TypeAdapter(AnyRule)


class _One(Strict):
    fault: AnyRule


class FaultPlan(Strict):
    """A file of faults."""

    format: Literal["calib-faults/1"]
    seed: Annotated[int, Field(ge=0)] = 0
    """Of garbage and of what happens with a probability."""
    fault: tuple[AnyRule, ...] = ()
    """As `[[fault]]` tables."""


def read_plan(path: Path) -> FaultPlan:
    """Read a file of faults.

    Raises
    ------
    FileError
        It cannot be read, or a field in it is wrong.
    """
    return read_model(path, FaultPlan)


def rule(**fields: Any) -> AnyRule:
    """Return a rule, such as `rule(kind="delay", seconds=2, instrument="meter", message="READ")`.

    Raises
    ------
    FileError
        A field is unknown, missing or wrong.
    """
    return as_model({"fault": fields}, _One, "fault").fault
