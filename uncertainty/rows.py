"""Rows of weights over the elements of one source, kept once and pointed at.

A table has m rows of k entries; `at` names, for each value of a quantity, its row. So a mean taken from every value is
one row, block means are one row for each block, and slices of a source are only places in it: O(N) numbers in all.
"""

import math
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError

Array = NDArray[Any]
DENSE_LIMIT = 1 << 24
"""Most numbers that one block may hold when it has lost its structure (128 MiB)."""


def check_size(numbers: int, what: str) -> None:
    """Refuse what would need more than `DENSE_LIMIT` numbers."""
    if numbers > DENSE_LIMIT:
        msg = (
            f"{what} needs {numbers} sensitivities, more than the {DENSE_LIMIT} kept: split the array, or fold it first"
        )
        raise UncertaintyError(msg)


class Rows:
    """One of three: places in the source (`table` is None), one shared row (`at` is None), or a table and places in it.

    No row of a table names an element twice; an entry of index −1 is empty.
    """

    __slots__ = ("_keys", "at", "size", "table", "values")

    def __init__(self, table: Array | None, values: Any, size: int, at: Array | None = None) -> None:
        self.table = table
        """Elements named by each row, (m, k); None for places in the source, or where one row names all in order."""
        self.values = values
        """Weights (m, k) or (1, 1); of a whole row (size,) or a float; None for places in the source."""
        self.size = size
        """Number of elements of the source."""
        self.at = at
        """For each value its row, or its element where there is no table."""
        self._keys: tuple[Array, Array] | None = None

    @classmethod
    def whole(cls, weights: Any, size: int) -> "Rows":
        """Return one shared row with a weight for every element: an array (size,), or a float for all."""
        return cls(None, weights, size)

    @property
    def is_place(self) -> bool:
        """Whether each value is one element of the source."""
        return self.values is None

    @property
    def is_shared(self) -> bool:
        """Whether all values have the same row."""
        return self.at is None

    @property
    def is_whole(self) -> bool:
        """Whether all values have the same row, with a weight for every element."""
        return self.at is None and self.table is None

    @property
    def places(self) -> Array:
        """Row of each value (or its element), where rows are not shared."""
        assert self.at is not None
        return self.at

    @property
    def k(self) -> int:
        """Entries in each row."""
        if self.is_place:
            return 1
        return self.size if self.table is None else int(self.table.shape[-1])

    @property
    def rows(self) -> int:
        """Number of distinct rows kept."""
        return 1 if self.table is None else len(self.table)

    def placed(self, at: Array) -> Self:
        """Return the same rows, named by other values."""
        return type(self)(self.table, self.values, self.size, at)

    def squared(self) -> Self:
        """Return rows of the squares of the weights."""
        return type(self)(self.table, np.square(self.values), self.size, self.at)

    def equals(self, other: "Rows | None") -> bool:
        """Whether both are the same rows for the same values."""
        if self is other:
            return True
        if type(other) is not type(self) or self.k != other.k or not _same(self.at, other.at):
            return False
        if self.table is other.table and self.values is other.values:
            return True
        return _same(self.table, other.table) and bool(np.all(np.asarray(self.values) == np.asarray(other.values)))

    def entries(self, at: Array | None = None) -> tuple[Array, Array]:
        """Return elements and weights, shape of `at` (default: of the values) and k entries; empty ones weigh 0."""
        at = self.at if at is None else at
        if self.is_place:
            assert at is not None
            return at[..., None], np.ones((1,) * (at.ndim + 1))
        if self.table is None:
            return np.arange(self.size), np.broadcast_to(self.values, (self.size,))
        weights = np.broadcast_to(self.values, self.table.shape)
        index = np.maximum(self.table, 0)
        if at is None:
            return index[0], weights[0]
        return index[at], weights[at]

    def dense_row(self) -> Array:
        """Return the shared row over all elements."""
        index, weights = self.entries()
        if self.table is None:
            return weights
        return np.bincount(index, weights=weights, minlength=self.size)

    def lookup(self, rows: Array, elements: Array) -> Array:
        """Return the weight of elements in rows of the table (or of the whole row), of the arguments' common shape."""
        if self.table is None:
            return np.broadcast_to(np.asarray(self.values), (self.size,))[elements]
        if self._keys is None:
            valid = self.table >= 0
            keys = (np.arange(len(self.table))[:, None] * self.size + self.table)[valid]
            weights = np.broadcast_to(self.values, self.table.shape)[valid]
            order = np.argsort(keys, kind="stable")
            self._keys = keys[order], weights[order]
        known, weights = self._keys
        wanted = rows * self.size + elements
        found = np.minimum(np.searchsorted(known, wanted), known.size - 1)
        return np.where(known[found] == wanted, weights[found], 0.0)

    def weighed(self, by: Any) -> Array:
        """Return Σ_e row[e] by_e for every row of the table, shape (m,)."""
        assert self.table is not None
        values = np.broadcast_to(self.values, self.table.shape)
        return np.asarray((values * taken(by, self.table)).sum(axis=-1))

    def norms(self, u2: Any) -> Any:
        """Return Σ_e row[e]² u2_e for every row kept: (m,), or a float of one whole row."""
        if self.table is None:
            if type(self.values) is float:
                return self.values * self.values * (self.size * u2 if type(u2) is float else float(np.sum(u2)))
            return float(np.sum(np.square(self.values) * u2))
        values = np.broadcast_to(self.values, self.table.shape)
        return (np.square(values) * taken(u2, self.table)).sum(axis=-1)


