"""The points of a direct comparison: those of the method or the job, connection by connection, checked beforehand."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from calib.equipment import Reference
from calib.errors import CalibError, InputError
from calib.ports import Prompt
from calib.procedure.base import Procedure
from calib.procedure.connecting import Connection, Proof
from calib.procedure.parameters import OWN_S_NEEDS, DirectParameters
from calib.procedure.point import Group, Point
from calib.procedure.pointlist import PointRule, RequestedPoint, planned
from calib.procedure.rowmaking import shown
from calib.text import Text


class PointsByConnection(Procedure):
    """A method whose points are grouped by how source and item are joined."""

    quantity: ClassVar[str]
    unit: ClassVar[str]
    connections: ClassVar[Sequence[Connection]]
    proof: ClassVar[Proof | None] = None
    """Harmless level at which connection and polarity are proven, before the first point of a sourced group."""
    Parameters = DirectParameters

    # what a method may say otherwise

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points of a connection, of all that are asked for: a zero of every range where none is sourced."""
        if connection.sourced:
            return requested
        return [RequestedPoint(range=r, nominal=0.0) for r in sorted({p.range for p in requested})]

    def quantity_of(self, requested: RequestedPoint) -> tuple[str, str]:
        """Return quantity and unit of a point."""
        del requested
        return self.quantity, self.unit

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the highest DC and AC voltage (rms) that a point puts on the terminals."""
        del requested
        return 0.0, 0.0

    def title_of(self, connection: Connection, p: RequestedPoint) -> Text:
        """Return the heading of a point's rows."""
        return connection.title.format(range=shown(p.range, self.quantity_of(p)[1]))

    def name_of(self, p: RequestedPoint) -> list[str]:
        """Return the parts of a point's id after its group."""
        at = [] if p.frequency_Hz is None else [shown(p.frequency_Hz, "Hz")]
        wires = [] if p.wires is None else [f"{p.wires}-wire"]
        unit = self.quantity_of(p)[1]
        return [shown(p.range, unit), shown(p.nominal, unit), *at, *wires]

    def prompt_of(self, connection: Connection) -> Prompt:
        """Return what the operator is told to join."""
        return connection.prompt

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return at which harmless level a connection is proven."""
        return self.proof if connection.sourced else None

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return the level as a point, in the lowest range of the item that holds it."""
        del connection
        range_ = min(r for r in self._item_ranges() if r >= proof.value)
        return RequestedPoint(range=range_, nominal=proof.value, frequency_Hz=proof.frequency_Hz, wires=proof.wires)

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

    @abstractmethod
    def reference(self, point: Point, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the standard's value; before the measurement without temperatures, as its own tables have it."""

    # what all have in common

    @cached_property
    def settings(self) -> DirectParameters:
        """The job's parameters."""
        found = self.context.parameters(self.Parameters)
        assert isinstance(found, DirectParameters)
        return found

    def groups(self) -> Sequence[Group]:
        """Return the groups of the connections."""
        return [c.group for c in self.connections]

    def points(self) -> Sequence[Point]:
        """Return a zero of every range in use where the method has zeros, then the points by ascending range.

        Raises
        ------
        InputError
            A point could be measured, but not evaluated afterwards; or it is asked for twice.
        """
        return self._points

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
            estimate_s=self.settings.settle_s + 2.0 + n * self.settings.reading_s,
            hazard_ac_V=hazard_ac_V,
            frequency_Hz=p.frequency_Hz,
            wires=p.wires,
            readings=p.readings,
            tolerance=None if p.tolerance is None else p.tolerance.model_dump(),
            gives_row=connection.gives_rows,
        )

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

    def _connection(self, group: str) -> Connection:
        return next(c for c in self.connections if c.group.id == group)


def _order(p: RequestedPoint) -> tuple[float, int, float, bool, float]:
    """Ascending by range, wires and frequency; up to the positive end, then down to the negative one."""
    return p.range, p.wires or 0, p.frequency_Hz or 0.0, p.nominal < 0, abs(p.nominal)
