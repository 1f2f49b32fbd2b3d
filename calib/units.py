"""Units at the edges: inside calib every number is a float in coherent SI units.

One pint registry, made when first asked for (it costs 150 ms or more); a table for display and for the names of the
D-SI (digital system of units), which needs no pint.
"""

from functools import cache
from typing import TYPE_CHECKING, cast

from calib.errors import InputError

if TYPE_CHECKING:
    import pint

_PREFIXES = {"n": -9, "µ": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
DSI_PREFIXES = {"n": r"\nano", "µ": r"\micro", "m": r"\milli", "": "", "k": r"\kilo", "M": r"\mega", "G": r"\giga"}
DSI = {
    "V": r"\volt",
    "A": r"\ampere",
    "Ω": r"\ohm",
    "Hz": r"\hertz",
    "s": r"\second",
    "K": r"\kelvin",
    "°C": r"\degreecelsius",
    "Pa": r"\pascal",
    "kg": r"\kilogram",
    "g": r"\gram",
    "m": r"\metre",
    "N": r"\newton",
    "J": r"\joule",
    "W": r"\watt",
    "C": r"\coulomb",
    "F": r"\farad",
    "H": r"\henry",
    "S": r"\siemens",
    "T": r"\tesla",
    "Wb": r"\weber",
    "rad": r"\radian",
    "mol": r"\mole",
    "cd": r"\candela",
    "%": r"\percent",
    "1": r"\one",
}
_IN_WORDS = {"ohm"}
"""Coherent units that files write out, known without pint, whose registry takes longer than all else of a start."""
_WITHOUT_PREFIX = {"°C", "%", "1", "kg"}
_GRAM = -3
"""Power of ten of a gram, which takes the prefixes, in the coherent kilogram."""
_OF_MASS = {"kg": 0, "g": -3, "mg": -6, "µg": -9, "ng": -12}
_LOOK_ALIKES = str.maketrans(
    {"\N{GREEK SMALL LETTER MU}": "\N{MICRO SIGN}", "\N{OHM SIGN}": "\N{GREEK CAPITAL LETTER OMEGA}"}
)
_ZERO_CELSIUS_K = 273.15


@cache
def registry() -> "pint.UnitRegistry[float]":
    """Return the one pint registry of this process."""
    import pint
    import pint.compat

    # operations with quantities are theirs, not pint's; declared as a Mapping, it is a dict
    cast(dict[str, type | None], pint.compat.upcast_type_map).setdefault("calib.uncertainty.uncertain.Quantity", None)
    ureg: pint.UnitRegistry[float] = pint.UnitRegistry()
    pint.set_application_registry(ureg)  # type: ignore[no-untyped-call]
    return ureg


def to_SI(value: float, unit: str) -> float:
    """Return `value unit` in coherent SI units: 0.1 for 100 mV, 296.15 for 23 °C, 0.46 for 46 %.

    pint is asked only for what the table does not know.

    Raises
    ------
    InputError
        The unit is unknown.
    """
    if unit == "°C":  # a scale with a zero of its own: added, never multiplied
        return value + _ZERO_CELSIUS_K
    if unit == "%":
        return value / 100.0
    try:
        power = exponent(unit)
    except InputError:
        return _by_pint(value, unit)
    return value * 10.0**power if power >= 0 else value / 10.0**-power  # 10⁻⁶ is no binary fraction, 10⁶ is exact


def coherent(unit: str) -> str:
    """Return `unit`; raise `InputError` unless it is a coherent SI unit, °C or %: V or V/Hz, but not mV."""
    if (unit in DSI and unit != "g") or unit in _IN_WORDS:
        return unit
    if not unit or to_SI(1.0, unit) != 1.0 or to_SI(0.0, unit) != 0.0:
        msg = f"must be a unit without a prefix, such as V; {unit!r} is not"
        raise InputError(msg)
    return unit


def _by_pint(value: float, unit: str) -> float:
    import pint

    try:
        return float(registry().Quantity(value, unit).to_base_units().magnitude)
    except (pint.PintError, ArithmeticError, AssertionError, AttributeError, TypeError, ValueError) as error:
        msg = f"unknown unit {unit!r}"
        raise InputError(msg) from error


def split(unit: str) -> tuple[str, str]:
    """Return (prefix, unit) of a unit of the table, such as ("m", "V") for mV."""
    canonical = unit.translate(_LOOK_ALIKES)
    if canonical in DSI:
        return "", canonical
    prefix, bare = canonical[:1], canonical[1:]
    if prefix in _PREFIXES and bare in DSI and bare not in _WITHOUT_PREFIX:
        return prefix, bare
    msg = f"unknown unit {unit!r}; known: {', '.join(DSI)}, with the prefixes {' '.join(p for p in _PREFIXES if p)}"
    raise InputError(msg)


def exponent(unit: str) -> int:
    """Return the power of ten between a prefixed unit and the coherent one: −3 for mV, −6 for mg."""
    prefix, bare = split(unit)
    return _PREFIXES[prefix] + (_GRAM if bare == "g" else 0)


def dsi(unit: str) -> str:
    r"""Return the D-SI name of a unit: `\milli\volt` for mV, `\volt\per\kelvin` for V/K (D-SI 2.2.1)."""
    over = [DSI_PREFIXES[prefix] + DSI[bare] for prefix, bare in map(split, unit.split("/"))]
    return r"\per".join(over)


def readable(magnitude: float, unit: str) -> str:
    """Return the prefixed unit in which `magnitude` (in `unit`, no prefix) has one to three digits before the point.

    A unit that the table does not know, such as `ohm` or V/Hz, stays as it is written.
    """
    if unit == "kg" and magnitude:
        return next((name for name, power in _OF_MASS.items() if abs(magnitude) >= 0.9999999 * 10.0**power), "ng")
    if magnitude == 0 or unit in _WITHOUT_PREFIX or unit.translate(_LOOK_ALIKES) not in DSI:
        return unit
    for prefix, power in reversed(_PREFIXES.items()):
        if abs(magnitude) >= 0.9999999 * 10.0**power:
            return prefix + unit
    return "n" + unit


def show(magnitude: float, unit: str, digits: int = 7) -> str:
    """Return `magnitude` (in `unit`, no prefix) for a person, such as `100 mV`."""
    shown = readable(magnitude, unit)
    power = 0 if shown == unit else exponent(shown)
    return f"{magnitude / 10.0**power:.{digits}g} {shown}"
