"""What is really wrong with a simulated unit: known to tests and studies, and to nobody else.

`truth_draw` draws the laws that stand here, by what `truth_file` says.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from calib.drivers.simulation.truth_file import REFERENCE_C, CertifiedRange

SECONDS_PER_DAY = 86400.0


class ErrorLaw(Protocol):
    """The error of one unit in one function."""

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds to `value` in the range up to `full_scale`, in SI; `at_s` counts from power-on."""
        ...


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


def range_in(lines: Lines, full_scale: float) -> float:
    """Return a range of the table: this one, else the next above it, else the highest."""
    if full_scale in lines:
        return full_scale
    return min((r for r in lines if r > full_scale), default=max(lines))


def line_of(lines: Lines, full_scale: float, frequency_Hz: float) -> Line:
    """Return the line of a range in the band that holds a frequency, or in the band next to it."""
    for line in lines[range_in(lines, full_scale)]:
        if frequency_Hz <= line.high_Hz:
            break
    return line


class Spoiled:
    """A unit's law, to which a fault may add a gain and an offset: a drift out of specification, on demand."""

    def __init__(self, law: ErrorLaw) -> None:
        self.law = law
        self.gain = self.offset = 0.0

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        drawn = self.law.error(value, full_scale, temperature_C, frequency_Hz=frequency_Hz, at_s=at_s)
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
