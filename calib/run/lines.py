"""How a result reads on a screen: one line of columns, every number with its unit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from calib.record.result import Result, Verdict
from calib.text import Language, both
from calib.uncertainty.rounding import decimals_of, fixed
from calib.units import exponent, show

WIDTHS = (11, 13, 18, 24, 13, 12, 18)
"""Of the columns, in characters."""
_HEADINGS = (
    both("Range"),
    both("Nominal"),
    both("Indicated"),
    both("Error ± U"),
    both("k"),
    both("Limit ±"),
    both("Verdict"),
)
VERDICTS: dict[Verdict, object] = {}


@dataclass(frozen=True)
class Line:
    """A result's cells, and its verdict for colours."""

    cells: tuple[str, ...]
    verdict: Verdict
