"""Units at the edges: inside calib every number is a float in coherent SI units.

One pint registry, made when first asked for (it costs 150 ms or more); a table for display and for the names of the
D-SI (digital system of units), which needs no pint.
"""

from functools import cache
from typing import TYPE_CHECKING

from calib.errors import InputError

if TYPE_CHECKING:
    import pint

_PREFIXES = {"n": -9, "µ": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
_DSI_PREFIXES = {"n": r"\nano", "µ": r"\micro", "m": r"\milli", "": "", "k": r"\kilo", "M": r"\mega", "G": r"\giga"}
_DSI = {
    "V": r"\volt",
    "A": r"\ampere",
    "Ω": r"\ohm",
    "Hz": r"\hertz",
    "s": r"\second",
    "K": r"\kelvin",
    "°C": r"\degreecelsius",
    "Pa": r"\pascal",
    "kg": r"\kilogram",
    "m": r"\metre",
    "%": r"\percent",
    "1": r"\one",
}


@cache
def registry() -> "pint.UnitRegistry[float]":
    """Return the one pint registry of this process."""
    import pint

    ureg: pint.UnitRegistry[float] = pint.UnitRegistry()
    pint.set_application_registry(ureg)
    return ureg


def to_SI(value: float, unit: str) -> float:
    """Return `value unit` in coherent SI units, such as 0.1 for 100 mV.

    Raises
    ------
    InputError
        The unit is unknown.
    """
    import pint

    try:
        return float(registry().Quantity(value, unit).to_base_units().magnitude if _known_fast(unit) is None
                     else value * _known_fast(unit))  # type: ignore[operator]
    except (pint.UndefinedUnitError, pint.DefinitionSyntaxError, AssertionError) as error:
        msg = f"unknown unit {unit!r}"
        raise InputError(msg) from error


def _known_fast(unit: str) -> float | None:
    """Return the factor to the coherent unit for the prefixed units of the table, else None."""
    try:
        return 10.0 ** exponent(unit)
    except InputError:
        return None


def split(unit: str) -> tuple[str, str]:
    """Return (prefix, unit) of a unit of the table, such as ("m", "V") for mV."""
    if unit in _DSI:
        return "", unit
    if unit[:1] in _PREFIXES and unit[1:] in _DSI:
        return unit[:1], unit[1:]
    msg = f"unknown unit {unit!r}; known: {', '.join(_DSI)}, with the prefixes {' '.join(p for p in _PREFIXES if p)}"
    raise InputError(msg)


def exponent(unit: str) -> int:
    """Return the power of ten between a prefixed unit and the unit without its prefix: −3 for mV."""
    return _PREFIXES[split(unit)[0]]


def dsi(unit: str) -> str:
    r"""Return the D-SI name of a unit: `\milli\volt` for mV (D-SI 2.2.1)."""
    prefix, bare = split(unit)
    return _DSI_PREFIXES[prefix] + _DSI[bare]


def readable(magnitude: float, unit: str) -> str:
    """Return the prefixed unit in which `magnitude` (in `unit`, no prefix) has one to three digits before the point."""
    if magnitude == 0 or unit in {"°C", "%", "1", "kg"}:
        return unit
    for prefix, power in reversed(_PREFIXES.items()):
        if abs(magnitude) >= 0.9999999 * 10.0**power:
            return prefix + unit
    return "n" + unit


def show(magnitude: float, unit: str, digits: int = 7) -> str:
    """Return `magnitude` (in `unit`, no prefix) for a person, such as `100 mV`."""
    shown = readable(magnitude, unit)
    return f"{magnitude / 10.0 ** exponent(shown):.{digits}g} {shown}"
