"""Standards drawn for one run: their true values, and the certificate that states them.

Each run has other standards, and another history of the laboratory's own measurements. The certificate states what is
true plus an error drawn with its U/k (with degrees of freedom ν it states U·√(χ²_ν/ν)); drift, temperature coefficient
and the error between certified points are drawn from just the distributions that the register's numbers mean in a
budget. By the specification, errors are drawn within it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from calib.drivers.roles import Artefact, Source
from calib.drivers.simulation import StatedRange, StatedTruth, StatedValue
from calib.drivers.simulation.heat.laws import StatedThermometer
from calib.drivers.simulation.truths import Truths
from calib.drivers.simulation.weights import StatedWeights
from calib.equipment import Calibration, CertifiedValues, Equipment, ThermometerLaw, thermometer_of
from calib.procedure import Point, Role, protocols_of
from calib.run import Plan
from calib.specification import Specification
from calib.uncertainty import coverage_factor

Prior = Literal["declared", "edge", "triangular"]
"""How bounded errors are really distributed: as the budget declares, at the ends of their bounds, or in a triangle."""


MASS = "conventional_mass"
"""Of certified values of weights, which a world of mass has, not an instrument."""
SENSED = frozenset({"reference_junction"})
"""What a source does not put out but measures."""
SPREAD = 5.0
"""True corrections lie within so many U about those of the register; wide, so that a correction left out is seen."""


@dataclass(frozen=True)
class Drawn:
    """The standards of one run, by role."""

    equipment: Mapping[str, Equipment]
    """With the certificates of this run."""
    truths: Truths
    """Of the simulated instruments and components of the roles' names."""


@dataclass(frozen=True)
class Chance:
    """What is drawn, and how."""

    rng: np.random.Generator
    prior: Prior = "declared"
    drift: float = 1.0
    """By how much the true drift exceeds what the register says: a study with another one than 1 must fail."""

    def bounded(self, half_width: float) -> float:
        """Return an error within ± `half_width`."""
        match self.prior:
            case "edge":
                return half_width * (1.0 if self.rng.random() < 0.5 else -1.0)
            case "triangular":
                return half_width * float(self.rng.triangular(-1, 0, 1))
        return half_width * float(self.rng.uniform(-1, 1))


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
            truth = _thermometer(plan, role, standard, chance)
        elif plan.procedure.route(role) == "certificate":
            calibrations, truth = (
                _weights(plan, standard, chance)
                if any(table.quantity == MASS for c in standard.calibrations for table in c.values)
                else _by_certificate(plan, role, standard, chance)
            )
            equipment[role] = standard.model_copy(update={"calibrations": calibrations})
        else:
            equipment[role] = standard
            truth = _by_specification(plan, role, standard, chance)
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


def _by_certificate(
    plan: Plan, role: str, standard: Equipment, chance: Chance
) -> tuple[tuple[Calibration, ...], dict[Any, StatedTruth]]:
    """Return the calibrations with another certificate's values, and the truths of every quantity."""
    meter = _is_meter(plan.procedure.roles[role])
    today = plan.procedure.context.date
    ranges: dict[str, dict[float, list[StatedRange]]] = {}
    ages: dict[str, tuple[float, float]] = {}
    calibrations = []
    for calibration in standard.calibrations:
        values = []
        for table in calibration.values:
            sign = -1.0 if meter or table.quantity in SENSED else 1.0
            stated, true = _table(table, chance, sign)
            values.append(stated)
            ranges.setdefault(table.quantity, {}).setdefault(table.range, []).append(true)
            low, high = calibration.temperature_C or (23.0, 23.0)
            ages[table.quantity] = float((today - calibration.date).days), (low + high) / 2
        calibrations.append(calibration.model_copy(update={"values": tuple(values)}))
    truths = {
        quantity: StatedTruth(
            model="stated",
            ranges={r: tuple(several) if len(several) > 1 else several[0] for r, several in by_range.items()},
            age_days=ages[quantity][0],
            temperature_C=ages[quantity][1],
        )
        for quantity, by_range in ranges.items()
    }
    return tuple(calibrations), truths


def _is_meter(role: Role) -> bool:
    """Return whether the role is that of an instrument whose error is indication − value: the correction's opposite."""
    return not {Source, Artefact} & {base for kind in protocols_of(role) for base in kind.__mro__}


def _weights(plan: Plan, standard: Equipment, chance: Chance) -> tuple[tuple[Calibration, ...], StatedWeights]:
    """Return the calibrations of a set of weights with another certificate's values, and the true masses today."""
    today = plan.procedure.context.date
    true_kg: dict[str, float] = {}
    calibrations = []
    for calibration in standard.calibrations:
        values = []
        years = (today - calibration.date).days / 365.25
        for table in calibration.values:
            stated, certified_kg = _points(table, chance)
            values.append(stated)
            drift = chance.drift * chance.bounded(1.0)
            for p, t in zip(table.points, certified_kg, strict=True):
                aged_kg = (table.drift_ppm_per_year * 1e-6 * p.nominal + table.drift_floor_per_year) * years * drift
                true_kg[p.name or f"{p.nominal:g}"] = p.nominal + t + aged_kg
        calibrations.append(calibration.model_copy(update={"values": tuple(values)}))
    return tuple(calibrations), StatedWeights(true_kg)


