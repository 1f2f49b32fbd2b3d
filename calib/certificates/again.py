"""Whether a page and its DCC are what their record makes, word for word: asked before the first signature.

Later the signature itself holds them, and another version of calib may word a sentence otherwise.
"""

from pathlib import Path

from calib.certificates.document import Document
from calib.certificates.onpage import words_of_pdf
from calib.errors import InputError, IntegrityError
from calib.record import Record
from calib.report import Stationery, certificate_content
from calib.report.dcc import certificate_dcc
from calib.report.issuing import authorised_opinions
from calib.report.pdf import certificate_pdf
from calib.run import Laboratory
from calib.signing import without_signatures

_AROUND = 4
"""Words that a message shows on both sides of a difference."""


def require_as_made(document: Document, source: Record, laboratory: Laboratory) -> None:
    """Make the certificate again from its record, and compare.

    Raises
    ------
    IntegrityError
        The page or the DCC says something else.
    InputError
        It names no date of issue, or cannot be made any more.
    """
    issued = None if document.dcc is None else document.dcc.issue_day
    if issued is None:
        msg = f"{document.path}: carries no DCC with a date of issue, as every certificate of calib does; make it again"
        raise InputError(msg)
    page = Stationery.load(laboratory.folder)
    opinions = authorised_opinions(source.path, laboratory)
    content = certificate_content(source, issued, page, opinions)
    if without_signatures(certificate_dcc(content, source)) != without_signatures(document.dcc_content):
        msg = f"{document.path}: its DCC is not the one that its record makes; make the certificate again"
        raise IntegrityError(msg)
    if document.kind == "PDF":
        _require_words(document.path, document.words, words_of_pdf(certificate_pdf(content, None, page)))


def _require_words(path: Path, found: tuple[str, ...], made: tuple[str, ...]) -> None:
    if found == made:
        return
    pairs = zip(found, made, strict=False)
    place = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(found), len(made)))
    said, meant = (" ".join(words[max(0, place - _AROUND) : place + _AROUND + 1]) for words in (found, made))
    msg = (
        f"{path}: the page says '… {said} …'; made again from its record and the laboratory's page it says "
        f"'… {meant} …'; make the certificate again"
    )
    raise IntegrityError(msg)
