"""numpy functions that carry uncertainty, and those that ask something of values."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from calib.uncertainty import (
    coefficients,
    combine,
    contractions,
    cumulative,
    folds,
    linear,
    operands,
    ordered,
    series,
    structure,
)
from calib.uncertainty.structure import joined, of_value
from calib.uncertainty.uncertain import Quantity


def _diff(a: Quantity, n: int = 1, axis: int = -1) -> Quantity:
    for _ in range(n):
        ahead, behind = (operands.along(axis, a.ndim, s) for s in (slice(1, None), slice(None, -1)))
        a = a[ahead] - a[behind]
    return a


def _broadcast_to(a: Quantity, shape: Any) -> Quantity:
    target = np.broadcast_shapes(a.shape, shape)
    value = np.broadcast_to(a.value, target)
    return Quantity(value, combine.spread(a.blocks, a.shape, value.shape), a.unit)


def _unwrap(a: Quantity, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Quantity:
    """Return a phase without jumps: whole periods are exact."""
    whole: Any = np.unwrap(a.value, discont, axis, period=period) - a.value
    found: Quantity = a + whole
    return found


def _copied(a: Any, *_: Any, **__: Any) -> Any:
    return a


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: folds.folding(Quantity.sum),
    np.mean: folds.folding(Quantity.mean),
    np.prod: folds.folding(folds.prod),
    np.var: folds.folding(folds.var),
    np.std: folds.folding(folds.std),
    np.max: ordered.greatest,
    np.amax: ordered.greatest,
    np.min: ordered.least,
    np.amin: ordered.least,
    np.ptp: ordered.ptp,
    np.median: ordered.median,
    np.quantile: ordered.quantile,
    np.percentile: ordered.percentile,
    np.clip: ordered.clip,
    np.sort: structure.sort,
    np.cumsum: cumulative.cumsum,
    np.cumprod: cumulative.cumprod,
    np.diff: _diff,
    np.ediff1d: lambda a: _diff(a.ravel()),
    np.gradient: series.gradient,
    np.average: folds.average,
    np.unwrap: _unwrap,
    np.einsum: contractions.einsum,
    np.tensordot: contractions.tensordot,
    np.inner: contractions.inner,
    np.outer: contractions.outer,
    np.vdot: lambda a, b: (operands.flat(a) * operands.flat(b)).sum(),
    np.kron: contractions.kron,
    np.cross: contractions.cross,
    np.convolve: series.convolve,
    np.correlate: series.correlate,
    np.interp: series.interp,
    np.linspace: series.linspace,
    np.polyfit: coefficients.polyfit,
    np.polyval: coefficients.polyval,
    np.polyadd: coefficients.polyadd,
    np.polysub: coefficients.polysub,
    np.polymul: series.convolve,
    np.polyder: coefficients.polyder,
    np.polyint: coefficients.polyint,
    np.dot: linear.dot,
    np.trace: linear.trace,
    np.linalg.solve: linear.solve,
    np.linalg.inv: linear.inv,
    np.linalg.pinv: linear.pinv,
    np.linalg.lstsq: linear.lstsq,
    np.linalg.det: linear.det,
    np.linalg.slogdet: linear.slogdet,
    np.linalg.norm: linear.norm,
    np.linalg.matrix_power: linear.matrix_power,
    np.linalg.multi_dot: lambda parts: reduce(linear.matmul, parts),
    np.where: structure.where,
    np.select: structure.select,
    np.concatenate: lambda parts, axis=0: joined(parts, lambda x: np.concatenate(x, axis=axis)),
    np.stack: lambda parts, axis=0: joined(parts, lambda x: np.stack(x, axis=axis)),
    np.vstack: lambda parts: joined(parts, np.vstack),
    np.hstack: lambda parts: joined(parts, np.hstack),
    np.dstack: lambda parts: joined(parts, np.dstack),
    np.column_stack: lambda parts: joined(parts, np.column_stack),
    np.append: lambda a, values, axis=None: joined((a, values), lambda x: np.append(x[0], x[1], axis=axis)),
    np.insert: structure.insert,
    np.pad: structure.pad,
    np.compress: lambda condition, a, axis=None: a._moved(lambda x: np.compress(condition, x, axis)),  # noqa: SLF001
    np.extract: lambda condition, a: a.ravel()[np.ravel(condition)],
    np.broadcast_to: _broadcast_to,
    np.broadcast_arrays: lambda *arrays: tuple(
        np.broadcast_to(a, np.broadcast_shapes(*map(operands.shape_of, arrays))) for a in arrays
    ),
    np.reshape: lambda a, shape: a.reshape(shape),
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.copy: _copied,
    np.real: _copied,
    np.real_if_close: _copied,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
    np.array_repr: repr,
    np.array_str: str,
    np.array2string: lambda a, *_, **__: str(a),
}
"""Every function of numpy that carries uncertainty, or asks something of the values."""

FUNCTIONS.update((f, structure.rearranged(f)) for f in structure.REARRANGING)
FUNCTIONS.update((f, structure.filled(f)) for f in structure.FILLED)
FUNCTIONS.update((f, structure.split(f)) for f in structure.SPLIT)
FUNCTIONS.update((f, of_value(f)) for f in structure.OF_VALUES)
FUNCTIONS.update(
    (getattr(np, f"nan{name}"), folds.without_nan(FUNCTIONS[getattr(np, name)]))
    for name in (
        "sum", "mean", "prod", "std", "var", "max", "min", "median", "quantile", "percentile", "cumsum", "cumprod",
    )
)  # fmt: skip

_NEWER: dict[str, Callable[..., Any]] = {
    "trapezoid": series.trapezoid,
    "trapz": series.trapezoid,
    "cumulative_sum": cumulative.cumsum,
    "cumulative_prod": cumulative.cumprod,
    "unstack": lambda a, axis=0: tuple(np.moveaxis(a, axis, 0)),
    "matrix_transpose": lambda a: np.swapaxes(a, -1, -2),
    "linalg.matrix_transpose": lambda a: np.swapaxes(a, -1, -2),
    "linalg.trace": linear.trace,
    "linalg.outer": contractions.outer,
    "linalg.cross": contractions.cross,
    "linalg.tensordot": contractions.tensordot,
    "linalg.matmul": linear.matmul,
    "linalg.vecdot": lambda a, b: (a * b).sum(-1),
    "linalg.vector_norm": lambda a, axis=None: linear.norm(a if axis is not None else a.ravel(), axis=axis),
    "linalg.matrix_norm": linear.norm,
    "linalg.diagonal": lambda a, offset=0: np.diagonal(a, offset, -2, -1),
}
"""Functions that some versions of numpy have, below `numpy.`."""
for _path, _made in _NEWER.items():
    _module = np.linalg if _path.startswith("linalg.") else np
    if hasattr(_module, _path.rpartition(".")[2]):
        FUNCTIONS[getattr(_module, _path.rpartition(".")[2])] = _made

UFUNCS: dict[Any, Callable[..., Any]] = {np.matmul: linear.matmul} | {
    f: of_value(f) for f in structure.OF_VALUES_UFUNCS
}
"""Universal functions that are no function of one element, or no quantity."""
for _name, _made in {
    "vecdot": lambda a, b: (a * b).sum(-1),
    "matvec": lambda a, b: linear.matmul(a, b[..., None])[..., 0],
    "vecmat": lambda a, b: linear.matmul(a[..., None, :], b)[..., 0, :],
}.items():
    if hasattr(np, _name):
        UFUNCS[getattr(np, _name)] = _made
