"""A procedure as a document in text."""

import textwrap
from collections.abc import Iterator

from calib.procedure import Procedure, protocols_of
from calib.procedure.document import Document
from calib.procedure.pointlist import PointRule
from calib.text import Language, both

_WIDTH = 96
_SECTIONS = {
    "scope": both("Scope"),
    "terms": both("Terms and symbols"),
    "operations": both("Operations"),
    "equipment": both("Equipment"),
    "conditions": both("Conditions"),
    "preparation": both("Preparation"),
    "performing": both("Performing"),
    "uncertainty": both("Measurement uncertainty"),
    "results": both("Results"),
}
"""Sections of a Vietnamese calibration procedure (ĐLVN), in their order."""


def lines(procedure: type[Procedure], language: Language) -> Iterator[str]:
    """Return the document, then what the program needs to run it."""
    yield f"{procedure.id}, {both('version').in_(language)} {procedure.version}: {procedure.title.in_(language)}"
    yield from textwrap.wrap(procedure.method.in_(language), _WIDTH)
    if procedure.equation:
        yield f"    {procedure.equation}"
    data = procedure.data()
    if data.document is not None:
        yield from _document(data.document, language)
    yield from _program(procedure, language)
    if data.points:
        yield ""
        yield f"{both('Points of the method').in_(language)}:"
        yield from (f"    {_rule(rule, language)}" for rule in data.points)


def _document(document: Document, language: Language) -> Iterator[str]:
    for number, (name, title) in enumerate(_SECTIONS.items(), 1):
        yield ""
        yield f"{number}  {title.in_(language)}"
        for paragraph in getattr(document, name).in_(language).strip().split("\n"):
            yield from textwrap.wrap(paragraph, _WIDTH, initial_indent="    ", subsequent_indent="    ") or [""]
    if document.sources:
        yield ""
        yield f"{both('Sources').in_(language)}: {'; '.join(document.sources)}"


def _program(procedure: type[Procedure], language: Language) -> Iterator[str]:
    low_C, high_C = procedure.conditions.temperature_C
    low, high = procedure.conditions.humidity_percent
    yield ""
    yield f"{both('Environment').in_(language)}: {low_C:g} °C … {high_C:g} °C, {low:g} % … {high:g} %"
    yield f"{both('Roles').in_(language)}:"
    for role, kind in procedure.roles.items():
        item = f" ({both('item under calibration').in_(language)})" if role == procedure.under_calibration else ""
        yield f"    {role}: {' | '.join(p.__name__ for p in protocols_of(kind))}{item}"
    yield f"{both('Parameters of the job').in_(language)}:"
    for name, field in procedure.Parameters.model_fields.items():
        yield f"    {name}" + ("" if field.is_required() else f" = {field.get_default(call_default_factory=True)}")


def _rule(rule: PointRule, language: Language) -> str:
    ranges = rule.ranges if isinstance(rule.ranges, str) else ", ".join(f"{r:g}" for r in rule.ranges)
    of = [f"{v:g} %" for v in rule.percent] or [f"{v:g}" for v in rule.nominals]
    at = f"; {', '.join(f'{f:g} Hz' for f in rule.frequencies_Hz)}" if rule.frequencies_Hz else ""
    return f"{both('ranges').in_(language)} {ranges}: {', '.join(of)}{at}"
