"""What ISO/IEC 17025:2017, 7.8 asks of a calibration certificate, and where a certificate gives it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from calib.report.model import CertificateContent, Fact
from calib.text import Text, both, joined, same

State = Literal["present", "justified", "missing"]


@dataclass(frozen=True)
class Clause:
    """One demand: whether the certificate meets it, and by what."""

    clause: str
    demand: Text
    state: State
    by: Text
    """What it says, or why it need not, or what is lacking."""


def clauses(content: CertificateContent, lacking: Mapping[str, Sequence[Text]] | None = None) -> tuple[Clause, ...]:
    """Return all demands of 7.8.2.1 a–p, 7.8.4.1 a–f and 7.8.4.3, each present, justified or missing.

    `lacking` holds by clause what is known to be absent of it, such as the customer's name where the address is there.
    """
    known = lacking or {}
    return tuple(
        Clause(clause, demand, "missing", joined(list(known[clause]), ", "))
        if clause in known
        else Clause(clause, demand, *judge(content))
        for clause, demand, judge in _demands()
    )


def missing_clauses(content: CertificateContent) -> list[str]:
    """Return what lacks, one line a clause."""
    return [f"ISO/IEC 17025 {c.clause}, {c.demand.en}: {c.by.en}" for c in clauses(content) if c.state == "missing"]


_Judged = tuple[State, Text]
_Judge = Callable[[CertificateContent], _Judged]


def facts(content: CertificateContent) -> tuple[Fact, ...]:
    """Return every labelled entry of the certificate."""
    return (*(fact for section in content.sections for fact in section.facts), *content.statements)


def _told(clause: str, lacking: Text, otherwise: Text | None = None) -> _Judge:
    """Return what looks for an entry of a clause; without one it is missing, or justified by `otherwise`."""

    def judge(content: CertificateContent) -> _Judged:
        found = [fact for fact in facts(content) if fact.clause == clause and _said(content, fact)]
        if found:
            return "present", joined([joined([fact.label, fact.value], ": ") for fact in found], "; ")
        return ("missing", lacking) if otherwise is None else ("justified", otherwise)

    return judge


def _said(content: CertificateContent, fact: Fact) -> bool:
    """Return whether an entry says something in each language of the certificate."""
    return all(fact.value.in_(language).strip(" –") for language in content.languages)


def _when(held: Callable[[CertificateContent], Text], lacking: Text) -> _Judge:
    """Return what asks for a non-empty answer."""

    def judge(content: CertificateContent) -> _Judged:
        answer = held(content)
        return ("present", answer) if answer.en else ("missing", lacking)

    return judge


_NOTHING = same("")


def _laboratory(content: CertificateContent) -> Text:
    laboratory = content.laboratory
    complete = laboratory.name.en.strip() and laboratory.address.en.strip()
    return joined([laboratory.name, laboratory.address]) if complete else _NOTHING


def _results(content: CertificateContent) -> Text:
    units = all(group.value_unit and group.error_unit for group in content.groups)
    complete = all(row.indicated and row.reference and row.error for row in content.rows)
    return (
        both("{n} results with their units", n=len(content.rows)) if content.rows and units and complete else _NOTHING
    )


def _uncertainties(content: CertificateContent) -> Text:
    complete = content.rows and all(row.U and row.k for row in content.rows)
    return both("U and k in each row, U in the unit of the error") if complete else _NOTHING


def _persons(content: CertificateContent) -> _Judged:
    if not content.signatures:
        return "missing", both("nobody is named who performs, checks or approves")
    named = [joined([s.role, same(s.name)], " ") for s in content.signatures if s.name]
    unsigned = [s.role for s in content.signatures if not s.name]
    if unsigned:
        return "justified", both("places to sign, filled on approval: {roles}", roles=joined(unsigned, ", "))
    return "present", joined(named, "; ")


def _deviations(content: CertificateContent) -> _Judged:
    if content.deviations:
        return "present", both("{n} named", n=len(content.deviations))
    return "justified", both("none; the page says so")


def _adjustment(content: CertificateContent) -> _Judged:
    told = [fact.value for fact in content.statements if fact.clause == "7.8.4.1 d"]
    if told:
        return "present", joined(told, " ")
    phases = {group.phase for group in content.groups}
    if {"as-found", "as-left"} <= phases:
        return "present", both("results as found and as left")
    return "missing", both("results before the adjustment, or a statement that nothing was adjusted")


def _opinions(content: CertificateContent) -> _Judged:
    if not content.opinions:
        return "justified", both("no opinion or interpretation is given")
    anonymous = [o.text for o in content.opinions if not o.by.strip()]
    if anonymous:
        return "missing", both("who is authorised to give the opinion '{text}' (7.8.7.1)", text=anonymous[0])
    return "present", both("{n}, marked as such, with the name of who gives them", n=len(content.opinions))


def _interval(content: CertificateContent) -> _Judged:
    if not any(fact.clause == "7.8.4.3" for fact in facts(content)):
        return "justified", both("no interval of calibration is recommended")
    if not content.interval_agreed:
        lacking = both("the customer's agreement (job.recalibration.agreed) to print a date or an interval")
        return "missing", lacking
    return "present", both("agreed: {where}", where=content.interval_agreed)


@cache
def _demands() -> tuple[tuple[str, Text, _Judge], ...]:
    """Return all clauses, each with its demand and what judges it."""
    return (
        ("7.8.2.1 a", both("title"), _when(lambda c: c.title, both("a title"))),
        ("7.8.2.1 b", both("name and address of the laboratory"), _when(_laboratory, both("name or address"))),
        ("7.8.2.1 c", both("place of the calibration"), _told("7.8.2.1 c", both("where it was done"))),
        ("7.8.2.1 d", both("unique identification"),
         _when(lambda c: same(c.number), both("a number; it stands on each page, with the end"))),
        ("7.8.2.1 e", both("customer"), _told("7.8.2.1 e", both("name and address"))),
        ("7.8.2.1 f", both("method"), _told("7.8.2.1 f", both("the method"))),
        ("7.8.2.1 g", both("item, its identification and condition"), _told("7.8.2.1 g", both("the item"))),
        ("7.8.2.1 h", both("date of receipt"),
         _told("7.8.2.1 h", _NOTHING, both("not critical to the validity of the results"))),
        ("7.8.2.1 i", both("dates of the calibration"), _told("7.8.2.1 i", both("the dates"))),
        ("7.8.2.1 j", both("date of issue"), _told("7.8.2.1 j", both("the date"))),
        ("7.8.2.1 k", both("sampling"),
         _told("7.8.2.1 k", _NOTHING, both("the item itself is calibrated; nothing is sampled"))),
        ("7.8.2.1 l", both("results relate only to the item"), _told("7.8.2.1 l", both("the statement"))),
        ("7.8.2.1 m", both("results with units"), _when(_results, both("a result, its unit, or one of its numbers"))),
        ("7.8.2.1 n", both("additions, deviations, exclusions"), _deviations),
        ("7.8.2.1 o", both("persons who authorise"), _persons),
        ("7.8.2.1 p", both("results of external providers"),
         _told("7.8.2.1 p", _NOTHING, both("all results are the laboratory's own"))),
        ("7.8.4.1 a", both("uncertainty in the unit of the result"), _when(_uncertainties, both("U or k of a row"))),
        ("7.8.4.1 b", both("conditions"), _told("7.8.4.1 b", both("the conditions of the environment"))),
        ("7.8.4.1 c", both("metrological traceability"), _told("7.8.4.1 c", both("the statement"))),
        ("7.8.4.1 d", both("results before and after adjustment"), _adjustment),
        ("7.8.4.1 e", both("statement of conformity"),
         _told("7.8.6.2", both("to which rows, by which specification and rule"))),
        ("7.8.4.1 f", both("opinions and interpretations"), _opinions),
        ("7.8.4.3", both("no recommended interval unless agreed"), _interval),
    )  # fmt: skip
