"""Measurement uncertainty by the GUM: quantities, budgets, coverage, Monte Carlo, rounding, conformity."""

from calib.uncertainty.contributions import Budget, BudgetRow, budget, correlation, covariance
from calib.uncertainty.coverage import Expanded
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.inputs import quantity
from calib.uncertainty.joint import correlated
from calib.uncertainty.readings import type_a
from calib.uncertainty.uncertain import Quantity

__all__ = [
    "Budget",
    "BudgetRow",
    "Expanded",
    "Quantity",
    "budget",
    "correlated",
    "correlation",
    "covariance",
    "coverage_factor",
    "quantity",
    "type_a",
]
