"""Quantities defined by an equation: x with f(x, …) = 0, by the implicit function theorem (JCGM 102:2011, 6.2.3).

Newton's method finds x for the values of the arguments; then dx = −(∂f/∂x)⁻¹ df. Derivatives by x are those of f
itself, evaluated with an uncertain x, so f is a plain function of operators and numpy functions, as every model.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty.inputs import quantity
from calib.uncertainty.linearity import FirstOrderWarning
from calib.uncertainty.samples import Samples
from calib.uncertainty.uncertain import Quantity

Array = NDArray[np.float64]
_ITERATIONS = 100
_TOLERANCE = 1e-13


def implicit(f: Callable[..., Any], start: ArrayLike, *arguments: Any, unit: str | None = None) -> Any:
    """Return x with f(x, *arguments) = 0, near `start`.

    Parameters
    ----------
    f
        Called with x, a number, or an array of shape (n,) and then returning n equations (an array, or a list).
    start
        Where the search begins: a number, or n of them.
    arguments
        Quantities, numbers, or what a model receives under Monte Carlo.
    unit
        Of x; f receives x as a plain number.

    Raises
    ------
    UncertaintyError
        No root was found from `start`, or f does not depend on x there.
    """
    x = np.array(start, dtype=np.float64)
    fixed = [a.value if isinstance(a, Quantity) else _middle(a) for a in arguments]
    scale = np.maximum(np.abs(x), 1e-300)
    for _ in range(_ITERATIONS):
        values, slopes = _with_slopes(f, x, fixed)
        step = _solved(slopes, values, x)
        x = x - step.reshape(x.shape)
        scale = np.maximum(np.abs(x), 1e-3 * scale)
        if np.all(np.abs(step.reshape(x.shape)) <= _TOLERANCE * scale):
            break
    else:
        msg = f"implicit: no root found from start = {start!r} in {_ITERATIONS} steps; the last x was {x.tolist()!s}"
        raise UncertaintyError(msg)
    slopes = _with_slopes(f, x, fixed)[1]
    if any(isinstance(a, Samples) for a in arguments):
        return _sampled(f, x, arguments, np.asarray(np.linalg.inv(slopes), dtype=np.float64))
    errors = _stacked(f(_plain(x), *arguments))
    if not isinstance(errors, Quantity):
        return Quantity(x, {}, unit)
    moved = -(np.linalg.inv(slopes) @ errors)
    return Quantity(x, (moved[0] if not x.ndim else moved).blocks, unit)


def _middle(argument: Any) -> Any:
    return argument.draws.mean(axis=-1)[()] if isinstance(argument, Samples) else argument


def _plain(x: Array) -> Any:
    return x if x.ndim else float(x)


def _stacked(out: Any) -> Any:
    """Return what f gave as an array of one axis."""
    if isinstance(out, (list, tuple)):
        uncertain = any(isinstance(o, (Quantity, Samples)) for o in out)
        out = np.stack(out) if uncertain else np.asarray(out, dtype=np.float64)
    if isinstance(out, (Quantity, Samples)):
        return out if out.ndim else out.reshape(1)
    return np.atleast_1d(np.asarray(out, dtype=np.float64))


def _with_slopes(f: Callable[..., Any], x: Array, fixed: list[Any]) -> tuple[Array, Array]:
    """Return f and ∂f/∂x, shapes (n,) and (n, n)."""
    probe = quantity(x, u=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FirstOrderWarning)  # a slope of zero is told by _solved
        out = _stacked(f(probe, *fixed))
    if not isinstance(out, Quantity) or out.shape != (x.size,):
        msg = f"implicit: f must depend on x and give {x.size} equations for {x.size} unknowns; got {np.shape(out)}"
        raise UncertaintyError(msg)
    (source,) = probe.blocks
    c = out.blocks.get(source, 0.0)
    slopes = element.dense(c, out.shape, source.shape) if source.shape else np.broadcast_to(c, out.shape)[:, None]
    return np.asarray(out.value), np.asarray(slopes)


def _solved(slopes: Array, values: Array, x: Array) -> Array:
    try:
        step = np.linalg.solve(slopes, values)
    except np.linalg.LinAlgError:
        step = np.full(values.shape, np.nan)
    if not np.all(np.isfinite(step)):
        msg = f"implicit: f has no unique slope at x = {x}; begin somewhere else"
        raise UncertaintyError(msg)
    return np.asarray(step)


def _sampled(f: Callable[..., Any], x: Array, arguments: Any, inverse: Array) -> Samples:
    """Return x in every trial, by Newton's steps with the slope at the middle."""
    trials = next(a.draws.shape[-1] for a in arguments if isinstance(a, Samples))
    draws = np.repeat(x.reshape(-1, 1), trials, axis=1)
    for _ in range(_ITERATIONS):
        now = Samples(draws if x.ndim else draws[0])
        step = inverse @ np.broadcast_to(_stacked(f(now, *arguments)).draws, draws.shape)
        draws = draws - step
        if np.all(np.abs(step) <= 1e-12 * np.maximum(np.abs(draws), np.abs(draws).mean())):
            return Samples(draws if x.ndim else draws[0])
    msg = f"implicit: trials did not converge in {_ITERATIONS} steps: f is too far from linear over its inputs"
    raise UncertaintyError(msg)
