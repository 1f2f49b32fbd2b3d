"""Writing of TOML for a person to read and change: elements of arrays of tables, single entries, whole files."""

import datetime as dt
import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calib.errors import FileError

_INLINE = {"points", "rows", "document", "within", "aging", "released"}
"""Fields that stay on their line, or one entry a line, rather than becoming tables of their own."""


def array_of_tables(name: str, table: Mapping[str, Any]) -> str:
    """Return `table` as TOML text that adds it to the array of tables `name`."""
    return _table(f"[[{name}]]", name, table)


def _table(head: str, name: str, table: Mapping[str, Any]) -> str:
    inner = {k: v for k, v in table.items() if _is_array(k, v) or _is_table(k, v)}
    lines = [head, *(f"{_key(k)} = {_entry(v)}" for k, v in table.items() if k not in inner)]
    text = "\n".join(lines) + "\n"
    for key, elements in inner.items():
        place = f"{name}.{_key(key)}"
        if isinstance(elements, Mapping):
            text += "\n" + _table(f"[{place}]", place, elements)
        else:
            text += "".join("\n" + array_of_tables(place, element) for element in elements)
    return text


def entry(key: str, value: Any) -> str:
    """Return a line with one entry; a table stands on it too."""
    return f"{_key(key)} = {_value(value)}"


def _is_array(key: str, value: Any) -> bool:
    return key not in _INLINE and isinstance(value, Sequence) and bool(value) and isinstance(value[0], Mapping)


def _is_table(key: str, value: Any) -> bool:
    return key not in _INLINE and isinstance(value, Mapping)


def _entry(value: Any) -> str:
    """Return a value; a list of tables with an entry on each line."""
    if isinstance(value, Sequence) and value and isinstance(value[0], (Mapping, list, tuple)):
        return "[\n" + "".join(f"    {_value(v)},\n" for v in value) + "]"
    return _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else repr(value)
    if isinstance(value, (dt.date, int)):
        return str(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(v) for v in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    bare = bool(key) and all(c.isascii() and (c.isalnum() or c in "-_") for c in key)
    return key if bare else json.dumps(key, ensure_ascii=False)


def replace_file(path: Path, text: str) -> None:
    """Write a text in the place of a file, so that either is there whole; raise `FileError` where it cannot be."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror})"
        raise FileError(msg) from error
