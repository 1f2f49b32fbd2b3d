"""Samples: what a model receives under Monte Carlo instead of quantities; the axis of trials, the last, is hidden."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from calib.errors import UncertaintyError


class Samples(NDArrayOperatorsMixin):
    """Draws of a quantity of some shape: `draws` has that shape and one more axis, the trials. Immutable."""

    __slots__ = ("draws",)

    def __init__(self, draws: NDArray[Any]) -> None:
        self.draws = draws

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the quantity."""
        return self.draws.shape[:-1]

    @property
    def ndim(self) -> int:
        """Number of axes of the quantity."""
        return self.draws.ndim - 1

    @property
    def size(self) -> int:
        """Number of values of the quantity."""
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> "np.dtype[Any]":
        """Kind of number in every trial."""
        return self.draws.dtype

    def __len__(self) -> int:
        if not self.ndim:
            msg = "a scalar quantity has no length"
            raise TypeError(msg)
        return self.shape[0]

    def __iter__(self) -> Iterator["Samples"]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> "Samples":
        keys = key if isinstance(key, tuple) else (key,)
        if any(isinstance(k, Samples) for k in keys):
            msg = "samples choose other elements in every trial: use np.where instead of an index"
            raise UncertaintyError(msg)
        return Samples(self.draws[(*keys, slice(None))])

    def reshape(self, *shape: Any) -> "Samples":
        """Return the same values in another shape."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        return Samples(self.draws.reshape((*wanted, self.draws.shape[-1])))

    def ravel(self) -> "Samples":
        """Return the values in one axis."""
        return Samples(self.draws.reshape(-1, self.draws.shape[-1]))

    def transpose(self, *axes: Any) -> "Samples":
        """Return the values with the axes in another order."""
        order = axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes
        order = order or tuple(reversed(range(self.ndim)))
        return Samples(self.draws.transpose(*(a % self.ndim for a in order), self.ndim))

    @property
    def T(self) -> "Samples":
        """The values with the axes reversed."""
        return self.transpose()

    @property
    def real(self) -> "Samples":
        """Real parts."""
        return Samples(self.draws.real)

    @property
    def imag(self) -> "Samples":
        """Imaginary parts."""
        return Samples(self.draws.imag)

    def conj(self) -> "Samples":
        """Return the complex conjugates."""
        return Samples(self.draws.conj())

    def copy(self) -> "Samples":
        """Return the samples themselves: they do not change."""
        return self

    def astype(self, dtype: Any) -> "Samples":
        """Return the values as another kind of number."""
        return Samples(self.draws.astype(dtype))

    def clip(self, low: Any = None, high: Any = None) -> "Samples":
        """Return the values limited to [low, high] in each trial."""
        limited: Any = self
        if low is not None:
            limited = np.maximum(limited, low)
        if high is not None:
            limited = np.minimum(limited, high)
        return Samples(limited.draws)

    def dot(self, other: Any) -> "Samples":
        """Return the product of vectors or matrices in each trial."""
        from calib.uncertainty.samplealgebra import dot

        return dot(self, other)

    # reductions, in each trial by itself

    def sum(self, axis: Any = None) -> "Samples":
        """Return the sum over `axis`, over all by default."""
        return self.reduced(np.sum, axis)

    def mean(self, axis: Any = None) -> "Samples":
        """Return the mean over `axis`."""
        return self.reduced(np.mean, axis)

    def prod(self, axis: Any = None) -> "Samples":
        """Return the product over `axis`."""
        return self.reduced(np.prod, axis)

    def std(self, axis: Any = None, ddof: int = 0) -> "Samples":
        """Return the standard deviation over `axis`: of the elements, not of the trials."""
        return self.reduced(np.std, axis, ddof=ddof)

    def var(self, axis: Any = None, ddof: int = 0) -> "Samples":
        """Return the variance over `axis`: of the elements, not of the trials."""
        return self.reduced(np.var, axis, ddof=ddof)

    def min(self, axis: Any = None) -> "Samples":
        """Return the least element over `axis`."""
        return self.reduced(np.min, axis)

    def max(self, axis: Any = None) -> "Samples":
        """Return the greatest element over `axis`."""
        return self.reduced(np.max, axis)

    def cumsum(self, axis: int | None = None) -> "Samples":
        """Return the running sum along `axis`, along all elements by default."""
        return self.along(np.cumsum, axis)

    def cumprod(self, axis: int | None = None) -> "Samples":
        """Return the running product along `axis`, along all elements by default."""
        return self.along(np.cumprod, axis)

    def reduced(self, function: Callable[..., Any], axis: Any, **keywords: Any) -> "Samples":
        """Return numpy's reduction `function` over axes of the quantity, in each trial."""
        keepdims = keywords.pop("keepdims", False)
        single = [axis] if isinstance(axis, (int, np.integer)) else axis
        axes = range(self.ndim) if single is None else self._axes(single)
        whole = self.draws if self.ndim else self.draws[None]
        along = tuple(axes) if self.ndim else (0,)
        if len(along) == 1:  # not all of numpy's functions take a tuple
            return Samples(function(whole, axis=along[0], keepdims=keepdims and self.ndim > 0, **keywords))
        return Samples(function(whole, axis=along, keepdims=keepdims, **keywords))

    def along(self, function: Callable[..., Any], axis: int | None, **keywords: Any) -> "Samples":
        """Return what a numpy function that works along one axis gives in each trial; flat where `axis` is None."""
        moved = self.ravel() if axis is None else self
        at = 0 if axis is None else self._axes([axis])[0]
        return Samples(function(moved.draws, axis=at, **keywords))

    def _axes(self, axes: Any) -> list[int]:
        if any(not -self.ndim <= a < self.ndim for a in axes):
            msg = f"axis {axes} of samples of shape {self.shape}: the axis of trials does not count"
            raise UncertaintyError(msg)
        return [int(a) % self.ndim for a in axes]

    # numpy

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method == "__call__" and not keywords and ufunc.signature is None:
            if not all(_fits(x) for x in inputs):
                return NotImplemented
            ndim = max(x.ndim if isinstance(x, Samples) else np.ndim(x) for x in inputs)
            out = ufunc(*(aligned(x, ndim) for x in inputs))
            return tuple(map(Samples, out)) if isinstance(out, tuple) else Samples(out)
        target = keywords.pop("out", None)
        if target is not None and target[0] is inputs[0]:  # x += 1 only gives x another value
            return self.__array_ufunc__(ufunc, method, *inputs, **keywords)
        from calib.uncertainty.samplefunctions import UFUNCS, by_reduction

        if method == "__call__" and ufunc in UFUNCS and not keywords:
            return UFUNCS[ufunc](*inputs)
        if method == "__call__" or target is not None:
            msg = f"np.{ufunc.__name__} with {', '.join(keywords) or 'out'} does not work on samples; use plain calls"
            raise UncertaintyError(msg)
        return by_reduction(ufunc, method, *inputs, **keywords)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from calib.uncertainty.operands import meant
        from calib.uncertainty.samplefunctions import FUNCTIONS

        if function in FUNCTIONS:
            return FUNCTIONS[function](*args, **meant(kwargs))
        msg = (
            f"np.{function.__name__} does not work on samples: write it with operators and other functions, or "
            "call the model trial by trial, propagate(..., vectorize=False)"
        )
        raise UncertaintyError(msg)

    if not TYPE_CHECKING:  # hidden from checkers, which would take np.exp(samples) for an array

        def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
            msg = "samples are not a plain array: take .draws (last axis: trials) if that is meant"
            raise UncertaintyError(msg)

    def __float__(self) -> NoReturn:
        msg = "samples are not a float; use numpy functions, or propagate(..., vectorize=False)"
        raise UncertaintyError(msg)

    def __bool__(self) -> NoReturn:
        msg = "samples have no truth value; use np.where, or propagate(..., vectorize=False)"
        raise UncertaintyError(msg)

    def __repr__(self) -> str:
        return f"Samples(shape={self.shape}, trials={self.draws.shape[-1]})"


def _fits(x: Any) -> bool:
    return isinstance(x, (Samples, float, int)) or np.asarray(x).dtype.kind in "biufc"


def aligned(x: Any, ndim: int) -> Any:
    """Return an operand with the axis of trials last, and missing axes in front of it."""
    if isinstance(x, Samples):
        return x.draws if x.ndim == ndim else x.draws.reshape((1,) * (ndim - x.ndim) + x.draws.shape)
    return x if np.ndim(x) == 0 else np.asarray(x)[..., None]
