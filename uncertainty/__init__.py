"""Measurement uncertainty by the GUM: quantities, budgets, coverage, Monte Carlo, lines, rounding, conformity."""

from calib.uncertainty.conformity import (
    GUARD_FACTORS,
    DecisionRule,
    Limits,
    Verdict,
    acceptance_limits,
    conformance_probability,
    tur,
    verdict,
)
from calib.uncertainty.contributions import Budget, BudgetRow, budget, correlation, covariance
from calib.uncertainty.coverage import Expanded
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.inputs import quantity
from calib.uncertainty.joint import correlated
from calib.uncertainty.lines import Line, fit_line
from calib.uncertainty.propagation import FirstOrder, MonteCarlo, propagate
from calib.uncertainty.readings import type_a
from calib.uncertainty.rounding import Rounded, round_inward, round_to, round_uncertainty
from calib.uncertainty.samples import Samples
from calib.uncertainty.uncertain import Quantity

__all__ = [
    "GUARD_FACTORS",
    "Budget",
    "BudgetRow",
    "DecisionRule",
    "Expanded",
    "FirstOrder",
    "Limits",
    "Line",
    "MonteCarlo",
    "Quantity",
    "Rounded",
    "Samples",
    "Verdict",
    "acceptance_limits",
    "budget",
    "conformance_probability",
    "correlated",
    "correlation",
    "covariance",
    "coverage_factor",
    "fit_line",
    "propagate",
    "quantity",
    "round_inward",
    "round_to",
    "round_uncertainty",
    "tur",
    "type_a",
    "verdict",
]
