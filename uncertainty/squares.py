"""Sums of squares and products along the rows of blocks: variances and covariances of what rests on one source."""

import math
from typing import Any

import numpy as np

from calib.uncertainty import ranges
from calib.uncertainty.blocks import Block, Term, dense, row
from calib.uncertainty.ranges import Ranges
from calib.uncertainty.rows import Rows, check_size, taken

_SMALL = 1 << 16
"""Up to so many numbers a full Jacobian is written out: no slower, and cancellation is exact to rounding. Beyond it
terms are squared one by one, and what cancels wholly leaves up to 1e-8 of its parts."""


def variance(block: Block, u: Any, shape: tuple[int, ...], source_shape: tuple[int, ...]) -> Any:
    """Return Σ_e (J[i, e] u_e)², of shape S (or what broadcasts to it); an array is a new one."""
    if len(block) == 1:
        column, rows = block[0]
        if rows is None:
            part = column * u
            return np.multiply(part, part, out=part) if type(part) is np.ndarray else part * part
        if not shape and rows.is_whole:
            return column * column * rows.norms(u * u if type(u) is float else _flat(np.square(u), source_shape))
    u2 = _flat(np.square(u), source_shape)
    if len(block) > 1 and shape and math.prod(shape) * math.prod(source_shape) <= _SMALL:
        return _written_out(block, block, u2, shape, source_shape)  # sensitivities cancel before they are squared
    if not shape and len(block) > 1:
        whole = row(block, math.prod(source_shape))
        return float(np.sum(whole * whole * u2))
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
        return float(np.sum(row(first, size) * row(second, size) * u2))
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
    weights = b.dense_row() * u2
    if a is None:
        return weights.reshape(shape)
    if a.is_place:
        return weights[a.at]
    if a.is_shared:
        return float(a.dense_row() @ weights)
    return a.weighed(weights)[a.at]


def _tables_product(a: Rows, b: Rows, u2: Any) -> Any:
    """Return the product of rows of two tables, each pair that occurs computed once."""
    at_a, at_b = np.broadcast_arrays(a.places, b.places)
    pairs, back = np.unique(at_a.ravel() * b.rows + at_b.ravel(), return_inverse=True)
    first, second = np.divmod(pairs, b.rows)
    check_size(first.size * a.k, "the variance of this combination")
    elements, weights = a.entries(first)
    products = weights * taken(u2, elements) * b.lookup(second[:, None], elements)
    return products.sum(axis=-1)[back].reshape(at_a.shape)
