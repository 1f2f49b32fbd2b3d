"""Process calibrators, what they measure: volts, milliamperes, ohms, against a calibrator.

Measurement equation, in volts, amperes or ohms::

    E = X_ind − (X_S + δX_S) − X_W

* X_ind: mean of n indications; its u is the wider of s/√n and of the resolution d/√12.
* X_S + δX_S: value of the calibrator by one of the two routes of `calib.equipment.reference`.
* X_W: of voltage the thermal emf of the leads; of resistance with two wires that of the leads, measured beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Protocol, runtime_checkable

from pydantic import Field

from calib.drivers.roles import DcAmmeter, DcCurrentSource, DcVoltageSource, DcVoltmeter, Ohmmeter, ResistanceSource
from calib.errors import RunError
from calib.inputs import Argument, Input
from calib.pictures import Device, Joining, calibrator, to_jacks
from calib.ports import Prompt
from calib.procedure import (
    Attempt,
    Conditions,
    Connection,
    DirectComparison,
    DirectParameters,
    Estimates,
    Group,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Station,
    bounded,
)
from calib.procedure.electrical import Wires, put_out, read_meter, set_meter
from calib.text import Text
from calib.uncertainty import quantity
from calib.units import show

VOLTAGE, CURRENT, RESISTANCE = "dc_voltage", "dc_current", "resistance"
UNITS = {VOLTAGE: "V", CURRENT: "A", RESISTANCE: "Ω"}
PROOFS = {VOLTAGE: Proof(1.0, "V"), CURRENT: Proof(0.01, "A"), RESISTANCE: Proof(100.0, "Ω", allowance=1.0)}


@runtime_checkable
class ProcessSource(DcVoltageSource, DcCurrentSource, ResistanceSource, Protocol):
    """A source of voltage, current and resistance."""


@runtime_checkable
class ProcessMeter(DcVoltmeter, DcAmmeter, Ohmmeter, Protocol):
    """A meter of voltage, current and resistance."""


class ProcessParameters(DirectParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    quantities: tuple[str, ...] = (VOLTAGE, CURRENT, RESISTANCE)
    """Of which the method's points are measured, where the job names none."""
    nplc: Annotated[float, Field(gt=0)] = 10.0
    """Integration time of a reading in power-line cycles, of meters that have one."""
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.5e-6
    """Half-width of the thermal emf of leads and terminals, in volts."""
    leads_ohm: Annotated[float, Field(ge=0)] = 0.02
    """Resistance of both leads, measured beforehand; taken off a resistance that is measured with two wires."""
    leads_half_width_ohm: Annotated[float, Field(ge=0)] = 0.005
    """Half-width of what that resistance may differ from one joining to another."""
    test_current_A: Annotated[float, Field(gt=0)] = 1e-3
    """Highest test current of a meter of resistance, in amperes: that of its low ranges."""
    test_voltage_V: Annotated[float, Field(gt=0)] = 1.0
    """Least voltage of its test current at full scale of the other ranges, in volts."""


def error_of_indication(indication: Any, reference: Any, wiring: Any) -> Any:
    """Return E = X_ind − (X_S + δX_S) − X_W: the measurement equation of the method."""
    return indication - reference - wiring


def connection(of: str, name: Text, to_do: Text, joined: str, drawing: Joining) -> Connection:
    """Return the connection of a quantity."""
    title = Text(vi=f"{name.vi}, thang {{range}}", en=f"{name.en}, {{range}} range")
    return Connection(Group(of, name), Prompt(f"connect.{of}", to_do, drawing=drawing, connection=joined), title)


_INPUTS = {VOLTAGE: "V", CURRENT: "mA", RESISTANCE: "Ω"}


def _to_input(of: str) -> Joining:
    title = Text(vi="Nguồn chuẩn nối ngõ vào của thiết bị", en="Calibrator to the item's input")
    output = "AUX" if of == CURRENT else "NORMAL"
    item = Device("item", Text(vi="Đối tượng: đo", en="Item: measures"), (*_INPUTS.values(), "COM"), "right")
    return to_jacks("source-to-input", title, calibrator(f"{output} HI", f"{output} LO"), item, (_INPUTS[of], "COM"))


