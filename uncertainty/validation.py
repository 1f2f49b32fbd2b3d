"""Does the GUM framework hold for this model? Its results against Monte Carlo (JCGM 101:2008, 8; JCGM 102:2011, 8)."""

import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.adaptive import joint_figures
from calib.uncertainty.firstorder import FirstOrder, first_order
from calib.uncertainty.montecarlo import monte_carlo
from calib.uncertainty.options import Model, Options
from calib.uncertainty.outcome import MonteCarlo, tidy
from calib.uncertainty.regions import ellipse_factor
from calib.uncertainty.source import FloatOrArray


@dataclass(frozen=True)
class Validation:
    """Verdict on the interval y ± U of the GUM framework; numbers have the shape of the output."""

    validated: bool
    """Whether d_low and d_high, of every output, are within the tolerance."""
    d_low: FloatOrArray
    """|y − U − y_low|."""
    d_high: FloatOrArray
    """|y + U − y_high|."""
    tolerance: FloatOrArray
    """δ: half a unit of the last significant digit of u (JCGM 101:2008, 7.9.2)."""
    probability: float
    digits: int
    first_order: FirstOrder
    monte_carlo: MonteCarlo


@dataclass(frozen=True)
class JointValidation:
    """Verdict on several outputs together (JCGM 102:2011, 8.2): values, u, correlation and ellipse."""

    validated: bool
    d_value: FloatOrArray
    d_u: FloatOrArray
    tolerance: FloatOrArray
    """Of value and u, one for each output."""
    d_lambda: float
    """Difference of the largest eigenvalues of the correlation matrices."""
    lambda_tolerance: float
    d_kp: float
    """Difference of the factors of the ellipses."""
    kp_tolerance: float
    probability: float
    digits: int


def validate(
    model: Model,
    inputs: Mapping[str, Any],
    p: float = 0.95,
    *,
    digits: int = 2,
    shortest: bool = False,
    seed: "int | np.random.SeedSequence | None" = None,
    trials: int | None = None,
    workers: int | Executor = 1,
) -> Validation:
    """Return whether the GUM framework is validated for this model, with `digits` significant digits of u.

    Monte Carlo takes as many trials as make its figures stable to δ/5 (JCGM 101:2008, 8.2), or exactly `trials`.
    """
    first = first_order(model, inputs)
    tolerance = None if trials else np.asarray(numerical_tolerance(first.u, digits)) / 5
    sampled = monte_carlo(
        model, inputs, Options(trials=trials, seed=seed, tolerance=tolerance, probability=p, workers=workers)
    )
    return compared(first, sampled, p, digits=digits, shortest=shortest)


def compared(
    first: FirstOrder, sampled: MonteCarlo, p: float = 0.95, *, digits: int = 2, shortest: bool = False
) -> Validation:
    """Return the verdict from two results: the ends of y ± U, k from normal or t as in the GUM, against the trials'."""
    expanded = first.quantity.expanded(p, method="t")
    low, high = sampled.shortest(p) if shortest else sampled.interval(p)
    d_low = np.abs(first.value - expanded.U - low)
    d_high = np.abs(first.value + expanded.U - high)
    delta = numerical_tolerance(first.u, digits)
    good = bool(np.all((d_low <= delta) & (d_high <= delta)))
    return Validation(good, tidy(d_low), tidy(d_high), delta, p, digits, first, sampled)


def compared_jointly(first: FirstOrder, sampled: MonteCarlo, p: float = 0.95, *, digits: int = 2) -> JointValidation:
    """Return the verdict on several outputs together; kp of the GUM framework is that of `FirstOrder.ellipse`."""
    if first.quantity.size < 2:
        msg = "one output alone: compare its interval, by validate or compared"
        raise UncertaintyError(msg)
    rows = sampled.draws.reshape(-1, sampled.trials)
    std = np.sqrt(np.diagonal(first.covariance))
    largest = float(np.linalg.eigvalsh(first.covariance / np.outer(std, std))[-1])
    kp = ellipse_factor(len(rows), p, float(np.min(first.dof)))
    there, factor = joint_figures(rows, np.ravel(sampled.value), sampled.covariance, p)
    d_value, d_u = np.abs(first.value - sampled.value), np.abs(first.u - sampled.u)
    delta = numerical_tolerance(first.u, digits)
    lambda_delta, kp_delta = numerical_tolerance(largest, digits), numerical_tolerance(kp, digits)
    d_lambda, d_kp = abs(largest - there), abs(kp - factor)
    good = bool(np.all((d_value <= delta) & (d_u <= delta)) and d_lambda <= lambda_delta and d_kp <= kp_delta)
    return JointValidation(good, d_value, d_u, delta, d_lambda, lambda_delta, d_kp, kp_delta, p, digits)


def numerical_tolerance(u: FloatOrArray, digits: int = 2) -> FloatOrArray:
    """Return δ = ½·10^ℓ, with u = c·10^ℓ and c of so many digits (JCGM 101:2008, 7.9.2)."""
    if digits < 1:
        msg = f"digits = {digits}: at least one significant digit"
        raise UncertaintyError(msg)
    return tidy(np.vectorize(_tolerance, otypes=[np.float64])(u, digits))


def _tolerance(u: float, digits: int) -> float:
    if not (u > 0 and math.isfinite(u)):
        msg = f"u = {u}: a numerical tolerance follows from an uncertainty above 0; give tolerance= itself"
        raise UncertaintyError(msg)
    exponent = int(f"{u:.{digits - 1}e}".partition("e")[2])  # of u as rounded: 0.0996 counts as 0.10
    return 0.5 * 10.0 ** (exponent - digits + 1)
