"""How the conditions of the environment are printed."""

from calib.numbers import Style, fixed
from calib.record.model import Readings

_SHOWN = {"temperature": (1.0, 1, "°C"), "humidity": (1.0, 0, "%"), "pressure": (0.01, 1, "hPa")}
"""Factor, places and unit in which a condition is printed; records hold °C, % and Pa."""


def printed_condition(readings: Readings, quantity: str, style: Style) -> str:
    """Return the lowest and highest noted value with the unit, empty where the quantity was not noted."""
    if not any(c.quantity == quantity for c in readings.environment):
        return ""
    factor, places, unit = _SHOWN[quantity]
    lowest, highest = (style.number(fixed(factor * v, places)) for v in readings.condition(quantity))
    return f"{lowest} {unit}" if lowest == highest else f"{lowest} … {highest} {unit}"
