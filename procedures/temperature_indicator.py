"""Temperature indicators by electrical simulation of thermocouples and resistance thermometers (EURAMET cg-11).

Measurement equation, in kelvin or degrees Celsius::

    E = t_ind − (t_N + δt_S) − δt_J − δt_W

* t_ind: mean of n indications; its u is the wider of s/√n and d/√12.
* t_N + δt_S: temperature that the calibrator simulates. Its error of voltage or resistance is divided by the
  sensitivity of the sensor at t_N: dE/dt of IEC 60584-1, dR/dt of IEC 60751.
* δt_J: with the indicator's own compensation of the cold junction, by how much the calibrator's terminals are warmer
  than it takes them for, times S(t_terminals)/S(t_N).
* δt_W: emf of the thermocouple wire between calibrator and indicator, or of copper leads; with two wires the resistance
  of both, measured beforehand, with three what they differ by, over dR/dt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Protocol, get_args, runtime_checkable

from pydantic import Field, model_validator

from calib.drivers.roles import RtdSource, RtdType, TemperatureIndicator, ThermocoupleSource
from calib.equipment import Asked, Reference
from calib.inputs import Argument, Input
from calib.physics import platinum, thermocouples
from calib.physics.thermocouples import ThermocoupleType
from calib.procedure import (
    Attempt,
    Conditions,
    Connection,
    DirectComparison,
    DirectParameters,
    Estimates,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Result,
    Station,
    Truth,
    bounded,
)
from calib.procedures.sensor_connections import CONNECTIONS, RTD_GROUPS, Wires, is_rtd
from calib.text import Text

COPPER_C = 0.0
"""Reference temperature that a calibrator simulates with copper leads."""
R0_OHM: dict[str, float] = {"Pt100": 100.0, "Pt200": 200.0, "Pt500": 500.0, "Pt1000": 1000.0}


@runtime_checkable
class SensorSource(ThermocoupleSource, RtdSource, Protocol):
    """What simulates thermocouples and resistance thermometers."""


class SimulationParameters(DirectParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    sensors: tuple[str, ...] = ("K",)
    """Which sensors of the method's points are measured, where the job names none: thermocouple types, Pt100, …"""
    compensated: bool = True
    """Whether the indicator compensates its own terminals, so that thermocouple wire leads to the calibrator."""
    wire_V: Annotated[float, Field(ge=0)] = 4e-6
    """Half-width of the emf of the thermocouple wire, from its own calibration, in volts."""
    copper_V: Annotated[float, Field(ge=0)] = 0.5e-6
    """Half-width of the thermal emf of copper leads, in volts."""
    wires: Wires = 4
    """How resistance thermometers are connected."""
    leads_ohm: Annotated[float, Field(ge=0)] = 0.0
    """Resistance of both leads, measured beforehand; counts with two wires."""
    leads_half_width_ohm: Annotated[float, Field(ge=0)] = 0.0
    """Half-width within which that is known; with three wires of what the leads differ by."""

    @model_validator(mode="after")
    def _leads_are_known(self) -> "SimulationParameters":
        if self.wires != 4 and not self.leads_half_width_ohm:
            msg = f"{self.wires} wires: 'leads_half_width_ohm' must say how well the leads' resistance is known"
            raise ValueError(msg)
        return self


def error_of_indication(indication: Any, reference: Any, junction: Any, wire: Any) -> Any:
    """Return E = t_ind − (t_N + δt_S) − δt_J − δt_W, in kelvin: the measurement equation of the method."""
    return indication - reference - junction - wire