def taken(numbers: Any, index: Array) -> Any:
    """Return one number for each index; a single number stays one."""
    return numbers[index] if np.ndim(numbers) else numbers


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if a is None or b is None or np.shape(a) != np.shape(b):
        return False
    return bool(np.array_equal(a, b))


def table(index: Array, weights: Array, size: int, shape: tuple[int, ...]) -> Rows:
    """Return rows of `shape` from entries of shape S + (k,), in which a row may name an element several times."""
    m, k = math.prod(shape), index.shape[-1]
    check_size(m * min(k, size), "this element-wise dependence")
    index, weights = index.reshape(m, k), np.broadcast_to(weights, index.shape).reshape(m, k)
    if m == 1 and k > 1:
        return one_row(index[0], weights[0], size, shape)
    keys, back = np.unique((index + np.arange(m)[:, None] * size).ravel(), return_inverse=True)
    if k == 1 and np.all(weights == 1.0):
        return Rows(None, None, size, index.reshape(shape))
    if keys.size < index.size:
        index, weights = _merged(keys, np.bincount(back, weights=weights.ravel()), m, size)
    return Rows(index, weights, size, np.arange(m).reshape(shape))


def _merged(keys: Array, weights: Array, m: int, size: int) -> tuple[Array, Array]:
    """Return padded rows from sorted keys row·size + element."""
    rows = keys // size
    counts = np.bincount(rows, minlength=m)
    column = np.arange(keys.size) - np.repeat(np.cumsum(counts) - counts, counts)
    index, values = np.full((m, counts.max(initial=0)), -1), np.zeros((m, counts.max(initial=0)))
    index[rows, column], values[rows, column] = keys - rows * size, weights
    return index, values


def one_row(index: Array, weights: Array, size: int, shape: tuple[int, ...] = ()) -> Rows:
    """Return one row, entries that name one element added up; whole where it names many."""
    at = np.zeros(shape, dtype=np.intp) if shape else None
    if 4 * index.size >= size and at is None:
        return Rows.whole(np.bincount(index, weights=weights, minlength=size), size)
    found, back = np.unique(index, return_inverse=True)
    values = np.bincount(back, weights=weights, minlength=found.size)
    return Rows(found[None, :], values[None, :], size, at)
