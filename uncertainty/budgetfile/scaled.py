"""Inputs with units as plain numbers in base units, for methods whose draws carry no units."""

from calib.uncertainty.uncertain import Quantity
from calib.uncertainty.units import difference


def base_factor(unit: str | None) -> float:
    """Return the number of base units in one `unit`.

    Of a temperature scale with an offset it is the factor of its differences: first-order propagation, which checks
    every unit before, admits sums and differences of such temperatures on one scale only, for which that is enough.
    """
    if unit is None:
        return 1.0
    from calib.units import registry

    return float(registry().Quantity(1.0, difference(unit)).to_base_units().magnitude)


def in_base_units(q: Quantity | float) -> Quantity | float:
    """Return a quantity without its unit, its number in base units; a float where it has no uncertainty."""
    if not isinstance(q, Quantity):
        return q
    scaled = q * base_factor(q.unit) if q.unit is not None else q
    return Quantity(scaled.value, scaled.blocks) if q.blocks else float(scaled.value)
