"""Mistakes of a budget file that only its meaning shows, collected, each with its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from calib.errors import CalibError, FileError

T = TypeVar("T")
P = ParamSpec("P")


MOST = 30
"""Mistakes that are told at once."""


@dataclass
class Mistakes:
    """What is wrong so far."""

    where: str
    lines: Mapping[tuple[str | int, ...], int]
    told: list[str] = field(default_factory=list)

    def add(self, place: tuple[str | int, ...], problem: object) -> None:
        """Note a mistake at a field."""
        known = [place[:n] for n in range(len(place), 0, -1) if place[:n] in self.lines]
        line = f"line {self.lines[known[0]]}: " if known else ""
        name = ".".join(f"#{part + 1}" if isinstance(part, int) else part for part in place)
        self.told.append(f"{self.where}: {line}{name}{': ' if name else ''}{problem}")

    def attempt(
        self, place: tuple[str | int, ...], make: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Return what `make` makes of the arguments; note its error and return None where it fails."""
        try:
            return make(*args, **kwargs)
        except CalibError as error:
            self.add(place, error)
            return None

    def check(self) -> None:
        """Raise one `FileError` with all of them, if there are any."""
        if self.told:
            raise FileError(shortened(self.told))


def shortened(lines: list[str]) -> str:
    """Return the first lines, and how many more there are."""
    more = [f"… and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return "\n".join([*lines[:MOST], *more])
