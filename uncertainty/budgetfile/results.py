"""Results of a budget file as JSON."""

import json
from typing import Any

from numpy.typing import NDArray

from calib.uncertainty.budgetfile.checking import BudgetInput
from calib.uncertainty.budgetfile.evaluation import Evaluated, Results
from calib.uncertainty.budgetfile.jointly import Jointly
from calib.uncertainty.contributions import budget
from calib.uncertainty.plainjson import plain_number, plain_rows

FORMAT = "calib-budget-result/1"


def results_json(read: BudgetInput, results: Results) -> str:
    """Return the results as strict JSON (docs/budget-files.md); infinities and nan are strings."""
    whole: dict[str, Any] = {"format": FORMAT, "title": read.file.title}
    if read.file.outputs:
        whole["outputs"] = [_plain(e) for e in results]
        whole |= _together(results)
    else:
        whole |= _plain(results[0])
    return json.dumps(whole | {"unused": list(read.unused)}, ensure_ascii=False, allow_nan=False, indent=2)


def _plain(e: Evaluated) -> dict[str, Any]:
    numbers: dict[str, Any] = {"mean" if e.trials else "value": plain_number(e.value)}
    numbers |= {"standard_uncertainty": plain_number(e.u)} | (_sampled(e) if e.trials else _expanded(e))
    rows = [] if e.first_order is None else plain_rows(budget(e.first_order))
    head = {"name": e.name, "unit": e.unit, "method": e.how.method}
    return head | numbers | {"budget": rows, "warnings": list(e.warnings)}


def _expanded(e: Evaluated) -> dict[str, Any]:
    return {
        "dof": plain_number(e.dof),
        "coverage_probability": e.how.probability,
        "coverage_factor": plain_number(e.k),
        "expanded_uncertainty": plain_number(e.U),
        "interval": _numbers(e.interval),
        "side": e.how.side,
        "coverage": e.coverage,
    }


def _sampled(e: Evaluated) -> dict[str, Any]:
    return {
        "coverage_probability": e.how.probability,
        "interval": _numbers(e.interval),
        "side": e.how.side,
        "shortest_interval": _numbers(e.shortest or ()),
        "trials": e.trials,
        "seed": e.how.seed,
        "gum_validated": e.gum_validated,
    }


def _together(results: Results) -> dict[str, Any]:
    found = results.jointly
    if found is None:
        return {"correlation": [[1.0]]}
    return {
        "correlation": _matrix(found.correlation),
        "covariance": _matrix(found.covariance),
        "joint": {
            "coverage_probability": found.probability,
            "ellipse": _ellipse(found),
            "rectangle": _rectangle(found),
            "gum_validated": found.gum_validated,
        },
    }


def _ellipse(found: Jointly) -> dict[str, Any] | None:
    e = found.ellipse
    if e is None:
        return None
    return {"factor": plain_number(e.kp), "semi_axes": _matrix(e.axes()), "volume": plain_number(e.volume)}


def _rectangle(found: Jointly) -> dict[str, Any] | None:
    r = found.rectangle
    if r is None:
        return None
    ends = [_numbers(pair) for pair in zip(r.lower, r.upper, strict=True)]
    return {"factor": plain_number(r.kq), "intervals": ends, "volume": plain_number(r.volume)}


def _numbers(numbers: Any) -> list[float | str]:
    return [plain_number(x) for x in numbers]


def _matrix(matrix: NDArray[Any]) -> list[list[float | str]]:
    return [_numbers(row) for row in matrix]