class TemperatureIndicatorBySimulation(DirectComparison):
    """An indicator of temperature, whose sensor a calibrator simulates."""

    id = "temperature-indicator"
    version = "1"
    title = Text(vi="Bộ chỉ thị nhiệt độ, mô phỏng điện", en="Temperature indicator, by electrical simulation")
    method = Text(
        vi="Mô phỏng điện cặp nhiệt điện và nhiệt kế điện trở, temperature-indicator phiên bản 1, theo EURAMET cg-11",
        en="Electrical simulation of thermocouples and resistance thermometers, temperature-indicator version 1, after "
        "EURAMET cg-11",
    )
    equation = "E = t_ind − (t_N + δt_S) − δt_J − δt_W"
    model = staticmethod(error_of_indication)
    quantity, unit = "thermocouple_K", "°C"
    symbols = ("t_ind", "t_N")
    roles: ClassVar[Mapping[str, type]] = {"source": SensorSource, "meter": TemperatureIndicator}
    conditions = Conditions(temperature_C=(20.0, 26.0), humidity_percent=(10.0, 75.0))
    Parameters = SimulationParameters
    connections = CONNECTIONS

    def apply(self, point: Point, station: Station) -> None:
        """Simulate the sensor at the temperature of a point."""
        kind = _kind(point.quantity)
        if is_rtd(point.group):
            wires = self._of_the_job.wires
            station.role("source", RtdSource).source_rtd(_rtd(kind), point.nominal, wires=wires)
            return
        reference_C = COPPER_C if point.group == "copper" else None
        source = station.role("source", ThermocoupleSource)
        source.source_thermocouple(_thermocouple(kind), point.nominal, reference_C=reference_C)

    def configure(self, point: Point, station: Station) -> None:
        """Select the sensor at the indicator."""
        indicator, kind = station.role("meter", TemperatureIndicator), _kind(point.quantity)
        if is_rtd(point.group):
            indicator.configure_rtd(_rtd(kind), wires=self._of_the_job.wires)
        else:
            indicator.configure_thermocouple(_thermocouple(kind), compensated=point.group == "wire")

    def read(self, station: Station) -> float:
        """Take one indication in degrees Celsius."""
        return station.role("meter", TemperatureIndicator).read_temperature_C()

    def of_the_method(self) -> list[RequestedPoint]:
        """Return the method's points of the sensors that the job names."""
        named = [_quantity(s) for s in self._of_the_job.sensors]
        return [
            p.model_copy(update={"quantity": quantity})
            for quantity in named
            for p in self.of_rules([r for r in self.data().points if r.quantity in {None, quantity}], quantity)
        ]

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the thermocouples or the resistance thermometers."""
        return [p for p in requested if self._group_of(p) == connection.group.id]

    def quantity_of(self, requested: RequestedPoint) -> tuple[str, str]:
        """Return quantity, which names the sensor, and unit of a point."""
        return requested.quantity or self.quantity, self.unit

    def name_of(self, p: RequestedPoint) -> list[str]:
        """Return sensor and temperature."""
        return [_kind(p.quantity or self.quantity), f"{p.nominal:.12g} °C"]

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return that the connection is proven at 100 °C, type B at 1000 °C: reversed it shows less than the room."""
        level_C = 1000.0 if _kind(self._first(connection).quantity) == "B" else 100.0
        return Proof(level_C, "°C", allowance=5.0)

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return the level with the connection's first sensor."""
        first = self._first(connection)
        return RequestedPoint(range=first.measuring_range, nominal=proof.value, quantity=first.quantity)

    def sense_width(self, point: Point) -> float:
        """Return 5 K or five limits: less than an indicator errs whose compensation is off, the room's 20 K."""
        return max(5 * (self.limit(point) or 0.0), 5.0)

    def reference(self, point: Point, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the simulated temperature: the calibrator's errors in volts or ohms over the sensor's sensitivity."""
        kind = _kind(point.quantity)
        if is_rtd(point.group):
            R0 = R0_OHM[kind]
            signal, per_K = platinum.resistance_ohm(point.nominal, R0), _ohm_per_K(point.nominal, R0)
            found = self._standard("resistance", signal, temperature_C)
        else:
            type_ = _thermocouple(kind)
            junction_C = COPPER_C if point.group == "copper" else self._terminals_C(temperature_C)
            signal = thermocouples.emf_V(type_, point.nominal) - thermocouples.emf_V(type_, junction_C)
            per_K = thermocouples.seebeck_V_per_K(type_, point.nominal)
            found = self._standard("thermocouple", signal, temperature_C)
        return Reference(point.nominal, _divided(found.inputs, per_K), found.route, found.uncorrelated)

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return the reference junction at the calibrator, and the wire or leads, in kelvin."""
        settings, kind = self._of_the_job, _kind(point.quantity)
        if is_rtd(point.group):
            return {"junction": Argument(), "wire": self._leads(_ohm_per_K(point.nominal, R0_OHM[kind]))}
        type_ = _thermocouple(kind)
        per_K = thermocouples.seebeck_V_per_K(type_, point.nominal)
        if point.group == "copper":
            return {"junction": Argument(), "wire": bounded(settings.copper_V / per_K, _COPPER, "wire")}
        temperature_C = readings.condition("temperature")
        terminals_C = self._terminals_C(temperature_C)
        found = self._standard("reference_junction", terminals_C, temperature_C)
        ratio = per_K / thermocouples.seebeck_V_per_K(type_, terminals_C)
        return {
            "junction": Argument(_divided(found.inputs, ratio)),
            "wire": bounded(settings.wire_V / per_K, _WIRE, "wire"),
        }

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the estimates; the reference temperature of the row has junction and leads in it."""
        found = super().estimates(point, attempt, readings)
        added_K = sum(found.arguments[name].estimate for name in ("junction", "wire"))
        return replace(found, reference=found.reference + added_K)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return by how much the indicator shows too much with an ideal sensor at the nominal temperature."""
        group, kind = result.point.split("/")[0], _kind(result.quantity)
        sensor = f"rtd.{kind}.4" if is_rtd(group) else f"thermocouple.{kind}.{_HOW[group]}"
        return world.temperature_error("meter", sensor, result.nominal)

    def _first(self, connection: Connection) -> Point:
        return next(p for p in self.points() if p.group == connection.group.id)

    def _point(self, connection: Connection, p: RequestedPoint) -> Point:
        """Return the point; its rows are headed by the sensor."""
        point, kind = super()._point(connection, p), _kind(p.quantity or self.quantity)
        title = Text(vi=f"{connection.title.vi}: {kind}", en=f"{connection.title.en}: {kind}")
        return replace(point, title=title)

    def _remarks(self, reference: Reference, quantity: str) -> tuple[Text, ...]:
        return super()._remarks(reference, "resistance" if quantity.startswith("rtd_") else "thermocouple")

    def _standard(self, quantity: str, value: float, temperature_C: tuple[float, float] | None) -> Reference:
        """Return what the calibrator errs in a quantity, by the route of the job."""
        role, symbol = _NAMES[quantity]
        asked = Asked(self.standard.equipment, quantity, value, role=role, called=self.standard_called, symbol=symbol)
        return self.by_route(asked, temperature_C)

    def _leads(self, ohm_per_K: float) -> Argument:
        """Return what the leads of a resistance thermometer add, in kelvin."""
        settings = self._of_the_job
        if settings.wires == 4:
            return Argument()
        known_ohm = settings.leads_ohm if settings.wires == 2 else 0.0
        unknown = bounded(settings.leads_half_width_ohm / ohm_per_K, _LEAD, "wire").inputs
        return Argument(tuple(replace(one, offset=known_ohm / ohm_per_K) for one in unknown))

    def _terminals_C(self, temperature_C: tuple[float | None, float | None] | None) -> float:
        """Return about how warm the terminals are: as the room."""
        low, high = temperature_C or (None, None)
        return 23.0 if low is None or high is None else (low + high) / 2

    def _group_of(self, p: RequestedPoint) -> str:
        if (p.quantity or self.quantity).startswith("rtd_"):
            return RTD_GROUPS[self._of_the_job.wires]
        return "wire" if self._of_the_job.compensated else "copper"

    @property
    def _of_the_job(self) -> SimulationParameters:
        return self.context.parameters(SimulationParameters)


def _divided(inputs: Sequence[Input], by: float) -> tuple[Input, ...]:
    """Return inputs over a sensitivity: their offsets and all their terms."""
    return tuple(replace(i, terms=tuple((c / by, error) for c, error in i.terms), offset=i.offset / by) for i in inputs)


def _kind(quantity: str) -> str:
    return quantity.partition("_")[2]


def _quantity(sensor: str) -> str:
    return f"rtd_{sensor}" if sensor in R0_OHM else f"thermocouple_{sensor}"


def _thermocouple(kind: str) -> ThermocoupleType:
    return next(t for t in get_args(ThermocoupleType) if t == kind)


def _rtd(kind: str) -> RtdType:
    return next(t for t in get_args(RtdType) if t == kind)


def _ohm_per_K(t_C: float, R0_ohm: float) -> float:
    """Return dR/dt by IEC 60751."""
    return platinum.IEC_60751.ohm_per_K(t_C) * R0_ohm / platinum.IEC_60751.R0_ohm


_HOW = {"wire": "internal", "copper": "0C"}
_NAMES = {
    "thermocouple": ("source", "δt_S"),
    "resistance": ("source", "δt_S"),
    "reference_junction": ("junction", "δt_J"),
}
_WIRE = Text(vi="δt_W: dây cặp nhiệt điện", en="δt_W: thermocouple wire")
_COPPER = Text(vi="δt_W: sức điện động nhiệt của dây đồng", en="δt_W: thermal emf of copper leads")
_LEAD = Text(vi="δt_W: điện trở dây nối", en="δt_W: resistance of leads")
