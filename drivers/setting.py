"""Declared settings of an instrument: command, type, unit, what is allowed. Nothing is ever clipped.

A setting is an attribute of the driver: reading it asks the instrument, writing it sends the command and checks the
instrument's error channel in the same message.
"""

import math
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from calib.drivers.instrument import Instrument
from calib.errors import OutOfRange

T = TypeVar("T")


class Setting(Generic[T]):
    """One setting; made by `number`, `switch` or `choice`."""

    def __init__(
        self,
        command: str,
        *,
        unit: str,
        doc: str,
        spell: Callable[[T], str],
        parse: Callable[[str], T],
        refuse: Callable[[Any], str | None],
        query: str | None = None,
    ) -> None:
        self.command = command
        self.unit = unit
        self.__doc__ = doc
        self._query = f"{command}?" if query is None else query
        self._spell = spell
        self._parse = parse
        self._refuse = refuse
        self.name = command

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instrument: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instrument: Instrument, owner: type) -> T: ...

    def __get__(self, instrument: Instrument | None, owner: type) -> Self | T:
        if instrument is None:
            return self
        reply = instrument.query(self._query)
        try:
            value = self._parse(reply)
        except (ValueError, KeyError):
            raise instrument.unreadable(self._query, reply, self.name) from None
        instrument.known[self.name] = value
        return value

    def __set__(self, instrument: Instrument, value: T) -> None:
        instrument.write(self.to(instrument, value))
        instrument.known[self.name] = value

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self._parse is float

    def refusal(self, value: object) -> str | None:
        """Return what is allowed in place of `value`; None where it is allowed itself."""
        return self._refuse(value)

    def to(self, instrument: Instrument, value: T) -> str:
        """Return the command that sets `value`; raise `OutOfRange` where it is not allowed."""
        allowed = self._refuse(value)
        if allowed is not None:
            unit = f" {self.unit}" if self.unit else ""
            msg = f"{instrument.who}: {self.name} cannot be {value!r}{unit}; allowed: {allowed}"
            raise OutOfRange(msg)
        return f"{self.command} {self._spell(value)}"


def number(
    command: str,
    *,
    unit: str,
    doc: str,
    allowed: tuple[float, ...] | None = None,
    lower: float = -math.inf,
    upper: float = math.inf,
) -> Setting[float]:
    """Declare a number, either one of `allowed` or between `lower` and `upper`, both included."""

    def refuse(value: Any) -> str | None:
        if allowed is not None:
            return None if value in allowed else ", ".join(f"{a:g}" for a in allowed)
        return None if math.isfinite(value) and lower <= value <= upper else f"{lower:g} to {upper:g}"

    return Setting(command, unit=unit, doc=doc, spell="{:.10g}".format, parse=float, refuse=refuse)


def switch(command: str, *, doc: str) -> Setting[bool]:
    """Declare something that is on or off."""

    def refuse(value: Any) -> str | None:
        return None if isinstance(value, bool) else "True, False"

    return Setting(
        command,
        unit="",
        doc=doc,
        spell=lambda on: "ON" if on else "OFF",
        parse=lambda reply: {"0": False, "1": True, "OFF": False, "ON": True}[reply.strip()],
        refuse=refuse,
    )


def choice(command: str, words: tuple[str, ...], *, doc: str) -> Setting[str]:
    """Declare one of several words."""

    def refuse(value: Any) -> str | None:
        return None if value in words else ", ".join(words)

    return Setting(command, unit="", doc=doc, spell=str, parse=str.strip, refuse=refuse)
