"""Registers of msl-equipment: XML files of the namespace https://measurement.govt.nz/equipment-register.

Taken over: identity, location, status, firmware, maintenance, alterations, and of each report its dates, laboratory,
criteria, equation, table, coefficients of Callendar and Van Dusen, and the digest of its file. What has no place here
is named in a list beside the equipment. The format states standard uncertainties, so k = 1; that of coefficients is one
of the temperature, in °C (equipment-register.xsd, type cvdCoefficients).
"""

import datetime as dt
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from calib.equipment.model import Equipment
from calib.equipment.temperature import QUANTITY as THERMOMETER
from calib.errors import FileError, InputError
from calib.files import as_model

_NAMESPACE = "https://measurement.govt.nz/equipment-register"
_NS = {"r": _NAMESPACE}
_IN_SERVICE = {"Active"}
_POWER = re.compile(r"\bpow\(([^(),]+),([^(),]+)\)")
_NEVER_YEARS = 100.0


def read_msl_register(path: Path) -> tuple[list[Equipment], list[str]]:
    """Return the equipment of an XML register, and what of it was left out, one line each.

    Raises
    ------
    FileError
        It is not such a register, is not well-formed, or declares entities.
    """
    root = _root(path)
    found: list[Equipment] = []
    remarks: list[str] = []
    for element in root.findall("r:equipment", _NS):
        id_ = _text(element, "id")
        where = f"{path}: equipment {id_ or '(without an id)'}"
        if not id_:
            msg = f"{where}: 'id' is missing or empty"
            raise FileError(msg)
        found.append(as_model(_equipment(element, where, remarks), Equipment, where))
    return found, remarks


def _root(path: Path) -> ET.Element:
    try:
        text = path.read_text(encoding="utf-8-sig")
        declares = "<!DOCTYPE" in text
        root = None if declares else ET.fromstring(text)  # noqa: S314 - no document type: no entity is declared
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise FileError(msg) from error
    except (ET.ParseError, UnicodeDecodeError, ValueError) as error:
        msg = f"{path}: not well-formed XML in UTF-8: {error}"
        raise FileError(msg) from error
    if root is None:
        msg = f"{path}: declares a document type, which a register has no use for; take it out"
        raise FileError(msg)
    if root.tag != f"{{{_NAMESPACE}}}register":
        msg = f"{path}: is no register of msl-equipment ({_NAMESPACE}); certificates belong in a folder of their own"
        raise FileError(msg)
    return root


def _equipment(element: ET.Element, where: str, remarks: list[str]) -> dict[str, Any]:
    status = _text(element, "status")
    versions = [(v.get("date", ""), (v.text or "").strip()) for v in element.iterfind("r:firmware/r:version", _NS)]
    active = status in _IN_SERVICE
    return {
        "format": "calib-equipment/1",
        "id": _text(element, "id"),
        "description": _text(element, "description"),
        "manufacturer": _text(element, "manufacturer"),
        "model": _text(element, "model"),
        "serial_number": _text(element, "serial"),
        "firmware": max(versions, default=("", ""))[1],
        "location": _text(element, "location"),
        "keywords": (element.get("keywords") or "").split(),
        "state": "in service" if active else "out of service",
        "state_reason": "" if active else status,
        "needs_calibration": _text(element, "traceable") == "true",
        "maintenance_plan": "; ".join(
            f"{t.get('dueDate', '')} {(t.text or '').strip()}".strip()
            for t in element.iterfind("r:maintenance/r:planned/r:task", _NS)
        ),
        "maintenance": [*_maintenance(element)],
        "calibrations": [
            _calibration(report, component, measurand, f"{where}: report {report.get('id')}", remarks)
            for measurand in element.iterfind("r:calibrations/r:measurand", _NS)
            for component in measurand.iterfind("r:component", _NS)
            for report in component.iterfind("r:report", _NS)
        ],
    }


def _maintenance(element: ET.Element) -> Iterator[dict[str, Any]]:
    """Return completed tasks, which the format does not tell from harmless ones, and alterations."""
    for task in element.iterfind("r:maintenance/r:completed/r:task", _NS):
        what, by = (task.text or "").strip() or "maintenance", task.get("performedBy", "")
        yield {"date": task.get("completedDate"), "what": what, "by": by, "kind": "maintenance"}
    for alteration in element.iterfind("r:alterations/r:alteration", _NS):
        what, by = (alteration.text or "").strip() or "alteration", alteration.get("performedBy", "")
        yield {"date": alteration.get("date"), "what": what, "by": by, "kind": "modification"}


