"""DC current of a digital multimeter against a calibrator, by direct comparison (after EURAMET cg-15).

Measurement equation, for each test point::

    E = I_ind − (I_S + δI_S) + δI_load

* I_ind: mean of n indications; its dispersion is s/√n or d/√12, whichever is wider (decision 21).
* I_S + δI_S: value of the calibrator by one of the two routes of `calib.equipment.reference`.
* δI_load: current that the meter's burden voltage drives through the output resistance of the source and the insulation
  of the leads, past the meter.

With the input open I_S = 0 exactly; that row is a result, and is never subtracted from the others.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import DcAmmeter, DcCurrentSource
from calib.inputs import Argument
from calib.pictures import Joining, calibrator, meter, to_jacks
from calib.ports import Prompt
from calib.procedure import (
    Conditions,
    Connection,
    DirectComparison,
    DirectParameters,
    Group,
    IntegratingParameters,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Station,
    bounded,
)
from calib.text import Text

LOW, HIGH = "calibrator", "calibrator-high"
_JACKS = {LOW: "I", HIGH: "10 A"}


class CurrentParameters(DirectParameters):
    """What methods of direct and alternating current have in common, in the job's table `[parameters]`."""

    high_jack_above_A: Annotated[float | None, Field(gt=0)] = None
    """Ranges above this one have a jack of their own on the meter; None for a meter with one jack."""
    burden_V: Annotated[float, Field(ge=0)] = 0.5
    """Highest voltage across meter and leads at full scale, in volts (rms)."""


class DcCurrentParameters(CurrentParameters, IntegratingParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    output_resistance_ohm: Annotated[float, Field(gt=0)] = 1e9
    """Lowest resistance beside the source: its own and that of the insulation, in ohms."""


def error_of_indication(indication: Any, reference: Any, load: Any) -> Any:
    """Return E = I_ind − (I_S + δI_S) + δI_load, in amperes: the measurement equation of the method."""
    return indication - reference + load


def joined(group: str, name: Text, jack: Text, title: Text) -> Connection:
    """Return the connection of the calibrator's AUX terminals with one of the meter's jacks."""
    text = Text(
        vi="Nối AUX HI và LO của nguồn chuẩn với cọc {jack} và LO của đồng hồ.",
        en="Join the calibrator's AUX HI and LO to the meter's {jack} jack and LO.",
    ).format(jack=jack)
    wired = (_JACKS[group], "LO")
    drawing = to_jacks("source-to-jack", name, calibrator("AUX HI", "AUX LO"), meter(*_JACKS.values(), "LO"), wired)
    prompt = Prompt(f"connect.{group}", text, drawing=drawing, connection="source.aux")
    return Connection(Group(group, name), prompt, title)


def jacks(title: Text) -> tuple[Connection, Connection]:
    """Return the connections with the usual jack of current and with that of high current."""
    return (
        joined(LOW, Text(vi="Cọc dòng điện", en="Current jack"), Text(vi="dòng điện", en="current"), title),
        joined(
            HIGH,
            Text(vi="Cọc dòng điện lớn", en="High-current jack"),
            Text(vi="dòng điện lớn (10 A)", en="high-current (10 A)"),
            title,
        ),
    )


class CurrentComparison(DirectComparison):
    """Current of a multimeter that may have a jack of its own for high current."""

    unit = "A"
    symbols = ("I_ind", "I_S")
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    frequency_Hz: ClassVar[float | None] = None
    """With which the connection is proven."""

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points of a jack; zeros of all ranges."""
        if not connection.sourced:
            return super().belonging(connection, requested)
        return [p for p in requested if self._is_high(p.range) == (connection.group.id == HIGH)]

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return a tenth of the lowest range of the jack that reaches 10 mA."""
        if not connection.sourced:
            return None
        return Proof(0.1 * self._proving_range(connection), "A", frequency_Hz=self.frequency_Hz)

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return the level as a point of the jack."""
        range_ = self._proving_range(connection)
        return RequestedPoint(range=range_, nominal=proof.value, frequency_Hz=proof.frequency_Hz)

    def _proving_range(self, connection: Connection) -> float:
        high = connection.group.id == HIGH
        ranges = [r for r in self.context.item_specification.ranges(self.quantity) if self._is_high(r) == high]
        return next((r for r in ranges if r >= 0.01), ranges[-1])

    def _is_high(self, range_: float) -> bool:
        above_A = self.context.parameters(self.Parameters).high_jack_above_A  # type: ignore[attr-defined]
        return above_A is not None and range_ > above_A * (1 + 1e-9)


class DmmDcCurrent(CurrentComparison):
    """DC current of a digital multimeter, 5½ digits or more."""

    id = "dmm-dc-current"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, dòng điện một chiều", en="Digital multimeter, DC current")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-dc-current phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-dc-current version 1, after EURAMET cg-15",
    )
    equation = "E = I_ind − (I_S + δI_S) + δI_load"
    model = staticmethod(error_of_indication)
    quantity = "dc_current"
    roles: ClassVar[Mapping[str, type]] = {"source": DcCurrentSource, "meter": DcAmmeter}
    Parameters = DcCurrentParameters
    connections = (
        Connection(
            Group("open", Text(vi="Đầu vào để hở", en="Input open")),
            Prompt(
                "connect.open",
                Text(
                    vi="Tháo mọi dây khỏi đầu vào dòng điện của đồng hồ.",
                    en="Take all leads off the meter's current input.",
                ),
                connection="open",
                drawing=Joining("open", Text(vi="Đầu vào để hở", en="Input open"), (meter("I", "10 A", "LO"),), ()),
            ),
            Text(vi="Chỉ thị khi đầu vào dòng điện để hở", en="Indication with the current input open"),
            sourced=False,
        ),
        *jacks(Text(vi="Dòng điện một chiều, thang {range}", en="DC current, {range} range")),
    )

    def apply(self, point: Point, station: Station) -> None:
        """Drive the nominal current through the meter."""
        station.role("source", DcCurrentSource).source_dc_current(point.nominal)

    def configure(self, point: Point, station: Station) -> None:
        """Select the range and the integration time."""
        parameters = self.context.parameters(DcCurrentParameters)
        station.role("meter", DcAmmeter).configure_dc_current(point.measuring_range, parameters.nplc)

    def read(self, station: Station) -> float:
        """Take one indication in amperes."""
        return station.role("meter", DcAmmeter).read_dc_current()

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return what the burden voltage drives past the meter."""
        del readings
        parameters = self.context.parameters(DcCurrentParameters)
        burden_V = parameters.burden_V * abs(point.nominal) / point.measuring_range
        return {"load": bounded(burden_V / parameters.output_resistance_ohm, _LOAD, "load")}


_LOAD = Text(vi="δI_load: điện áp rơi trên đồng hồ", en="δI_load: burden of the meter")
