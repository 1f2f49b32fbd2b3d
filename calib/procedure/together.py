"""Results that belong together, found from several points at once: their correlation, and budgets of their own."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from calib.record.result import BudgetRow, Result
from calib.record.together import Together
from calib.text import Text, same
from calib.uncertainty import Quantity, budget, correlation


def belonging_together(
    name: str, rows: Sequence[Result], values: Sequence[Quantity], places: Sequence[Mapping[str, Any]]
) -> list[Result]:
    """Return the rows as one set; `places` are the other fields of `Together`, row by row. One row alone is no set."""
    if len(rows) < 2:
        return list(rows)
    matrix = correlation(list(values))
    return [
        replace(row, together=Together(name=name, correlation=tuple(map(float, line)), **place))
        for row, line, place in zip(rows, matrix, places, strict=True)
    ]


def labels_of(rows: Iterable[Result]) -> dict[str, Text]:
    """Return what the inputs of several points are called, by their names."""
    return {entry.name: entry.label for row in rows for entry in row.budget}


def fitted_budget(y: Quantity, labels: Mapping[str, Text], unit: str) -> tuple[BudgetRow, ...]:
    """Return the budget of what was fitted to several points: a row for each kind of input, over all points.

    A row's u is what the input does to the result through the fit, in the result's unit, so that its sensitivity is 1.
    """
    kinds: dict[str, list[Any]] = {}
    for row in budget(y):
        if row.contribution > 0:
            kinds.setdefault(row.name, []).append(row)
    return tuple(_row(name, labels.get(name, same(name)), rows, unit) for name, rows in kinds.items())


def _row(name: str, label: Text, rows: Sequence[Any], unit: str) -> BudgetRow:
    u = math.sqrt(math.fsum(row.contribution**2 for row in rows))
    weak = math.fsum((row.contribution / u) ** 4 / row.dof for row in rows)  # Welch-Satterthwaite, JCGM 100:2008, G.4.1
    return BudgetRow(
        name=name,
        label=label,
        value=0.0,
        u=u,
        dof=1 / weak if weak else math.inf,
        distribution=rows[0].distribution if len(rows) == 1 else "normal",
        unit=unit,
        sensitivity=1.0,
        contribution=u,
        share=math.fsum(row.share for row in rows),
    )
