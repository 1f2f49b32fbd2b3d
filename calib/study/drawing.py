"""Standards drawn for one run: their true values, and the certificate that states them.

Each run has other standards, and another history of the laboratory's own measurements.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from calib.drivers.simulation import StatedTruth, StatedValue
from calib.drivers.simulation.truths import Truths
from calib.equipment import Equipment
from calib.run import Plan
from calib.study.certified import certified_thermometer, certified_values, certified_weights
from calib.study.chance import Chance
from calib.study.specified import within_specification

MASS = "conventional_mass"
"""Of certified values of weights, which a world of mass has, not an instrument."""


@dataclass(frozen=True)
class Drawn:
    """The standards of one run, by role."""

    equipment: Mapping[str, Equipment]
    """With the certificates of this run."""
    truths: Truths
    """Of the simulated instruments and components of the roles' names."""


def draw(plan: Plan, components: Iterable[str], chance: Chance) -> Drawn:
    """Draw the standards of a plan that its procedure uses; `components` are what the bench has without interface."""
    equipment: dict[str, Equipment] = {}
    truths: dict[str, Any] = {}
    passive = set(components)
    for role, standard in sorted(plan.standards.items()):
        if role not in plan.procedure.roles:
            continue
        truth: Any
        if any(calibration.thermometer for calibration in standard.calibrations):
            equipment[role] = standard
            truth = certified_thermometer(plan, role, standard, chance)
        elif plan.procedure.route(role) == "certificate":
            calibrations, truth = (
                certified_weights(plan, standard, chance)
                if any(table.quantity == MASS for c in standard.calibrations for table in c.values)
                else certified_values(plan, role, standard, chance)
            )
            equipment[role] = standard.model_copy(update={"calibrations": calibrations})
        else:
            equipment[role] = standard
            truth = within_specification(plan, role, standard, chance)
        if truth:
            truths[role] = _component(standard, plan, truth) if role in passive else truth
    return Drawn(equipment, truths)


def draw_history(plan: Plan, parameters: Mapping[str, Any], chance: Chance) -> dict[str, Any]:
    """Return the job's parameters as another history would have found them: s·√(χ²_ν/ν) for an s with ν degrees."""
    found = dict(parameters)
    for s, dof in plan.procedure.history.items():
        freedom = float(found.get(dof, math.inf))
        if s in found and math.isfinite(freedom):
            found[s] = found[s] * math.sqrt(chance.rng.chisquare(freedom) / freedom)
    return found


def disturbances(plan: Plan, chance: Chance) -> dict[str, dict[str, list[float]]]:
    """Return what a bench is subject to by the bounds of a job: by part and effect one value, or one by point."""
    found: dict[str, dict[str, list[float]]] = {}
    for bound in plan.procedure.bounds():
        drawn = [chance.bounded(bound.half_width) for _ in range(len(plan.points) if bound.each else 1)]
        effects = found.setdefault(bound.of, {})
        before = effects.get(bound.effect, [0.0] * len(drawn))
        effects[bound.effect] = [a + b for a, b in zip(before, drawn, strict=True)]
    return found


def _component(standard: Equipment, plan: Plan, truths: Mapping[Any, StatedTruth]) -> StatedValue:
    """Return the truth of a standard with one value, such as a resistor."""
    (truth,) = truths.values()
    (of_range,) = truth.ranges.values()
    (one,) = of_range if isinstance(of_range, tuple) else (of_range,)
    ((nominal, error),) = one.points
    return StatedValue(
        value=nominal + error,
        age_days=truth.age_days,
        temperature_C=truth.temperature_C,
        drift_ppm_per_year=one.drift_ppm_per_year,
        temperature_ppm_per_K=one.temperature_ppm_per_K,
    )
