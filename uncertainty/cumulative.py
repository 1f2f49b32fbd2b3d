"""Cumulative sums and products of arrays, exact and O(N) where each element-wise error enters a run once."""

import math
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty.ranges import Ranges
from calib.uncertainty.rows import Array, Rows, check_size
from calib.uncertainty.uncertain import Quantity


def cumsum(a: Quantity, axis: int | None = None) -> Quantity:
    """Return sums of all elements up to each, along `axis` (over all by default).

    Raises
    ------
    UncertaintyError
        Errors enter a run several times (a cumulative sum of cumulative sums, of means) and it is longer than
        about 4000 elements.
    """
    a = a.ravel() if axis is None or not a.ndim else a
    at = 0 if axis is None else axis
    blocks = {
        s: _accumulated(c, a.shape, at, s.shape) if type(c) is tuple else _summed(c, a.shape, at)
        for s, c in a.blocks.items()
    }
    return Quantity(np.cumsum(a.value, axis=at), blocks, a.unit)


def cumprod(a: Quantity, axis: int | None = None) -> Quantity:
    """Return products of all elements up to each, of numbers other than 0: d ln Π = Σ d ln x."""
    if a.unit is not None:
        msg = f"np.cumprod of a quantity in {a.unit}: every product has another unit; take a number first, a.to(None)"
        raise UncertaintyError(msg)
    if np.any(a.value == 0):
        msg = "np.cumprod of elements that are 0 has no first order in the others; take np.prod of each stretch"
        raise UncertaintyError(msg)
    a = a.ravel() if axis is None or not a.ndim else a
    value = np.cumprod(a.value, axis=0 if axis is None else axis)
    relative = cumsum(a / a.value, 0 if axis is None else axis)
    return Quantity(value, (relative * value).blocks)


def _summed(c: Any, shape: tuple[int, ...], axis: int) -> Any:
    return np.cumsum(np.broadcast_to(c, shape), axis=axis)


def _accumulated(block: element.Block, shape: tuple[int, ...], axis: int, source_shape: tuple[int, ...]) -> Any:
    """Return the block of the cumulative sums."""
    total: element.Block = ()
    for term in block:
        total = element.added(total, (_term(*term, shape, axis, source_shape),))
    return total


def _term(column: Any, rows: Rows | None, shape: tuple[int, ...], axis: int, source_shape: tuple[int, ...]) -> Any:
    if rows is not None and rows.is_shared:
        return _summed(column, shape, axis), rows
    if rows is None or rows.is_place:
        size = math.prod(source_shape)
        places = np.arange(size).reshape(shape) if rows is None else rows.places
        elements, weights = (
            np.moveaxis(np.broadcast_to(x, shape), axis, -1).reshape(-1, shape[axis]) for x in (places, column)
        )
        if rows is None or _once(elements):
            ranges = Ranges.prefixes(elements, weights, size)
            last = tuple(np.moveaxis(np.empty(shape, dtype=bool), axis, -1).shape)
            return 1.0, ranges.placed(np.moveaxis(ranges.places.reshape(last), -1, axis))
    return 1.0, _written_out(((column, rows),), shape, axis, source_shape)


def _once(elements: Array) -> bool:
    """Whether no run of shape (m, n) names an element twice."""
    ordered = np.sort(elements, axis=1)
    return bool(np.all(ordered[:, 1:] > ordered[:, :-1]))


def _written_out(block: element.Block, shape: tuple[int, ...], axis: int, source_shape: tuple[int, ...]) -> Rows:
    """Return whole rows, for errors that enter a run several times; refused beyond `DENSE_LIMIT`."""
    n, size = math.prod(shape), math.prod(source_shape)
    check_size(n * size, f"a cumulative sum of {n} values, in which errors come several times,")
    jacobian = element.dense(block, shape, source_shape).reshape(*shape, -1)
    summed = np.cumsum(jacobian, axis=axis).reshape(-1, jacobian.shape[-1])
    index = np.broadcast_to(np.arange(size), (n, size))
    return Rows(index, summed, size, np.arange(n).reshape(shape))
