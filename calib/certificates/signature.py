"""A person signs a certificate in a role: only what agrees with its sealed record, and by the laboratory's rules."""

import datetime as dt
from pathlib import Path

from calib.certificates.again import require_as_made
from calib.certificates.agreement import require_agreement, require_record
from calib.certificates.document import Document
from calib.certificates.rules import against_signing, by_role
from calib.errors import InputError, IntegrityError
from calib.record import Record
from calib.record.names import Role
from calib.report.atomic import write_atomic
from calib.report.content import is_simulated
from calib.report.names import CERTIFICATE
from calib.report.source import find
from calib.run import Laboratory, require_final
from calib.signing import (
    Credentials,
    Signed,
    TimeStamps,
    Trust,
    read_trust,
    sign_pdf,
    sign_xml,
    signatures_in_pdf,
    signatures_in_xml,
    without_signatures,
)
from calib.signing.trust import doubt


def sign(
    path: Path,
    role: Role,
    signer: Credentials,
    laboratory: Laboratory,
    *,
    record: Path | None = None,
    specimen: bool = False,
) -> Path:
    """Sign a certificate, PDF or DCC, in its place, and return where it is.

    `record` is that of which it was made, else the one beside it that it names. For a DCC the signatures on the PDF
    beside it that carries it count too.

    Raises
    ------
    IntegrityError
        The record is not intact, a signature on the document does not hold, its numbers are not the record's, or, at
        the first signature, any word of it.
    InputError
        The rules of the laboratory forbid it, or it is simulated: a specimen is signed as such (`specimen`), and is
        never a certificate.
    """
    document = Document.open(path)
    if document.kind == "record":
        msg = f"{path}: a record is sealed by its run, not signed; sign the certificate that is made of it"
        raise InputError(msg)
    source = Record.open(require_record(document, record))
    require_final(source, laboratory.public_keys())
    _require_kind(document, source, specimen=specimen)
    require_agreement(document, source.path)
    trust = read_trust(laboratory.authorities)
    signatures = _signatures(document, trust)
    if not signatures:
        require_as_made(document, source, laboratory)
    signed = by_role(signatures, specimen=specimen)
    wrong = against_signing(role, signer.name, signed, _operator(source), laboratory.signing)
    if trust.authorities and (why := doubt(signer.certificate, signer.chain, trust, dt.datetime.now(dt.UTC)).why):
        wrong.append(f"no authority of the laboratory vouches for {signer.name}: {why}")
    if wrong:
        listed = "\n".join(f"  {line}" for line in wrong)
        msg = f"{path}: {signer.name} cannot sign it as {role}:\n{listed}"
        raise InputError(msg)
    url = laboratory.signing.time_stamps
    stamps = TimeStamps(url) if url else None
    try:
        sign_it = sign_pdf if document.kind == "PDF" else sign_xml
        made = sign_it(document.content, signer, role, specimen=specimen, stamps=stamps)
    except InputError as error:
        msg = f"{path}: {error}"
        raise InputError(msg) from None
    write_atomic(path, made)
    return path


def _require_kind(document: Document, record: Record, *, specimen: bool) -> None:
    """Refuse a signature that would make a certificate of what was simulated, or a specimen of what was measured."""
    simulated = document.simulated or is_simulated(record)
    if simulated and not specimen:
        msg = (
            f"{document.path}: made on simulated instruments: it is a specimen, and cannot be signed as a certificate; "
            "--specimen signs it as what it is"
        )
        raise InputError(msg)
    if simulated and not document.simulated:
        msg = f"{document.path}: its record is simulated, but it does not say so; make it again"
        raise InputError(msg)
    if specimen and not simulated:
        msg = f"{document.path}: was measured on real instruments; --specimen is for simulated ones"
        raise InputError(msg)


def _signatures(document: Document, trust: Trust) -> tuple[Signed, ...]:
    """Return the signatures that the document carries so far, for a DCC also those of its PDF but for the approval."""
    own = signatures_in(document, trust)
    carrier = None if document.kind == "PDF" else carrier_of(document)
    others = () if carrier is None else signatures_in(carrier, trust)
    for path, signatures in ((document.path, own), (CERTIFICATE, others)):
        for signature in signatures:
            if not signature.intact:
                why = signature.wrong or signature.why
                msg = f"{path}: the signature of {signature.name or '(unknown)'} does not hold: {why}"
                raise IntegrityError(msg)
    return (*(s for s in others if s.role != "approved"), *own)


def signatures_in(document: Document, trust: Trust | None) -> tuple[Signed, ...]:
    """Return the signatures of a PDF or a DCC, each checked."""
    return (signatures_in_pdf if document.kind == "PDF" else signatures_in_xml)(document.content, trust)


def carrier_of(dcc: Document) -> Document | None:
    """Return the PDF beside a DCC that carries it; None where there is none."""
    found = dcc.beside(CERTIFICATE)
    if found is None or without_signatures(found.dcc_content or b"<none/>") != without_signatures(dcc.content):
        return None
    return found


def _operator(record: Record) -> str:
    operator = find(record.snapshot, "operator")
    return str(operator.get("name") if isinstance(operator, dict) else operator or "")
