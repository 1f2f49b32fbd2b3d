"""Folds of arrays: sums, means, products and variances of the elements, over all axes or some."""

from collections.abc import Callable
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, operands
from calib.uncertainty.uncertain import Quantity


def folding(fold: Callable[..., Quantity]) -> Callable[..., Quantity]:
    """Return a fold over `axis` that can keep the axes."""

    def made(a: Any, axis: Any = None, *, keepdims: bool = False, **keywords: Any) -> Quantity:
        a = a if isinstance(a, Quantity) else np.stack(a)
        found = fold(a, axis, **keywords)
        if not keepdims:
            return found
        axes = range(a.ndim) if axis is None else np.atleast_1d(axis) % a.ndim
        return found.reshape(tuple(1 if i in axes else n for i, n in enumerate(a.shape)))

    return made


def prod(a: Quantity, axis: Any = None) -> Quantity:
    """Return the product over `axis`, over all by default."""
    if a.unit is not None:
        msg = "np.prod of a quantity with a unit: multiply step by step"
        raise UncertaintyError(msg)
    if not a.ndim:
        return a
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


def var(a: Quantity, axis: Any = None, ddof: float = 0) -> Quantity:
    """Return the variance of the elements, as a function of them."""
    deviation = a - folding(Quantity.mean)(a, axis, keepdims=True)
    found: Quantity = (deviation * deviation).sum(axis)
    return found * (1 / (a.size / max(found.size, 1) - ddof))


def std(a: Quantity, axis: Any = None, ddof: float = 0) -> Quantity:
    """Return the standard deviation of the elements, as a function of them."""
    root: Any = np.sqrt
    found: Quantity = root(var(a, axis, ddof))
    return found


def without_nan(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a fold that leaves out elements that are no numbers."""

    def made(a: Quantity, *args: Any, **keywords: Any) -> Any:
        known = ~np.isnan(a.value)
        if np.all(known):
            return function(a, *args, **keywords)
        if a.ndim > 1:
            msg = "elements that are nan, in several axes: leave them out first, x[~np.isnan(x)]"
            raise UncertaintyError(msg)
        return function(a[known], *args, **keywords)

    return made


def average(a: Any, axis: Any = None, weights: Any = None) -> Quantity:
    """Return the mean, or with weights Σ w·a / Σ w."""
    if weights is None:
        return a.mean(axis)  # type: ignore[no-any-return]
    if len(operands.shape_of(weights)) == 1 and a.ndim > 1:
        axis = axis if axis is not None else -1
        weights = np.moveaxis(np.broadcast_to(weights, (*(1,) * (a.ndim - 1), len(weights))), -1, axis)
    total = weights.sum(axis) if isinstance(weights, Quantity) else np.sum(weights, axis=axis)
    mean: Quantity = (a * weights).sum(axis) / total
    return mean
