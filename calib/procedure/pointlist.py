"""Test points as data: those of a method, by rules over the item's ranges, and those that a job asks for instead."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from calib.files import Strict

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Ranges = Literal["all", "lowest", "intermediate", "highest", "others"]
"""Which of the item's ranges; `others` are all but the intermediate one."""


class Tolerance(Strict):
    """Limits of error of a point's own: ± (reading_ppm of the value + range_ppm of the range + floor + counts)."""

    reading_ppm: NotNegative = 0.0
    range_ppm: NotNegative = 0.0
    floor: NotNegative = 0.0
    """In the quantity's SI unit."""
    counts: NotNegative = 0.0
    """How many least digits of the item: 3 of ± (1.5 % + 3 counts)."""

    @model_validator(mode="after")
    def _is_one(self) -> "Tolerance":
        if not (self.reading_ppm or self.range_ppm or self.floor or self.counts):
            msg = "a tolerance needs 'reading_ppm', 'range_ppm', 'floor' or 'counts' above 0"
            raise ValueError(msg)
        return self

    def limit(self, value: float, full_scale: float, resolution: float = 0.0) -> float:
        """Return its half-width at a value, in the quantity's SI unit; `resolution` is one count."""
        relative = (self.reading_ppm * abs(value) + self.range_ppm * full_scale) * 1e-6
        return relative + self.floor + self.counts * resolution


class RequestedPoint(Strict):
    """A test point. Numbers are in coherent SI units."""

    range: Positive
    """Upper value of the item's range."""
    nominal: float
    quantity: str | None = None
    """Such as `ac_voltage`, for methods of several quantities; else that of the method."""
    frequency_Hz: Positive | None = None
    wires: Literal[2, 4] | None = None
    readings: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Number of readings, instead of that in the parameters."""
    tolerance: Tolerance | None = None
    """Instead of the item's specification."""


class PointRule(Strict):
    """Test points of a method: values or parts of a range, over ranges and frequencies."""

    quantity: str | None = None
    """Such as `ac_voltage`, for methods of several quantities; else that of the method."""
    ranges: Ranges | tuple[Positive, ...] = "all"
    at_least: float = 0.0
    """Only ranges from this one up."""
    at_most: float = float("inf")
    """Only ranges up to this one."""
    percent: tuple[float, ...] = ()
    """Parts of the range, with their sign."""
    nominals: tuple[float, ...] = ()
    frequencies_Hz: tuple[Positive, ...] = ()
    wires: Literal[2, 4] | None = None
    readings: Annotated[int, Field(ge=1, le=1000)] | None = None
    tolerance: Tolerance | None = None

    model_config = Strict.model_config | {"allow_inf_nan": True}

    @model_validator(mode="after")
    def _names_values(self) -> "PointRule":
        if bool(self.percent) == bool(self.nominals):
            msg = "a rule gives either 'percent' of the range or 'nominals'"
            raise ValueError(msg)
        return self

    def points(self, ranges: Sequence[float]) -> Iterator[RequestedPoint]:
        """Return the points of an item that has `ranges`, ascending."""
        for range_ in self._chosen(ranges):
            nominals = self.nominals or tuple(round(range_ * p / 100, 12) for p in self.percent)
            for nominal in nominals:
                for frequency_Hz in self.frequencies_Hz or (None,):
                    yield RequestedPoint(
                        range=range_,
                        nominal=nominal,
                        quantity=self.quantity,
                        frequency_Hz=frequency_Hz,
                        wires=self.wires,
                        readings=self.readings,
                        tolerance=self.tolerance,
                    )

    def _chosen(self, ranges: Sequence[float]) -> Sequence[float]:
        within = [r for r in ranges if self.at_least <= r <= self.at_most]
        if not isinstance(self.ranges, str):
            return [r for r in within if any(abs(r - one) <= 1e-9 * r for one in self.ranges)]
        intermediate = ranges[len(ranges) // 2]
        match self.ranges:
            case "lowest":
                return [r for r in within if r == ranges[0]]
            case "highest":
                return [r for r in within if r == ranges[-1]]
            case "intermediate":
                return [r for r in within if r == intermediate]
            case "others":
                return [r for r in within if r != intermediate]
        return within


def planned(rules: Sequence[PointRule], ranges: Sequence[float]) -> list[RequestedPoint]:
    """Return the points of a method for an item that has `ranges`; what two rules ask for stands once."""
    found: dict[tuple[object, ...], RequestedPoint] = {}
    for rule in rules:
        for point in rule.points(ranges):
            key = (point.quantity, point.range, point.nominal, point.frequency_Hz, point.wires)
            found.setdefault(key, point)
    return list(found.values())
