"""Rows of cumulative sums: each value takes a stretch of consecutive entries of a run, so N sums cost O(N).

A run lists elements of the source with their weights; a table holds the runs, all equally long. A value is named by
the first entry that it takes and the one behind its last. Squares and products of such rows are differences of
cumulative sums along the runs.
"""

import math
from typing import Any

import numpy as np

from calib.uncertainty.rows import Array, Rows, check_size, one_row, table, taken

_SMALL = 1 << 20
"""Up to so many entries products of different runs are written out."""


class Ranges(Rows):
    """Rows R[i] = Σ weight · element over the entries first ≤ j < stop of one run.

    `table` and `values` are the runs, shape (m, n); `at` is first · (m n + 1) + stop, both places in the flat table.
    No run names an element twice.
    """

    __slots__ = ()
    table: Array
    values: Array

    @classmethod
    def prefixes(cls, elements: Array, weights: Array, size: int) -> "Ranges":
        """Return the rows of the cumulative sums along runs of shape (m, n): as many values as entries."""
        m, n = elements.shape
        starts = np.arange(m)[:, None] * n
        first, stop = np.broadcast_arrays(starts, starts + np.arange(1, n + 1))
        if n > 1 and np.all(elements[:, 1:] < elements[:, :-1]):  # runs are kept in the order of the elements
            elements, weights = elements[:, ::-1], weights[:, ::-1]
            first, stop = 2 * starts + n - stop, np.broadcast_to(starts + n, stop.shape)
        return cls(np.ascontiguousarray(elements), np.ascontiguousarray(weights), size, first * (m * n + 1) + stop)

    def bounds(self) -> tuple[Array, Array]:
        """Return the first entry of every value and the one behind its last, as places in the flat table."""
        first, stop = np.divmod(self.places, self.table.size + 1)
        return first, stop

    def entries(self, at: Array | None = None) -> tuple[Array, Array]:
        """Return elements and weights: of one value its own, of several those of the whole run, 0 beyond the range."""
        first, stop = self.bounds() if at is None else np.divmod(at, self.table.size + 1)
        if first.ndim == 0:
            inside = slice(int(first), int(stop))
            return self.table.ravel()[inside], self.values.ravel()[inside]
        n = self.k
        check_size(first.size * n, "this cumulative sum")
        run = first // n
        place = (run * n)[..., None] + np.arange(n)
        inside_run = (place >= first[..., None]) & (place < stop[..., None])
        return self.table[run], np.where(inside_run, self.values[run], 0.0)

    def sums(self, numbers: Any) -> Any:
        """Return the sum of one number for each entry, shape (m, n), over the range of every value."""
        first, stop = self.bounds()
        if first.ndim == 0:
            return float(np.sum(numbers.ravel()[int(first) : int(stop)]))
        n = self.k
        total = np.zeros((len(self.table), n + 1))
        np.cumsum(numbers, axis=1, out=total[:, 1:])
        run = first // n
        return total[run, stop - run * n] - total[run, first - run * n]

    def weight(self, elements: Array) -> Array:
        """Return the weight of elements in the rows of the values, which have the leading axes of `elements`."""
        n, (first, stop) = self.k, self.bounds()
        missing = (1,) * (elements.ndim - first.ndim)
        first, stop = (x.reshape(x.shape + missing) for x in (first, stop))
        if self._keys is None:
            keys = (np.arange(len(self.table))[:, None] * self.size + self.table).ravel()
            order = np.argsort(keys, kind="stable")
            self._keys = keys[order], order
        known, order = self._keys
        wanted = first // n * self.size + elements
        found = np.minimum(np.searchsorted(known, wanted), known.size - 1)
        place = order[found]
        inside = (known[found] == wanted) & (place >= first) & (place < stop)
        return np.where(inside, self.values.ravel()[place], 0.0)


def product(a: Rows | None, b: Rows | None, u2: Any, shape: tuple[int, ...]) -> Any:
    """Return Σ_e A[i, e] B[i, e] u2_e, shape S; at least one of them is `Ranges`."""
    if not isinstance(a, Ranges):
        a, b = b, a
    assert isinstance(a, Ranges)
    if isinstance(b, Ranges):
        return _of_ranges(a, b, u2)
    if b is not None and b.is_shared:
        return a.sums(a.values * (b.dense_row() * u2)[a.table])
    if b is None or b.is_place:
        places = np.arange(math.prod(shape)).reshape(shape) if b is None else b.places
        return a.weight(places) * taken(u2, places)
    index, weights = b.entries()
    check_size(index.size, "the variance of this combination")
    return (weights * taken(u2, index) * a.weight(index)).sum(axis=-1)


