"""Numbers and budgets as strict JSON (RFC 8259): infinities and nan are the strings `inf`, `-inf`, `nan`."""

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calib.uncertainty.contributions import Budget

PLAIN_NAMES = ("name", "value", "u", "dof", "distribution", "unit", "sensitivity", "contribution", "share")


def plain_number(number: Any) -> float | str:
    """Return a float as JSON holds it; 0 has no sign."""
    value = float(number)
    return value + 0.0 if math.isfinite(value) else str(value)


def plain_rows(budget: "Budget") -> list[dict[str, float | str]]:
    """Return the rows as tables."""
    return [
        {
            name: given if isinstance(given := getattr(row, name), str) else plain_number(given)
            for name in PLAIN_NAMES
        }
        for row in budget.rows
    ]  # fmt: skip


def as_json(budget: "Budget") -> str:
    """Return a budget: value, standard_uncertainty, dof, unit, budget (its rows)."""
    whole = {
        "value": plain_number(budget.value),
        "standard_uncertainty": plain_number(budget.u),
        "dof": plain_number(budget.dof),
        "unit": budget.unit,
        "budget": plain_rows(budget),
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=2)
