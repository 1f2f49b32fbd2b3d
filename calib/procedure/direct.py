"""Direct comparison: an item indicates what a standard puts on its terminals (EURAMET cg-15; most electrical methods).

A method is a subclass that says which function it measures: how the source is set, how the meter is set and read, and
what belongs to the measurement equation besides indication and reference. Points come from the method's file or from
the job.
"""

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from calib.drivers.roles import SwitchedSource
from calib.equipment import Asked, Reference, Route, by_certificate, by_specification
from calib.errors import CalibError, InputError
from calib.files import Strict
from calib.inputs import Argument
from calib.ports import Prompt
from calib.procedure.base import Procedure, WarmUp
from calib.procedure.connecting import Proof, join, prove
from calib.procedure.context import Standard
from calib.procedure.estimates import Constant, Estimates, indication
from calib.procedure.point import Group, Point
from calib.procedure.pointlist import PointRule, RequestedPoint, planned
from calib.procedure.rowmaking import range_unit
from calib.procedure.sense import Sense, sensible_reading
from calib.procedure.station import Station
from calib.procedure.truth import Truth
from calib.record.model import Attempt, Readings
from calib.record.result import Result
from calib.text import Text
from calib.units import exponent

OWN_S_NEEDS = 5
"""Readings from which a standard deviation of one's own is taken."""


class Pooled(Strict):
    """Standard deviation of single readings in a range, from the laboratory's history of such measurements."""

    range: Annotated[float, Field(gt=0)]
    frequency_Hz: float | None = None
    s: Annotated[float, Field(ge=0)]
    """In the quantity's SI unit."""
    dof: Annotated[float, Field(gt=0)]


class DirectParameters(Strict):
    """Parameters of every direct comparison, in the job's table `[parameters]`."""

    reference: Literal["specification", "certificate"] = "specification"
    """How the standard's value gets its uncertainty."""
    readings: Annotated[int, Field(ge=1, le=1000)] = 5
    """Readings at each point; fewer than five need `pooled`."""
    pooled: tuple[Pooled, ...] = ()
    """Standard deviations from history, instead of those of the few readings of a point."""
    warm_up_s: Annotated[float, Field(ge=0)] = 0.0
    """Time to wait before the first point, for an item that was just switched on; again after a long interruption."""
    settle_s: Annotated[float, Field(ge=0)] = 2.0
    """Time to wait after the source says that it has settled."""

    @model_validator(mode="after")
    def _few_readings_need_history(self) -> "DirectParameters":
        if self.readings < OWN_S_NEEDS and not self.pooled:
            msg = f"'readings' must be {OWN_S_NEEDS} or more, or 'pooled' give the standard deviation from history"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Connection:
    """A way in which source and item are joined: a group of points."""

    group: Group
    prompt: Prompt
    title: Text
    """Heading of its rows, with {range}."""
    sourced: bool = True
    """Whether the source gives the value; without it the points are zeros."""
    gives_rows: bool = True
    """False where they only serve other points, such as zeros that are taken off them."""


