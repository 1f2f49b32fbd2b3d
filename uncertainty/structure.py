"""numpy functions that only rearrange elements, and those that look at values alone."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine
from calib.uncertainty.uncertain import Quantity


def rearranged(function: Callable[..., Any]) -> Callable[..., Quantity]:
    """Return numpy's `function` made to carry uncertainty; it must only move or repeat elements."""

    def on_quantity(a: Quantity, *args: Any, **keywords: Any) -> Quantity:
        return a._moved(lambda x: function(x, *args, **keywords))  # noqa: SLF001

    return on_quantity


def filled(function: Callable[..., Any]) -> Callable[..., Quantity]:
    """Return numpy's `function` made to carry uncertainty; it may move and repeat elements, and set others to 0."""

    def on_quantity(a: Quantity, *args: Any, **keywords: Any) -> Quantity:
        places = function(np.arange(1, a.size + 1).reshape(a.shape), *args, **keywords)
        found: Quantity = a.ravel()[np.maximum(places - 1, 0)] * (places > 0).astype(float)
        return found

    return on_quantity


def split(function: Callable[..., Any]) -> Callable[..., list[Quantity]]:
    """Return numpy's `function` made to carry uncertainty; it must give several arrays of the elements."""

    def on_quantity(a: Quantity, *args: Any, **keywords: Any) -> list[Quantity]:
        parts = function(np.arange(a.size).reshape(a.shape), *args, **keywords)
        return [a.ravel()[places] for places in parts]

    return on_quantity


def pad(a: Quantity, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0.0) -> Quantity:
    """Return np.pad with a number, or with elements of its own."""
    if mode not in {"constant", "edge", "reflect", "symmetric", "wrap"} or np.ndim(constant_values):
        msg = f"np.pad with uncertainty: mode {mode!r} is none of constant, edge, reflect, symmetric, wrap"
        raise UncertaintyError(msg)
    places = np.pad(np.arange(1, a.size + 1).reshape(a.shape), pad_width, mode=mode)  # type: ignore[call-overload]
    moved = a.ravel()[np.maximum(places - 1, 0)]
    return moved if np.all(places) else where(places > 0, moved, Quantity(float(constant_values), {}, a.unit))


def insert(a: Any, at: Any, values: Any, axis: int | None = None) -> Quantity:
    """Return the elements with others between them."""
    return joined((a, values), lambda x: np.insert(x[0], at, x[1], axis))


def select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0.0) -> Any:
    """Return for each element the choice whose condition holds first."""
    found: Any = default
    for condition, choice in zip(reversed(list(conditions)), reversed(list(choices)), strict=True):
        found = where(condition, choice, found)
    return found


def of_value(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return numpy's `function` of the values of its arguments: for questions whose answers carry no uncertainty."""

    def on_values(*args: Any, **keywords: Any) -> Any:
        return function(*(a.value if isinstance(a, Quantity) else a for a in args), **keywords)

    return on_values


def joined(parts: Sequence[Any], place: Callable[[list[Any]], Any]) -> Quantity:
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


def where(condition: Any, yes: Any, no: Any) -> Quantity:
    """Return elements of `yes` where the condition holds, else of `no`."""
    if isinstance(condition, Quantity):
        msg = "np.where: the condition must be plain; compare .value"
        raise UncertaintyError(msg)
    shapes = (x.shape if isinstance(x, Quantity) else np.shape(x) for x in (yes, no))
    shape = np.broadcast_shapes(np.shape(condition), *shapes)

    def place(arrays: list[Any]) -> Any:
        return np.where(condition, np.broadcast_to(arrays[0], shape), np.broadcast_to(arrays[1], shape))

    return joined([yes, no], place)


def sort(a: Quantity, axis: int = -1) -> Quantity:
    """Return the elements in the order of their values."""
    order = np.argsort(a.value, axis=axis, kind="stable")
    return a._moved(lambda x: np.take_along_axis(x, order, axis=axis))  # noqa: SLF001


REARRANGING = (
    np.ravel, np.squeeze, np.expand_dims, np.moveaxis, np.swapaxes, np.flip, np.flipud, np.fliplr, np.roll, np.rot90,
    np.repeat, np.tile, np.take, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.diagonal, np.delete, np.rollaxis,
    np.take_along_axis, np.resize, np.lib.stride_tricks.sliding_window_view,
)  # fmt: skip
FILLED = (np.tril, np.triu, np.diag, np.diagflat)
SPLIT = (np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit)
OF_VALUES = (
    np.isclose, np.allclose, np.array_equal, np.array_equiv, np.argmax, np.argmin, np.argsort, np.argpartition,
    np.argwhere, np.nonzero, np.flatnonzero, np.count_nonzero, np.any, np.all, np.searchsorted, np.digitize,
    np.zeros_like, np.ones_like, np.full_like, np.empty_like, np.iscomplex, np.isreal, np.iscomplexobj, np.isrealobj,
    np.isneginf, np.isposinf, np.result_type, np.common_type, np.can_cast, np.min_scalar_type, np.shares_memory,
    np.may_share_memory, np.nanargmax, np.nanargmin,
)  # fmt: skip
OF_VALUES_UFUNCS = frozenset((np.isnan, np.isinf, np.isfinite, np.signbit))
