"""What a person at the bench may ask of a run while it goes on, whatever face the wish comes through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from calib.errors import InputError
from calib.files import read_toml

Wish = Literal["pause", "repeat", "skip", "go to", "abort"]
Moment = Literal["before", "during", "after", "aside"]
"""Before a point is begun, between its readings, once it is complete; or aside of all points, at preparations."""
_HEARD: dict[Moment, tuple[Wish, ...]] = {
    "before": ("abort", "pause", "skip", "go to"),
    "during": ("abort", "pause"),
    "after": ("abort", "pause", "repeat"),
    "aside": ("abort",),
}
_SCRIPTED: dict[Wish, Moment] = {
    "pause": "during",
    "abort": "during",
    "skip": "before",
    "go to": "before",
    "repeat": "after",
}
"""At which moment a script means what it says of a point."""


class Paused(BaseException):
    """The operator wants a pause, amid a point. No `Exception`: no procedure shall take it for a failing instrument."""


@dataclass(frozen=True)
class Request:
    """One wish."""

    what: Wish
    argument: str = ""
    """Reason of a repeat or a skip, or the point to go to; where it is empty the operator is asked."""
    by: str = ""
    """Who wrote it down beforehand; empty for the person at the bench."""


class Control(Protocol):
    """Where wishes come from."""

    def requested(self, moment: Moment, point: str) -> Request | None:
        """Return the next wish that can be heard at this moment of this point, and forget it; None where there is none.

        It is asked between any two readings, so it must not wait.
        """
        ...


class Wishes:
    """Wishes in the order in which they came, kept until their moment."""

    def __init__(self) -> None:
        self._waiting: list[Request] = []

    def add(self, request: Request) -> None:
        """Take a wish."""
        self._waiting.append(request)

    def requested(self, moment: Moment) -> Request | None:
        """Return the oldest wish that is heard at this moment, and forget it."""
        for request in self._waiting:
            if request.what in _HEARD[moment]:
                self._waiting.remove(request)
                return request
        return None


class Several:
    """Wishes from several places: a face and a script."""

    def __init__(self, *controls: Control) -> None:
        self._controls = controls

    def requested(self, moment: Moment, point: str) -> Request | None:
        """Return the first wish that any of them has."""
        for control in self._controls:
            if (request := control.requested(moment, point)) is not None:
                return request
        return None


class ScriptedControl:
    """Wishes that were written down beforehand, point by point: for CI and for tests of procedures."""

    def __init__(self, wishes: Mapping[str, Sequence[str]], where: str = "the script", by: str = "") -> None:
        """Take for each point what shall happen there: `pause`, `abort`, `skip: WHY`, `repeat: WHY`, `go to: POINT`.

        `where` it is written for messages; `by` stands behind the reasons in the record.

        Raises
        ------
        InputError
            Something else is asked for.
        """
        self._wishes = {p: [_request(p, w, where, by or where) for w in given] for p, given in wishes.items()}
        self._where = where

    @classmethod
    def from_file(cls, path: Path) -> "ScriptedControl":
        """Read `[control]` of a file of answers: `"POINT" = "repeat: WHY"`, or a list of such; it may be absent."""
        table = read_toml(path).get("control", {})
        wishes = {point: [given] if isinstance(given, str) else given for point, given in table.items()}
        wrong = [p for p, given in wishes.items() if not (isinstance(given, list) and all(map(_is_text, given)))]
        if wrong:
            msg = f"{path}: [control]: {', '.join(wrong)}: give what shall happen there as a text, or a list of texts"
            raise InputError(msg)
        return cls(wishes, str(path), path.name)

    def requested(self, moment: Moment, point: str) -> Request | None:
        """Return what is written for this point, one wish after the other, each once."""
        waiting = self._wishes.get(point)
        if waiting and _SCRIPTED[waiting[0].what] == moment:
            return waiting.pop(0)
        return None

    def require_points(self, known: Sequence[str]) -> None:
        """Raise `InputError` where a point is named that the run does not have: its wish would never be heard."""
        named = {w.argument for given in self._wishes.values() for w in given if w.what == "go to"}
        if unknown := sorted({*self._wishes, *named} - set(known)):
            msg = f"{self._where}: [control]: no such point: {', '.join(unknown)}; the run has {', '.join(known)}"
            raise InputError(msg)


def _request(point: str, wish: str, where: str, by: str) -> Request:
    what, _, argument = (part.strip() for part in wish.partition(":"))
    needs_argument = what in {"skip", "repeat", "go to"}
    if what not in _SCRIPTED or needs_argument != bool(argument):
        msg = (
            f"{where}: [control]: {point}: '{wish}' is not understood; allowed: "
            "pause, abort, skip: WHY, repeat: WHY, go to: POINT"
        )
        raise InputError(msg)
    return Request(next(w for w in _SCRIPTED if w == what), argument, by)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
