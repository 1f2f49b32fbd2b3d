"""What arrays of objects, columns of pandas and arrays of xarray ask of a quantity."""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from calib.errors import UncertaintyError


def _method(ufunc: np.ufunc) -> Callable[..., Any]:
    """Return the method that numpy calls on every element of an array of objects."""

    def on_element(self: Any, *others: Any) -> Any:
        return ufunc(self, *others)

    on_element.__name__ = ufunc.__name__
    on_element.__doc__ = f"Return np.{ufunc.__name__} of the quantity; with it np.{ufunc.__name__}(column) works."
    return on_element


class Cell:
    """Functions of numpy as methods, for columns of quantities; comparisons, which they have none."""

    __slots__ = ()

    sqrt = _method(np.sqrt)
    cbrt = _method(np.cbrt)
    square = _method(np.square)
    exp = _method(np.exp)
    exp2 = _method(np.exp2)
    expm1 = _method(np.expm1)
    log = _method(np.log)
    log2 = _method(np.log2)
    log10 = _method(np.log10)
    log1p = _method(np.log1p)
    sin = _method(np.sin)
    cos = _method(np.cos)
    tan = _method(np.tan)
    arcsin = _method(np.arcsin)
    arccos = _method(np.arccos)
    arctan = _method(np.arctan)
    arctan2 = _method(np.arctan2)
    sinh = _method(np.sinh)
    cosh = _method(np.cosh)
    tanh = _method(np.tanh)
    arcsinh = _method(np.arcsinh)
    arccosh = _method(np.arccosh)
    arctanh = _method(np.arctanh)
    hypot = _method(np.hypot)
    degrees = _method(np.degrees)
    radians = _method(np.radians)
    deg2rad = _method(np.deg2rad)
    rad2deg = _method(np.rad2deg)
    fabs = _method(np.fabs)
    conjugate = _method(np.conjugate)

    @property
    def dtype(self) -> "np.dtype[np.float64]":
        """Kind of number of the value, by which xarray knows an array."""
        return np.dtype(np.float64)

    @property
    def nbytes(self) -> int:
        """Bytes of the value."""
        return 8 * int(self.size)  # type: ignore[attr-defined]

    @property
    def real(self) -> Any:
        """The quantity itself."""
        return self

    @property
    def imag(self) -> Any:
        """Zeros, exact."""
        return np.zeros(self.shape)[()]  # type: ignore[attr-defined]

    def item(self) -> Any:
        """Return the quantity itself, of one value."""
        if self.size != 1:  # type: ignore[attr-defined]
            msg = "item() takes a quantity of one value; index it first"
            raise UncertaintyError(msg)
        return self.reshape(()) if self.shape else self  # type: ignore[attr-defined]

    def astype(self, dtype: Any, **_: Any) -> Any:
        """Return the quantity itself: it is made of floats."""
        if np.dtype(dtype) != np.float64:
            msg = f"a quantity is made of floats, not of {np.dtype(dtype)}: its uncertainty would be lost"
            raise UncertaintyError(msg)
        return self

    def _repr_inline_(self, max_width: int) -> str:
        """Return one line for xarray."""
        return f"{self}"[:max_width]

    def __setitem__(self, key: object, value: object) -> NoReturn:
        msg = "quantities are immutable: make a new one by np.where, np.concatenate or np.stack"
        raise UncertaintyError(msg)

    def __mod__(self, other: object) -> Any:
        return np.remainder(self, other)  # type: ignore[call-overload]

    def __rmod__(self, other: object) -> Any:
        return np.remainder(other, self)  # type: ignore[call-overload]

    def __lt__(self, other: object) -> NoReturn:
        msg = "quantities have no order: compare .value, sort by it, or ask probability_between of the difference"
        raise UncertaintyError(msg)

    __le__ = __gt__ = __ge__ = __lt__
