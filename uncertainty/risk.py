"""Risks of false acceptance and false rejection (JCGM 106:2012, clause 9)."""

import math
from dataclasses import dataclass

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.conformity import Limits, acceptance_limits, conformance_probability, verdict
from calib.uncertainty.prior import Array, Prior, normal_between
from calib.uncertainty.source import check_u
from calib.uncertainty.uncertain import Quantity

_NEAR = np.array([0.0, 1.0, 2.0, 3.5, 5.0, 7.0, 10.0])


@dataclass(frozen=True)
class SpecificRisk:
    """Of one item that has been measured (JCGM 106:2012, clause 9)."""

    conformance: float
    """Probability that the item conforms, p_c."""
    accepted: bool
    """Whether the measured value lies within the acceptance limits."""

    @property
    def consumer(self) -> float:
        """R*_C = 1 − p_c of an accepted item; 0 of a rejected one."""
        return 1.0 - self.conformance if self.accepted else 0.0

    @property
    def producer(self) -> float:
        """R*_P = p_c of a rejected item; 0 of an accepted one."""
        return 0.0 if self.accepted else self.conformance


@dataclass(frozen=True)
class GlobalRisk:
    """Of the next item to be measured, as probabilities (JCGM 106:2012, 9.5)."""

    consumer: float
    """R_C: it does not conform and is accepted (probability of false acceptance, PFA)."""
    producer: float
    """R_P: it conforms and is rejected (probability of false rejection, PFR)."""
    accepted: float
    """It is accepted."""
    conforming: float
    """It conforms (in-tolerance probability)."""

    @property
    def consumer_if_accepted(self) -> float:
        """Probability that an accepted item does not conform (conditional PFA); nan where none is accepted."""
        return self.consumer / self.accepted if self.accepted > 0 else math.nan

    @property
    def producer_if_rejected(self) -> float:
        """Probability that a rejected item conforms; nan where none is rejected."""
        return self.producer / (1 - self.accepted) if self.accepted < 1 else math.nan


def posterior(y: float, u: float, prior: Prior | Quantity) -> tuple[float, float]:
    """Return mean and standard deviation of the measurand after a reading `y` ± `u` of an item from a normal prior.

    Weights 1/u² and 1/u0² (JCGM 106:2012, clause 6).
    """
    prior = Prior.taken(prior)
    if prior.normal is None:
        msg = "posterior: only a normal prior gives a normal posterior; use specific_risk, which integrates"
        raise UncertaintyError(msg)
    mean, u0 = prior.normal
    a, b = 1.0 / _positive(u) ** 2, 1.0 / u0**2
    return (y * a + mean * b) / (a + b), math.sqrt(1.0 / (a + b))


def specific_risk(
    y: float, u: float, tolerance: Limits, *, guard_band: float = 0.0, prior: Prior | Quantity | None = None
) -> SpecificRisk:
    """Return the risk of the decision on one item, measured `y` with normal standard uncertainty `u`, in its unit.

    Without `prior` what is known of the item is the measurement alone (JCGM 106:2012, 7.4); with it the
    posterior, in closed form for a normal prior, else by quadrature. For the real distribution of a budget use
    `Quantity.probability_between`.
    """
    if not math.isfinite(y):
        msg = f"specific_risk: y = {y} is not a finite number"
        raise UncertaintyError(msg)
    if prior is None:
        p = conformance_probability(y, _positive(u), tolerance)
    elif (known := Prior.taken(prior)).normal is not None:
        p = conformance_probability(*posterior(y, u, known), tolerance)
    else:
        p = _conditioned(y, _positive(u), tolerance, known)
    return SpecificRisk(p, verdict(y, tolerance, guard_band) in {"pass", "none"})


def global_risk(tolerance: Limits, prior: Prior | Quantity, u: float, *, guard_band: float = 0.0) -> GlobalRisk:
    """Return the risks of items from `prior`, measured with normal standard uncertainty `u`, in its unit.

    Accepted is what reads within the tolerance moved in by `guard_band` (negative: out). R_C and R_P of
    JCGM 106:2012, 9.5, by Gauss-Legendre quadrature between tolerance and acceptance limits.

    Raises
    ------
    UncertaintyError
        u not above 0, or a prior whose density is not one.
    """
    low, high = acceptance_limits(tolerance, guard_band)
    prior, u = Prior.taken(prior), _positive(u)

    def accepted(x: Array) -> Array:
        return normal_between((low - x) / u, (high - x) / u) if low < high else np.zeros_like(x)

    def rejected(x: Array) -> Array:
        if not low < high:
            return np.ones_like(x)
        return np.asarray(normal_between(-np.inf, (low - x) / u) + normal_between((high - x) / u, np.inf))

    ends = np.array([e for e in (low, high, tolerance.lower, tolerance.upper) if math.isfinite(e)])
    knots = np.concatenate([(ends - u * step, ends + u * step) for step in _NEAR], axis=None).tolist()
    inside = (tolerance.lower, tolerance.upper)
    consumer = prior.integral(accepted, -math.inf, inside[0], knots) + prior.integral(
        accepted, inside[1], math.inf, knots
    )
    producer = prior.integral(rejected, *inside, knots)
    passed = consumer + prior.integral(accepted, *inside, knots)
    return GlobalRisk(consumer, producer, passed, prior.integral(np.ones_like, *inside, knots))


def _conditioned(y: float, u: float, tolerance: Limits, prior: Prior) -> float:
    """Return the posterior probability of conformance: ∫ likelihood · prior within the limits over that everywhere."""

    def likelihood(x: Array) -> Array:
        return np.asarray(np.exp(-0.5 * ((y - x) / u) ** 2))

    knots = np.concatenate((y - u * _NEAR, y + u * _NEAR)).tolist()
    whole = prior.integral(likelihood, -math.inf, math.inf, knots)
    if not whole > 0:
        msg = f"specific_risk: y = {y} is impossible for items of this prior ({prior.lower} … {prior.upper})"
        raise UncertaintyError(msg)
    return prior.integral(likelihood, tolerance.lower, tolerance.upper, knots) / whole


def _positive(u: float) -> float:
    if not check_u(u) > 0:
        msg = f"u = {u}: a risk needs a standard uncertainty above 0"
        raise UncertaintyError(msg)
    return float(u)
