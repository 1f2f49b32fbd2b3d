"""Accuracy specifications as versioned data, shared by tolerances, budgets and simulated instruments."""

from calib.specification.interval import Interval, interval_end, interval_text
from calib.specification.library import GENERIC, load_specification, shipped
from calib.specification.model import Accuracy, AccuracyRow, Coverage, Source, Specification
from calib.specification.scope import Covered, Scope, ScopeEntry

__all__ = [
    "GENERIC",
    "Accuracy",
    "AccuracyRow",
    "Coverage",
    "Covered",
    "Interval",
    "Scope",
    "ScopeEntry",
    "Source",
    "Specification",
    "interval_end",
    "interval_text",
    "load_specification",
    "shipped",
]
