"""Whether paper, DCC and record say the same."""

from pathlib import Path

from calib.certificates.document import Document
from calib.certificates.onpage import missing_on
from calib.certificates.printed import Printed, compared, printed_of_record
from calib.certificates.printedsets import compared_sets, sets_missing_on
from calib.errors import InputError, IntegrityError
from calib.record import Record
from calib.report.names import DCC
from calib.report.source import text_at
from calib.signing import without_signatures

_SHOWN = 5


def require_agreement(document: Document, record_path: Path | None) -> str:
    """Return what was compared, in words.

    Raises
    ------
    IntegrityError
        A number, a limit, a verdict, the certificate's number or the digest of the record is not the same; a few are
        named.
    """
    record = None if record_path is None else Record.open(record_path)
    facts, told = [], []
    printed: Printed | None = None
    if record is not None:
        printed = printed_of_record(record)
        facts += _identity(document, record)
        told.append("the record")
    if document.dcc is not None:
        of_dcc, name = document.dcc.printed(), "the DCC" if document.kind == "DCC" else "the attached DCC"
        if printed is not None:
            facts += _compared(of_dcc, printed, (name, "the record"))
        printed = printed or of_dcc
        told.append(name)
    if document.kind == "PDF" and printed is not None:
        facts += [*missing_on(document.words, printed), *sets_missing_on(document.words, printed.sets)]
        told.append("the page")
    if document.kind != "DCC" and printed is not None:
        facts += _dcc_beside(document, printed, told)
    if facts:
        more = f"\n  … and {len(facts) - _SHOWN} more" if len(facts) > _SHOWN else ""
        listed = "\n".join(f"  {line}" for line in facts[:_SHOWN])
        msg = f"{document.path}: not the same in all places:\n{listed}{more}"
        raise IntegrityError(msg)
    missing = "" if record is not None else "; its record is not at hand, and was not compared"
    rows = () if printed is None else printed.rows
    if not rows or len(told) < 2:
        return f"nothing to compare with{missing}"
    sets = () if printed is None else printed.sets
    matrices = f" and {len(sets)} {'matrix' if len(sets) == 1 else 'matrices'} of correlation" if sets else ""
    return f"{len(rows)} rows{matrices} are the same in {', '.join(told[:-1])} and {told[-1]}{missing}"


def _identity(document: Document, record: Record) -> list[str]:
    """Return where the document names another record or another number."""
    number = text_at(record.snapshot, "job.certificate_number").en
    wrong = []
    if document.digest != record.digest:
        wrong.append(f"it names the record {document.digest[:16] or '(none)'}, but this one is {record.digest[:16]}")
    if document.kind == "PDF" and " ".join(number.split()) not in " ".join(document.words):
        wrong.append(f"the page does not show the number {number}")
    if document.dcc is not None and document.dcc.number != " ".join(number.split()):
        wrong.append(f"the DCC has the number {document.dcc.number}, the record {number}")
    return wrong


def _dcc_beside(document: Document, printed: Printed, told: list[str]) -> list[str]:
    """Return where the DCC beside the document says something else; a signature in it is none."""
    other = document.beside(DCC)
    if other is None or other.dcc is None or other.dcc.record != document.digest:
        return []
    told.append("the DCC beside it")
    if document.dcc_content and without_signatures(document.dcc_content) != without_signatures(other.content):
        return ["the DCC beside it is another one than that attached to the PDF"]
    return _compared(other.dcc.printed(), printed, ("the DCC beside it", document.path.name))


def _compared(one: Printed, other: Printed, names: tuple[str, str]) -> list[str]:
    return [*compared(one.rows, other.rows, names), *compared_sets(one.sets, other.sets, names)]


def require_record(document: Document, given: Path | None) -> Path:
    """Return the record of which a document was made; raise `InputError` where it is not at hand."""
    found = given or document.record_beside()
    if found is None:
        msg = (
            f"{document.path}: the record of which it was made (SHA-256 {document.digest[:16] or 'not told'}…) is not "
            "beside it; name it with --record"
        )
        raise InputError(msg)
    return found
