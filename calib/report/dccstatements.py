"""Statements in a DCC: those of the page with their clauses, what a scope and a chain mean, opinions, agreed days."""

from dataclasses import replace

from calib.dcc.measurement import MetaData
from calib.numbers import Style
from calib.report.chain import outside_conditions
from calib.report.content import day_of_the_run
from calib.report.dccresults import IN_SCOPE
from calib.report.dccwords import Wording
from calib.report.labels import labels
from calib.report.model import CertificateContent, Fact, Opinion
from calib.report.source import Source, find, text_at
from calib.report.standards import used_standards
from calib.text import Text, both, joined, same

_STANDARD = "ISO/IEC 17025:2017"
_AS_STATEMENTS = {"7.8.2.1 k", "7.8.2.1 p"}


def statements(content: CertificateContent, source: Source, wording: Wording) -> tuple[MetaData, ...]:
    """Return the statements of the printed certificate, each with the clause that asks for it."""
    snapshot, results = source.snapshot, source.results
    made = []
    if content.simulated:
        specimen = labels()["specimen"]
        made.append(
            MetaData(
                name=wording.words(both("SIMULATED")),
                traceable="false",
                declaration=wording.rich(specimen),
                valid="false",
            )
        )
    if (place := text_at(snapshot, "job.location")).en:
        made.append(_statement(wording, both("Place"), place, "7.8.2.1 c"))
    if any(r.scope != "none" for r in results):
        made.append(_scope(wording))
    made += [_statement(wording, fact.label, fact.value, fact.clause) for fact in _of_the_sections(content)]
    made += [_statement(wording, fact.label, fact.value, fact.clause) for fact in content.statements]
    made.append(_traceable(wording, traceable=_is_traceable(content, source)))
    made += [_statement(wording, labels()["deviations"], text, "7.8.2.1 n") for text in content.deviations]
    made += [_statement(wording, labels()["opinions"], _opinion(opinion), "7.8.7") for opinion in content.opinions]
    if due := text_at(snapshot, "job.recalibration.due").en:
        made.append(_recalibration(wording, due, content.interval_agreed))
    return tuple(made)


def _is_traceable(content: CertificateContent, source: Source) -> bool:
    """Return whether nothing in the record speaks against the chain to the SI (ISO/IEC 17025:2017, 6.5)."""
    snapshot, day, style = source.snapshot, day_of_the_run(source), Style(content.languages)
    marks = [mark for node in find(snapshot, "traceability.nodes") or () for mark in node.get("marks") or ()]
    _, breaks = used_standards(snapshot, day, style)
    outside = outside_conditions(snapshot, day, source.readings(), style)
    return not (content.simulated or marks or breaks or outside or find(snapshot, "exceptions"))


def _traceable(wording: Wording, *, traceable: bool) -> MetaData:
    return MetaData(
        ref_type="basic_metrologicallyTraceableToSI",
        name=wording.words(both("Metrologically traceable to the SI")),
        traceable="true" if traceable else "false",
        norms=(_STANDARD,),
        references=("6.5",),
    )


def _scope(wording: Wording) -> MetaData:
    """Return what the marks of rows within the scope mean."""
    meaning = both("Rows marked so lie within the scope of accreditation of the laboratory, the others outside it.")
    return replace(
        _statement(wording, both("Within the scope"), meaning, ""),
        id=IN_SCOPE,
        ref_type="basic_isInCMC",
        norms=("ILAC-P14:09/2020",),
        references=(),
    )


def _statement(wording: Wording, name: Text, text: Text, clause: str) -> MetaData:
    return MetaData(name=wording.words(name), norms=(_STANDARD,), references=(clause,), declaration=wording.rich(text))


def _of_the_sections(content: CertificateContent) -> list[Fact]:
    """Return what stands among the facts of the page, and has no element of its own in a DCC."""
    return [fact for section in content.sections for fact in section.facts if fact.clause in _AS_STATEMENTS]


def _opinion(opinion: Opinion) -> Text:
    return joined([opinion.text, joined([labels()["given_by"], same(opinion.by)], ": ")], " – ")


def _recalibration(wording: Wording, due: str, agreed: str) -> MetaData:
    """Return the day of the next calibration; it is printed only where the customer asked for it (7.8.4.3)."""
    name = both("Next calibration, as agreed")
    text = both("agreed: {where}", where=agreed)
    return replace(_statement(wording, name, text, "7.8.4.3"), ref_type="basic_recalibration", date=due[:10])
