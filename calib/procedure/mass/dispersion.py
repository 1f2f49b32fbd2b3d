"""What scatters in a balance: the tests of repeatability and eccentricity (after EURAMET cg-18, version 4.0, clause 5).

cg-18 adds the rounding of indication and zero to the repeatability. Where that exceeds the rounding it contains it, so
here the larger of both counts (decision 3).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calib.inputs import Argument, Input
from calib.physics.mass import CONVENTIONAL_DENSITY_KG_M3
from calib.procedure.estimates import indication
from calib.text import Text
from calib.uncertainty import quantity

REPEATABILITY = "repeatability"
REPEATED = Text(
    vi="δI: độ lặp lại, hoặc độ phân giải khi có tải và tại không nếu lớn hơn",
    en="δI: repeatability, or rounding at the load and at zero where larger",
)
NO_MASS: Mapping[str, Argument] = {
    name: Argument(constant=value)
    for name, value in {
        "nominal": 0.0, "temperature": 20.0, "pressure": 101_325.0, "humidity": 50.0, "formula": 1.0,
        "reference_density": CONVENTIONAL_DENSITY_KG_M3, "others": 0.0,
    }.items()
}  # fmt: skip
"""For a difference of two indications of one load, which has no buoyancy."""


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


def scatter(shown_kg: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the standard deviation of indications of one load and its degrees of freedom; None of a single one."""
    return (float(np.std(shown_kg, ddof=1)), len(shown_kg) - 1.0) if len(shown_kg) > 1 else None


def from_zero_kg(digit_kg: float) -> float:
    """Return the resolution of an indication from zero, which is rounded twice: √2 d/√12 as a standard uncertainty."""
    return math.sqrt(2) * digit_kg


def of_two(shown_kg: float, repeated: tuple[float, float] | None, digit_kg: float) -> Argument:
    """Return an indication whose difference from another counts, with the errors of both in one input."""
    s_kg, dof = repeated or (0.0, math.inf)
    of_both, resolution_kg = (math.sqrt(2) * s_kg, dof), math.sqrt(2) * from_zero_kg(digit_kg)
    return indication(np.array([shown_kg]), resolution_kg, _BOTH, name=REPEATABILITY, pooled=of_both)


def in_proportion(relative: float, by_kg: float, label: Text, name: str, identity: str) -> Argument:
    """Return an error that is proportional to the load, within ± `relative` of it."""
    if relative <= 0:
        return Argument()
    error = quantity(0.0, half_width=1.0, name=name, id=identity)
    return Argument((Input(name, label, ((relative * by_kg, error),)),))


_BOTH = Text(
    vi="δI: độ lặp lại của hai chỉ thị, hoặc độ phân giải nếu lớn hơn",
    en="δI: repeatability of two indications, or rounding where larger",
)
