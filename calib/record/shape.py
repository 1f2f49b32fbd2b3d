"""Whether a record file has the shape of its format: every table with its columns, of their kind and of one length."""

from pathlib import Path
from typing import TYPE_CHECKING

from calib.record.opening import opened

if TYPE_CHECKING:
    import h5py

_TEXT, _FLOAT, _WHOLE = "O", "f", "iu"
_KINDS = {_TEXT: "text", _FLOAT: "numbers", _WHOLE: "whole numbers"}

_TABLES: dict[str, dict[str, str]] = {
    "readings": {
        "reading": _WHOLE, "time": _FLOAT, "value": _FLOAT, "attempt": _WHOLE, "channel": _TEXT, "unit": _TEXT,
    },
    "attempts": {
        "attempt": _WHOLE, "point": _TEXT, "number": _WHOLE, "phase": _TEXT, "begun": _FLOAT, "ended": _FLOAT,
        "outcome": _TEXT, "reason": _TEXT, "preparations": _TEXT,
    },
    "preparations": {"preparation": _WHOLE, "points": _TEXT, "begun": _FLOAT, "ended": _FLOAT},
    "events": {"event": _WHOLE, "time": _FLOAT, "kind": _TEXT, "details": _TEXT},
    "answers": {
        "answer": _WHOLE, "time": _FLOAT, "prompt": _TEXT, "question": _TEXT, "value": _TEXT, "by": _TEXT,
    },
}  # fmt: skip
_TRAFFIC = {
    "message": _WHOLE, "time": _FLOAT, "attempt": _WHOLE, "resource_index": _WHOLE, "direction": _WHOLE,
    "first": _WHOLE, "length": _WHOLE,
}  # fmt: skip
_FACTS = ("status", "start_time", "snapshot", "journal/format", "journal/head", "journal/rows", "points", "environment")


def faults_of_shape(path: Path) -> list[str]:
    """Return what a record lacks or holds in another shape than its format says; empty where nothing.

    Raises
    ------
    FileError, RecordError
        There is no such file, it is not a record, or of a newer format.
    IntegrityError
        It is so damaged that it cannot be gone through.
    """
    with opened(path) as file:
        entry = file["entry"]
        faults = [f"/entry/{name} is missing" for name in _FACTS if name not in entry]
        for name, columns in _TABLES.items():
            faults += _table(entry, name, columns)
        faults += _table(entry, "traffic", _TRAFFIC)
        faults += _table(entry["points"], ".", {"result": _WHOLE, "point": _TEXT, "error": _FLOAT, "U": _FLOAT})
        version = int(str(file.attrs["format"]).partition("/")[2])
        if version > 1:
            faults += _table(entry, "revisions", {"revision": _WHOLE, "statement": _TEXT})
        file.visititems(_read_attributes)
        return faults


def _read_attributes(name: str, item: "h5py.Group | h5py.Dataset") -> None:
    """Read each attribute, also those that hold the file together for other readers and that no seal covers."""
    for key in item.attrs:
        try:
            item.attrs[key]
        except (OSError, RuntimeError) as error:
            msg = f"/{name}@{key} cannot be read ({error})"
            raise ValueError(msg) from error


def _table(parent: "h5py.Group", name: str, columns: dict[str, str]) -> list[str]:
    if name not in parent:
        return [f"{parent.name}/{name} is missing"]
    table = parent[name]
    missing = [f"{table.name}/{c} is missing" for c in columns if c not in table]
    found = {c: table[c] for c in columns if c in table}
    wrong = [
        f"{d.name} holds {d.dtype} of shape {d.shape}, not a column of {_KINDS[columns[c]]}"
        for c, d in found.items()
        if d.dtype.kind not in columns[c] or d.ndim != 1
    ]
    lengths = {c: len(d) for c, d in found.items() if d.ndim == 1}
    if len(set(lengths.values())) > 1:
        wrong.append(f"{table.name}: its columns differ in length: {lengths}")
    return missing + wrong
