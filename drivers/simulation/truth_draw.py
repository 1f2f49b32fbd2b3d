"""Draws the true errors of a simulated unit, once, from its seed."""

import math

import numpy as np

from calib.drivers.simulation.stated import Stated
from calib.drivers.simulation.truth import Certified, ErrorLaw, Line, Linear, Lines, WithinLimits
from calib.drivers.simulation.truth_file import (
    CertificateTruth,
    LinearTruth,
    SpecificationTruth,
    StatedTruth,
    Truth,
)
from calib.errors import InputError
from calib.specification import Accuracy, Specification


def draw(
    truth: Truth, specification: Specification, interval: str, rng: np.random.Generator, function: str
) -> ErrorLaw:
    """Draw the errors of one unit in one function; the same generator state gives the same unit."""
    limits = limit_lines(specification.table(function, interval))
    if isinstance(truth, SpecificationTruth):
        return _within(limits, truth.share, rng)
    if isinstance(truth, StatedTruth):
        return Stated(truth, _within(limits, 1.0, rng))
    if isinstance(truth, LinearTruth):
        return _linear(truth, limits, rng)
    return _certified(truth, rng)


def check(truth: Truth, specification: Specification, interval: str, function: str) -> None:
    """Raise `InputError` where a certificate lacks a range of the specification, or a stated truth has another."""
    if not isinstance(truth, CertificateTruth | StatedTruth):
        return
    table = specification.table(function, interval)
    ranges = sorted({row.range for row in table.rows})
    missing = [r for r in ranges if r not in truth.ranges] if isinstance(truth, CertificateTruth) else []
    unknown = [r for r in truth.ranges if r not in ranges] if isinstance(truth, StatedTruth) else []
    if missing or unknown:
        what = "no certified range" if missing else "it has no range"
        shown = ", ".join(f"{r:g} {table.unit}" for r in missing or unknown)
        msg = f"truth of a unit with the specification {specification.id}, {function}: {what} {shown}"
        raise InputError(msg)


def limit_lines(table: Accuracy) -> Lines:
    """Return the half-widths a·|x| + b of a specification's table."""
    lines: dict[float, tuple[Line, ...]] = {}
    for row in sorted(table.rows, key=lambda row: (row.range, row.frequency_Hz or (0.0, 0.0))):
        low_Hz, high_Hz = row.frequency_Hz or (-math.inf, math.inf)
        line = Line(row.reading_ppm * 1e-6, row.limit(0.0), low_Hz=low_Hz, high_Hz=high_Hz)
        lines[row.range] = (*lines.get(row.range, ()), line)
    return lines


def _either(rng: np.random.Generator) -> float:
    return float(rng.uniform(-1, 1))


def _within(limits: Lines, share: float, rng: np.random.Generator) -> WithinLimits:
    return WithinLimits(limits, {(r, up): share * _either(rng) for r in limits for up in (True, False)})


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
