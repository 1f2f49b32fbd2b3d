"""What ISO/IEC 17025:2017, 7.8 asks of a calibration certificate, and where a certificate gives it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from calib.report.model import CertificateContent, Fact

State = Literal["present", "justified", "missing"]


@dataclass(frozen=True)
class Clause:
    """One demand: whether the certificate meets it, and by what."""

    clause: str
    demand: str
    state: State
    by: str
    """What it says, or why it need not, or what is lacking."""


def clauses(content: CertificateContent) -> tuple[Clause, ...]:
    """Return all demands of 7.8.2.1 a–p, 7.8.4.1 a–f and 7.8.4.3, each present, justified or missing."""
    return tuple(Clause(clause, demand, *judge(content)) for clause, demand, judge in _DEMANDS)


def missing_clauses(content: CertificateContent) -> list[str]:
    """Return what lacks, one line a clause."""
    return [f"ISO/IEC 17025 {c.clause}, {c.demand}: {c.by}" for c in clauses(content) if c.state == "missing"]


_Judged = tuple[State, str]
_Judge = Callable[[CertificateContent], _Judged]


def facts(content: CertificateContent) -> tuple[Fact, ...]:
    """Return every labelled entry of the certificate."""
    return (*(fact for section in content.sections for fact in section.facts), *content.statements)


def _told(clause: str, lacking: str, otherwise: str = "") -> _Judge:
    """Return what looks for an entry of a clause; without one it is missing, or justified by `otherwise`."""

    def judge(content: CertificateContent) -> _Judged:
        found = [fact for fact in facts(content) if fact.clause == clause and _said(content, fact)]
        if found:
            return "present", "; ".join(f"{fact.label.en}: {fact.value.en}" for fact in found)
        return ("justified", otherwise) if otherwise else ("missing", lacking)

    return judge


def _said(content: CertificateContent, fact: Fact) -> bool:
    """Return whether an entry says something in each language of the certificate."""
    return all(fact.value.in_(language).strip(" –") for language in content.languages)


def _when(held: Callable[[CertificateContent], str], lacking: str) -> _Judge:
    """Return what asks for a non-empty answer."""

    def judge(content: CertificateContent) -> _Judged:
        answer = held(content)
        return ("present", answer) if answer else ("missing", lacking)

    return judge


def _laboratory(content: CertificateContent) -> str:
    laboratory = content.laboratory
    complete = laboratory.name.en.strip() and laboratory.address.en.strip()
    return f"{laboratory.name.en}, {laboratory.address.en}" if complete else ""


def _results(content: CertificateContent) -> str:
    units = all(group.value_unit and group.error_unit for group in content.groups)
    complete = all(row.indicated and row.reference and row.error for row in content.rows)
    return f"{len(content.rows)} results with their units" if content.rows and units and complete else ""


def _uncertainties(content: CertificateContent) -> str:
    complete = content.rows and all(row.U and row.k for row in content.rows)
    return "U and k in each row, U in the unit of the error" if complete else ""


def _persons(content: CertificateContent) -> _Judged:
    if not content.signatures:
        return "missing", "nobody is named who performs, checks or approves"
    named = [f"{s.role.en} {s.name}" for s in content.signatures if s.name]
    unsigned = [s.role.en for s in content.signatures if not s.name]
    if unsigned:
        return "justified", f"places to sign, filled on approval: {', '.join(unsigned)}"
    return "present", "; ".join(named)


def _adjustment(content: CertificateContent) -> _Judged:
    told = [fact.value.en for fact in content.statements if fact.clause == "7.8.4.1 d"]
    if told:
        return "present", " ".join(told)
    phases = {group.phase for group in content.groups}
    if {"as-found", "as-left"} <= phases:
        return "present", "results as found and as left"
    return "missing", "results before the adjustment, or a statement that nothing was adjusted"


def _opinions(content: CertificateContent) -> _Judged:
    if not content.opinions:
        return "justified", "no opinion or interpretation is given"
    anonymous = [o.text.en for o in content.opinions if not o.by.strip()]
    if anonymous:
        return "missing", f"who is authorised to give the opinion {anonymous[0]!r} (7.8.7.1)"
    return "present", f"{len(content.opinions)}, marked as such, with the name of who gives them"


def _interval(content: CertificateContent) -> _Judged:
    if not any(fact.clause == "7.8.4.3" for fact in facts(content)):
        return "justified", "no interval of calibration is recommended"
    if not content.interval_agreed:
        return "missing", "the customer's agreement (job.recalibration.agreed) to print a date or an interval"
    return "present", f"agreed: {content.interval_agreed}"


_DEMANDS: tuple[tuple[str, str, _Judge], ...] = (
    ("7.8.2.1 a", "title", _when(lambda c: c.title.en, "a title")),
    ("7.8.2.1 b", "name and address of the laboratory", _when(_laboratory, "name or address")),
    ("7.8.2.1 c", "place of the calibration", _told("7.8.2.1 c", "where it was done")),
    ("7.8.2.1 d", "unique identification", _when(lambda c: c.number, "a number; it stands on each page, with the end")),
    ("7.8.2.1 e", "customer", _told("7.8.2.1 e", "name and address")),
    ("7.8.2.1 f", "method", _told("7.8.2.1 f", "the method")),
    ("7.8.2.1 g", "item, its identification and condition", _told("7.8.2.1 g", "the item")),
    ("7.8.2.1 h", "date of receipt", _told("7.8.2.1 h", "", "not critical to the validity of the results")),
    ("7.8.2.1 i", "dates of the calibration", _told("7.8.2.1 i", "the dates")),
    ("7.8.2.1 j", "date of issue", _told("7.8.2.1 j", "the date")),
    ("7.8.2.1 k", "sampling", _told("7.8.2.1 k", "", "the item itself is calibrated; nothing is sampled")),
    ("7.8.2.1 l", "results relate only to the item", _told("7.8.2.1 l", "the statement")),
    ("7.8.2.1 m", "results with units", _when(_results, "a result, its unit, or one of its numbers")),
    ("7.8.2.1 n", "additions, deviations, exclusions",
     lambda c: ("present", f"{len(c.deviations)} named") if c.deviations else ("justified", "none; the page says so")),
    ("7.8.2.1 o", "persons who authorise", _persons),
    ("7.8.2.1 p", "results of external providers",
     _told("7.8.2.1 p", "", "all results are the laboratory's own")),
    ("7.8.4.1 a", "uncertainty in the unit of the result", _when(_uncertainties, "U or k of a row")),
    ("7.8.4.1 b", "conditions", _told("7.8.4.1 b", "the conditions of the environment")),
    ("7.8.4.1 c", "metrological traceability", _told("7.8.4.1 c", "the statement")),
    ("7.8.4.1 d", "results before and after adjustment", _adjustment),
    ("7.8.4.1 e", "statement of conformity", _told("7.8.6.2", "to which rows, by which specification and rule")),
    ("7.8.4.1 f", "opinions and interpretations", _opinions),
    ("7.8.4.3", "no recommended interval unless agreed", _interval),
)  # fmt: skip
