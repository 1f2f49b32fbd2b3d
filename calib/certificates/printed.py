"""The rows of a certificate as digits and verdicts: what page, DCC and record must have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

from calib.certificates.printedsets import PrintedSet, set_of_content
from calib.numbers import Style
from calib.report import CertificateContent, Source, certificate_content
from calib.report.model import Row
from calib.text import Language


@dataclass(frozen=True)
class PrintedRow:
    """One row of results, as digits: `-1.20` is another number than `-1.2`; a limit that is not there is empty."""

    nominal: str
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
    where: str = field(default="", compare=False)
    """Range and frequency as the page prints them beside the nominal value; a DCC has them in another form."""

    def __str__(self) -> str:
        return self.of(tuple(f.name for f in fields(self)))

    def of(self, names: Sequence[str]) -> str:
        """Return some fields with their names, without those that are empty."""
        return ", ".join(f"{name} {getattr(self, name)}" for name in names if getattr(self, name)) or "nothing"

    def differs_in(self, other: "PrintedRow") -> tuple[str, ...]:
        """Return the names of the fields in which two rows differ."""
        names = (f.name for f in fields(self) if f.compare)
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


@dataclass(frozen=True)
class Printed:
    """What a certificate prints of its results."""

    languages: tuple[Language, ...]
    rows: tuple[PrintedRow, ...] = ()
    pairs: tuple[tuple[PrintedRow, PrintedRow], ...] = ()
    """Rows as found and as left: the points side by side; a DCC holds no such table."""
    sets: tuple[PrintedSet, ...] = ()
    """Results that belong together."""

    @property
    def judged(self) -> bool:
        """Whether the table of results has a column of verdicts."""
        return any(row.verdict != "none" for row in self.rows)


def printed_of_record(record: Source) -> Printed:
    """Return what a certificate of a record prints."""
    content = certificate_content(record, date.fromisoformat(record.begun[:10]))
    results, style = {(r.point, r.phase): r for r in record.results}, Style(content.languages)
    sets = tuple(set_of_content(one, results, style) for one in content.sets)
    return Printed(content.languages, tuple(_row(row, content) for row in content.rows), _pairs(content), sets)


def _pairs(content: CertificateContent) -> tuple[tuple[PrintedRow, PrintedRow], ...]:
    pairs = (pair for part in content.comparisons for pair in part.pairs)
    return tuple((_row(pair.found, content), _row(pair.left, content)) for pair in pairs)


def _row(row: Row, content: CertificateContent) -> PrintedRow:
    numbers = {name: _digits(getattr(row, name), content) for name in NUMBERS}
    at = f"{row.measuring_range if content.mixed_ranges else ''} {row.frequency if content.has_frequencies else ''}"
    return PrintedRow(
        **numbers,
        tur=row.tur.replace(content.decimal_sign, "."),
        verdict=row.conformity,
        where=at.replace(content.decimal_sign, ".").strip(),
    )


NUMBERS = (
    "nominal", "reference", "indicated", "error", "U", "k",
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
