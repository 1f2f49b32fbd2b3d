"""A certificate is made of a record, and checked, never in the place of one that is signed."""

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from calib.certificates.agreement import require_agreement, require_record
from calib.certificates.document import Document
from calib.errors import FileError
from calib.record import PublicKey, Record
from calib.report import certificate_content, check
from calib.run import require_seal
from calib.workflow import issue


def make(
    record: Path, folder: Path, issue_date: dt.date, trusted: Collection[PublicKey] | None = None
) -> dict[str, Path]:
    """Make certificate and tables of a record in `folder`; return their paths by kind.

    Raises
    ------
    IntegrityError
        The record is not intact.
    InputError
        Something lacks, printed digits contradict the record, or a signed certificate lies in `folder`.
    """
    for name in ("certificate.pdf", "certificate.dcc.xml"):
        if (folder / name).is_file():
            _require_unsigned(Document.open(folder / name))
    folder.mkdir(parents=True, exist_ok=True)
    return issue(record, folder, issue_date, trusted)


def check_certificate(path: Path, trusted: Collection[PublicKey] | None = None, record: Path | None = None) -> str:
    """Check a record for what a certificate needs, or a certificate against its record; return what was found right.

    Raises
    ------
    IntegrityError
        The record is not intact, or the certificate says something else.
    InputError
        Something that ISO/IEC 17025 asks for is missing, or printed digits would contradict the record.
    """
    document = Document.open(path)
    made_of = require_record(document, record)
    source = Record.open(made_of)
    require_seal(source, trusted)
    content = certificate_content(source, dt.datetime.now().astimezone().date())
    check(content, source)
    found = f"{content.number}: complete by ISO/IEC 17025:2017, 7.8; {len(content.rows)} rows agree with the record"
    return found if document.kind == "record" else f"{found}\n{require_agreement(document, made_of)}"


def _require_unsigned(document: Document) -> None:
    """Refuse where the marks of a signature stand in the file; whether it holds needs libraries, and is not asked."""
    if (b"/ByteRange" if document.kind == "PDF" else b"SignatureValue>") in document.content:
        msg = (
            f"{document.path}: is signed, and is not made again; what is wrong in it is changed by "
            "'calib certificate amend', or choose another folder with --output"
        )
        raise FileError(msg)
