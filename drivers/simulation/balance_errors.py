"""What can be wrong with a simulated balance: half-widths in its file, and what is drawn of them for one unit."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from calib.drivers.simulation.kinds import UnitFile

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class BalanceFile(UnitFile):
    """A balance. Half-widths are those within which its errors are drawn, rectangular."""

    capacity_kg: Positive = 0.22
    digit_kg: Positive = 1e-7
    """The last place of its display."""
    unit: Literal["g", "kg", "mg", "ct"] = "g"
    """What it shows."""
    noise_kg: NotNegative = 0.0
    """Standard deviation from indication to indication, with the load left alone."""
    repeatability_kg: NotNegative = 0.0
    """Standard deviation from loading to loading."""
    linearity_kg: NotNegative = 0.0
    """Half-width of the departure from a straight line between zero and the capacity."""
    sensitivity: NotNegative = 0.0
    """Half-width of the relative error of its internal weight, by which it was adjusted."""
    sensitivity_per_K: NotNegative = 0.0
    """Half-width of its temperature coefficient, since it was adjusted."""
    eccentricity_kg: NotNegative = 0.0
    """Half-width, with a third of the capacity at a test point."""
    eccentricity_deg: Annotated[float, Field(ge=0, lt=360)] | None = None
    """Direction in which it is greatest, from the right to the back; drawn where it is not stated."""
    placing: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Half-width of where hands put a load, each time, from the position that is meant to the test points."""
    off_centre: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Half-width of where the centre of gravity of several weights lies, the same each time that they lie there."""
    off_centre_alone: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The same of one weight."""
    hysteresis_kg: NotNegative = 0.0
    """Half-width, at half the capacity on the way down from all of it."""
    drift_kg_per_h: NotNegative = 0.0
    """Half-width of the drift of its zero."""
    creep: NotNegative = 0.0
    """Half-width of the part of a load that comes slowly."""
    creep_s: Positive = 600.0
    draught_kg: NotNegative = 0.0
    """Standard deviation of the force of the air that moves over the pan."""
    draught_s: Positive = 5.0
    stable_digits: Positive = 10.0
    """Digits of draught beyond which it calls itself unstable."""
    settle_s: Positive = 3.0
    """Time until all of its capacity is shown to the last digit."""
    stable_timeout_s: Positive = 30.0
    """Time after which it gives up waiting."""

    @model_validator(mode="after")
    def _has_digits(self) -> Self:
        if self.capacity_kg < 100 * self.digit_kg:
            msg = f"capacity_kg {self.capacity_kg:g} must be 100 digits or more; digit_kg is {self.digit_kg:g}"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Errors:
    """What is wrong with one balance: factors of the half-widths, and the direction of its eccentricity."""

    linearity: tuple[float, float]
    sensitivity: float
    sensitivity_per_K: float
    eccentricity: tuple[float, float]
    hysteresis: float
    drift: float
    creep: float

    @classmethod
    def draw(cls, file: BalanceFile, rng: np.random.Generator) -> "Errors":
        """Draw a unit's errors."""
        bow, wave, direction = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0, 2 * math.pi)
        if file.eccentricity_deg is not None:
            direction = math.radians(file.eccentricity_deg)
        size = max(abs(bow) + abs(wave), 1.0)
        corner = file.eccentricity_kg * rng.uniform(-1, 1) / math.sqrt(2)
        return cls(
            linearity=(file.linearity_kg * bow / size, file.linearity_kg * wave / size),
            sensitivity=file.sensitivity * rng.uniform(-1, 1),
            sensitivity_per_K=file.sensitivity_per_K * rng.uniform(-1, 1),
            eccentricity=(corner * math.cos(direction), corner * math.sin(direction)),
            hysteresis=file.hysteresis_kg * rng.uniform(-1, 1),
            drift=file.drift_kg_per_h * rng.uniform(-1, 1) / 3600,
            creep=file.creep * rng.uniform(-1, 1),
        )
