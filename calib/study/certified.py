"""Standards by their certificates: what is true of them, and what a certificate states that errs by its U/k.

With degrees of freedom ν it states U·√(χ²_ν/ν). Drift, temperature coefficient and the error between certified points
are drawn from just the distributions that the register's numbers mean in a budget.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calib.drivers.roles import Artefact, Source
from calib.drivers.simulation import StatedRange, StatedTruth
from calib.drivers.simulation.heat.laws import StatedThermometer
from calib.drivers.simulation.weights import StatedWeights
from calib.equipment import Calibration, CertifiedValues, Equipment, ThermometerLaw, thermometer_of
from calib.procedure import Role, protocols_of
from calib.run import Plan
from calib.study.chance import Chance

SENSED = frozenset({"reference_junction"})
"""What a source does not put out but measures: at a temperature that a method knows to some tenths of a kelvin, so that
its corrections must not jump from one certified temperature to the next."""
SPREAD = 5.0
"""True corrections lie within so many U about those of the register; wide, so that a correction left out is seen."""


def certified_values(
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


def certified_weights(plan: Plan, standard: Equipment, chance: Chance) -> tuple[tuple[Calibration, ...], StatedWeights]:
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


def certified_thermometer(plan: Plan, role: str, standard: Equipment, chance: Chance) -> StatedThermometer:
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
    n = len(table.points)
    spread = np.resize(chance.rng.uniform(-SPREAD, SPREAD, 1 if table.quantity in SENSED else n), n)
    true = [p.correction + float(part) * p.U for p, part in zip(table.points, spread, strict=True)]
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
