"""A certificate is made of a record, never in the place of one that is signed."""

import datetime as dt
from pathlib import Path

from calib.certificates.document import Document
from calib.errors import FileError
from calib.report.issuing import issue
from calib.report.names import CERTIFICATE, DCC
from calib.run import Laboratory


def make(record: Path, folder: Path, issue_date: dt.date, laboratory: Laboratory | None = None) -> dict[str, Path]:
    """Make certificate and tables of a record in `folder`, on the laboratory's page; return their paths by kind.

    Raises
    ------
    IntegrityError
        The record is not intact.
    InputError
        Something lacks, printed digits contradict the record, or a signed certificate lies in `folder`.
    """
    for name in (CERTIFICATE, DCC):
        if (folder / name).is_file():
            _require_unsigned(Document.open(folder / name))
    folder.mkdir(parents=True, exist_ok=True)
    return issue(record, folder, issue_date, None if laboratory is None else laboratory.public_keys(), laboratory)


def _require_unsigned(document: Document) -> None:
    """Refuse where the marks of a signature stand in the file; whether it holds needs libraries, and is not asked."""
    if (b"/ByteRange" if document.kind == "PDF" else b"SignatureValue>") in document.content:
        msg = (
            f"{document.path}: is signed, and is not made again; what is wrong in it is changed by "
            "'calib certificate amend', or choose another folder with --output"
        )
        raise FileError(msg)
