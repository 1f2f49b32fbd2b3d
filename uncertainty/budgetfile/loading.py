"""A budget file as tables: TOML, or JSON where the name ends so; in bounded time and memory whatever it holds."""

import json
from pathlib import Path
from typing import Any

from calib.errors import FileError
from calib.files import toml_tables

LARGEST = 1 << 16
"""Most bytes of a budget file."""


def load_tables(path: Path) -> dict[str, Any]:
    """Return the tables of a budget file.

    Raises
    ------
    FileError
        It cannot be read, is too large, or is neither TOML nor JSON.
    """
    text = _text(path)
    if not is_json(path):
        return toml_tables(text, str(path))
    try:
        tables = _json(text)
    except RecursionError:
        msg = f"{path}: lists or tables lie too deep within each other"
        raise FileError(msg) from None
    except ValueError as error:  # also of numbers with thousands of digits
        msg = f"{path}: not valid JSON: {error}"
        raise FileError(msg) from None
    if not isinstance(tables, dict):
        msg = f"{path}: must be one table with format, model and inputs"
        raise FileError(msg)
    return tables


def is_json(path: Path) -> bool:
    """Whether the name says that it is JSON."""
    return path.suffix.lower() == ".json"


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            msg = f"{path}: {'not a file' if path.exists() else 'no such file'}"
            raise FileError(msg)
        if path.stat().st_size > LARGEST:
            msg = f"{path}: {path.stat().st_size} bytes; a budget file has at most {LARGEST}"
            raise FileError(msg)
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8; save the file in the encoding UTF-8"
        raise FileError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            msg = f"{name[:60]!r} stands twice in one table"
            raise ValueError(msg)
        found[name] = value
    return found


def _no_number(word: str) -> Any:
    msg = f"{word} is not a number of JSON"
    raise ValueError(msg)
