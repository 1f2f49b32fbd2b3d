"""Density of moist air by CIPM-2007 (Picard, Davis, Gläser, Fujii, Metrologia 45 (2008) 149).

The functions take floats, arrays or quantities with uncertainty, and return the same. The formula itself has a relative
standard uncertainty, `FORMULA_RELATIVE_U`, which whoever evaluates multiplies in as a contribution of its own.
"""

from typing import Any

import numpy as np

FORMULA_RELATIVE_U = 22e-6
"""Relative standard uncertainty of the formula, that of its inputs aside (section 3)."""
X_CO2 = 0.0004
"""Mole fraction of carbon dioxide where it is not measured."""
TEMPERATURE_C, PRESSURE_PA = (15.0, 27.0), (60_000.0, 110_000.0)
"""Within these the formula was verified (section 2)."""

_R = 8.314472
_MOLAR_MASS_WATER = 18.01528e-3
_KELVIN = 273.15


def air_density(temperature_C: Any, pressure_Pa: Any, humidity_percent: Any, x_co2: float = X_CO2) -> Any:
    """Return the density of moist air in kg/m³ (equation 1)."""
    temperature_K = temperature_C + _KELVIN
    vapour = vapour_fraction(temperature_C, pressure_Pa, humidity_percent)
    molar_mass = (28.96546 + 12.011 * (x_co2 - 0.0004)) * 1e-3
    dry = pressure_Pa * molar_mass / (_compressibility(temperature_C, pressure_Pa, vapour) * _R * temperature_K)
    return dry * (1 - vapour * (1 - _MOLAR_MASS_WATER / molar_mass))


def vapour_fraction(temperature_C: Any, pressure_Pa: Any, humidity_percent: Any) -> Any:
    """Return the mole fraction of water vapour (appendix A1.2)."""
    temperature_K = temperature_C + _KELVIN
    saturated_Pa = np.exp(
        1.2378847e-5 * temperature_K * temperature_K
        - 1.9121316e-2 * temperature_K
        + 33.93711047
        - 6.3431645e3 / temperature_K
    )
    enhancement = 1.00062 + 3.14e-8 * pressure_Pa + 5.6e-7 * temperature_C * temperature_C
    return humidity_percent / 100 * enhancement * saturated_Pa / pressure_Pa


def _compressibility(temperature_C: Any, pressure_Pa: Any, vapour: Any) -> Any:
    """Return the compressibility factor (appendix A1.4)."""
    t, x = temperature_C, vapour
    ratio = pressure_Pa / (t + _KELVIN)
    dry = 1.58123e-6 + t * (-2.9331e-8 + 1.1043e-10 * t)
    mixed = (5.707e-6 - 2.051e-8 * t) * x + (1.9898e-4 - 2.376e-6 * t) * x * x
    return 1 - ratio * (dry + mixed) + ratio * ratio * (1.83e-11 - 0.765e-8 * x * x)
