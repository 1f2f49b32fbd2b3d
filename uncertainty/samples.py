"""Samples: what a model receives under Monte Carlo instead of quantities; the axis of trials, the last, is hidden."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from calib.errors import UncertaintyError


class Samples(NDArrayOperatorsMixin):
    """Draws of a quantity of some shape: `draws` has that shape and one more axis, the trials."""

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

    def __len__(self) -> int:
        if not self.ndim:
            msg = "a scalar quantity has no length"
            raise TypeError(msg)
        return self.shape[0]

    def __getitem__(self, key: Any) -> "Samples":
        keys = key if isinstance(key, tuple) else (key,)
        if not any(k is Ellipsis for k in keys):
            keys = (*keys, Ellipsis)
        return Samples(self.draws[(*keys, slice(None))])

    def sum(self, axis: Any = None) -> "Samples":
        """Return the sum over `axis` in each trial."""
        return self.reduced(np.sum, axis)

    def mean(self, axis: Any = None) -> "Samples":
        """Return the mean over `axis` in each trial."""
        return self.reduced(np.mean, axis)

    def reshape(self, *shape: Any) -> "Samples":
        """Return the same values in another shape."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        return Samples(self.draws.reshape((*wanted, self.draws.shape[-1])))

    def ravel(self) -> "Samples":
        """Return the values in one axis."""
        return self.reshape(-1)

    def transpose(self, *axes: int) -> "Samples":
        """Return the values with the axes in another order."""
        order = axes or tuple(reversed(range(self.ndim)))
        return Samples(self.draws.transpose(*(a % self.ndim for a in order), self.ndim))

    @property
    def T(self) -> "Samples":
        """The values with the axes reversed."""
        return self.transpose()

    def reduced(self, function: Callable[..., Any], axis: Any) -> "Samples":
        """Return numpy's reduction `function` over axes of the quantity, in each trial."""
        axes = range(self.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
        return Samples(function(self.draws, axis=tuple(a % self.ndim for a in axes))) if self.ndim else self

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method != "__call__" or keywords or ufunc.nout != 1:
            msg = f"np.{ufunc.__name__} ({method}) does not work on samples; write it with plain calls"
            raise UncertaintyError(msg)
        if any(not _fits(x) for x in inputs):
            return NotImplemented
        ndim = max(np.ndim(x.draws) - 1 if isinstance(x, Samples) else np.ndim(x) for x in inputs)
        return Samples(ufunc(*(_aligned(x, ndim) for x in inputs)))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in _FUNCTIONS:
            return _FUNCTIONS[function](*args, **kwargs)
        msg = f"np.{function.__name__} does not work on samples; known: {', '.join(f.__name__ for f in _FUNCTIONS)}"
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


def _fits(x: Any) -> bool:
    return isinstance(x, Samples) or np.asarray(x).dtype.kind in "biuf"


def _aligned(x: Any, ndim: int) -> Any:
    """Return an operand with the axis of trials last, and missing axes in front of it."""
    if isinstance(x, Samples):
        return x.draws.reshape((1,) * (ndim - x.ndim) + x.draws.shape)
    return x if np.ndim(x) == 0 else np.asarray(x)[..., None]


def _joined(parts: Sequence[Any], place: Callable[[list[Any]], Any]) -> Samples:
    trials = next(p.draws.shape[-1] for p in parts if isinstance(p, Samples))
    whole = [p.draws if isinstance(p, Samples) else np.asarray(p, dtype=np.float64)[..., None] for p in parts]
    return Samples(place([np.broadcast_to(a, (*a.shape[:-1], trials)) for a in whole]))


def _concatenate(parts: Sequence[Any], axis: int = 0) -> Samples:
    return _joined(parts, lambda a: np.concatenate(a, axis=axis % (a[0].ndim - 1)))


def _stack(parts: Sequence[Any], axis: int = 0) -> Samples:
    return _joined(parts, lambda a: np.stack(a, axis=axis % a[0].ndim))


def _where(condition: Any, yes: Any, no: Any) -> Samples:
    ndim = max(x.ndim if isinstance(x, Samples) else np.ndim(x) for x in (condition, yes, no))
    return Samples(np.where(*(_aligned(x, ndim) for x in (condition, yes, no))))


def _diff(a: Samples, n: int = 1, axis: int = -1) -> Samples:
    return Samples(np.diff(a.draws, n=n, axis=axis % a.ndim))


def _dot(a: Any, b: Any) -> Samples:
    if any((x.ndim if isinstance(x, Samples) else np.ndim(x)) != 1 for x in (a, b)):
        msg = "np.dot of samples takes one-dimensional arrays only"
        raise UncertaintyError(msg)
    product: Samples = a * b
    return product.sum()


def _transpose(a: Samples, axes: Sequence[int] | None = None) -> Samples:
    return a.transpose(*(axes or ()))


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: lambda a, axis=None: a.sum(axis),
    np.mean: lambda a, axis=None: a.mean(axis),
    np.prod: lambda a, axis=None: a.reduced(np.prod, axis),
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.where: _where,
    np.diff: _diff,
    np.dot: _dot,
    np.reshape: lambda a, shape: a.reshape(shape),
    np.ravel: lambda a: a.ravel(),
    np.transpose: _transpose,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
}
