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
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from calib.drivers.roles import Artefact, Balance, WeatherStation, WeightHandler
from calib.equipment import Route
from calib.errors import CalibError, InputError
from calib.files import Strict
from calib.inputs import Argument, Input, all_inputs
from calib.physics.air import FORMULA_RELATIVE_U, air_density
from calib.physics.mass import CONVENTIONAL_AIR_KG_M3, CONVENTIONAL_DENSITY_KG_M3
from calib.physics.weights import WeightClass, maximum_permissible_error_kg
from calib.procedure import Attempt, Estimates, Group, Phase, Point, Procedure, Readings, Result, Station, Truth
from calib.procedure import indication as indicated
from calib.procedure.control import f_test, t_test
from calib.procedure.rowmaking import result_of
from calib.procedure.together import belonging_together
from calib.procedure.weighing import (
    AIR,
    BALANCE,
    CONDITIONS,
    QUANTITY,
    Name,
    NotNegative,
    Positive,
    StandardWeight,
    WeighingParameters,
    differences,
    of_class,
    standard_argument,
    weigh,
)
from calib.record.model import phases
from calib.text import Text
from calib.uncertainty import Quantity, correlated, quantity

Vector = NDArray[np.float64]


class SetWeight(Strict):
    """A weight of the set."""

    name: Name
    nominal_kg: Positive
    weight_class: WeightClass | None = None
    """Class of OIML R 111-1 that was agreed; without it there is no verdict."""
    density_kg_m3: Positive = 8000.0
    density_U_kg_m3: NotNegative = 0.0
    """Expanded, k = 2."""


class Comparison(Strict):
    """Two loads of the same nominal value."""

    a: Annotated[tuple[Name, ...], Field(min_length=1)]
    b: Annotated[tuple[Name, ...], Field(min_length=1)]


class AcceptedValue(Strict):
    """A weight of the set that is a check standard, and what the laboratory knows of it."""

    name: Name
    error_kg: float
    s_kg: Positive
    """Standard deviation of the values found in runs before."""
    dof: Positive


class SubdivisionParameters(WeighingParameters):
    """Parameters of the method."""

    reference: Annotated[tuple[StandardWeight, ...], Field(min_length=1)]
    weights: Annotated[tuple[SetWeight, ...], Field(min_length=1)]
    comparisons: Annotated[tuple[Comparison, ...], Field(min_length=1)]
    check: AcceptedValue | None = None


def conventional_mass_error(found: Any) -> Any:
    """Return E in kilograms: the solution of the observation equations, which is linear in all inputs."""
    return found


@dataclass(frozen=True)
class Design:
    """The comparisons as a matrix, and its least-squares solution. Rows are comparisons, columns weights."""

    unknown: NDArray[np.float64]
    """+1 where a weight lies in load B, −1 in load A, shape (comparisons, weights)."""
    known: NDArray[np.float64]
    """The same of the reference weights."""

    @cached_property
    def rank(self) -> int:
        """How many weights the comparisons determine."""
        return int(np.linalg.matrix_rank(self.unknown))

    @cached_property
    def solution(self) -> NDArray[np.float64]:
        """What the observations are multiplied with, shape (weights, comparisons)."""
        return np.asarray(np.linalg.pinv(self.unknown), dtype=np.float64)

    @cached_property
    def cofactors(self) -> NDArray[np.float64]:
        """Covariance of the weights for observations of variance 1."""
        return np.asarray(np.linalg.inv(self.unknown.T @ self.unknown))

    @property
    def dof(self) -> int:
        """Degrees of freedom of the residuals."""
        comparisons, weights = self.unknown.shape
        return int(comparisons - weights)


@dataclass(frozen=True)
class Solved:
    """The set, found."""

    arguments: Mapping[str, Argument]
    """Of the measurement equation, by weight."""
    s_kg: float
    """Standard deviation of one comparison, from the residuals; nan without degrees of freedom."""
    dof: int


