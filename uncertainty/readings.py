"""Type A: mean and standard uncertainty of repeated readings (JCGM 100:2008, 4.2)."""

import math
from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.joint import correlated
from calib.uncertainty.scatter import Scatter
from calib.uncertainty.source import FloatOrArray
from calib.uncertainty.uncertain import Quantity


@overload
def type_a(
    readings: ArrayLike,
    *,
    axis: int | None = ...,
    name: str = ...,
    unit: str | None = ...,
    scatter: Scatter | None = ...,
    autocorrelated: bool = ...,
    bayesian: bool = ...,
) -> Quantity: ...


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
    scatter: Scatter | None = None,
    autocorrelated: bool = False,
    bayesian: bool = False,
) -> Quantity | tuple[Quantity, ...]:
    """Return the mean of independent readings with u = s/√n and ν = n − 1 (JCGM 100:2008, eq. 3 and 5).

    Parameters
    ----------
    readings
        Shape (n,), or more axes with `axis` or `together`.
    axis
        An array of independent means over that axis.
    together
        Readings of shape (quantities, n) taken at the same times give as many correlated means (JCGM 100:2008,
        eq. 17); there must be more readings than quantities.
    scatter
        Standard deviation of one reading known from earlier series, such as of `pool`: u = s/√n with its ν
        (JCGM 100:2008, 4.2.4); one reading is then enough.
    autocorrelated
        Evenly spaced readings, shape (n,), that depend on those before: u² = s² (n − 1)/(n (n_e − 1)) and
        ν = n_e − 1 with the effective number n_e of `effective_count`, which is also where sources stand.
    bayesian
        u = s/√n · √(ν/(ν − 2)), the standard deviation of the t distribution that the mean has after the readings
        (JCGM 101:2008, 6.4.9.4, and 6.4.9.6 for a pooled s), with unlimited degrees of freedom; needs ν above 2.

    Raises
    ------
    UncertaintyError
        Fewer than two readings, one that is not a finite number, or too few for what is asked.
    """
    try:
        x = np.asarray(readings, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"type_a {name!r}: readings must be numbers, rows of equal length"
        raise UncertaintyError(msg) from error
    if not np.all(np.isfinite(x)):
        msg = f"type_a {name!r}: every reading must be a finite number"
        raise UncertaintyError(msg)
    if together and (scatter is not None or autocorrelated or bayesian):
        msg = f"type_a {name!r}: together=True is for independent joint readings: without scatter and other options"
        raise UncertaintyError(msg)
    if together:
        return _together(x, names, units or (unit,) * len(x))
    if axis is None and x.ndim != 1:
        msg = f"type_a {name!r}: readings of shape {x.shape} need axis= (independent means) or together=True"
        raise UncertaintyError(msg)
    u, dof = _spread(x, axis, name, scatter, autocorrelated=autocorrelated)
    if not bayesian:
        return quantity(x.mean(axis=axis), u=u, dof=dof, distribution="t", name=name, unit=unit)
    from calib.uncertainty.bayes import after_sample

    return after_sample(x.mean(axis=axis), u, dof, name=name, unit=unit)


def _spread(
    x: "np.typing.NDArray[np.float64]", axis: int | None, name: str, scatter: Scatter | None, *, autocorrelated: bool
) -> tuple[FloatOrArray, float]:
    """Return the standard uncertainty of the mean and its degrees of freedom."""
    if scatter is not None and not isinstance(scatter, Scatter):
        msg = f"type_a {name!r}: scatter = {scatter}: give Scatter(s, dof), or what pool returns"
        raise UncertaintyError(msg)
    n = x.shape[-1 if axis is None else axis]
    if n < (1 if scatter else 2):
        msg = f"type_a {name!r}: {n} reading has no standard deviation; take at least 2, or state u"
        raise UncertaintyError(msg)
    if autocorrelated:
        if x.ndim != 1 or scatter is not None:
            msg = f"type_a {name!r}: autocorrelated=True takes one series of its own scatter, got shape {x.shape}"
            raise UncertaintyError(msg)
        from calib.uncertainty.autocorrelation import effective_count

        effective = effective_count(x)
        return float(x.std()) / math.sqrt(effective - 1), effective - 1
    if scatter is not None:
        return np.full(x.mean(axis=axis).shape, scatter.s / math.sqrt(n))[()], float(scatter.dof)
    return x.std(axis=axis, ddof=1) / math.sqrt(n), n - 1


def _together(
    x: "np.typing.NDArray[np.float64]", names: Sequence[str], units: Sequence[str | None]
) -> tuple[Quantity, ...]:
    if x.ndim != 2 or x.shape[1] <= x.shape[0]:
        msg = f"type_a together: readings of shape {x.shape}; (quantities, n) with n above the number of quantities"
        raise UncertaintyError(msg)
    n = x.shape[1]
    covariance = np.atleast_2d(np.cov(x)) / n
    return correlated([float(m) for m in x.mean(axis=1)], covariance=covariance, dof=n - 1, names=names, units=units)
