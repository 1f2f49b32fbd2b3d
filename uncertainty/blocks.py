"""The Jacobian of a quantity with respect to one element-wise source, kept as structure instead of N × N numbers.

The quantity has shape S, the source shape E with one independent error per element. The block is a sum of terms

    J[i, e] = column[i] · R[i, e]

where R is the identity (None; S = E), or `Rows`: places in the source (slices), one row for all (a mean), a table of
rows (block means, differences), or ranges of runs (cumulative sums). So `y − mean(y)` is an identity and one shared
row, whatever N. Only what would exceed `DENSE_LIMIT` numbers is refused.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from calib.uncertainty import ranges
from calib.uncertainty.ranges import Ranges
from calib.uncertainty.rows import Array, Rows, check_size, one_row, table

_MANY = 8
"""Terms of one scalar that are merged into one row."""

Term = tuple[Any, Rows | None]
"""Column (a float, or an array broadcastable to S) and its rows; None is the identity."""
Block = tuple[Term, ...]


def scaled(block: Block, factor: Any) -> Block:
    """Return factor · J, the factor broadcastable to S."""
    return tuple([(times(column, factor), rows) for column, rows in block])


def times(column: Any, factor: Any) -> Any:
    """Return the product; 1 costs nothing."""
    if type(column) is float and column == 1.0:
        return factor
    if type(factor) is float and factor == 1.0:
        return column
    return column * factor


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
    """Merge rows of a scalar when they are many, and tables that together hold more than whole rows."""
    named = [(c, r) for c, r in terms if r is not None]
    size = named[0][1].size
    fixed = [(c, r) for c, r in named if np.ndim(c) == 0 and (r.is_shared or r.places.ndim == 0)]
    if len(fixed) >= _MANY:
        entries = [(c, *r.entries()) for c, r in fixed]
        index = np.concatenate([i for _, i, _ in entries])
        weights = np.concatenate([c * np.broadcast_to(w, i.shape) for c, i, w in entries])
        kept = [t for t in terms if not any(t is f or t[1] is f[1] for f in fixed)]
        return (*kept, (1.0, one_row(index, weights, size)))
    full = [(c, r) for c, r in named if not r.is_shared and r.places.ndim and not isinstance(r, Ranges)]
    if len(full) < 3 or sum(r.k for _, r in full) <= size:
        return tuple(terms)
    entries = [(np.asarray(c)[..., None], *r.entries()) for c, r in full]
    index = np.concatenate([i for _, i, _ in entries], axis=-1)
    weights = np.concatenate([np.broadcast_to(c * w, i.shape) for c, i, w in entries], axis=-1)
    kept = [t for t in terms if t[1] is None or not any(t[1] is r for _, r in full)]
    return (*kept, (1.0, table(index, weights, size, index.shape[:-1])))


def moved(block: Block, shape: tuple[int, ...], size: int, move: Callable[[Array], Array]) -> Block:
    """Return the block after `move` (indexing, reshape, broadcasting …), which acts on the leading axes, shape S."""
    return tuple((_moved_column(c, shape, move), _moved_rows(r, shape, size, move)) for c, r in block)


def _moved_column(column: Any, shape: tuple[int, ...], move: Callable[[Array], Array]) -> Any:
    if np.ndim(column) == 0:
        return column
    new = move(np.broadcast_to(column, shape))
    return float(new) if np.ndim(new) == 0 else new


def _moved_rows(rows: Rows | None, shape: tuple[int, ...], size: int, move: Callable[[Array], Array]) -> Rows:
    if rows is None:
        return Rows(None, None, size, np.asarray(move(np.arange(size).reshape(shape))))
    if rows.at is None:
        return rows
    return rows.placed(np.asarray(move(rows.at)))


def folded(block: Block, shape: tuple[int, ...], axes: tuple[int, ...], factor: float = 1.0) -> Block:
    """Return the block of the sum over `axes` of S, times `factor`."""
    if len(axes) == len(shape):
        terms = tuple([_full(column, rows, shape, factor) for column, rows in block])
    else:
        rest = tuple(n for i, n in enumerate(shape) if i not in axes)
        terms = scaled(tuple([_folded(column, rows, shape, axes, rest) for column, rows in block]), factor)
    return terms if len(terms) == 1 else added((), terms)  # what has become the same row cancels before it is squared


def _full(column: Any, rows: Rows | None, shape: tuple[int, ...], factor: float) -> Term:
    """Return the fold of all of S."""
    size = math.prod(shape)
    if rows is None or rows.is_shared:
        if type(column) is float:
            return (column * factor, Rows.whole(1.0, size)) if rows is None else (column * size * factor, rows)
        wide = np.broadcast_to(column, shape)
        return (factor, Rows.whole(wide.ravel(), size)) if rows is None else (float(wide.sum()) * factor, rows)
    if isinstance(rows, Ranges):
        return factor, ranges.folded(column, rows, shape, tuple(range(len(shape))))
    return factor, _full_table(np.broadcast_to(column, shape).ravel(), rows)


def _folded(column: Any, rows: Rows | None, shape: tuple[int, ...], axes: tuple[int, ...], rest: Any) -> Term:
    if rows is not None and rows.is_shared:
        n = math.prod(shape[i] for i in axes)
        return (column * n if np.ndim(column) == 0 else np.broadcast_to(column, shape).sum(axis=axes)[()]), rows
    if isinstance(rows, Ranges):
        return 1.0, ranges.folded(column, rows, shape, axes)
    if rows is None:
        size = math.prod(shape)
        rows = Rows(None, None, size, np.arange(size).reshape(shape))
    check_size(rows.places.size * rows.k, "this element-wise dependence")
    index, weights = rows.entries()
    weights = np.broadcast_to(weights * np.asarray(column)[..., None], index.shape)
    return 1.0, table(_to_end(index, axes, rest), _to_end(weights, axes, rest), rows.size, rest)


def _full_table(column: Array, rows: Rows) -> Rows:
    """Return one row: Σ_i column[i] · row[at[i]]."""
    if rows.is_place:
        return one_row(rows.places.ravel(), column, rows.size)
    assert rows.table is not None
    each = np.bincount(rows.places.ravel(), weights=column, minlength=rows.rows)
    weights = each[:, None] * np.broadcast_to(rows.values, rows.table.shape)
    return one_row(np.maximum(rows.table, 0).ravel(), weights.ravel(), rows.size)


def _to_end(array: Array, axes: tuple[int, ...], rest: tuple[int, ...]) -> Array:
    kept = [i for i in range(array.ndim - 1) if i not in axes]
    return array.transpose(*kept, *axes, array.ndim - 1).reshape((*rest, -1))


def row(block: Block, size: int) -> Array:
    """Return the whole Jacobian row of a scalar, shape (size,)."""
    total = np.zeros(size)
    for column, rows in block:
        assert rows is not None
        if rows.table is None and not rows.is_place:
            total += float(column) * rows.values
            continue
        index, weights = rows.entries()
        np.add.at(total, index, float(column) * np.broadcast_to(weights, index.shape))
    return total


def dense(block: Block, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Array:
    """Return the whole Jacobian, shape (size of S, size of E); refused beyond `DENSE_LIMIT`."""
    n, size = math.prod(shape), math.prod(source_shape)
    if not shape:
        return row(block, size)[None, :]
    check_size(n * size, f"the full Jacobian of {n} values and {size} inputs")
    jacobian = np.zeros((n, size))
    at = np.arange(n)
    for column, rows in block:
        c = np.broadcast_to(column, shape).ravel()
        if rows is None:
            jacobian[at, at] += c
        elif rows.is_shared:
            jacobian += c[:, None] * rows.dense_row()
        else:
            index, weights = (x.reshape(n, -1) for x in np.broadcast_arrays(*rows.entries()))
            np.add.at(jacobian, (np.repeat(at, index.shape[1]), index.ravel()), (weights * c[:, None]).ravel())
    return jacobian
