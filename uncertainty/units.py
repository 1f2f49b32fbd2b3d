"""Units of quantities that have one: checked through pint when two meet, remembered, no cost without."""

from functools import lru_cache
from typing import Any

from calib.errors import UnitError


def _parsed(unit: str | None) -> Any:
    import pint

    from calib.units import registry

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
def difference(unit: str | None) -> str | None:
    """Return the unit of a difference: `unit` itself, but of two temperatures on one scale their difference's."""
    if unit is None or not _offset(_parsed(unit)):
        return unit
    return _named(_parsed(f"delta_{_parsed(unit)}"))


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
