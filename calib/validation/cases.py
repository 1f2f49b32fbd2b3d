"""Cases with known answers: published examples, and figures on which other programs agree. Each is a budget file.

The numbers and their sources stand in `cases.json`; the expected ones come from the sources, none from this program.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calib.errors import CalibError

_FILE = Path(__file__).with_name("cases.json")
_SEED = 1


@dataclass(frozen=True)
class Expected:
    """One figure of a case."""

    figure: str
    """As in the JSON of `calib budget`: `standard_uncertainty`, `interval.0`, …"""
    value: float
    abs: float
    """Absolute tolerance: half a unit of the last printed digit, where it was printed."""
    rel: float

    def holds(self, found: float) -> bool:
        """Return whether a figure is the expected one."""
        if math.isinf(self.value) or not math.isfinite(found):
            return found == self.value
        return abs(found - self.value) <= max(self.abs, self.rel * abs(self.value))


@dataclass(frozen=True)
class Case:
    """A budget with its known answer."""

    id: str
    source: str
    budget: Mapping[str, Any]
    """Tables of a budget file."""
    options: Mapping[str, Any]
    """How it is evaluated: method, trials, coverage, probability."""
    expected: tuple[Expected, ...]


@dataclass(frozen=True)
class Finding:
    """What this installation made of one figure of a case."""

    case: str
    source: str
    figure: str
    expected: float
    found: float
    """nan where the case could not be evaluated."""
    tolerance: float
    holds: bool


def reference_cases() -> tuple[Case, ...]:
    """Return all cases."""
    tables = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Case(
            c["id"],
            c["source"],
            c["budget"],
            c["options"],
            tuple(Expected(e["figure"], float(e["value"]), e["abs"], e["rel"]) for e in c["expected"]),
        )
        for c in tables["cases"]
    )


def evaluate_case(case: Case) -> tuple[Finding, ...]:
    """Return what this installation makes of a case, figure by figure."""
    from calib.uncertainty.budgetfile import budget_of, evaluate, results_json

    try:
        read = budget_of(case.budget, case.id)
        found = json.loads(results_json(read, evaluate(read, seed=_SEED, **case.options)))
    except CalibError:
        found = {}
    return tuple(_finding(case, e, _figure(found, e.figure)) for e in case.expected)


def _finding(case: Case, e: Expected, found: float) -> Finding:
    tolerance = max(e.abs, e.rel * abs(e.value)) if math.isfinite(e.value) else 0.0
    return Finding(case.id, case.source, e.figure, e.value, found, tolerance, e.holds(found))


def _figure(found: Any, figure: str) -> float:
    for part in figure.split("."):
        try:
            found = found[int(part)] if part.isdigit() else found[part]
        except (KeyError, IndexError, TypeError):
            return math.nan
    return float(found)
