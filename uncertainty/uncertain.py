"""The quantity: a value, or an array of values, with its sensitivity to every source of uncertainty."""

# ruff: noqa: SLF001  a class method fills a new quantity

import math
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import combine, lazy, moments, units
from calib.uncertainty.arithmetic import add, add_to, binary, multiply, unary
from calib.uncertainty.derivatives import BINARY, UNARY
from calib.uncertainty.moments import Blocks
from calib.uncertainty.source import FloatOrArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calib.uncertainty.coverage import Expanded
    from calib.uncertainty.lazy import Origin


class Quantity:
    """A value with its sources of uncertainty; immutable. Made by `quantity`, `correlated` and `type_a`."""

    __slots__ = ("__weakref__", "_dof", "_known", "_origin", "_plain", "_shape", "_u", "_unit", "_value")

    def __init__(self, value: FloatOrArray, blocks: Blocks, unit: str | None = None, *, plain: bool = False) -> None:
        if not plain:
            if type(value) is np.ndarray and value.dtype == np.float64 and value.ndim:
                value = value.view()
                value.flags.writeable = False
            elif np.ndim(value) == 0:
                value = float(value)
                plain = not any(type(c) is tuple for c in blocks.values())
            else:
                value = np.asarray(value, dtype=np.float64).view()
                value.flags.writeable = False
        self._value = value
        self._known: Blocks | None = blocks
        self._origin: Origin = ()
        self._unit = unit
        self._plain = plain
        self._shape: tuple[int, ...] = () if type(value) is float else value.shape
        self._u: FloatOrArray = None
        self._dof: FloatOrArray = None

    @classmethod
    def made_from(cls, value: float, unit: str | None, *origin: Any) -> "Quantity":
        """Return a scalar made from quantities, each followed by the derivative by it; its sensitivities wait."""
        return cls.of_origin(value, unit, origin)

    @classmethod
    def of_origin(cls, value: float, unit: str | None, origin: "Origin") -> "Quantity":
        """Return the scalar of one source, or one made from quantities."""
        made = cls.__new__(cls)
        made._value = value
        made._known = None
        made._origin = origin
        made._unit = unit
        made._plain = True
        made._shape = ()
        made._u = made._dof = None
        return made

    @property
    def value(self) -> FloatOrArray:
        """Best estimate, a float or an array."""
        return self._value

    @property
    def u(self) -> FloatOrArray:
        """Standard uncertainty, of the value's shape (JCGM 100:2008, eq. 10 and 13)."""
        if self._u is None:
            u2 = moments.variance(self.blocks, self._shape)
            self._u = np.sqrt(u2, out=u2) if self._shape else math.sqrt(u2)
        return self._u

    @property
    def dof(self) -> FloatOrArray:
        """Effective degrees of freedom by Welch and Satterthwaite; inf where unlimited, nan where no rule holds."""
        if self._dof is None:
            self._dof = moments.effective_dof(self.blocks, self._shape)
        return self._dof

    @property
    def unit(self) -> str | None:
        """Unit, or None for a number."""
        return self._unit

    @property
    def blocks(self) -> Blocks:
        """Sensitivity to every source, for those who write functions of quantities; do not change it."""
        if self._known is None:
            self._known = lazy.expanded(self)
            self._origin = ()
        return self._known

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value; () for a scalar."""
        return self._shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self._shape))

    def expanded(
        self, p: float = 0.95, *, method: str = "auto", side: str = "both", dof_policy: str | None = None
    ) -> "Expanded":
        """Return U, k and the coverage interval for probability `p`.

        k is t with the degrees of freedom of Welch and Satterthwaite where every contributing input is normal or t
        (or where an input of another shape states finite dof, which only that formula can use); else it is taken from
        the exact distribution of the linearised model, all inputs convolved. `method` forces `t` or `convolution`, or
        takes the rules of EA-4/02 (S9: 1.65, S10: a trapezoid) by `ea-4/02`. `side` is `both`, or `lower` or `upper`
        for a one-sided interval that ends there. `dof_policy` is needed where correlated inputs state unequal degrees
        of freedom: `willink` or `smallest`.
        """
        from calib.uncertainty.coverage import Wanted, expanded

        return expanded(self._value, self.blocks, self._shape, Wanted(p, method, side, dof_policy))

    def probability_between(
        self, lower: float, upper: float, *, method: str = "auto", dof_policy: str | None = None
    ) -> FloatOrArray:
        """Return the probability that the measurand lies in [lower, upper]; either may be infinite."""
        from calib.uncertainty.coverage import Wanted, probability_between

        wanted = Wanted(0.95, method, dof_policy=dof_policy)
        return probability_between(self._value, self.blocks, self._shape, lower, upper, wanted)

    def to(self, unit: str | None) -> "Quantity":
        """Return the same quantity in another unit."""
        by, shift = units.conversion(self._unit, unit)
        value = self._value * by + shift if shift else self._value * by
        if self._plain:
            return Quantity.of_origin(value, unit, (self, by))
        return Quantity(value, combine.scaled(self.blocks, by), unit)

    # operators

    def __add__(self, other: object) -> "Quantity":
        return add(self, other, 1.0)

    def __radd__(self, other: object) -> "Quantity":
        return add_to(other, self, 1.0)

    def __sub__(self, other: object) -> "Quantity":
        return add(self, other, -1.0)

    def __rsub__(self, other: object) -> "Quantity":
        return add_to(other, self, -1.0)

    __mul__ = multiply
    __rmul__ = multiply

    def __truediv__(self, other: object) -> "Quantity":
        return binary(np.divide, self, other)

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
            return Quantity.made_from(-self._value, self._unit, self, -1.0)
        return Quantity(-self._value, combine.scaled(self.blocks, -1.0), self._unit)

    def __pos__(self) -> "Quantity":
        return self

    def __abs__(self) -> "Quantity":
        return unary(np.absolute, self)

    # arrays

    def __len__(self) -> int:
        if not self._shape:
            msg = "a scalar quantity has no length"
            raise TypeError(msg)
        return self._shape[0]

    def __iter__(self) -> "Iterator[Quantity]":
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> "Quantity":
        if not self._shape:
            msg = "a scalar quantity has no elements"
            raise TypeError(msg)
        return self._moved(lambda a: a[key])

    def reshape(self, *shape: Any) -> "Quantity":
        """Return the same values in another shape."""
        return self._moved(lambda a: a.reshape(*shape))

    def ravel(self) -> "Quantity":
        """Return the values in one axis."""
        return self._moved(np.ravel)

    def transpose(self, *axes: SupportsIndex) -> "Quantity":
        """Return the values with the axes in another order."""
        return self._moved(lambda a: a.transpose(*axes))

    @property
    def T(self) -> "Quantity":
        """The values with the axes reversed."""
        return self.transpose()

    def sum(self, axis: int | tuple[int, ...] | None = None) -> "Quantity":
        """Return the sum over `axis`, over all by default."""
        if not self._shape:
            return self
        axes = _axes(axis, self.ndim)
        return Quantity(self._value.sum(axis=axes), combine.folded(self.blocks, self._shape, axes), self._unit)

    def mean(self, axis: int | tuple[int, ...] | None = None) -> "Quantity":
        """Return the mean over `axis`, over all by default."""
        if not self._shape:
            return self
        axes = _axes(axis, self.ndim)
        n = float(np.prod([self._shape[i] for i in axes]))
        folded = combine.folded(self.blocks, self._shape, axes)
        return Quantity(self._value.mean(axis=axes), combine.scaled(folded, 1 / n), self._unit)

    def cumsum(self, axis: int | None = None) -> "Quantity":
        """Return sums of all elements up to each, along `axis` (over all by default)."""
        from calib.uncertainty.cumulative import cumsum

        return cumsum(self, axis)

    def dot(self, other: Any) -> "Quantity":
        """Return the product of vectors or matrices."""
        from calib.uncertainty.linear import dot

        return dot(self, other)

    def _moved(self, move: Any) -> "Quantity":
        value = move(np.asarray(self._value))
        return Quantity(value, combine.moved(self.blocks, self._shape, self.size, move), self._unit)

    # numpy

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method == "__call__" and not keywords:
            if any(isinstance(x, np.ndarray) and x.dtype == object for x in inputs):
                return ufunc(*(_boxed(x) if isinstance(x, Quantity) else x for x in inputs))
            if ufunc in UNARY:
                return unary(ufunc, inputs[0])
            if ufunc in BINARY:
                return binary(ufunc, *inputs)
            if ufunc in {np.matmul, np.isnan, np.isinf, np.isfinite, np.signbit}:
                from calib.uncertainty.functions import UFUNCS

                return UFUNCS[ufunc](*inputs)
        msg = (
            f"np.{ufunc.__name__} ({method}) does not carry uncertainty; take .value, or write it with known functions"
        )
        raise UncertaintyError(msg)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from calib.uncertainty.functions import FUNCTIONS

        if function in FUNCTIONS:
            return FUNCTIONS[function](*args, **kwargs)
        msg = f"np.{function.__name__} does not carry uncertainty; take .value, or write it with known functions"
        raise UncertaintyError(msg)

    if not TYPE_CHECKING:  # hidden from checkers, which would take np.exp(quantity) for an array

        def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
            msg = (
                "a quantity is not a plain array: its uncertainty would be lost; take .value or .u "
                "(a column of pandas: list(x))"
            )
            raise UncertaintyError(msg)

    def __float__(self) -> NoReturn:
        msg = "a quantity is not a float: its uncertainty would be lost; take .value or .u"
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


def _axes(axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = (axis,) if isinstance(axis, int) else axis
    return tuple(a % ndim for a in axes)
