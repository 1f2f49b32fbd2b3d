"""One piece of equipment and its calibrations, as its file in the register states them (ISO/IEC 17025:2017, 6.4.13)."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeVar

import numpy as np
from pydantic import Field, model_validator

from calib.errors import CalibrationStatusError
from calib.files import BilingualText, CoherentUnit, Span, Strict
from calib.specification import Interval
from calib.units import show

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class CertifiedPoint(Strict):
    """One line of a certificate."""

    nominal: float
    correction: float
    """To be added to the nominal value to give the value, in the unit of the table."""
    U: Positive
    """Expanded uncertainty, in the unit of the table."""


class CertifiedValues(Strict):
    """What a certificate says of one range of a quantity, and what the laboratory knows of its change since."""

    quantity: str
    unit: CoherentUnit
    range: Positive
    k: Positive
    """Coverage factor of every U."""
    dof: Annotated[float, Field(gt=0, allow_inf_nan=True)] = math.inf
    """Degrees of freedom of every U, inf where the certificate states none."""
    correlation: Literal["full", "none"] | tuple[tuple[float, ...], ...]
    """How the errors of the certified points correlate among each other; there is no default."""
    drift_ppm_per_year: NotNegative
    """Half-width of what the value may have drifted, in 10⁻⁶ of the value a year."""
    drift_floor_per_year: NotNegative = 0.0
    """The same, in the table's unit a year."""
    temperature_ppm_per_K: NotNegative
    """Half-width of the temperature coefficient, in 10⁻⁶ of the value for each kelvin from the calibration's."""
    interpolation_ppm: NotNegative | None = None
    """Half-width of the error between certified points; without it only certified points are used."""
    points: Annotated[tuple[CertifiedPoint, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _points_ascend(self) -> Self:
        nominals = [p.nominal for p in self.points]
        if any(b <= a for a, b in pairwise(nominals)):
            msg = "'points' must be listed by ascending nominal value, each once"
            raise ValueError(msg)
        if isinstance(self.correlation, tuple):
            _check_correlation(self.correlation, len(nominals))
        return self


def _check_correlation(matrix: tuple[tuple[float, ...], ...], n: int) -> None:
    """Refuse what no n errors can have: a wrong shape, no symmetry, no 1 on the diagonal, a negative variance."""
    if [len(row) for row in matrix] != [n] * n:
        msg = f"'correlation' must be 'full', 'none' or a {n} × {n} matrix, a row for each of 'points'"
        raise ValueError(msg)
    r = np.array(matrix)
    if not (np.array_equal(r, r.T) and np.all(np.diag(r) == 1.0) and np.linalg.eigvalsh(r)[0] >= -1e-9):
        msg = "'correlation' must be symmetric, with 1 on its diagonal and no negative eigenvalue"
        raise ValueError(msg)


class Calibration(Strict):
    """One calibration of a piece of equipment."""

    certificate: str
    """Number of the certificate."""
    laboratory: str
    accreditation: str = ""
    date: dt.date
    due: dt.date
    temperature_C: Span
    """Lowest and highest temperature during the calibration."""
    complies: bool
    """Whether the certificate shows compliance with the equipment's specification."""
    values: tuple[CertifiedValues, ...] = ()

    @model_validator(mode="after")
    def _due_after_date(self) -> Self:
        if self.due <= self.date:
            msg = f"'due' ({self.due}) must be later than 'date' ({self.date})"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _each_range_once(self) -> Self:
        tables = [(v.quantity, v.range) for v in self.values]
        if len(set(tables)) < len(tables):
            msg = "'values' must have one table for each quantity and range"
            raise ValueError(msg)
        return self

    def values_for(self, quantity: str, range: float, who: str) -> CertifiedValues:
        """Return the certified values of a range; raise `CalibrationStatusError` where the certificate has none."""
        for values in self.values:
            if values.quantity == quantity and math.isclose(values.range, range, rel_tol=1e-9):
                return values
        known = ", ".join(f"{v.quantity} {show(v.range, v.unit)}" for v in self.values) or "none"
        msg = (
            f"{who}: certificate {self.certificate} has no values of {quantity} in the range {range:g}; it has: {known}"
        )
        raise CalibrationStatusError(msg)


Entry = TypeVar("Entry", Calibration, Mapping[str, Any])


def in_force(calibrations: Iterable[Entry], on: dt.date) -> Entry | None:
    """Return the newest calibration done by the day `on`, or None; of the register, or of a record's snapshot."""
    done = [c for c in calibrations if _day(c) <= on]
    return max(done, key=_day, default=None)


def _day(calibration: Calibration | Mapping[str, Any]) -> dt.date:
    if isinstance(calibration, Calibration):
        return calibration.date
    return dt.date.fromisoformat(calibration["date"])


class Maintenance(Strict):
    """Something done to the equipment, or damage."""

    date: dt.date
    what: str
    by: str


class Equipment(Strict):
    """A piece of equipment of the laboratory."""

    format: Literal["calib-equipment/1"]
    id: str
    description: BilingualText
    manufacturer: str
    model: str
    serial_number: str
    firmware: str = ""
    location: str = ""
    state: Literal["in service", "out of service"] = "in service"
    specification: str | None = None
    """Id of its accuracy specification."""
    specification_interval: Interval | None = None
    """Interval of the specification that the laboratory relies on, such as `90 days`."""
    calibrations: tuple[Calibration, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()

    @property
    def name(self) -> str:
        """How messages name it: id, manufacturer, model, serial number."""
        return f"{self.id} ({self.manufacturer} {self.model}, serial number {self.serial_number})"

    def calibration(self, on: dt.date) -> Calibration:
        """Return the newest calibration done by the day `on`; raise `CalibrationStatusError` where there is none."""
        calibration = in_force(self.calibrations, on)
        if calibration is None:
            msg = f"{self.name}: the register holds no calibration done by {on}"
            raise CalibrationStatusError(msg)
        return calibration
