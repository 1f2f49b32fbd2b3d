"""What a balance shows, in its own unit, as exactly that number of kilograms."""

import re
from decimal import Decimal

KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("1e-3"),
    "mg": Decimal("1e-6"),
    "ug": Decimal("1e-9"),
    "ct": Decimal("2e-4"),
}
"""Kilograms in a unit of the display; a carat is exactly 200 mg (4th CGPM, 1907)."""
UNITS = ", ".join(KILOGRAMS)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")


def kilograms(number: str, unit: str) -> Decimal | None:
    """Return an indication in kilograms, with just its own digits; None where it is no number of a unit of mass."""
    factor = KILOGRAMS.get(unit)
    return Decimal(number) * factor if factor is not None and _NUMBER.fullmatch(number) else None


def digit_kg(number: str, unit: str) -> Decimal:
    """Return what the last place of an indication stands for, in kilograms."""
    return KILOGRAMS[unit].scaleb(-len(number.partition(".")[2]))
