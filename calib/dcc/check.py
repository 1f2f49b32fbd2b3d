"""What is wrong with a DCC beyond being readable: PTB's rules for its content, and its schema where that is at hand.

The rules are those of PTB's Schematron (dcclib 0.4.0, dcc.sch), in our words, and what the numbers need to be used.
The schema itself is not shipped (LGPL): give its folder, laid out as `vX.Y.Z/dcc.xsd` with the D-SI beside.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

from calib.dcc.administrative import Certificate, Items
from calib.dcc.bind import Node, nodes
from calib.dcc.dsi import unit_of
from calib.dcc.file import Dcc, parse_xml
from calib.dcc.measurement import List, MeasurementResult, Measurements, MetaData, Quantity
from calib.dcc.parties import Software
from calib.dcc.quantities import Hybrid, Real, RealList
from calib.dcc.values import column, tables
from calib.dcc.words import Content, Rich, Words
from calib.errors import FileError, InputError

Severity = Literal["error", "warning"]
_RELEASE = re.compile(r"[a-zA-Z] ?(\d{1,3}\.){0,3}\d{1,3}")
_DATE = re.compile(r"-?\d{4,}-\d{2}-\d{2}(Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True)
class Mistake:
    """Something wrong with a certificate."""

    severity: Severity
    where: str
    """Path of the element, such as `items/item[1]`, or its line."""
    what: str


def check(dcc: Dcc) -> tuple[Mistake, ...]:
    """Return what breaks PTB's rules, errors first."""
    certificate = dcc.certificate
    found = [mistake for rule in _RULES for mistake in rule(certificate)]
    unread = (Mistake("warning", place, "not known to DCC 3.3.0, and not read") for place in dcc.unread)
    return tuple(sorted((*found, *unread), key=lambda m: m.severity))


def check_schema(content: bytes, where: str, version: str, folder: Path) -> tuple[Mistake, ...]:
    """Return what PTB's schema of the declared version finds; `folder` holds `v3.3.0/dcc.xsd` and its like.

    Raises
    ------
    FileError
        The folder has no schema of this version.
    """
    path = folder / f"v{version}" / "dcc.xsd"
    try:
        schema = etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        held = ", ".join(sorted(p.parent.name for p in folder.glob("v*/dcc.xsd"))) or "none"
        msg = f"{path}: no schema for {where}, which declares {version}; the folder holds: {held} ({error})"
        raise FileError(msg) from None
    schema.validate(parse_xml(content, where))
    return tuple(Mistake("error", f"line {e.line}", str(e.message)) for e in schema.error_log)


def _references(certificate: Certificate) -> Iterator[Mistake]:
    every = [(path, node) for path, node, _ in nodes(certificate, "certificate")]
    ids = Counter(node.id for _, node in every if node.id)
    used = {ref for _, node in every for ref in (node.ref_id or "").split()}
    for path, node in every:
        for ref in (node.ref_id or "").split():
            if ref not in ids:
                yield Mistake("error", path, f"refers to {ref!r}, which no element has as its id")
        if node.id and node.id not in used:
            yield Mistake("warning", path, f"nothing refers to its id {node.id!r}")
        if node.id and ids[node.id] > 1:
            yield Mistake("error", path, f"its id {node.id!r} is that of another element too")


def _languages(certificate: Certificate) -> Iterator[Mistake]:
    used = certificate.administrative.core.languages
    if len(set(used)) < len(used):
        yield Mistake("error", "coreData", f"a language is listed twice: {', '.join(used)}")
    for path, node, _ in nodes(certificate, "certificate"):
        langs = [c.lang for c in _contents(node) if c.lang]
        if langs and sorted(langs) != sorted(used):
            yield Mistake("error", path, f"has {', '.join(langs)}; the certificate is in {', '.join(used)}, each once")


def _contents(node: Node) -> list[Content]:
    if isinstance(node, Words):
        return list(node.content)
    return [p.value for p in node.parts if p.name == "content"] if isinstance(node, Rich) else []


def _days(certificate: Certificate) -> Iterator[Mistake]:
    core = certificate.administrative.core
    for name, day in (("begin", core.begun), ("end", core.ended), ("issue", core.issued), ("receipt", core.received)):
        if day is not None and not _DATE.fullmatch(day):
            yield Mistake("error", "coreData", f"the date {name} is {day!r}, not such as 2026-11-23")
    if core.ended < core.begun:
        yield Mistake("error", "coreData", f"the calibration ends ({core.ended}) before it begins ({core.begun})")


