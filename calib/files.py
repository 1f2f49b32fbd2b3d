"""Reading of the laboratory's TOML files: everything that is wrong at once, in a technician's words.

pydantic finds the mistakes; what it says is rewritten as `file: line: field: what is wrong, what is allowed`.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from calib.errors import FileError
from calib.text import Text

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Base of every file's model: unknown fields are mistakes, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")


def _text(value: object) -> object:
    if isinstance(value, str):
        return Text(vi=value, en=value)
    if isinstance(value, dict) and set(value) == {"vi", "en"}:
        return Text(**value)
    return value


BilingualText = Annotated[Text, BeforeValidator(_text), Field(json_schema_extra={"type": "object"})]
"""A field that is one string for both languages, or a table with `vi` and `en`."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; raise `FileError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        msg = f"{path}: no such file"
        raise FileError(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path}: not valid TOML: {error}"
        raise FileError(msg) from error


def read_model(path: Path, model: type[Model]) -> Model:
    """Read a TOML file into `model`; raise `FileError` with one line for each mistake."""
    return as_model(read_toml(path), model, str(path), path)


def as_model(tables: dict[str, Any], model: type[Model], where: str, path: Path | None = None) -> Model:
    """Check `tables` against `model`; mistakes are told with `where`, and with line numbers of the file at `path`."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        lines = path.read_text(encoding="utf-8").splitlines() if path is not None else []
        raise FileError("\n".join(_mistake(where, e, model, lines) for e in error.errors())) from None


def _mistake(where: str, error: ErrorDetails, model: type[BaseModel], lines: list[str]) -> str:
    path = [part for part in error["loc"] if not _is_union_tag(part)]
    name = ".".join(f"#{part + 1}" if isinstance(part, int) else str(part) for part in path)
    line = _line(path, lines)
    place = f"{where}: line {line}: {name}" if line else f"{where}: {name}"
    if error["type"] == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        return f"{place}: unknown field{_did_you_mean(str(path[-1]), known)}"
    if error["type"] == "missing":
        return f"{place}: missing"
    message = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    got = error["input"]
    shown = f" (got {got!r})" if isinstance(got, (str, int, float, bool)) else ""
    if error["type"] == "literal_error":
        shown = _did_you_mean(str(got), re.findall(r"'([^']*)'", message)) + shown
    return f"{place}: {message}{shown}"


def _is_union_tag(part: object) -> bool:
    return isinstance(part, str) and ("[" in part or part.startswith("function-"))


def _did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f" — did you mean '{near[0]}'?"
    return f" — known here: {', '.join(known)}" if known else ""


def _fields_at(model: type[BaseModel], path: list[Any]) -> list[str]:
    current: Any = model
    for part in path:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            if part not in current.model_fields:
                return []
            current = _inner_model(current.model_fields[part].annotation)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [field.alias or name for name, field in current.model_fields.items()]
    return []


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _inner_model(inner)
        if found is not None:
            return found
    return None


def _line(path: list[Any], lines: list[str]) -> int | None:
    """Return the line number of a field: tomllib gives none, so its table headings and keys are looked for in turn."""
    start, best = 0, None
    heading: list[str] = []
    for position, part in enumerate(path):
        if isinstance(part, int):
            continue
        skip = path[position + 1] if position + 1 < len(path) and isinstance(path[position + 1], int) else 0
        name = re.escape(str(part))
        full = r"\.".join([*map(re.escape, heading), name])
        patterns = (rf"\s*\[\[?\s*\"?{full}\"?\s*(\]|\.)", rf"\s*\"?{name}\"?\s*[=.]")
        hits = [i for i in range(start, len(lines)) if any(re.match(p, lines[i]) for p in patterns)]
        headings = [i for i in hits if lines[i].lstrip().startswith("[[")]
        chosen = headings[skip] if skip < len(headings) else hits[0] if hits else None
        heading.append(str(part))
        if chosen is None:
            continue
        start = best = chosen
    return None if best is None else best + 1
