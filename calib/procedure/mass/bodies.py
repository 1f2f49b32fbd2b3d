"""Weights as bodies in air: what the buoyancy does to comparisons of them, and with which errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calib.physics.air import FORMULA_RELATIVE_U, air_density
from calib.physics.mass import CONVENTIONAL_AIR_KG_M3, CONVENTIONAL_DENSITY_KG_M3
from calib.procedure.mass.air import AIR, AirParameters
from calib.procedure.mass.subdivision import Effect, Vector
from calib.text import Text
from calib.uncertainty import Quantity, quantity


@dataclass(frozen=True)
class Bodies:
    """Weights by nominal value and density. Arrays have the shape (weights,)."""

    names: Sequence[str]
    nominal_kg: Vector
    density_kg_m3: Vector
    density_u_kg_m3: Vector

    @cached_property
    def excess_m3(self) -> Vector:
        """By how much the volume of each exceeds that of a weight of 8000 kg/m³."""
        return self.nominal_kg * (1 / self.density_kg_m3 - 1 / CONVENTIONAL_DENSITY_KG_M3)

    def effects(
        self, signs: Vector, air: Vector, settings: AirParameters, identity: Callable[[str], str]
    ) -> tuple[Effect, Effect]:
        """Return the buoyancy correction of comparisons with the errors of the air, and the errors of the densities.

        `signs` is the design, shape (comparisons, weights); `air` has a row of temperature, humidity and pressure for
        each comparison. Errors of the air are those of one day.
        """
        excess = _density(air) - CONVENTIONAL_AIR_KG_M3
        return (
            Effect("air", _AIR, excess * (signs @ self.excess_m3), self._air_terms(signs, air, settings, identity)),
            Effect("densities", _DENSITIES, np.zeros(len(signs)), self._density_terms(signs, excess, identity)),
        )

    def _air_terms(
        self, signs: Vector, air: Vector, settings: AirParameters, identity: Callable[[str], str]
    ) -> list[tuple[Vector, Quantity]]:
        volumes_m3, density = signs @ self.excess_m3, _density(air)
        widths = (settings.air_temperature_K, settings.air_humidity_percent, settings.air_pressure_Pa)
        terms = []
        for number, (channel, width) in enumerate(zip(AIR, widths, strict=True)):
            if width > 0:
                error = quantity(0.0, half_width=1.0, name="air", id=identity(channel))
                terms.append(((_density(air + width * np.eye(3)[number]) - density) * volumes_m3, error))
        formula = quantity(0.0, u=1.0, name="air", id="CIPM-2007 relative")
        return [*terms, (density * FORMULA_RELATIVE_U * volumes_m3, formula)]

    def _density_terms(
        self, signs: Vector, excess: Vector, identity: Callable[[str], str]
    ) -> list[tuple[Vector, Quantity]]:
        slopes = -self.nominal_kg / self.density_kg_m3**2 * self.density_u_kg_m3
        return [
            (
                signs[:, column] * excess * slope,
                quantity(0.0, u=1.0, name="densities", id=identity(f"density of {name}")),
            )
            for column, (name, slope) in enumerate(zip(self.names, slopes, strict=True))
            if slope and np.any(signs[:, column])
        ]


def _density(air: Vector) -> Vector:
    """Return the density of the air, shape (comparisons,)."""
    t, h, p = air.T
    return np.asarray(air_density(t, p, h))


_AIR = Text(vi="ρ_a: khối lượng riêng không khí", en="ρ_a: density of the air")
_DENSITIES = Text(vi="ρ_i: khối lượng riêng các quả cân", en="ρ_i: densities of the weights")
