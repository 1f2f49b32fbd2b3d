"""What a certificate says or would say, demand by demand of ISO/IEC 17025:2017, and against its record."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from calib.certificates.agreement import require_agreement, require_record
from calib.certificates.document import Document
from calib.certificates.signature import signatures_in
from calib.errors import InputError, IntegrityError
from calib.record import Record
from calib.report import Clause, Stationery, clauses
from calib.report.checks import contradictions
from calib.report.content import content_as_recorded
from calib.report.issuing import authorised_opinions
from calib.report.required import missing_entries
from calib.run import Laboratory, require_final
from calib.text import both, joined, same


@dataclass(frozen=True)
class Checked:
    """What was found of a certificate."""

    number: str
    clauses: tuple[Clause, ...]
    """Each demand of 7.8.2.1 a–p, 7.8.4.1 a–f and 7.8.4.3; none where the record holds no results."""
    wrong: tuple[str, ...]
    """What contradicts the record, or cannot be printed."""
    rows: int = 0
    compared: str = ""
    """What a certificate was compared with, and how many rows are the same there."""

    @property
    def right(self) -> bool:
        """Return whether each demand is met or justified, and nothing contradicts the record."""
        return not self.wrong and all(clause.state != "missing" for clause in self.clauses)


def check_certificate(path: Path, laboratory: Laboratory | None = None, record: Path | None = None) -> Checked:
    """Check a record for all that a certificate needs, or a certificate also against its record.

    Raises
    ------
    InputError
        The file cannot be read, or its record is not at hand.
    IntegrityError
        The record is not intact: nothing can be said of what is made of it.
    """
    document = Document.open(path)
    made_of = require_record(document, record)
    source = Record.open(made_of)
    require_final(source, None if laboratory is None else laboratory.public_keys())
    try:
        found = _checked(source, _issued(document), laboratory)
    except InputError as error:
        return Checked(document.number, (), (str(error),))
    if document.kind == "record":
        return found
    found = replace(found, clauses=tuple(_with_signers(clause, document) for clause in found.clauses))
    try:
        return replace(found, compared=require_agreement(document, made_of))
    except IntegrityError as error:
        return replace(found, wrong=(*found.wrong, str(error)))


def _checked(source: Record, issued: date, laboratory: Laboratory | None) -> Checked:
    page = None if laboratory is None else Stationery.load(laboratory.folder)
    content = content_as_recorded(source, issued, page, authorised_opinions(source.path, laboratory))
    judged = clauses(content, missing_entries(source.snapshot))
    return Checked(content.number, judged, tuple(contradictions(content, source)), len(content.rows))


def _with_signers(clause: Clause, document: Document) -> Clause:
    """Return the demand for persons who authorise with those who approved; whether by right, `verify` says."""
    if clause.clause != "7.8.2.1 o":
        return clause
    signers = [s for s in signatures_in(document, None) if s.intact and s.role == "approved"]
    named = [joined([both("Approved by"), same(s.name)], " ") for s in signers]
    return replace(clause, state="present", by=joined(named, "; ")) if named else clause


def _issued(document: Document) -> date:
    """Return the day of issue: that of the certificate, else today, when it would be made."""
    named = None if document.dcc is None else document.dcc.issue_day
    return named or datetime.now().astimezone().date()
