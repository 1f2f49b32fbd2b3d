"""Operators and functions of quantities: value, partial derivatives, unit."""

# ruff: noqa: SLF001  the arithmetic of Quantity, apart from it only so that each file has one idea

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, units
from calib.uncertainty.derivatives import BINARY, POWERS, SAME_UNIT, SHARED_UNIT, UNARY
from calib.uncertainty.source import FloatOrArray, Source

if TYPE_CHECKING:
    from calib.uncertainty.uncertain import Quantity


def number(other: object) -> FloatOrArray:
    """Return a plain number or array of numbers as floats; None for anything else."""
    if isinstance(other, (float, int)):
        return float(other)
    if isinstance(other, (np.ndarray, np.number)) and other.dtype.kind in "fiu":
        return np.array(other, dtype=np.float64) if other.ndim else float(other)
    return None


def adopted(known: "type[Quantity]", other: Any) -> Any:
    """Return a unit or a quantity of pint as an exact quantity; anything else as it is."""
    if not type(other).__module__.startswith("pint"):
        return other
    if hasattr(other, "magnitude"):
        return (
            other.magnitude * adopted(known, other.units)
            if isinstance(other.magnitude, known)
            else known(np.asarray(other.magnitude, dtype=np.float64), {}, units.named(other.units))
        )
    return known(1.0, {}, units.named(other)) if hasattr(other, "dimensionality") else other


def _linear(apply: Callable[[Any, Any], Any], sign: float) -> "Callable[[Quantity, object], Quantity]":
    """Return the operator a ± other."""

    def ab(a: "Quantity", other: object) -> "Quantity":
        if isinstance(other, type(a)):
            if a._unit is not None or other._unit is not None:
                return _linear_in_units(a, other, sign)
            value = apply(a._value, other._value)
            if a._plain and other._plain:
                return a.of_origin(value, None, (_root(a), 1.0, _root(other), sign))
            return _combined(a, other, value, 1.0, sign, None)
        constant = number(other)
        if constant is None:
            pints = adopted(type(a), other)
            return cast("Quantity", NotImplemented) if pints is other else ab(a, pints)
        if a._unit is not None and np.any(constant):  # zero has every unit
            constant = constant * units.factor(None, a._unit)
        return _shifted(a, apply(a._value, constant), 1.0)

    return ab


def _reversed(apply: Callable[[Any, Any], Any], sign: float) -> "Callable[[Quantity, object], Quantity]":
    """Return the operator other ± a of what is no quantity: a number is dimensionless, so 1 + 5 ppm is 1.000005."""

    def ba(a: "Quantity", other: object) -> "Quantity":
        constant = number(other)
        if constant is None:
            pints = adopted(type(a), other)
            return cast("Quantity", NotImplemented) if pints is other else apply(pints, a)
        if a._unit is not None and np.any(constant):
            a = a.to(None)
        return _shifted(a, apply(constant, a._value), sign)

    return ba


add, subtract = _linear(operator.add, 1.0), _linear(operator.sub, -1.0)
add_to, subtract_from = _reversed(operator.add, 1.0), _reversed(operator.sub, -1.0)


def _root(a: "Quantity") -> "Source | Quantity":
    """Return what a result of two arguments remembers of one: of an input only its source."""
    origin = a._origin
    return origin if type(origin) is Source else a


def _after(a: "Quantity", derivative: float) -> tuple[Any, float]:
    """Return what a result of one argument remembers: of a chain of such results only its beginning."""
    origin = a._origin
    if type(origin) is Source:
        return origin, derivative
    if type(origin) is tuple and len(origin) == 2:
        return origin[0], origin[1] * derivative
    return a, derivative


def _linear_in_units(a: "Quantity", b: "Quantity", sign: float) -> "Quantity":
    by, shift, unit = units.addition(a._unit, b._unit, sign)
    value = a._value + sign * (b._value * by + shift)
    if a._plain and b._plain:
        return a.of_origin(value, unit, (a, 1.0, b, sign * by))
    return _combined(a, b, value, 1.0, sign * by, unit)


def _shifted(a: "Quantity", value: Any, sign: float) -> "Quantity":
    """Return `value`, which is sign · a and a constant."""
    if a._plain and type(value) is float:
        return a.of_origin(value, a._unit, _after(a, sign))
    return a.of_blocks(value, combine.chained({}, a._sensitivities, a._shape, np.shape(value), sign), a._unit)


