"""AC and DC current of a clamp meter by a coil: a calibrator's current times the coil's effective turns.

Measurement equation, for each test point::

    E = I_ind − (I_S + δI_S)·(N + δN) − δI_pos − δI_0

* I_ind: mean of n indications; its u is the wider of s/√n and of the resolution d/√12.
* I_S + δI_S: current of the calibrator, by one of the two routes of `calib.equipment.reference`.
* N + δN: effective turns of the coil for such jaws, by its certificate.
* δI_pos: position of the coil in the jaws; all points that rest on one closing share it.
* δI_0: with direct current, what is left of the zero after the key was pressed: half a digit. The error stated is that
  of the meter with its zero adjusted, as it is used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Protocol, runtime_checkable

from pydantic import Field

from calib.drivers.roles import (
    AcAmmeter,
    AcCurrentSource,
    Artefact,
    DcAmmeter,
    DcCurrentSource,
    SwitchedSource,
    ZeroAdjustable,
)
from calib.equipment import Asked, Reference, Route, by_certificate
from calib.inputs import Argument, Input
from calib.pictures import Jaws
from calib.ports import Prompt
from calib.procedure import (
    Attempt,
    Conditions,
    Connection,
    Constant,
    DirectComparison,
    DirectParameters,
    Estimates,
    Group,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Result,
    Station,
    Truth,
    bounded,
)
from calib.procedure.electrical import put_out, read_meter, set_meter
from calib.text import Text
from calib.uncertainty import quantity

DC, AC = "dc_current", "ac_current"
PROVING_A = 20.0
"""Ampere-turns at which jaws and sign are proven."""


@runtime_checkable
class CurrentSource(DcCurrentSource, AcCurrentSource, Protocol):
    """A source of direct and alternating current."""


@runtime_checkable
class ClampAmmeter(DcAmmeter, AcAmmeter, ZeroAdjustable, Protocol):
    """A clamp meter for both, whose zero a key adjusts."""


class ClampParameters(DirectParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    turns: Annotated[float, Field(gt=0)] = 50.0
    """Nominal turns of the coil in use."""
    position_ppm: Annotated[float, Field(ge=0)] = 5000.0
    """Half-width of what the coil's position in the jaws does, in 10⁻⁶ of the current."""
    frequency_Hz: Annotated[float, Field(gt=0)] = 50.0
    """Of alternating current, where a point names none."""
    direct: bool = True
    """Whether the method's points are those of direct current too."""


def error_of_indication(indication: Any, reference: Any, turns: Any, position: Any, zero: Any) -> Any:
    """Return E = I_ind − (I_S + δI_S)·(N + δN) − δI_pos − δI_0, in amperes: the measurement equation."""
    return indication - reference * turns - position - zero


def _jaws(id_: str, title: Text, rows: Text) -> Connection:
    text = Text(
        vi="Nối cuộn dây với cọc dòng của nguồn chuẩn; kẹp vuông góc, cuộn dây ở giữa hàm kẹp, hàm đóng kín; không có "
        "vật từ và dây mang dòng khác ở gần.",
        en="Join the coil to the calibrator's current terminals; close the jaws round it, at right angles and in the "
        "middle; keep magnets and other wires with current away.",
    )
    return Connection(Group(id_, title), Prompt(f"connect.{id_}", text, connection="coil"), rows)


