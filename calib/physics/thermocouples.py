"""Thermocouple reference functions and their inverses, types B, E, J, K, N, R, S, T; reference junction at 0 °C.

All take a float or an array; NIST Monograph 175, IEC 60584-1. A junction at another temperature t_ref adds
`emf_V(type, t_ref)` to what is measured.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

from calib.errors import OutOfRange
from calib.physics.thermocouple_tables import INVERTIBLE_C, PIECES, Piece, ThermocoupleType

__all__ = ["ThermocoupleType", "emf_V", "invertible_C", "seebeck_V_per_K", "span_C", "temperature_C"]

Floats = NDArray[np.float64]
_GRID_K = 2.0
_NEWTON_STEPS = 6


def span_C(kind: ThermocoupleType) -> tuple[float, float]:
    """Return the lowest and the highest temperature of a type's reference function, in degrees Celsius."""
    return PIECES[kind][0].low_C, PIECES[kind][-1].high_C


def invertible_C(kind: ThermocoupleType) -> tuple[float, float]:
    """Return the lowest and the highest temperature that an emf of a type means."""
    return INVERTIBLE_C[kind], PIECES[kind][-1].high_C


@overload
def emf_V(kind: ThermocoupleType, t_C: float) -> float: ...
@overload
def emf_V(kind: ThermocoupleType, t_C: Floats) -> Floats: ...
def emf_V(kind: ThermocoupleType, t_C: float | Floats) -> float | Floats:
    """Return the emf in volts at a temperature in degrees Celsius.

    Raises
    ------
    OutOfRange
        The type's reference function does not reach there.
    """
    return _of(lambda t: _sum(kind, t, _millivolts) * 1e-3, t_C, kind, *span_C(kind), "°C")


@overload
def seebeck_V_per_K(kind: ThermocoupleType, t_C: float) -> float: ...
@overload
def seebeck_V_per_K(kind: ThermocoupleType, t_C: Floats) -> Floats: ...
def seebeck_V_per_K(kind: ThermocoupleType, t_C: float | Floats) -> float | Floats:
    """Return the slope of the reference function in volts per kelvin."""
    return _of(lambda t: _sum(kind, t, _slope) * 1e-3, t_C, kind, *span_C(kind), "°C")


@overload
def temperature_C(kind: ThermocoupleType, emf_V: float) -> float: ...
@overload
def temperature_C(kind: ThermocoupleType, emf_V: Floats) -> Floats: ...
def temperature_C(kind: ThermocoupleType, emf_V: float | Floats) -> float | Floats:
    """Return the temperature in degrees Celsius at which the reference function has an emf in volts, by Newton's rule.

    Raises
    ------
    OutOfRange
        The emf belongs to no temperature at which the function can be inverted.
    """
    _, volts = _grid(kind)
    return _of(lambda e: _inverse(kind, e), emf_V, kind, float(volts[0]), float(volts[-1]), "V")


def _of(
    law: Callable[[Floats], Floats], x: float | Floats, kind: str, low: float, high: float, unit: str
) -> float | Floats:
    """Apply a law to an array or to a float, within its bounds."""
    values = np.asarray(x, dtype=np.float64)
    outside = ~((values >= low) & (values <= high))
    if np.any(outside):
        value, allowed = values[outside].flat[0], f"{low:g} {unit} to {high:g} {unit}"
        msg = f"type {kind}: no reference at {value:g} {unit}; allowed: {allowed}"
        raise OutOfRange(msg)
    result = law(np.atleast_1d(values))
    return result.reshape(values.shape) if isinstance(x, np.ndarray) else float(result[0])


def _sum(kind: ThermocoupleType, t_C: Floats, part: Callable[[Piece, Floats], Floats]) -> Floats:
    """Return what the piece in which each temperature lies gives."""
    pieces = PIECES[kind]
    result = part(pieces[0], t_C)
    for _, piece in pairwise(pieces):
        above = t_C > piece.low_C
        result[above] = part(piece, t_C[above])
    return result


def _millivolts(piece: Piece, t_C: Floats) -> Floats:
    value: Floats = np.polynomial.polynomial.polyval(t_C, np.array(piece.coefficients))
    return value + _bump(piece, t_C)


def _slope(piece: Piece, t_C: Floats) -> Floats:
    value: Floats = np.asarray(np.polynomial.polynomial.polyval(t_C, _derived(piece)), dtype=np.float64)
    if piece.bump is None:
        return value
    _, a1, a2 = piece.bump
    return value + 2 * a1 * (t_C - a2) * _bump(piece, t_C)


@cache
def _derived(piece: Piece) -> Floats:
    """Return the coefficients of the slope."""
    return np.asarray(np.polynomial.polynomial.polyder(np.array(piece.coefficients)), dtype=np.float64)


def _bump(piece: Piece, t_C: Floats) -> Floats:
    if piece.bump is None:
        return np.zeros_like(t_C)
    a0, a1, a2 = piece.bump
    return np.asarray(a0 * np.exp(a1 * (t_C - a2) ** 2), dtype=np.float64)


@cache
def _grid(kind: ThermocoupleType) -> tuple[Floats, Floats]:
    """Return temperatures and their emf in volts, ascending, between which an inverse begins."""
    low_C, high_C = invertible_C(kind)
    t_C = np.linspace(low_C, high_C, int((high_C - low_C) / _GRID_K) + 2)
    return t_C, emf_V(kind, t_C)


def _inverse(kind: ThermocoupleType, volts: Floats) -> Floats:
    grid_C, grid_V = _grid(kind)
    low_C, high_C = float(grid_C[0]), float(grid_C[-1])
    t_C = np.interp(volts, grid_V, grid_C)
    for _ in range(_NEWTON_STEPS):
        step_K = (volts - emf_V(kind, t_C)) / seebeck_V_per_K(kind, t_C)
        t_C = np.clip(t_C + step_K, low_C, high_C)
        if float(np.max(np.abs(step_K))) < 1e-10:
            break
    return t_C
