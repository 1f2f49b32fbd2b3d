"""Reading of the laboratory's TOML files: everything that is wrong at once, in a technician's words.

pydantic finds the mistakes; what it says is rewritten as `file: line: field: what is wrong, what is allowed`.
"""

import collections.abc
import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from calib.errors import FileError
from calib.text import Text
from calib.tomllines import field_lines
from calib.units import coherent

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Base of every file's model: unknown fields are mistakes, numbers are finite, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, ser_json_inf_nan="strings")


def _text(value: object) -> object:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(vi=value, en=value)
    if isinstance(value, dict) and set(value) == {"vi", "en"} and all(isinstance(v, str) for v in value.values()):
        return Text(**value)
    msg = 'must be one text, or a table of two: { vi = "…", en = "…" }'
    raise ValueError(msg)


def _ascending(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        msg = f"must be the lowest and then the highest, not {span[0]:g} and {span[1]:g}"
        raise ValueError(msg)
    return span


BilingualText = Annotated[Text, BeforeValidator(_text), Field(json_schema_extra={"type": "object"})]
"""A field that is one string for both languages, or a table with `vi` and `en`."""
Span = Annotated[tuple[float, float], AfterValidator(_ascending)]
"""A field with the lowest and the highest value of something."""
CoherentUnit = Annotated[str, AfterValidator(coherent)]
"""A field with a coherent SI unit: V, not mV."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; raise `FileError` where it cannot be read."""
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: not valid TOML: {error}"
        raise FileError(msg) from error


def _read(path: Path) -> str:
    """Return the text of a file, without the mark that some editors put before UTF-8."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        msg = f"{path}: no such file"
        raise FileError(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        msg = f"{path}: line {line}: not UTF-8; save the file in the encoding UTF-8"
        raise FileError(msg) from error


def read_model(path: Path, model: type[Model]) -> Model:
    """Read a TOML file into `model`; raise `FileError` with one line for each mistake."""
    return as_model(read_toml(path), model, str(path), path)


def as_model(tables: dict[str, Any], model: type[Model], where: str, path: Path | None = None) -> Model:
    """Check `tables` against `model`; mistakes are told with `where`, and with line numbers of the file at `path`."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        lines = field_lines(_read(path)) if path is not None else {}
        found: dict[str, list[str]] = {}
        for mistake in error.errors():
            field = _field(mistake, tables)
            found.setdefault(_place(where, field, lines), []).append(_what(mistake, field, model))
        raise FileError("\n".join(f"{p}{'; or '.join(_unique(m))}" for p, m in found.items())) from None


def _unique(messages: list[str]) -> list[str]:
    return list(dict.fromkeys(messages))


def _field(mistake: ErrorDetails, tables: dict[str, Any]) -> tuple[str | int, ...]:
    """Return the path of a field in the file: without the names that pydantic gives to the branches of a union."""
    path: list[str | int] = []
    here: Any = tables
    for part in mistake["loc"]:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, (list, tuple)) and isinstance(part, int) and part < len(here):
            here = here[part]
        elif mistake["type"] != "missing" or part != mistake["loc"][-1]:
            continue
        path.append(part)
    return tuple(path)


def _place(where: str, field: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> str:
    """Return `file: line: field: `; a field that is missing has the line of its table."""
    name = ".".join(f"#{part + 1}" if isinstance(part, int) else part for part in field)
    known = [field[:n] for n in range(len(field), 0, -1) if field[:n] in lines]
    line = f"line {lines[known[0]]}: " if known else ""
    return f"{where}: {line}{name}: " if name else f"{where}: "


def _what(mistake: ErrorDetails, field: tuple[str | int, ...], model: type[BaseModel]) -> str:
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


def _fields_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the names of the fields that the table at `path` may have."""
    here: list[Any] = [model]
    for part in path:
        here = [inner for one in here for inner in _inside(one, part)]
    return list(dict.fromkeys(name for one in here for name in one.model_fields if _is_model(one)))


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
