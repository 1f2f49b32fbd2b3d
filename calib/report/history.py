"""How a record came to be what it is: runs that went on after a stop, and records made of earlier ones."""

from collections.abc import Iterator

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
        return both("This record amends {parent}. Reason: {why}. By {by}.", **said)
    return both("The results were evaluated again from {parent}. Reason: {why}. By {by}.", **said)
