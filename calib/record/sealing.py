"""The seal of a finished record: SHA-256 over its canonical content, signed with Ed25519.

The group `integrity` holds the statement that is signed (JSON: format, digest, signer, time, key), the signature, the
public key in PEM, and the digests of all objects, by which a difference is named. Anybody can check the signature
without calib: it is over the bytes of the statement.
"""

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calib.errors import FileError, IntegrityError, RecordError
from calib.record.canonical import digest, object_digests
from calib.record.checkpoints import part_of
from calib.record.encoding import from_json, to_json
from calib.record.keys import PublicKey, SigningKey
from calib.record.layout import INTEGRITY, group, table, text
from calib.record.opening import DAMAGE, opened
from calib.record.place import sync_folder

if TYPE_CHECKING:
    import h5py

SEAL_FORMAT = "calib-seal/1"
_MEMBERS = {"statement", "signature", "public_key", "object", "name", "digest"}


@dataclass(frozen=True)
class Seal:
    """What a seal says, before it is checked."""

    digest: str
    signer: str
    time: str
    """ISO 8601, UTC, of the machine that sealed."""
    key: PublicKey
    statement: str
    signature: bytes


@dataclass(frozen=True)
class Verification:
    """A seal that holds."""

    digest: str
    signer: str
    time: str
    key: PublicKey
    trusted: bool
    """Whether the key is one of those that the verifier trusts; without a list nobody vouches for the signer's name."""


def seal(record_path: Path, key: SigningKey, signer: str | None = None, *, unfinished: bool = False) -> str:
    """Seal a record and return its digest; `signer` is the operator named in it where not given.

    `unfinished` seals what a run has come to before its end, such as its as-found results before an adjustment.

    Raises
    ------
    RecordError
        It is sealed already, or its run is not finished.
    """
    import h5py

    with opened(record_path) as file:
        if INTEGRITY in file:
            msg = f"{record_path}: is sealed already; an amendment is a new file"
            raise RecordError(msg)
        if not unfinished and file["entry/status"].asstr()[()] == "unfinished":
            msg = f"{record_path}: its run is not finished, so it cannot be sealed"
            raise RecordError(msg)
        objects = object_digests(file)
        operator = file["entry/operator"].get("name")
        name = signer or ("" if operator is None else operator.asstr()[()])
    part = part_of(record_path)
    try:
        shutil.copyfile(record_path, part)
        with h5py.File(part, "r+") as file:
            _write(file, objects, name, key)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(record_path)
        sync_folder(record_path.parent)
    except (OSError, RuntimeError) as error:
        with suppress(OSError):
            part.unlink()
        msg = f"{record_path}: cannot be sealed ({error}); it is as it was"
        raise FileError(msg) from error
    return digest(objects)


def is_sealed(record_path: Path) -> bool:
    """Return whether a record carries a seal; whether it holds is told by `verify`."""
    with opened(record_path) as file:
        return INTEGRITY in file


def _write(file: "h5py.File", objects: dict[str, str], signer: str, key: SigningKey) -> None:
    statement = to_json(
        {
            "format": SEAL_FORMAT,
            "digest": digest(objects),
            "signer": signer,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "key": key.id,
        }
    )
    integrity = group(file, INTEGRITY, "NXcollection")
    text(
        integrity,
        statement=statement,
        signature=key.sign(statement.encode()).hex(),
        public_key=key.public.pem,
    )
    table(integrity, "object", {"name": list(objects), "digest": list(objects.values())})


def read_seal(file: "h5py.File", where: str) -> tuple[Seal, dict[str, str]] | None:
    """Return what the seal says and the digests in it, or None where there is no seal."""
    if INTEGRITY not in file:
        return None
    integrity = file[INTEGRITY]
    if set(integrity) != _MEMBERS or set(integrity.attrs) != {"NX_class"}:
        msg = f"{where}: /{INTEGRITY} holds {sorted(set(integrity) ^ _MEMBERS)} more or less than a seal does"
        raise IntegrityError(msg)
    try:
        statement = integrity["statement"].asstr()[()]
        said = from_json(statement)
        found = Seal(
            digest=said["digest"],
            signer=said["signer"],
            time=said["time"],
            key=PublicKey(integrity["public_key"].asstr()[()]),
            statement=statement,
            signature=bytes.fromhex(integrity["signature"].asstr()[()]),
        )
        names, digests = integrity["name"].asstr()[:], integrity["digest"].asstr()[:]
        return found, dict(zip(names.tolist(), digests.tolist(), strict=True))
    except DAMAGE as error:
        msg = f"{where}: the seal in /{INTEGRITY} is damaged: {error}"
        raise IntegrityError(msg) from error


def verify(record_path: Path, trusted: Collection[PublicKey] | None = None) -> Verification:
    """Return who sealed a record and when, once its content and the signature hold.

    Raises
    ------
    IntegrityError
        Names the first object or attribute that differs; or the signature is false, or its key not in `trusted`.
    RecordError, FileError
        It is not a record, or cannot be read.
    """
    with opened(record_path) as file:
        read = read_seal(file, str(record_path))
        if read is None:
            msg = f"{record_path}: carries no seal"
            raise IntegrityError(msg)
        stated, sealed = read
        _check_signature(str(record_path), stated)
        _compare(str(record_path), stated, sealed, object_digests(file))
    known = trusted is not None and stated.key in trusted
    if trusted is not None and not known:
        msg = f"{record_path}: sealed with the key {stated.key.id[:16]}, which is not trusted here"
        raise IntegrityError(msg)
    return Verification(stated.digest, stated.signer, stated.time, stated.key, known)


def _check_signature(where: str, stated: Seal) -> None:
    said: dict[str, Any] = from_json(stated.statement)
    if said.get("key") != stated.key.id or not stated.key.verifies(stated.signature, stated.statement.encode()):
        msg = f"{where}: the signature in /{INTEGRITY} is false (statement of {stated.signer}, {stated.time})"
        raise IntegrityError(msg)


def _compare(where: str, stated: Seal, sealed: dict[str, str], found: dict[str, str]) -> None:
    for name in sorted(sealed.keys() | found.keys()):
        if sealed.get(name) != found.get(name):
            what = "was added" if name not in sealed else "was taken out" if name not in found else "was changed"
            msg = f"{where}: {name} {what} after it was sealed by {stated.signer}, {stated.time}"
            raise IntegrityError(msg)
    if digest(found) != stated.digest:
        msg = f"{where}: the digests in /{INTEGRITY} are not those that were signed"
        raise IntegrityError(msg)
