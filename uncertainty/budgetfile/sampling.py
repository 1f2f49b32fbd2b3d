"""Monte Carlo of all measurands of a budget file, from the same draws."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from calib.errors import InputError, UncertaintyError
from calib.uncertainty.budgetfile.checking import BudgetInput
from calib.uncertainty.budgetfile.how import How
from calib.uncertainty.budgetfile.measurands import Progress, Wanted, inputs, model
from calib.uncertainty.firstorder import FirstOrder
from calib.uncertainty.linearity import FirstOrderWarning
from calib.uncertainty.outcome import MonteCarlo
from calib.uncertainty.propagation import propagate

_PILOT = 10_000
_MOST = 100_000_000


def sampled(read: BudgetInput, outputs: Sequence[Wanted], how: How, progress: Progress | None) -> MonteCarlo:
    """Return the result of one run: of several measurands their values are rows, in the units wanted.

    Raises
    ------
    UncertaintyError
        The model leaves its domain, or the tolerance is not reached in the trials allowed.
    """
    options: dict[str, Any] = {"trials": how.trials}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FirstOrderWarning)
        if how.tolerance is not None:
            options = {"trials": how.trials or _MOST, "tolerance": _tolerance(read, outputs, how)}
        try:
            return _run(read, outputs, how, progress, options)
        except MemoryError:
            msg = f"{how.trials or _MOST} trials need more memory than there is; take fewer, or a wider tolerance"
            raise InputError(msg) from None


def _run(
    read: BudgetInput, outputs: Sequence[Wanted], how: How, progress: Progress | None, options: dict[str, Any]
) -> MonteCarlo:
    counted = model(read, outputs, progress=progress)
    out: Any = propagate(
        counted, inputs(read), "monte-carlo", seed=how.seed, probability=how.probability, workers=how.workers,
        linearise=True, **options,
    )  # fmt: skip
    assert isinstance(out, MonteCarlo)
    return out


def _tolerance(read: BudgetInput, outputs: Sequence[Wanted], how: How) -> Any:
    """Return the tolerance stated, or δ of every u as some first trials give it (JCGM 101:2008, 7.9.2)."""
    if how.tolerance != "digits":
        return how.tolerance
    from calib.uncertainty.validation import numerical_tolerance

    return numerical_tolerance(_run(read, outputs, how, None, {"trials": _PILOT}).u, how.digits)


def one_of(out: MonteCarlo, i: int) -> MonteCarlo:
    """Return one measurand's result."""
    if out.draws.ndim == 1:
        return out
    value, u = np.asarray(out.value), np.asarray(out.u)
    return replace(out, draws=out.draws[i], value=float(value[i]), u=float(u[i]))


def interval(out: MonteCarlo, how: How) -> tuple[float, float]:
    """Return the probabilistically symmetric interval, or the one-sided one that was asked for."""
    if how.side == "both":
        low, high = out.interval(how.probability)
        return float(low), float(high)
    if how.side == "upper":
        return -np.inf, float(np.quantile(out.draws, how.probability))
    return float(np.quantile(out.draws, 1 - how.probability)), np.inf


def gum_validated(wanted: Wanted, out: MonteCarlo, how: How) -> bool:
    """Return the verdict on the interval of the GUM framework (JCGM 101:2008, 8); one-sided, on its one end.

    False also where first order has no interval, or no uncertainty.
    """
    from calib.uncertainty.validation import compared, numerical_tolerance

    y = wanted.first_order
    if y is None:
        return False
    try:
        if how.side == "both":
            return compared(FirstOrder(y), out, how.probability, digits=how.digits).validated
        stated = y.expanded(how.probability, method="t", side=how.side, dof_policy=how.dof_policy)
        end = stated.lower if how.side == "lower" else stated.upper
        there = interval(out, how)[0 if how.side == "lower" else 1]
        return bool(abs(end - there) <= numerical_tolerance(y.u, how.digits))
    except UncertaintyError:
        return False