def _of_ranges(a: Ranges, b: Ranges, u2: Any) -> Any:
    if a.equals(b):
        return a.sums(np.square(a.values) * taken(u2, a.table))
    if a.table is b.table and a.values is b.values:
        (first, stop), (other, end) = a.bounds(), b.bounds()
        same = first // a.k == other // a.k
        first, stop = np.maximum(first, other), np.minimum(stop, end)
        common = a.placed(np.asarray(first * (a.table.size + 1) + np.maximum(first, stop)))
        inner = np.asarray(common.sums(np.square(a.values) * taken(u2, a.table)))
        if np.all(same):
            return inner[()]
    if a.places.size * a.k <= _SMALL or not (_is_ordered(a) and _is_ordered(b)):
        index, weights = a.entries()
        return (weights * taken(u2, index) * b.weight(index)).sum(axis=-1)
    return _by_pairs(a, b, u2)


def _is_ordered(rows: Ranges) -> bool:
    return bool(np.all(rows.table[:, 1:] > rows.table[:, :-1]))


def _by_pairs(a: Ranges, b: Ranges, u2: Any) -> Any:
    """Return the products of ranges of ordered runs: what two runs have in common is a run again."""
    (first, stop), (other, end) = a.bounds(), b.bounds()
    pairs, back = np.unique((first // a.k * len(b.table) + other // b.k).ravel(), return_inverse=True)
    ends = [x.ravel() for x in np.broadcast_arrays(first, stop, other, end)]
    total = np.empty(back.shape)
    for i, pair in enumerate(pairs):
        r, s = divmod(int(pair), len(b.table))
        common, in_a, in_b = np.intersect1d(a.table[r], b.table[s], assume_unique=True, return_indices=True)
        summed = np.concatenate(([0.0], np.cumsum(a.values[r, in_a] * b.values[s, in_b] * taken(u2, common))))
        here = back == i
        low, high, least, most = (x[here] for x in ends)
        left = np.maximum(np.searchsorted(in_a + r * a.k, low), np.searchsorted(in_b + s * b.k, least))
        right = np.minimum(np.searchsorted(in_a + r * a.k, high), np.searchsorted(in_b + s * b.k, most))
        total[here] = summed[np.maximum(left, right)] - summed[left]
    return total.reshape(first.shape)


def folded(column: Any, rows: Ranges, shape: tuple[int, ...], axes: tuple[int, ...]) -> Rows:
    """Return the rows of Σ column · R over `axes` of S; one row where nothing is left of S."""
    kept = [i for i in range(len(shape)) if i not in axes]
    rest = tuple(shape[i] for i in kept)
    first, stop, c = (
        np.broadcast_to(x, shape).transpose(*kept, *axes).reshape(math.prod(rest), -1) for x in (*rows.bounds(), column)
    )
    n = rows.k
    if not rest:
        weights = _weighed(first, stop, c, rows.table.size)[0] * rows.values.ravel()
        return one_row(rows.table.ravel(), weights, rows.size)
    run = first[:, :1] // n
    if np.all(first // n == run):
        check_size(run.size * n, "this fold of a cumulative sum")
        weights = _weighed(first - run * n, stop - run * n, c, n) * rows.values[run[:, 0]]
        return Rows(rows.table[run[:, 0]], weights, rows.size, np.arange(run.size).reshape(rest))
    index, weights = rows.placed(first * (rows.table.size + 1) + stop).entries()
    weights = weights * c[..., None]
    return table(index.reshape(*rest, -1), weights.reshape(*rest, -1), rows.size, rest)


def _weighed(first: Array, stop: Array, c: Array, n: int) -> Array:
    """Return how much every one of n entries counts in each of the folds, shape (folds, n)."""
    steps = np.zeros((len(first), n + 1))
    at = np.arange(len(first))[:, None]
    np.add.at(steps, (at, first), c)
    np.subtract.at(steps, (at, stop), c)
    return np.asarray(np.cumsum(steps, axis=1)[:, :n])
