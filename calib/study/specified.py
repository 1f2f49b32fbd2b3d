"""Standards by their specifications: errors within the limits, one draw for each range, band and sign."""

from collections.abc import Mapping
from typing import Any

from calib.drivers.simulation import StatedRange, StatedTruth
from calib.equipment import Equipment
from calib.procedure import Point
from calib.run import Plan
from calib.specification import Specification
from calib.study.chance import Chance
from calib.uncertainty import coverage_factor


def within_specification(plan: Plan, role: str, standard: Equipment, chance: Chance) -> dict[Any, StatedTruth]:
    """Return errors within the specification at the points of the plan: one draw for each range, band and sign."""
    specification = plan.procedure.context.standard(role).specification
    if specification is None:
        return {}
    found: dict[str, dict[tuple[float, float | None], dict[float, float]]] = {}
    draws: dict[tuple[Any, ...], float] = {}
    for point in plan.points:
        if point.quantity not in {table.quantity for table in specification.accuracy}:
            continue
        nominal = plan.procedure.nominal_of(role, point)
        range_ = specification.range_for(point.quantity, nominal)
        key = (point.quantity, range_, point.frequency_Hz, point.nominal >= 0)
        if key not in draws:
            draws[key] = _within(specification, chance)
        limit = _limit(specification, standard, point, range_, nominal)
        of_range = found.setdefault(point.quantity, {}).setdefault((range_, point.frequency_Hz), {})
        of_range[nominal] = draws[key] * limit
    truths = {quantity: _stated(tables) for quantity, tables in found.items()}
    also = plan.procedure.used_for(role)
    return truths | {quantity: _throughout(specification, standard, quantity, chance) for quantity in also}


def _throughout(specification: Specification, standard: Equipment, quantity: str, chance: Chance) -> StatedTruth:
    """Return errors in proportion to the limits at all values: a draw for each range and sign.

    Where the errors of a range are one, so is the draw of both signs.
    """
    interval = standard.specification_interval or ""
    ranges = {}
    for range_ in specification.ranges(quantity):
        above = _within(specification, chance)
        below = -above if specification.correlation == "full" else _within(specification, chance)
        sides = ((-range_, below), (-range_ * 1e-12, below), (0.0, above), (range_, above))
        points = tuple((x, draw * specification.limit(quantity, x, range_, interval)) for x, draw in sides)
        ranges[range_] = StatedRange(points=points)
    return StatedTruth(model="stated", ranges=ranges)


def _limit(specification: Specification, standard: Equipment, point: Point, range_: float, nominal: float) -> float:
    interval = standard.specification_interval or ""
    return specification.limit(point.quantity, nominal, range_, interval, frequency_Hz=point.frequency_Hz)


def _within(specification: Specification, chance: Chance) -> float:
    """Return an error as a part of the limit, distributed as the specification says."""
    probability = specification.coverage.probability
    if probability is None:
        return chance.bounded(1.0)
    return float(chance.rng.standard_normal()) / coverage_factor(probability)


def _stated(tables: Mapping[tuple[float, float | None], Mapping[float, float]]) -> StatedTruth:
    by_range: dict[float, list[StatedRange]] = {}
    for (range_, frequency_Hz), points in tables.items():
        by_range.setdefault(range_, []).append(
            StatedRange(points=tuple(sorted(points.items())), frequency_Hz=frequency_Hz)
        )
    ranges = {r: tuple(several) if len(several) > 1 else several[0] for r, several in by_range.items()}
    return StatedTruth(model="stated", ranges=ranges)
