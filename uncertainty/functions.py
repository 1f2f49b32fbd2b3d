"""numpy functions that carry uncertainty."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine
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


def _joined(parts: Sequence[Any], place: Callable[[list[Any]], Any]) -> Quantity:
    """Return several quantities in one array; `place` puts arrays of their shapes together."""
    quantities = [p if isinstance(p, Quantity) else Quantity(p, {}) for p in parts]
    unit = next((q.unit for q in quantities if q.unit is not None), None)
    quantities = [q if q.unit == unit else q.to(unit) for q in quantities]
    starts = np.cumsum([0] + [q.size for q in quantities])
    numbered = [np.arange(q.size).reshape(q.shape) + start for q, start in zip(quantities, starts, strict=False)]
    places = place(numbered)
    total: dict[Any, Any] = {}
    for q, start in zip(quantities, starts, strict=False):
        inside = (places >= start) & (places < start + q.size)
        blocks = _taken(q, np.where(inside, places - start, 0))
        total = combine.added(total, combine.scaled(blocks, inside.astype(np.float64)))
    return Quantity(place([np.asarray(q.value) for q in quantities]), total, unit)


def _taken(q: Quantity, places: Any) -> Any:
    """Return the blocks of `q`'s elements at flat places."""
    if not q.shape:
        return combine.spread(q.blocks, (), np.shape(places))
    return combine.moved(q.blocks, q.shape, q.size, lambda a: a.ravel()[places])


def _concatenate(parts: Sequence[Any], axis: int = 0) -> Quantity:
    return _joined(parts, lambda arrays: np.concatenate(arrays, axis=axis))


def _stack(parts: Sequence[Any], axis: int = 0) -> Quantity:
    return _joined(parts, lambda arrays: np.stack(arrays, axis=axis))


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


def _dot(a: Any, b: Any) -> Quantity:
    """Return the sum of products of two one-dimensional arrays."""
    if _ndim(a) != 1 or _ndim(b) != 1:
        msg = "np.dot carries uncertainty for one-dimensional arrays only"
        raise UncertaintyError(msg)
    product: Quantity = a * b
    return product.sum()


def _ndim(a: Any) -> int:
    return a.ndim if isinstance(a, Quantity) else np.ndim(a)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.mean: _mean,
    np.prod: _prod,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.diff: _diff,
    np.dot: _dot,
    np.reshape: lambda a, shape: a.reshape(shape),
    np.ravel: lambda a: a.ravel(),
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.broadcast_to: _broadcast_to,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
}
