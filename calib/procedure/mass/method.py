"""What all methods have in common that put weights of the laboratory on a balance."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from calib.drivers.roles import Artefact, Balance, WeatherStation, WeightHandler
from calib.inputs import Argument
from calib.procedure.base import Procedure
from calib.procedure.mass.air import CONDITIONS, UNITS, AirParameters, air_arguments, density_argument, mean_air
from calib.procedure.mass.standards import ROLE, Positive, StandardWeight, standard_argument
from calib.procedure.point import Point
from calib.record.model import Attempt, Readings
from calib.text import Text

BALANCE = "balance"
"""Role, and channel of the indications."""
NotNegative = Annotated[float, Field(ge=0)]
UNITS_OF_INPUTS = UNITS | {"sensitivity": "1", "density": "kg/m³", "reference.density": "kg/m³"}
"""Of inputs that are no masses."""


class MassParameters(AirParameters):
    """Parameters of every method with weights, in the job's table `[parameters]`."""

    digit_kg: Positive
    """Last place of the balance."""
    settle_s: NotNegative = 20.0
    """From the loading to the reading."""
    reference_density_kg_m3: Positive = 8000.0
    """Of all reference weights; they are of one melt."""
    reference_density_U_kg_m3: NotNegative = 0.0
    """Expanded, k = 2."""


class MassMethod(Procedure):
    """A method with reference weights, a balance, and the air about it."""

    roles: ClassVar[Mapping[str, type]] = {
        ROLE: WeightHandler,
        BALANCE: Balance,
        "environment": WeatherStation,
    }
    sources: ClassVar[Sequence[str]] = ()
    standards_by = "certificate"
    conditions = CONDITIONS
    Parameters: ClassVar[type[MassParameters]]

    @cached_property
    def settings(self) -> MassParameters:
        """The job's parameters."""
        return self.context.parameters(self.Parameters)

    def resolution(self, point: Point) -> float:
        """Return the last place of the balance."""
        del point
        return self.settings.digit_kg

    def tolerance(self, point: Point, readings: Readings) -> float | None:
        """Return the limit, which no temperature changes."""
        del readings
        return self.limit(point)

    def standards(self, weights: Sequence[StandardWeight]) -> Argument:
        """Return the conventional mass of standard weights together, by their certificate."""
        return standard_argument(self.context, weights)

    def air(self, attempt: Attempt, readings: Readings) -> dict[str, Argument]:
        """Return the arguments of the air's density during an attempt."""
        return air_arguments(mean_air(attempt, readings), self.settings, self.shared("air"))

    def reference_density(self) -> Argument:
        """Return the density of the reference weights."""
        settings, identity = self.settings, self.shared("reference density")
        U_kg_m3 = settings.reference_density_U_kg_m3
        return density_argument(settings.reference_density_kg_m3, U_kg_m3, _DENSITY, "reference.density", identity)

    def shared(self, what: str) -> str:
        """Return the identity of an error that all results of this calibration share."""
        return f"{self.context.job.number}/{self.context.date}/{self.id}/{what}"


class WeightMethod(MassMethod):
    """A method that calibrates weights; the item is what lies beside the reference weights."""

    roles: ClassVar[Mapping[str, type]] = {**MassMethod.roles, "item": Artefact}
    under_calibration = "item"


_DENSITY = Text(vi="ρ_r: khối lượng riêng của chuẩn", en="ρ_r: density of the reference weights")
