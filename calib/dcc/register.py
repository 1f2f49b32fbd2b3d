"""From a DCC to a calibration in the register of equipment: what its certificate says, and what it cannot say.

A certificate states values with U and k. How the errors correlate, what the equipment drifts and how it depends on
temperature is the laboratory's own knowledge: the caller gives it, nothing of it is guessed.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calib.dcc.dsi import unit_of
from calib.dcc.file import Dcc
from calib.dcc.together import degrees_of_freedom, uncertainty_and_correlation, with_covariance
from calib.dcc.values import Column, Table, Values, column, tables
from calib.equipment import CertifiedPoint, CertifiedValues
from calib.errors import InputError
from calib.text import Language
from calib.units import to_SI

_NOMINAL = ("basic_nominalValue", "basic_calibrationValue", "basic_measuredValue")


@dataclass(frozen=True)
class Knowledge:
    """What the laboratory knows of its equipment, in the words of the register."""

    correlation: str
    """`full` or `none`: how the errors of the certified points correlate; `stated`: as its covariance matrix says."""
    drift_ppm_per_year: float
    temperature_ppm_per_K: float
    drift_floor_per_year: float = 0.0
    interpolation_ppm: float | None = None


def calibration_table(dcc: Dcc, language: Language = "en") -> dict[str, Any]:
    """Return what a certificate says as one of `[[calibrations]]` in an equipment's file, without what it cannot say.

    Its numbers stand in `tables`, as printed; `values`, for corrections, need the laboratory's `Knowledge`
    (`certified_values`). `due` and `complies` are the laboratory's decisions.

    Raises
    ------
    InputError
        A date, a number or a unit in it is none.
    """
    frame = dcc.certificate.administrative
    stated: dict[str, Any] = {
        "certificate": frame.core.number,
        "laboratory": frame.laboratory.contact.name.in_(language),
        "accreditation": frame.laboratory.code,
        "date": day(frame.core.ended, dcc.where),
        "issued": None if frame.core.issued is None else day(frame.core.issued, dcc.where),
        "temperature_C": stated_span(dcc, "basic_temperature", "°C"),
        "humidity_percent": stated_span(dcc, "basic_humidityRelative", "%"),
        "adjusted": any(t.status == "afterAdjustment" for t in tables(dcc.certificate)) or None,
        "tables": [_as_printed(table, language) for table in tables(dcc.certificate)],
    }
    return {name: value for name, value in stated.items() if value is not None}


def _as_printed(table: Table, language: Language) -> dict[str, Any]:
    """Return a table with a column for each quantity, and for each U and k."""
    columns: list[tuple[str, str, tuple[Any, ...]]] = []
    for found in table.columns:
        name = (found.name.in_(language) if found.name else "") or " ".join(found.ref_types) or "value"
        if found.values is None:
            columns.append((name, "", found.words))
            continue
        shown = found.shown or found.values
        columns.append((name, _common_unit(shown), _plain(shown.values)))
        stated = found.with_uncertainty
        if stated is not None:
            unit = _common_unit(stated)
            named = (("U", unit, stated.U), ("k", "", stated.k), ("u", unit, stated.u))
            columns += [(f"{n} ({name})", u, _plain(numbers)) for n, u, numbers in named if numbers is not None]
        if not _common_unit(shown):
            columns.append((f"unit ({name})", "", tuple(unit_of(unit) for unit in shown.units)))
        if found.conformity:
            columns.append((f"conformity ({name})", "", found.conformity))
    size = max(len(values) for _, _, values in columns)
    return {
        "quantity": " / ".join(n.in_(language) for n in table.names) + (f" ({table.status})" if table.status else ""),
        "columns": [name for name, _, _ in columns],
        "units": [unit for _, unit, _ in columns],
        "rows": [[v[i] if i < len(v) else "" for _, _, v in columns] for i in range(size)],
    }


def _common_unit(values: Values) -> str:
    """Return the unit of all values; empty where they have several, which then stand in a column of their own."""
    units = {unit_of(unit) for unit in values.units}
    return units.pop() if len(units) == 1 else ""


def _plain(numbers: Sequence[Decimal]) -> tuple[float | str, ...]:
    return tuple(float(n) if n.is_finite() else "" for n in numbers)


def stated_span(dcc: Dcc, ref_type: str, unit: str) -> tuple[float, float] | None:
    """Return the lowest and highest value of a condition in °C or %, or None where the certificate states none."""
    found: list[float] = []
    for measurement in dcc.certificate.measurements.all:
        for conditions in (measurement.conditions, dcc.certificate.measurements.conditions):
            for condition in () if conditions is None else conditions.all:
                if condition.is_a(ref_type):
                    columns = (column(q).values for q in condition.data.quantities)
                    found += [v for values in columns if values is not None for v in values.in_SI()]
    if not found:
        return None
    shown = [v - to_SI(0.0, unit) if unit == "°C" else v * 100.0 for v in found]
    return round(min(shown), 9), round(max(shown), 9)


def day(text: str, where: str) -> dt.date:
    """Return a date of a certificate, without its time zone; raise `InputError` where it is none."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        msg = f"{where}: {text!r} is not a date such as 2026-11-23"
        raise InputError(msg) from None


