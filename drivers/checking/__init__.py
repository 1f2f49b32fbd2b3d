"""Whether a driver keeps the rules that all drivers keep, tried on its simulated twin."""

from calib.drivers.checking.report import Finding, Report
from calib.drivers.checking.rules import check_driver

__all__ = ["Finding", "Report", "check_driver"]
