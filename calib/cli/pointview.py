"""One point of a record, from its result back to the readings and to every message on the wires."""

import difflib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any

from calib.errors import InputError
from calib.record import Attempt, Message, Reading, Record
from calib.record.names import phase_name
from calib.run.lines import header, line
from calib.text import Language, tr

_SHOWN_BYTES = 400
"""Of a longer message only the beginning is shown."""


def point_text(record: Record, point: str, language: Language) -> str:
    """Return the attempts at a point, each with its readings and messages.

    Raises
    ------
    InputError
        The record has no such point.
    """
    zone = datetime.fromisoformat(record.begun).tzinfo
    rows = [line(result, language) for result in record.results if result.point == point]
    mark = [f"*** {tr('SIMULATED', language)} ***"] if record.simulated else []
    lines = [f"{record.path}: {point}", *mark, *([header(language), *rows] if rows else [])]
    for attempt, readings, messages in _attempts(record, point):
        lines += ["", _attempt(attempt, zone, language)]
        lines += [f"  {_clock(r.time, zone)}  {r.channel}: {r.value:.12g} {r.unit}" for r in readings]
        lines.append(f"  {tr('Messages on the wires', language)}:")
        lines += [f"  {_clock(m.time, zone)}  {m.resource} {m.direction} {_shown(m.message)}" for m in messages]
    return "\n".join(lines)


def point_json(record: Record, point: str) -> list[dict[str, Any]]:
    """Return the attempts at a point as plain JSON values; times are seconds since 1970-01-01T00:00:00Z."""
    return [
        asdict(attempt)
        | {
            "readings": [asdict(reading) for reading in readings],
            "messages": [asdict(m) | {"message": _latin(m.message)} for m in messages],
        }
        for attempt, readings, messages in _attempts(record, point)
    ]


def _attempts(record: Record, point: str) -> Iterator[tuple[Attempt, list[Reading], list[Message]]]:
    readings = record.readings()
    attempts = [a for a in readings.attempts if a.point == point]
    if not attempts:
        known = list(dict.fromkeys(a.point for a in readings.attempts))
        near = difflib.get_close_matches(point, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
        msg = f"{record.path}: no point '{point}' was measured — {hint}"
        raise InputError(msg)
    traffic = record.traffic()
    told = any(message.attempt for message in traffic)
    for attempt in attempts:
        messages = [m for m in traffic if (m.attempt == attempt.id if told else _during(m, attempt))]
        yield attempt, [r for r in readings.readings if r.attempt == attempt.id], messages


def _during(message: Message, attempt: Attempt) -> bool:
    """Return whether a message falls into an attempt, for records that do not tell it."""
    return attempt.begun <= message.time and (attempt.ended is None or message.time <= attempt.ended)


def _attempt(attempt: Attempt, zone: tzinfo | None, language: Language) -> str:
    ended = "" if attempt.ended is None else f" … {_clock(attempt.ended, zone)}"
    reason = f"; {attempt.reason}" if attempt.reason else ""
    phase = phase_name(attempt.phase).in_(language)
    begun = f"{datetime.fromtimestamp(attempt.begun, zone):%Y-%m-%d} {_clock(attempt.begun, zone)}"
    return f"{tr('Attempt', language)} {attempt.number} ({phase}), {attempt.outcome}{reason}: {begun}{ended}"


def _clock(time: float, zone: tzinfo | None) -> str:
    return f"{datetime.fromtimestamp(time, zone):%H:%M:%S.%f}"[:-3]


def _shown(message: bytes) -> str:
    text = repr(message[:_SHOWN_BYTES])[1:]
    return text if len(message) <= _SHOWN_BYTES else f"{text} … ({len(message)} bytes)"


def _latin(message: bytes) -> str:
    """Return the bytes as the characters of ISO 8859-1: one for each, and back with `encode("latin-1")`."""
    return message.decode("latin-1")