class SeveralQuantities(DirectComparison):
    """What both methods of process calibrators have in common: three quantities, a connection for each."""

    quantity, unit = VOLTAGE, "V"
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    Parameters = ProcessParameters

    def of_the_method(self) -> list[RequestedPoint]:
        """Return the method's points of the quantities that the job names."""
        return [
            p.model_copy(update={"quantity": q})
            for q in self.process.quantities
            for p in self.of_rules([r for r in self.data().points if r.quantity == q], self.in_specification(q))
        ]

    def in_specification(self, of: str) -> str:
        """Return what the item's specification calls a quantity."""
        return of

    def item_quantity(self, point: Point) -> str:
        """Return what the item's specification calls the quantity of a point."""
        return self.in_specification(point.quantity)

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points of a connection's quantity."""
        return [p for p in requested if (p.quantity or self.quantity) == connection.group.id]

    def quantity_of(self, requested: RequestedPoint) -> tuple[str, str]:
        """Return quantity and unit of a point."""
        found = requested.quantity or self.quantity
        return found, UNITS[found]

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return a harmless level of the quantity."""
        return PROOFS[connection.group.id]

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return it in the lowest range that holds it."""
        of = connection.group.id
        range_ = self.context.item_specification.range_for(self.in_specification(of), proof.value)
        return RequestedPoint(range=range_, nominal=proof.value, quantity=of)

    def apply(self, point: Point, station: Station) -> None:
        """Put the nominal value out.

        Raises
        ------
        RunError
            The source has another resistance instead, such as one of fixed resistors.
        """
        presented = put_out(station, point.quantity, point.nominal)
        if abs(presented - point.nominal) > 1e-9 * abs(point.nominal):
            msg = f"{point.id}: the source has {show(presented, 'Ω')} instead: choose a point that it has"
            raise RunError(msg)

    wires: ClassVar[Wires] = 2
    """Of a resistance, at the meter."""

    def configure(self, point: Point, station: Station) -> None:
        """Select function and range of the meter."""
        self._reads = point.quantity
        set_meter(station, point.quantity, self.meter_range(point), nplc=self.process.nplc, wires=self.wires)

    _reads = VOLTAGE
    """What the meter is set to."""

    def read(self, station: Station) -> float:
        """Take one indication."""
        return read_meter(station, self._reads)

    @property
    def process(self) -> ProcessParameters:
        """The job's parameters."""
        return self.context.parameters(ProcessParameters)


class ProcessCalibratorMeasure(SeveralQuantities):
    """What a process calibrator measures."""

    id = "process-calibrator-measure"
    version = "1"
    title = Text(vi="Bộ hiệu chuẩn quá trình, chức năng đo", en="Process calibrator, measuring")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, process-calibrator-measure phiên bản 1",
        en="Direct comparison with a multifunction calibrator, process-calibrator-measure version 1",
    )
    equation = "E = X_ind − (X_S + δX_S) − X_W"
    model = staticmethod(error_of_indication)
    symbols = ("X_ind", "X_S")
    roles: ClassVar[Mapping[str, type]] = {"source": ProcessSource, "meter": ProcessMeter}
    connections = (
        connection(
            VOLTAGE,
            Text(vi="Đo điện áp một chiều", en="DC voltage measured"),
            Text(
                vi="Nối NORMAL HI, LO của nguồn chuẩn với ngõ vào V của thiết bị.",
                en="Join the calibrator's NORMAL HI, LO to the item's V input.",
            ),
            "source",
            _to_input(VOLTAGE),
        ),
        connection(
            CURRENT,
            Text(vi="Đo dòng điện một chiều", en="DC current measured"),
            Text(
                vi="Nối AUX HI, LO của nguồn chuẩn với ngõ vào mA của thiết bị.",
                en="Join the calibrator's AUX HI, LO to the item's mA input.",
            ),
            "source.aux",
            _to_input(CURRENT),
        ),
        connection(
            RESISTANCE,
            Text(vi="Đo điện trở, hai dây", en="Resistance measured, 2 wires"),
            Text(
                vi="Nối NORMAL HI, LO của nguồn chuẩn với ngõ vào Ω của thiết bị bằng hai dây đã đo điện trở.",
                en="Join the calibrator's NORMAL HI, LO to the item's Ω input with the two leads whose resistance was "
                "measured.",
            ),
            "source",
            _to_input(RESISTANCE),
        ),
    )

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return what the leads do."""
        del readings
        match point.quantity:
            case "dc_voltage":
                return {"wiring": bounded(self.process.thermal_emf_V, EMF, "wiring")}
            case "dc_current":
                return {"wiring": Argument()}
        error = quantity(0.0, half_width=1.0, name="wiring")
        terms = ((self.process.leads_half_width_ohm, error),)
        return {"wiring": Argument((Input("wiring", _LEADS, terms, self.process.leads_ohm),))}

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the estimates; the value at the item's terminals has the leads in it."""
        found = super().estimates(point, attempt, readings)
        return replace(found, reference=found.reference + found.arguments["wiring"].estimate)

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the voltage itself."""
        return (abs(requested.nominal) if self.quantity_of(requested)[0] == VOLTAGE else 0.0), 0.0


EMF = Text(vi="X_W: sức điện động nhiệt", en="X_W: thermal emf")
_LEADS = Text(vi="X_W: điện trở dây nối", en="X_W: resistance of the leads")