def _thermometer(plan: Plan, role: str, standard: Equipment, chance: Chance) -> StatedThermometer:
    """Return a thermometer whose true law departs from its certificate's by errors with its U, correlated as stated."""
    today = plan.procedure.context.date
    law, _, date = thermometer_of(standard, today)
    at_C = sorted({plan.procedure.nominal_of(role, point) for point in plan.points} | {t for t, _ in law.certified})
    errors_K = tuple(zip(at_C, _errors_K(law, at_C, standard.name, chance.rng), strict=True))
    years = (today - date).days / 365.25
    drift_K = chance.drift * chance.bounded((law.drift_K_per_year or 0.0) * years)
    between_K = chance.bounded(law.interpolation_half_width_K)
    return StatedThermometer(law, errors_K, drift_K + between_K)


def _errors_K(law: ThermometerLaw, at_C: Sequence[float], who: str, rng: np.random.Generator) -> list[float]:
    """Return what a certificate shows too much at temperatures, over the U/k that it states."""
    if law.fitted_dof is not None:
        dof = law.fitted_dof
        scale = 1.0 if math.isinf(dof) else math.sqrt(dof / rng.chisquare(dof))
        normal = scale * rng.standard_normal(len(law.errors_K(at_C[0])))
        return [float(law.errors_K(t) @ normal) for t in at_C]
    normal = rng.standard_normal(1 if law.correlation == "full" else len(at_C))
    u_K = [law.U_K(t, who) / law.k for t in at_C]
    return [float(error) for error in normal * np.array(u_K)]


def disturbances(plan: Plan, chance: Chance) -> dict[str, dict[str, list[float]]]:
    """Return what a bench is subject to by the bounds of a job: by part and effect one value, or one by point."""
    found: dict[str, dict[str, list[float]]] = {}
    for bound in plan.procedure.bounds():
        drawn = [chance.bounded(bound.half_width) for _ in range(len(plan.points) if bound.each else 1)]
        effects = found.setdefault(bound.of, {})
        before = effects.get(bound.effect, [0.0] * len(drawn))
        effects[bound.effect] = [a + b for a, b in zip(before, drawn, strict=True)]
    return found


def _table(table: CertifiedValues, chance: Chance, sign: float = 1.0) -> tuple[CertifiedValues, StatedRange]:
    """Return what a certificate states of one range, and what is true of it: `sign` times the true corrections."""
    stated, true = _points(table, chance)
    return stated, StatedRange(
        points=tuple((p.nominal, sign * t) for p, t in zip(table.points, true, strict=True)),
        interpolation_ppm=chance.bounded(table.interpolation_ppm or 0.0),
        frequency_Hz=table.frequency_Hz,
        **_aging(table, chance),
    )


def _points(table: CertifiedValues, chance: Chance) -> tuple[CertifiedValues, list[float]]:
    """Return a table as another certificate states it, and the true corrections."""
    true = [p.correction + float(chance.rng.uniform(-SPREAD, SPREAD)) * p.U for p in table.points]
    errors, factor = _certificate_errors(table, chance.rng)
    points = tuple(
        p.model_copy(update={"correction": t + e, "U": p.U * factor})
        for p, t, e in zip(table.points, true, errors, strict=True)
    )
    return table.model_copy(update={"points": points}), true


def _aging(table: CertifiedValues, chance: Chance) -> dict[str, float]:
    """Return drift and temperature coefficient; both parts of a drift have one draw, as in the budget."""
    drift = chance.drift * chance.bounded(1.0)
    return {
        "drift_ppm_per_year": table.drift_ppm_per_year * drift,
        "drift_floor_per_year": table.drift_floor_per_year * drift,
        "temperature_ppm_per_K": chance.bounded(table.temperature_ppm_per_K),
    }


def _certificate_errors(table: CertifiedValues, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Return the errors of the certified values, as they correlate, and by what factor U is stated."""
    u = np.array([p.U / table.coverage(p)[0] for p in table.points])
    n = len(u)
    if table.correlation == "full":
        unit = np.full(n, rng.standard_normal())
    elif table.correlation == "none":
        unit = rng.standard_normal(n)
    else:
        unit = rng.multivariate_normal(np.zeros(n), np.array(table.correlation), method="eigh")
    dof = min(table.coverage(p)[1] for p in table.points)
    factor = 1.0 if math.isinf(dof) else math.sqrt(rng.chisquare(dof) / dof)
    return u * unit, factor


def _by_specification(plan: Plan, role: str, standard: Equipment, chance: Chance) -> dict[Any, StatedTruth]:
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
