"""numpy functions on samples: each works on the elements of the quantity, in every trial by itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.samples import Samples, aligned


def _ndim(x: Any) -> int:
    return x.ndim if isinstance(x, Samples) else np.ndim(x)


def by_reduction(ufunc: np.ufunc, method: str, x: Any, *rest: Any, **keywords: Any) -> Samples:
    """Return np.add.reduce, np.maximum.accumulate and the like."""
    if rest or method not in {"reduce", "accumulate"} or set(keywords) - {"axis", "keepdims"}:
        msg = f"np.{ufunc.__name__}.{method} does not work on samples so; write it with plain calls"
        raise UncertaintyError(msg)
    axis = keywords.pop("axis", 0)
    found: Samples
    if method == "accumulate":
        found = x.along(lambda a, axis: ufunc.accumulate(a, axis=axis), axis)
    else:
        found = x.reduced(ufunc.reduce, axis, **keywords)
    return found


def matmul(a: Any, b: Any) -> Samples:
    """Return a @ b of vectors, matrices, or stacks of matrices."""
    left, right = _ndim(a), _ndim(b)
    if not (left and right):
        msg = "matmul takes no scalars: use * for them"
        raise UncertaintyError(msg)
    first = "j" if left == 1 else "...ij"
    second = "j" if right == 1 else "...jk"
    result = ("..." if left > 2 or right > 2 else "") + ("i" if left > 1 else "") + ("k" if right > 1 else "")
    letters = [s + "t" if isinstance(x, Samples) else s for s, x in ((first, a), (second, b))]
    operands = [x.draws if isinstance(x, Samples) else np.asarray(x) for x in (a, b)]
    if left <= 2 and right <= 2:
        letters = [s.replace("...", "") for s in letters]
    wide = operands[0].shape[left - 1] > 16  # BLAS serves no small ones (products.py)
    return Samples(np.einsum(f"{','.join(letters)}->{result}t", *operands, optimize=wide))


def dot(a: Any, b: Any) -> Samples:
    """Return np.dot of scalars, vectors and matrices."""
    if not (_ndim(a) and _ndim(b)):
        scaled: Samples = a * b
        return scaled
    if max(_ndim(a), _ndim(b)) > 2:
        msg = "np.dot of samples takes up to two axes; use @ for stacks of matrices"
        raise UncertaintyError(msg)
    return matmul(a, b)


def _joined(parts: Sequence[Any], place: Callable[[list[Any]], Any]) -> Samples:
    trials = next(p.draws.shape[-1] for p in parts if isinstance(p, Samples))
    whole = [p.draws if isinstance(p, Samples) else np.asarray(p)[..., None] for p in parts]
    return Samples(place([np.broadcast_to(a, (*a.shape[:-1], trials)) for a in whole]))


def _concatenate(parts: Sequence[Any], axis: int | None = 0) -> Samples:
    if axis is None:
        return _concatenate([p.ravel() if isinstance(p, Samples) else np.ravel(p) for p in parts])
    if any(not _ndim(p) for p in parts):
        msg = "np.concatenate joins arrays; np.stack makes an array of scalars"
        raise UncertaintyError(msg)
    return _joined(parts, lambda a: np.concatenate(a, axis=axis % (a[0].ndim - 1)))


def _stack(parts: Sequence[Any], axis: int = 0) -> Samples:
    return _joined(parts, lambda a: np.stack(a, axis=axis % a[0].ndim))


def _vstack(parts: Sequence[Any]) -> Samples:
    return _concatenate([_least(p, 2) for p in parts])


def _hstack(parts: Sequence[Any]) -> Samples:
    raised = [_least(p, 1) for p in parts]
    return _concatenate(raised, axis=0 if _ndim(raised[0]) == 1 else 1)


def _least(x: Any, ndim: int) -> Any:
    missing = max(ndim - _ndim(x), 0)
    return x.reshape((1,) * missing + x.shape) if isinstance(x, Samples) else np.array(x, ndmin=ndim)


def _append(a: Any, values: Any, axis: int | None = None) -> Samples:
    if axis is None:
        return _concatenate([_least(x, 1).ravel() for x in (a, values)])
    return _concatenate([a, values], axis)


def _where(condition: Any, yes: Any, no: Any) -> Samples:
    ndim = max(_ndim(x) for x in (condition, yes, no))
    return Samples(np.where(*(aligned(x, ndim) for x in (condition, yes, no))))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **keywords: Any) -> Samples:
    low, high = keywords.get("min", a_min), keywords.get("max", a_max)
    return (a if isinstance(a, Samples) else _like(low if isinstance(low, Samples) else high, a)).clip(low, high)


def _like(samples: Samples, value: Any) -> Samples:
    return Samples(np.broadcast_to(np.asarray(value)[..., None], (*np.shape(value), samples.draws.shape[-1])))


def _interp(x: Samples, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Samples:
    """Return np.interp at samples in a fixed table."""
    if isinstance(xp, Samples) or isinstance(fp, Samples):
        msg = "np.interp takes samples between fixed nodes only; write the table's uncertainty as a model"
        raise UncertaintyError(msg)
    return Samples(np.interp(x.draws, xp, fp, left, right))


def _polyval(p: Any, x: Any) -> Any:
    """Return the polynomial by Horner's scheme, highest power first, either part samples."""
    total: Any = 0.0
    for i in range(len(p)):
        total = total * x + p[i]
    return total


def _average(a: Any, axis: Any = None, weights: Any = None) -> Samples:
    if weights is None:
        return a.mean(axis)  # type: ignore[no-any-return]
    if _ndim(weights) != _ndim(a):
        weights = weights.reshape([-1 if i == axis % _ndim(a) else 1 for i in range(_ndim(a))])
    product, ones = a * weights, np.ones(a.shape)
    total = weights * ones
    return product.sum(axis) / (total.sum(axis) if isinstance(total, Samples) else np.sum(total, axis=axis))  # type: ignore[no-any-return]


