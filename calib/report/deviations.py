"""Additions to, deviations from and exclusions of the method (ISO/IEC 17025:2017, 7.8.2.1 n), found in the record."""

from collections.abc import Mapping, Sequence
from typing import Any

from calib.record.model import Attempt, Readings
from calib.record.names import phase_name
from calib.record.story import Event
from calib.report.source import as_text
from calib.text import Text, both, same

_ACCEPTED = "accepted"


def deviations(readings: Readings, exceptions: Any, status: str, events: Sequence[Event] = ()) -> tuple[Text, ...]:
    """Return what a reader must know: exceptions granted, repeats, skips, failures, a run that did not end.

    Of the `events` those count with which somebody accepted something while the run went on.
    """
    found = [_exception(e) for e in exceptions or ()]
    found += [_exception(e.details) for e in events if e.kind == _ACCEPTED]
    found += [text for attempt in readings.attempts if (text := _attempt(attempt, readings)) is not None]
    if status and status != "complete":
        found.append(both("The run did not end as planned (status of the record: {status}).", status=status))
    return tuple(found)


def _exception(exception: Any) -> Text:
    """Return one exception with its reason and who granted it."""
    if not isinstance(exception, Mapping):
        return as_text(exception)
    return both(
        "{what}. Reason: {why}. Granted by {by}.",
        what=_sentence(as_text(exception.get("what"))),
        why=_sentence(as_text(exception.get("why"))),
        by=as_text(exception.get("by")),
    )


def _sentence(text: Text) -> Text:
    return Text(vi=text.vi.rstrip(". ") or "–", en=text.en.rstrip(". ") or "–")


def _attempt(attempt: Attempt, readings: Readings) -> Text | None:
    reason = same((attempt.reason or "–").rstrip(". "))
    place = {"point": attempt.point, "phase": _lower(phase_name(attempt.phase)), "number": attempt.number}
    standing = readings.standing(attempt.point, attempt.phase)
    match attempt.outcome:
        case "repeated":
            return both("Point {point} ({phase}), attempt {number}: repeated: {reason}.", **place, reason=reason)
        case "skipped":
            return both("Point {point} ({phase}): skipped: {reason}.", **place, reason=reason)
        case "failed":
            return both("Point {point} ({phase}), attempt {number}: failed: {reason}.", **place, reason=reason)
        case "unfinished":
            return both("Point {point} ({phase}), attempt {number}: interrupted; nothing of it is used.", **place)
        case "complete" if standing is not None and standing.id != attempt.id:
            return both(
                "Point {point} ({phase}), attempt {number}: measured again; attempt {first} stands.",
                **place,
                first=standing.number,
            )
    return None


def _lower(text: Text) -> Text:
    return Text(vi=text.vi[:1].lower() + text.vi[1:], en=text.en[:1].lower() + text.en[1:])
