"""From a DCC to a calibration in the register of equipment: what its certificate says, and what it cannot say.

A certificate states values with U and k. How the errors correlate, what the equipment drifts and how it depends on
temperature is the laboratory's own knowledge: the caller gives it, nothing of it is guessed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from calib.dcc.file import Dcc
from calib.dcc.values import Column, Table, Values, column
from calib.equipment import Calibration, CertifiedPoint, CertifiedValues
from calib.errors import InputError
from calib.text import Language

_NOMINAL = ("basic_nominalValue", "basic_calibrationValue", "basic_measuredValue")
_ZERO_CELSIUS_K = 273.15


@dataclass(frozen=True)
class Knowledge:
    """What the laboratory knows of its equipment, in the words of the register."""

    correlation: str
    """`full` or `none`: how the errors of the certified points correlate."""
    drift_ppm_per_year: float
    temperature_ppm_per_K: float
    drift_floor_per_year: float = 0.0
    interpolation_ppm: float | None = None


def calibration(
    dcc: Dcc,
    *,
    due: dt.date,
    complies: bool,
    values: Sequence[CertifiedValues] = (),
    temperature_C: tuple[float, float] | None = None,
    language: Language = "en",
) -> Calibration:
    """Return the entry of the register for a certificate.

    Parameters
    ----------
    due
        When the laboratory wants the next calibration; a certificate recommends none (ISO/IEC 17025, 7.8.4.3).
    complies
        Whether the certificate shows compliance with the equipment's specification.
    values
        Tables of it, from `certified_values`.
    temperature_C
        Lowest and highest temperature, where the certificate states none under `basic_temperature`.

    Raises
    ------
    InputError
        The certificate states no temperature and none was given, or a date of it is none.
    """
    frame = dcc.certificate.administrative
    span = temperature_C or temperatures(dcc)
    if span is None:
        msg = f"{dcc.where}: states no temperature (basic_temperature); give it"
        raise InputError(msg)
    return Calibration(
        certificate=frame.core.number,
        laboratory=frame.laboratory.contact.name.in_(language),
        accreditation=frame.laboratory.code or "",
        date=day(frame.core.ended, dcc.where),
        due=due,
        temperature_C=span,
        complies=complies,
        values=tuple(values),
    )


def day(text: str, where: str) -> dt.date:
    """Return a date of a certificate, without its time zone; raise `InputError` where it is none."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        msg = f"{where}: {text!r} is not a date such as 2026-11-23"
        raise InputError(msg) from None


def temperatures(dcc: Dcc) -> tuple[float, float] | None:
    """Return the lowest and highest ambient temperature in °C that the certificate states, or None."""
    found: list[float] = []
    for measurement in dcc.certificate.measurements.all:
        for conditions in (measurement.conditions, dcc.certificate.measurements.conditions):
            for condition in () if conditions is None else conditions.all:
                if condition.is_a("basic_temperature"):
                    columns = (column(q).values for q in condition.data.quantities)
                    found += [v - _ZERO_CELSIUS_K for values in columns if values is not None for v in values.in_SI()]
    return (round(min(found), 9), round(max(found), 9)) if found else None


def certified_values(
    table: Table, knowledge: Knowledge, *, quantity: str, unit: str, range: float, where: str = "DCC"
) -> CertifiedValues:
    """Return a table of a certificate as the register holds it: nominal value, correction, U at one k.

    The correction is minus the error (`basic_measurementError`), or else the reference value minus the nominal one.
    A table of the register has one k: where the certificate's rows differ, each U becomes u times the largest k.

    Raises
    ------
    InputError
        The table lacks a column or the uncertainty, or a unit is not known.
    """
    nominal = _numbers(_need(table, _NOMINAL, where), where)
    corrections, U, k = _corrections(table, nominal, where)
    points = sorted(zip(nominal.in_SI(), corrections, U, strict=True))
    return CertifiedValues.model_validate(
        {
            "quantity": quantity,
            "unit": unit,
            "range": range,
            "k": k,
            "correlation": knowledge.correlation,
            "drift_ppm_per_year": knowledge.drift_ppm_per_year,
            "drift_floor_per_year": knowledge.drift_floor_per_year,
            "temperature_ppm_per_K": knowledge.temperature_ppm_per_K,
            "interpolation_ppm": knowledge.interpolation_ppm,
            "points": tuple(CertifiedPoint(nominal=n, correction=c, U=w) for n, c, w in points),
        }
    )


def _corrections(table: Table, nominal: Values, where: str) -> tuple[list[float], list[float], float]:
    """Return corrections and U in coherent SI units, and the k that all U have."""
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
    largest = max(source.k)
    widened: tuple[Decimal, ...] = tuple(U * largest / k for U, k in zip(source.U, source.k, strict=True))
    return corrections, source.differences_in_SI(widened), float(largest)


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
