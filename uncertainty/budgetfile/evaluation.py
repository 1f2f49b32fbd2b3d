"""Evaluation of a budget file by one of the methods of `propagate`."""

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.budgetfile.checking import BudgetInput
from calib.uncertainty.budgetfile.how import Asked, How
from calib.uncertainty.budgetfile.jointly import Jointly, by_first_order, by_monte_carlo
from calib.uncertainty.budgetfile.measurands import Progress, Wanted, inputs, model, wanted
from calib.uncertainty.budgetfile.sampling import gum_validated, interval, one_of, sampled
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.linearity import FirstOrderWarning
from calib.uncertainty.propagation import propagate
from calib.uncertainty.uncertain import Quantity

_MOST_SOURCES = 300
"""Sources that second order takes: its time grows as their square, and as the length of the model."""


@dataclass(frozen=True)
class Evaluated:
    """One measurand."""

    name: str
    how: How
    unit: str
    first_order: Quantity | None
    """None where the model has no derivative at the estimates."""
    value: float
    """Best estimate; under Monte Carlo the mean."""
    u: float
    interval: tuple[float, float]
    shortest: tuple[float, float] | None = None
    """Of Monte Carlo, two-sided."""
    dof: float = math.inf
    U: float = math.nan
    k: float = math.nan
    coverage: str = ""
    """Where k comes from: `t`, `convolution` or `ea-4/02`."""
    trials: int = 0
    gum_validated: bool | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """The measurands in the order of the file, and where there are several, how they vary together."""

    each: tuple[Evaluated, ...]
    jointly: Jointly | None = None

    def __iter__(self) -> Iterator[Evaluated]:
        return iter(self.each)

    def __len__(self) -> int:
        return len(self.each)

    def __getitem__(self, i: int) -> Evaluated:
        return self.each[i]


def evaluate(read: BudgetInput, progress: Progress | None = None, **asked: Unpack[Asked]) -> Results:
    """Return the result for each measurand; what is not asked is as the file says.

    Raises
    ------
    FileError
        The model has no value at the estimates of the inputs.
    UncertaintyError
        Units do not fit, or the method cannot do it.
    """
    how = How.of(read.file, asked)
    try:
        with np.errstate(all="ignore"):  # a model that leaves its domain is told by an error, not by a warning
            return _by_monte_carlo(read, how, progress) if how.method == "monte-carlo" else _by_series(read, how)
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        msg = f"the numbers are too large or too small to compute with ({error}): take other units"
        raise UncertaintyError(msg) from error


def _by_series(read: BudgetInput, how: How) -> Results:
    """Return all measurands to first or second order."""
    found = [_alone(read, i, how) for i in range(len(read.measurands))]
    quantities = [e.first_order for e in found if e.first_order is not None]
    return Results(tuple(found), by_first_order(quantities, how) if len(found) > 1 else None)


def _alone(read: BudgetInput, i: int, how: How) -> Evaluated:
    """Return one measurand to first or second order, with what the engine warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FirstOrderWarning)
        y = wanted(read, read.measurands[i], derivative=True)
        found = _first_order(y, how) if how.method == "first-order" else _second_order(read, y, how)
    told = dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, FirstOrderWarning))
    return replace(found, warnings=tuple(told)) if how.method == "first-order" else found


def _first_order(wanted: Wanted, how: How) -> Evaluated:
    y = wanted.first_order
    assert y is not None
    e = y.expanded(how.probability, method=how.coverage, side=how.side, dof_policy=how.dof_policy)
    return Evaluated(
        wanted.measurand.name, how, wanted.unit, y, y.value, y.u, (e.lower, e.upper),
        dof=e.dof, U=e.U, k=e.k, coverage=e.method,
    )  # fmt: skip


def _second_order(read: BudgetInput, wanted: Wanted, how: How) -> Evaluated:
    sources = 0 if wanted.first_order is None else len(wanted.first_order.blocks)
    if sources > _MOST_SOURCES:
        msg = (
            f"second order takes at most {_MOST_SOURCES} sources of uncertainty, these are {sources}: take Monte Carlo"
        )
        raise UncertaintyError(msg)
    out: Any = propagate(model(read, [wanted]), inputs(read), "second-order")
    value, u, dof = float(out.value), float(out.u), float(out.dof)
    if math.isnan(dof):
        msg = "second order has no rule for correlated inputs of unequal degrees of freedom: take another method"
        raise UncertaintyError(msg)
    k = coverage_factor(how.probability, dof, one_sided=how.side != "both")
    U = k * u
    ends = (-math.inf if how.side == "upper" else value - U, math.inf if how.side == "lower" else value + U)
    return Evaluated(
        wanted.measurand.name, how, wanted.unit, wanted.first_order, value, u, ends,
        dof=dof, U=U, k=k if u else math.nan, coverage="t",
    )  # fmt: skip


def _by_monte_carlo(read: BudgetInput, how: How, progress: Progress | None) -> Results:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FirstOrderWarning)
        outputs = [wanted(read, m, derivative=False) for m in read.measurands]
    out = sampled(read, outputs, how, progress)
    found = []
    for i, y in enumerate(outputs):
        own = one_of(out, i)
        found.append(
            Evaluated(
                y.measurand.name, how, y.unit, y.first_order, float(own.value), float(own.u), interval(own, how),
                _pair(own.shortest(how.probability)), trials=own.trials, gum_validated=gum_validated(y, own, how),
            )
        )  # fmt: skip
    quantities = [y.first_order for y in outputs]
    return Results(tuple(found), by_monte_carlo(out, quantities, how) if len(found) > 1 else None)


def _pair(ends: tuple[Any, Any]) -> tuple[float, float]:
    return float(ends[0]), float(ends[1])
