"""Operators and functions of quantities: value, partial derivatives, unit."""

# ruff: noqa: SLF001  the arithmetic of Quantity, apart from it only so that each file has one idea

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, units
from calib.uncertainty.derivatives import BINARY, POWERS, SAME_UNIT, UNARY
from calib.uncertainty.source import FloatOrArray

if TYPE_CHECKING:
    from calib.uncertainty.uncertain import Quantity


def _combined(a: "Quantity", b: "Quantity", value: Any, da: Any, db: Any, unit: str | None) -> "Quantity":
    """Return f(a, b) after broadcasting both."""
    shape = np.shape(value)
    first = combine.scaled(combine.spread(a.blocks, a._shape, shape), da)
    second = combine.scaled(combine.spread(b.blocks, b._shape, shape), db)
    return type(a)(value, combine.added(first, second), unit)


def number(other: object) -> FloatOrArray:
    """Return a plain number or array of numbers as floats; None for anything else."""
    if isinstance(other, (float, int)):
        return float(other)
    if isinstance(other, (np.ndarray, np.number)) and other.dtype.kind in "fiu":
        return other.astype(np.float64) if other.ndim else float(other)
    return None


def adopted(known: "type[Quantity]", other: Any) -> Any:
    """Return a unit or a quantity of pint as an exact quantity; anything else as it is."""
    if not type(other).__module__.startswith("pint"):
        return other
    if hasattr(other, "magnitude"):
        return (
            other.magnitude * adopted(known, other.units)
            if _is_ours(known, other)
            else known(np.asarray(other.magnitude, dtype=np.float64), {}, units.named(other.units))
        )
    return known(1.0, {}, units.named(other)) if hasattr(other, "dimensionality") else other


def _is_ours(known: "type[Quantity]", other: Any) -> bool:
    return isinstance(other.magnitude, known)


def add(a: "Quantity", other: object, sign: float) -> "Quantity":
    """Return a + sign · other in the unit of a; NotImplemented for what is no number."""
    if isinstance(other, type(a)):
        b, unit = other, a._unit
        if unit is not None or b._unit is not None:
            return _add_units(a, b, sign)
        value = a._value + sign * b._value
        if a._plain and b._plain:
            return a.of_origin(value, unit, (a, 1.0, b, sign))
        return _combined(a, b, value, 1.0, sign, unit)
    constant = number(other)
    if constant is None:
        pints = adopted(type(a), other)
        return cast("Quantity", NotImplemented) if pints is other else add(a, pints, sign)
    if a._unit is not None and np.any(constant):  # zero has every unit
        constant = constant * units.factor(None, a._unit)
    value = a._value + sign * constant
    if a._plain and isinstance(constant, float):
        return a.of_origin(value, a._unit, (a, 1.0))
    return type(a)(value, combine.spread(a.blocks, a._shape, np.shape(value)), a._unit)


def _add_units(a: "Quantity", b: "Quantity", sign: float) -> "Quantity":
    by, shift, unit = units.addition(a._unit, b._unit, sign)
    value = a._value + sign * (b._value * by + shift)
    if a._plain and b._plain:
        return a.of_origin(value, unit, (a, 1.0, b, sign * by))
    return _combined(a, b, value, 1.0, sign * by, unit)


def add_to(other: object, a: "Quantity", sign: float) -> "Quantity":
    """Return other + sign · a, where other is no quantity: a number, dimensionless, so 1 + 5 ppm is 1.000005."""
    constant = number(other)
    if constant is None:
        pints = adopted(type(a), other)
        return cast("Quantity", NotImplemented) if pints is other else add(pints, a, sign)
    if a._unit is not None and np.any(constant):
        a = a.to(None)
    return add(a if sign > 0 else -a, constant, 1.0)


