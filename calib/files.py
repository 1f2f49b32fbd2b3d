"""Reading of the laboratory's TOML files: everything that is wrong at once, in a technician's words.

pydantic finds the mistakes; what it says is rewritten as `file: line: field: what is wrong, what is allowed`.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from calib.errors import FileError
from calib.mistakes import told
from calib.text import Text
from calib.tomllines import field_lines
from calib.units import coherent

Model = TypeVar("Model", bound=BaseModel)
_MOST_PARTS = 50
_KEY_PART = re.compile(r"[ \t]*(?:[A-Za-z0-9_-]*|\"[^\"\n]*\"|'[^'\n]*')[ \t]*")


class Strict(BaseModel):
    """Base of every file's model: unknown fields are mistakes, numbers are finite, what was read does not change."""

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
    return toml_tables(_read(path), str(path))


def toml_tables(text: str, where: str) -> dict[str, Any]:
    """Return the tables of a text in TOML; raise `FileError` where it is none, also for one made to be slow or deep."""
    try:
        _check_keys(text)
        return tomllib.loads(text)
    except RecursionError:
        msg = f"{where}: lists or tables lie too deep within each other"
        raise FileError(msg) from None
    except ValueError as error:  # also of numbers with thousands of digits
        msg = f"{where}: not valid TOML: {error}"
        raise FileError(msg) from error


def _check_keys(text: str) -> None:
    """Refuse keys of many dotted parts, which take tomllib a time that grows as the square of their number."""
    run = 0
    for piece in text.split("."):
        run = run + 1 if _KEY_PART.fullmatch(piece) else 0
        if run > _MOST_PARTS:
            msg = f"a key of more than {_MOST_PARTS} parts"
            raise ValueError(msg)


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
        raise FileError("\n".join(told(error.errors(), where, tables, model, lines))) from None
