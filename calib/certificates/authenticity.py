"""Whether a certificate is intact: who signed it, by which rules, and whether paper, DCC and record say the same."""

import json
from collections.abc import Callable
from pathlib import Path

from calib.certificates.agreement import require_agreement
from calib.certificates.document import Document
from calib.certificates.rules import against_persons, by_role, lacking
from calib.certificates.signature import carrier_of, signatures_in
from calib.errors import CalibError, FileError, InputError
from calib.record import Record
from calib.record.names import Role
from calib.report.names import CERTIFICATE, DCC
from calib.report.source import find
from calib.run import Laboratory
from calib.signing import Signed, read_trust
from calib.verification import Check, FileCheck, Finding, verify_file


def verify_certificate(
    path: Path, laboratory: Laboratory | None = None, *, record: Path | None = None, code: str = ""
) -> FileCheck:
    """Check a PDF, a DCC or a record; `code` is what the QR code of a printed certificate holds.

    Without `laboratory` nobody vouches for the signers; `record` is looked for beside the file where not given.

    Raises
    ------
    InputError
        The file cannot be read, or is none of the three; `code` is not what a certificate's QR code holds.
    """
    document = Document.open(path)
    if document.kind == "record":
        keys = None if laboratory is None else laboratory.public_keys()
        findings = [*verify_file(path, keys).findings, *_papers_beside(document)]
    else:
        made_of = record or document.record_beside()
        findings = [*_signatures(document, laboratory, made_of), *_numbers(document, made_of)]
    if code:
        findings.append(_code(document, code))
    return FileCheck(path, tuple(findings))


def _signatures(document: Document, laboratory: Laboratory | None, record: Path | None) -> list[Finding]:
    trust = None if laboratory is None else read_trust(laboratory.authorities)
    try:
        signatures = signatures_in(document, trust)
    except InputError as error:
        msg = f"{document.path}: {error}"
        raise FileError(msg) from None
    findings = [Finding("signature", s.intact, _told(s)) for s in signatures]
    if not signatures:
        what = "carries no signature, so nobody can tell whether it was changed, and it is not approved"
        findings.append(Finding("signature", intact=False, what=what))
    return findings + _roles(document, signatures, laboratory, record)


def _told(signed: Signed) -> str:
    what = f"{'specimen ' if signed.specimen else ''}{signed.role or 'signed'} by {signed.name or '(unknown)'}"
    if signed.time:
        clock = f"time-stamp of {signed.stamped_by}" if signed.stamped_by else "by the signer's clock"
        what += f", {signed.time} ({clock})"
    if signed.key:
        what += f", certificate {signed.key[:16]}"
    if signed.wrong:
        return f"{what}: {signed.wrong}"
    revocation = f"; {signed.revocation}" if signed.revocation else ""
    known = {
        True: f"an authority of the laboratory vouches for the signer{revocation}",
        False: f"no authority of the laboratory vouches for the signer: {signed.why}",
        None: "no laboratory's authority is known here, so nobody vouches for the signer's name",
    }
    return f"{what} ({known[signed.vouched]})"


def _roles(
    document: Document, signatures: tuple[Signed, ...], laboratory: Laboratory | None, record: Path | None
) -> list[Finding]:
    """Return whether the signatures make a certificate of it."""
    simulated = document.simulated
    issuing = [s for s in signatures if not s.specimen]
    if simulated:
        if issuing:
            what = f"SIMULATED, and yet signed as a certificate by {', '.join(s.name for s in issuing)}"
            return [Finding("roles", intact=False, what=what)]
        return [Finding("roles", intact=True, what="a SPECIMEN made on simulated instruments: it is no certificate")]
    if not signatures:
        return []
    if laboratory is None:
        return []
    carrier = carrier_of(document) if document.kind == "DCC" else None
    signed: dict[Role, str] = by_role(signatures, specimen=False)
    if carrier is not None:
        signed = by_role(signatures_in(carrier, None), specimen=False) | signed
    operator = _operator(record)
    wrong = against_persons(signed, operator, laboratory.signing)
    if document.kind == "PDF" or carrier is not None:
        wrong += [f"nobody signed it as {role}" for role in lacking(signed, laboratory.signing)]
    elif "approved" not in signed:
        wrong.append("nobody approved it")
    if wrong:
        return [Finding("roles", intact=False, what="; ".join(wrong))]
    return [Finding("roles", intact=True, what="signed in every role that the laboratory's rules ask for")]


def _operator(record: Path | None) -> str:
    operator = None if record is None else find(Record.open(record).snapshot, "operator")
    return str(operator.get("name") if isinstance(operator, dict) else operator or "")


def _numbers(document: Document, record: Path | None) -> list[Finding]:
    return [_finding("numbers", lambda: require_agreement(document, record))]


def _papers_beside(record: Document) -> list[Finding]:
    """Return whether the certificates beside a record that were made of it say the same."""
    found = []
    for name in (CERTIFICATE, DCC):
        try:
            paper = record.beside(name)
            if paper is not None and paper.digest == record.digest:
                found += _numbers(paper, record.path)
        except InputError as error:
            found.append(Finding("numbers", intact=False, what=str(error)))
    return found


def _finding(check: Check, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, intact=True, what=look())
    except CalibError as error:
        return Finding(check, intact=False, what=str(error))


def _code(document: Document, code: str) -> Finding:
    """Compare what a QR code holds with the document: number, date of issue where it tells one, record, simulation."""
    try:
        said = json.loads(code)
        number, digest = str(said["id"]), str(said["sha256"])
    except (ValueError, KeyError, TypeError):
        msg = f"--qr: {code[:60]!r} is not what the QR code of a certificate holds: JSON with id, issueDate, sha256"
        raise InputError(msg) from None
    wrong = []
    if digest != document.digest:
        wrong.append(f"it names the record {digest[:16]}, the file {document.digest[:16] or '(none)'}")
    if document.number and " ".join(number.split()) != " ".join(document.number.split()):
        wrong.append(f"it names the certificate {number}, the file {document.number}")
    if document.kind == "PDF" and " ".join(number.split()) not in " ".join(document.words):
        wrong.append(f"the page does not show the number {number}")
    if document.dcc is not None and (issued := document.dcc.issued) and issued != said.get("issueDate"):
        wrong.append(f"it names the date of issue {said.get('issueDate')}, the file {issued}")
    if bool(said.get("simulated")) != document.simulated:
        wrong.append("code and file do not agree on whether it was simulated")
    if wrong:
        return Finding("code", intact=False, what="the QR code is that of another certificate: " + "; ".join(wrong))
    return Finding("code", intact=True, what=f"the QR code is that of {number}, record {digest[:16]}")