class DirectComparison(Procedure):
    """A method of direct comparison against a source."""

    sources: ClassVar[Sequence[str]] = ("source",)
    under_calibration = "meter"
    quantity: ClassVar[str]
    unit: ClassVar[str]
    connections: ClassVar[Sequence[Connection]]
    proof: ClassVar[Proof | None] = None
    """Harmless level at which connection and polarity are proven, before the first point of a sourced group."""
    standard_role: ClassVar[str] = "source"
    standard_called: ClassVar[Text] = Text(vi="Nguồn chuẩn", en="Source")
    symbols: ClassVar[tuple[str, str]]
    """Letters of indication and reference value in the measurement equation."""
    indicator: ClassVar[str] = "meter"
    """The role whose indications are recorded."""
    Parameters = DirectParameters

    # what a method says

    @abstractmethod
    def apply(self, point: Point, station: Station) -> None:
        """Put the nominal value of a point on the terminals."""

    @abstractmethod
    def configure(self, point: Point, station: Station) -> None:
        """Set the item to measure it."""

    @abstractmethod
    def read(self, station: Station) -> float:
        """Take one indication of the item, in SI units."""

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return what else the measurement equation is called with, by name."""
        del point, readings
        return {}

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the highest DC and AC voltage (rms) that a point puts on the terminals."""
        del requested
        return 0.0, 0.0

    def reading_s(self) -> float:
        """Return about how long one reading takes."""
        return 0.5

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points of a connection, of all that are asked for: a zero of every range where none is sourced."""
        if connection.sourced:
            return requested
        return [RequestedPoint(range=r, nominal=0.0) for r in sorted({p.range for p in requested})]

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return at which harmless level a connection is proven."""
        return self.proof if connection.sourced else None

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return the level as a point, in the lowest range of the item that holds it."""
        del connection
        range_ = min(r for r in self._item_ranges() if r >= proof.value)
        return RequestedPoint(range=range_, nominal=proof.value, frequency_Hz=proof.frequency_Hz, wires=proof.wires)

    def quantity_of(self, requested: RequestedPoint) -> tuple[str, str]:
        """Return quantity and unit of a point."""
        del requested
        return self.quantity, self.unit

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return the groups of the connections."""
        return [c.group for c in self.connections]

    def warm_up(self) -> WarmUp | None:
        """Return the item's warm-up, where the job asks for one."""
        wanted_s = self.settings.warm_up_s
        return WarmUp(wanted_s, (self.under_calibration,)) if wanted_s > 0 else None

    def prepare(self, group: Group, station: Station) -> None:
        """Take the output off, have the lead connected, and prove connection and polarity at a harmless level."""
        connection = self._connection(group.id)
        source = station.role("source", SwitchedSource)
        join(station, source, connection.prompt)
        proof = self.proof_of(connection)
        if proof is not None:
            point = self._proving(connection, proof)

            def read() -> float:
                self.apply(point, station)
                station.wait(self.settings.settle_s, Text(vi="kiểm tra kết nối", en="proving the connection"))
                return self.read(station)

            self.configure(point, station)
            prove(station, source, proof, read, connection.prompt)

    def measure(self, point: Point, station: Station) -> None:
        """Put the nominal value on the terminals and record n readings of the item."""
        sourced = self._connection(point.group).sourced
        sense = Sense(point.id, point.nominal, self.sense_width(point), point.unit)

        def set_up() -> None:
            self.configure(point, station)
            if sourced:
                self.apply(point, station)
            station.wait(self.settings.settle_s, Text(vi="chờ ổn định", en="settling"))

        set_up()
        source = station.role("source", SwitchedSource)
        first = sensible_reading(station, source, sense, lambda: self.read(station), set_up)
        station.record(self.indicator, first, point.unit)
        for _ in range((point.readings or self.settings.readings) - 1):
            station.record(self.indicator, self.read(station), point.unit)

    # the half that does not

    @cached_property
    def settings(self) -> DirectParameters:
        """The job's parameters."""
        found = self.context.parameters(self.Parameters)
        assert isinstance(found, DirectParameters)
        return found

    @cached_property
    def standard(self) -> Standard:
        """The standard, as the register described it."""
        return self.context.standard(self.standard_role)

    def route(self, role: str) -> Route:
        """Return the route that the job chose for the standard."""
        del role
        return self.settings.reference

    def points(self) -> Sequence[Point]:
        """Return a zero of every range in use where the method has zeros, then the points by ascending range.

        Raises
        ------
        InputError
            A point could be measured, but not evaluated afterwards; or it is asked for twice.
        """
        return self._points

    def of_the_method(self) -> list[RequestedPoint]:
        """Return the method's points for this item; frequencies that its specification leaves out are left out."""
        return self.of_rules(self.data().points, self.quantity)

    def of_rules(self, rules: Sequence[PointRule], quantity: str) -> list[RequestedPoint]:
        """Return the points of rules of one quantity."""
        specification = self.context.item_specification
        found = planned(rules, specification.ranges(quantity))
        interval = self.context.job.item.specification_interval or specification.intervals(quantity)[0]
        table = specification.table(quantity, interval)
        return [p for p in found if p.frequency_Hz is None or table.row(p.range, p.frequency_Hz) is not None]

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, reference value and influences."""
        indicated = readings.values(attempt, self.indicator)
        of_item = indication(
            indicated, self.resolution(point), self._lettered(0, INDICATION), pooled=self.pooled(point)
        )
        reference = self.given(point, attempt, readings)
        arguments = {"indication": of_item, "reference": reference[0], **self.influences(point, readings)}
        known = reference[1]
        return Estimates(
            arguments=arguments,
            reference=point.nominal if known is None else float(known.value.value),
            readings=indicated,
            indicated=float(indicated.mean()),
            route="none" if known is None else known.route,
            constants={"nominal": Constant(self._lettered(1, NOMINAL), reference[0].constant, -1.0)},
            remarks=() if known is None else self._remarks(known, point.quantity),
            uncorrelated=(known.uncorrelated,) if known is not None and known.uncorrelated else (),
        )

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the item's error of indication at what the source really puts out."""
        frequency_Hz = result.frequency_Hz or None
        value = result.nominal
        if result.route != "none":
            value = world.output("source", result.quantity, result.nominal, frequency_Hz)
        return world.error(cls.under_calibration, result.quantity, result.measuring_range, value, frequency_Hz)

    def given(self, point: Point, attempt: Attempt, readings: Readings) -> tuple[Argument, Reference | None]:
        """Return the value at the item's terminals; without a source it is nominal, and exact."""
        del attempt
        if not self._connection(point.group).sourced:
            return Argument(constant=point.nominal), None
        found = self.reference(point, readings.condition("temperature"))
        return found.argument, found

    def reference(self, point: Point, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the standard's value; before the measurement without temperatures, as its own tables have it."""
        asked = Asked(
            self.standard.equipment,
            point.quantity,
            point.nominal,
            point.frequency_Hz,
            self.standard_role,
            self.standard_called,
            f"δ{self.symbols[1]}",
        )
        specification = self.standard.stated_specification
        if self.settings.reference == "specification":
            return by_specification(asked, specification, temperature_C or (None,))
        range_ = specification.range_for(point.quantity, point.nominal)
        return by_certificate(asked, range_, self.context.date, temperature_C)

    def _remarks(self, reference: Reference, quantity: str) -> tuple[Text, ...]:
        remarks = [EXCEPTED] if self.context.exceptions(self.standard.equipment.id) else []
        if reference.route == "specification":
            interval = self.standard.equipment.specification_interval or ""
            if self.standard.stated_specification.table(quantity, interval).temperature_C is None:
                low_C, high_C = self.conditions.temperature_C
                remarks.append(ANY_TEMPERATURE.format(low=f"{low_C:g}", high=f"{high_C:g}"))
        return tuple(remarks)

    def pooled(self, point: Point) -> tuple[float, float] | None:
        """Return (s, degrees of freedom) of the readings from the laboratory's history, None where there is none."""
        for one in self.settings.pooled:
            if abs(one.range - point.measuring_range) <= 1e-9 * one.range and one.frequency_Hz == point.frequency_Hz:
                return one.s, one.dof
        return None

    @cached_property
    def _points(self) -> Sequence[Point]:
        requested = list(self.context.job.points) or self.of_the_method()
        ordered = sorted(requested, key=_order)
        points = [
            self._point(connection, p) for connection in self.connections for p in self.belonging(connection, ordered)
        ]
        self._check(points)
        return points

    def _point(self, connection: Connection, p: RequestedPoint) -> Point:
        hazard_V, hazard_ac_V = self.hazards(p) if connection.sourced else (0.0, 0.0)
        n = p.readings or self.settings.readings
        quantity, unit = self.quantity_of(p)
        return Point(
            id="/".join((connection.group.id, *self.name_of(p))),
            group=connection.group.id,
            title=self.title_of(connection, p),
            quantity=quantity,
            unit=unit,
            measuring_range=p.range,
            nominal=p.nominal,
            hazard_V=hazard_V,
            estimate_s=self.settings.settle_s + 2.0 + n * self.reading_s(),
            hazard_ac_V=hazard_ac_V,
            frequency_Hz=p.frequency_Hz,
            wires=p.wires,
            readings=p.readings,
            tolerance=None if p.tolerance is None else p.tolerance.model_dump(),
            gives_row=connection.gives_rows,
        )

    def title_of(self, connection: Connection, p: RequestedPoint) -> Text:
        """Return the heading of a point's rows."""
        return connection.title.format(range=shown(p.range, self.quantity_of(p)[1]))

    def name_of(self, p: RequestedPoint) -> list[str]:
        """Return the parts of a point's id after its group."""
        at = [] if p.frequency_Hz is None else [shown(p.frequency_Hz, "Hz")]
        wires = [] if p.wires is None else [f"{p.wires}-wire"]
        unit = self.quantity_of(p)[1]
        return [shown(p.range, unit), shown(p.nominal, unit), *at, *wires]

    def _check(self, points: Sequence[Point]) -> None:
        """Refuse now, all at once, what could not be evaluated once it was measured."""
        mistakes = [f"{id_}: is asked for twice" for id_, n in Counter(p.id for p in points).items() if n > 1]
        if self.proof is not None and not any(r >= self.proof.value for r in self._item_ranges()):
            level = shown(self.proof.value, self.unit)
            mistakes.append(f"the item has no range for {level}, with which the connection is proven")
        for point in points:
            try:
                self._check_point(point)
                self.limit(point)
                self.resolution(point)
                if self._connection(point.group).sourced:
                    self.reference(point)
            except CalibError as error:
                mistakes.append(f"{point.id}: {error}")
        if mistakes:
            raise InputError("\n".join(f"point {m}" for m in mistakes))

    def _check_point(self, point: Point) -> None:
        if point.frequency_Hz is not None and point.nominal <= 0:
            msg = "what alternates is given as an rms value above 0"
            raise InputError(msg)
        if (point.readings or self.settings.readings) < OWN_S_NEEDS and self.pooled(point) is None:
            msg = f"fewer than {OWN_S_NEEDS} readings, and 'pooled' has no standard deviation for this range"
            raise InputError(msg)

    def _item_ranges(self) -> Sequence[float]:
        return self.context.item_specification.ranges(self.quantity)

    def _proving(self, connection: Connection, proof: Proof) -> Point:
        return self._point(connection, self.proving(connection, proof))

    def sense_width(self, point: Point) -> float:
        """Return how far from the nominal value an indication may lie before it is doubted."""
        return max(20 * (self.limit(point) or 0.0), 0.02 * point.measuring_range)

    def _lettered(self, letter: int, what: Text) -> Text:
        return Text(vi=f"{self.symbols[letter]}: {what.vi}", en=f"{self.symbols[letter]}: {what.en}")

    def _connection(self, group: str) -> Connection:
        return next(c for c in self.connections if c.group.id == group)


def shown(value: float, unit: str) -> str:
    """Return a value with all its digits in the unit in which ranges are named, such as `100 mV`."""
    found = range_unit(value, unit)
    return f"{value / 10.0 ** exponent(found):.12g} {found}"


def _order(p: RequestedPoint) -> tuple[float, int, float, bool, float]:
    """Ascending by range, wires and frequency; up to the positive end, then down to the negative one."""
    return p.range, p.wires or 0, p.frequency_Hz or 0.0, p.nominal < 0, abs(p.nominal)


INDICATION = Text(vi="chỉ thị, độ lặp lại hoặc độ phân giải", en="indication, repeatability or resolution")
NOMINAL = Text(vi="giá trị danh nghĩa, chính xác", en="nominal value, exact")
EXCEPTED = Text(vi="Chuẩn được dùng theo ngoại lệ: xem mục ngoại lệ.", en="Standard used by exception: see exceptions.")
ANY_TEMPERATURE = Text(
    vi="Nguồn của đặc trưng kỹ thuật không nêu nhiệt độ; giới hạn được coi là có giá trị từ {low} °C đến {high} °C, "
    "trong phạm vi của phương pháp.",
    en="The source of the standard's specification states no temperature; its limits are taken to hold from {low} °C "
    "to {high} °C, as the method does.",
)