def _calibration(
    report: ET.Element, component: ET.Element, measurand: ET.Element, where: str, remarks: list[str]
) -> dict[str, Any]:
    quantity = "/".join(p for p in (measurand.get("quantity", ""), component.get("name", "")) if p)
    stopped = _text(report, "measurementStopDate") or _text(report, "measurementStartDate")
    issued = _text(report, "reportIssueDate")
    found: dict[str, Any] = {
        "certificate": report.get("id", ""),
        "laboratory": _text(report, "issuingLaboratory"),
        "date": stopped or issued,
        "due": _due(stopped or issued, measurand.get("calibrationInterval", ""), where),
        "issued": issued or None,
        "complies": False,
        "covers": [quantity] if quantity else [],
        "acceptance": _all_text(report.find("r:acceptanceCriteria", _NS)),
        "equations": [_equation(e, quantity) for e in report.iterfind("r:equation", _NS)],
        "tables": [_table(t, quantity, where) for t in report.iterfind("r:table", _NS)],
    }
    file = report.find("r:file", _NS)
    if file is not None:
        found["document"] = {"path": _text(file, "url"), "sha256": _text(file, "sha256").lower()}
    left_out = ["serialised is"] if report.find("r:serialised", _NS) is not None else []
    laws = report.findall("r:cvdCoefficients", _NS)
    if len(laws) == 1 and not (why := _beyond(laws[0])):
        found |= {"thermometer": _thermometer(laws[0]), "covers": [*found["covers"], THERMOMETER]}
    elif laws:
        left_out.append("cvdCoefficients are" if len(laws) > 1 else f"cvdCoefficients, {why}, are")
    remarks += [f"{where}: {n} not taken over; state its values in a file of the register's own" for n in left_out]
    return found


def _beyond(law: ET.Element) -> str:
    """Return what coefficients of Callendar and Van Dusen hold that the register here does not; empty for nothing."""
    if _number(law, "D") not in {"", 0.0}:
        return "whose D is not 0"
    uncertainty = law.find("r:uncertainty", _NS)
    variables = "" if uncertainty is None else uncertainty.get("variables", "").strip()
    return f"whose uncertainty depends on {variables}" if variables else ""


def _thermometer(law: ET.Element) -> dict[str, Any]:
    """Return the law; how its errors correlate, and its drift, the format does not say."""
    within = law.find("r:range", _NS)
    low, high = (0.0, 0.0) if within is None else (_number(within, "minimum"), _number(within, "maximum"))
    freedom = _text(law, "degreeFreedom")
    return {
        "kind": "callendar-van-dusen",
        "R0_ohm": _number(law, "R0"),
        **{name: _number(law, name) for name in ("A", "B", "C")},
        "within_C": [low, high],
        "k": 1,
        "dof": float(freedom) if freedom else math.inf,
        "uncertainty": [{"t_C": low, "U_K": _constant(_text(law, "uncertainty"))}],
    }


def _constant(text: str) -> float | str:
    """Return what an expression without variables gives, such as `0.0056/2`; the text where it is none."""
    from calib.uncertainty.budgetfile.expression import parse

    try:
        return float(parse(_expression(text))({}))
    except (InputError, KeyError, ArithmeticError, ValueError):
        return text


def _due(begin: str, years: str, where: str) -> str:
    """Return the day on which the interval, in years, ends; 0 stands for a calibration that never falls due."""
    try:
        start, interval = dt.date.fromisoformat(begin), float(years or 0) or _NEVER_YEARS
        year, month = divmod(start.month - 1 + round(interval * 12), 12)
        return start.replace(year=start.year + year, month=month + 1, day=min(start.day, 28)).isoformat()
    except (ValueError, OverflowError):
        msg = f"{where}: has no date and calibrationInterval in years: {begin!r}, {years!r}"
        raise FileError(msg) from None


def _equation(element: ET.Element, quantity: str) -> dict[str, Any]:
    ranges = {
        r.get("variable", ""): [_number(r, "minimum"), _number(r, "maximum")]
        for r in element.iterfind("r:ranges/r:range", _NS)
    }
    freedom = _text(element, "degreeFreedom")
    return {
        "quantity": quantity,
        "unit": _unit(_text(element, "unit")),
        "value": _expression(_text(element, "value")),
        "U": _expression(_text(element, "uncertainty")),
        "k": 1,
        "dof": float(freedom) if freedom else math.inf,
        "within": ranges,
        "note": element.get("comment", ""),
    }


def _expression(text: str) -> str:
    """Return an expression in our own grammar: powers are written with **."""
    return _POWER.sub(r"(\1)**(\2)", text)


def _unit(unit: str) -> str:
    return "%" if unit.lower() in {"%rh", "% rh"} else {"C": "°C", "degC": "°C"}.get(unit, unit)


def _table(element: ET.Element, quantity: str, where: str) -> dict[str, Any]:
    kinds = [k.strip() for k in _text(element, "type").split(",")]
    rows = [line.split(",") for line in _text(element, "data").splitlines() if line.strip()]
    try:
        cells = [[_cell(value.strip(), kind) for value, kind in zip(row, kinds, strict=True)] for row in rows]
    except ValueError as error:
        msg = f"{where}: table: {error}"
        raise FileError(msg) from None
    return {
        "quantity": quantity,
        "columns": [c.strip() for c in _text(element, "header").split(",")],
        "units": [u.strip() for u in _text(element, "unit").split(",")],
        "rows": cells,
        "note": element.get("comment", ""),
    }


def _cell(text: str, kind: str) -> float | str | bool:
    if kind == "bool":
        return text.lower() in {"true", "1"}
    return float(text) if kind in {"int", "double"} else text


def _number(element: ET.Element, name: str) -> float | str:
    text = _text(element, name)
    try:
        return float(text)
    except ValueError:
        return text


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(f"r:{name}", "", _NS) or "").strip()


def _all_text(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
