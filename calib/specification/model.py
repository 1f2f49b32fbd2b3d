"""An accuracy specification: limits of error by quantity, range and interval, with where the numbers come from."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from calib.errors import OutOfRange
from calib.files import Strict
from calib.units import show

_DAYS = {"hour": 1 / 24, "day": 1.0, "month": 30.4375, "year": 365.25}


def interval_days(interval: str) -> float:
    """Return the length in days of an interval such as `24 hours`, `90 days`, `1 year`.

    Raises
    ------
    ValueError
        It is not a number and a unit of time.
    """
    match = re.fullmatch(r"(\d+)\s*(hour|day|month|year)s?", interval)
    if match is None:
        msg = f"an interval is a number and hours, days, months or years, such as '90 days', not {interval!r}"
        raise ValueError(msg)
    return int(match[1]) * _DAYS[match[2]]


def _interval(value: str) -> str:
    interval_days(value)
    return value


Interval = Annotated[str, AfterValidator(_interval)]


class Source(Strict):
    """Where the numbers were read."""

    document: str
    page: str
    note: str = ""


class Coverage(Strict):
    """What the maker says of the limits: a coverage probability, or nothing: rectangular (JCGM 100:2008, 4.3.7)."""

    distribution: Literal["rectangular", "normal"]
    probability: Annotated[float | None, Field(gt=0, lt=1)] = None
    note: str = ""

    @model_validator(mode="after")
    def _probability_goes_with_normal(self) -> Self:
        if (self.distribution == "normal") != (self.probability is not None):
            msg = "a normal distribution needs its coverage 'probability'; a rectangular one has none"
            raise ValueError(msg)
        return self


class AccuracyRow(Strict):
    """Limits of one range: ± (reading_ppm of the value + range_ppm of the range + floor)."""

    range: Annotated[float, Field(gt=0)]
    """Upper value of the range, in the table's unit."""
    reading_ppm: Annotated[float, Field(ge=0)]
    range_ppm: Annotated[float, Field(ge=0)] = 0.0
    floor: Annotated[float, Field(ge=0)] = 0.0
    """In the table's unit."""
    reading_ppm_per_K: Annotated[float, Field(ge=0)] = 0.0
    """Added for each kelvin outside the table's temperature."""
    range_ppm_per_K: Annotated[float, Field(ge=0)] = 0.0

    def limit(self, value: float, kelvin_outside: float = 0.0) -> float:
        """Return the half-width of the limits at `value`, in the table's unit."""
        of_reading = self.reading_ppm + self.reading_ppm_per_K * kelvin_outside
        of_range = self.range_ppm + self.range_ppm_per_K * kelvin_outside
        return (of_reading * abs(value) + of_range * self.range) * 1e-6 + self.floor


class Accuracy(Strict):
    """One table: a quantity over an interval since calibration."""

    quantity: str
    unit: str
    """Coherent SI unit."""
    interval: Interval
    temperature_C: tuple[float, float] | None = None
    """Within which the limits hold; absent where the source does not record it."""
    rows: Annotated[tuple[AccuracyRow, ...], Field(min_length=1)]


class Specification(Strict):
    """Accuracy of one model, as its document states it."""

    format: Literal["calib-specification/1"]
    id: str
    version: str
    manufacturer: str
    models: tuple[str, ...]
    title: str
    source: Source
    coverage: Coverage
    digits: Annotated[float | None, Field(gt=0)] = None
    """Digits of an indication, such as 6.5: the least digit is the range divided by 10 to the whole digits."""
    accuracy: tuple[Accuracy, ...]

    def ranges(self, quantity: str) -> tuple[float, ...]:
        """Return the ranges of a quantity, ascending, in its unit."""
        return tuple(sorted({row.range for table in self._tables(quantity) for row in table.rows}))

    def intervals(self, quantity: str) -> tuple[str, ...]:
        """Return the intervals for which a quantity is specified."""
        return tuple(table.interval for table in self._tables(quantity))

    def range_for(self, quantity: str, value: float) -> float:
        """Return the lowest range that holds `value`; raise `OutOfRange` where none does."""
        for upper in self.ranges(quantity):
            if abs(value) <= upper * (1 + 1e-12):
                return upper
        unit = self._tables(quantity)[0].unit
        msg = f"{self.id}: {show(value, unit)} exceeds its highest range, {show(self.ranges(quantity)[-1], unit)}"
        raise OutOfRange(msg)

    def table(self, quantity: str, interval: str) -> Accuracy:
        """Return the table of a quantity for an interval; raise `OutOfRange` where there is none."""
        for table in self._tables(quantity):
            if table.interval == interval:
                return table
        known = ", ".join(self.intervals(quantity))
        msg = f"{self.id}: {quantity} is not specified for {interval!r}; known: {known}"
        raise OutOfRange(msg)

    def limit(
        self,
        quantity: str,
        value: float,
        range: float,
        interval: str,
        temperature_C: float | None = None,
    ) -> float:
        """Return the half-width of the limits of error at `value` in `range`, in the unit of the quantity.

        Raises
        ------
        OutOfRange
            The quantity, the interval or the range is not in the specification, or the temperature lies outside it
            and the source gives no temperature coefficient.
        """
        table = self.table(quantity, interval)
        for row in table.rows:
            if abs(row.range - range) <= 1e-9 * range:
                return row.limit(value, self._kelvin_outside(table, row, temperature_C))
        known = ", ".join(show(r, table.unit) for r in self.ranges(quantity))
        msg = f"{self.id}: there is no range {show(range, table.unit)}; known: {known}"
        raise OutOfRange(msg)

    def resolution(self, range: float) -> float:
        """Return the least digit in a range: 10 µV in 10 V for 6½ digits."""
        if self.digits is None:
            msg = f"{self.id}: its number of digits is not stated"
            raise OutOfRange(msg)
        return float(range) / 10.0 ** int(self.digits)

    def _tables(self, quantity: str) -> list[Accuracy]:
        tables = [table for table in self.accuracy if table.quantity == quantity]
        if not tables:
            known = ", ".join(sorted({table.quantity for table in self.accuracy}))
            msg = f"{self.id}: no accuracy of {quantity}; known: {known}"
            raise OutOfRange(msg)
        return tables

    def _kelvin_outside(self, table: Accuracy, row: AccuracyRow, temperature_C: float | None) -> float:
        if temperature_C is None or table.temperature_C is None:
            return 0.0
        low, high = table.temperature_C
        outside = max(low - temperature_C, temperature_C - high, 0.0)
        if outside > 0 and row.reading_ppm_per_K == 0 and row.range_ppm_per_K == 0:
            msg = f"{self.id}: {temperature_C:g} °C lies outside its {low:g} °C to {high:g} °C"
            raise OutOfRange(msg)
        return outside
