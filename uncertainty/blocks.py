"""The Jacobian of a quantity with respect to one element-wise source, kept as structure instead of N × N numbers.

The quantity has shape S, the source shape E with one independent error per element. The block is a sum of terms

    J[i, e] = column[i] · R[i, e],   R[i, e] = Σ_k weights[i, k] · (index[i, k] == e)

where `Rows` keeps R sparsely, either one row shared by all i (index of shape (k,): a fold, such as a mean) or one row
for each i (index of shape S + (k,): slices, differences, block means), or is absent: the identity (S = E). So
`y − mean(y)` is an identity and one shared row, whatever N. Only what would exceed `DENSE_LIMIT` numbers is refused.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError

Array = NDArray[Any]
DENSE_LIMIT = 1 << 24
"""Most numbers that one block may hold when it has lost its structure (128 MiB)."""
_SMALL = 1 << 16
"""Up to so many numbers a full Jacobian is written out: no slower, and cancellation is exact to rounding. Beyond it
terms are squared one by one, and what cancels wholly leaves up to 1e-8 of its parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Weights over the flat elements of a source: one row (k,), or one for each element S + (k,)."""

    index: Array
    weights: Array
    distinct: bool
    """Whether no row names an element twice."""
    size: int
    """Number of elements of the source."""

    @property
    def k(self) -> int:
        """Entries in each row."""
        return int(self.index.shape[-1])

    def equals(self, other: "Rows | None") -> bool:
        """Whether both are the same rows."""
        return self is other or (
            other is not None
            and self.index.shape == other.index.shape
            and np.array_equal(self.index, other.index)
            and np.array_equal(self.weights, other.weights)
        )


Term = tuple[Any, Rows | None]
"""Column (a float, or an array broadcastable to S) and its rows; None is the identity."""
Block = tuple[Term, ...]


def check_size(numbers: int, what: str) -> None:
    """Refuse what would need more than `DENSE_LIMIT` numbers."""
    if numbers > DENSE_LIMIT:
        msg = (
            f"{what} needs {numbers} sensitivities, more than the {DENSE_LIMIT} kept: split the array, or fold it first"
        )
        raise UncertaintyError(msg)


def scaled(block: Block, factor: Any) -> Block:
    """Return factor · J, the factor broadcastable to S."""
    return tuple((column * factor, rows) for column, rows in block)


def added(first: Block, second: Block) -> Block:
    """Return the sum of two blocks of the same source and shape S."""
    terms = list(first)
    for column, rows in second:
        for i, (known, same) in enumerate(terms):
            if same is rows or (same is not None and same.equals(rows)):
                terms[i] = (known + column, rows)
                break
        else:
            terms.append((column, rows))
    return tuple(terms) if len(terms) < 3 else _compact(terms)


def _compact(terms: list[Term]) -> Block:
    """Merge terms that together hold more numbers than whole rows over the source."""
    folds = [(c, r) for c, r in terms if r is not None and r.index.ndim == 1 and np.ndim(c) == 0]
    full = [(c, r) for c, r in terms if r is not None and r.index.ndim > 1]
    rest = [t for t in terms if t[1] is None or (t[1].index.ndim == 1 and np.ndim(t[0]) > 0)]
    for group in (folds, full):
        if len(group) > 1 and sum(r.k for _, r in group) > group[0][1].size:
            index = np.concatenate([r.index for _, r in group], axis=-1)
            weights = [np.asarray(c)[..., None] * np.broadcast_to(r.weights, r.index.shape) for c, r in group]
            rest.append((1.0, _whole(index, np.concatenate(weights, axis=-1), group[0][1].size)))
        else:
            rest.extend(group)
    return tuple(rest)


def _whole(index: Array, weights: Array, size: int) -> Rows:
    """Return rows over every element of the source, entries that name one element added up."""
    shape, k = index.shape[:-1], index.shape[-1]
    n = math.prod(shape)
    check_size(n * size, "this element-wise dependence")
    flat = (np.arange(n)[:, None] * size + index.reshape(n, k)).ravel()
    dense_rows = np.bincount(flat, weights=np.ravel(weights), minlength=n * size).reshape((*shape, size))
    every = np.broadcast_to(np.arange(size), dense_rows.shape)
    return Rows(every, dense_rows, distinct=True, size=size)


def moved(block: Block, shape: tuple[int, ...], size: int, move: Callable[[Array], Array]) -> Block:
    """Return the block after `move` (indexing, reshape, broadcasting …), which acts on the leading axes, shape S."""
    terms = []
    for column, rows in block:
        if rows is not None and rows.index.ndim == 1:
            terms.append((move(np.broadcast_to(column, shape)), rows))
            continue
        new = _moved_rows(rows or _identity(shape, size), shape, move)
        terms.append((np.asarray(move(np.broadcast_to(column, shape))), new))
    return tuple(terms)


def _identity(shape: tuple[int, ...], size: int) -> Rows:
    index = np.arange(size).reshape((*shape, 1))
    return Rows(index, np.ones((1,) * index.ndim), distinct=True, size=size)


def _moved_rows(rows: Rows, shape: tuple[int, ...], move: Callable[[Array], Array]) -> Rows:
    taken = np.asarray(move(np.arange(int(np.prod(shape))).reshape(shape)))
    k = rows.index.shape[-1]
    check_size(taken.size * k, "this element-wise dependence")
    index = rows.index.reshape(-1, k)[taken.ravel()].reshape((*taken.shape, k))
    weights = np.broadcast_to(rows.weights, rows.index.shape).reshape(-1, k)[taken.ravel()]
    return Rows(index, weights.reshape(index.shape), rows.distinct, rows.size)


def folded(block: Block, shape: tuple[int, ...], axes: tuple[int, ...]) -> Block:
    """Return the block of the sum over `axes` of S."""
    rest = tuple(n for i, n in enumerate(shape) if i not in axes)
    terms = []
    for column, rows in block:
        full = np.broadcast_to(column, shape)
        if rows is not None and rows.index.ndim == 1:
            terms.append((full.sum(axis=axes), rows))
            continue
        if rows is None:
            index, weights, distinct, size = np.arange(full.size).reshape((*shape, 1)), full[..., None], True, full.size
        else:
            index, weights, size = rows.index, rows.weights * full[..., None], rows.size
            distinct = rows.distinct and np.unique(index).size == index.size
        index, weights = _to_end(index, axes, rest), _to_end(weights, axes, rest)
        new = _whole(index, weights, size) if index.shape[-1] > size else Rows(index, weights, distinct, size)
        terms.append((1.0, new))
    return tuple(terms)


def _to_end(array: Array, axes: tuple[int, ...], rest: tuple[int, ...]) -> Array:
    kept = [i for i in range(array.ndim - 1) if i not in axes]
    return array.transpose(*kept, *axes, array.ndim - 1).reshape((*rest, -1))


def variance(block: Block, u: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    """Return Σ_e (J[i, e] u_e)², of shape S."""
    if len(block) == 1:
        column, rows = block[0]
        if rows is None:
            return np.square(column * u)
        if not shape and rows.distinct:
            at = u if np.ndim(u) == 0 else np.ravel(u)[rows.index]
            return float(np.sum(np.square(column * rows.weights * at)))
    return _product_sum(block, block, np.square(u), shape, source_shape)


def cross(first: Block, second: Block, u: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    """Return Σ_e J1[i, e] J2[i, e] u_e² for two blocks of one source and the same shape S."""
    return _product_sum(first, second, np.square(u), shape, source_shape)


def _product_sum(a: Block, b: Block, u2: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    size = int(np.prod(source_shape))
    flat = np.broadcast_to(u2, source_shape).ravel()
    if not shape:
        return float(np.sum(_row(a, size) * _row(b, size) * flat))
    if math.prod(shape) * size <= _SMALL:  # so that sensitivities cancel before they are squared
        product = dense(a, shape, source_shape) * dense(b, shape, source_shape)
        return (product @ flat).reshape(shape)
    total: Any = 0.0
    for column_a, rows_a in a:
        for column_b, rows_b in b:
            total = total + column_a * column_b * _rows_product(rows_a, rows_b, flat, shape)
    return np.maximum(total, 0.0) if a is b else np.broadcast_to(total, shape)


def _rows_product(a: Rows | None, b: Rows | None, u2: Array, shape: tuple[int, ...]) -> Any:
    """Return Σ_e A[i, e] B[i, e] u2_e, broadcastable to S."""
    if a is None and b is None:
        return u2.reshape(shape)
    if a is None or (b is not None and a.index.ndim == 1 and b.index.ndim > 1):
        a, b = b, a
    assert a is not None
    if b is None:
        if a.index.ndim == 1:
            return (_scatter(a, u2.size) * u2).reshape(shape)
        own = np.arange(u2.size).reshape((*shape, 1))
        return (a.weights * (a.index == own) * u2[a.index]).sum(axis=-1)
    if b.index.ndim == 1:
        dense = _scatter(b, u2.size)
        return (a.weights * dense[a.index] * u2[a.index]).sum(axis=-1)
    if a is b and a.distinct:
        return (a.weights**2 * u2[a.index]).sum(axis=-1)
    if a.k * b.k > a.size:
        whole = [_whole(r.index, np.broadcast_to(r.weights, r.index.shape), r.size).weights for r in (a, b)]
        return (whole[0] * whole[1] * u2).sum(axis=-1)
    check_size(a.index.size * b.k, "the variance of this combination")
    same = a.index[..., :, None] == b.index[..., None, :]
    products = (a.weights * u2[a.index])[..., :, None] * b.weights[..., None, :]
    return (products * same).sum(axis=(-1, -2))


def _scatter(rows: Rows, size: int) -> Array:
    """Return one row over all elements of the source."""
    weights = np.broadcast_to(rows.weights, rows.index.shape)
    return np.bincount(rows.index, weights=weights, minlength=size)


def _row(block: Block, size: int) -> Array:
    """Return the whole Jacobian row of a scalar, shape (size,)."""
    total = np.zeros(size)
    for column, rows in block:
        assert rows is not None
        total += float(column) * _scatter(rows, size)
    return total


def dense(block: Block, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Array:
    """Return the whole Jacobian, shape (size of S, size of E); refused beyond `DENSE_LIMIT`."""
    n, size = int(np.prod(shape)), int(np.prod(source_shape))
    if not shape:
        return _row(block, size)[None, :]
    check_size(n * size, f"the full Jacobian of {n} values and {size} inputs")
    jacobian = np.zeros((n, size))
    at = np.arange(n)
    for column, rows in block:
        c = np.broadcast_to(column, shape).ravel()
        if rows is None:
            jacobian[at, at] += c
        elif rows.index.ndim == 1:
            jacobian += c[:, None] * _scatter(rows, size)
        else:
            k = rows.index.shape[-1]
            weights = np.broadcast_to(rows.weights, rows.index.shape).reshape(n, k) * c[:, None]
            np.add.at(jacobian, (np.repeat(at, k), rows.index.reshape(n, k).ravel()), weights.ravel())
    return jacobian
