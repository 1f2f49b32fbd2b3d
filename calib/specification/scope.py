"""The scope of a laboratory: its calibration and measurement capabilities, CMC (ILAC-P14:09/2020, 4; `calib-scope/1`).

A CMC is a value, an equation a + b·x, or a matrix over range and frequency; every range has two ends.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from calib.files import CoherentUnit, Span, Strict

NotNegative = Annotated[float, Field(ge=0)]
Rows = tuple[tuple[NotNegative, ...], ...]


class CmcMatrix(Strict):
    """CMC by bands of the value and bands of the frequency: floor + relative_ppm of the value in each cell."""

    values: Annotated[tuple[float, ...], Field(min_length=2)]
    """Ends of the bands of the value, ascending: one more than there are bands."""
    frequencies_Hz: Annotated[tuple[float, ...], Field(min_length=2)]
    floor: Rows | None = None
    """A row for each band of the value, in it a CMC for each band of the frequency, in the entry's unit."""
    relative_ppm: Rows | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, ends in (("values", self.values), ("frequencies_Hz", self.frequencies_Hz)):
            if any(b <= a for a, b in pairwise(ends)):
                msg = f"'{name}' must ascend"
                raise ValueError(msg)
        shape = (len(self.values) - 1, len(self.frequencies_Hz) - 1)
        given = [rows for rows in (self.floor, self.relative_ppm) if rows is not None]
        if not given or any([len(row) for row in rows] != [shape[1]] * shape[0] for rows in given):
            msg = f"'floor' or 'relative_ppm' must have {shape[0]} rows of {shape[1]}, a cell for each pair of bands"
            raise ValueError(msg)
        if any(self._cell(i, j, self.values[i + 1]) <= 0 for i in range(shape[0]) for j in range(shape[1])):
            msg = "every cell must give a CMC above 0"
            raise ValueError(msg)
        return self

    def at(self, value: float, frequency_Hz: float) -> float | None:
        """Return the CMC, None outside the matrix; where bands meet, the greater one."""
        rows, columns = _bands(self.values, value), _bands(self.frequencies_Hz, frequency_Hz)
        return max((self._cell(i, j, value) for i in rows for j in columns), default=None)

    def _cell(self, i: int, j: int, value: float) -> float:
        floor = self.floor[i][j] if self.floor is not None else 0.0
        relative = self.relative_ppm[i][j] if self.relative_ppm is not None else 0.0
        return floor + relative * 1e-6 * abs(value)


def _bands(ends: tuple[float, ...], value: float) -> list[int]:
    return [i for i, (low, high) in enumerate(pairwise(ends)) if _within((low, high), value)]


def _within(span: tuple[float, float], value: float) -> bool:
    """Return whether a value lies within a span, whose ends belong to it; the last bits decide nothing."""
    noise = 1e-12 * max(abs(span[0]), abs(span[1]))
    return span[0] - noise <= value <= span[1] + noise


class ScopeEntry(Strict):
    """One line of the scope."""

    quantity: str
    unit: CoherentUnit
    methods: tuple[str, ...] = ()
    """Ids of the procedures for which it holds; empty: for all."""
    range: Span
    """Of the value's magnitude, or of the value itself where the lower end is negative."""
    frequency_Hz: Span | None = None
    """Of what alternates."""
    floor: NotNegative = 0.0
    """CMC = floor + relative_ppm · 10⁻⁶ · value, in the unit; a plain value has no `relative_ppm`."""
    relative_ppm: NotNegative = 0.0
    matrix: CmcMatrix | None = None
    on_site: bool = False
    """Whether it holds at the customer's too, not only in the laboratory."""
    note: str = ""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        equation = self.floor > 0 or self.relative_ppm > 0
        if equation == (self.matrix is not None):
            msg = "either 'floor' and 'relative_ppm' or 'matrix' must state the CMC"
            raise ValueError(msg)
        if equation and self.floor == 0 and self.range[0] <= 0:
            msg = "'floor' must be above 0: at the value 0 there would be no CMC"
            raise ValueError(msg)
        return self

    def cmc(self, value: float, frequency_Hz: float | None) -> float | None:
        """Return the CMC at a value, in the unit; None where the entry does not hold."""
        size = value if self.range[0] < 0 else abs(value)
        if not _within(self.range, size):
            return None
        if self.frequency_Hz is not None and (frequency_Hz is None or not _within(self.frequency_Hz, frequency_Hz)):
            return None
        if self.matrix is not None:
            return None if frequency_Hz is None else self.matrix.at(size, frequency_Hz)
        return self.floor + self.relative_ppm * 1e-6 * abs(value)


@dataclass(frozen=True)
class Covered:
    """What the scope says of one measurement."""

    inside: bool
    cmc: float = 0.0
    """Least expanded uncertainty that may be stated, in the coherent unit; 0 outside the scope."""


class Scope(Strict):
    """`scope.toml`: what the laboratory may issue under its accreditation."""

    format: Literal["calib-scope/1"]
    accreditation: str
    """As on the schedule of the accreditation body."""
    issued: dt.date
    valid_until: dt.date | None = None
    simulated: bool = False
    """True for that of a simulated laboratory; it serves no real measurement."""
    entries: Annotated[tuple[ScopeEntry, ...], Field(min_length=1)]

    def covered(
        self,
        quantity: str,
        value: float,
        *,
        method: str,
        on: dt.date,
        frequency_Hz: float | None = None,
        on_site: bool = False,
    ) -> Covered:
        """Return whether a value, in the coherent unit, is within the scope on a day, and its CMC.

        Where several entries hold, the greatest CMC counts: it is right by each of them.
        """
        if on < self.issued or (self.valid_until is not None and on > self.valid_until):
            return Covered(inside=False)
        found = [
            cmc
            for entry in self.entries
            if entry.quantity == quantity
            and (not entry.methods or method in entry.methods)
            and (entry.on_site or not on_site)
            and (cmc := entry.cmc(value, frequency_Hz)) is not None
        ]
        return Covered(inside=True, cmc=max(found)) if found else Covered(inside=False)