def _per_trial(function: Callable[..., Any]) -> Callable[..., Samples]:
    """Return a function of matrices (trials first, as numpy.linalg has stacks) made to work on samples."""

    def made(*arrays: Any) -> Samples:
        first = [np.moveaxis(a.draws, -1, 0) if isinstance(a, Samples) else np.asarray(a) for a in arrays]
        return Samples(np.moveaxis(function(*first), 0, -1))

    return made


def _solve(a: Any, b: Any) -> Samples:
    """Return the solutions of a x = b, b a vector or a matrix."""
    if _ndim(b) == 1:
        column = b.reshape(-1, 1) if isinstance(b, Samples) else np.asarray(b)[:, None]
        return _solve(a, column)[..., 0]
    return _per_trial(np.linalg.solve)(a, b)


def _norm(x: Samples, ord: Any = None, axis: int | None = None) -> Samples:  # noqa: A002  numpy's name
    if ord not in {None, 2} or (axis is None and x.ndim > 1):
        msg = "np.linalg.norm of samples: the Euclidean norm of vectors only; give axis="
        raise UncertaintyError(msg)
    return x.reduced(np.linalg.norm, 0 if axis is None else axis)


def _reduction(function: Callable[..., Any]) -> Callable[..., Samples]:
    return lambda a, axis=None, **keywords: a.reduced(function, axis, **keywords)


def _along(function: Callable[..., Any], default: int | None) -> Callable[..., Samples]:
    return lambda a, axis=default, **keywords: a.along(function, axis, **keywords)


def _diff(a: Samples, n: int = 1, axis: int = -1) -> Samples:
    return a.along(np.diff, axis, n=n)


def _flip(a: Samples, axis: int | None = None) -> Samples:
    return Samples(np.flip(a.draws, axis=tuple(range(a.ndim)) if axis is None else axis % a.ndim))


def _take(a: Samples, indices: Any, axis: int | None = None) -> Samples:
    return a.along(lambda x, axis: np.take(x, indices, axis=axis), axis)


def _squeeze(a: Samples) -> Samples:
    return a.reshape(tuple(n for n in a.shape if n != 1))


def _expand_dims(a: Samples, axis: int) -> Samples:
    return Samples(np.expand_dims(a.draws, axis % (a.ndim + 1)))


def _outer(a: Any, b: Any) -> Samples:
    first, second = (_least(x, 1).ravel() for x in (a, b))
    product: Samples = first[:, None] * second
    return product


def _trapezoid(y: Any, x: Any = None, dx: float = 1.0) -> Samples:
    """Return the integral along the last axis by the trapezoidal rule."""
    steps = dx if x is None else np.diff(x)
    area: Samples = steps * (y[..., 1:] + y[..., :-1]) * 0.5
    return area.sum(-1)


_REDUCTIONS = (
    np.sum, np.mean, np.prod, np.std, np.var, np.min, np.max, np.median, np.any, np.all, np.ptp, np.nansum, np.nanmean,
)  # fmt: skip
FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **{f: _reduction(f) for f in _REDUCTIONS},
    np.cumsum: _along(np.cumsum, None),
    np.cumprod: _along(np.cumprod, None),
    np.sort: _along(np.sort, -1),
    np.diff: _diff,
    np.flip: _flip,
    np.roll: lambda a, shift, axis=None: a.along(lambda x, axis: np.roll(x, shift, axis), axis).reshape(a.shape),
    np.take: _take,
    np.average: _average,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.vstack: _vstack,
    np.hstack: _hstack,
    np.append: _append,
    np.where: _where,
    np.clip: _clip,
    np.interp: _interp,
    np.polyval: _polyval,
    np.dot: dot,
    np.vdot: lambda a, b: dot(np.conj(a).ravel(), b.ravel()),
    np.inner: lambda a, b: dot(a, b.T if _ndim(b) > 1 else b),
    np.outer: _outer,
    np.trace: lambda a: Samples(np.trace(a.draws)),
    np.linalg.solve: _solve,
    np.linalg.inv: _per_trial(np.linalg.inv),
    np.linalg.det: _per_trial(np.linalg.det),
    np.linalg.norm: _norm,
    np.reshape: lambda a, shape: a.reshape(shape),
    np.ravel: lambda a: a.ravel(),
    np.squeeze: _squeeze,
    np.expand_dims: _expand_dims,
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.swapaxes: lambda a, first, second: Samples(np.swapaxes(a.draws, first % a.ndim, second % a.ndim)),
    np.broadcast_to: lambda a, shape: Samples(
        np.broadcast_to(aligned(a, len(shape)), (*np.broadcast_shapes(a.shape, shape), a.draws.shape[-1]))
    ),
    np.atleast_1d: lambda a: _least(a, 1),
    np.copy: lambda a: a,
    np.zeros_like: lambda a: Samples(np.zeros_like(a.draws)),
    np.ones_like: lambda a: Samples(np.ones_like(a.draws)),
    np.full_like: lambda a, value: np.ones_like(a) * value,
    np.real: lambda a: a.real,
    np.imag: lambda a: a.imag,
    np.angle: lambda a: Samples(np.angle(a.draws)),
    np.unwrap: _along(np.unwrap, -1),
    np.round: lambda a, decimals=0: Samples(np.round(a.draws, decimals)),
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
}
if hasattr(np, "trapezoid"):  # numpy 2
    FUNCTIONS[np.trapezoid] = _trapezoid
