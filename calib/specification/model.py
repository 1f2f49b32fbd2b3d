"""An accuracy specification: limits of error by quantity, range and interval, with where the numbers come from."""

import math
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from calib.errors import OutOfRange
from calib.files import CoherentUnit, Span, Strict
from calib.specification.interval import Interval
from calib.units import show


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
    """Limits of one range: ± (reading_ppm of the value + range_ppm of the range + floor + counts of the resolution)."""

    range: Annotated[float, Field(gt=0)]
    """Upper value of the range, in the table's unit."""
    reading_ppm: Annotated[float, Field(ge=0)]
    range_ppm: Annotated[float, Field(ge=0)] = 0.0
    floor: Annotated[float, Field(ge=0)] = 0.0
    """In the table's unit."""
    resolution: Annotated[float | None, Field(gt=0)] = None
    """Least digit of an indication in the range, in the table's unit, of instruments with a display."""
    counts: Annotated[float, Field(ge=0)] = 0.0
    """How many least digits: 3 of ± (1.5 % + 3 counts)."""
    reading_ppm_per_K: Annotated[float, Field(ge=0)] = 0.0
    """Added for each kelvin outside the table's temperature."""
    range_ppm_per_K: Annotated[float, Field(ge=0)] = 0.0
    frequency_Hz: Span | None = None
    """Lowest and highest frequency for which the row holds; absent for direct quantities."""

    @model_validator(mode="after")
    def _counts_have_a_size(self) -> Self:
        if self.counts and self.resolution is None:
            msg = "'counts' needs the 'resolution' of the range, which is one count"
            raise ValueError(msg)
        return self

    def holds(self, range: float, frequency_Hz: float | None) -> bool:
        """Return whether the row is of this range, and of a band with this frequency; None asks for no band."""
        low, high = self.frequency_Hz or (-math.inf, math.inf)
        return abs(self.range - range) <= 1e-9 * range and (frequency_Hz is None or low <= frequency_Hz <= high)

    def limit(self, value: float, kelvin_outside: float = 0.0) -> float:
        """Return the half-width of the limits at `value`, in the table's unit."""
        of_reading = self.reading_ppm + self.reading_ppm_per_K * kelvin_outside
        of_range = self.range_ppm + self.range_ppm_per_K * kelvin_outside
        of_digits = self.counts * (self.resolution or 0.0)
        return (of_reading * abs(value) + of_range * self.range) * 1e-6 + self.floor + of_digits


