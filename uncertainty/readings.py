"""Type A: mean and standard uncertainty of repeated readings (JCGM 100:2008, 4.2)."""

import math
from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.joint import correlated
from calib.uncertainty.uncertain import Quantity


@overload
def type_a(readings: ArrayLike, *, axis: int | None = ..., name: str = ..., unit: str | None = ...) -> Quantity: ...


@overload
def type_a(
    readings: ArrayLike,
    *,
    together: Literal[True],
    names: Sequence[str] = ...,
    unit: str | None = ...,
    units: Sequence[str | None] = ...,
) -> tuple[Quantity, ...]: ...


def type_a(
    readings: ArrayLike,
    *,
    axis: int | None = None,
    together: bool = False,
    name: str = "",
    names: Sequence[str] = (),
    unit: str | None = None,
    units: Sequence[str | None] = (),
) -> Quantity | tuple[Quantity, ...]:
    """Return the mean of independent readings with u = s/√n and ν = n − 1 (JCGM 100:2008, eq. 3 and 5).

    With `axis`, an array of independent means over that axis. With `together`, readings of shape (quantities, n) taken
    at the same times, as many correlated means (JCGM 100:2008, eq. 17); there must be more readings than quantities.

    Raises
    ------
    UncertaintyError
        Fewer than two readings, or one that is not a finite number.
    """
    try:
        x = np.asarray(readings, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"type_a {name!r}: readings must be numbers, rows of equal length"
        raise UncertaintyError(msg) from error
    if not np.all(np.isfinite(x)):
        msg = f"type_a {name!r}: every reading must be a finite number"
        raise UncertaintyError(msg)
    if together:
        return _together(x, names, units or (unit,) * len(x))
    if axis is None and x.ndim != 1:
        msg = f"type_a {name!r}: readings of shape {x.shape} need axis= (independent means) or together=True"
        raise UncertaintyError(msg)
    n = x.shape[-1 if axis is None else axis]
    if n < 2:
        msg = f"type_a {name!r}: {n} reading has no standard deviation; take at least 2, or state u"
        raise UncertaintyError(msg)
    mean, u = x.mean(axis=axis), x.std(axis=axis, ddof=1) / math.sqrt(n)
    return quantity(mean, u=u, dof=n - 1, distribution="t", name=name, unit=unit)


def _together(
    x: "np.typing.NDArray[np.float64]", names: Sequence[str], units: Sequence[str | None]
) -> tuple[Quantity, ...]:
    if x.ndim != 2 or x.shape[1] <= x.shape[0]:
        msg = f"type_a together: readings of shape {x.shape}; (quantities, n) with n above the number of quantities"
        raise UncertaintyError(msg)
    n = x.shape[1]
    covariance = np.atleast_2d(np.cov(x)) / n
    return correlated([float(m) for m in x.mean(axis=1)], covariance=covariance, dof=n - 1, names=names, units=units)
