"""Writing of a record made of another one: a new file beside its parent, never in the place of any."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calib.errors import FileError, InputError
from calib.record.again import contents_of
from calib.record.build import write_record
from calib.record.keys import SigningKey
from calib.record.reader import Record
from calib.record.revision import Revision, RevisionKind, next_name, now, revised
from calib.record.sealing import seal


def write_revision(
    parent: Record,
    kind: RevisionKind,
    *,
    by: str,
    why: str,
    changes: tuple[Mapping[str, Any], ...],
    target: Path | None = None,
    key: SigningKey | None = None,
    snapshot: Mapping[str, Any] | None = None,
    results: tuple[Mapping[str, Any], ...] | None = None,
    engine: Mapping[str, Any] | None = None,
) -> Path:
    """Write the parent's content with what is given in place of its own, and return where; sealed with `key`.

    Raises
    ------
    InputError
        Nobody is named, or no reason.
    FileError
        The target exists, or cannot be written.
    """
    if not by.strip() or not why.strip():
        msg = f"{parent.path}: say who makes a new record of it, and why (ISO/IEC 17025:2017, 7.5.2)"
        raise InputError(msg)
    path = target or next_name(parent.path)
    if path.exists():
        msg = f"{path}: exists already, and no record is ever overwritten; choose another name"
        raise FileError(msg)
    revision = Revision(kind, parent.path.name, parent.digest, by.strip(), now(), why.strip(), changes)
    made = revised(contents_of(parent), revision, snapshot=snapshot, results=results, engine=engine)
    write_record(path, made)
    if key is not None:
        seal(path, key, signer=by.strip())
    return path
