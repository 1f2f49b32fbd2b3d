"""The numbers of a certificate, from three places: the record, the printed page, and the DCC."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from calib.errors import InputError
from calib.numbers import MINUS, Style
from calib.report import Source, certificate_content
from calib.signing.libraries import require_libraries


@dataclass(frozen=True)
class PrintedRow:
    """One row of results, as digits: `-1.20` is another number than `-1.2`."""

    reference: str
    indicated: str
    error: str
    U: str
    k: str

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in zip(_COLUMNS, astuple(self), strict=True))


_COLUMNS = ("reference", "indicated", "error", "U", "k")


def rows_of_record(record: Source) -> tuple[PrintedRow, ...]:
    """Return the rows that a certificate of a record prints."""
    content = certificate_content(record, date.fromisoformat(record.begun[:10]))
    parse = Style(content.languages).parse
    return tuple(
        PrintedRow(*(digits(parse(getattr(row, name))) for name in _COLUMNS))
        for group in content.groups
        for row in group.rows
    )


def digits(value: Decimal) -> str:
    """Return a number with all its digits, and one way to write each."""
    return format(value, "f")


def missing_on(words: Sequence[str], rows: Sequence[PrintedRow]) -> list[PrintedRow]:
    """Return which rows do not stand on a page, one after the other; `words` are those of its text, in order.

    A row that is not found leaves the search where it was, so that the rows after it are still looked for.
    """
    numbers = list(_numbers(words))
    missing, start = [], 0
    for row in rows:
        wanted = list(astuple(row))
        place = next((i for i in range(start, len(numbers)) if numbers[i : i + len(wanted)] == wanted), None)
        if place is None:
            missing.append(row)
        else:
            start = place + len(wanted)
    return missing


def _numbers(words: Sequence[str]) -> Iterator[str]:
    """Return words as digits where they are numbers, with a point; other words as they are."""
    for word in words:
        plain = word.replace(MINUS, "-").replace(",", ".")
        try:
            yield digits(Decimal(plain)) if plain[-1:].isdigit() else word
        except InvalidOperation:
            yield word


def compared(one: Sequence[PrintedRow], other: Sequence[PrintedRow], names: tuple[str, str]) -> list[str]:
    """Return the differences between the rows of two places, one line each."""
    if len(one) != len(other):
        return [f"{names[0]} holds {len(one)} rows, {names[1]} {len(other)}"]
    pairs = enumerate(zip(one, other, strict=True), 1)
    return [f"row {n}: {names[0]} says {a}; {names[1]} {b}" for n, (a, b) in pairs if a != b]


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
