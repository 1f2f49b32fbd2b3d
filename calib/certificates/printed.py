"""The rows of a certificate as digits and verdicts: what page, DCC and record must have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from calib.numbers import Style
from calib.report import CertificateContent, Source, certificate_content
from calib.report.model import Pair, Row
from calib.text import Language


@dataclass(frozen=True)
class PrintedRow:
    """One row of results, as digits: `-1.20` is another number than `-1.2`; a limit that is not there is empty."""

    reference: str
    indicated: str
    error: str
    U: str
    k: str
    lower_limit: str = ""
    upper_limit: str = ""
    lower_acceptance: str = ""
    upper_acceptance: str = ""
    tur: str = ""
    """As printed, with a point: `5.6`, or `> 100`."""
    verdict: str = "none"
    """As in the record and in a DCC: `pass`, `fail`, `conditionalPass`, `conditionalFail`, `none`."""

    def __str__(self) -> str:
        return self.of(tuple(field.name for field in fields(self)))

    def of(self, names: Sequence[str]) -> str:
        """Return some fields with their names, without those that are empty."""
        return ", ".join(f"{name} {getattr(self, name)}" for name in names if getattr(self, name)) or "nothing"

    def differs_in(self, other: "PrintedRow") -> tuple[str, ...]:
        """Return the names of the fields in which two rows differ."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name))


@dataclass(frozen=True)
class Printed:
    """What a certificate prints of its results."""

    languages: tuple[Language, ...]
    rows: tuple[PrintedRow, ...] = ()
    pairs: tuple[tuple[str, PrintedRow, PrintedRow], ...] = ()
    """Nominal value, row as found, row as left: the points side by side; a DCC holds no such table."""

    @property
    def judged(self) -> bool:
        """Whether the table of results has a column of verdicts."""
        return any(row.verdict != "none" for row in self.rows)


def printed_of_record(record: Source) -> Printed:
    """Return what a certificate of a record prints."""
    content = certificate_content(record, date.fromisoformat(record.begun[:10]))
    return Printed(content.languages, tuple(_row(row, content) for row in content.rows), _pairs(content))


def _pairs(content: CertificateContent) -> tuple[tuple[str, PrintedRow, PrintedRow], ...]:
    def pair(both: Pair) -> tuple[str, PrintedRow, PrintedRow]:
        return _digits(both.left.nominal, content), _row(both.found, content), _row(both.left, content)

    return tuple(pair(both) for part in content.comparisons for both in part.pairs)


def _row(row: Row, content: CertificateContent) -> PrintedRow:
    numbers = {name: _digits(getattr(row, name), content) for name in NUMBERS}
    return PrintedRow(**numbers, tur=row.tur.replace(content.decimal_sign, "."), verdict=row.conformity)


NUMBERS = (
    "reference", "indicated", "error", "U", "k",
    "lower_limit", "upper_limit", "lower_acceptance", "upper_acceptance",
)  # fmt: skip


def _digits(printed: str, content: CertificateContent) -> str:
    return digits(Style(content.languages).parse(printed)) if printed else ""


def digits(value: Decimal) -> str:
    """Return a number with all its digits, and one way to write each; empty where it is none (NaN)."""
    return "" if value.is_nan() else format(value, "f")


def compared(one: Sequence[PrintedRow], other: Sequence[PrintedRow], names: tuple[str, str]) -> list[str]:
    """Return the differences between the rows of two places, one line each."""
    if len(one) != len(other):
        return [f"{names[0]} holds {len(one)} rows, {names[1]} {len(other)}"]
    found = []
    for n, (a, b) in enumerate(zip(one, other, strict=True), 1):
        if differing := a.differs_in(b):
            found.append(f"row {n}: {names[0]} says {a.of(differing)}; {names[1]} {b.of(differing)}")
    return found