def _releases(certificate: Certificate) -> Iterator[Mistake]:
    for path, node, _ in nodes(certificate, "certificate"):
        if isinstance(node, Software) and not _RELEASE.fullmatch(node.release):
            yield Mistake("error", path, f"the release {node.release!r} is not such as v1.2.3")


def _units(certificate: Certificate) -> Iterator[Mistake]:
    declared = {node.non_si_unit for _, node, _ in nodes(certificate, "certificate") if isinstance(node, MetaData)}
    for path, node, above in nodes(certificate, "certificate"):
        if not isinstance(node, Real):
            continue
        units = node.unit if isinstance(node, RealList) else (" ".join(node.unit),)
        for unit in units:
            yield from _unit(unit, path, declared, in_hybrid=isinstance(above[-1], Hybrid))
        if len(units) > 1 and len(set(units)) == 1:
            yield Mistake("warning", path, f"the unit {units[0]} is repeated; once is enough")
    for path, node, _ in nodes(certificate, "certificate"):
        if isinstance(node, MetaData) and (node.non_si_unit is None) != (node.non_si_definition is None):
            yield Mistake("error", path, "nonSIUnit and nonSIDefinition need each other")


def _unit(unit: str, path: str, declared: set[str | None], *, in_hybrid: bool) -> Iterator[Mistake]:
    if unit.startswith("|"):
        if unit not in declared:
            yield Mistake("error", path, f"the unit {unit!r} is not of the SI, and no statement defines it")
        if not in_hybrid:
            yield Mistake("error", path, f"the unit {unit!r} is not of the SI, and no value in the SI stands beside it")
        return
    if len(unit.split()) != 1:
        yield Mistake("error", path, f"the unit {unit!r} is not one word")
        return
    if r"\degreeCelsius" in unit:
        yield Mistake("warning", path, r"the D-SI writes \degreecelsius")
    try:
        unit_of(unit)
    except InputError as error:
        yield Mistake("warning", path, str(error))


def _numbers(certificate: Certificate) -> Iterator[Mistake]:
    """Yield what cannot be read as numbers, and lists that differ in length."""
    for path, node, _ in nodes(certificate, "certificate"):
        if isinstance(node, Quantity):
            try:
                column(node)
            except InputError as error:
                yield Mistake("error", path, str(error))


def _declared(certificate: Certificate) -> Iterator[Mistake]:
    """Yield results for which methods, conditions or software are declared nowhere above or in them."""
    for path, node, above in nodes(certificate, "certificate"):
        if any(isinstance(a, MetaData) for a in above) or not any(isinstance(a, Measurements) for a in above):
            continue
        if isinstance(node, List):
            quantities = [p.value for p in node.parts if isinstance(p.value, Quantity)]
        elif isinstance(node, Quantity) and type(above[-2]).__name__ == "Result":
            quantities = []
        else:
            continue
        frames = (node, *(a for a in above if isinstance(a, MeasurementResult)))
        for what, of, severity in _NEEDED:
            everywhere = quantities and all(of(q) is not None for q in quantities)
            if not everywhere and all(of(frame) is None for frame in frames):
                yield Mistake(severity, path, f"no {what} for it, nor for the measurement")


_NEEDED: tuple[tuple[str, Callable[[Node], object], Severity], ...] = (
    ("used methods are declared", lambda node: getattr(node, "methods", None), "error"),
    ("influence conditions are declared", lambda node: getattr(node, "conditions", None), "error"),
    ("used software is declared", lambda node: getattr(node, "software", None), "warning"),
)


def _filled(certificate: Certificate) -> Iterator[Mistake]:
    """Yield what must not be empty, and generators of certificates leave so."""
    core = certificate.administrative.core
    for name, value in (("uniqueIdentifier", core.number), ("countryCodeISO3166_1", core.country)):
        if not value.strip():
            yield Mistake("error", "coreData", f"{name} is empty")
    for path, node, _ in nodes(certificate, "certificate"):
        if isinstance(node, Items) and not node.all:
            yield Mistake("error", path, "holds no item")
    try:
        held = tables(certificate)
    except InputError:
        return  # told by the numbers' own rule
    if not any(len(c) for table in held for c in table.columns):
        yield Mistake("warning", "measurementResults", "hold no values")


_RULES = (_filled, _references, _languages, _days, _releases, _units, _numbers, _declared)
