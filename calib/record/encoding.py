"""JSON as journals and records hold it: strict (RFC 8259), so that any language reads it."""

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date, time
from pathlib import PurePath
from typing import Any

from calib.errors import RecordError


def plain(value: Any) -> Any:
    """Return `value` in JSON's own types; infinities and nan become the strings `inf`, `-inf`, `nan`."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    msg = f"a {type(value).__name__} cannot be written to a journal: {value!r}; give numbers, text, lists and tables"
    raise RecordError(msg)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=plain).encode


def to_json(value: Any) -> str:
    """Return `value` as JSON text."""
    try:
        return _encode(value)
    except (TypeError, ValueError):  # infinities, or keys that are no text: few values need a pass of their own
        return _encode(plain(value))


def from_json(text: str) -> Any:
    """Return what `to_json` wrote."""
    return json.loads(text)
