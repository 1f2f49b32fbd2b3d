"""One calibration of a piece of equipment: its certificate, its document, its values, its conditions."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from calib.equipment.certifiedthermocouple import CertifiedThermocouple
from calib.equipment.thermometers import CertifiedThermometer
from calib.equipment.values import CertifiedEquation, CertifiedTable, CertifiedValues
from calib.errors import CalibrationStatusError
from calib.files import Span, Strict
from calib.units import show

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Document(Strict):
    """The file of a certificate, known by its digest."""

    path: str
    """Where it lies, from the folder of the register."""
    sha256: Sha256
    kind: Literal["pdf", "dcc", "other"] = "other"


class Calibration(Strict):
    """One calibration of a piece of equipment."""

    certificate: str
    """Number of the certificate."""
    laboratory: str
    accreditation: str = ""
    """Accreditation number of the laboratory; empty where it has none, or is a national institute."""
    traceability: str = ""
    """To what the certificate says that its values are traceable, such as `national standard of VMI`."""
    standards: tuple[str, ...] = ()
    """Ids of the register's own equipment with which the laboratory itself did this calibration."""
    covers: tuple[str, ...] = ()
    """Quantities for which it holds, where one certificate does not hold for all; empty: for all."""
    date: dt.date
    due: dt.date
    issued: dt.date | None = None
    temperature_C: Span | None = None
    """Lowest and highest temperature during the calibration; needed for a correction by this certificate."""
    humidity_percent: Span | None = None
    use_temperature_C: Span | None = None
    """Conditions of use that the certificate states for its values, where it does."""
    use_humidity_percent: Span | None = None
    complies: bool
    """Whether the certificate shows compliance with the equipment's specification."""
    acceptance: str = ""
    """Criteria by which the laboratory accepted the results."""
    accepted_by: str = ""
    adjusted: bool = False
    """Whether the equipment was adjusted, so that values before and after differ."""
    document: Document | None = None
    values: tuple[CertifiedValues, ...] = ()
    equations: tuple[CertifiedEquation, ...] = ()
    tables: tuple[CertifiedTable, ...] = ()
    thermometer: Annotated[CertifiedThermometer | CertifiedThermocouple, Field(discriminator="kind")] | None = None
    """Of a thermometer: its law."""

    @model_validator(mode="after")
    def _due_after_date(self) -> Self:
        if self.due <= self.date:
            msg = f"'due' ({self.due}) must be later than 'date' ({self.date})"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _each_range_once(self) -> Self:
        tables = [(v.quantity, v.range, v.frequency_Hz) for v in self.values]
        if len(set(tables)) < len(tables):
            msg = "'values' must have one table for each quantity and range (and frequency)"
            raise ValueError(msg)
        return self

    def values_for(self, quantity: str, range: float, who: str, frequency_Hz: float | None = None) -> CertifiedValues:
        """Return the certified values of a range, and of a frequency where they alternate.

        Raises
        ------
        CalibrationStatusError
            The certificate has none.
        """
        for values in self.values:
            if values.quantity == quantity and _same(values.range, range) and _same(values.frequency_Hz, frequency_Hz):
                return values
        of_it = [v for v in self.values if v.quantity == quantity]
        known = dict.fromkeys(v.title for v in of_it) if of_it else sorted({v.quantity for v in self.values})
        asked = f"{range:g}" if not of_it else show(range, of_it[0].unit)
        at = "" if frequency_Hz is None else f" at {frequency_Hz:g} Hz"
        msg = (
            f"{who}: certificate {self.certificate} has no values of {quantity} in the range {asked}{at}; "
            f"it has: {', '.join(known) or 'none'}"
        )
        raise CalibrationStatusError(msg)

    def equation_for(self, quantity: str, nominal: float) -> CertifiedEquation | None:
        """Return the equation that gives the value for a nominal value, its one variable; None where there is none."""
        for equation in self.equations:
            if equation.quantity == quantity and len(equation.within) == 1:
                (name,) = equation.within
                if equation.covers({name: nominal}):
                    return equation
        return None


def _same(a: float | None, b: float | None) -> bool:
    return a is b is None or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9))


Entry = TypeVar("Entry", Calibration, Mapping[str, Any])


def in_force(calibrations: Iterable[Entry], on: dt.date, quantity: str | None = None) -> Entry | None:
    """Return the newest calibration done by the day `on`, or None; of the register, or of a record's snapshot.

    With a `quantity` only those count that hold for it.
    """
    done = [c for c in calibrations if _day(c) <= on and (quantity is None or _holds_for(c, quantity))]
    return max(done, key=_day, default=None)


def all_in_force(calibrations: Iterable[Calibration], on: dt.date) -> tuple[Calibration, ...]:
    """Return the newest calibration of everything that is calibrated: for each `covers` that none replaced since."""
    found: list[Calibration] = []
    replaced: set[str] = set()
    for calibration in sorted(calibrations, key=_day, reverse=True):
        if calibration.date > on or (calibration.covers and replaced.issuperset(calibration.covers)):
            continue
        found.append(calibration)
        if not calibration.covers:
            break
        replaced.update(calibration.covers)
    return tuple(found)


def _holds_for(calibration: Calibration | Mapping[str, Any], quantity: str) -> bool:
    covers = calibration.covers if isinstance(calibration, Calibration) else calibration.get("covers") or ()
    return not covers or quantity in covers


def _day(calibration: Calibration | Mapping[str, Any]) -> dt.date:
    if isinstance(calibration, Calibration):
        return calibration.date
    return dt.date.fromisoformat(calibration["date"])
