"""How a record came to be what it is: runs that went on after a stop, and records made of earlier ones."""

from collections.abc import Iterator, Mapping
from typing import Any

from calib.record.revision import Revision
from calib.record.story import Event
from calib.report.source import Source
from calib.text import Text, both


def history(source: Source) -> tuple[Text, ...]:
    """Return what a reader of the certificate must know of it (ISO/IEC 17025:2017, 7.5.2 and 7.8.2.1 n)."""
    return (*_resumptions(source.events()), *(_revision(revision) for revision in source.revisions))


def _resumptions(events: tuple[Event, ...]) -> Iterator[Text]:
    for event in events:
        accepted = event.details.get("accepted") if event.kind == "resumed" else None
        if accepted is not None:
            yield both(
                "The run was interrupted and went on though {changed} had changed. Reason: {why}. Accepted by {by}.",
                changed=", ".join(str(d["where"]) for d in event.details["differences"]) or "–",
                why=str(accepted["why"]).rstrip(". "),
                by=accepted["by"],
            )


def _revision(revision: Revision) -> Text:
    said: dict[str, object] = {
        "parent": f"{revision.parent}, SHA-256 {revision.parent_digest}",
        "why": revision.why.rstrip(". ") or "–",
        "by": revision.by,
    }
    if revision.kind == "amendment":
        replaced = replaced_number(revision)
        if replaced:
            return both(
                "This certificate replaces certificate {replaced}, which is no longer valid. Changed: {changed}. "
                "Reason: {why}. By {by}. The record amends {parent}.",
                replaced=replaced,
                changed=_changed(revision),
                **said,
            )
        return both("This record amends {parent}. Reason: {why}. By {by}.", **said)
    return both("The results were evaluated again from {parent}. Reason: {why}. By {by}.", **said)


def replaced_number(revision: Revision) -> str:
    """Return the number of the certificate that an amended one replaces (7.8.8.2); empty where it has no new number."""
    was = [c["before"] for c in revision.changes if c.get("field") == "job.certificate_number"]
    return str(was[0] or "") if was else ""


def _changed(revision: Revision) -> str:
    """Return what an amendment changed, with what was before (7.8.8.1)."""
    told = [_told(c) for c in revision.changes if c.get("field") != "job.certificate_number"]
    return "; ".join(told) or "–"


def _told(change: Mapping[str, Any]) -> str:
    if change.get("what") == "note":
        return str(change["note"]).rstrip(". ")
    name = str(change.get("field")).removeprefix("job.")
    before = change.get("before")
    shown = " / ".join(dict.fromkeys(map(str, before.values()))) if isinstance(before, Mapping) else str(before or "–")
    return f"{name}: {shown} → {change.get('after')}"
