"""Uncertainty budgets as files: for people who do not program."""

from calib.uncertainty.budgetfile.checking import BudgetInput, Measurand, budget_of, read_budget
from calib.uncertainty.budgetfile.evaluation import Evaluated, evaluate
from calib.uncertainty.budgetfile.results import results_json, results_text

__all__ = [
    "BudgetInput",
    "Evaluated",
    "Measurand",
    "budget_of",
    "evaluate",
    "read_budget",
    "results_json",
    "results_text",
]
