"""Uncertainty budgets as files: for people who do not program."""

from calib.uncertainty.budgetfile.checking import BudgetInput, Measurand, budget_of, read_budget
from calib.uncertainty.budgetfile.evaluation import Evaluated, Results, evaluate
from calib.uncertainty.budgetfile.how import Asked, How
from calib.uncertainty.budgetfile.jointly import Jointly
from calib.uncertainty.budgetfile.results import results_json

__all__ = [
    "Asked",
    "BudgetInput",
    "Evaluated",
    "How",
    "Jointly",
    "Measurand",
    "Results",
    "budget_of",
    "evaluate",
    "read_budget",
    "results_json",
]