class Accuracy(Strict):
    """One table: a quantity over an interval since calibration."""

    quantity: str
    unit: CoherentUnit
    interval: Interval
    temperature_C: Span | None = None
    """Within which the limits hold; absent where the source does not record it."""
    rows: Annotated[tuple[AccuracyRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_range_once(self) -> Self:
        for position, row in enumerate(self.rows):
            for other in self.rows[:position]:
                if other.range == row.range and _overlap(other.frequency_Hz, row.frequency_Hz):
                    msg = "'rows' must have each 'range' once, or with parted bands of 'frequency_Hz'"
                    raise ValueError(msg)
        return self

    def row(self, range: float, frequency_Hz: float | None = None) -> AccuracyRow | None:
        """Return the row of a range, and of a frequency where it has bands; the lower one where two bands meet."""
        return next((row for row in self.rows if row.holds(range, frequency_Hz)), None)


def _overlap(one: Span | None, other: Span | None) -> bool:
    """Return whether two bands have more than an end in common; no band is all frequencies."""
    return one is None or other is None or (one[0] < other[1] and other[0] < one[1])


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
    correlation: Literal["full", "none"] | None = None
    """How the errors of one unit at several values of a range correlate; absent: not known, and no sum uses them."""
    digits: Annotated[float | None, Field(gt=0)] = None
    """Digits of an indication, such as 6.5: the least digit is the range divided by 10 to the whole digits."""
    accuracy: Annotated[tuple[Accuracy, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_table_once(self) -> Self:
        tables = [(table.quantity, table.interval) for table in self.accuracy]
        if len(set(tables)) < len(tables):
            msg = "'accuracy' must have one table for each quantity and interval"
            raise ValueError(msg)
        return self

    def ranges(self, quantity: str) -> tuple[float, ...]:
        """Return the ranges of a quantity, ascending, in its unit."""
        return tuple(sorted({row.range for table in self._tables(quantity) for row in table.rows}))

    def intervals(self, quantity: str) -> tuple[str, ...]:
        """Return the intervals for which a quantity is specified."""
        return tuple(table.interval for table in self._tables(quantity))

    def range_for(self, quantity: str, value: float) -> float:
        """Return the lowest range that holds `value`; raise `OutOfRange` where none does."""
        for upper in self.ranges(quantity):
            if abs(value) <= upper * (1 + 1e-9):
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
        frequency_Hz: float | None = None,
    ) -> float:
        """Return the half-width of the limits of error at `value` in `range`, in the unit of the quantity.

        Without a temperature it is taken to be that of the table. What alternates needs its frequency.

        Raises
        ------
        OutOfRange
            The quantity, the interval, the range or the frequency is not in the specification, the value exceeds the
            range, or the temperature lies outside and the source gives no temperature coefficient.
        """
        table = self.table(quantity, interval)
        row = table.row(range, frequency_Hz)
        if row is None or (frequency_Hz is None and row.frequency_Hz is not None):
            raise OutOfRange(self._no_row(table, range, frequency_Hz))
        if abs(value) > row.range * (1 + 1e-9):
            msg = f"{self.id}: {show(value, table.unit)} exceeds the range {show(range, table.unit)}"
            raise OutOfRange(msg)
        return row.limit(value, self._kelvin_outside(table, row, temperature_C))

    def resolution(self, range: float, quantity: str | None = None) -> float:
        """Return the least digit in a range: 10 µV in 10 V for 6½ digits; of a quantity where rows state their own."""
        stated = {d for of, row, d in self._stated if quantity in {None, of} and row.holds(range, None)}
        if len(stated) == 1:
            return stated.pop()
        if self.digits is None or stated:
            what = "its number of digits is not stated" if not stated else f"{range:g} is a range of several quantities"
            msg = f"{self.id}: {what}"
            raise OutOfRange(msg)
        return float(range) / 10.0 ** int(self.digits)

    def _tables(self, quantity: str) -> list[Accuracy]:
        tables = self._by_quantity.get(quantity)
        if tables is None:
            msg = f"{self.id}: no accuracy of {quantity}; known: {', '.join(sorted(self._by_quantity))}"
            raise OutOfRange(msg)
        return tables

    @cached_property
    def _stated(self) -> list[tuple[str, AccuracyRow, float]]:
        """Quantity, row and least digit of the rows that state their own."""
        rows = [(table.quantity, row) for table in self.accuracy for row in table.rows]
        return [(quantity, row, row.resolution) for quantity, row in rows if row.resolution is not None]

    @cached_property
    def _by_quantity(self) -> dict[str, list[Accuracy]]:
        found: dict[str, list[Accuracy]] = {}
        for table in self.accuracy:
            found.setdefault(table.quantity, []).append(table)
        return found

    def _no_row(self, table: Accuracy, range: float, frequency_Hz: float | None) -> str:
        """Return why no row of a table is for this range and frequency."""
        of_range = [row.frequency_Hz for row in table.rows if row.holds(range, None)]
        if not of_range:
            known = ", ".join(show(r, table.unit) for r in self.ranges(table.quantity))
            return f"{self.id}: there is no range {show(range, table.unit)}; known: {known}"
        known = ", ".join(f"{band[0]:g} Hz to {band[1]:g} Hz" for band in of_range if band is not None)
        asked = "no frequency was given" if frequency_Hz is None else f"{frequency_Hz:g} Hz is in no band"
        return f"{self.id}: {asked} for the range {show(range, table.unit)} of {table.quantity}; known: {known}"

    def _kelvin_outside(self, table: Accuracy, row: AccuracyRow, temperature_C: float | None) -> float:
        if temperature_C is None or table.temperature_C is None:
            return 0.0
        low, high = table.temperature_C
        outside = max(low - temperature_C, temperature_C - high, 0.0)
        if outside > 0 and row.reading_ppm_per_K == 0 and row.range_ppm_per_K == 0:
            msg = f"{self.id}: {temperature_C:g} °C lies outside its {low:g} °C to {high:g} °C"
            raise OutOfRange(msg)
        return outside
