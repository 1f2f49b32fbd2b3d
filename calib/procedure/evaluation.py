"""What every evaluation does at the end: rounding, conformity by the agreed rule, budget as data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from calib.procedure.job import Decision
from calib.record.result import BudgetRow, Verdict
from calib.text import Text
from calib.uncertainty import Quantity, budget

COVERAGE_PROBABILITY = 0.9545
"""Of every expanded uncertainty on a certificate: k = 2.00 for a normal distribution."""
