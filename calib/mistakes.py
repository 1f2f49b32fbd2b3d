"""Mistakes in a file, told in a technician's words: `file: line: field: what is wrong, what is allowed`."""

import collections.abc
import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

Field = tuple[str | int, ...]
"""Path of a field: keys of tables, and positions in lists counted from 0."""


def told(
    mistakes: Sequence[ErrorDetails],
    where: str,
    tables: Mapping[str, Any],
    model: type[BaseModel],
    lines: Mapping[Field, int],
) -> list[str]:
    """Return a line for each field that is wrong; what the branches of a union say of it stands in one line."""
    found: dict[str, list[str]] = {}
    for mistake in mistakes:
        field = _field(mistake, tables)
        messages = found.setdefault(_place(where, field, lines), [])
        if (message := _what(mistake, field, model)) not in messages:
            messages.append(message)
    return [place + "; or ".join(messages) for place, messages in found.items()]


def _field(mistake: ErrorDetails, tables: Mapping[str, Any]) -> Field:
    """Return the path of a field in the file: without the names that pydantic gives to the branches of a union."""
    path: list[str | int] = []
    here: Any = tables
    for part in mistake["loc"]:
        if _holds(here, part):
            here = here[part]
        elif mistake["type"] != "missing" or part != mistake["loc"][-1]:
            continue
        path.append(part)
    return tuple(path)


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, Mapping):
        return part in value
    return isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value)


def _place(where: str, field: Field, lines: Mapping[Field, int]) -> str:
    """Return `file: line: field: `; a field that is missing has the line of its table."""
    name = ".".join(f"#{part + 1}" if isinstance(part, int) else part for part in field)
    known = [field[:n] for n in range(len(field), 0, -1) if field[:n] in lines]
    line = f"line {lines[known[0]]}: " if known else ""
    return f"{where}: {line}{name}: " if name else f"{where}: "


def _what(mistake: ErrorDetails, field: Field, model: type[BaseModel]) -> str:
    """Return what is wrong with a field, and what is allowed."""
    kind, got = mistake["type"], mistake["input"]
    if kind == "missing":
        return "missing"
    if kind == "extra_forbidden":
        return f"unknown field{_did_you_mean(str(field[-1]), _fields_at(model, field[:-1]))}"
    message = _allowed(kind, mistake["msg"])
    shown = f" (got {_shown(got)})" if isinstance(got, (str, int, float, bool, dt.date)) else ""
    if kind == "literal_error":
        shown = _did_you_mean(str(got), re.findall(r"'([^']*)'", message), listed=True) + shown
    return message + shown


_ALLOWED = {
    "date_": "must be a date, such as 2026-11-23",
    "float_": "must be a number",
    "int_": "must be a whole number",
    "bool_": "must be true or false",
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list in brackets",
    "model_": "must be a table",
    "dict_": "must be a table",
}
"""What is allowed, by the beginning of the name that pydantic gives to the mistake."""


def _allowed(kind: str, message: str) -> str:
    for beginning, allowed in _ALLOWED.items():
        if kind.startswith(beginning):
            return allowed
    return re.sub(r"^\w+ should ", "must ", message.removeprefix("Value error, "))


def _shown(got: object) -> str:
    """Return a value as it stands in the file."""
    if isinstance(got, bool):
        return str(got).lower()
    return repr(got) if isinstance(got, str) else str(got)


def _did_you_mean(word: str, known: list[str], *, listed: bool = False) -> str:
    """Return the nearest known word as a hint, else all that are known unless they are listed already."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f" — did you mean '{near[0]}'?"
    return f" — known here: {', '.join(known)}" if known and not listed else ""


def _fields_at(model: type[BaseModel], path: Field) -> list[str]:
    """Return the names of the fields that the table at `path` may have."""
    here: list[Any] = [model]
    for part in path:
        here = [inner for one in here for inner in _inside(one, part)]
    return list(dict.fromkeys(name for one in here if _is_model(one) for name in one.model_fields))


def _inside(kind: Any, part: str | int) -> list[Any]:
    """Return the types that stand at `part` of a table or a list of type `kind`, unions taken apart."""
    if _is_model(kind):
        field = kind.model_fields.get(part)
        return [] if field is None else _alternatives(field.annotation)
    return _alternatives(get_args(kind)[0 if isinstance(part, int) else 1])


def _alternatives(kind: Any) -> list[Any]:
    """Return the models, tables and lists that a type allows."""
    origin = get_origin(kind)
    if _is_model(kind) or origin in {tuple, list, dict, collections.abc.Mapping, collections.abc.Sequence}:
        return [kind]
    arguments = get_args(kind)[:1] if origin is Annotated else get_args(kind)
    return [found for one in arguments for found in _alternatives(one)]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
