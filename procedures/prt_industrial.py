"""Industrial platinum resistance thermometer against a reference thermometer in a bath, with its own equation.

Measurement equation, for each temperature::

    E = t(R_X + δR_X) − (t_R + δt_R) − δt_H − δt_B

with t(R) the temperature that IEC 60751 gives a resistance: E is the departure from the standard, which a tolerance
class limits. Reference and item are read in turns with the same readout, whose error is one in both.

From all temperatures the coefficients of Callendar and Van Dusen are found by least squares,
R = R₀ (1 + A t + B t² + C (t − 100 °C) t³), C with temperatures below 0 °C only and enough of them; they are results of
their own, with budgets and covariance, in which all that the points share stays shared (JCGM 102:2011).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import Bath, ThermometerProbe, ThermometerReadout
from calib.inputs import Argument, Input
from calib.physics import platinum
from calib.physics.platinum import VALID_C, Tolerance, tolerance_K
from calib.procedure import Attempt, Estimates, Phase, Point, Readings, Result, Station, Truth, indication
from calib.procedure.cvdfit import Fitted, fit_callendar_van_dusen
from calib.procedure.cvdrows import coefficient_rows, is_coefficient, true_coefficient
from calib.procedure.declared import Declared
from calib.procedure.estimates import Estimated, solved
from calib.procedure.referencethermometer import ResistanceReference
from calib.procedure.thermal import InBath
from calib.procedure.thermalparameters import BathParameters, in_a_bath
from calib.record.model import phases
from calib.text import Text

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
    references = (ResistanceReference,)
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
        along = (read - mean_ohm) / found.signal_per_K
        shown = indication(item - along, self.resolution(point), _ITEM, name="item")
        of_both = self.readout_input(mean_ohm, found.signal_per_K, readings)
        of_item = self.readout_input(self._ohm(mean_C), self._slope(mean_C), readings, "item.readout")
        if self.context.standard("readout").stated_specification.correlation == "full":
            of_both, of_item = _less(of_both, of_item), replace(of_item, terms=())
        own = [i for i in (*shown.inputs, of_item, *self.known(_HEATED).inputs) if i.terms]
        return Estimates(
            arguments={
                "item": Argument(tuple(own)),
                "reference": found.argument(of_both),
                **self.between(),
            },
            reference=found.t_C,
            readings=item,
            indicated=mean_C,
            route="certificate",
        )

    def results(self, readings: Readings, estimated: Estimated) -> tuple[Result, ...]:
        """Return the departures, and behind them the coefficients of each phase that has enough temperatures."""
        rows = list(super().results(readings, estimated))
        for phase in phases(readings.attempts):
            of_phase = [row for row in rows if row.phase == phase]
            fitted = self._fit(estimated, phase)
            rows += coefficient_rows(fitted, of_phase, self.prt.R0_ohm, self.context.job.decision) if fitted else []
        return tuple(rows)

    def fitted(self, readings: Readings, phase: Phase = "as-found") -> Fitted | None:
        """Return the coefficients as correlated quantities; None with too few temperatures."""
        return self._fit(self.estimated(readings), phase)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the item's departure at the temperature of the bath; of a coefficient, that of an exact fit."""
        if is_coefficient(result):
            return true_coefficient(result, world)
        return world.error("item", "temperature", result.measuring_range, result.reference)

    @property
    def prt(self) -> PrtParameters:
        """The job's parameters."""
        assert isinstance(self.settings, PrtParameters)
        return self.settings

    def _fit(self, estimated: Estimated, phase: Phase) -> Fitted | None:
        of_phase = [one for one in estimated if one[1].phase == phase]
        departures = solved(departure, of_phase)
        points = [(e.reference, departures[phase, p.id]) for p, _, e in of_phase]
        return fit_callendar_van_dusen(points, self.prt.R0_ohm)

    def _ohm(self, t_C: float) -> float:
        return platinum.resistance_ohm(t_C, self.prt.R0_ohm)

    def _slope(self, t_C: float) -> float:
        return platinum.IEC_60751.ohm_per_K(t_C) * self.prt.R0_ohm / 100.0


def _less(one: Input, other: Input) -> Input:
    """Return the effect of one error in the difference of two readings."""
    ((a, error),), ((b, _),) = one.terms, other.terms
    return Input(one.name, _BOTH.format(label=one.label), ((a - b, error),))


_ITEM = Text(vi="R_X: số đọc", en="R_X: readings")
_BOTH = Text(vi="{label}, trong cả hai", en="{label}, in both")
