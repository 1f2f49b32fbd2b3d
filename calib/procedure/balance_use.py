"""The uncertainty of a balance in use, of what its calibration found (after EURAMET cg-18, version 4.0)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from calib.files import Strict
from calib.record.result import Result

NotNegative = Annotated[float, Field(ge=0)]
COVERAGE_FACTOR = 2.0
"""Of the uncertainty in use."""


class InUse(Strict):
    """How the balance is used, for the uncertainty of its weighings."""

    temperature_K: NotNegative = 0.0
    """Width of the range of temperature, with `temperature_per_K`."""
    temperature_per_K: NotNegative = 0.0
    """Relative temperature coefficient of the sensitivity."""
    buoyancy_relative: NotNegative = 0.0
    """Half-width of the relative effect of the buoyancy, the balance being adjusted in use."""
    required: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Relative uncertainty that is asked for, such as 0.001, for the smallest weight."""
    safety_factor: Annotated[float, Field(ge=1)] = 1.0


@dataclass(frozen=True)
class Dispersion:
    """What repeatability and eccentricity came to."""

    s_kg: float
    dof: float
    off_centre_kg: float
    """Greatest difference from the centre."""
    load_kg: float

    @property
    def w_eccentricity(self) -> float:
        """Relative standard uncertainty by eccentricity: |ΔI|max / (2 L √3)."""
        return self.off_centre_kg / (2 * self.load_kg * math.sqrt(3))


@dataclass(frozen=True)
class UseLine:
    """The uncertainty of a weighing in use, without corrections: U(W) = a + b·W."""

    a_kg: float
    b: float

    def smallest_kg(self, required: float, safety_factor: float) -> float | None:
        """Return the smallest weight with the required relative uncertainty; None where none has it."""
        left = required / safety_factor - self.b
        return self.a_kg / left if left > 0 else None


def use_line(tests: Dispersion, rows: Sequence[Result], use: InUse, digit_kg: float, capacity_kg: float) -> UseLine:
    """Return the line of the uncertainty in use; errors are not corrected, and are added."""
    alpha2 = 2 * digit_kg**2 / 12 + tests.s_kg**2
    slope, u_slope = _slope(rows)
    beta2 = tests.w_eccentricity**2 + u_slope**2
    beta2 += (use.temperature_K * use.temperature_per_K) ** 2 / 12 + use.buoyancy_relative**2 / 3
    at_zero = COVERAGE_FACTOR * math.sqrt(alpha2)
    at_full = COVERAGE_FACTOR * math.sqrt(alpha2 + beta2 * capacity_kg**2) + abs(slope) * capacity_kg
    return UseLine(at_zero, (at_full - at_zero) / capacity_kg)


def _slope(rows: Sequence[Result]) -> tuple[float, float]:
    """Return the slope of a line through zero and the errors, and its standard uncertainty (after cg-18)."""
    loads = np.array([row.indicated for row in rows])
    errors, u = np.array([row.error for row in rows]), np.array([row.u for row in rows])
    weight = float(np.sum(loads**2 / u**2))
    return float(np.sum(loads * errors / u**2) / weight), 1 / math.sqrt(weight)