def _combined(a: "Quantity", b: "Quantity", value: Any, da: Any, db: Any, unit: str | None) -> "Quantity":
    """Return f(a, b), of which the value and the derivatives are known, after broadcasting both."""
    shape = value.shape if type(value) is np.ndarray else ()
    blocks = combine.chained({}, a._sensitivities, a._shape, shape, da)
    return a.of_blocks(value, combine.chained(blocks, b._sensitivities, b._shape, shape, db), unit)


def multiply(a: "Quantity", other: object) -> "Quantity":
    """Return a · other."""
    if isinstance(other, type(a)):
        plain = a._unit is None and other._unit is None
        unit = None if plain else units.product(a._unit, other._unit)
        x, y = a._value, other._value
        if a._plain and other._plain:
            return a.of_origin(x * y, unit, (_root(a), y, _root(other), x))
        return _combined(a, other, x * y, y, x, unit)
    constant = number(other)
    if constant is None:
        pints = adopted(type(a), other)
        return cast("Quantity", NotImplemented) if pints is other else multiply(a, pints)
    value = a._value * constant
    if a._plain and type(constant) is float and constant:
        return a.of_origin(value, a._unit, _after(a, constant))
    unit = None if a._unit is None else units.product(a._unit, None)
    return _of_one(a, value, combine.finite(constant, np.multiply, a._value), unit, certain=True)


def divide(a: "Quantity", other: object) -> "Quantity":
    """Return a / other; what divides by zero is left to numpy."""
    if isinstance(other, type(a)):
        y = other._value
        if a._plain and other._plain and y and math.isfinite(1 / y):
            plain = a._unit is None and other._unit is None
            unit = None if plain else units.product(a._unit, other._unit, -1.0)
            value = a._value / y
            return a.of_origin(value, unit, (_root(a), 1 / y, _root(other), -value / y))
    return binary(np.divide, a, other)


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
        derivative = combine.finite(UNARY[ufunc](x, value), ufunc, x)
    return _of_one(a, combine.tidy(value), derivative, unit)


def binary(ufunc: np.ufunc, first: Any, second: Any) -> "Quantity":
    """Return the function of two operands, of which at least one is a quantity; NotImplemented for no numbers."""
    known: type[Quantity] = type(first if hasattr(first, "_origin") else second)
    first, second = adopted(known, first), adopted(known, second)
    is_first, is_second = isinstance(first, known), isinstance(second, known)
    if ufunc in _OPERATORS and is_first:
        return _OPERATORS[ufunc][0](first, second)
    if ufunc in _OPERATORS:
        return _OPERATORS[ufunc][1](second, first)
    a, b = first if is_first else number(first), second if is_second else number(second)
    if a is None or b is None:
        return cast("Quantity", NotImplemented)
    a, b, unit = _units_of(ufunc, a, b)
    x = np.asarray(a._value if is_first else a)[()]  # numpy's: 1/0 is inf, no exception
    y = np.asarray(b._value if is_second else b)[()]
    by_first, by_second = BINARY[ufunc]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ufunc(x, y)
        dx = combine.finite(by_first(x, y, value), ufunc, x) if is_first else 0.0
        dy = combine.finite(by_second(x, y, value), ufunc, y) if is_second else 0.0
    value = combine.tidy(value)
    if not (is_first and is_second):
        certain = ufunc in {np.multiply, np.divide} or not np.all(y)  # 0·x and x⁰ lose nothing
        only, derivative = (a, dx) if is_first else (b, dy)
        return _of_one(only, value, derivative, unit, certain=certain)
    if a._plain and b._plain:
        return known.of_origin(value, unit, (_root(a), dx, _root(b), dy))
    return _combined(a, b, value, dx, dy, unit)


_OPERATORS = {np.add: (add, add_to), np.subtract: (subtract, subtract_from)}


def _of_one(a: "Quantity", value: Any, derivative: Any, unit: str | None, *, certain: bool = False) -> "Quantity":
    """Return a function of one quantity; a derivative of zero is `certain` where second order has nothing either."""
    if a._plain and type(value) is float and not (derivative == 0.0 and certain):
        return a.of_origin(value, unit, _after(a, derivative))
    shape = value.shape if type(value) is np.ndarray else ()
    return a.of_blocks(value, combine.chained({}, a._sensitivities, a._shape, shape, derivative), unit)


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
    if hasattr(first, "_origin") and hasattr(second, "_origin"):
        return first, second.to(a), a if ufunc in SHARED_UNIT else None
    msg = f"np.{ufunc.__name__} of a quantity in {a or b} and a number: give both a unit"
    raise UncertaintyError(msg)
