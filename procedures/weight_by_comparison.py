"""Weights by comparison with reference weights on a balance, by substitution (OIML R 111-1:2004, annex C; NIST SOP 4).

Measurement equation, for each weight::

    E = m_r − m_0 + ΔI·S + m_0 (ρ_a − 1.2 kg/m³) (1/ρ_t − 1/ρ_r) + δ_b + δ_e + δ_m

* E: conventional mass minus nominal value m_0. m_r: conventional mass of the reference weights together, by their
  certificates; what those say of correlation holds in the sum.
* ΔI: mean of the differences of n cycles ABBA or ABA; its dispersion is the larger of s/√n and of the resolution
  √2 d/√12, or it is that of the laboratory's history. S: sensitivity of the balance, 1 within a bound, or
  measured with a small weight in every cycle.
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
from numpy.typing import NDArray
from pydantic import Field, model_validator

from calib.errors import CalibError, InputError, RunError
from calib.inputs import Argument
from calib.procedure import Attempt, Estimates, Group, Point, Readings, Result, Station, Truth, bounded
from calib.procedure.mass.air import buoyancy, density_argument, read_air
from calib.procedure.mass.check import CheckStandard, Control, precision_remark
from calib.procedure.mass.classes import CalibratedWeight, of_class
from calib.procedure.mass.method import BALANCE, UNITS_OF_INPUTS, NotNegative, WeightMethod
from calib.procedure.mass.sensitivity import LEAST_DIGITS, bounded_only, measured, with_sensitivity
from calib.procedure.mass.standards import QUANTITY, Load, StandardWeight, names_of, total_kg
from calib.procedure.mass.weighing import (
    HISTORY,
    Loading,
    WeighingParameters,
    difference_argument,
    differences,
    indications,
    loadings,
    weigh,
)
from calib.text import Text


class TestWeight(CalibratedWeight):
    """A weight under calibration, and what it is compared with."""

    __test__ = False  # no test of pytest's

    against: Load


class WeightParameters(WeighingParameters):
    """Parameters of the method."""

    weights: Annotated[tuple[TestWeight, ...], Field(min_length=1)]
    check: CheckStandard | None = None
    sensitivity_weight: StandardWeight | None = None
    """Put to both loads in the second half of every A B B A to measure the sensitivity, in place of `sensitivity`."""
    eccentricity_kg: NotNegative = 0.0
    """Half-width of what eccentric loads differ by."""
    magnetism_kg: NotNegative = 0.0
    """Half-width of the difference of magnetic forces."""
    buoyancy_kg: NotNegative = 0.0
    """Half-width of what is left of the buoyancy; for low classes in place of densities, which are then all 8000."""

    @model_validator(mode="after")
    def _sensitivity_needs_abba(self) -> "WeightParameters":
        added = self.sensitivity_weight
        if added is not None and self.pattern != "ABBA":
            msg = "'sensitivity_weight' needs the pattern ABBA"
            raise ValueError(msg)
        if added is not None and added.nominal_kg < LEAST_DIGITS * self.digit_kg:
            msg = f"'sensitivity_weight' must be {LEAST_DIGITS} digits of the balance or more"
            raise ValueError(msg)
        return self


def conventional_mass_error(
    reference: Any, nominal: Any, difference: Any, sensitivity: Any, temperature: Any, pressure: Any, humidity: Any,
    formula: Any, test_density: Any, reference_density: Any, others: Any,
) -> Any:  # fmt: skip
    """Return E, the conventional mass minus the nominal value, in kilograms: the measurement equation of the method."""
    lift = buoyancy(nominal, temperature, pressure, humidity, formula, test_density, reference_density)
    return reference - nominal + difference * sensitivity + lift + others


class WeightByComparison(WeightMethod):
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
    history: ClassVar[Mapping[str, str]] = HISTORY
    Parameters = WeightParameters

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return the one group."""
        return [_GROUP]

    def prepare(self, group: Group, station: Station) -> None:
        """Compare the check standard, where there is one; refuse to go on out of control."""
        del group
        check = self.comparison.check
        if check is None:
            return
        air = read_air(station)
        shown = np.array(list(indications(station, self._loadings(check), self.comparison)))
        found = differences(shown, self.comparison.pattern)
        error_kg = self._check_value(check, float(found.mean()) * self._sensitivity(shown).estimate, air)
        control = Control.of(check, error_kg, found, self.comparison.process)
        station.note(
            "check standard",
            weight=check.name,
            error_kg=error_kg,
            differences_kg=found.tolist(),
            air=air,
            **control.states,
        )
        if control.complaint:
            raise RunError(control.complaint)

    def measure(self, point: Point, station: Station) -> None:
        """Weigh reference and test weight in turns."""
        weigh(station, self._loadings(self._weight(point)), self.comparison)

    # the half that does not

    @property
    def comparison(self) -> WeightParameters:
        """The job's parameters."""
        assert isinstance(self.settings, WeightParameters)
        return self.settings

    def item_weights(self) -> Sequence[str]:
        """Return the weights under calibration."""
        return names_of(self.comparison.weights)

    def points(self) -> Sequence[Point]:
        """Return a point for each weight, in the order of the job.

        Raises
        ------
        InputError
            A weight could be weighed, but not evaluated afterwards.
        """
        self._check()
        return [
            Point(
                id=f"weight/{one.name}",
                group=_GROUP.id,
                title=one.title,
                quantity=QUANTITY,
                unit="kg",
                measuring_range=one.nominal_kg,
                nominal=one.nominal_kg,
                hazard_V=0.0,
                estimate_s=self.comparison.estimate_s,
            )
            for one in self.comparison.weights
        ]

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the maximum permissible error of the agreed class."""
        del temperature_C
        return self._weight(point).limit_kg

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return reference, difference and all that the equation has besides."""
        settings, one = self.comparison, self._weight(point)
        shown = readings.values(attempt, BALANCE)
        found, sensitivity = differences(shown, settings.pattern), self._sensitivity(shown)
        arguments: dict[str, Argument] = {
            "reference": self.standards(one.against),
            "nominal": Argument(constant=one.nominal_kg),
            "difference": difference_argument(found, settings),
            "sensitivity": sensitivity,
            **self.air(attempt, readings),
            "test_density": density_argument(
                one.density_kg_m3, one.density_U_kg_m3, _TEST_DENSITY, "density", self.shared(one.name)
            ),
            "reference_density": self.reference_density(),
            "others": Argument(
                (
                    *bounded(settings.buoyancy_kg, _BUOYANCY, "buoyancy").inputs,
                    *bounded(settings.eccentricity_kg, _ECCENTRICITY, "eccentricity").inputs,
                    *bounded(settings.magnetism_kg, _MAGNETISM, "magnetism").inputs,
                )
            ),
        }
        error = conventional_mass_error(**{name: argument.estimate for name, argument in arguments.items()})
        return Estimates(
            arguments=arguments,
            reference=one.nominal_kg,
            readings=found,
            indicated=one.nominal_kg + float(error),
            route="certificate",
            remarks=precision_remark(found, settings.process),
            units={**UNITS_OF_INPUTS, **{i.name: "1" for i in sensitivity.inputs}},
        )

    def row(self, point: Point, attempt: Attempt, readings: Readings, estimates: Estimates) -> Result:
        """Return the row; no class is stated where U is too large for it."""
        return of_class(super().row(point, attempt, readings, estimates), self._weight(point))

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the true conventional mass minus the nominal value."""
        return world.value(result.point.rpartition("/")[2]) - result.nominal

    def _weight(self, point: Point) -> TestWeight:
        name = point.id.rpartition("/")[2]
        return next(one for one in self.comparison.weights if one.name == name)

    def _loadings(self, one: TestWeight | CheckStandard) -> list[Loading]:
        loads = names_of(one.against), [one.name]
        plain = loadings(*loads, one.nominal_kg, self.comparison)
        return with_sensitivity(plain, self.comparison.sensitivity_weight)

    def _sensitivity(self, shown: NDArray[np.float64]) -> Argument:
        """Return S: measured with the sensitivity weight, or as the job bounds it."""
        added = self.comparison.sensitivity_weight
        if added is None:
            return bounded_only(self.comparison, self.shared("S"))
        return measured(shown, self.standards([added]), self.comparison)

    def _check_value(self, check: CheckStandard, difference_kg: float, air: Mapping[str, float]) -> float:
        t, h, p = air.values()
        lift = buoyancy(
            check.nominal_kg, t, p, h, 1.0, check.density_kg_m3, self.settings.reference_density_kg_m3
        )  # fmt: skip
        return self.standards(check.against).estimate - check.nominal_kg + difference_kg + float(lift)

    def _check(self) -> None:
        """Refuse now, all at once, what could not be weighed or evaluated."""
        settings, mistakes = self.comparison, []
        names = [one.name for one in settings.weights]
        mistakes += [f"weight {name}: is asked for twice" for name in sorted({n for n in names if names.count(n) > 1})]
        compared: list[TestWeight | CheckStandard] = [*settings.weights]
        for one in compared + ([] if settings.check is None else [settings.check]):
            mistakes += self._mistakes(one)
        if settings.sensitivity_weight is not None:
            try:
                self.standards([settings.sensitivity_weight])
            except CalibError as error:
                mistakes.append(f"sensitivity_weight: {error}")
        if mistakes:
            raise InputError("\n".join(mistakes))

    def _mistakes(self, one: TestWeight | CheckStandard) -> list[str]:
        """Return what is wrong with a comparison."""
        together_kg, names, mistakes = total_kg(one.against), names_of(one.against), []
        if not math.isclose(together_kg, one.nominal_kg, rel_tol=1e-9):
            mistakes.append(f"weight {one.name}: {one.nominal_kg:g} kg is compared with {together_kg:g} kg")
        twice = sorted({name for name in names if names.count(name) > 1})
        mistakes += [f"weight {one.name}: {name} stands twice in 'against'" for name in twice]
        try:
            self.standards(one.against)
            _ = one.limit_kg if isinstance(one, TestWeight) else None
        except CalibError as error:
            mistakes.append(f"weight {one.name}: {error}")
        return mistakes


_GROUP = Group("weights", Text(vi="Quả cân", en="Weights"))
_TEST_DENSITY = Text(vi="ρ_t: khối lượng riêng của quả cân", en="ρ_t: density of the weight")
_BUOYANCY = Text(vi="δ_b: lực đẩy không khí còn lại", en="δ_b: what is left of the buoyancy")
_ECCENTRICITY = Text(vi="δ_e: độ lệch tâm", en="δ_e: eccentricity")
_MAGNETISM = Text(vi="δ_m: từ tính", en="δ_m: magnetism")
