"""Accuracy specifications as versioned data, shared by tolerances, budgets and simulated instruments."""

from calib.specification.library import load_specification, shipped
from calib.specification.model import Accuracy, AccuracyRow, Coverage, Interval, Source, Specification, interval_end

__all__ = [
    "Accuracy",
    "AccuracyRow",
    "Coverage",
    "Interval",
    "Source",
    "Specification",
    "interval_end",
    "load_specification",
    "shipped",
]
