"""Thermocouple against a reference thermometer in a bath or furnace (EA-4/02, supplement, S5; EURAMET cg-8).

Measurement equation of the emf at the nominal temperature t, reference junction at 0 °C (S5, equation S5.8)::

    V_X(t) = V_iX + δV_iX + δV_R + δV_L + (t − t_X)·C_X − δt_0·C_X0,   E = V_X(t) − V_ref(t)

* V_iX: mean emf; its dispersion is that of the differences from the reference, turn by turn. δV_iX: the voltmeter by
  its specification. δV_R: thermal emf of switch and leads. δV_L: compensating or extension leads and inhomogeneity;
  each one for all temperatures.
* t_X: temperature of the item, t_R + δt_R + δt_H + δt_B. C_X, C_X0: sensitivity in V/K at t and at 0 °C.
* δt_0: departure of the reference junction from 0 °C.
* V_ref(t): reference function of the type (IEC 60584-1); E is the departure from it, which a tolerance limits.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import Bath, DcVoltmeter, ThermometerProbe, ThermometerReadout
from calib.equipment import Asked, by_specification
from calib.inputs import Argument, Input
from calib.physics import thermocouples
from calib.physics.thermocouple_tables import ThermocoupleType
from calib.procedure import Attempt, Constant, Estimates, Point, Readings, Result, Role, Station, Truth, indication
from calib.procedure.declared import Declared
from calib.procedure.thermal import InBath
from calib.procedure.thermalparameters import BathParameters, in_a_bath
from calib.text import Text

_THERMAL = Text(vi="δV_R: sức điện động nhiệt của chuyển mạch, dây nối", en="δV_R: thermal emf of switch and leads")
_LEADS = Text(vi="δV_L: dây bù, độ không đồng nhất", en="δV_L: extension leads, inhomogeneity")
_JUNCTION = Text(vi="δt_0: đầu tự do", en="δt_0: reference junction")


class ThermocoupleParameters(BathParameters):
    """Parameters of the method."""

    type: ThermocoupleType
    voltmeter_range_V: Annotated[float, Field(gt=0)] = 0.1
    nplc: Annotated[float, Field(gt=0, le=100)] = 5.0
    """Integration time of a reading in power-line cycles."""
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.5e-6
    """Half-width of the thermal emf of switch and leads."""
    leads_V: Annotated[float, Field(ge=0)] = 2e-6
    """Half-width of what extension leads and inhomogeneity bring."""
    ice_K: Annotated[float, Field(ge=0)] = 0.05
    """Half-width of the reference junction's departure from 0 °C."""
    tolerance_K: Annotated[float, Field(ge=0)] = 0.0
    """Half-width of the agreed tolerance; 0, with `tolerance_per_K`, for none."""
    tolerance_per_K: Annotated[float, Field(ge=0)] = 0.0
    """The same, for each degree Celsius; the larger of the two counts (IEC 60584-1)."""


def departure(
    emf: Any, voltmeter: Any, thermal: Any, leads: Any, junction: Any, item_C: Any, C: Any, C0: Any, nominal_C: Any
) -> Any:
    """Return V_iX + δV_iX + δV_R + δV_L + (t − t_X)·C_X − δt_0·C_X0 in volts (S5.8)."""
    return emf + voltmeter + thermal + leads + (nominal_C - item_C) * C - junction * C0


def from_the_function(reference: Any, **inputs: Any) -> Any:
    """Return E = V_X(t) − V_ref(t), in volts: the measurement equation of the method."""
    homogeneity, stability = inputs.pop("homogeneity"), inputs.pop("stability")
    return departure(item_C=inputs.pop("bath") + homogeneity + stability, **inputs) - reference