def multiply(a: "Quantity", other: object) -> "Quantity":
    """Return a · other; the scalar case is the commonest of all, so it goes first."""
    if isinstance(other, type(a)):
        plain = a._unit is None and other._unit is None
        unit = None if plain else units.product(a._unit, other._unit)
        value = a._value * other._value
        if a._plain and other._plain:
            return a.of_origin(value, unit, (a, other._value, other, a._value))
        return _combined(a, other, value, other._value, a._value, unit)
    if a._plain and isinstance(other, (float, int)) and other:
        other = float(other)
        return a.made_from(a._value * other, a._unit, a, other)
    return binary(np.multiply, a, other)


def unary(ufunc: np.ufunc, a: "Quantity") -> "Quantity":
    """Return the function of one quantity."""
    unit = a._unit
    if unit is not None and ufunc not in SAME_UNIT:
        if ufunc in POWERS:
            unit = units.product(None, unit, POWERS[ufunc])
        else:
            a, unit = a.to(None), None
    x = np.float64(a._value) if a._plain else a._value  # numpy's division by zero is inf, not an exception
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ufunc(x)
        derivative = combine.finite(UNARY[ufunc](x, value), f"np.{ufunc.__name__}", x)
    if a._plain:
        return a.made_from(float(value), unit, a, derivative)
    return type(a)(value, combine.scaled(a.blocks, derivative), unit)


def binary(ufunc: np.ufunc, first: Any, second: Any) -> "Quantity":
    """Return the function of two operands, of which at least one is a quantity; NotImplemented for no numbers."""
    known: type[Quantity] = type(first if hasattr(first, "_known") else second)
    made_from = known.made_from
    if ufunc in {np.add, np.subtract}:
        sign = 1.0 if ufunc is np.add else -1.0
        return add(first, second, sign) if isinstance(first, known) else add_to(first, second, sign)
    first, second = adopted(known, first), adopted(known, second)
    if not all(isinstance(o, known) or number(o) is not None for o in (first, second)):
        return cast("Quantity", NotImplemented)
    first, second, unit = _units_of(ufunc, first, second)
    x = np.asarray(first._value if isinstance(first, known) else number(first))[()]  # numpy's: 1/0 is inf, no exception
    y = np.asarray(second._value if isinstance(second, known) else number(second))[()]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ufunc(x, y)
        dx, dy = (
            d(x, y, value) if isinstance(o, known) else 0.0 for d, o in zip(BINARY[ufunc], (first, second), strict=True)
        )
    name = f"np.{ufunc.__name__}"
    dx, dy = combine.finite(dx, name, x), combine.finite(dy, name, y)
    if isinstance(first, known) and isinstance(second, known):
        if first._plain and second._plain:
            return made_from(float(value), unit, first, dx, second, dy)
        return _combined(first, second, value, dx, dy, unit)
    only, derivative = (first, dx) if isinstance(first, known) else (second, dy)
    certain = ufunc in {np.multiply, np.divide} or not np.all(y)  # 0·x and x⁰ lose nothing
    if only._plain and not np.ndim(value) and not (derivative == 0.0 and certain):
        return made_from(float(value), unit, only, derivative)
    blocks = combine.spread(only.blocks, only._shape, np.shape(value))
    made: Quantity = type(only)(value, combine.scaled(blocks, derivative), unit)
    return made


def _units_of(ufunc: np.ufunc, first: Any, second: Any) -> tuple[Any, Any, str | None]:
    """Return the operands in units that fit, and the unit of the result."""
    a, b = getattr(first, "_unit", None), getattr(second, "_unit", None)
    if a is None and b is None:
        return first, second, None
    if ufunc is np.multiply:
        return first, second, units.product(a, b)
    if ufunc is np.divide:
        return first, second, units.product(a, b, -1.0)
    if ufunc in {np.power, np.float_power}:
        second = second if b is None else second.to(None)
        if a is not None and not isinstance(number(second), float):
            msg = f"a quantity in {a} can be raised only to one plain number"
            raise UncertaintyError(msg)
        return first, second, None if a is None else units.product(None, a, number(second))
    if hasattr(first, "_known") and hasattr(second, "_known"):
        return first, second.to(a), a if ufunc is np.hypot else None
    msg = f"np.{ufunc.__name__} of a quantity in {a or b} and a number: give both a unit"
    raise UncertaintyError(msg)
