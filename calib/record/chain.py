"""The chain that holds the rows of a journal together: each row's hash covers its content and the hash before it.

    hash(n) = SHA-256( hash(n − 1) ‖ JSON of [n, table, value, value, …] in UTF-8, without spaces )

Numbers stand in JSON as their shortest decimal form that reads back the same (IEEE 754 binary64); bytes stand as the
hex SHA-256 of themselves. The hash before the first row is 32 zero bytes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any

GENESIS = bytes(32)

Value = str | float | int | bytes | None

_AS_JSON: dict[type, Callable[[Any], str]] = {
    str: quoted,
    float: float.__repr__,
    int: int.__repr__,
    bytes: lambda value: f'"{sha256(value).hexdigest()}"',
    type(None): lambda _: "null",
}
"""Written out, because the general encoder costs several times as much for each reading."""


def link(previous: bytes, sequence: int, table: str, values: Sequence[Value]) -> bytes:
    """Return the hash of a row, 32 bytes."""
    row = ",".join([_AS_JSON.get(type(value), _derived)(value) for value in values])
    return sha256(previous + f'[{sequence},"{table}",{row}]'.encode()).digest()


def link_reading(previous: bytes, row: Sequence[Any]) -> bytes:
    """Return what `link` does for a row of `reading` as SQLite gives it; most rows are such, and long runs have many.

    What SQLite gives in another type than was written has another form here than any that `link` made.
    """
    sequence, time, attempt, channel, value, unit, _ = row
    if type(channel) is not str or type(unit) is not str:
        return link(previous, sequence, "reading", row[1:-1])
    text = f'[{sequence},"reading",{time!r},{attempt!r},{quoted(channel)},{value!r},{quoted(unit)}]'
    return sha256(previous + text.encode()).digest()


def _derived(value: Value) -> str:
    """Return a value of a derived type, such as numpy's, as that of the type it derives from."""
    for kind, as_json in _AS_JSON.items():
        if isinstance(value, kind):
            return as_json(value)
    msg = f"a journal cannot hold {value!r}"
    raise TypeError(msg)
