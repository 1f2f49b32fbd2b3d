"""What is really wrong with a simulated unit: drawn once from its seed, known to tests and studies and to nobody else.

Three laws, each made so that the knowledge stated about a unit is exactly right over many units:

* `specification`: error(V) = e·limit(V), one e uniform in ±share for each range and polarity. So at every point the
  error is rectangular within ±share·limit.
* `linear`: error(V) = g·V + o with g and o uniform inside the specification's reading and range parts; plus a
  temperature coefficient. Smooth through zero, always inside the specification: for an item to be calibrated.
* `certificate`: the error stated at calibration, a normal draw times its standard uncertainty, drift uniform within
  its bound times the age, and a uniform temperature coefficient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import Field

from calib.errors import InputError
from calib.files import Strict
from calib.specification import Specification

Share = Annotated[float, Field(ge=0)]
Bound = Annotated[float, Field(ge=0)]


class ErrorLaw(Protocol):
    """The error of one unit in DC voltage."""

    def error_V(self, value_V: float, range_V: float, temperature_C: float) -> float:
        """Return what the unit adds to `value_V` in a range, in volts."""
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
    gain_per_K: Bound = 0.0
    """Half-width of the temperature coefficient, relative to the reading, per kelvin from 23 °C."""


class CertifiedRange(Strict):
    """What a certificate and the register say of one range. Uncertainties are standard ones, bounds half-widths."""

    gain: float = 0.0
    offset_V: float = 0.0
    u_gain: Bound = 0.0
    u_offset_V: Bound = 0.0
    gain_drift_per_day: Bound = 0.0
    offset_drift_V_per_day: Bound = 0.0
    gain_per_K: Bound = 0.0


class CertificateTruth(Strict):
    """Draw errors round those stated at the calibration."""

    model: Literal["certificate"]
    age_days: Annotated[float, Field(ge=0)]
    temperature_C: float = 23.0
    ranges: Mapping[float, CertifiedRange]
    """By the range's upper value in volts, such as "3.3"."""


Truth = Annotated[SpecificationTruth | LinearTruth | CertificateTruth, Field(discriminator="model")]


def draw(
    truth: SpecificationTruth | LinearTruth | CertificateTruth,
    specification: Specification,
    interval: str,
    rng: np.random.Generator,
) -> ErrorLaw:
    """Draw the errors of one unit; the same generator state gives the same unit."""
    limits = {r: limit_line(specification, r, interval) for r in specification.ranges("dc_voltage")}
    if isinstance(truth, SpecificationTruth):
        draws = {(r, up): truth.share * float(rng.uniform(-1, 1)) for r in limits for up in (True, False)}
        return WithinLimits(limits, draws)
    if isinstance(truth, LinearTruth):
        per_K = truth.gain_per_K * float(rng.uniform(-1, 1))
        lines = {
            r: (truth.share * a * float(rng.uniform(-1, 1)), truth.share * b * float(rng.uniform(-1, 1)))
            for r, (a, b) in limits.items()
        }
        return Linear(lines, per_K)
    missing = [f"{r:g} V" for r in limits if r not in truth.ranges]
    if missing:
        msg = f"truth of a unit with the specification {specification.id}: no certified range {', '.join(missing)}"
        raise InputError(msg)
    return _certified(truth, rng)


def limit_line(specification: Specification, range_V: float, interval: str) -> tuple[float, float]:
    """Return (a, b) of the specification's half-width a·|V| + b in a range."""
    floor_V = specification.limit("dc_voltage", 0.0, range_V, interval)
    return (specification.limit("dc_voltage", range_V, range_V, interval) - floor_V) / range_V, floor_V


def _certified(truth: CertificateTruth, rng: np.random.Generator) -> "Certified":
    known = dict(truth.ranges)
    draws = {
        (r, up): (float(rng.standard_normal()), float(rng.uniform(-1, 1)))
        for r in sorted(known)
        for up in (True, False)
    }
    per_K = {r: known[r].gain_per_K * float(rng.uniform(-1, 1)) for r in sorted(known)}
    return Certified(known, truth.age_days, truth.temperature_C, draws, per_K)


@dataclass(frozen=True)
class WithinLimits:
    """Errors in a fixed proportion to the limits of the specification."""

    limits: Mapping[float, tuple[float, float]]
    """(a, b) of the half-width a·|V| + b, by range in volts."""
    draws: Mapping[tuple[float, bool], float]
    """Proportion by (range in volts, not negative)."""

    def error_V(self, value_V: float, range_V: float, temperature_C: float) -> float:
        """Return what the unit adds, in volts; the specification holds at any temperature that it allows."""
        a, b = self.limits[range_V]
        return self.draws[range_V, value_V >= 0] * (a * abs(value_V) + b)


@dataclass(frozen=True)
class Linear:
    """Gain and offset errors."""

    lines: Mapping[float, tuple[float, float]]
    """(gain, offset in volts) by range in volts."""
    gain_per_K: float

    def error_V(self, value_V: float, range_V: float, temperature_C: float) -> float:
        """Return what the unit adds, in volts."""
        gain, offset_V = self.lines[range_V]
        return (gain + self.gain_per_K * (temperature_C - 23.0)) * value_V + offset_V


@dataclass(frozen=True)
class Certified:
    """Errors as a certificate states them, with what it cannot know."""

    ranges: Mapping[float, CertifiedRange]
    age_days: float
    calibrated_at_C: float
    draws: Mapping[tuple[float, bool], tuple[float, float]]
    """(normal, uniform in ±1) by (range in volts, not negative): the certificate's own error, and the drift."""
    gain_per_K: Mapping[float, float]

    def error_V(self, value_V: float, range_V: float, temperature_C: float) -> float:
        """Return what the unit adds, in volts."""
        known = self.ranges[range_V]
        normal, uniform = self.draws[range_V, value_V >= 0]
        size_V = abs(value_V)
        stated_V = known.gain * value_V + known.offset_V
        certificate_V = normal * (known.u_gain * size_V + known.u_offset_V)
        drift_V = uniform * self.age_days * (known.gain_drift_per_day * size_V + known.offset_drift_V_per_day)
        return (
            stated_V
            + certificate_V
            + drift_V
            + self.gain_per_K[range_V] * (temperature_C - self.calibrated_at_C) * value_V
        )
