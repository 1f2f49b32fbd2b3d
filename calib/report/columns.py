"""Which columns the table of results has, and how much room their numbers need: what a template lays out by."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from calib.report.model import CertificateContent, Row

_NUMBERS = ("nominal", "reference", "indicated", "error", "U", "k", "limit", "acceptance", "tur")

_MOST_DRAWINGS = 500
"""Beyond this many rows the errors are drawn in the plots alone: a drawing in each row would take memory and time."""


def layout(content: CertificateContent) -> dict[str, Any]:
    """Return columns, the longest row of each, and the most decimal places of a column, overall and in each group."""
    rows, columns = content.rows, _columns(content)
    return {
        "columns": columns,
        "judged": _is_judged(content),
        "longest": {key: asdict(max(rows, key=lambda row: _length(row, key))) for key in columns},
        "most_places": _places(rows, content.decimal_sign),
        "groups": [{"places": _places(group.rows, content.decimal_sign)} for group in content.groups],
    }


def _is_judged(content: CertificateContent) -> bool:
    return any(row.conformity != "none" for row in content.rows)


def _columns(content: CertificateContent) -> list[str]:
    columns = ["measuring_range"] if content.mixed_ranges else []
    columns += ["nominal", "reference", "indicated", "error", "U", "k"]
    if content.has_limits:
        columns.append("limit")
    if content.guarded:
        columns.append("acceptance")
    if content.has_limits:
        columns += ["tur", "drawing"] if len(content.rows) <= _MOST_DRAWINGS else ["tur"]
    return [*columns, "verdict"] if _is_judged(content) else columns


def _length(row: Row, key: str) -> int:
    if key == "drawing":
        return 0
    return len(row.verdict.vi + row.verdict.en) if key == "verdict" else len(getattr(row, key))


def _places(rows: Sequence[Row], sign: str) -> dict[str, int]:
    """Return the most digits after the decimal sign in each column of numbers; −1 where none has a sign."""
    return {key: max(_places_of(getattr(row, key), sign) for row in rows) for key in _NUMBERS}


def _places_of(number: str, sign: str) -> int:
    return len(number.rpartition(sign)[2]) if sign in number else -1