def certified_values(
    table: Table, knowledge: Knowledge, *, quantity: str, unit: str, range: float, where: str = "DCC"
) -> CertifiedValues:
    """Return a table of a certificate as the register holds it: nominal value, correction, U at one k.

    The correction is minus the error (`basic_measurementError`), or else the reference value minus the nominal one. Of
    values with a covariance matrix, where that is wanted (`stated`), it is the value minus the nominal one.

    Raises
    ------
    InputError
        The table lacks a column or the uncertainty, or a unit is not known.
    """
    correlation: str | tuple[tuple[float, ...], ...]
    if knowledge.correlation == "stated":
        points, correlation, dof = _with_covariance(table, where)
    else:
        nominal = _numbers(_need(table, _NOMINAL, where), where)
        listed = sorted(zip(nominal.in_SI(), *_corrections(table, nominal, where), strict=True))
        points = [CertifiedPoint(nominal=n, correction=c, U=w, k=own) for n, c, w, own in listed]
        correlation, dof = knowledge.correlation, math.inf
    return CertifiedValues.model_validate(
        {
            "quantity": quantity,
            "unit": unit,
            "range": range,
            "k": points[0].k,
            "dof": dof,
            "correlation": correlation,
            "drift_ppm_per_year": knowledge.drift_ppm_per_year,
            "drift_floor_per_year": knowledge.drift_floor_per_year,
            "temperature_ppm_per_K": knowledge.temperature_ppm_per_K,
            "interpolation_ppm": knowledge.interpolation_ppm,
            "points": tuple(points),
        }
    )


def _with_covariance(table: Table, where: str) -> tuple[list[CertifiedPoint], tuple[tuple[float, ...], ...], float]:
    """Return points by nominal value (U is u, k = 1), correlation, degrees of freedom of values with a covariance."""
    found = with_covariance(table)
    if found is None or found.values is None:
        msg = f"{where}: table {_name(table)!r} states no covariance matrix; say how its errors correlate"
        raise InputError(msg)
    values = found.values
    stated = _numbers(_need(table, ("basic_nominalValue",), where), where)
    nominal = stated.in_SI()
    if found.ref_types and "basic_measurementError" in found.ref_types:
        corrections = [-e for e in values.differences_in_SI(values.values)]
    else:
        if stated.units != values.units:
            msg = f"{where}: table {_name(table)!r} has its nominal values in other units than its values"
            raise InputError(msg)
        corrections = values.differences_in_SI([v - n for v, n in zip(values.values, stated.values, strict=True)])
    u, r = uncertainty_and_correlation(values, where)
    names = values.labels or [""] * len(u)
    order = sorted((i for i, _ in enumerate(u)), key=lambda i: (nominal[i], names[i]))
    points = [CertifiedPoint(nominal=nominal[i], name=names[i], correction=corrections[i], U=u[i], k=1) for i in order]
    return points, tuple(tuple(r[i][j] for j in order) for i in order), degrees_of_freedom(values)


def _corrections(table: Table, nominal: Values, where: str) -> tuple[list[float], list[float], list[float]]:
    """Return corrections and U in coherent SI units, and the k of each U."""
    error, reference = table.column("basic_measurementError"), table.column("basic_referenceValue")
    if error is not None and error.values is not None:
        source = error.values
        corrections = [-e for e in source.differences_in_SI(source.values)]
    else:
        source = _numbers(_need(table, ("basic_referenceValue",), where), where)
        corrections = [r - n for r, n in zip(source.in_SI(), nominal.in_SI(), strict=True)]
    if source.U is None and reference is not None and reference.values is not None:
        source = reference.values
    if source.U is None or source.k is None:
        msg = f"{where}: table {_name(table)!r} states no expanded uncertainty with its k"
        raise InputError(msg)
    return corrections, source.differences_in_SI(source.U), [float(k) for k in source.k]


def _need(table: Table, ref_types: tuple[str, ...], where: str) -> Column:
    found = table.column(*ref_types)
    if found is None:
        held = ", ".join(ref for c in table.columns for ref in c.ref_types) or "none with a refType"
        msg = f"{where}: table {_name(table)!r} has no column {' or '.join(ref_types)}; it has: {held}"
        raise InputError(msg)
    return found


def _numbers(found: Column, where: str) -> Values:
    if found.values is None:
        msg = f"{where}: the column {' '.join(found.ref_types)} holds no numbers"
        raise InputError(msg)
    return found.values


def _name(table: Table) -> str:
    return " / ".join(name.in_("en") for name in table.names)