class ThermocoupleByComparison(InBath):
    """Thermocouple of a letter-designated type, by emf."""

    id = "thermocouple-by-comparison"
    version = "1"
    title = Text(vi="Cặp nhiệt điện", en="Thermocouple")
    method = Text(
        vi="So sánh với nhiệt kế chuẩn, thermocouple-by-comparison phiên bản 1, dựa theo EA-4/02 M, S5; hàm chuẩn theo "
        "IEC 60584-1",
        en="Comparison with a reference thermometer, thermocouple-by-comparison version 1, after EA-4/02 M, S5; "
        "reference function of IEC 60584-1",
    )
    equation = "E = V_iX + δV_iX + δV_R + δV_L + (t − t_X)·C_X − δt_0·C_X0 − V_ref(t),  t_X = t_R + δt_R + δt_H + δt_B"
    model = staticmethod(from_the_function)
    heading = Text(vi="Độ lệch so với hàm chuẩn", en="Departure from the reference function")
    quantity, unit = "thermocouple_emf", "V"
    under_calibration = "item"
    declared: ClassVar[Mapping[str, Declared]] = {
        **in_a_bath("item"),
        "thermal": Declared("thermal_emf_V", _THERMAL, "emf", "thermal_emf_V"),
        "leads": Declared("leads_V", _LEADS, "item", "leads_V"),
        "junction": Declared("ice_K", _JUNCTION, "item", "ice_K"),
    }
    roles: ClassVar[Mapping[str, Role]] = {
        "reference": ThermometerProbe,
        "readout": ThermometerReadout | DcVoltmeter,
        "bath": Bath,
        "voltmeter": DcVoltmeter,
        "item": ThermometerProbe,
    }
    Parameters = ThermocoupleParameters

    def immerse_item(self, station: Station) -> None:
        """Have the item put beside the reference, its reference junction in ice."""
        station.role("item", ThermometerProbe).immerse(self.own.place, self.own.item_depth_m, well=self.own.item_well)
        station.role("voltmeter", DcVoltmeter).configure_dc_voltage(self.own.voltmeter_range_V, self.own.nplc)

    def read_item(self, station: Station) -> float:
        """Take one reading of the emf in volts."""
        return station.role("voltmeter", DcVoltmeter).read_dc_voltage()

    def sensible(self, t_C: float) -> tuple[float, float]:
        """Return the emf within 20 K and a tenth of the temperature."""
        low_C, high_C = thermocouples.span_C(self.own.type)
        away_K = 20.0 + abs(t_C) / 10
        ends = (max(t_C - away_K, low_C), min(t_C + away_K, high_C))
        first, last = (thermocouples.emf_V(self.own.type, t) for t in ends)
        return first - 1e-4, last + 1e-4

    def measuring_range(self) -> float:
        """Return the voltmeter's range in volts."""
        return self.own.voltmeter_range_V

    def nominal(self, t_C: float) -> float:
        """Return the emf of the reference function at a temperature, to 1 nV."""
        return round(thermocouples.emf_V(self.own.type, t_C), 9)

    def used_for(self, role: str) -> Sequence[str]:
        """Return direct voltage, of the voltmeter, beside what others are used for."""
        return ("dc_voltage",) if role == "voltmeter" else super().used_for(role)

    def bath_C(self, point: Point) -> float:
        """Return the temperature of which the point's emf is."""
        return self._temperature_of(point.nominal)

    def resolution(self, point: Point) -> float:
        """Return the least digit of the voltmeter."""
        voltmeter = self.context.standard("voltmeter").stated_specification
        return voltmeter.resolution(voltmeter.range_for("dc_voltage", point.measuring_range), "dc_voltage")

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the agreed tolerance, in volts."""
        del temperature_C
        t_C = self.bath_C(point)
        half_K = max(self.own.tolerance_K, self.own.tolerance_per_K * abs(t_C))
        return half_K * thermocouples.seebeck_V_per_K(self.own.type, t_C) if half_K else None

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the arguments of the measurement equation; what scatters is the difference from the reference."""
        read, emf = self.turns(attempt, readings)
        t_C, mean_read = self.bath_C(point), float(read.mean())
        found = self.reference_of(mean_read)
        C, C0 = (thermocouples.seebeck_V_per_K(self.own.type, t) for t in (t_C, 0.0))
        along = (read - mean_read) / found.signal_per_K * thermocouples.seebeck_V_per_K(self.own.type, found.t_C)
        indicated = indication(emf - along, self.resolution(point), _EMF, name="emf")
        at_t = float(emf.mean()) + (t_C - found.t_C) * C
        return Estimates(
            arguments={
                "reference": Argument(constant=point.nominal),
                "emf": indicated,
                "voltmeter": Argument((self._voltmeter(float(emf.mean()), readings),)),
                **{name: self.known(name) for name in ("thermal", "leads", "junction")},
                "bath": self.reference_argument(mean_read, readings),
                "C": Argument(constant=C),
                "C0": Argument(constant=C0),
                "nominal_C": Argument(constant=t_C),
                **self.between(),
            },
            reference=point.nominal,
            readings=emf,
            indicated=at_t,
            route="certificate",
            constants={"nominal": Constant(_NOMINAL, point.nominal, -1.0)},
            remarks=(_AT.format(t=f"{t_C:g}", found=f"{found.t_C:.3f}", uV=f"{C * 1e6:.3f}"),),
        )

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the item's departure from the reference function at the nominal temperature."""
        return world.error("item", "emf", result.measuring_range, result.nominal)

    @property
    def own(self) -> ThermocoupleParameters:
        """The job's parameters."""
        assert isinstance(self.settings, ThermocoupleParameters)
        return self.settings

    def _temperature_of(self, emf_V: float) -> float:
        """Return which of the temperatures has this emf in the reference function."""
        return min(self.temperatures_C(), key=lambda t: abs(self.nominal(t) - emf_V))

    def _voltmeter(self, volts: float, readings: Readings) -> Input:
        voltmeter = self.context.standard("voltmeter")
        asked = Asked(voltmeter.equipment, "dc_voltage", volts, role="voltmeter", called=_VOLTMETER, symbol="δV_iX")
        specification = voltmeter.stated_specification
        range_ = specification.range_for("dc_voltage", self.own.voltmeter_range_V)
        (limits,) = by_specification(asked, specification, readings.condition("temperature"), range_).inputs
        return limits


_EMF = Text(vi="V_iX: số đọc", en="V_iX: readings")
_VOLTMETER = Text(vi="Vôn mét", en="Voltmeter")
_NOMINAL = Text(vi="V_ref(t): hàm chuẩn", en="V_ref(t): reference function")
_AT = Text(
    vi="Tại t = {t} °C, quy về từ {found} °C với C_X = {uV} µV/K; đầu tự do ở 0 °C",
    en="At t = {t} °C, brought there from {found} °C with C_X = {uV} µV/K; reference junction at 0 °C",
)
