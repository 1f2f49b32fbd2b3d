"""Mass, conventional mass, and weighing in air (OIML D 28:2004; R 111-1:2004, annex C).

A weight of mass m and density ρ has the conventional mass that a weight of 8000 kg/m³ must have to balance it in air of
1.2 kg/m³. All functions take floats, arrays or quantities.
"""

from typing import Any

CONVENTIONAL_AIR_KG_M3 = 1.2
CONVENTIONAL_DENSITY_KG_M3 = 8000.0


def conventional_mass(mass_kg: Any, density_kg_m3: Any) -> Any:
    """Return the conventional mass in kilograms (OIML D 28)."""
    return mass_kg * _ratio(density_kg_m3)


def mass_of(conventional_kg: Any, density_kg_m3: Any) -> Any:
    """Return the mass in kilograms of a weight whose conventional mass is known."""
    return conventional_kg / _ratio(density_kg_m3)


def buoyancy_correction(conventional_kg: Any, air_kg_m3: Any, density_kg_m3: Any, reference_kg_m3: Any) -> Any:
    """Return what a comparison in air has to be corrected by, in kilograms of conventional mass (R 111-1, annex C).

    The conventional mass of a weight under test is that of the reference, plus the difference of the indications, plus
    this: m_c (ρ_a − 1.2 kg/m³) (1/ρ_t − 1/ρ_r).
    """
    return conventional_kg * (air_kg_m3 - CONVENTIONAL_AIR_KG_M3) * (1 / density_kg_m3 - 1 / reference_kg_m3)


def _ratio(density_kg_m3: Any) -> Any:
    conventional = 1 - CONVENTIONAL_AIR_KG_M3 / CONVENTIONAL_DENSITY_KG_M3
    return (1 - CONVENTIONAL_AIR_KG_M3 / density_kg_m3) / conventional
