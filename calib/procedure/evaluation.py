"""What every evaluation ends with: rounding, and conformity by the agreed rule."""

import math
from dataclasses import dataclass, fields
from typing import Any

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

    def fields(self) -> dict[str, Any]:
        """Return the fields by name, for `Result(**…)`."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


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
        conformance_probability=_within(error, tolerance, wider) if tolerance.given else math.nan,
        tur=tur(tolerance, reported.U),
        scope="none" if covered is None else "in" if covered.inside else "out",
        cmc=cmc,
        rule_risk=_rule_risk(error, tolerance, band, wider),
    )


def _within(error: Quantity, limits: Limits, wider: float) -> float:
    """Return the probability that the true error lies within limits, its distribution widened about the value."""
    value = float(error.value)
    lower, upper = (value + (limit - value) / wider for limit in (limits.lower, limits.upper))
    return float(error.probability_between(lower, upper))


def _rule_risk(error: Quantity, tolerance: Limits, band: float, wider: float) -> float:
    """Return the greatest specific risk of false acceptance of the rule: that of a value on an acceptance limit.

    With the distribution of this result (JCGM 106:2012, 8.3): 0.83 U leaves 4.8 % of a normal one only.
    """
    low, high = acceptance_limits(tolerance, band)
    if not tolerance.given or low > high:
        return 0.0
    value = float(error.value)
    limits = [Limits(tolerance.lower - at + value, tolerance.upper - at + value) for at in (low, high)]
    return max(
        1.0 - _within(error, moved, wider) for at, moved in zip((low, high), limits, strict=True) if math.isfinite(at)
    )
