"""Quotients, powers and numpy's functions of one and two quantities: value, partial derivatives, unit."""

# ruff: noqa: SLF001  the arithmetic of Quantity, apart from it only so that each file has one idea

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, units
from calib.uncertainty.arithmetic import (
    add,
    add_to,
    adopted,
    combined,
    number,
    of_one,
    root,
    subtract,
    subtract_from,
)
from calib.uncertainty.derivatives import BINARY, POWERS, SAME_UNIT, SHARED_UNIT, UNARY

if TYPE_CHECKING:
    from calib.uncertainty.uncertain import Quantity

_OPERATORS = {np.add: (add, add_to), np.subtract: (subtract, subtract_from)}


def divide(a: "Quantity", other: object) -> "Quantity":
    """Return a / other; what divides by zero is left to numpy."""
    if isinstance(other, type(a)):
        y = other._value
        if a._plain and other._plain and y and math.isfinite(1 / y):
            plain = a._unit is None and other._unit is None
            unit = None if plain else units.product(a._unit, other._unit, -1.0)
            value = a._value / y
            return a.of_origin(value, unit, (root(a), 1 / y, root(other), -value / y))
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
    return of_one(a, combine.tidy(value), derivative, unit)


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
        return of_one(only, value, derivative, unit, certain=certain)
    if a._plain and b._plain:
        return known.of_origin(value, unit, (root(a), dx, root(b), dy))
    return combined(a, b, value, dx, dy, unit)


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
