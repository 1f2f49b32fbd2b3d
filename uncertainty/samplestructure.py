"""Samples rearranged, joined and cut, in every trial alike."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import operands
from calib.uncertainty.samplealgebra import ndim_of
from calib.uncertainty.samples import Samples


def joined(parts: Sequence[Any], place: Callable[[list[Any]], Any]) -> Samples:
    """Return parts in one array, the trials of each; `place` acts on the draws."""
    trials = next(p.draws.shape[-1] for p in parts if isinstance(p, Samples))
    whole = [p.draws if isinstance(p, Samples) else np.asarray(p)[..., None] for p in parts]
    return Samples(place([np.broadcast_to(a, (*a.shape[:-1], trials)) for a in whole]))


def concatenate(parts: Sequence[Any], axis: int | None = 0) -> Samples:
    """Return parts on end along an axis, flat where it is None."""
    if axis is None:
        return concatenate([p.ravel() if isinstance(p, Samples) else np.ravel(p) for p in parts])
    if any(not ndim_of(p) for p in parts):
        msg = "np.concatenate joins arrays; np.stack makes an array of scalars"
        raise UncertaintyError(msg)
    return joined(parts, lambda a: np.concatenate(a, axis=axis % (a[0].ndim - 1)))


def stack(parts: Sequence[Any], axis: int = 0) -> Samples:
    """Return parts along a new axis."""
    return joined(parts, lambda a: np.stack(a, axis=axis % a[0].ndim))


def vstack(parts: Sequence[Any]) -> Samples:
    """Return parts as rows."""
    return concatenate([least(p, 2) for p in parts])


def hstack(parts: Sequence[Any]) -> Samples:
    """Return parts as columns."""
    raised = [least(p, 1) for p in parts]
    return concatenate(raised, axis=0 if ndim_of(raised[0]) == 1 else 1)


def least(x: Any, ndim: int) -> Any:
    """Return the samples, or numbers, with at least so many axes."""
    missing = max(ndim - ndim_of(x), 0)
    return x.reshape((1,) * missing + x.shape) if isinstance(x, Samples) else np.array(x, ndmin=ndim)


def append(a: Any, values: Any, axis: int | None = None) -> Samples:
    """Return values behind the others."""
    if axis is None:
        return concatenate([least(x, 1).ravel() for x in (a, values)])
    return concatenate([a, values], axis)


def together(parts: Sequence[Any], place: Callable[[list[Any]], Any]) -> Samples:
    """Return parts in one array; `place` puts arrays of their shapes together."""
    sizes = [int(np.prod(operands.shape_of(p))) for p in parts]
    starts = np.cumsum([0, *sizes])
    numbered = [
        np.arange(a, b).reshape(operands.shape_of(p)) for a, b, p in zip(starts, starts[1:], parts, strict=False)
    ]
    return concatenate([operands.flat(p) for p in parts])[place(numbered)]


def pad(a: Samples, pad_width: Any, mode: str = "constant") -> Samples:
    """Return np.pad with zeros, or with elements of its own."""
    if mode not in {"constant", "edge", "reflect", "symmetric", "wrap"}:
        msg = f"np.pad of samples: mode {mode!r} is none of constant (0), edge, reflect, symmetric, wrap"
        raise UncertaintyError(msg)
    return placed(lambda x: np.pad(x, pad_width, mode=mode))(a)  # type: ignore[call-overload]


def split(function: Callable[..., Any]) -> Callable[..., list[Samples]]:
    """Return numpy's `function`, which gives several arrays of the elements, made to work on samples."""

    def made(a: Samples, *args: Any, **keywords: Any) -> list[Samples]:
        return [a.ravel()[p] for p in function(np.arange(a.size).reshape(a.shape), *args, **keywords)]

    return made


def placed(function: Callable[..., Any]) -> Callable[..., Samples]:
    """Return numpy's `function`, which moves and repeats elements or sets them to 0, made to work on samples."""

    def made(a: Samples, *args: Any, **keywords: Any) -> Samples:
        places = function(np.arange(1, a.size + 1).reshape(a.shape), *args, **keywords)
        return Samples(np.concatenate((np.zeros((1, a.draws.shape[-1])), a.ravel().draws))[places])

    return made


def squeeze(a: Samples) -> Samples:
    """Return the elements without axes of length 1."""
    return a.reshape(tuple(n for n in a.shape if n != 1))


def expand_dims(a: Samples, axis: int) -> Samples:
    """Return the elements with one more axis."""
    return Samples(np.expand_dims(a.draws, axis % (a.ndim + 1)))


def flip(a: Samples, axis: int | None = None) -> Samples:
    """Return the elements in reverse."""
    return Samples(np.flip(a.draws, axis=tuple(range(a.ndim)) if axis is None else axis % a.ndim))


def take(a: Samples, indices: Any, axis: int | None = None) -> Samples:
    """Return elements by their places."""
    return a.along(lambda x, axis: np.take(x, indices, axis=axis), axis)
