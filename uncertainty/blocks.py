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
from calib.uncertainty.rows import Array, Rows, check_size, one_row, table, taken

_SMALL = 1 << 16
"""Up to so many numbers a full Jacobian is written out: no slower, and cancellation is exact to rounding. Beyond it
terms are squared one by one, and what cancels wholly leaves up to 1e-8 of its parts."""
_MANY = 8
"""Terms of one scalar that are merged into one row."""

Term = tuple[Any, Rows | None]
"""Column (a float, or an array broadcastable to S) and its rows; None is the identity."""
Block = tuple[Term, ...]


def scaled(block: Block, factor: Any) -> Block:
    """Return factor · J, the factor broadcastable to S."""
    return tuple((times(column, factor), rows) for column, rows in block)


def times(column: Any, factor: Any) -> Any:
    """Return the product; 1 costs nothing."""
    if isinstance(column, float) and column == 1.0:
        return factor
    if isinstance(factor, float) and factor == 1.0:
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


def folded(block: Block, shape: tuple[int, ...], axes: tuple[int, ...]) -> Block:
    """Return the block of the sum over `axes` of S."""
    rest = tuple(n for i, n in enumerate(shape) if i not in axes)
    return tuple(_folded(column, rows, shape, axes, rest) for column, rows in block)


def _folded(column: Any, rows: Rows | None, shape: tuple[int, ...], axes: tuple[int, ...], rest: Any) -> Term:
    if rows is not None and rows.is_shared:
        n = math.prod(shape[i] for i in axes)
        return (column * n if np.ndim(column) == 0 else np.broadcast_to(column, shape).sum(axis=axes)[()]), rows
    if isinstance(rows, Ranges):
        return 1.0, ranges.folded(column, rows, shape, axes)
    size = math.prod(shape) if rows is None else rows.size
    if not rest and rows is None:
        return _full(column, shape)
    if not rest and rows is not None:
        return 1.0, _full_table(np.broadcast_to(column, shape).ravel(), rows)
    if rows is None:
        rows = Rows(None, None, size, np.arange(size).reshape(shape))
    check_size(rows.places.size * rows.k, "this element-wise dependence")
    index, weights = rows.entries()
    weights = np.broadcast_to(weights * np.asarray(column)[..., None], index.shape)
    return 1.0, table(_to_end(index, axes, rest), _to_end(weights, axes, rest), size, rest)


def _full(column: Any, shape: tuple[int, ...]) -> Term:
    """Return the fold of all of an identity."""
    size = math.prod(shape)
    if np.ndim(column) == 0:
        return column, Rows.whole(1.0, size)
    return 1.0, Rows.whole(np.broadcast_to(column, shape).ravel(), size)


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