class ClampMeter(DirectComparison):
    """A clamp meter, by a coil of many turns."""

    id = "clamp-meter"
    version = "1"
    title = Text(vi="Ampe kìm, dùng cuộn dây", en="Clamp meter, by coil")
    method = Text(
        vi="Nguồn dòng chuẩn và cuộn dây nhiều vòng, clamp-meter phiên bản 1",
        en="Calibrator and coil of many turns, clamp-meter version 1",
    )
    equation = "E = I_ind − (I_S + δI_S)·(N + δN) − δI_pos − δI_0"
    model = staticmethod(error_of_indication)
    quantity, unit = AC, "A"
    symbols = ("I_ind", "I_S")
    roles: ClassVar[Mapping[str, type]] = {"source": CurrentSource, "coil": Artefact, "meter": ClampAmmeter}
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    Parameters = ClampParameters
    _quantity = AC
    """What the meter is set to."""
    connections = (
        _jaws(
            "ac",
            Text(vi="Dòng điện xoay chiều", en="Alternating current"),
            Text(vi="Dòng điện xoay chiều, thang {range}", en="AC current, {range} range"),
        ),
        _jaws(
            "dc",
            Text(vi="Dòng điện một chiều", en="Direct current"),
            Text(vi="Dòng điện một chiều, thang {range}", en="DC current, {range} range"),
        ),
    )

    def prompt_of(self, connection: Connection) -> Prompt:
        """Return how the jaws go round the coil of so many turns."""
        return replace(connection.prompt, drawing=Jaws(self.context.parameters(ClampParameters).turns))

    def apply(self, point: Point, station: Station) -> None:
        """Drive the current through the coil."""
        put_out(station, point.quantity, self.nominal_of("source", point), point.frequency_Hz)

    def configure(self, point: Point, station: Station) -> None:
        """Select the range; with direct current adjust the zero, no current flowing."""
        self._quantity = point.quantity
        if point.quantity == DC:
            station.role("source", SwitchedSource).standby()
        set_meter(station, point.quantity, point.measuring_range, frequency_Hz=point.frequency_Hz)
        if point.quantity == DC:
            station.role("meter", ZeroAdjustable).adjust_zero()

    def read(self, station: Station) -> float:
        """Take one indication in amperes."""
        return read_meter(station, self._quantity)

    def of_the_method(self) -> list[RequestedPoint]:
        """Return the method's points of both kinds of current, as far as the item measures them."""
        has = {table.quantity for table in self.context.item_specification.accuracy}
        asked = [AC, *([DC] if self._of_the_job.direct else [])]
        return [
            p.model_copy(update={"quantity": q})
            for q in asked
            if q in has
            for p in self.of_rules([r for r in self.data().points if r.quantity == q], q)
        ]

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points of one kind of current; alternating ones with a frequency."""
        wanted = DC if connection.group.id == "dc" else AC
        of_kind = [p for p in requested if (p.quantity or self.quantity) == wanted]
        default = {"frequency_Hz": self._of_the_job.frequency_Hz}
        return [p.model_copy(update=default) if wanted == AC and p.frequency_Hz is None else p for p in of_kind]

    def quantity_of(self, requested: RequestedPoint) -> tuple[str, str]:
        """Return the kind of current."""
        return requested.quantity or self.quantity, self.unit

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return the level at which jaws and sign are proven; the position is in the allowance."""
        frequency_Hz = None if connection.group.id == "dc" else self._of_the_job.frequency_Hz
        return Proof(PROVING_A, self.unit, frequency_Hz=frequency_Hz, allowance=0.05 * PROVING_A)

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return the level in the lowest range that holds it."""
        of_kind = DC if connection.group.id == "dc" else AC
        range_ = min(r for r in self.context.item_specification.ranges(of_kind) if r >= proof.value)
        return RequestedPoint(range=range_, nominal=proof.value, quantity=of_kind, frequency_Hz=proof.frequency_Hz)

    def nominal_of(self, role: str, point: Point) -> float:
        """Return the calibrator's current, a part of the point's by the turns; of the coil the turns."""
        turns = self._of_the_job.turns
        return turns if role == "coil" else point.nominal / turns

    def route(self, role: str) -> Route:
        """Return that the coil is used with its certificate, the calibrator as the job says."""
        return "certificate" if role == "coil" else self.settings.reference

    def reference(self, point: Point, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the calibrator's current."""
        self._turns(temperature_C)
        amperes = self.nominal_of("source", point)
        asked = Asked(
            self.standard.equipment,
            point.quantity,
            amperes,
            point.frequency_Hz,
            called=self.standard_called,
            symbol="δI_S",
        )
        return self.by_route(asked, temperature_C)

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return turns, position and zero."""
        digit = self.resolution(point) if point.quantity == DC else 0.0
        position_A = self._of_the_job.position_ppm * 1e-6 * point.nominal
        return {
            "turns": self._turns(readings.condition("temperature")).argument,
            "position": _shared(position_A, f"{self.context.job.number}/position/{point.group}"),
            "zero": bounded(digit / 2, _ZERO, "zero"),
        }

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, current, turns, position and zero."""
        found = super().estimates(point, attempt, readings)
        amperes, turns = found.arguments["reference"].estimate, found.arguments["turns"].estimate
        nominal = Constant(_CURRENT, self.nominal_of("source", point), -turns)
        per_turn = {i.name: "1" for i in found.arguments["turns"].inputs}
        return replace(found, reference=amperes * turns, constants={"nominal": nominal}, units=per_turn)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the meter's error of indication at the nominal current, its zero adjusted where that is direct."""
        range_, frequency_Hz = result.measuring_range, result.frequency_Hz or None
        error = world.error("meter", result.quantity, range_, result.nominal, frequency_Hz)
        return error - (world.error("meter", DC, range_, 0.0) if result.quantity == DC else 0.0)

    def _turns(self, temperature_C: tuple[float, float] | None) -> Reference:
        turns = self._of_the_job.turns
        coil = self.context.standard("coil").equipment
        asked = Asked(coil, "turns", turns, role="coil", called=_COIL, symbol="δN")
        return by_certificate(asked, turns, self.context.date, temperature_C)

    @property
    def _of_the_job(self) -> ClampParameters:
        return self.context.parameters(ClampParameters)


def _shared(half_width_A: float, identity: str) -> Argument:
    """Return the error of position; points of one closing of the jaws share it, each in its part."""
    if half_width_A == 0:
        return Argument()
    error = quantity(0.0, half_width=1.0, name="position", id=identity)
    return Argument((Input("position", _POSITION, ((half_width_A, error),)),))


_COIL = Text(vi="Cuộn dây", en="Coil")
_CURRENT = Text(vi="I_S: dòng danh nghĩa của nguồn, chính xác", en="I_S: nominal current of the calibrator, exact")
_POSITION = Text(vi="δI_pos: vị trí cuộn dây trong hàm kẹp", en="δI_pos: position of the coil in the jaws")
_ZERO = Text(vi="δI_0: phần dư của chỉnh không", en="δI_0: what is left of the zero")
