"""Industrial platinum resistance thermometer against a reference thermometer in a bath, with its own equation.

Measurement equation, for each temperature::

    E = t(R_X + δR_X) − (t_R + δt_R) − δt_H − δt_B

with t(R) the temperature that IEC 60751 gives a resistance: E is the departure from the standard, which a tolerance
class limits. Reference and item are read in turns with the same readout, whose error is one in both.

From all temperatures the coefficients of Callendar and Van Dusen are found by least squares,
R = R₀ (1 + A t + B t² + C (t − 100 °C) t³), C with temperatures below 0 °C only and enough of them; they are results of
their own, with budgets and covariance, in which all that the points share stays shared (JCGM 102:2011).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from calib.drivers.roles import Bath, ThermometerProbe, ThermometerReadout
from calib.inputs import Argument, Input
from calib.physics import platinum
from calib.physics.platinum import TOLERANCES, VALID_C, Tolerance, tolerance_K
from calib.procedure import Attempt, Estimates, Phase, Point, Readings, Result, Station, Truth, indication
from calib.procedure.cvdfit import Fitted, fit_callendar_van_dusen
from calib.procedure.declared import Declared
from calib.procedure.evaluation import judge
from calib.procedure.montecarlo import Validated
from calib.procedure.thermal import InBath
from calib.procedure.thermalparameters import BathParameters, in_a_bath
from calib.procedure.together import belonging_together, fitted_budget, labels_of
from calib.record.model import phases
from calib.text import Text
from calib.uncertainty import Quantity, quantity

_HEATED = "item.self-heating"
_SELF_HEATING = Text(vi="Mẫu, tự đốt nóng", en="Item, self-heating")


class PrtParameters(BathParameters):
    """Parameters of the method."""

    item_channel: Annotated[int, Field(ge=1)] = 2
    """Of the readout."""
    R0_ohm: Annotated[float, Field(gt=0)] = 100.0
    """Nominal resistance at 0 °C."""
    tolerance: Tolerance | None = None
    """Class of IEC 60751 that was agreed; without it there is no verdict."""
    item_self_heating_K: Annotated[float, Field(ge=0)] = 0.002
    """Half-width of the difference between the item's self-heating here and in use."""


def departure(item: Any, reference: Any, homogeneity: Any, stability: Any) -> Any:
    """Return E = t(R_X + δR_X) − (t_R + δt_R) − δt_H − δt_B, in kelvins: the measurement equation of the method."""
    return item - reference - homogeneity - stability


