"""Sums, differences and products of quantities: value, partial derivatives, unit."""

# ruff: noqa: SLF001  the arithmetic of Quantity, apart from it only so that each file has one idea

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from calib.uncertainty import combine, units
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
                return a.of_origin(value, None, (root(a), 1.0, root(other), sign))
            return combined(a, other, value, 1.0, sign, None)
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


def root(a: "Quantity") -> "Source | Quantity":
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
    return combined(a, b, value, 1.0, sign * by, unit)


def _shifted(a: "Quantity", value: Any, sign: float) -> "Quantity":
    """Return `value`, which is sign · a and a constant."""
    if a._plain and type(value) is float:
        return a.of_origin(value, a._unit, _after(a, sign))
    return a.of_blocks(value, combine.chained({}, a._sensitivities, a._shape, np.shape(value), sign), a._unit)


def combined(a: "Quantity", b: "Quantity", value: Any, da: Any, db: Any, unit: str | None) -> "Quantity":
    """Return f(a, b), of which the value and the derivatives are known, after broadcasting both."""
    shape = value.shape if type(value) is np.ndarray else ()
    blocks = combine.chained({}, a._sensitivities, a._shape, shape, da)
    return a.of_blocks(value, combine.chained(blocks, b._sensitivities, b._shape, shape, db), unit)


def of_one(a: "Quantity", value: Any, derivative: Any, unit: str | None, *, certain: bool = False) -> "Quantity":
    """Return a function of one quantity; a derivative of zero is `certain` where second order has nothing either."""
    if a._plain and type(value) is float and not (derivative == 0.0 and certain):
        return a.of_origin(value, unit, _after(a, derivative))
    shape = value.shape if type(value) is np.ndarray else ()
    return a.of_blocks(value, combine.chained({}, a._sensitivities, a._shape, shape, derivative), unit)


def multiply(a: "Quantity", other: object) -> "Quantity":
    """Return a · other."""
    if isinstance(other, type(a)):
        plain = a._unit is None and other._unit is None
        unit = None if plain else units.product(a._unit, other._unit)
        x, y = a._value, other._value
        if a._plain and other._plain:
            return a.of_origin(x * y, unit, (root(a), y, root(other), x))
        return combined(a, other, x * y, y, x, unit)
    constant = number(other)
    if constant is None:
        pints = adopted(type(a), other)
        return cast("Quantity", NotImplemented) if pints is other else multiply(a, pints)
    value = a._value * constant
    if a._plain and type(constant) is float and constant:
        return a.of_origin(value, a._unit, _after(a, constant))
    unit = None if a._unit is None else units.product(a._unit, None)
    return of_one(a, value, combine.finite(constant, np.multiply, a._value), unit, certain=True)
