"""Simulated weights: true mass, density and magnetism, drawn within what their class or certificate says."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from calib.files import Strict
from calib.physics.mass import conventional_mass, mass_of
from calib.physics.weights import WeightClass, maximum_permissible_error_kg

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class WeightCertificateFile(Strict):
    """What a certificate states of a weight's conventional mass, and what has happened since."""

    error_kg: float
    """Conventional mass minus nominal value."""
    U_kg: Positive
    k: Positive = 2.0
    drift_kg: NotNegative = 0.0
    """Half-width of the change since."""
    together: str = ""
    """Weights that name the same were calibrated together: their true values share errors."""
    correlation: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Of any two weights of those, in what the certificate leaves uncertain."""


@dataclass(frozen=True)
class StatedWeights:
    """True conventional masses by name, in place of those that a bench file has drawn: for studies."""

    conventional_kg: Mapping[str, float]


class WeightFile(Strict):
    """A weight."""

    nominal_kg: Positive
    of: str = ""
    """Name of the instrument whose stated truths, where a study gives them, include it."""
    weight_class: Annotated[WeightClass | None, Field(alias="class")] = None
    """The true conventional mass is drawn within ± the maximum permissible error of this class (rectangular)."""
    certificate: WeightCertificateFile | None = None
    """Or it is drawn by what a certificate states (normal)."""
    density_kg_m3: Positive = 8000.0
    density_half_width_kg_m3: NotNegative = 0.0
    density_U_kg_m3: NotNegative = 0.0
    """Or expanded with k = 2: the density is drawn from a normal distribution."""
    melt: str = ""
    """Weights that name the same are of one melt, and share the error of `density_U_kg_m3`."""
    magnetism_kg: NotNegative = 0.0
    """Half-width of the force on the pan by magnetism, in kilograms."""

    @model_validator(mode="after")
    def _is_known_in_one_way(self) -> Self:
        if (self.weight_class is None) == (self.certificate is None):
            msg = "give either a class or a certificate"
            raise ValueError(msg)
        if self.weight_class is not None:
            maximum_permissible_error_kg(self.nominal_kg, self.weight_class)
        return self


@dataclass(frozen=True)
class Weight:
    """One true weight."""

    name: str
    nominal_kg: float
    mass_kg: float
    density_kg_m3: float
    magnetism_kg: float

    @property
    def volume_m3(self) -> float:
        """The volume at the temperature of the bench."""
        return self.mass_kg / self.density_kg_m3

    @property
    def conventional_kg(self) -> float:
        """The conventional mass (OIML D 28)."""
        return float(conventional_mass(self.mass_kg, self.density_kg_m3))

    def of_conventional_mass(self, conventional_kg: float) -> "Weight":
        """Return it with another conventional mass, and the same density."""
        return replace(self, mass_kg=float(mass_of(conventional_kg, self.density_kg_m3)))

    def apparent_kg(self, air_kg_m3: float) -> float:
        """Return the force on the pan, divided by the acceleration of gravity, in air of a density."""
        return self.mass_kg - air_kg_m3 * self.volume_m3 + self.magnetism_kg


def draw_weight(name: str, file: WeightFile, rng: np.random.Generator, shared: Callable[[str], float]) -> Weight:
    """Draw a weight; `shared` is the standardised error of those that were made or calibrated together."""
    own = float(rng.standard_normal())
    since, density, magnetism = (float(part) for part in rng.uniform(-1, 1, 3))
    if file.certificate is None:
        assert file.weight_class is not None
        error_kg = since * maximum_permissible_error_kg(file.nominal_kg, file.weight_class)
    else:
        stated = file.certificate
        common = stated.correlation if stated.together else 0.0
        standardised = math.sqrt(1 - common) * own
        standardised += math.sqrt(common) * shared(stated.together) if common else 0.0
        error_kg = stated.error_kg + stated.U_kg / stated.k * standardised + stated.drift_kg * since
    true_density = file.density_kg_m3 + file.density_half_width_kg_m3 * density
    if file.density_U_kg_m3:
        of_melt = shared(f"melt {file.melt}") if file.melt else float(rng.standard_normal())
        true_density += file.density_U_kg_m3 / 2 * of_melt
    mass_kg = float(mass_of(file.nominal_kg + error_kg, true_density))
    return Weight(name, file.nominal_kg, mass_kg, true_density, file.magnetism_kg * magnetism)
