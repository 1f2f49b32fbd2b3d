"""Quantities as arrays: elements, shapes, sums and means; every element stays correlated with all others."""

import math
from collections.abc import Callable, Iterator
from typing import Any, Self, SupportsIndex

import numpy as np

from calib.uncertainty import combine
from calib.uncertainty.estimate import Estimate

Axes = int | tuple[int, ...] | None


class Elements(Estimate):
    """An estimate that may be an array."""

    __slots__ = ()

    def __len__(self) -> int:
        if not self._shape:
            msg = "a scalar quantity has no length"
            raise TypeError(msg)
        return self._shape[0]

    def __iter__(self) -> Iterator[Self]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Self:
        if not self._shape:
            msg = "a scalar quantity has no elements"
            raise TypeError(msg)
        return self._moved(lambda a: a[key])

    def reshape(self, *shape: Any) -> Self:
        """Return the same values in another shape."""
        return self._moved(lambda a: a.reshape(*shape))

    def ravel(self) -> Self:
        """Return the values in one axis."""
        return self._moved(np.ravel)

    def transpose(self, *axes: SupportsIndex) -> Self:
        """Return the values with the axes in another order."""
        return self._moved(lambda a: a.transpose(*axes))

    @property
    def T(self) -> Self:
        """The values with the axes reversed."""
        return self.transpose()

    def _moved(self, move: Callable[[Any], Any]) -> Self:
        value = move(np.asarray(self._value))
        return type(self)(value, combine.moved(self.blocks, self._shape, self.size, move), self._unit)

    def sum(self, axis: Axes = None) -> Self:
        """Return the sum over `axis`, over all by default."""
        return self._folded(_axes(axis, self.ndim), 1)

    def mean(self, axis: Axes = None) -> Self:
        """Return the mean over `axis`, over all by default."""
        axes = _axes(axis, self.ndim)
        return self._folded(axes, self.size if axis is None else math.prod([self._shape[i] for i in axes]))

    def _folded(self, axes: tuple[int, ...], n: int) -> Self:
        """Return the sum over `axes`, divided by `n`."""
        if not self._shape:
            return self
        value = combine.tidy(np.add.reduce(self._value, axis=axes)) / n
        return self.of_blocks(value, combine.folded(self._sensitivities, self._shape, axes, n), self._unit)


def _axes(axis: Axes, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = (axis,) if isinstance(axis, int) else axis
    return tuple(a % ndim for a in axes)