class PrtIndustrial(InBath):
    """Industrial platinum resistance thermometer without an indicator."""

    id = "prt-industrial"
    version = "1"
    title = Text(vi="Nhiệt kế điện trở platin công nghiệp", en="Industrial platinum resistance thermometer")
    method = Text(
        vi="So sánh với nhiệt kế chuẩn trong bể điều nhiệt, prt-industrial phiên bản 1, dựa theo DKD-R 5-1; "
        "phương trình Callendar-Van Dusen, IEC 60751",
        en="Comparison with a reference thermometer in a bath, prt-industrial version 1, after DKD-R 5-1; "
        "Callendar-Van Dusen equation, IEC 60751",
    )
    equation = "E = t(R_X + δR_X) − (t_R + δt_R) − δt_H − δt_B"
    model = staticmethod(departure)
    heading = Text(vi="Độ lệch so với IEC 60751", en="Departure from IEC 60751")
    under_calibration = "item"
    declared: ClassVar[Mapping[str, Declared]] = {
        **in_a_bath("item"),
        _HEATED: Declared("item_self_heating_K", _SELF_HEATING, "item", "self_heating_K"),
    }
    roles: ClassVar[Mapping[str, type]] = {
        "reference": ThermometerProbe,
        "readout": ThermometerReadout,
        "bath": Bath,
        "item": ThermometerProbe,
    }
    unit = "°C"
    Parameters = PrtParameters

    def immerse_item(self, station: Station) -> None:
        """Have the item put beside the reference."""
        station.role("item", ThermometerProbe).immerse(self.prt.place, self.prt.item_depth_m, well=self.prt.item_well)

    def read_item(self, station: Station) -> float:
        """Take one reading of the item, and return the temperature that IEC 60751 gives it."""
        ohm = station.role("readout", ThermometerReadout).read_thermometer_ohm(self.prt.item_channel)
        return platinum.temperature_C(ohm, self.prt.R0_ohm)

    def measuring_range(self) -> float:
        """Return the greatest temperature that is measured, either way."""
        return max(abs(t) for t in self.temperatures_C()) or 1.0

    def resolution(self, point: Point) -> float:
        """Return the least digit of the readout, in kelvins of the item."""
        specification = self.context.standard("readout").stated_specification
        range_ = specification.range_for("resistance", self._ohm(point.nominal))
        return specification.resolution(range_, "resistance") / self._slope(point.nominal)

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the tolerance of the agreed class, where it holds at this temperature."""
        del temperature_C
        if self.prt.tolerance is None:
            return None
        low, high = VALID_C[self.prt.tolerance]
        return tolerance_K(self.prt.tolerance, point.nominal) if low <= point.nominal <= high else None

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the item's temperature by IEC 60751, and the reference's; what scatters is their difference."""
        read, item = self.turns(attempt, readings)
        mean_C, mean_ohm = float(item.mean()), float(read.mean())
        found = self.reference_of(mean_ohm)
        along = (read - mean_ohm) / found.ohm_per_K
        shown = indication(item - along, self.resolution(point), _ITEM, name="item")
        of_both = self.readout_input(mean_ohm, found.ohm_per_K, readings)
        of_item = self.readout_input(self._ohm(mean_C), self._slope(mean_C), readings, "item.readout")
        if self.context.standard("readout").stated_specification.correlation == "full":
            of_both, of_item = _less(of_both, of_item), replace(of_item, terms=())
        own = [i for i in (*shown.inputs, of_item, *self.known(_HEATED).inputs) if i.terms]
        return Estimates(
            arguments={
                "item": Argument(tuple(own)),
                "reference": found.argument(of_both, *self.reference_heating()),
                **self.between(),
            },
            reference=found.t_C,
            readings=item,
            indicated=mean_C,
            route="certificate",
        )

    def evaluate(self, readings: Readings) -> tuple[Result, ...]:
        """Return the departures, and behind them the coefficients of each phase that has enough temperatures."""
        rows = list(super().evaluate(readings))
        for phase in phases(readings.attempts):
            rows += self._coefficients(readings, [r for r in rows if r.phase == phase])
        return tuple(rows)

    def fitted(self, readings: Readings, phase: Phase = "as-found") -> Fitted | None:
        """Return the coefficients as correlated quantities; None with too few temperatures."""
        found = {p: e for (ph, p), e in self.errors(readings).items() if ph == phase}
        rows = [(p, a) for p, a in self.standing(readings) if a.phase == phase]
        points = [(self._reference_C(a, readings), found[p.id]) for p, a in rows]
        return fit_callendar_van_dusen(points, self.prt.R0_ohm)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the item's departure at the temperature of the bath; of a coefficient, that of an exact fit."""
        if result.point.startswith("coefficients/"):
            return _true_coefficient(result, world)
        return world.error("item", "temperature", result.measuring_range, result.reference)

    @property
    def prt(self) -> PrtParameters:
        """The job's parameters."""
        assert isinstance(self.settings, PrtParameters)
        return self.settings

    def _reference_C(self, attempt: Attempt, readings: Readings) -> float:
        return self.reference_of(float(self.turns(attempt, readings)[0].mean())).t_C

    def _ohm(self, t_C: float) -> float:
        return platinum.resistance_ohm(t_C, self.prt.R0_ohm)

    def _slope(self, t_C: float) -> float:
        return platinum.IEC_60751.ohm_per_K(t_C) * self.prt.R0_ohm / 100.0

    def _coefficients(self, readings: Readings, rows: Sequence[Result]) -> list[Result]:
        """Return a row for R₀ and each coefficient, which belong together; fit and classes in the remarks."""
        if not rows:
            return []
        fitted = self.fitted(readings, rows[0].phase)
        if fitted is None:
            return []
        within_C = min(r.nominal for r in rows), max(r.nominal for r in rows)
        labels = labels_of(rows)
        found = [self._coefficient(name, value, rows[0], labels) for name, value in fitted.coefficients.items()]
        remarks = (_fit(fitted), _classes(rows))
        law = {"equation": _law(fitted, within_C[0]), "within": within_C, "within_unit": "°C"}
        places = [
            {"symbol": name, "unit": unit, "power": power, **law}
            for name, (unit, power, _) in ((name, _COEFFICIENTS[name]) for name in fitted.coefficients)
        ]
        return belonging_together(
            "callendar-van-dusen",
            [replace(found[0], remarks=remarks), *found[1:]],
            list(fitted.coefficients.values()),
            places,
        )

    def _coefficient(self, name: str, value: Quantity, like: Result, labels: Mapping[str, Text]) -> Result:
        _, power, standard = _COEFFICIENTS[name]
        unit = "Ω" if name == "R0" else "1"
        standard = self.prt.R0_ohm if name == "R0" else standard * 10.0**power
        shown = value * 10.0**power
        judged = judge(shown - standard, None, self.context.job.decision)
        return replace(
            like,
            point=f"coefficients/{name}",
            group=_HEADINGS[name],
            quantity=f"callendar_van_dusen_{name}",
            unit=unit,
            shown_unit=unit,
            error_unit="mΩ" if unit == "Ω" else unit,
            measuring_range=abs(standard),
            nominal=standard,
            reference=standard,
            indicated=float(shown.value),
            resolution=0.0,
            s=float("nan"),
            budget=fitted_budget(shown, labels, unit),
            remarks=(),
            **judged.fields(),
            **vars(Validated()),
        )


