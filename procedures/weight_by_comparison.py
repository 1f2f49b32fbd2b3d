"""Weights by comparison with reference weights on a balance, by substitution (OIML R 111-1:2004, annex C; NIST SOP 4).

Measurement equation, for each weight::

    E = m_r − m_0 + ΔI·S + m_0 (ρ_a − 1.2 kg/m³) (1/ρ_t − 1/ρ_r) + δ_b + δ_e + δ_m

* E: conventional mass minus nominal value m_0. m_r: conventional mass of the reference weights together, by their
  certificates; what those say of correlation holds in the sum.
* ΔI: mean of the differences of n cycles ABBA or ABA; its dispersion is the larger of s/√n and of the resolution
  √2 d/√12, or it is that of the laboratory's history. S: sensitivity of the balance.
* ρ_a by CIPM-2007 from the air at the balance; ρ_t, ρ_r: densities. δ_b: what is left of the buoyancy.
  δ_e: eccentricity. δ_m: magnetism.

A class is stated only where U does not exceed a third of its maximum permissible error (R 111-1, 5.2); |E| ≤ mpe − U
is the rule `guarded` of the job (5.3). A check standard, where the job names one, has to be in control before anything
else is weighed (NIST SP 676-II).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from calib.drivers.roles import Artefact, Balance, WeatherStation, WeightHandler
from calib.equipment import Route
from calib.errors import CalibError, InputError, RunError
from calib.files import Strict
from calib.inputs import Argument
from calib.physics.weights import WeightClass, maximum_permissible_error_kg
from calib.procedure import Attempt, Estimates, Group, Point, Procedure, Readings, Result, Station, Truth, bounded
from calib.procedure import indication as indicated
from calib.procedure.control import Tested, f_test, t_test
from calib.procedure.weighing import (
    BALANCE,
    CONDITIONS,
    QUANTITY,
    UNITS,
    Name,
    NotNegative,
    Positive,
    StandardWeight,
    WeighingParameters,
    air_arguments,
    buoyancy,
    density_argument,
    differences,
    indications,
    of_class,
    read_air,
    standard_argument,
    weigh,
)
from calib.text import Text
from calib.uncertainty import Quantity


class TestWeight(Strict):
    """A weight under calibration, and what it is compared with."""

    __test__ = False  # no test of pytest's

    name: Name
    nominal_kg: Positive
    against: Annotated[tuple[StandardWeight, ...], Field(min_length=1)]
    weight_class: WeightClass | None = None
    """Class of OIML R 111-1 that was agreed; without it there is no verdict."""
    density_kg_m3: Positive = 8000.0
    density_U_kg_m3: NotNegative = 0.0
    """Expanded, k = 2."""


class CheckStandard(Strict):
    """A weight that is compared in every run, and what the laboratory knows of it."""

    name: Name
    nominal_kg: Positive
    against: Annotated[tuple[StandardWeight, ...], Field(min_length=1)]
    error_kg: float
    """Accepted value: conventional mass minus nominal value."""
    s_kg: Positive
    """Standard deviation of the values found in runs before."""
    dof: Positive
    density_kg_m3: Positive = 8000.0


class WeightParameters(WeighingParameters):
    """Parameters of the method."""

    weights: Annotated[tuple[TestWeight, ...], Field(min_length=1)]
    check: CheckStandard | None = None


def conventional_mass_error(
    reference: Any, nominal: Any, difference: Any, sensitivity: Any, temperature: Any, pressure: Any, humidity: Any,
    formula: Any, test_density: Any, reference_density: Any, others: Any,
) -> Any:  # fmt: skip
    """Return E, the conventional mass minus the nominal value, in kilograms: the measurement equation of the method."""
    lift = buoyancy(nominal, temperature, pressure, humidity, formula, test_density, reference_density)
    return reference - nominal + difference * sensitivity + lift + others


class WeightByComparison(Procedure):
    """Weights, one by one, against reference weights of the same nominal value."""

    id = "weight-by-comparison"
    version = "1"
    title = Text(vi="Quả cân, so sánh với quả cân chuẩn", en="Weights by comparison")
    method = Text(
        vi="So sánh thay thế với quả cân chuẩn, weight-by-comparison phiên bản 1, dựa theo OIML R 111-1:2004",
        en="Substitution weighing against reference weights, weight-by-comparison version 1, after OIML R 111-1:2004",
    )
    equation = "E = m_r − m_0 + ΔI·S + m_0 (ρ_a − 1.2 kg/m³) (1/ρ_t − 1/ρ_r) + δ_b + δ_e + δ_m"
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
    Parameters = WeightParameters

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return the one group."""
        return [_GROUP]

    def prepare(self, group: Group, station: Station) -> None:
        """Compare the check standard, where there is one; refuse to go on out of control."""
        del group
        check = self.settings.check
        if check is None:
            return
        settings, names = self.settings, {"A": [w.name for w in check.against], "B": [check.name]}
        air = read_air(station)
        found = differences(
            np.array(list(indications(station, "reference", names, settings, check.nominal_kg))), settings.pattern
        )
        error_kg = self._check_value(check, float(found.mean()), air)
        tests: dict[str, Tested] = {"t": t_test(error_kg, check.error_kg, check.s_kg, check.dof)}
        if settings.process is not None and len(found) > 1:
            tests["F"] = f_test(float(np.std(found, ddof=1)), len(found) - 1.0, *settings.process)
        states = {name: f"{one.statistic:.3g}, {one.state}" for name, one in tests.items()}
        station.note(
            "check standard", weight=check.name, error_kg=error_kg, differences_kg=found.tolist(), air=air, **states
        )
        if any(one.state == "out of control" for one in tests.values()):
            told = "; ".join(f"{n} = {one.statistic:.3g}, limit {one.action:.3g}" for n, one in tests.items())
            msg = (
                f"check standard {check.name}: found {error_kg * 1e6:.4g} mg where {check.error_kg * 1e6:.4g} mg is "
                f"accepted: out of control ({told}); look at balance, weights and air before anything is calibrated"
            )
            raise RunError(msg)

    def measure(self, point: Point, station: Station) -> None:
        """Weigh reference and test weight in turns."""
        one = self._weight(point)
        loads = {"A": [w.name for w in one.against], "B": [one.name]}
        weigh(station, "reference", loads, self.settings, one.nominal_kg)

    # the half that does not

    @property
    def settings(self) -> WeightParameters:
        """The job's parameters."""
        return self.context.parameters(WeightParameters)

    def item_weights(self) -> Sequence[str]:
        """Return the weights under calibration."""
        return [weight.name for weight in self.settings.weights]

    def route(self, role: str) -> Route:
        """Return that all standards are used by their certificates."""
        del role
        return "certificate"

    def points(self) -> Sequence[Point]:
        """Return a point for each weight, in the order of the job.

        Raises
        ------
        InputError
            A weight could be weighed, but not evaluated afterwards.
        """
        weights = self.settings.weights
        self._check(weights)
        each_s = (self.settings.settle_s + 20.0) * len(self.settings.pattern) * self.settings.cycles
        return [
            Point(
                id=f"weight/{one.name}",
                group=_GROUP.id,
                title=_title(one),
                quantity=QUANTITY,
                unit="kg",
                measuring_range=one.nominal_kg,
                nominal=one.nominal_kg,
                hazard_V=0.0,
                estimate_s=each_s,
            )
            for one in weights
        ]

    def resolution(self, point: Point) -> float:
        """Return the last place of the balance."""
        del point
        return self.settings.digit_kg

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the maximum permissible error of the agreed class."""
        del temperature_C
        one = self._weight(point)
        return None if one.weight_class is None else maximum_permissible_error_kg(one.nominal_kg, one.weight_class)

    def tolerance(self, point: Point, readings: Readings) -> float | None:
        """Return the maximum permissible error of the agreed class."""
        del readings
        return self.limit(point)

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return reference, difference and all that the equation has besides."""
        settings, one = self.settings, self._weight(point)
        found = differences(readings.values(attempt, BALANCE), settings.pattern)
        reference = standard_argument(self.context, "reference", one.against)
        difference = indicated(
            found, settings.digit_kg * math.sqrt(2), _DIFFERENCE, name="difference", pooled=settings.process
        )
        day = self._shared("air")
        remarks = [] if settings.process is None or len(found) < 2 else _precision(found, settings.process)
        arguments: dict[str, Argument] = {
            "reference": reference,
            "nominal": Argument(constant=one.nominal_kg),
            "difference": difference,
            "sensitivity": Argument(
                bounded(settings.sensitivity, _SENSITIVITY, "sensitivity", identity=self._shared("S")).inputs, 1.0
            ),
            **air_arguments(readings, [attempt], settings, day),
            "test_density": density_argument(
                one.density_kg_m3, one.density_U_kg_m3, _TEST_DENSITY, "density", self._shared(one.name)
            ),
            "reference_density": density_argument(
                settings.reference_density_kg_m3,
                settings.reference_density_U_kg_m3,
                _REFERENCE_DENSITY,
                "reference.density",
                self._shared("reference density"),
            ),
            "others": Argument(
                (
                    *bounded(settings.buoyancy_kg, _BUOYANCY, "buoyancy").inputs,
                    *bounded(settings.eccentricity_kg, _ECCENTRICITY, "eccentricity").inputs,
                    *bounded(settings.magnetism_kg, _MAGNETISM, "magnetism").inputs,
                )
            ),
        }
        error = type(self).model(**{name: argument.value for name, argument in arguments.items()})
        return Estimates(
            arguments=arguments,
            reference=one.nominal_kg,
            readings=found,
            indicated=one.nominal_kg + float(error.value),
            route="certificate",
            remarks=tuple(remarks),
            units={**UNITS, "density": "kg/m³", "reference.density": "kg/m³"},
        )

    def row(self, point: Point, attempt: Attempt, readings: Readings, estimates: Estimates) -> Result:
        """Return the row; no class is stated where U is too large for it."""
        return of_class(super().row(point, attempt, readings, estimates), self._weight(point).weight_class)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the true conventional mass minus the nominal value."""
        return world.value(result.point.rpartition("/")[2]) - result.nominal

    def _weight(self, point: Point) -> TestWeight:
        name = point.id.rpartition("/")[2]
        return next(one for one in self.settings.weights if one.name == name)

    def _shared(self, what: str) -> str:
        """Return the identity of an error that all results of this calibration share."""
        return f"{self.context.job.number}/{self.context.date}/{self.id}/{what}"

    def _check_value(self, check: CheckStandard, difference_kg: float, air: Mapping[str, float]) -> float:
        reference = standard_argument(self.context, "reference", check.against).value
        assert isinstance(reference, Quantity)
        lift = buoyancy(
            check.nominal_kg,
            air["air.temperature"],
            air["air.pressure"],
            air["air.humidity"],
            1.0,
            check.density_kg_m3,
            self.settings.reference_density_kg_m3,
        )
        return float(reference.value) - check.nominal_kg + difference_kg + float(lift)

    def _check(self, weights: Sequence[TestWeight]) -> None:
        """Refuse now, all at once, what could not be weighed or evaluated."""
        mistakes = []
        names = [one.name for one in weights]
        mistakes += [f"weight {name}: is asked for twice" for name in sorted({n for n in names if names.count(n) > 1})]
        compared: list[TestWeight | CheckStandard] = [*weights]
        compared += [] if self.settings.check is None else [self.settings.check]
        for one in compared:
            together_kg = math.fsum(w.nominal_kg for w in one.against)
            if not math.isclose(together_kg, one.nominal_kg, rel_tol=1e-9):
                mistakes.append(f"weight {one.name}: {one.nominal_kg:g} kg is compared with {together_kg:g} kg")
            twice = sorted({w.name for w in one.against if [a.name for a in one.against].count(w.name) > 1})
            mistakes += [f"weight {one.name}: {name} stands twice in 'against'" for name in twice]
            try:
                standard_argument(self.context, "reference", one.against)
                if isinstance(one, TestWeight) and one.weight_class is not None:
                    maximum_permissible_error_kg(one.nominal_kg, one.weight_class)
            except CalibError as error:
                mistakes.append(f"weight {one.name}: {error}")
        if mistakes:
            raise InputError("\n".join(mistakes))


def _precision(found: np.ndarray, process: tuple[float, float]) -> list[Text]:
    """Return a remark where the cycles scatter more than the laboratory's history lets expect."""
    tested = f_test(float(np.std(found, ddof=1)), len(found) - 1.0, *process)
    if tested.state == "in control":
        return []
    told = f"F = {tested.statistic:.3g} > {tested.warning:.3g}"
    return [
        Text(
            vi=f"Độ tản mạn lớn hơn độ lệch chuẩn của quá trình ({told}, mức tin cậy 95 %)",
            en=f"The cycles scatter more than the process does ({told}, at 95 %)",
        )
    ]


def _title(one: TestWeight) -> Text:
    if one.weight_class is None:
        return Text(vi="Khối lượng quy ước", en="Conventional mass")
    return Text(
        vi=f"Khối lượng quy ước, cấp chính xác {one.weight_class}", en=f"Conventional mass, class {one.weight_class}"
    )


_GROUP = Group("weights", Text(vi="Quả cân", en="Weights"))
_DIFFERENCE = Text(vi="ΔI: hiệu số chỉ của cân", en="ΔI: difference of indications")
_SENSITIVITY = Text(vi="S: độ nhạy của cân", en="S: sensitivity of the balance")
_TEST_DENSITY = Text(vi="ρ_t: khối lượng riêng của quả cân", en="ρ_t: density of the weight")
_REFERENCE_DENSITY = Text(vi="ρ_r: khối lượng riêng của chuẩn", en="ρ_r: density of the reference weights")
_BUOYANCY = Text(vi="δ_b: lực đẩy không khí còn lại", en="δ_b: what is left of the buoyancy")
_ECCENTRICITY = Text(vi="δ_e: độ lệch tâm", en="δ_e: eccentricity")
_MAGNETISM = Text(vi="δ_m: từ tính", en="δ_m: magnetism")
