"""By which law the true errors of a simulated unit are drawn, as its table in the bench file says.

Three laws are drawn, each made so that the knowledge stated about a unit is exactly right over many units:

* `specification`: error(x) = e·limit(x), one e uniform in ±share for each range and polarity. So at every point the
  error is rectangular within ±share·limit.
* `linear`: error(x) = g·x + o with g and o uniform inside the specification's reading and range parts. Smooth through
  zero, always inside the specification: for an item to be calibrated. A part of the range term may be bent; a
  temperature coefficient, drift since the calibration, and warm-up come on top.
* `certificate`: the error stated at calibration, a normal draw times its standard uncertainty, drift uniform within
  its bound times the age, and a uniform temperature coefficient.

The fourth, `stated`, draws nothing: its numbers are the truth. Whoever drew them can write a certificate from them.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, field_validator

from calib.files import Strict

Share = Annotated[float, Field(ge=0)]
Bound = Annotated[float, Field(ge=0)]
Function = Literal[
    "dc_voltage",
    "ac_voltage",
    "dc_current",
    "ac_current",
    "resistance",
    "frequency",
    "thermocouple",
    "reference_junction",
    "source_dc_voltage",
    "source_dc_current",
    "source_resistance",
]
"""`thermocouple`: a voltage; `reference_junction`: the temperature of the terminals, in °C; `source_…`: the output
of an instrument that measures the same quantity too."""

REFERENCE_C = 23.0


class SpecificationTruth(Strict):
    """Draw errors that are rectangular within the specification."""

    model: Literal["specification"]
    share: Share = 1.0
    """Part of the specification that is used; above 1 the unit may be out of it."""


class LinearTruth(Strict):
    """Draw gain and offset inside the specification."""

    model: Literal["linear"]
    share: Share = 1.0
    bend: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Part of the range term that is not an offset but a departure from the straight line, zero at both ends."""
    gain_per_K: Bound = 0.0
    """Half-width of the temperature coefficient, relative to the reading, per kelvin from 23 °C."""
    age_days: Annotated[float, Field(ge=0)] = 0.0
    """Time since the calibration when the bench begins."""
    gain_drift_per_day: Bound = 0.0
    """Half-width of the drift, relative to the reading."""
    warm_up_gain: Bound = 0.0
    """Half-width of the gain error just after power-on."""
    warm_up_s: Annotated[float, Field(gt=0)] = 1200.0
    """Time in which that falls by a factor of e."""


class CertifiedRange(Strict):
    """What a certificate and the register say of one range. Uncertainties are standard ones, bounds half-widths.

    Offsets are in the unit of the function; in DC voltage their names may say so: `offset_V`.
    """

    gain: float = 0.0
    offset: float = Field(0.0, validation_alias=AliasChoices("offset", "offset_V"))
    u_gain: Bound = 0.0
    u_offset: Bound = Field(0.0, validation_alias=AliasChoices("u_offset", "u_offset_V"))
    gain_drift_per_day: Bound = 0.0
    offset_drift_per_day: Bound = Field(
        0.0, validation_alias=AliasChoices("offset_drift_per_day", "offset_drift_V_per_day")
    )
    gain_per_K: Bound = 0.0


class CertificateTruth(Strict):
    """Draw errors round those stated at the calibration."""

    model: Literal["certificate"]
    age_days: Annotated[float, Field(ge=0)]
    temperature_C: float = REFERENCE_C
    ranges: Mapping[float, CertifiedRange]
    """By the range's upper value, such as "3.3"."""


Error = tuple[float, float]
"""(value, error) in the unit of the function."""


class StatedRange(Strict):
    """The true errors of one range, with their signs; names as in the register, which has their half-widths."""

    points: Annotated[tuple[Error, ...], Field(min_length=1)]
    """At the calibration, by ascending value; a straight line between two of them, constant beyond the last."""
    interpolation_ppm: float = 0.0
    """Departure from the lines between the points, in 10⁻⁶ of the value; none at the points themselves."""
    drift_ppm_per_year: float = 0.0
    drift_floor_per_year: float = 0.0
    """In the unit of the function, with the sign of the value."""
    temperature_ppm_per_K: float = 0.0
    frequency_Hz: Annotated[float | None, Field(gt=0)] = None
    """Of what alternates: where the errors were determined; of several in a range the nearest counts."""

    @field_validator("points")
    @classmethod
    def _ascend(cls, points: tuple[Error, ...]) -> tuple[Error, ...]:
        if any(b[0] <= a[0] for a, b in pairwise(points)):
            msg = "must be listed by ascending value, each once"
            raise ValueError(msg)
        return points


class StatedTruth(Strict):
    """The true errors themselves, as explicit numbers. A range that is not stated errs by the specification."""

    model: Literal["stated"]
    ranges: Mapping[float, StatedRange | tuple[StatedRange, ...]]
    """By the range's upper value; several where the error depends on the frequency."""
    age_days: Annotated[float, Field(ge=0)] = 0.0
    """Time since the calibration when the bench begins."""
    temperature_C: float = REFERENCE_C
    """During the calibration."""


class StatedValue(Strict):
    """The true value of a standard without functions, such as a resistor, as explicit numbers."""

    value: float
    """At the calibration, in the unit of the standard; of a coil its effective turns, of an oscillator its hertz."""
    age_days: Annotated[float, Field(ge=0)] = 0.0
    temperature_C: float = REFERENCE_C
    drift_ppm_per_year: float = 0.0
    temperature_ppm_per_K: float = 0.0
    temperature_ppm_per_K2: float = 0.0
    """Second coefficient: β of α(t − t₀) + β(t − t₀)²."""


Truth = Annotated[SpecificationTruth | LinearTruth | CertificateTruth | StatedTruth, Field(discriminator="model")]
