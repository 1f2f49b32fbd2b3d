"""numpy functions on samples: each works on the elements of the quantity, in every trial by itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty import coefficients, contractions, series
from calib.uncertainty import samplealgebra as algebra
from calib.uncertainty import samplestructure as structure
from calib.uncertainty.samplealgebra import ndim_of
from calib.uncertainty.samples import Samples, aligned
from calib.uncertainty.structure import FILLED, REARRANGING, SPLIT


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


def _where(condition: Any, yes: Any, no: Any) -> Samples:
    ndim = max(ndim_of(x) for x in (condition, yes, no))
    return Samples(np.where(*(aligned(x, ndim) for x in (condition, yes, no))))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **keywords: Any) -> Samples:
    low, high = keywords.get("min", a_min), keywords.get("max", a_max)
    return (a if isinstance(a, Samples) else _like(low if isinstance(low, Samples) else high, a)).clip(low, high)


def _like(samples: Samples, value: Any) -> Samples:
    return Samples(np.broadcast_to(np.asarray(value)[..., None], (*np.shape(value), samples.draws.shape[-1])))


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """Return np.interp at samples in a fixed table, or at fixed places in a table of samples."""
    if not isinstance(x, Samples) and not isinstance(xp, Samples):
        return series.interp(x, xp, fp, left, right)
    if isinstance(xp, Samples) or isinstance(fp, Samples):
        msg = "np.interp takes samples between fixed nodes, or a table of samples at fixed places; not both"
        raise UncertaintyError(msg)
    return Samples(np.interp(x.draws, xp, fp, left, right))


def _average(a: Any, axis: Any = None, weights: Any = None) -> Samples:
    if weights is None:
        return a.mean(axis)  # type: ignore[no-any-return]
    if ndim_of(weights) != ndim_of(a):
        weights = weights.reshape([-1 if i == axis % ndim_of(a) else 1 for i in range(ndim_of(a))])
    product, ones = a * weights, np.ones(a.shape)
    total = weights * ones
    return product.sum(axis) / (total.sum(axis) if isinstance(total, Samples) else np.sum(total, axis=axis))  # type: ignore[no-any-return]


def _quantile(scale: float) -> Callable[..., Samples]:
    """Return np.quantile (scale 1) or np.percentile (100), of the elements."""

    def made(a: Samples, q: Any, axis: Any = None) -> Samples:
        each = [a.reduced(np.quantile, axis, q=float(v)) for v in np.ravel(np.asarray(q) / scale)]
        return structure.stack(each) if np.ndim(q) else each[0]

    return made


def _select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0.0) -> Any:
    found = default
    for condition, choice in zip(reversed(list(conditions)), reversed(list(choices)), strict=True):
        found = _where(condition, choice, found)
    return found


def _reduction(function: Callable[..., Any]) -> Callable[..., Samples]:
    return lambda a, axis=None, **keywords: a.reduced(function, axis, **keywords)


def _along(function: Callable[..., Any], default: int | None) -> Callable[..., Samples]:
    return lambda a, axis=default, **keywords: a.along(function, axis, **keywords)


def _diff(a: Samples, n: int = 1, axis: int = -1) -> Samples:
    return a.along(np.diff, axis, n=n)


_REDUCTIONS = (
    np.sum, np.mean, np.prod, np.std, np.var, np.min, np.max, np.median, np.any, np.all, np.ptp, np.amax, np.amin,
    np.nansum, np.nanmean, np.nanprod, np.nanstd, np.nanvar, np.nanmin, np.nanmax, np.nanmedian,
)  # fmt: skip
FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **{f: _reduction(f) for f in _REDUCTIONS},
    np.cumsum: _along(np.cumsum, None),
    np.cumprod: _along(np.cumprod, None),
    np.sort: _along(np.sort, -1),
    np.diff: _diff,
    np.flip: structure.flip,
    np.roll: lambda a, shift, axis=None: a.along(lambda x, axis: np.roll(x, shift, axis), axis).reshape(a.shape),
    np.take: structure.take,
    np.average: _average,
    np.concatenate: structure.concatenate,
    np.stack: structure.stack,
    np.vstack: structure.vstack,
    np.hstack: structure.hstack,
    np.append: structure.append,
    np.where: _where,
    np.clip: _clip,
    np.select: _select,
    np.quantile: _quantile(1.0),
    np.percentile: _quantile(100.0),
    np.interp: _interp,
    np.polyval: coefficients.polyval,
    np.dot: algebra.dot,
    np.vdot: lambda a, b: algebra.dot(np.conj(a).ravel(), b.ravel()),
    np.inner: contractions.inner,
    np.outer: contractions.outer,
    np.kron: contractions.kron,
    np.cross: contractions.cross,
    np.einsum: algebra.einsum,
    np.tensordot: contractions.tensordot,
    np.convolve: series.convolve,
    np.correlate: series.correlate,
    np.gradient: series.gradient,
    np.linspace: series.linspace,
    np.polyfit: coefficients.polyfit,
    np.polyadd: coefficients.polyadd,
    np.polysub: coefficients.polysub,
    np.polymul: series.convolve,
    np.polyder: coefficients.polyder,
    np.polyint: coefficients.polyint,
    np.trace: lambda a: Samples(np.trace(a.draws)),
    np.linalg.solve: algebra.solve,
    np.linalg.inv: algebra.per_trial(np.linalg.inv),
    np.linalg.pinv: algebra.per_trial(np.linalg.pinv),
    np.linalg.lstsq: algebra.lstsq,
    np.linalg.multi_dot: algebra.multi_dot,
    np.linalg.matrix_power: algebra.matrix_power,
    np.linalg.slogdet: algebra.slogdet,
    np.linalg.det: algebra.per_trial(np.linalg.det),
    np.linalg.norm: algebra.norm,
    np.reshape: lambda a, shape: a.reshape(shape),
    np.ravel: lambda a: a.ravel(),
    np.squeeze: structure.squeeze,
    np.expand_dims: structure.expand_dims,
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.swapaxes: lambda a, first, second: Samples(np.swapaxes(a.draws, first % a.ndim, second % a.ndim)),
    np.broadcast_to: lambda a, shape: Samples(
        np.broadcast_to(aligned(a, len(shape)), (*np.broadcast_shapes(a.shape, shape), a.draws.shape[-1]))
    ),
    np.atleast_1d: lambda a: structure.least(a, 1),
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
FUNCTIONS |= {f: structure.placed(f) for f in (*REARRANGING, *FILLED) if f not in FUNCTIONS}
FUNCTIONS |= {f: structure.split(f) for f in SPLIT}
FUNCTIONS |= {
    np.nancumsum: FUNCTIONS[np.cumsum],
    np.nancumprod: FUNCTIONS[np.cumprod],
    np.nanquantile: FUNCTIONS[np.quantile],
    np.nanpercentile: FUNCTIONS[np.percentile],
    np.ediff1d: lambda a: _diff(a.ravel()),
    np.compress: lambda condition, a, axis=None: structure.placed(lambda x: np.compress(condition, x, axis))(a),
    np.extract: lambda condition, a: a.ravel()[np.ravel(condition)],
    np.insert: lambda a, at, values, axis=None: structure.together(
        (a, values), lambda x: np.insert(x[0], at, x[1], axis)
    ),
    np.column_stack: lambda parts: structure.together(parts, np.column_stack),
    np.dstack: lambda parts: structure.together(parts, np.dstack),
    np.pad: structure.pad,
    np.real_if_close: lambda a: a,
    np.broadcast_arrays: lambda *arrays: tuple(
        np.broadcast_to(a, np.broadcast_shapes(*(x.shape for x in arrays))) for a in arrays
    ),
}

_NEWER: dict[str, Callable[..., Any]] = {
    "trapezoid": series.trapezoid,
    "trapz": series.trapezoid,
    "cumulative_sum": FUNCTIONS[np.cumsum],
    "cumulative_prod": FUNCTIONS[np.cumprod],
    "unstack": lambda a, axis=0: tuple(np.moveaxis(a, axis, 0)),
    "matrix_transpose": lambda a: np.swapaxes(a, -1, -2),
    "linalg.matrix_transpose": lambda a: np.swapaxes(a, -1, -2),
    "linalg.trace": FUNCTIONS[np.trace],
    "linalg.outer": contractions.outer,
    "linalg.cross": contractions.cross,
    "linalg.tensordot": contractions.tensordot,
    "linalg.matmul": algebra.matmul,
    "linalg.vecdot": lambda a, b: (a * b).sum(-1),
    "linalg.vector_norm": lambda a, axis=None: algebra.norm(a if axis is not None else a.ravel(), axis=axis),
    "linalg.matrix_norm": lambda a: algebra.norm(a.ravel()),
    "linalg.diagonal": lambda a, offset=0: np.diagonal(a, offset, -2, -1),
}
"""Functions that some versions of numpy have, below `numpy.`."""
for _path, _made in _NEWER.items():
    _module = np.linalg if _path.startswith("linalg.") else np
    if hasattr(_module, _path.rpartition(".")[2]):
        FUNCTIONS[getattr(_module, _path.rpartition(".")[2])] = _made

UFUNCS: dict[Any, Callable[..., Any]] = {np.matmul: algebra.matmul}
for _name, _made in {
    "vecdot": lambda a, b: (a * b).sum(-1),
    "matvec": lambda a, b: algebra.matmul(a, b[..., None])[..., 0],
    "vecmat": lambda a, b: algebra.matmul(a[..., None, :], b)[..., 0, :],
}.items():
    if hasattr(np, _name):
        UFUNCS[getattr(np, _name)] = _made
