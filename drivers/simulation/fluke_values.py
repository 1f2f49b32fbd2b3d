"""Amounts with units, as Fluke's calibrators understand them in the arguments of their commands."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from calib.drivers.simulation.command_set import CommandError

BAD_VALUE = (1306, "Bad parameter value")
BAD_COUNT = (1302, "Bad parameter count")

_AMOUNT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*([A-Z]+)", re.ASCII)

Suffixes = Mapping[str, tuple[str, float]]
"""Unit (V, A, OHM, HZ, CEL) and factor by suffix."""


@dataclass(frozen=True)
class Amount:
    """A value in V, A, OHM, HZ or CEL."""

    value: float
    unit: str


FAMILY_5500: Suffixes = {
    **{f"{p}V": ("V", f) for p, f in (("U", 1e-6), ("M", 1e-3), ("", 1.0), ("K", 1e3))},
    **{f"{p}A": ("A", f) for p, f in (("U", 1e-6), ("M", 1e-3), ("", 1.0))},
    **{f"{p}OHM": ("OHM", f) for p, f in (("", 1.0), ("K", 1e3), ("M", 1e6))},
    **{f"{p}HZ": ("HZ", f) for p, f in (("", 1.0), ("K", 1e3), ("M", 1e6))},
    "CEL": ("CEL", 1.0),
}
"""5500A Reference Guide, "Units accepted": M is milli before V and A, mega before OHM and HZ."""

FAMILY_5700: Suffixes = {
    **{
        f"{p}{u}": (u, f) for p, f in (("U", 1e-6), ("M", 1e-3), ("", 1.0), ("K", 1e3), ("MA", 1e6)) for u in ("V", "A")
    },
    **{
        f"{p}{u}": (u, f)
        for p, f in (("U", 1e-6), ("", 1.0), ("K", 1e3), ("M", 1e6), ("MA", 1e6))
        for u in ("OHM", "HZ")
    },
}
"""5700A/5720A Series II Operators Manual, 5-9: the same, and MA is mega; but "MA" alone is milliamperes."""


def amounts(arguments: str, suffixes: Suffixes) -> list[Amount]:
    """Return the amounts of an argument list; one that is missing, unknown or not finite is an error."""
    return [_amount(part.strip(), suffixes) for part in arguments.upper().split(",")]


def _amount(text: str, suffixes: Suffixes) -> Amount:
    match = _AMOUNT.fullmatch(text)
    known = None if match is None else suffixes.get(match[2])
    if match is None or known is None:
        raise CommandError(*BAD_VALUE)
    unit, factor = known
    value = float(match[1]) * factor
    if not math.isfinite(value):
        raise CommandError(*BAD_VALUE)
    return Amount(value, unit)


def word(arguments: str, allowed: tuple[str, ...]) -> str:
    """Return one of the allowed words."""
    wanted = arguments.strip().upper()
    if wanted not in allowed:
        raise CommandError(*BAD_VALUE)
    return wanted


def whole_number(arguments: str, highest: int) -> int:
    """Return a whole number from 0 to `highest`."""
    if not re.fullmatch(r"\d{1,9}", arguments.strip(), re.ASCII) or int(arguments) > highest:
        raise CommandError(*BAD_VALUE)
    return int(arguments)
