"""An amendment: other facts of the job that no result rests on, or a note; a new file that names its parent."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calib.errors import InputError
from calib.files import as_model
from calib.procedure import Job
from calib.record import Record, SigningKey
from calib.record.revise import write_revision
from calib.run import Laboratory, require_seal
from calib.run.plan import plain

AMENDABLE = (
    "number",
    "certificate_number",
    "customer",
    "item",
    "location",
    "languages",
    "recalibration",
    "sampling",
    "external",
)
"""Parts of the job that no result rests on, but for the item's specification."""
_RESTED_ON = ("item.specification", "item.specification_interval")


def amend(
    record: Path,
    by: str,
    why: str,
    *,
    fields: Mapping[str, str] | None = None,
    note: str = "",
    laboratory: Laboratory | None = None,
    target: Path | None = None,
    key: SigningKey | None = None,
) -> Path:
    """Write an amended record and return where: other facts of the job that no result rests on, or a note.

    `fields` are named as in the job file, such as `customer.name` or `item.serial_number`; texts in one language with
    `.vi` or `.en` behind.

    Raises
    ------
    IntegrityError
        The record is not intact: nothing is made of it.
    InputError
        A field is unknown, or results rest on it.
    """
    parent = Record.open(record)
    require_seal(parent, None if laboratory is None else laboratory.public_keys())
    if not fields and not note.strip():
        msg = f"{record}: an amendment changes a field or adds a note; give at least one"
        raise InputError(msg)
    job, changes = dict(parent.snapshot["job"]), []
    for name, value in (fields or {}).items():
        _check_amendable(name)
        before = _value_at(job, name)
        job = _set(job, name.split("."), value)
        changes.append({"what": "field", "field": f"job.{name}", "before": before, "after": value})
    if note.strip():
        changes.append({"what": "note", "note": note.strip()})
    snapshot = dict(parent.snapshot) | {"job": plain(as_model(job, Job, "amended job"))}
    return write_revision(
        parent, "amendment", by=by, why=why, changes=tuple(changes), target=target, key=key, snapshot=snapshot
    )


def _check_amendable(name: str) -> None:
    if name.partition(".")[0] not in AMENDABLE or name.startswith(_RESTED_ON):
        msg = (
            f"job field '{name}' cannot be amended: results rest on it, or it does not exist; "
            f"fields that can be: {', '.join(AMENDABLE)} (but for the item's specification)"
        )
        raise InputError(msg)


def _value_at(tables: Any, name: str) -> Any:
    for part in name.split("."):
        tables = tables.get(part) if isinstance(tables, Mapping) else None
    return tables


def _set(tables: Mapping[str, Any], path: Sequence[str], value: str) -> dict[str, Any]:
    """Return the tables with one value replaced; a text in both languages, unless its language is named."""
    name, *rest = path
    inner = tables.get(name)
    if rest:
        return dict(tables) | {name: _set(inner if isinstance(inner, Mapping) else {}, rest, value)}
    both = {"vi": value, "en": value}
    return dict(tables) | {name: both if isinstance(inner, Mapping) and set(inner) == {"vi", "en"} else value}
