"""The chain that holds the rows of a journal together: each row's hash covers its content and the hash before it.

    hash(n) = SHA-256( hash(n − 1) ‖ JSON of [n, table, value, value, …] in UTF-8, without spaces )

Numbers stand in JSON as their shortest decimal form that reads back the same (IEEE 754 binary64); bytes stand as the
hex SHA-256 of themselves. The hash before the first row is 32 zero bytes.
"""

from collections.abc import Sequence
from hashlib import sha256
from json.encoder import encode_basestring as quoted

GENESIS = bytes(32)

Value = str | float | int | bytes | None


def link(previous: bytes, sequence: int, table: str, values: Sequence[Value]) -> bytes:
    """Return the hash of a row, 32 bytes."""
    row = ",".join([_json(value) for value in values])
    return sha256(previous + f'[{sequence},"{table}",{row}]'.encode()).digest()


def _json(value: Value) -> str:
    """Return one value as JSON; written out, because the general encoder costs twice as much for each reading."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bytes):
        return f'"{sha256(value).hexdigest()}"'
    return "null" if value is None else repr(value)
