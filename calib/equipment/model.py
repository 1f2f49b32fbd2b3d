"""One piece of equipment and its calibrations, as its file in the register states them (ISO/IEC 17025:2017, 6.4.13)."""

import datetime as dt
import math
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from calib.errors import CalibrationStatusError
from calib.files import BilingualText, Strict
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
    unit: str
    """Coherent SI unit."""
    range: Positive
    k: Positive
    """Coverage factor of every U."""
    dof: Positive = math.inf
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
        if isinstance(self.correlation, tuple) and [len(r) for r in self.correlation] != [len(nominals)] * len(
            nominals
        ):
            msg = f"'correlation' must be 'full', 'none' or a {len(nominals)} × {len(nominals)} matrix"
            raise ValueError(msg)
        return self


class Calibration(Strict):
    """One calibration of a piece of equipment."""

    certificate: str
    """Number of the certificate."""
    laboratory: str
    accreditation: str = ""
    date: dt.date
    due: dt.date
    temperature_C: tuple[float, float]
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

    def values_for(self, quantity: str, range: float, who: str) -> CertifiedValues:
        """Return the certified values of a range; raise `CalibrationStatusError` where the certificate has none."""
        for values in self.values:
            if values.quantity == quantity and math.isclose(values.range, range, rel_tol=1e-9):
                return values
        unit = self.values[0].unit if self.values else "1"
        msg = f"{who}: certificate {self.certificate} has no values of {quantity} in the range {show(range, unit)}"
        raise CalibrationStatusError(msg)


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
    specification_interval: str | None = None
    """Interval of the specification that the laboratory relies on, such as `90 days`."""
    calibrations: tuple[Calibration, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()

    @property
    def name(self) -> str:
        """How messages name it: id, manufacturer, model, serial number."""
        return f"{self.id} ({self.manufacturer} {self.model}, serial number {self.serial_number})"

    def calibration(self, on: dt.date) -> Calibration:
        """Return the newest calibration done by the day `on`; raise `CalibrationStatusError` where there is none."""
        done = [c for c in self.calibrations if c.date <= on]
        if not done:
            msg = f"{self.name}: the register holds no calibration done by {on}"
            raise CalibrationStatusError(msg)
        return max(done, key=lambda c: c.date)
