"""From a DCC to a calibration in the register of equipment: what its certificate says, and what it cannot say.

A certificate states values with U and k. How the errors correlate, what the equipment drifts and how it depends on
temperature is the laboratory's own knowledge: the caller gives it, nothing of it is guessed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calib.dcc.corrections import Corrections, ErrorIs
from calib.dcc.dsi import unit_of
from calib.dcc.file import Dcc
from calib.dcc.values import Table, Values, column, tables
from calib.equipment import CertifiedValues
from calib.errors import InputError
from calib.files import as_model
from calib.text import Language
from calib.units import to_SI


@dataclass(frozen=True)
class Knowledge:
    """What the laboratory knows of its equipment, in the words of the register."""

    correlation: str
    """`full` or `none`: how the errors of the certified points correlate; `stated`: as its covariance matrix says."""
    drift_ppm_per_year: float
    temperature_ppm_per_K: float
    drift_floor_per_year: float = 0.0
    interpolation_ppm: float | None = None
    error_is: ErrorIs | None = None
    """The sense of the certificate's errors; None: of weights `value - nominal`, else `indicated - value`."""
    names: tuple[str, ...] = ()
    """Markings of the values, in the table's order, where several have one nominal value; empty: the table's labels."""


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

    The correction comes from the error (`basic_measurementError`), whose sense `knowledge.error_is` says; without one
    from the reference value, of a weight from the measured one, minus the nominal value. So it does from values with a
    covariance matrix, where that is wanted (`stated`).

    Raises
    ------
    InputError
        The table lacks a column or the uncertainty, a unit is not known, or its own values contradict the sense.
    """
    corrections = Corrections(table, quantity, where, knowledge.error_is, knowledge.names)
    stated = knowledge.correlation == "stated"
    taken = corrections.stated() if stated else corrections.uncorrelated(knowledge.correlation)
    return as_model(
        {
            "quantity": quantity,
            "unit": unit,
            "range": range,
            "k": taken.points[0].k,
            "dof": taken.dof,
            "correlation": taken.correlation,
            "drift_ppm_per_year": knowledge.drift_ppm_per_year,
            "drift_floor_per_year": knowledge.drift_floor_per_year,
            "temperature_ppm_per_K": knowledge.temperature_ppm_per_K,
            "interpolation_ppm": knowledge.interpolation_ppm,
            "points": taken.points,
        },
        CertifiedValues,
        where,
    )