def _true_coefficient(result: Result, world: Truth) -> float:
    """Return the deviation of a coefficient that is fitted to departures without any error."""
    name = result.point.rpartition("/")[2]
    exact = [(t, quantity(world.error("item", "temperature", abs(t), t), u=1e-9)) for t in _EXACT_C[name == "C"]]
    fitted = fit_callendar_van_dusen(exact, result.nominal if name == "R0" else 100.0)
    assert fitted is not None
    return float(fitted.coefficients[name].value) * 10.0 ** _COEFFICIENTS[name][1] - result.nominal


def _less(one: Input, other: Input) -> Input:
    """Return the effect of one error in the difference of two readings."""
    ((a, error),), ((b, _),) = one.terms, other.terms
    return Input(one.name, _BOTH.format(label=one.label), ((a - b, error),))


def _law(fitted: Fitted, lowest_C: float) -> str:
    """Return the equation of the coefficients, from a lowest temperature on."""
    law = "R = R₀ (1 + A t + B t²)"
    if lowest_C >= 0:
        return law
    fixed = "" if "C" in fitted.coefficients else f", C = {platinum.C * 1e12:g} × 10⁻¹² °C⁻⁴ (IEC 60751)"
    return f"{law}, t ≥ 0 °C; R = R₀ (1 + A t + B t² + C (t − 100 °C) t³), t < 0 °C{fixed}"


def _fit(fitted: Fitted) -> Text:
    mK = 1e3 * float(np.max(np.abs(fitted.residuals_K)))
    return Text(
        vi=f"Bình phương tối thiểu qua {fitted.n} nhiệt độ; độ lệch còn lại lớn nhất {mK:.1f} mK",
        en=f"Least squares through {fitted.n} temperatures; greatest residual {mK:.1f} mK",
    )


def _classes(rows: Sequence[Result]) -> Text:
    """Return the classes within which all departures lie with their U (IEC 60751)."""
    within = [
        name
        for name in TOLERANCES
        if all(
            VALID_C[name][0] <= r.nominal <= VALID_C[name][1]
            and abs(r.reported_error) + r.reported_U <= tolerance_K(name, r.nominal)
            for r in rows
        )
    ]
    told = ", ".join(within)
    if not within:
        return Text(vi="Không nằm trong cấp dung sai nào của IEC 60751", en="Within no tolerance class of IEC 60751")
    return Text(
        vi=f"Cùng với U nằm trong các cấp dung sai {told} của IEC 60751, tại các nhiệt độ đã đo",
        en=f"With U within the tolerance classes {told} of IEC 60751, at the temperatures measured",
    )


_ITEM = Text(vi="R_X: số đọc", en="R_X: readings")
_BOTH = Text(vi="{label}, trong cả hai", en="{label}, in both")
_COEFFICIENTS = {
    "R0": (r"\ohm", 0, 100.0),
    "A": (r"\kelvin\tothe{-1}", 3, platinum.A),
    "B": (r"\kelvin\tothe{-2}", 7, platinum.B),
    "C": (r"\kelvin\tothe{-4}", 12, platinum.C),
}
"""D-SI name of the unit, power of ten by which a row is multiplied, and the value of IEC 60751."""
_EXACT_C = {False: (0.0, 50.0, 100.0, 150.0), True: (-80.0, -40.0, 0.0, 50.0, 100.0, 150.0)}
"""Temperatures at which a true law is looked at, without and with C."""
_HEADINGS = {
    "R0": Text(vi="Hệ số Callendar-Van Dusen R₀", en="Callendar-Van Dusen coefficient R₀"),
    "A": Text(vi="Hệ số Callendar-Van Dusen A / (10⁻³ °C⁻¹)", en="Callendar-Van Dusen coefficient A / (10⁻³ °C⁻¹)"),
    "B": Text(vi="Hệ số Callendar-Van Dusen B / (10⁻⁷ °C⁻²)", en="Callendar-Van Dusen coefficient B / (10⁻⁷ °C⁻²)"),
    "C": Text(vi="Hệ số Callendar-Van Dusen C / (10⁻¹² °C⁻⁴)", en="Callendar-Van Dusen coefficient C / (10⁻¹² °C⁻⁴)"),
}