class WeightSetSubdivision(Procedure):
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
    roles: ClassVar[Mapping[str, type]] = {
        "reference": WeightHandler,
        "balance": Balance,
        "environment": WeatherStation,
        "item": Artefact,
    }
    sources: ClassVar[Sequence[str]] = ()
    under_calibration = "item"
    conditions = CONDITIONS
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
        weigh(station, "reference", {"A": comparison.a, "B": comparison.b}, self.settings, point.nominal)

    # the half that does not

    @cached_property
    def settings(self) -> SubdivisionParameters:
        """The job's parameters."""
        return self.context.parameters(SubdivisionParameters)

    def item_weights(self) -> Sequence[str]:
        """Return the weights under calibration."""
        return [weight.name for weight in self.settings.weights]

    def route(self, role: str) -> Route:
        """Return that all standards are used by their certificates."""
        del role
        return "certificate"

    def points(self) -> Sequence[Point]:
        """Return a point for each comparison.

        Raises
        ------
        InputError
            The design cannot be weighed, or does not determine every weight.
        """
        self._check()
        each_s = (self.settings.settle_s + 20.0) * len(self.settings.pattern) * self.settings.cycles
        return [
            self._point(id_, _GROUP.title, sum(self._nominal_kg[name] for name in comparison.a), each_s)
            for id_, comparison in self._comparisons.items()
        ]

    def resolution(self, point: Point) -> float:
        """Return the last place of the balance."""
        del point
        return self.settings.digit_kg

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the maximum permissible error of a weight's class; comparisons have none."""
        del temperature_C
        name = point.id.rpartition("/")[2]
        found = next((w for w in self.settings.weights if point.id == f"weight/{name}" and w.name == name), None)
        if found is None or found.weight_class is None:
            return None
        return maximum_permissible_error_kg(found.nominal_kg, found.weight_class)

    def tolerance(self, point: Point, readings: Readings) -> float | None:
        """Return the maximum permissible error of a weight's class."""
        del readings
        return self.limit(point)

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the difference of the conventional masses of the two loads of one comparison."""
        settings, row = self.settings, list(self._comparisons).index(point.id)
        found = differences(readings.values(attempt, BALANCE), settings.pattern)
        resolution, mean = settings.digit_kg * math.sqrt(2), float(found.mean())
        argument = indicated(found, resolution, _DIFFERENCE, name="difference", pooled=settings.process)
        air = np.array([[readings.values(attempt, channel).mean() for channel in AIR]])
        signs, alone = self._signs[[row]], np.ones((1, 1))
        lift = float(self._lift(air, signs)[0])
        inputs = (
            *argument.inputs,
            Input("air", _AIR, tuple((float(c[0]), e) for c, e in self._air_terms(air, signs, alone) if c[0])),
            Input("densities", _DENSITIES, tuple((float(c[0]), e) for c, e in self._density_terms(air, signs, alone))),
            Input("sensitivity", _SENSITIVITY, ((mean, self._gain),) if settings.sensitivity and mean else ()),
        )
        found_kg = Argument(tuple(i for i in inputs if i.terms), lift)
        return Estimates({"found": found_kg}, point.nominal, found, point.nominal + mean + lift)

    def evaluate(self, readings: Readings) -> tuple[Result, ...]:
        """Return the comparisons, and a row for each weight of the set, once all comparisons of a phase are there."""
        rows = list(super().evaluate(readings))
        for phase in phases(readings.attempts):
            solved = self.solved(readings, phase)
            if solved is not None:
                rows += self._rows(solved, readings, phase)
        return tuple(rows)

    def errors(self, readings: Readings) -> Mapping[tuple[Phase, str], Quantity]:
        """Return the errors of all weights by (phase, `weight/NAME`), correlated as they are."""
        found: dict[tuple[Phase, str], Quantity] = {}
        for phase in phases(readings.attempts):
            solved = self.solved(readings, phase)
            for name, argument in ({} if solved is None else solved.arguments).items():
                assert isinstance(argument.value, Quantity)
                found[phase, f"weight/{name}"] = argument.value
        return found

    def solved(self, readings: Readings, phase: Phase = "as-found") -> Solved | None:
        """Return the least-squares solution; None while comparisons are missing."""
        attempts = [readings.standing(id_, phase) for id_ in self._comparisons]
        complete = [attempt for attempt in attempts if attempt is not None]
        if len(complete) < len(attempts):
            return None
        observed = np.array([differences(readings.values(a, BALANCE), self.settings.pattern).mean() for a in complete])
        air = np.array([[readings.values(a, channel).mean() for channel in AIR] for a in complete])
        corrected = observed + self._lift(air, self._signs)
        design, reference = self._design, self._reference()
        known_kg = np.array([float(argument.value.value) for argument in reference]) - self._known_nominal_kg  # type: ignore[union-attr]
        values = design.solution @ (corrected - design.known @ known_kg)
        residuals = corrected - design.known @ known_kg - design.unknown @ values
        s_kg = float(np.sqrt(residuals @ residuals / design.dof)) if design.dof > 0 else math.nan
        return Solved(self._arguments(values, s_kg, air, observed, reference), s_kg, design.dof)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the true conventional mass minus the nominal value, or the true difference of two loads."""
        group, _, name = result.point.partition("/")
        if group == "weight":
            return world.value(name) - result.nominal
        b, a = (side.split("+") for side in name.partition(" ")[2].split(" - "))
        return math.fsum(map(world.value, b)) - math.fsum(map(world.value, a))

    def _arguments(
        self, values: Vector, s_kg: float, air: Vector, observed: Vector, reference: Sequence[Argument]
    ) -> dict[str, Argument]:
        """Return each weight's value with all that it rests on: design, reference, air, densities, sensitivity."""
        settings, design = self.settings, self._design
        names = [w.name for w in settings.weights]
        u_kg, dof = self._u_of_comparison(s_kg)
        spread = correlated(
            [0.0] * len(names), covariance=u_kg**2 * design.cofactors, dof=dof,
            names=[f"{name}.difference" for name in names],
        )  # fmt: skip
        shares = -design.solution @ design.known
        in_air = self._air_terms(air, self._signs, design.solution)
        densities = self._density_terms(air, self._signs, design.solution)
        scaled = design.solution @ observed
        found = {}
        for number, name in enumerate(names):
            inputs = [
                Input(f"{name}.difference", _FIT, ((1.0, spread[number]),), float(values[number])),
                *_reference_inputs(reference, shares[number]),
                Input("air", _AIR, tuple((float(c[number]), error) for c, error in in_air)),
                Input("densities", _DENSITIES, tuple((float(c[number]), error) for c, error in densities)),
                Input(
                    "sensitivity",
                    _SENSITIVITY,
                    ((float(scaled[number]), self._gain),) if settings.sensitivity and scaled[number] else (),
                ),
            ]
            found[name] = Argument(tuple(i for i in inputs if i.terms))
        return found

    def _u_of_comparison(self, s_kg: float) -> tuple[float, float]:
        """Return the standard uncertainty of one comparison and its degrees of freedom; never below the resolution."""
        settings = self.settings
        least_kg = settings.digit_kg * math.sqrt(2 / 12)
        if settings.process is not None:
            s, dof = settings.process
            return max(s / math.sqrt(settings.cycles), least_kg), dof
        if math.isnan(s_kg) or s_kg < least_kg:
            return least_kg, math.inf
        return s_kg, float(self._design.dof)

    def _reference(self) -> list[Argument]:
        return [standard_argument(self.context, "reference", [weight]) for weight in self.settings.reference]

    @cached_property
    def _gain(self) -> Quantity:
        half_width = self.settings.sensitivity or 1.0
        return quantity(0.0, half_width=half_width, name="sensitivity", id=self._shared("S"))

    @cached_property
    def _signs(self) -> Vector:
        """The comparisons as a matrix of all weights, the reference weights last."""
        return np.hstack([self._design.unknown, self._design.known])

    def _lift(
        self, air: Vector, signs: Vector, shift: Sequence[float] = (0.0, 0.0, 0.0), factor: float = 1.0
    ) -> Vector:
        """Return the buoyancy correction of comparisons, with the air shifted."""
        t, h, p = (air[:, n] + shift[n] for n in range(3))
        excess = air_density(t, p, h) * factor - CONVENTIONAL_AIR_KG_M3
        volumes = self._masses_kg * (1 / self._densities - 1 / CONVENTIONAL_DENSITY_KG_M3)
        return np.asarray(excess * (signs @ volumes))

    def _air_terms(self, air: Vector, signs: Vector, solution: Vector) -> list[tuple[Vector, Quantity]]:
        """Return by how much each result changes with the errors of the air, which are those of one day."""
        settings, base = self.settings, self._lift(air, signs)
        widths = (settings.air_temperature_K, settings.air_humidity_percent, settings.air_pressure_Pa)
        terms = []
        for number, (channel, width) in enumerate(zip(AIR, widths, strict=True)):
            if width > 0:
                step = [width if n == number else 0.0 for n in range(3)]
                error = quantity(0.0, half_width=1.0, name="air", id=self._shared(channel))
                terms.append((solution @ (self._lift(air, signs, step) - base), error))
        formula = quantity(0.0, u=1.0, name="air", id="CIPM-2007 relative")
        terms.append((solution @ (self._lift(air, signs, factor=1 + FORMULA_RELATIVE_U) - base), formula))
        return terms

    def _density_terms(self, air: Vector, signs: Vector, solution: Vector) -> list[tuple[Vector, Quantity]]:
        """Return by how much each result changes with the errors of all densities."""
        t, h, p = air.T
        excess = air_density(t, p, h) - CONVENTIONAL_AIR_KG_M3
        slopes = -self._masses_kg / self._densities**2 * self._density_u
        terms = []
        for column, (name, slope) in enumerate(zip(self._nominal_kg, slopes, strict=True)):
            if slope and np.any(signs[:, column]):
                error = quantity(0.0, u=1.0, name="densities", id=self._shared(f"density of {name}"))
                terms.append((solution @ (signs[:, column] * excess) * slope, error))
        return terms

    def _rows(self, solved: Solved, readings: Readings, phase: Phase) -> list[Result]:
        attempt = readings.standing(list(self._comparisons)[-1], phase)
        assert attempt is not None
        rows = []
        for weight in self.settings.weights:
            point = self._point(f"weight/{weight.name}", _title(weight), weight.nominal_kg, 0.0)
            argument = solved.arguments[weight.name]
            found_kg = weight.nominal_kg + float(argument.value.value)  # type: ignore[union-attr]
            estimates = Estimates({"found": argument}, weight.nominal_kg, np.zeros(0), found_kg, route="certificate")
            row = replace(result_of(self, point, attempt, readings, estimates), n=len(self._comparisons))
            rows.append(of_class(row, weight.weight_class))
        rows[0] = replace(rows[0], remarks=(*rows[0].remarks, *self._remarks(solved)))
        values = [value for argument in solved.arguments.values() if isinstance(value := argument.value, Quantity)]
        return belonging_together("set-of-weights", rows, values, [{"symbol": w.name} for w in self.settings.weights])

    def _remarks(self, solved: Solved) -> list[Text]:
        """Return what the fit says of itself, and of the check standard."""
        settings, remarks = self.settings, []
        if settings.process is not None and solved.dof > 0:
            s, dof = settings.process
            tested = f_test(solved.s_kg, solved.dof, s / math.sqrt(settings.cycles), dof)
            remarks.append(_control("F", tested.statistic, tested.action, tested.state != "out of control"))
        if settings.check is not None:
            check = settings.check
            value = float(solved.arguments[check.name].value.value)  # type: ignore[union-attr]
            tested = t_test(value, check.error_kg, check.s_kg, check.dof)
            remarks.append(
                _control(f"t ({check.name})", tested.statistic, tested.action, tested.state != "out of control")
            )
        return remarks

    @cached_property
    def _comparisons(self) -> dict[str, Comparison]:
        return {
            f"comparison/{number:02d} {'+'.join(c.b)} - {'+'.join(c.a)}": c
            for number, c in enumerate(self.settings.comparisons, 1)
        }

    @cached_property
    def _nominal_kg(self) -> dict[str, float]:
        """Nominal values, first of the set, then of the reference weights."""
        of_set = {w.name: w.nominal_kg for w in self.settings.weights}
        return of_set | {w.name: w.nominal_kg for w in self.settings.reference}

    @property
    def _known_nominal_kg(self) -> Vector:
        return np.array([w.nominal_kg for w in self.settings.reference])

    @cached_property
    def _masses_kg(self) -> Vector:
        return np.array(list(self._nominal_kg.values()))

    @cached_property
    def _densities(self) -> Vector:
        of_set = [w.density_kg_m3 for w in self.settings.weights]
        return np.array(of_set + [self.settings.reference_density_kg_m3] * len(self.settings.reference))

    @cached_property
    def _density_u(self) -> Vector:
        of_set = [w.density_U_kg_m3 / 2 for w in self.settings.weights]
        return np.array(of_set + [self.settings.reference_density_U_kg_m3 / 2] * len(self.settings.reference))

    @cached_property
    def _design(self) -> Design:
        signs = np.array(
            [[(name in c.b) - (name in c.a) for name in self._nominal_kg] for c in self.settings.comparisons],
            dtype=float,
        )
        n = len(self.settings.weights)
        return Design(signs[:, :n], signs[:, n:])

    def _point(self, id_: str, title: Text, nominal_kg: float, estimate_s: float) -> Point:
        return Point(id_, _GROUP.id, title, QUANTITY, "kg", nominal_kg, nominal_kg, 0.0, estimate_s)

    def _shared(self, what: str) -> str:
        """Return the identity of an error that all results of this calibration share."""
        return f"{self.context.job.number}/{self.context.date}/{self.id}/{what}"

    def _check(self) -> None:
        """Refuse now, all at once, what could not be weighed or solved."""
        settings, mistakes = self.settings, []
        names = [w.name for w in settings.weights] + [w.name for w in settings.reference]
        mistakes += [f"weight {name}: stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
        for id_, c in self._comparisons.items():
            mistakes += _mistakes(id_, c, self._nominal_kg)
        if settings.check is not None and settings.check.name not in {w.name for w in settings.weights}:
            mistakes.append(f"check: {settings.check.name} is no weight of the set")
        if not mistakes and self._design.rank < len(settings.weights):
            mistakes.append(f"the comparisons determine {self._design.rank} of {len(settings.weights)} weights")
        try:
            self._reference()
            for weight in settings.weights:
                if weight.weight_class is not None:
                    maximum_permissible_error_kg(weight.nominal_kg, weight.weight_class)
        except CalibError as error:
            mistakes.append(str(error))
        if mistakes:
            raise InputError("\n".join(mistakes))


def _mistakes(id_: str, comparison: Comparison, nominal_kg: Mapping[str, float]) -> list[str]:
    """Return what is wrong with a comparison."""
    names = [*comparison.a, *comparison.b]
    unknown = sorted(set(names) - set(nominal_kg))
    if unknown:
        return [f"{id_}: no weight {', '.join(unknown)} among 'weights' and 'reference'"]
    if len(set(names)) < len(names):
        return [f"{id_}: a weight is there once"]
    a, b = (math.fsum(nominal_kg[name] for name in load) for load in (comparison.a, comparison.b))
    return [] if math.isclose(a, b, rel_tol=1e-9) else [f"{id_}: {b:g} kg is compared with {a:g} kg"]


def _reference_inputs(reference: Sequence[Argument], shares: Vector) -> list[Input]:
    """Return the errors of the reference weights, each with its share in one weight; their values are in the fit."""
    kinds: dict[str, tuple[Text, list[tuple[float, Quantity]]]] = {}
    for share, argument in zip(shares, reference, strict=True):
        for one in all_inputs({"reference": argument}):
            terms = kinds.setdefault(one.name, (one.label, []))[1]
            terms += [(float(share) * c, error) for c, error in one.terms]
    return [Input(name, label, tuple(terms)) for name, (label, terms) in kinds.items()]


def _control(test: str, statistic: float, limit: float, holds: bool) -> Text:  # noqa: FBT001
    vi, en = ("trong tầm kiểm soát", "in control") if holds else ("NGOÀI TẦM KIỂM SOÁT", "OUT OF CONTROL")
    return Text(
        vi=f"{test} = {statistic:.3g}, giới hạn 99 % {limit:.3g}: {vi}",
        en=f"{test} = {statistic:.3g}, limit at 99 % {limit:.3g}: {en}",
    )


def _title(weight: SetWeight) -> Text:
    if weight.weight_class is None:
        return Text(vi="Khối lượng quy ước", en="Conventional mass")
    name = weight.weight_class
    return Text(vi=f"Khối lượng quy ước, cấp chính xác {name}", en=f"Conventional mass, class {name}")


_GROUP = Group("comparisons", Text(vi="So sánh", en="Comparisons"))
_DIFFERENCE = Text(vi="ΔI: hiệu số chỉ của cân", en="ΔI: difference of indications")
_FIT = Text(vi="bình phương tối thiểu của các hiệu", en="least squares of the differences")
_AIR = Text(vi="ρ_a: khối lượng riêng không khí", en="ρ_a: density of the air")
_DENSITIES = Text(vi="ρ_i: khối lượng riêng các quả cân", en="ρ_i: densities of the weights")
_SENSITIVITY = Text(vi="S: độ nhạy của cân", en="S: sensitivity of the balance")
