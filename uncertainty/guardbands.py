"""Guard bands by the rules in use: how far the acceptance limits lie inside the tolerance."""

import math

from calib.errors import UncertaintyError
from calib.uncertainty.conformity import GUARD_FACTORS, Limits, acceptance_limits, conformance_probability, tur
from calib.uncertainty.prior import Prior
from calib.uncertainty.risk import global_risk
from calib.uncertainty.source import check_u
from calib.uncertainty.uncertain import Quantity

TUR_RULES = ("rss", "dobbert", "test-95", "rp-10")
"""Rules by the test uncertainty ratio (handbook of ANSI/NCSL Z540.3): methods 5 and 6, 95 % test limits, RP-10."""


def guard_band_multiplier(rule: str, ratio: float) -> float:
    """Return A/L, acceptance over tolerance limit, of symmetric limits ± L for a test uncertainty ratio L/U95.

    rss (method 5) √(1 − 1/TUR²); dobbert (method 6, PFA at most 2 % whatever the prior)
    1 − (1.04 − exp(0.38 ln TUR − 0.54))/TUR, at most 1; test-95 1 − 1/TUR; rp-10 1.25 − 1/TUR, at most 1. Both of the
    latter leave the tolerance as it is above TUR = 4. 0 where nothing can be accepted.

    Raises
    ------
    UncertaintyError
        Unknown rule, or a ratio that is not above 0.
    """
    if not 0 < ratio < math.inf:
        msg = f"TUR = {ratio}: rule {rule!r} needs two finite limits and U above 0"
        raise UncertaintyError(msg)
    if rule == "rss":
        return math.sqrt(max(1 - 1 / ratio**2, 0.0))
    if rule == "dobbert":
        return min(max(1 - (1.04 - math.exp(0.38 * math.log(ratio) - 0.54)) / ratio, 0.0), 1.0)
    if rule in {"test-95", "rp-10"}:
        most = 1.0 if rule == "test-95" else 1.25
        return 1.0 if ratio > 4 else min(max(most - 1 / ratio, 0.0), 1.0)
    msg = f"guard band rule {rule!r} is not known; choose one of {', '.join(TUR_RULES)}"
    raise UncertaintyError(msg)


def guard_band(rule: str | float, tolerance: Limits, U: float) -> float:
    """Return w, in the unit of the tolerance: the acceptance limits are the tolerance moved in by w.

    `rule` is a name of `GUARD_FACTORS` (w = r·U: simple, ilac-g8, iso-14253-1) or the customer's own number r, or one
    of `TUR_RULES`, which need two finite limits. `U` is the expanded uncertainty for 95 %.
    """
    if not (math.isfinite(U) and U >= 0):
        msg = f"U = {U}: a guard band needs a finite expanded uncertainty, not negative"
        raise UncertaintyError(msg)
    if not isinstance(rule, str):
        return float(rule) * U
    if rule in GUARD_FACTORS:
        return GUARD_FACTORS[rule] * U
    if rule not in TUR_RULES:
        msg = f"guard band rule {rule!r} is not known; choose one of {', '.join((*GUARD_FACTORS, *TUR_RULES))}"
        raise UncertaintyError(msg)
    if U == 0:
        return 0.0
    half = 0.5 * (tolerance.upper - tolerance.lower)
    return (1.0 - guard_band_multiplier(rule, tur(tolerance, U))) * half


def guard_band_for_risk(tolerance: Limits, u: float, target: float, *, prior: Prior | Quantity | None = None) -> float:
    """Return the least guard band w ≥ 0 with a consumer's risk of at most `target` (such as 0.02).

    With `prior` the global risk R_C (ANSI/NCSL Z540.3-2006, 5.3 b; JCGM 106:2012, 9.5); without, the specific risk of
    a value on an acceptance limit (JCGM 106:2012, 8.3), which no accepted item exceeds. `u` is the standard
    uncertainty of the measurement, normal.

    Raises
    ------
    UncertaintyError
        No guard band within the tolerance reaches the target.
    """
    if not (0 < target < 1 and check_u(u) > 0):
        msg = f"guard_band_for_risk: target {target} must lie between 0 and 1, and u {u} above 0"
        raise UncertaintyError(msg)
    if not tolerance.given:
        msg = "guard_band_for_risk: there is no finite tolerance limit"
        raise UncertaintyError(msg)

    def excess(w: float) -> float:
        if prior is not None:
            return global_risk(tolerance, prior, u, guard_band=w).consumer - target
        ends = [e for e in acceptance_limits(tolerance, w) if math.isfinite(e)]
        return max(1 - conformance_probability(e, u, tolerance) for e in ends) - target

    if excess(0.0) <= 0:
        return 0.0
    half = 0.5 * (tolerance.upper - tolerance.lower)
    most = half * (1 - 1e-9) if math.isfinite(half) else u
    while math.isinf(half) and excess(most) > 0:
        most *= 2
    if excess(most) > 0:
        msg = f"guard_band_for_risk: with u = {u} no guard band reaches a risk of {target}: a smaller u is needed"
        raise UncertaintyError(msg)
    from scipy.optimize import brentq

    return float(brentq(excess, 0.0, most, xtol=1e-12 * most, rtol=1e-12))
