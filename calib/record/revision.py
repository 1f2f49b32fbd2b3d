"""A record made of another one: amended, or evaluated again. Always a new file that names its parent's digest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from calib.errors import FileError
from calib.record.contents import Contents
from calib.record.encoding import from_json, to_json

RevisionKind = Literal["amendment", "re-evaluation"]


@dataclass(frozen=True)
class Revision:
    """What was done to make a record of its parent (ISO/IEC 17025:2017, 7.5.2)."""

    kind: RevisionKind
    parent: str
    """File name of the parent."""
    parent_digest: str
    """SHA-256 over the parent's canonical content."""
    by: str
    time: str
    """ISO 8601, of the machine, with its offset from UTC."""
    why: str
    changes: tuple[Mapping[str, Any], ...]
    """What is different, one table for each change."""


def revised(
    parent: Contents,
    revision: Revision,
    *,
    snapshot: Mapping[str, Any] | None = None,
    results: tuple[Mapping[str, Any], ...] | None = None,
    engine: Mapping[str, Any] | None = None,
) -> Contents:
    """Return the content of the new record: the parent's, but for what is given, and one revision more."""
    made = replace(parent, revisions=(*parent.revisions, to_json(revision)))
    if snapshot is not None:
        made.state.snapshot = snapshot
    if results is not None:
        made = replace(made, results=results, engine=engine or {})
    return made


def revision_of(text: str) -> Revision:
    """Return the revision that `to_json` wrote."""
    said = from_json(text)
    return Revision(**(said | {"changes": tuple(said["changes"])}))


def now() -> str:
    """Return the machine's time for a revision."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def next_name(parent: Path) -> Path:
    """Return the first free name beside `parent`: `record-2.h5`, then `record-3.h5`."""
    stem = parent.stem
    base, _, number = stem.rpartition("-")
    if base and number.isdigit():
        stem = base
    for n in range(2, 10_000):
        path = parent.with_name(f"{stem}-{n}{parent.suffix}")
        if not path.exists():
            return path
    msg = f"{parent.parent}: too many revisions of {stem}"
    raise FileError(msg)
