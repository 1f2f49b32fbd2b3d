"""numpy functions that carry uncertainty."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, cumulative, linear
from calib.uncertainty.structure import (
    OF_VALUES,
    OF_VALUES_UFUNCS,
    REARRANGING,
    joined,
    of_value,
    rearranged,
    sort,
    where,
)
from calib.uncertainty.uncertain import Quantity


def _sum(a: Quantity, axis: Any = None) -> Quantity:
    return a.sum(axis)


def _mean(a: Quantity, axis: Any = None) -> Quantity:
    return a.mean(axis)


def _prod(a: Quantity, axis: Any = None) -> Quantity:
    if a.unit is not None:
        msg = "np.prod of a quantity with a unit: multiply step by step"
        raise UncertaintyError(msg)
    moved = a if axis is not None else a.ravel()
    along = -1 if axis is None else axis
    partial = np.apply_along_axis(_others, along, moved.value)
    value = moved.value.prod(axis=along)
    folded = combine.folded(combine.scaled(moved.blocks, partial), moved.shape, (along % moved.ndim,))
    return Quantity(value, folded)


def _others(x: Any) -> Any:
    """Return the product of all other elements, for each element."""
    before = np.concatenate(([1.0], np.cumprod(x[:-1])))
    after = np.concatenate((np.cumprod(x[:0:-1])[::-1], [1.0]))
    return before * after


def _concatenate(parts: Sequence[Any], axis: int = 0) -> Quantity:
    return joined(parts, lambda arrays: np.concatenate(arrays, axis=axis))


def _stack(parts: Sequence[Any], axis: int = 0) -> Quantity:
    return joined(parts, lambda arrays: np.stack(arrays, axis=axis))


def _diff(a: Quantity, n: int = 1, axis: int = -1) -> Quantity:
    for _ in range(n):
        ahead: list[Any] = [slice(None)] * a.ndim
        behind = list(ahead)
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        a = a[tuple(ahead)] - a[tuple(behind)]
    return a


def _broadcast_to(a: Quantity, shape: Any) -> Quantity:
    target = np.broadcast_shapes(a.shape, shape)
    value = np.broadcast_to(a.value, target)
    return Quantity(value, combine.spread(a.blocks, a.shape, value.shape), a.unit)


def _average(a: Any, axis: Any = None, weights: Any = None) -> Quantity:
    """Return the mean, or with weights Σ w·a / Σ w."""
    if weights is None:
        return a.mean(axis)  # type: ignore[no-any-return]
    if _ndim(weights) == 1 and a.ndim > 1:
        axis = axis if axis is not None else -1
        weights = np.moveaxis(np.broadcast_to(weights, (*(1,) * (a.ndim - 1), len(weights))), -1, axis)
    total = weights.sum(axis) if isinstance(weights, Quantity) else np.sum(weights, axis=axis)
    mean: Quantity = (a * weights).sum(axis) / total
    return mean


def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0) -> Quantity:
    """Return the integral by trapezoids along one axis."""
    steps = dx if x is None else x[1:] - x[:-1]
    parts: Quantity = 0.5 * (y[1:] + y[:-1]) * steps
    return parts.sum()


def _polyval(p: Any, x: Any) -> Any:
    """Return the polynomial with coefficients p, highest power first, at x."""
    y: Any = 0.0 * x
    for c in p:
        y = y * x + c
    return y


def _ndim(a: Any) -> int:
    return a.ndim if isinstance(a, Quantity) else np.ndim(a)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.mean: _mean,
    np.prod: _prod,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.diff: _diff,
    np.dot: linear.dot,
    np.cumsum: cumulative.cumsum,
    np.cumprod: cumulative.cumprod,
    np.trace: linear.trace,
    np.linalg.solve: linear.solve,
    np.linalg.inv: linear.inv,
    np.linalg.det: linear.det,
    np.linalg.norm: linear.norm,
    np.average: _average,
    np.polyval: _polyval,
    np.where: where,
    np.sort: sort,
    np.vstack: lambda parts: joined(parts, np.vstack),
    np.hstack: lambda parts: joined(parts, np.hstack),
    np.column_stack: lambda parts: joined(parts, np.column_stack),
    np.append: lambda a, values, axis=None: joined((a, values), lambda x: np.append(x[0], x[1], axis=axis)),
    getattr(np, "trapezoid", None) or getattr(np, "trapz"): _trapezoid,  # noqa: B009  numpy 1 and 2
    np.reshape: lambda a, shape: a.reshape(shape),
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.broadcast_to: _broadcast_to,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
}
FUNCTIONS.update((f, rearranged(f)) for f in REARRANGING)
FUNCTIONS.update((f, of_value(f)) for f in OF_VALUES)

UFUNCS: dict[Any, Callable[..., Any]] = {np.matmul: linear.matmul} | {f: of_value(f) for f in OF_VALUES_UFUNCS}
"""Universal functions that are no function of one element, or no quantity."""
