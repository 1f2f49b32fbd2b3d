"""What is put on a balance under calibration: the parameters of its method."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field

from calib.files import Strict
from calib.procedure.mass.method import MassParameters, NotNegative
from calib.procedure.mass.standards import Load, Positive, names_of, total_kg
from calib.procedure.mass.use import InUse


class Repetition(Strict):
    """The repeatability test."""

    weights: Load
    n: Annotated[int, Field(ge=5, le=100)] = 10


class BalanceParameters(MassParameters):
    """Parameters of the method; `digit_kg` is the last place of the display."""

    capacity_kg: Positive
    loads: Annotated[tuple[Load, ...], Field(min_length=3)]
    """Weights that lie on the pan together, load by load, ascending."""
    descending: bool = False
    """Whether all but the greatest load are weighed on the way down too."""
    repeatability: Repetition
    eccentricity: Load
    """About a third of the capacity."""
    off_centre: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How far the centre of gravity of several weights may lie off the centre, in distances of the test points."""
    off_centre_alone: Annotated[float, Field(ge=0, le=1)] = 0.5
    """The same of one weight, which can be put in the middle."""
    tolerance_kg: NotNegative = 0.0
    """Limit of the error, where one was agreed."""
    settle_s: NotNegative = 10.0
    buoyancy_relative: NotNegative = 0.0
    """Half-width of what the adjustment in another air leaves, relative to the load."""
    in_use: InUse = InUse()

    @property
    def all_loads(self) -> list[Load]:
        """Every load that is put on the pan."""
        return [self.repeatability.weights, self.eccentricity, *self.loads]

    def mistakes(self) -> list[str]:
        """Return what cannot be weighed."""
        found = []
        if any(b <= a for a, b in pairwise(total_kg(load) for load in self.loads)):
            found.append("'loads' must ascend")
        for load in self.all_loads:
            together_kg, names = total_kg(load), names_of(load)
            if together_kg > self.capacity_kg * (1 + 1e-9):
                found.append(f"load {together_kg:g} kg: exceeds the capacity of {self.capacity_kg:g} kg")
            found += [f"load {together_kg:g} kg: {n} stands twice" for n in sorted(set(names)) if names.count(n) > 1]
        return found
