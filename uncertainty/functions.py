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
    folded = combine.folded(combine.scaled(moved._blocks, partial), moved.shape, (along % moved.ndim,))
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
    value = place([np.asarray(q.value) for q in quantities])
    total: dict[Any, Any] = {}
    for i, q in enumerate(quantities):
        sizes = np.cumsum([0] + [other.size for other in quantities])
        places = place([np.arange(o.size).reshape(o.shape) + n for o, n in zip(quantities, sizes, strict=False)])
        inside = (places >= sizes[i]) & (places < sizes[i + 1])
        taken = np.where(inside, places - sizes[i], 0)
        one = q if q.shape else None
        blocks = (
            q._blocks if one is None else combine.moved(q._blocks, q.shape, q.size, lambda a, t=taken: a.ravel()[t])
        )
        total = combine.added(total, combine.scaled(blocks, inside.astype(np.float64)))
    return Quantity(value, total, unit)


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
    return Quantity(value, combine.spread(a._blocks, a.shape, value.shape), a.unit)


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
