"""Who vouches for a record: whether its seal holds, and whether the laboratory keeps the key that made it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calib.errors import InputError, IntegrityError
from calib.record import PublicKey, Record, verify
from calib.record.opening import opened
from calib.record.signature import check_journal

Doubt = Literal["", "broken", "missing", "unknown key", "another key"]


@dataclass(frozen=True)
class SealState:
    """What can be said of a record's seal."""

    sealed: bool
    """Whether it carries a seal that holds, whoever made it."""
    doubt: Doubt
    """Why nobody should rely on the record; empty where nothing speaks against it."""
    why: str = ""
    """What is wrong, for `doubt`."""
    signer: str = ""
    time: str = ""
    key: str = ""
    """Id of the key that sealed it."""
    known: bool | None = None
    """Whether that key is one that the laboratory keeps; None where there is no laboratory to compare with."""


def seal_state(record: Record, trusted: Collection[PublicKey] | None = None) -> SealState:
    """Return the state of a record's seal; `trusted` are the keys of its laboratory, None where that is not known."""
    try:
        journal = _journal_key(record.path)
        if record.seal is None:
            return _unsealed(record, journal, trusted)
        found = verify(record.path)
    except IntegrityError as error:
        return SealState(sealed=False, doubt="broken", why=str(error))
    known = None if trusted is None else found.key.id in {key.id for key in trusted}
    doubt, why = _doubt(record, found.key, journal, known=known)
    return SealState(
        sealed=True, doubt=doubt, why=why, signer=found.signer, time=found.time, key=found.key.id, known=known
    )


def require_seal(record: Record, trusted: Collection[PublicKey] | None = None) -> None:
    """Raise `IntegrityError` where something speaks against relying on the record."""
    state = seal_state(record, trusted)
    if state.doubt:
        raise IntegrityError(state.why)


def require_final(record: Record, trusted: Collection[PublicKey] | None = None) -> None:
    """Raise where a record is nothing to make a certificate of.

    Raises
    ------
    InputError
        Its run is not finished: a checkpoint, or the as-found results before an adjustment.
    IntegrityError
        Something speaks against relying on it.
    """
    if record.status == "unfinished":
        msg = f"{record.path}: its run is not finished: no certificate is made of what a run had come to on its way"
        raise InputError(msg)
    require_seal(record, trusted)


def _doubt(record: Record, key: PublicKey, journal: PublicKey | None, *, known: bool | None) -> tuple[Doubt, str]:
    if known is False:
        return "unknown key", (
            f"{record.path}: sealed with the key {key.id[:16]}, which is not among the keys of the laboratory: "
            f"nobody vouches for it"
        )
    if known is None and journal is not None and journal.id != key.id:
        return "another key", (
            f"{record.path}: sealed with the key {key.id[:16]}, but its run was signed with {journal.id[:16]}: "
            f"somebody sealed it again"
        )
    return "", ""


def _unsealed(record: Record, journal: PublicKey | None, trusted: Collection[PublicKey] | None) -> SealState:
    """Return the state of a record without a seal: a run that is not finished has none yet."""
    if record.status != "unfinished" and journal is not None:
        why = f"{record.path}: its run was signed with the key {journal.id[:16]}, but the record carries no seal"
        return SealState(sealed=False, doubt="missing", why=why)
    if record.status != "unfinished" and trusted:
        why = f"{record.path}: carries no seal, and its laboratory has a key to seal records"
        return SealState(sealed=False, doubt="missing", why=why)
    return SealState(sealed=False, doubt="")


def _journal_key(path: Path) -> PublicKey | None:
    """Return the key that signed the end of the run's journal, or None; raise `IntegrityError` where that is false."""
    with opened(path) as file:
        journal = file["entry/journal"]
        if "public_key" not in journal:
            return None
        statement, signature, pem, head = (
            journal[name].asstr()[()] for name in ("statement", "signature", "public_key", "head")
        )
        rows = int(journal["rows"][()])
        signed = (statement, bytes.fromhex(signature), pem)
        return check_journal(str(path), rows, bytes.fromhex(head), PublicKey(pem).id, signed)
