"""What a certificate is made from: a finished record, or anything that shows the same face."""

from collections.abc import Mapping
from typing import Any, Protocol

from calib.record.model import Readings
from calib.record.result import Result
from calib.record.revision import Revision
from calib.record.story import Event
from calib.text import Text


class Source(Protocol):
    """The part of `calib.record.Record` that reports read."""

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """Laboratory, job, equipment, specifications, procedure: as they were when the run began."""
        ...

    @property
    def results(self) -> tuple[Result, ...]:
        """Rows of the certificate, in the order of the points."""
        ...

    @property
    def simulated(self) -> bool:
        """True where any instrument of the run was simulated."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the record, 64 hexadecimal digits."""
        ...

    @property
    def status(self) -> str:
        """How the run ended, such as `complete`."""
        ...

    @property
    def begun(self) -> str:
        """When the run began: ISO 8601 with the laboratory's offset from UTC."""
        ...

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """How the record was made of earlier ones, the oldest first."""
        ...

    def events(self) -> tuple[Event, ...]:
        """Return what happened during the run, in order."""
        ...

    def readings(self) -> Readings:
        """Return the view of the recorded readings."""
        ...


def find(snapshot: Mapping[str, Any], path: str) -> Any:
    """Return the entry at a dotted path of the snapshot, or None where it is absent."""
    entry: Any = snapshot
    for key in path.split("."):
        if not isinstance(entry, Mapping):
            return None
        entry = entry.get(key)
    return entry


def as_text(value: Any) -> Text:
    """Return an entry of the snapshot as a text: one string serves both languages, an absent one is empty."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Mapping):
        vi, en = str(value.get("vi") or ""), str(value.get("en") or "")
        return Text(vi=vi or en, en=en or vi)
    return Text(vi="", en="") if value is None else Text(vi=str(value), en=str(value))


def text_at(snapshot: Mapping[str, Any], path: str) -> Text:
    """Return the text at a dotted path of the snapshot, empty where it is absent."""
    return as_text(find(snapshot, path))
