"""A set of weights by sub-division from a reference weight, by least squares (OIML R 111-1:2004, annex C; NIST SOP 5).

Observation equation, for each comparison j of a load B with a load A of the same nominal value::

    Σ_B E_i − Σ_A E_i = ΔI_j·S + Σ_B C_i − Σ_A C_i + ε_j,   C_i = m_i (ρ_a − 1.2 kg/m³) (1/ρ_i − 1/8000 kg/m³)

* E_i: conventional mass minus nominal value of weight i; that of the reference weights is known by their certificate,
  the others are found by least squares from all comparisons at once.
* ΔI_j: mean of the differences of n cycles ABBA or ABA. ε_j: errors of the comparisons, of one variance, which is that
  of the residuals or of the laboratory's history. ρ_a by CIPM-2007; ρ_i: densities.

The results are correlated, by the reference and by the design: `errors` returns them so, for sums of the set.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from calib.errors import CalibError, InputError
from calib.inputs import Argument
from calib.procedure import Attempt, Estimates, Group, Phase, Point, Readings, Result, Station, Truth
from calib.procedure.control import f_test
from calib.procedure.estimates import Estimated
from calib.procedure.mass.air import mean_air
from calib.procedure.mass.bodies import Bodies
from calib.procedure.mass.check import Accepted, control_remark
from calib.procedure.mass.classes import CalibratedWeight, of_class
from calib.procedure.mass.method import BALANCE, WeightMethod
from calib.procedure.mass.sensitivity import SENSITIVITY
from calib.procedure.mass.standards import QUANTITY, Load, names_of, standard_value
from calib.procedure.mass.subdivision import Comparison, Design, Effect, Observed, Solved, Vector, seen
from calib.procedure.mass.weighing import (
    HISTORY,
    WeighingParameters,
    difference_argument,
    differences,
    loadings,
    weigh,
)
from calib.procedure.together import belonging_together
from calib.record.model import phases
from calib.text import Text
from calib.uncertainty import Quantity, quantity


class SubdivisionParameters(WeighingParameters):
    """Parameters of the method."""

    reference: Load
    weights: Annotated[tuple[CalibratedWeight, ...], Field(min_length=1)]
    comparisons: Annotated[tuple[Comparison, ...], Field(min_length=1)]
    check: Accepted | None = None
    """A weight of the set that is a check standard."""


def conventional_mass_error(found: Any) -> Any:
    """Return E in kilograms: the solution of the observation equations, which is linear in all inputs."""
    return found


class WeightSetSubdivision(WeightMethod):
    """Weights of one set, compared with each other and with a reference weight."""

    id = "weight-set-subdivision"
    version = "1"
    title = Text(vi="Bộ quả cân, phương pháp chia", en="Set of weights by sub-division")
    method = Text(
        vi="So sánh chia từ quả cân chuẩn, bình phương tối thiểu, weight-set-subdivision phiên bản 1, dựa theo "
        "OIML R 111-1:2004",
        en="Sub-division from a reference weight by least squares, weight-set-subdivision version 1, after "
        "OIML R 111-1:2004",
    )
    equation = "Σ_B E_i − Σ_A E_i = ΔI_j·S + Σ_B C_i − Σ_A C_i + ε_j"
    model = staticmethod(conventional_mass_error)
    history: ClassVar[Mapping[str, str]] = HISTORY
    Parameters = SubdivisionParameters

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return the one group."""
        return [_GROUP]

    def prepare(self, group: Group, station: Station) -> None:
        """Do nothing: every comparison begins from zero."""

    def measure(self, point: Point, station: Station) -> None:
        """Weigh the two loads in turns."""
        comparison = self._comparisons[point.id]
        weigh(station, loadings(comparison.a, comparison.b, point.nominal, self.set), self.set)

    # the half that does not

    @property
    def set(self) -> SubdivisionParameters:
        """The job's parameters."""
        assert isinstance(self.settings, SubdivisionParameters)
        return self.settings

    def item_weights(self) -> Sequence[str]:
        """Return the weights under calibration."""
        return names_of(self.set.weights)

    def points(self) -> Sequence[Point]:
        """Return a point for each comparison.

        Raises
        ------
        InputError
            The design cannot be weighed, or does not determine every weight.
        """
        self._check()
        return [
            _point(id_, _GROUP.title, sum(self._nominal_kg[name] for name in comparison.a), self.set.estimate_s)
            for id_, comparison in self._comparisons.items()
        ]

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the maximum permissible error of a weight's class; comparisons have none."""
        del temperature_C
        weight = self._weights.get(point.id)
        return None if weight is None else weight.limit_kg

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the difference of the conventional masses of the two loads of one comparison."""
        row = list(self._comparisons).index(point.id)
        found = differences(readings.values(attempt, BALANCE), self.set.pattern)
        signs, air = self._design.signs[[row]], np.array([mean_air(attempt, readings)])
        shared, constant = seen(self._effects(signs, air, np.array([found.mean()])), np.ones(1))
        argument = Argument((*difference_argument(found, self.set).inputs, *shared), constant)
        return Estimates({"found": argument}, point.nominal, found, point.nominal + argument.estimate)

    def estimated(self, readings: Readings) -> Estimated:
        """Return the comparisons, and each weight of the set once all comparisons of a phase are there."""
        found = list(super().estimated(readings))
        for phase in phases(readings.attempts):
            solved = self.solved(readings, phase)
            if solved is not None:
                found += self._of_set(solved, readings, phase)
        return found

    def results(self, readings: Readings, estimated: Estimated) -> tuple[Result, ...]:
        """Return the rows, and those of the weights of a phase as one set with its correlation."""
        rows = list(super().results(readings, estimated))
        for phase in phases(readings.attempts):
            places = [n for n, row in enumerate(rows) if row.phase == phase and row.point in self._weights]
            values = [value for n in places if isinstance(value := estimated[n][2].arguments["found"].value, Quantity)]
            symbols = [{"symbol": weight.name} for weight in self.set.weights[: len(places)]]
            of_set = belonging_together("set-of-weights", [rows[n] for n in places], values, symbols)
            rows = [dict(zip(places, of_set, strict=True)).get(n, row) for n, row in enumerate(rows)]
        return tuple(rows)

    def row(self, point: Point, attempt: Attempt, readings: Readings, estimates: Estimates) -> Result:
        """Return the row of a comparison, or of a weight, which rests on all of them."""
        row = super().row(point, attempt, readings, estimates)
        if point.id not in self._weights:
            return row
        return of_class(replace(row, n=len(self._comparisons)), self._weights[point.id])

    def errors(self, readings: Readings) -> Mapping[tuple[Phase, str], Quantity]:
        """Return the errors of all weights by (phase, `weight/NAME`), correlated as they are."""
        found: dict[tuple[Phase, str], Quantity] = {}
        for phase in phases(readings.attempts):
            solved = self.solved(readings, phase)
            if solved is not None:
                found |= {(phase, id_): value for id_, value in zip(self._weights, solved.values, strict=True)}
        return found

    def solved(self, readings: Readings, phase: Phase = "as-found") -> Solved | None:
        """Return the least-squares solution; None while comparisons are missing."""
        attempts = [readings.standing(id_, phase) for id_ in self._comparisons]
        complete = [attempt for attempt in attempts if attempt is not None]
        if len(complete) < len(attempts):
            return None
        shown_kg = np.array([differences(readings.values(a, BALANCE), self.set.pattern).mean() for a in complete])
        air = np.array([mean_air(attempt, readings) for attempt in complete])
        effects = self._effects(self._design.signs, air, shown_kg)
        references = [standard_value(self.context, weight).inputs for weight in self.set.reference]
        observed = Observed(self._design, shown_kg, effects, references)
        names = [weight.name for weight in self.set.weights]
        return observed.solved(names, _FIT, *self._u_of_comparison(observed.s_kg))

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the true conventional mass minus the nominal value, or the true difference of two loads."""
        group, _, name = result.point.partition("/")
        if group == "weight":
            return world.value(name) - result.nominal
        b, a = (side.split("+") for side in name.partition(" ")[2].split(" - "))
        return math.fsum(map(world.value, b)) - math.fsum(map(world.value, a))

    def _effects(self, signs: Vector, air: Vector, shown_kg: Vector) -> list[Effect]:
        """Return what acts on comparisons by errors that all share: air, densities, sensitivity."""
        effects: list[Effect] = [*self._bodies.effects(signs, air, self.set, self.shared)]
        if self.set.sensitivity:
            gain = quantity(0.0, half_width=self.set.sensitivity, name="sensitivity", id=self.shared("S"))
            effects.append(Effect("sensitivity", SENSITIVITY, np.zeros(len(shown_kg)), [(shown_kg, gain)]))
        return effects

    def _u_of_comparison(self, s_kg: float) -> tuple[float, float]:
        """Return the standard uncertainty of one comparison and its degrees of freedom; never below the resolution."""
        least_kg = self.set.resolution_kg / math.sqrt(12)
        if self.set.process is not None:
            return max(self.set.process[0] / math.sqrt(self.set.cycles), least_kg), self.set.process[1]
        if math.isnan(s_kg) or s_kg < least_kg:
            return least_kg, math.inf
        return s_kg, float(self._design.dof)

    def _of_set(self, solved: Solved, readings: Readings, phase: Phase) -> list[tuple[Point, Attempt, Estimates]]:
        attempt = readings.standing(list(self._comparisons)[-1], phase)
        assert attempt is not None
        found: list[tuple[Point, Attempt, Estimates]] = []
        for id_, weight in self._weights.items():
            argument = solved.arguments[weight.name]
            estimates = Estimates(
                {"found": argument},
                weight.nominal_kg,
                np.zeros(0),
                weight.nominal_kg + argument.estimate,
                route="certificate",
                remarks=self._remarks(solved) if not found else (),
            )
            found.append((_point(id_, weight.title, weight.nominal_kg, 0.0), attempt, estimates))
        return found

    def _remarks(self, solved: Solved) -> tuple[Text, ...]:
        """Return what the fit says of itself, and of the check standard."""
        remarks = []
        if self.set.process is not None and solved.dof > 0:
            s, dof = self.set.process
            remarks.append(control_remark("F", f_test(solved.s_kg, solved.dof, s / math.sqrt(self.set.cycles), dof)))
        check = self.set.check
        if check is not None:
            remarks.append(control_remark(f"t ({check.name})", check.tested(solved.arguments[check.name].estimate)))
        return tuple(remarks)

    @cached_property
    def _comparisons(self) -> dict[str, Comparison]:
        return {
            f"comparison/{number:02d} {'+'.join(c.b)} - {'+'.join(c.a)}": c
            for number, c in enumerate(self.set.comparisons, 1)
        }

    @cached_property
    def _weights(self) -> dict[str, CalibratedWeight]:
        return {f"weight/{weight.name}": weight for weight in self.set.weights}

    @cached_property
    def _nominal_kg(self) -> dict[str, float]:
        """Nominal values, first of the set, then of the reference weights."""
        of_set = {weight.name: weight.nominal_kg for weight in self.set.weights}
        return of_set | {weight.name: weight.nominal_kg for weight in self.set.reference}

    @cached_property
    def _bodies(self) -> Bodies:
        n, of_set, settings = len(self.set.reference), self.set.weights, self.set
        return Bodies(
            tuple(self._nominal_kg),
            np.array(list(self._nominal_kg.values())),
            np.array([w.density_kg_m3 for w in of_set] + [settings.reference_density_kg_m3] * n),
            np.array([w.density_U_kg_m3 / 2 for w in of_set] + [settings.reference_density_U_kg_m3 / 2] * n),
        )

    @cached_property
    def _design(self) -> Design:
        of_set, known = ([w.name for w in weights] for weights in (self.set.weights, self.set.reference))
        return Design.of(self.set.comparisons, of_set, known)

    def _check(self) -> None:
        """Refuse now, all at once, what could not be weighed or solved."""
        settings, mistakes = self.set, []
        names = [w.name for w in settings.weights] + [w.name for w in settings.reference]
        mistakes += [f"weight {name}: stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
        for id_, c in self._comparisons.items():
            mistakes += [f"{id_}: {mistake}"] if (mistake := c.mistake(self._nominal_kg)) else []
        if settings.check is not None and settings.check.name not in {w.name for w in settings.weights}:
            mistakes.append(f"check: {settings.check.name} is no weight of the set")
        if not mistakes and self._design.rank < len(settings.weights):
            mistakes.append(f"the comparisons determine {self._design.rank} of {len(settings.weights)} weights")
        try:
            self.standards(settings.reference)
            _ = [weight.limit_kg for weight in settings.weights]
        except CalibError as error:
            mistakes.append(str(error))
        if mistakes:
            raise InputError("\n".join(mistakes))


def _point(id_: str, title: Text, nominal_kg: float, estimate_s: float) -> Point:
    return Point(id_, _GROUP.id, title, QUANTITY, "kg", nominal_kg, nominal_kg, 0.0, estimate_s)


_GROUP = Group("comparisons", Text(vi="So sánh", en="Comparisons"))
_FIT = Text(vi="bình phương tối thiểu của các hiệu", en="least squares of the differences")
