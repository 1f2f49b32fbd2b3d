"""Vaisala's language of output formats, such as `6.2 "P=" P " " U6 #r #n` (PTU300 User's Guide, M210796EN, FORM)."""

import re
from collections.abc import Mapping
from datetime import datetime

Shown = tuple[float, str]
"""A value in its unit."""
DEFAULT_FORMAT = '4.1 "P=" P " " U3 3.1 " T=" T " " U3 " RH=" RH " " U4 #r #n'

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|(\d+)\.(\d+)|#(\w)|([A-Za-z]+)(\d*))', re.ASCII)
_CONTROL = {"r": "\r", "n": "\n", "t": "\t"}


class FormatError(ValueError):
    """What is not of the language."""


def formatted(form: str, values: Mapping[str, Shown], serial_number: str, now: datetime) -> str:
    """Return the values in a format: numbers right-aligned in digits, point and decimals, units padded to `Un`."""
    text, at, unit = "", 0, ""
    digits, decimals = 4, 1
    while at < len(form.rstrip()):
        match = _TOKEN.match(form, at)
        if match is None:
            raise FormatError(form[at:].strip())
        at = match.end()
        quoted, before, after, control, word, size = match.groups()
        if quoted is not None:
            text += quoted
        elif before is not None:
            digits, decimals = int(before), int(after)
        elif control is not None and control.lower() in _CONTROL:
            text += _CONTROL[control.lower()]
        elif word is not None and word.upper() in values and not size:
            value, unit = values[word.upper()]
            text += f"{value:{digits + 1 + decimals if decimals else digits}.{decimals}f}"
        else:
            text += _special(word, size, unit, serial_number, now, text)
    return text


def _special(word: str | None, size: str, unit: str, serial_number: str, now: datetime, so_far: str) -> str:
    match (word or "").upper():
        case "U":
            return unit.ljust(int(size))[: int(size)] if size else unit
        case "SN":
            return serial_number
        case "TIME":
            return f"{now:%H:%M:%S}"
        case "DATE":
            return f"{now:%Y-%m-%d}"
        case "ERR":
            return "0000"
        case "CS" if size == "2":
            return f"{sum(so_far.encode('latin-1')) % 0x100:02X}"
        case "CS" if size == "4":
            return f"{sum(so_far.encode('latin-1')) % 0x10000:04X}"
    raise FormatError(f"{word or ''}{size}")
