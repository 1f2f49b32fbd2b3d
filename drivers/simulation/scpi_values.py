"""Arguments of the simulated 34401A's commands as values; what it would refuse raises `CommandError`."""

import re
from collections.abc import Mapping

from calib.drivers.simulation.command_set import CommandError

RANGES_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
NPLC = (0.02, 0.2, 1.0, 10.0, 100.0)
RESOLUTION = {0.02: 1e-4, 0.2: 1e-5, 1.0: 3e-6, 10.0: 1e-6, 100.0: 3e-7}
"""Resolution relative to the range by integration time, as CONFigure and RESolution count it."""
MOST_READINGS = 50_000

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*(?:([UMK]?)V)?$")
_PREFIX = {None: 1.0, "": 1.0, "U": 1e-6, "M": 1e-3, "K": 1e3}


def number(text: str, words: Mapping[str, float]) -> float:
    """Return a number with an optional prefixed unit V, or what one of `words` stands for."""
    word = text.strip().upper()
    if not word:
        raise CommandError(-109, "Missing parameter")
    if word in words:
        return words[word]
    match = _NUMBER.match(word)
    if match is None:
        raise CommandError(
            -224 if word.isalpha() else -121,
            "Illegal parameter value" if word.isalpha() else "Invalid character in number",
        )
    return float(match[1]) * _PREFIX[match[2]]


def range_for(text: str) -> float:
    """Return the lowest range that holds a voltage; 20 % overrange but on the highest."""
    value_V = abs(number(text, {"MIN": RANGES_V[0], "MAX": RANGES_V[-1], "DEF": 10.0}))
    for range_V in RANGES_V:
        if value_V <= (range_V if range_V == RANGES_V[-1] else 1.2 * range_V):
            return range_V
    raise CommandError(-222, "Data out of range")


def nplc_for(text: str) -> float:
    """Return the lowest integration time, in power-line cycles, that is at least the one asked for."""
    wanted = number(text, {"MIN": NPLC[0], "MAX": NPLC[-1], "DEF": 10.0})
    for nplc in NPLC:
        if NPLC[0] <= wanted <= nplc:
            return nplc
    raise CommandError(-222, "Data out of range")


def nplc_for_resolution(resolution: str, range_V: float) -> float:
    """Return the integration time that gives a resolution in volts."""
    finest_V, coarsest_V = range_V * RESOLUTION[100.0], range_V * RESOLUTION[0.02]
    wanted_V = number(resolution, {"MIN": finest_V, "MAX": coarsest_V, "DEF": range_V * RESOLUTION[10.0]})
    for nplc in NPLC:
        if range_V * RESOLUTION[nplc] <= wanted_V * (1 + 1e-9):
            return nplc
    raise CommandError(-222, "Data out of range")


def is_on(text: str) -> bool:
    """Return whether a switch is asked to be on."""
    word = text.strip().upper()
    if word not in {"ON", "OFF", "1", "0"}:
        raise CommandError(-224 if word else -109, "Illegal parameter value" if word else "Missing parameter")
    return word in {"ON", "1"}


def count(text: str) -> int:
    """Return a number of readings or triggers."""
    count = number(text, {"MIN": 1, "MAX": MOST_READINGS, "DEF": 1})
    if not 1 <= count <= MOST_READINGS:
        raise CommandError(-222, "Data out of range")
    return round(count)
