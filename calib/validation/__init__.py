"""Validation of an installation (ISO/IEC 17025:2017, 7.11.2): reference cases, coverage, a signed and dated report."""

from calib.validation.cases import Case, Finding, evaluate_case, reference_cases
from calib.validation.report import Report, read_report, validate, write_report

__all__ = [
    "Case",
    "Finding",
    "Report",
    "evaluate_case",
    "read_report",
    "reference_cases",
    "validate",
    "write_report",
]
