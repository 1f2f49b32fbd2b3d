"""Partial derivatives of the numpy functions that a quantity goes through; x, y arguments, f the function's value."""

from collections.abc import Callable
from typing import Any

import numpy as np

Derivative = Callable[[Any, Any], Any]

UNARY: dict[np.ufunc, Derivative] = {
    np.positive: lambda x, f: np.ones_like(x),
    np.negative: lambda x, f: -np.ones_like(x),
    np.absolute: lambda x, f: np.where(x == 0, np.nan, np.sign(x)),  # no derivative at 0
    np.fabs: lambda x, f: np.where(x == 0, np.nan, np.sign(x)),
    np.conjugate: lambda x, f: np.ones_like(x),
    np.sqrt: lambda x, f: 0.5 / f,
    np.cbrt: lambda x, f: f / (3 * x),
    np.square: lambda x, f: 2 * x,
    np.reciprocal: lambda x, f: -f * f,
    np.exp: lambda x, f: f,
    np.exp2: lambda x, f: f * np.log(2.0),
    np.expm1: lambda x, f: f + 1,
    np.log: lambda x, f: 1 / x,
    np.log2: lambda x, f: 1 / (x * np.log(2.0)),
    np.log10: lambda x, f: 1 / (x * np.log(10.0)),
    np.log1p: lambda x, f: 1 / (1 + x),
    np.sin: lambda x, f: np.cos(x),
    np.cos: lambda x, f: -np.sin(x),
    np.tan: lambda x, f: 1 + f * f,
    np.arcsin: lambda x, f: 1 / np.sqrt(1 - x * x),
    np.arccos: lambda x, f: -1 / np.sqrt(1 - x * x),
    np.arctan: lambda x, f: 1 / (1 + x * x),
    np.sinh: lambda x, f: np.cosh(x),
    np.cosh: lambda x, f: np.sinh(x),
    np.tanh: lambda x, f: 1 - f * f,
    np.arcsinh: lambda x, f: 1 / np.sqrt(x * x + 1),
    np.arccosh: lambda x, f: 1 / np.sqrt(x * x - 1),
    np.arctanh: lambda x, f: 1 / (1 - x * x),
    np.degrees: lambda x, f: np.full_like(x, 180 / np.pi),
    np.rad2deg: lambda x, f: np.full_like(x, 180 / np.pi),
    np.radians: lambda x, f: np.full_like(x, np.pi / 180),
    np.deg2rad: lambda x, f: np.full_like(x, np.pi / 180),
}

Partials = tuple[Callable[[Any, Any, Any], Any], Callable[[Any, Any, Any], Any]]

BINARY: dict[np.ufunc, Partials] = {
    np.add: (lambda x, y, f: 1.0, lambda x, y, f: 1.0),
    np.subtract: (lambda x, y, f: 1.0, lambda x, y, f: -1.0),
    np.multiply: (lambda x, y, f: y, lambda x, y, f: x),
    np.divide: (lambda x, y, f: 1 / y, lambda x, y, f: -f / y),
    np.power: (lambda x, y, f: y * np.power(x, y - 1.0), lambda x, y, f: f * np.log(x)),
    np.float_power: (lambda x, y, f: y * np.power(x, y - 1.0), lambda x, y, f: f * np.log(x)),
    np.arctan2: (lambda x, y, f: y / (x * x + y * y), lambda x, y, f: -x / (x * x + y * y)),
    np.hypot: (lambda x, y, f: x / f, lambda x, y, f: y / f),
    np.remainder: (lambda x, y, f: _unless_whole(x, y, 1.0), lambda x, y, f: _unless_whole(x, y, -np.floor(x / y))),
    np.fmod: (lambda x, y, f: _unless_whole(x, y, 1.0), lambda x, y, f: _unless_whole(x, y, -np.trunc(x / y))),
    **dict.fromkeys((np.maximum, np.fmax), (lambda x, y, f: _taken(x, y), lambda x, y, f: _taken(y, x))),
    **dict.fromkeys((np.minimum, np.fmin), (lambda x, y, f: _taken(y, x), lambda x, y, f: _taken(x, y))),
}


def _unless_whole(x: Any, y: Any, derivative: Any) -> Any:
    """Return the derivative, which does not exist where x is a multiple of y."""
    return np.where(np.remainder(x, y) == 0, np.nan, derivative)


def _taken(x: Any, y: Any) -> Any:
    """Return 1 where x > y, 0 where x < y, and nan where they are equal."""
    return np.where(x > y, 1.0, np.where(x < y, 0.0, np.nan))


SAME_UNIT = {np.positive, np.negative, np.absolute, np.fabs, np.conjugate}
"""Functions of one argument that keep its unit; `POWERS` raise it to a power; the others want a number."""
SHARED_UNIT = {np.hypot, np.maximum, np.minimum, np.fmax, np.fmin, np.remainder, np.fmod}
"""Functions of two arguments of one kind that keep the first one's unit."""
POWERS: dict[np.ufunc, float] = {np.sqrt: 0.5, np.cbrt: 1 / 3, np.square: 2.0, np.reciprocal: -1.0}
