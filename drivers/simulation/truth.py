"""What is really wrong with a simulated unit: drawn once from its seed, known to tests and studies and to nobody else.

Three laws, each made so that the knowledge stated about a unit is exactly right over many units:

* `specification`: error(x) = e·limit(x), one e uniform in ±share for each range and polarity. So at every point the
  error is rectangular within ±share·limit.
* `linear`: error(x) = g·x + o with g and o uniform inside the specification's reading and range parts. Smooth through
  zero, always inside the specification: for an item to be calibrated. A part of the range term may be bent; a
  temperature coefficient, drift since the calibration, and warm-up come on top.
* `certificate`: the error stated at calibration, a normal draw times its standard uncertainty, drift uniform within
  its bound times the age, and a uniform temperature coefficient.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import AliasChoices, Field

from calib.errors import InputError
from calib.files import Strict
from calib.specification import Accuracy, Specification

Share = Annotated[float, Field(ge=0)]
Bound = Annotated[float, Field(ge=0)]
Function = Literal["dc_voltage", "ac_voltage", "dc_current", "ac_current", "resistance", "frequency"]

SECONDS_PER_DAY = 86400.0
REFERENCE_C = 23.0


class ErrorLaw(Protocol):
    """The error of one unit in one function."""

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds to `value` in the range up to `full_scale`, in SI; `at_s` counts from power-on."""
        ...


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


Truth = Annotated[SpecificationTruth | LinearTruth | CertificateTruth, Field(discriminator="model")]

Lines = Mapping[float, tuple["Line", ...]]
"""By range, one for each band of frequency."""


@dataclass(frozen=True)
class Line:
    """A line within a band of frequency: the half-width a·|x| + b, or the error a·x + b and a bend."""

    a: float
    b: float
    bend: float = 0.0
    """Greatest departure from the straight line."""
    low_Hz: float = -math.inf
    high_Hz: float = math.inf


def draw(
    truth: Truth, specification: Specification, interval: str, rng: np.random.Generator, function: str
) -> ErrorLaw:
    """Draw the errors of one unit in one function; the same generator state gives the same unit."""
    limits = limit_lines(specification.table(function, interval))
    if isinstance(truth, SpecificationTruth):
        draws = {(r, up): truth.share * _either(rng) for r in limits for up in (True, False)}
        return WithinLimits(limits, draws)
    if isinstance(truth, LinearTruth):
        return _linear(truth, limits, rng)
    missing = [f"{r:g} {specification.table(function, interval).unit}" for r in limits if r not in truth.ranges]
    if missing:
        msg = f"truth of a unit with the specification {specification.id}: no certified range {', '.join(missing)}"
        raise InputError(msg)
    return _certified(truth, rng)


def limit_lines(table: Accuracy) -> Lines:
    """Return the half-widths a·|x| + b of a specification's table."""
    lines: dict[float, tuple[Line, ...]] = {}
    for row in sorted(table.rows, key=lambda row: (row.range, row.frequency_Hz or (0.0, 0.0))):
        low_Hz, high_Hz = row.frequency_Hz or (-math.inf, math.inf)
        line = Line(row.reading_ppm * 1e-6, row.limit(0.0), low_Hz=low_Hz, high_Hz=high_Hz)
        lines[row.range] = (*lines.get(row.range, ()), line)
    return lines


def range_in(lines: Lines, full_scale: float) -> float:
    """Return a range of the table: this one, else the next above it, else the highest."""
    if full_scale in lines:
        return full_scale
    return min((r for r in lines if r > full_scale), default=max(lines))


def line_of(lines: Lines, full_scale: float, frequency_Hz: float) -> Line:
    """Return the line of a range in the band that holds a frequency, or in the band next to it."""
    bands = lines[range_in(lines, full_scale)]
    return next((line for line in bands if frequency_Hz <= line.high_Hz), bands[-1])


def _either(rng: np.random.Generator) -> float:
    return float(rng.uniform(-1, 1))