def variance(block: Block, u: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    """Return Σ_e (J[i, e] u_e)², of shape S (or what broadcasts to it)."""
    if len(block) == 1 and block[0][1] is None:
        return np.square(block[0][0] * u)
    u2 = _flat(np.square(u), source_shape)
    if len(block) > 1 and shape and math.prod(shape) * math.prod(source_shape) <= _SMALL:
        return _written_out(block, block, u2, shape, source_shape)  # sensitivities cancel before they are squared
    if not shape and len(block) > 1:
        row = _row(block, math.prod(source_shape))
        return float(np.sum(row * row * u2))
    return np.maximum(_by_terms(block, block, u2, shape), 0.0)[()]


def fourth(term: Term, u4: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    """Return Σ_e J[i, e]⁴ u4_e of a block of one term, of shape S (or what broadcasts to it)."""
    column, rows = term
    squared = rows if rows is None or rows.is_place else rows.squared()
    return column**4 * _rows_product(squared, squared, _flat(u4, source_shape), shape)


def cross(first: Block, second: Block, u: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    """Return Σ_e J1[i, e] J2[i, e] u_e² for two blocks of one source and the same shape S."""
    u2, size = _flat(np.square(u), source_shape), math.prod(source_shape)
    if not shape:
        return float(np.sum(_row(first, size) * _row(second, size) * u2))
    if math.prod(shape) * size <= _SMALL:
        return _written_out(first, second, u2, shape, source_shape)
    return np.broadcast_to(_by_terms(first, second, u2, shape), shape)


def _flat(u2: Any, source_shape: tuple[int, ...]) -> Any:
    """Return one number, or one for each element of the source."""
    return float(u2) if np.ndim(u2) == 0 else np.broadcast_to(u2, source_shape).ravel()


def _written_out(a: Block, b: Block, u2: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    first = dense(a, shape, source_shape)
    product = first * (first if b is a else dense(b, shape, source_shape))
    return (product * u2).sum(axis=1).reshape(shape)


def _by_terms(a: Block, b: Block, u2: Any, shape: tuple[int, ...]) -> Any:
    total: Any = 0.0
    for i, (column_a, rows_a) in enumerate(a):
        for j, (column_b, rows_b) in enumerate(b):
            if a is b and j < i:
                continue
            part = column_a * column_b * _rows_product(rows_a, rows_b, u2, shape)
            total = total + (2.0 * part if a is b and j > i else part)
    return total


def _rows_product(a: Rows | None, b: Rows | None, u2: Any, shape: tuple[int, ...]) -> Any:
    """Return Σ_e A[i, e] B[i, e] u2_e, broadcastable to S."""
    if isinstance(a, Ranges) or isinstance(b, Ranges):
        return ranges.product(a, b, u2, shape)
    if a is b or (a is not None and a.equals(b)):
        return _own_product(a, u2, shape)
    if b is None or (a is not None and b.is_place) or (a is not None and a.is_shared and not b.is_shared):
        a, b = b, a  # the simpler one first: places, then tables, then shared rows
    assert b is not None
    if b.is_shared:
        return _with_shared(a, b, u2, shape)
    if a is None or a.is_place:
        places = np.arange(math.prod(shape)).reshape(shape) if a is None else a.places
        at = b.places
        if b.is_place:
            return (places == at) * taken(u2, places)
        return b.lookup(at, places) * taken(u2, places)
    return _tables_product(a, b, u2)


def _own_product(rows: Rows | None, u2: Any, shape: tuple[int, ...]) -> Any:
    if rows is None:
        return u2.reshape(shape) if np.ndim(u2) else u2
    if rows.is_place:
        return taken(u2, rows.places)
    norms = rows.norms(u2)
    return taken(norms, rows.at) if rows.at is not None else np.ravel(norms)[0]


def _with_shared(a: Rows | None, b: Rows, u2: Any, shape: tuple[int, ...]) -> Any:
    """Return the product with one row that all values share."""
    if b.table is None and np.ndim(b.values) == 0 and np.ndim(u2) == 0 and (a is None or a.is_place):
        return b.values * u2
    row = b.dense_row() * u2
    if a is None:
        return row.reshape(shape)
    if a.is_place:
        return row[a.at]
    if a.is_shared:
        return float(a.dense_row() @ row)
    return a.weighed(row)[a.at]


def _tables_product(a: Rows, b: Rows, u2: Any) -> Any:
    """Return the product of rows of two tables, each pair that occurs computed once."""
    at_a, at_b = np.broadcast_arrays(a.places, b.places)
    pairs, back = np.unique(at_a.ravel() * b.rows + at_b.ravel(), return_inverse=True)
    first, second = np.divmod(pairs, b.rows)
    check_size(first.size * a.k, "the variance of this combination")
    elements, weights = a.entries(first)
    products = weights * taken(u2, elements) * b.lookup(second[:, None], elements)
    return products.sum(axis=-1)[back].reshape(at_a.shape)


def _row(block: Block, size: int) -> Array:
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
        return _row(block, size)[None, :]
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
