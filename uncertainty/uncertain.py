"""The quantity: an estimate with operators, numpy functions, and an identity that survives copies."""

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, units
from calib.uncertainty.arithmetic import add, add_to, multiply, subtract, subtract_from
from calib.uncertainty.columns import Cell
from calib.uncertainty.derivatives import BINARY, UNARY
from calib.uncertainty.elements import Elements
from calib.uncertainty.elementwise import binary, divide, unary
from calib.uncertainty.source import FloatOrArray


class Quantity(Elements, Cell):
    """A value with its sources of uncertainty; immutable. Made by `quantity`, `correlated` and `type_a`."""

    __slots__ = ()

    def to(self, unit: str | None) -> "Quantity":
        """Return the same quantity in another unit."""
        by, shift = units.conversion(self._unit, unit)
        value = self._value * by + shift if shift else self._value * by
        if self._plain:
            return Quantity.of_origin(value, unit, (self, by))
        return Quantity(value, combine.scaled(self._sensitivities, by), unit)

    # operators

    __add__ = add
    __radd__ = add_to
    __sub__ = subtract
    __rsub__ = subtract_from
    __mul__ = multiply
    __rmul__ = multiply
    __truediv__ = divide

    def __rtruediv__(self, other: object) -> "Quantity":
        return binary(np.divide, other, self)

    def __pow__(self, other: object) -> "Quantity":
        return binary(np.power, self, other)

    def __rpow__(self, other: object) -> "Quantity":
        return binary(np.power, other, self)

    def __matmul__(self, other: object) -> "Quantity":
        return np.matmul(self, other)  # type: ignore[call-overload, no-any-return]

    def __rmatmul__(self, other: object) -> "Quantity":
        return np.matmul(other, self)  # type: ignore[call-overload, no-any-return]

    def __neg__(self) -> "Quantity":
        if self._plain:
            return Quantity.of_origin(-self._value, self._unit, (self, -1.0))
        return Quantity.of_blocks(-self._value, combine.scaled(self._sensitivities, -1.0), self._unit)

    def __pos__(self) -> "Quantity":
        return self

    def __abs__(self) -> "Quantity":
        return unary(np.absolute, self)

    def cumsum(self, axis: int | None = None) -> "Quantity":
        """Return sums of all elements up to each, along `axis` (over all by default)."""
        from calib.uncertainty.cumulative import cumsum

        return cumsum(self, axis)

    def dot(self, other: Any) -> "Quantity":
        """Return the product of vectors or matrices."""
        from calib.uncertainty.linear import dot

        return dot(self, other)

    # numpy

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method == "__call__" and not keywords:
            if any(isinstance(x, np.ndarray) and x.dtype == object for x in inputs):
                return ufunc(*(_boxed(x) if isinstance(x, Quantity) else x for x in inputs))
            if ufunc in UNARY:
                return unary(ufunc, inputs[0])
            if ufunc in BINARY:
                return binary(ufunc, *inputs)
        from calib.uncertainty.protocol import on_ufunc

        return on_ufunc(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from calib.uncertainty.protocol import on_function

        return on_function(function, types, args, kwargs)

    if not TYPE_CHECKING:  # hidden from checkers, which would take np.exp(quantity) for an array

        def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
            msg = (
                "a quantity is not a plain array: its uncertainty would be lost; take .value or .u "
                "(a column of pandas: list(x); np.stack(column) makes one quantity of it again)"
            )
            raise UncertaintyError(msg)

    def __float__(self) -> NoReturn:
        msg = (
            "a quantity is not a float: its uncertainty would be lost; take .value or .u "
            "(of a column of pandas: np.stack(column) is one quantity, with .mean() and all of numpy)"
        )
        raise UncertaintyError(msg)

    def __bool__(self) -> NoReturn:
        msg = "a quantity has no truth value; compare .value, or ask probability_between"
        raise UncertaintyError(msg)

    # identity

    def __copy__(self) -> "Quantity":
        return self

    def __deepcopy__(self, memo: object) -> "Quantity":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._value, tuple(self.blocks), tuple(self.blocks.values()), self._unit)

    def __format__(self, specification: str) -> str:
        from calib.uncertainty.formatting import formatted

        return formatted(self, specification)

    def __str__(self) -> str:
        return format(self)

    def __repr__(self) -> str:
        unit = f", unit={self._unit!r}" if self._unit else ""
        return f"Quantity({self._value!r}, u={self.u!r}{unit})"


def _rebuilt(
    value: FloatOrArray, sources: tuple[Any, ...], coefficients: tuple[Any, ...], unit: str | None
) -> Quantity:
    return Quantity(value, dict(zip(sources, coefficients, strict=True)), unit)


def _boxed(q: Quantity) -> Any:
    """Return an object array, for arrays of objects, such as columns of pandas, which work element by element."""
    box = np.empty(q.shape, dtype=object)
    for at in np.ndindex(q.shape):
        box[at] = q[at] if at else q
    return box
