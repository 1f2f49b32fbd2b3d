"""True errors as explicit numbers: what the law `stated` makes of its table."""

import math
from bisect import bisect_left

from calib.drivers.simulation.truth import SECONDS_PER_DAY, ErrorLaw
from calib.drivers.simulation.truth_file import StatedRange, StatedTruth, StatedValue

DAYS_PER_YEAR = 365.25
FULL_FROM = 0.01
"""Part of the way to the next point within which the departure from the line grows from nothing to all of it."""


class Stated:
    """The error of one unit in one function, as stated; in ranges that are not, as `rest` has it."""

    def __init__(self, truth: StatedTruth, rest: ErrorLaw) -> None:
        self._truth = truth
        self._rest = rest
        self._ranges = {r: table if isinstance(table, tuple) else (table,) for r, table in truth.ranges.items()}

    def error(
        self, value: float, full_scale: float, temperature_C: float, *, frequency_Hz: float = 0.0, at_s: float = 0.0
    ) -> float:
        """Return what the unit adds, in SI."""
        tables = self._ranges.get(full_scale)
        if tables is None:
            return self._rest.error(value, full_scale, temperature_C, frequency_Hz=frequency_Hz, at_s=at_s)
        table = tables[0] if len(tables) == 1 else min(tables, key=lambda t: _distance(t, frequency_Hz))
        years = (self._truth.age_days + at_s / SECONDS_PER_DAY) / DAYS_PER_YEAR
        relative = 1e-6 * (
            table.drift_ppm_per_year * years + table.temperature_ppm_per_K * (temperature_C - self._truth.temperature_C)
        )
        floor = math.copysign(1.0, value) * table.drift_floor_per_year * years
        return certified_error(table, value) + relative * value + floor


def certified_error(table: StatedRange, value: float) -> float:
    """Return the error at the calibration: on the line between two points, and off it by the stated departure."""
    points = table.points
    after = bisect_left(points, value, key=lambda point: point[0])
    if after == 0:
        return points[0][1]
    if after == len(points):
        return points[-1][1]
    (a, error_a), (b, error_b) = points[after - 1], points[after]
    w = (value - a) / (b - a)
    departure = min(1.0, min(w, 1 - w) / FULL_FROM) * table.interpolation_ppm * 1e-6 * abs(value)
    return (1 - w) * error_a + w * error_b + departure


def stated_value(stated: StatedValue, temperature_C: float, at_s: float) -> float:
    """Return the true value of a standard, at a temperature and a time of the bench."""
    years = (stated.age_days + at_s / SECONDS_PER_DAY) / DAYS_PER_YEAR
    kelvin = temperature_C - stated.temperature_C
    ppm = (
        stated.drift_ppm_per_year * years
        + stated.temperature_ppm_per_K * kelvin
        + stated.temperature_ppm_per_K2 * kelvin * kelvin
    )
    return stated.value * (1 + 1e-6 * ppm)


def _distance(table: StatedRange, frequency_Hz: float) -> float:
    if not table.frequency_Hz or frequency_Hz <= 0:
        return 0.0
    return abs(math.log(table.frequency_Hz / frequency_Hz))
