"""An amended certificate: a new number, what changed and why, and the number of the one that it replaces (7.8.8)."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from calib.amendment import amend
from calib.certificates.making import make
from calib.errors import InputError
from calib.record import Record, SigningKey
from calib.report.atomic import write_atomic
from calib.report.names import OPINIONS
from calib.report.source import text_at
from calib.run import Laboratory


def amend_certificate(
    record: Path,
    number: str,
    by: str,
    why: str,
    *,
    issue_date: dt.date,
    fields: Mapping[str, str] | None = None,
    note: str = "",
    laboratory: Laboratory | None = None,
    folder: Path | None = None,
    key: SigningKey | None = None,
) -> dict[str, Path]:
    """Amend the record of a certificate, and make the new certificate; return the paths by kind, also of the record.

    `fields` and `note` are those of `calib.amendment.amend`; `folder` is a new one, else named by the number, beside
    the record. The original stays as it is; opinions that lie beside it are taken over.

    Raises
    ------
    IntegrityError
        The record is not intact.
    InputError
        The number is the old one, nothing is changed but the number, or a field cannot be amended.
    """
    old = text_at(Record.open(record).snapshot, "job.certificate_number").en
    if not number.strip() or number.strip() == old:
        msg = f"{record}: an amended certificate needs a number of its own, not {old!r} (ISO/IEC 17025:2017, 7.8.8)"
        raise InputError(msg)
    if not fields and not note.strip():
        msg = f"{record}: an amended certificate tells what is changed: give at least one field, or a note"
        raise InputError(msg)
    place = folder or record.parent / "".join(c if c.isalnum() or c in "-_." else "-" for c in number.strip())
    if place.exists() and any(place.iterdir()):
        msg = f"{place}: is not empty; an amended certificate gets a folder of its own"
        raise InputError(msg)
    place.mkdir(parents=True, exist_ok=True)
    made = amend(
        record,
        by,
        why,
        fields={**(fields or {}), "certificate_number": number.strip()},
        note=note,
        laboratory=laboratory,
        target=place / "record.h5",
        key=key,
    )
    if (record.parent / OPINIONS).is_file():
        write_atomic(place / OPINIONS, (record.parent / OPINIONS).read_bytes())
    return {"record": made, **make(made, place, issue_date, laboratory)}
