"""Whether a page shows rows of results: numbers, limits and verdicts, in the order in which the page sets them."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import get_args

from calib.certificates.printed import Printed, PrintedRow, digits
from calib.errors import InputError
from calib.numbers import MINUS
from calib.record.names import verdict_name
from calib.record.result import Verdict
from calib.signing.libraries import require_libraries
from calib.text import LANGUAGES, Language, same

_BETWEEN = 3
"""Words without letters that may stand between two cells of a row: a mark of a footnote, a cell of another kind."""
_Part = tuple[str, ...]


def missing_on(words: Sequence[str], printed: Printed) -> list[str]:
    """Return what a page does not show, one line each; `words` are those of its text, in order.

    A row that is not found leaves the search where it was, so that the rows after it are still looked for.
    """
    shown = [_comparable(word) for word in words]
    missing, start = [], 0
    for row in printed.rows:
        end = _end_of(shown, start, _point(row), _cells(row, printed))
        if end is None:
            missing.append(f"the page does not show: {row}")
        start = end or start
    for found, left in printed.pairs:
        limit = _span(left.lower_limit, left.upper_limit)
        end = _end_of(shown, start, (*_point(left), *limit, *_half(found, printed), *_half(left, printed)), ())
        if end is None:
            missing.append(f"the page does not show, as found and as left: {found}; {left}")
        start = end or start
    return missing


def _point(row: PrintedRow) -> _Part:
    return *row.where.split(), row.nominal


def _cells(row: PrintedRow, printed: Printed) -> tuple[_Part, ...]:
    """Return what follows on the nominal value of a row, cell by cell; verdicts in each language of the page."""
    cells = (
        (row.reference, row.indicated, row.error, row.U, row.k),
        _span(row.lower_limit, row.upper_limit),
        _span(row.lower_acceptance, row.upper_acceptance),
        tuple(row.tur.split()),
        *(_verdict(row.verdict, printed.languages) if printed.judged else ()),
    )
    return tuple(cell for cell in cells if cell)


def _half(row: PrintedRow, printed: Printed) -> _Part:
    words = _verdict(row.verdict, printed.languages) if printed.judged else ()
    return row.error, row.U, *(word for part in words for word in part)


def _span(lower: str, upper: str) -> _Part:
    """Return both limits as the words of one cell."""
    if not lower or not upper:
        return ("≥", lower) if lower else ("≤", upper) if upper else ()
    if Decimal(lower) > Decimal(upper):  # a guard band that leaves nothing
        return ("–",)
    return (f"±{upper}",) if lower == f"-{upper}" else (lower, "…", upper)


def _verdict(verdict: str, languages: Sequence[Language]) -> tuple[_Part, ...]:
    """Return the words of a verdict in each language; of one that only foreign DCCs have, itself."""
    known = next((v for v in get_args(Verdict) if v == verdict), None)
    name = same(verdict) if known is None else verdict_name(known)
    return tuple(tuple(text.split()) for text in dict.fromkeys(name.in_(language) for language in languages))


def _end_of(shown: Sequence[str], start: int, first: _Part, parts: Sequence[_Part]) -> int | None:
    """Return where the first row that begins so and has these cells ends on the page, None where there is none."""
    for place in range(start, len(shown) - len(first) + 1):
        if shown[place] == first[0] and _stands(shown, place, first):
            end = _end_of_parts(shown, place + len(first), parts)
            if end is not None:
                return end
    return None


def _end_of_parts(shown: Sequence[str], place: int, parts: Sequence[_Part]) -> int | None:
    for part in parts:
        skipped = 0
        while not _stands(shown, place, part):
            if skipped == _BETWEEN or place >= len(shown) or any(letter.isalpha() for letter in shown[place]):
                return None
            place, skipped = place + 1, skipped + 1
        if any(_stands(shown, place, longer) for longer in _longer_verdicts(part)):
            return None
        place += len(part)
    return place


@cache
def _longer_verdicts(part: _Part) -> tuple[_Part, ...]:
    """Return the verdicts that begin with the same words, as a conditional pass does in Vietnamese."""
    texts = (verdict_name(verdict).in_(language) for verdict in get_args(Verdict) for language in LANGUAGES)
    words = (tuple(text.split()) for text in texts)
    return tuple(longer for longer in words if len(longer) > len(part) and longer[: len(part)] == part)


def _stands(shown: Sequence[str], place: int, part: _Part) -> bool:
    return tuple(shown[place : place + len(part)]) == part


def _comparable(word: str) -> str:
    """Return a word as digits with a point where it is a number, with or without ±; other words as they are."""
    sign, number = ("±", word[1:]) if word.startswith("±") else ("", word)
    plain = number.replace(MINUS, "-").replace(",", ".")
    try:
        return sign + digits(Decimal(plain)) if plain[-1:].isdigit() else word
    except InvalidOperation:
        return word


@lru_cache(maxsize=4)  # slow, and asked again for the same file beside another
def words_of_pdf(pdf: bytes) -> tuple[str, ...]:
    """Return the words of a PDF in the order in which its pages set them.

    Raises
    ------
    InputError
        It cannot be read.
    """
    import io

    require_libraries()
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = f"not a PDF, or damaged: {error}"
        raise InputError(msg) from None
    return tuple(word for page in pages for word in page.split())
