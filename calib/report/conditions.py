"""How the conditions of the environment are printed."""

from decimal import Decimal

from calib.numbers import Style, fixed
from calib.record.model import Readings

_SHOWN = {"temperature": (1.0, 1, "°C"), "humidity": (1.0, 0, "%"), "pressure": (0.01, 1, "hPa")}
"""Factor, places and unit in which a condition is printed; records hold °C, % and Pa."""


def noted(readings: Readings, quantity: str) -> tuple[Decimal, Decimal, str] | None:
    """Return the lowest and highest noted value as printed, and their unit; None where the quantity was not noted."""
    if not any(c.quantity == quantity for c in readings.environment):
        return None
    factor, places, unit = _SHOWN[quantity]
    lowest, highest = (fixed(factor * v, places) for v in readings.condition(quantity))
    return lowest, highest, unit


def printed_condition(readings: Readings, quantity: str, style: Style) -> str:
    """Return the lowest and highest noted value with the unit, empty where the quantity was not noted."""
    met = noted(readings, quantity)
    if met is None:
        return ""
    lowest, highest, unit = style.number(met[0]), style.number(met[1]), met[2]
    return f"{lowest} {unit}" if lowest == highest else f"{lowest} … {highest} {unit}"
