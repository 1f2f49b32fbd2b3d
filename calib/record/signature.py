"""Signature over the end of a journal: its format, number of rows, last hash and status."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from calib.errors import IntegrityError
from calib.record.encoding import from_json, to_json
from calib.record.keys import PublicKey
from calib.record.schema import FORMAT

if TYPE_CHECKING:
    from calib.record.keys import SigningKey


def sign_journal(rows: int, head: bytes, status: str, key: "SigningKey") -> tuple[str, bytes, str]:
    """Return (statement, signature over it, public key in PEM); the statement bears the machine's time."""
    statement = to_json(
        {
            "format": FORMAT,
            "rows": rows,
            "head": head.hex(),
            "status": status,
            "key": key.id,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
    return statement, key.sign(statement.encode()), key.public.pem


def check_journal(where: str, rows: int, head: bytes, key: str, signature: tuple[str, bytes, str] | None) -> PublicKey:
    """Return the key that signed the end; raise `IntegrityError` where the signature is gone, false, or another's."""
    if signature is None:
        msg = f"{where}: the signature of the end was taken out (key {key[:16]})"
        raise IntegrityError(msg)
    statement, signed, pem = signature
    public = PublicKey(pem)
    if public.id != key or not public.verifies(signed, statement.encode()):
        msg = f"{where}: the signature of the end is false (key {key[:16]})"
        raise IntegrityError(msg)
    said = from_json(statement)
    if (said["rows"], said["head"]) != (rows, head.hex()):
        msg = f"{where}: the signature belongs to another end: {said['rows']} rows, here {rows}"
        raise IntegrityError(msg)
    return public
