"""What every evaluation ends with: rounding, and conformity by the agreed rule."""

import math
from dataclasses import dataclass

import numpy as np

from calib.procedure.job import Decision
from calib.record.result import InScope, Verdict
from calib.specification import Covered
from calib.uncertainty import Quantity
from calib.uncertainty.conformity import DecisionRule, Limits, acceptance_limits, tur
from calib.uncertainty.rounding import round_uncertainty

COVERAGE_PROBABILITY = 0.9545
"""Of every expanded uncertainty on a certificate: k = 2.00 for a normal distribution."""


@dataclass(frozen=True)
class Judged:
    """An error with its expanded uncertainty, rounded, and its verdict; the fields of a `Result` of the same names."""

    error: float
    u: float
    dof: float
    k: float
    probability: float
    U: float
    coverage_method: str
    reported_error: float
    reported_U: float
    lower_limit: float
    upper_limit: float
    lower_acceptance: float
    upper_acceptance: float
    verdict: Verdict
    verdict_unguarded: Verdict
    conformance_probability: float
    tur: float
    scope: InScope
    cmc: float
    rule_risk: float


def judge(error: Quantity, limit: float | None, decision: Decision, covered: Covered | None = None) -> Judged:
    """Return the error with U at 95.45 %, rounded, and its verdict against ± `limit` (None for no tolerance).

    U comes from the distribution of the budget. Error and U are rounded first, U is raised to the CMC where `covered`
    (`Context.covered`) says so, and conformity is decided on what is reported, so that no reader of the certificate can
    come to another verdict. Probabilities are those of the unrounded distribution, widened with U where U was raised.
    """
    expanded = error.expanded(COVERAGE_PROBABILITY)
    value, U = float(error.value), float(expanded.U)
    cmc = covered.cmc if covered is not None else 0.0
    reported = round_uncertainty(value, U, least=cmc)
    wider = max(reported.U / U, 1.0) if reported.raised else 1.0
    tolerance = Limits(-math.inf, math.inf) if limit is None or decision.rule == "none" else Limits(-limit, limit)
    rule = decision.conformity_rule
    band = rule.guard_band(reported.U, tolerance) if tolerance.given else 0.0
    lower, upper = acceptance_limits(tolerance, band)
    conforming, risk = _conformity(error, tolerance, (lower, upper), wider)
    return Judged(
        error=value,
        u=float(error.u),
        dof=float(error.dof),
        k=float(expanded.k),
        probability=COVERAGE_PROBABILITY,
        U=U,
        coverage_method=expanded.method,
        reported_error=reported.value,
        reported_U=reported.U,
        lower_limit=tolerance.lower,
        upper_limit=tolerance.upper,
        lower_acceptance=lower,
        upper_acceptance=upper,
        verdict=rule.verdict(reported.value, reported.U, tolerance),
        verdict_unguarded=DecisionRule().verdict(reported.value, reported.U, tolerance),
        conformance_probability=conforming,
        tur=tur(tolerance, reported.U),
        scope="none" if covered is None else "in" if covered.inside else "out",
        cmc=cmc,
        rule_risk=risk,
    )


def _conformity(
    error: Quantity, tolerance: Limits, acceptance: tuple[float, float], wider: float
) -> tuple[float, float]:
    """Return the probability to conform, and the greatest specific risk of false acceptance of the rule.

    That is the risk of a value on an acceptance limit, with the distribution of this result, widened about the value
    (JCGM 106:2012, 8.3): 0.83 U leaves 4.8 % of a normal one only.
    """
    if not tolerance.given:
        return math.nan, 0.0
    value, (low, high) = float(error.value), acceptance
    on_limits = [at for at in acceptance if math.isfinite(at)] if low <= high else []
    away = np.array((tolerance.lower, tolerance.upper)) - np.array([[value], *([at] for at in on_limits)])
    ends = value + away / wider
    conforming, *accepted = error.probability_between(ends[:, 0], ends[:, 1]).tolist()
    return conforming, max((1.0 - p for p in accepted), default=0.0)
