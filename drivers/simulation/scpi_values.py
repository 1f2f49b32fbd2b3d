"""Arguments of SCPI commands as values; what an instrument would refuse raises `CommandError`."""

import re
from collections.abc import Iterable, Mapping

from calib.drivers.simulation.command_set import CommandError

MOST_READINGS = 50_000

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:\s*E\s*[+-]?\d+)?)\s*([A-Z]*)$")
_PREFIXES = {"P": 1e-12, "N": 1e-9, "U": 1e-6, "M": 1e-3, "": 1.0, "K": 1e3, "MA": 1e6, "G": 1e9}
_MEGA = {"OHM", "HZ"}
"""Before these M is mega (IEEE 488.2, 7.7.3.2.2)."""


def number(text: str, words: Mapping[str, float], unit: str = "") -> float:
    """Return a number, with the prefixed unit where one is allowed, or what one of `words` stands for."""
    word = text.strip().upper()
    if not word:
        raise CommandError(-109, "Missing parameter")
    value = {"MINIMUM": "MIN", "MAXIMUM": "MAX", "DEFAULT": "DEF", "INFINITY": "INF"}.get(word, word)
    if value in words:
        return words[value]
    match = _NUMBER.match(word)
    if match is None:
        if word.isalpha():
            raise CommandError(-224, "Illegal parameter value")
        raise CommandError(-121, "Invalid character in number")
    return float(match[1].replace(" ", "")) * _factor(match[2], unit)


def _factor(suffix: str, unit: str) -> float:
    if not suffix:
        return 1.0
    prefix = suffix.removesuffix(unit)
    if not unit:
        raise CommandError(-138, "Suffix not allowed")
    if not suffix.endswith(unit) or prefix not in _PREFIXES:
        raise CommandError(-131, "Invalid suffix")
    return 1e6 if prefix == "M" and unit in _MEGA else _PREFIXES[prefix]


def within(text: str, lowest: float, highest: float, *, default: float | None = None, unit: str = "") -> float:
    """Return a number between two bounds, which MIN and MAX stand for; DEF for the default."""
    words = {"MIN": lowest, "MAX": highest} | ({} if default is None else {"DEF": default})
    value = number(text, words, unit)
    if not lowest <= value <= highest:
        raise CommandError(-222, "Data out of range")
    return value


def next_of(allowed: Iterable[float], wanted: float) -> float:
    """Return the lowest of the ascending `allowed` values that is at least `wanted`."""
    for value in allowed:
        if wanted <= value * (1 + 1e-9):
            return value
    raise CommandError(-222, "Data out of range")


def is_on(text: str) -> bool:
    """Return whether a switch is asked to be on."""
    word = text.strip().upper()
    if not word:
        raise CommandError(-109, "Missing parameter")
    if word in {"ON", "OFF"}:
        return word == "ON"
    if not re.fullmatch(r"[+-]?[\d.]+", word):
        raise CommandError(-224, "Illegal parameter value")
    return round(float(word)) != 0


def word_of(text: str, words: Iterable[str]) -> str:
    """Return the short form of one of `words`, written like `IMMediate`."""
    given = text.strip().upper()
    if not given:
        raise CommandError(-109, "Missing parameter")
    for word in words:
        short = re.sub(r"[a-z]", "", word)
        if given in {short, word.upper()}:
            return short
    raise CommandError(-224, "Illegal parameter value")


def quoted(text: str) -> str:
    """Return what stands between quotes."""
    text = text.strip()
    if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
        raise CommandError(-151, "Invalid string data")
    return text[1:-1].replace(text[0] * 2, text[0])


def count(text: str, most: int = MOST_READINGS) -> int:
    """Return a number of readings or triggers."""
    return round(within(text, 1, most, default=1))


def parts_of(text: str, most: int) -> list[str]:
    """Return the comma-separated arguments, stripped, filled up with empty ones to `most`."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > most:
        raise CommandError(-108, "Parameter not allowed")
    return parts + [""] * (most - len(parts))


scientific = "{:+.8E}".format
"""SD.DDDDDDDDESDD (34401A User's Guide, chapter 4, output data formats)."""
flag = "{:d}".format
