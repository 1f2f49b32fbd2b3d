"""A sensitivity that is an array times one number, multiplied out only where it must be.

What a chain of operators does to the sensitivities of an array to a shared source is mostly to scale them, and u needs
them times the source's u once more: one multiplication of numbers for each step instead of one of arrays.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Scaled:
    """factor · array, of elements by one shared source."""

    __slots__ = ("array", "factor")

    def __init__(self, array: NDArray[np.float64], factor: float) -> None:
        self.array = array
        self.factor = factor

    def by(self, factor: Any) -> "Scaled":
        """Return the product with a number or an array."""
        if type(factor) is float:
            return Scaled(self.array, self.factor * factor)
        return Scaled(self.array * factor, self.factor)

    def plus(self, other: Any) -> Any:
        """Return the sum; multiples of one array stay one, so that what cancels cancels wholly."""
        if type(other) is Scaled and other.array is self.array:
            return Scaled(self.array, self.factor + other.factor)
        return self.array * self.factor + plain(other)


def plain(c: Any) -> Any:
    """Return a sensitivity as a float or an array."""
    return c.array * c.factor if type(c) is Scaled else c


def product(c: Any, factor: Any) -> Any:
    """Return the product of a sensitivity and a number or an array."""
    if type(c) is Scaled:
        return c.by(factor)
    if type(c) is float:
        if c == 1.0:
            return factor
        return Scaled(factor, c) if type(factor) is np.ndarray else c * factor
    return Scaled(c, factor) if type(factor) is float and type(c) is np.ndarray else c * factor


def total(first: Any, second: Any) -> Any:
    """Return the sum of two sensitivities."""
    if type(first) is Scaled:
        return first.plus(second)
    return second.plus(first) if type(second) is Scaled else first + second
