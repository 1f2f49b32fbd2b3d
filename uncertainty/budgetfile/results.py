"""Results of a budget file as JSON and as text."""

import json
from collections.abc import Sequence
from typing import Any

from calib.uncertainty.budgetfile.checking import BudgetInput
from calib.uncertainty.budgetfile.evaluation import Evaluated
from calib.uncertainty.contributions import budget, correlation
from calib.uncertainty.decimals import pair, significant
from calib.uncertainty.formatting import Spec, statement
from calib.uncertainty.plainjson import plain_number, plain_rows
from calib.uncertainty.tabulated import dof

FORMAT = "calib-budget-result/1"


def results_json(read: BudgetInput, results: Sequence[Evaluated]) -> str:
    """Return the results as strict JSON (docs/budget-files.md); infinities and nan are strings."""
    head: dict[str, Any] = {"format": FORMAT, "title": read.file.title}
    if len(results) == 1 and not read.file.outputs:
        whole = head | _plain(results[0])
    else:
        whole = head | {"outputs": [_plain(e) for e in results], "correlation": _correlation(results)}
    return json.dumps(whole | {"unused": list(read.unused)}, ensure_ascii=False, allow_nan=False, indent=2)


def _plain(e: Evaluated) -> dict[str, Any]:
    numbers: dict[str, Any] = {"mean" if e.trials else "value": plain_number(e.value)}
    numbers["standard_uncertainty"] = plain_number(e.u)
    if e.trials:
        numbers |= {
            "coverage_probability": e.probability,
            "interval": [plain_number(x) for x in e.interval],
            "shortest_interval": [plain_number(x) for x in e.shortest or ()],
            "trials": e.trials,
            "seed": e.seed,
            "gum_validated": e.gum_validated,
        }
    else:
        numbers |= {
            "dof": plain_number(e.dof),
            "coverage_probability": e.probability,
            "coverage_factor": plain_number(e.k),
            "expanded_uncertainty": plain_number(e.U),
            "interval": [plain_number(x) for x in e.interval],
        }
    rows = [] if e.first_order is None else plain_rows(budget(e.first_order))
    return {
        "name": e.name, "unit": e.unit, "method": e.method, **numbers, "budget": rows, "warnings": list(e.warnings),
    }  # fmt: skip


def _correlation(results: Sequence[Evaluated]) -> list[list[float | str]] | None:
    """Return the correlation matrix of the measurands to first order."""
    quantities = [e.first_order for e in results if e.first_order is not None]
    if len(quantities) < len(results):
        return None
    return [[plain_number(r) for r in row] for row in correlation(quantities)]


def results_text(read: BudgetInput, results: Sequence[Evaluated]) -> str:
    """Return budget tables and rounded statements."""
    parts = [read.file.title] if read.file.title else []
    for e in results:
        if e.first_order is not None:
            parts.append(str(budget(e.first_order)))
        told = _monte_carlo(e) if e.trials else [_stated(e)]
        parts.append("\n".join([*told, *(f"warning: {w}" for w in e.warnings)]))
    if len(results) > 1 and (matrix := _correlation(results)) is not None:
        parts.append("\n".join(_matrix_lines([e.name for e in results], matrix)))
    if read.unused:
        parts.append(f"not used by any model: {', '.join(read.unused)}")
    return "\n\n".join(parts)


def _stated(e: Evaluated) -> str:
    """Return `y = (value ± U) unit, k = …, p = … %, ν_eff = …` (JCGM 100:2008, 7.2.4)."""
    shown = statement(e.value, e.U, e.unit, Spec(digits=e.digits))
    k = f", k = {e.k:.2f}" if e.u else ""
    how = "" if e.method == "first-order" else f" ({e.method})"
    return f"{e.name} = {shown}{k}, p = {_percent(e.probability)}, ν_eff = {dof(e.dof)}{how}"


def _monte_carlo(e: Evaluated) -> list[str]:
    shown = statement(e.value, e.u, e.unit, Spec(digits=e.digits))
    verdict = "validated" if e.gum_validated else "not validated"
    return [
        f"{e.name} = {shown} (mean ± standard uncertainty, Monte Carlo, {e.trials} trials, seed {e.seed})",
        f"interval, p = {_percent(e.probability)}: {_interval(e, e.interval)}",
        f"shortest interval: {_interval(e, e.shortest or e.interval)}",
        f"GUM framework: {verdict} at {e.digits} digits (JCGM 101:2008, clause 8)",
    ]


def _interval(e: Evaluated, ends: tuple[float, float]) -> str:
    low, high = (pair(end, e.u, e.digits).value_text() for end in ends)
    return f"[{low}, {high}]{' ' if e.unit else ''}{e.unit}"


def _percent(p: float) -> str:
    return f"{significant(100 * p, 6)} %"


def _matrix_lines(names: Sequence[str], matrix: Sequence[Sequence[float | str]]) -> list[str]:
    rows = [["r", *names]]
    rows += [
        [a, *(f"{r:.3f}" if isinstance(r, float) else r for r in line)] for a, line in zip(names, matrix, strict=True)
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
