r"""Units of the D-SI, such as `\milli\volt`, in the words of calib: mV."""

import re

from calib.errors import InputError
from calib.units import DSI, DSI_PREFIXES

_WORD = re.compile(r"\\([A-Za-z]+)(?:\{([-+]?\d+)\})?")
_PREFIXES = {name[1:]: prefix for prefix, name in DSI_PREFIXES.items() if name} | {
    "femto": "f", "pico": "p", "centi": "c", "deci": "d", "deca": "da", "hecto": "h", "tera": "T", "peta": "P",
}  # fmt: skip
_UNITS = {name[1:]: unit for unit, name in DSI.items()} | {
    "gram": "g", "degreeCelsius": "°C", "minute": "min", "hour": "h", "day": "d", "degree": "deg",
    "arcminute": "arcmin", "arcsecond": "arcsec", "litre": "L", "tonne": "t", "bar": "bar", "electronvolt": "eV",
    "steradian": "sr", "lumen": "lm", "lux": "lx", "becquerel": "Bq", "gray": "Gy", "sievert": "Sv", "katal": "kat",
    "hectare": "hectare", "ppm": "ppm",
}  # fmt: skip
"""`\\degreeCelsius` is no name of the D-SI, but stands in many certificates."""


def unit_of(name: str) -> str:
    r"""Return the unit of a D-SI name: mV for `\milli\volt`, V/K for `\volt\per\kelvin`, m**2 for `\metre\tothe{2}`.

    What is made of several units comes as `calib.units.to_SI` takes it.

    Raises
    ------
    InputError
        It is no D-SI name, or of a unit that is not of the SI (`|mbar`).
    """
    words = _WORD.findall(name)
    over: list[str] = []
    under: list[str] = []
    side, last, prefix = over, over, ""
    for word, power in words:
        if word == "per":
            side = under
        elif word == "tothe" and power and (over or under) and not prefix:
            last.append(f"{last.pop()}**{int(power)}")
        elif word in _PREFIXES and not prefix:
            prefix = _PREFIXES[word]
        elif word in _UNITS:
            side.append(prefix + _UNITS[word])
            last, side, prefix = side, over, ""
        else:
            raise _unknown(name)
    if not words or _WORD.sub("", name) or prefix or side is under:
        raise _unknown(name)
    return "/".join(["*".join(over) or "1", *under])


def product(*names: str) -> str:
    r"""Return the D-SI name of the product of units: `\ohm\kelvin\tothe{-1}`, `\gram\tothe{2}`, `\one`."""
    powers: dict[str, int] = {}
    for unit, power in (factor for name in names for factor in _factors(name)):
        powers[unit] = powers.get(unit, 0) + power
    told = (unit if power == 1 else f"{unit}\\tothe{{{power}}}" for unit, power in powers.items() if power)
    return "".join(told) or r"\one"


def _factors(name: str) -> list[tuple[str, int]]:
    """Return the units of a D-SI name, with their prefixes, and the power of each."""
    found: list[tuple[str, int]] = []
    prefix, sign = "", 1
    for word, power in _WORD.findall(name):
        if word == "per":
            sign = -1
        elif word == "tothe":
            found[-1] = (found[-1][0], found[-1][1] * int(power))
        elif word in _PREFIXES and not prefix:
            prefix = f"\\{word}"
        else:
            found.append((f"{prefix}\\{word}", sign))
            prefix, sign = "", 1
    return [factor for factor in found if factor[0] != r"\one"]


def _unknown(name: str) -> InputError:
    if name.startswith("|"):
        return InputError(
            f"'{name}' is not a unit of the SI; the certificate should give the value in the SI beside it"
        )
    return InputError(f"'{name}' is not the name of a D-SI unit")
