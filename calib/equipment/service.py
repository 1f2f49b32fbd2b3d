"""Equipment taken out of service, and released again by a named person (ISO/IEC 17025:2017, 6.4.9, 6.4.13).

The person's file is changed line by line, so that comments and order stay; what comes out is read again before it
replaces the file.
"""

import datetime as dt
import re
from typing import Any

from calib.equipment.history import Check, Maintenance
from calib.equipment.model import Equipment
from calib.equipment.register import Register
from calib.equipment.status import barring
from calib.equipment.toml import array_of_tables, entry, replace_file
from calib.errors import FileError, InputError
from calib.files import as_model, toml_tables


def withdraw(register: Register, id: str, *, by: str, why: str, on: dt.date) -> Equipment:
    """Take an equipment out of service, and return it; its file says who, when and why.

    Raises
    ------
    InputError
        It is out of service already, or its file is that of another program.
    """
    equipment, text = _opened(register, id, by, why)
    if equipment.state != "in service":
        msg = f"{equipment.name}: is out of service already: {equipment.state_reason or 'no reason is told'}"
        raise InputError(msg)
    changed = {"state": "out of service", "state_reason": f"{why.strip()} ({by}, {on})"}
    return _written(register, equipment, _with_entries(text, changed), changed)


def release(register: Register, id: str, *, by: str, why: str, on: dt.date) -> Equipment:
    """Put an equipment back into service, release what barred its use, and return it; the file keeps who and why.

    Raises
    ------
    InputError
        Nothing bars it that a person could release, or its file is that of another program.
    """
    equipment, text = _opened(register, id, by, why)
    happened, failed = barring(equipment, on)
    out = equipment.state != "in service"
    if not (happened or failed or out):
        msg = f"{equipment.name}: nothing is to be released: it is in service, and no event or failed check bars it"
        raise InputError(msg)
    released = {"by": by, "date": on, "why": why.strip()}
    changed: dict[str, Any] = {"maintenance": _released(equipment.maintenance, happened, released)}
    text = _with_releases(text, "maintenance", equipment.maintenance, happened, released)
    if failed is not None:
        changed["checks"] = _released(equipment.checks, (failed,), released)
        text = _with_releases(text, "checks", equipment.checks, (failed,), released)
    if out:
        was = {"date": on, "what": f"Out of service: {equipment.state_reason or '–'}", "by": by, "released": released}
        text = text.rstrip("\n") + "\n\n" + array_of_tables("maintenance", was)
        changed["maintenance"].append(was)
        changed |= {"state": "in service", "state_reason": ""}
        text = _with_entries(text, {"state": "in service", "state_reason": ""})
    return _written(register, equipment, text, changed)


def _opened(register: Register, id: str, by: str, why: str) -> tuple[Equipment, str]:
    if not (by.strip() and why.strip()):
        msg = f"{id}: name who decides it and why"
        raise InputError(msg)
    equipment, path = register[id], register.file_of(id)
    if path.suffix != ".toml":
        msg = f"{path}: is a register of another program; change the state of {id} there"
        raise InputError(msg)
    return equipment, path.read_text(encoding="utf-8-sig")


def _released(
    events: tuple[Maintenance, ...] | tuple[Check, ...],
    some: tuple[Maintenance | Check, ...],
    released: dict[str, Any],
) -> list[dict[str, Any]]:
    plain = ((event in some, event.model_dump(exclude_none=True)) for event in events)
    return [fields | {"released": released} if meant else fields for meant, fields in plain]


def _with_entries(text: str, entries: dict[str, str]) -> str:
    """Return a text with entries of its first table set; new ones stand behind the id."""
    head = re.split(r"(?m)^(?=[ \t]*\[)", text, maxsplit=1)[0]
    rest = text[len(head) :]
    for key, value in entries.items():
        lines = head.split("\n")
        named = {name: i for name in (key, "id") for i, line in enumerate(lines) if re.match(rf"{name}[ \t]*=", line)}
        if key in named:
            lines[named[key]] = entry(key, value)
        elif value:
            lines.insert(named.get("id", -1) + 1, entry(key, value))
        head = "\n".join(lines)
    return head + rest


def _with_releases(
    text: str,
    name: str,
    events: tuple[Maintenance, ...] | tuple[Check, ...],
    some: tuple[Maintenance | Check, ...],
    released: dict[str, Any],
) -> str:
    """Return a text with `released` in some tables of an array."""
    parts = re.split(rf"(?m)^([ \t]*\[\[[ \t]*{name}[ \t]*\]\].*\n)", text)
    for number, event in enumerate(events):
        if event in some and 2 * number + 2 < len(parts):
            parts[2 * number + 2] = f"{entry('released', released)}\n{parts[2 * number + 2]}"
    return "".join(parts)


def _written(register: Register, equipment: Equipment, text: str, changed: dict[str, Any]) -> Equipment:
    """Write the file where it says just what is wanted; raise `FileError` where its lines could not be changed so."""
    path = register.file_of(equipment.id)
    wanted = as_model(equipment.model_dump(exclude_none=True) | changed, Equipment, str(path))
    try:
        found = as_model(toml_tables(text, str(path)), Equipment, str(path))
    except FileError:
        found = None
    if found != wanted:
        msg = f"{path}: is written in a way that cannot be changed line by line; set 'state' and 'released' by hand"
        raise FileError(msg)
    replace_file(path, text)
    return wanted