def _linear(truth: LinearTruth, limits: Lines, rng: np.random.Generator) -> "Linear":
    per_K = truth.gain_per_K * _either(rng)
    within = {
        r: [(line, truth.share * line.a * _either(rng), truth.share * line.b * _either(rng)) for line in bands]
        for r, bands in limits.items()
    }
    bend = truth.share * truth.bend * _either(rng)
    drift, warm_up = _either(rng), _either(rng)
    return Linear(
        lines={
            r: tuple(Line(g, o * (1 - truth.bend), bend * line.b, line.low_Hz, line.high_Hz) for line, g, o in bands)
            for r, bands in within.items()
        },
        gain_per_K=per_K,
        age_days=truth.age_days,
        gain_per_day=truth.gain_drift_per_day * drift,
        warm_up_gain=truth.warm_up_gain * warm_up,
        warm_up_s=truth.warm_up_s,
    )


def _certified(truth: CertificateTruth, rng: np.random.Generator) -> "Certified":
    known = dict(truth.ranges)
    draws = {(r, up): (float(rng.standard_normal()), _either(rng)) for r in sorted(known) for up in (True, False)}
    per_K = {r: known[r].gain_per_K * _either(rng) for r in sorted(known)}
    return Certified(known, truth.age_days, truth.temperature_C, draws, per_K)


class Spoiled:
    """A unit's law, to which a fault may add a gain and an offset: a drift out of specification, on demand."""

    def __init__(self, law: ErrorLaw) -> None:
        self._law = law
        self.gain = self.offset = 0.0

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        drawn = self._law.error(value, full_scale, temperature_C, frequency_Hz=frequency_Hz, at_s=at_s)
        return drawn + self.gain * value + self.offset


@dataclass(frozen=True)
class WithinLimits:
    """Errors in a fixed proportion to the limits of the specification, which hold at any temperature it allows."""

    limits: Lines
    draws: Mapping[tuple[float, bool], float]
    """Proportion by (range, not negative)."""

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        line = line_of(self.limits, full_scale, frequency_Hz)
        return self.draws[range_in(self.limits, full_scale), value >= 0] * (line.a * abs(value) + line.b)


@dataclass(frozen=True)
class Linear:
    """Gain and offset errors, and what changes them."""

    lines: Lines
    gain_per_K: float
    age_days: float
    gain_per_day: float
    warm_up_gain: float
    warm_up_s: float

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        line = line_of(self.lines, full_scale, frequency_Hz)
        gain = (
            line.a
            + self.gain_per_K * (temperature_C - REFERENCE_C)
            + self.gain_per_day * (self.age_days + at_s / SECONDS_PER_DAY)
            + self.warm_up_gain * math.exp(-at_s / self.warm_up_s)
        )
        return gain * value + line.b + line.bend * _bow(value / full_scale)


def _bow(x: float) -> float:
    """Return the shape of a bend: an S through zero with its ±1 at ±½ of the range, and zero at both ends."""
    return 4 * x * (1 - abs(x)) if abs(x) < 1 else 0.0


@dataclass(frozen=True)
class Certified:
    """Errors as a certificate states them, with what it cannot know."""

    ranges: Mapping[float, CertifiedRange]
    age_days: float
    calibrated_at_C: float
    draws: Mapping[tuple[float, bool], tuple[float, float]]
    """(normal, uniform in ±1) by (range, not negative): the certificate's own error, and the drift."""
    gain_per_K: Mapping[float, float]

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        known = self.ranges[full_scale]
        normal, uniform = self.draws[full_scale, value >= 0]
        size = abs(value)
        stated = known.gain * value + known.offset
        certificate = normal * (known.u_gain * size + known.u_offset)
        drift = uniform * self.age_days * (known.gain_drift_per_day * size + known.offset_drift_per_day)
        return (
            stated + certificate + drift + self.gain_per_K[full_scale] * (temperature_C - self.calibrated_at_C) * value
        )
