"""Units of quantities that have one: checked through pint when two meet, remembered, no cost without."""

import sys
from functools import lru_cache
from typing import Any

from calib.errors import UnitError


def introduce() -> None:
    """Let pint leave operators to quantities, so that `ureg.V * x` is a quantity in V as `x * ureg.V` is."""
    import pint.compat

    known: Any = pint.compat.upcast_type_map
    known.setdefault("calib.uncertainty.uncertain.Quantity", None)


if "pint" in sys.modules:
    introduce()


def _parsed(unit: str | None) -> Any:
    import pint

    from calib.units import registry

    introduce()
    try:
        return registry().Unit("" if unit is None or unit == "1" else unit)
    except (pint.UndefinedUnitError, pint.DefinitionSyntaxError, ValueError, AssertionError) as error:
        msg = f"unknown unit {unit!r}"
        raise UnitError(msg) from error


def _named(unit: Any) -> str | None:
    return None if unit.dimensionless and unit == type(unit)("") else f"{unit:~C}"


@lru_cache(maxsize=4096)
def factor(source: str | None, target: str | None) -> float:
    """Return the number of `target` in one `source`; None is dimensionless.

    Raises
    ------
    UnitError
        The dimensions differ, or one of them is a temperature scale with an offset.
    """
    if source == target:
        return 1.0
    a, b = _parsed(source), _parsed(target)
    if a.dimensionality != b.dimensionality:
        msg = f"{source or 'a number'} does not convert to {target or 'a number'}: give both the same kind of unit"
        raise UnitError(msg)
    from calib.units import registry

    ureg = registry()
    if _offset(a) or _offset(b):
        msg = f"{source} and {target}: temperatures on different scales; convert before, or use differences in K"
        raise UnitError(msg)
    return float(ureg.Quantity(1.0, a).to(b).magnitude)


def _offset(unit: Any) -> bool:
    from calib.units import registry

    return not registry().Quantity(1.0, unit)._is_multiplicative  # noqa: SLF001  pint has no public question


@lru_cache(maxsize=4096)
def conversion(source: str | None, target: str | None) -> tuple[float, float]:
    """Return (a, b) of target = a · source + b; b is 0 but for temperatures on scales with an offset."""
    if source == target:
        return 1.0, 0.0
    a, b = _parsed(source), _parsed(target)
    if a.dimensionality != b.dimensionality or not (_offset(a) or _offset(b)):
        return factor(source, target), 0.0
    if _is_difference(a) or _is_difference(b):
        msg = f"{source} to {target}: a difference of temperatures is none on a scale; add it to one"
        raise UnitError(msg)
    from calib.units import registry

    zero = float(registry().Quantity(0.0, a).to(b).magnitude)
    return factor(difference(source), difference(target)), zero


@lru_cache(maxsize=4096)
def addition(first: str | None, second: str | None, sign: float) -> tuple[float, float, str | None]:
    """Return (a, b, unit) of first + sign · second = first + sign · (a · second + b) in `unit`, the left one if it can.

    Temperatures on scales: two of them have a difference but no sum, and one takes differences (delta_degC), not
    kelvins, which might be meant as either.
    """
    scales = [u is not None and _offset(_parsed(u)) for u in (first, second)]
    if not any(scales):
        return factor(second, first), 0.0, first
    if all(scales) and sign < 0:
        return *conversion(second, first), difference(first)
    if scales[0] and not scales[1] and second is not None and _is_difference(_parsed(second)):
        return factor(second, difference(first)), 0.0, first
    word = "plus" if sign > 0 else "minus"
    msg = f"{first or 'a number'} {word} {second or 'a number'}: to a temperature on a scale only a difference is added"
    raise UnitError(f"{msg}, such as delta_degC; only two on a scale are subtracted")


def _is_difference(unit: Any) -> bool:
    return "delta_" in str(unit)


def named(unit: Any) -> str | None:
    """Return the name of a pint unit; None for a number."""
    return _named(unit)


@lru_cache(maxsize=4096)
def difference(unit: str | None) -> str | None:
    """Return the unit of a difference: `unit` itself, but of two temperatures on one scale their difference's."""
    if unit is None or not _offset(_parsed(unit)):
        return unit
    return _named(_parsed(f"delta_{_parsed(unit)}"))


@lru_cache(maxsize=4096)
def in_base(unit: str | None) -> float:
    """Return the number of base units in `unit`; of a temperature scale, in its degree."""
    if unit is None:
        return 1.0
    from calib.units import registry

    return float(registry().Quantity(1.0, _parsed(difference(unit))).to_base_units().magnitude)


@lru_cache(maxsize=4096)
def checked(unit: str) -> str:
    """Return `unit` if pint knows it."""
    _parsed(unit)
    return unit


@lru_cache(maxsize=4096)
def product(first: str | None, second: str | None, exponent: float = 1.0) -> str | None:
    """Return the unit of first · second^exponent."""
    a, b = _parsed(first), _parsed(second)
    if _offset(a) or _offset(b):
        msg = f"{first} and {second}: a temperature on a scale with an offset cannot be multiplied; use K"
        raise UnitError(msg)
    return _named(a * b**exponent)


def slope(y: str | None, x: str | None, power: int = 1) -> str | None:
    """Return the unit of a coefficient of x to a power in y; of temperatures on a scale their degrees count."""
    return y if not power else product(difference(y), difference(x), -float(power))
