"""The two halves of a procedure: one needs instruments and only records; the other needs only what was recorded."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from calib.equipment import Route
from calib.files import Strict
from calib.ports import Prompt
from calib.procedure.context import Context
from calib.procedure.point import Group, Point
from calib.procedure.station import Station
from calib.record.model import Attempt, Readings, phases
from calib.record.result import Result
from calib.text import Text, both

_BY_HAND = both("Adjust the item as its manual says, and store the adjustment. Confirm when it is done.")


@dataclass(frozen=True)
class Conditions:
    """Environment within which the method holds."""

    temperature_C: tuple[float, float]
    humidity_percent: tuple[float, float]


class Procedure(ABC):
    """A method of calibration."""

    id: ClassVar[str]
    version: ClassVar[str]
    """Version of the method and of its data; a record keeps it."""
    title: ClassVar[Text]
    method: ClassVar[Text]
    """What the method follows, as the certificate cites it."""
    equation: ClassVar[str] = ""
    """Measurement equation, as the certificate's budget prints it."""
    roles: ClassVar[Mapping[str, type]]
    """Roles and the Protocols of `calib.drivers.roles` that fill them."""
    sources: ClassVar[Sequence[str]]
    """Roles that put out energy, in the order in which they are made safe."""
    under_calibration: ClassVar[str]
    """The role that the item under calibration plays."""
    conditions: ClassVar[Conditions]
    adjustment_hazard_V: ClassVar[float] = 0.0
    """Highest DC voltage that the procedure's own adjustment puts on the terminals."""
    adjustment_hazard_ac_V: ClassVar[float] = 0.0
    """The same of AC voltage, rms."""
    Parameters: ClassVar[type[Strict]]

    def __init__(self, context: Context) -> None:
        self.context = context

    def route(self, role: str) -> Route:
        """Return how the value of the standard in `role` gets its uncertainty; decides what its state must be."""
        del role
        return "specification"

    @abstractmethod
    def groups(self) -> Sequence[Group]:
        """Return the groups of points, in their order."""

    @abstractmethod
    def points(self) -> Sequence[Point]:
        """Return the test points, group by group."""

    @abstractmethod
    def prepare(self, group: Group, station: Station) -> None:
        """Connect, prove the connection, zero, warm up: what the points of a group rest on."""

    def drift_limit(self, point: Point) -> float | None:
        """Return by how much the error of a group's first point may change until the group's end, in the point's unit.

        Where it is given, that point is measured again after the group's last one. None: there is no drift check.
        """
        del point
        return None

    @abstractmethod
    def measure(self, point: Point, station: Station) -> None:
        """Measure at one point; only records."""

    def adjust(self, station: Station) -> None:
        """Lead through the adjustment of the item; unless a method overrides it, a person does it by hand.

        It begins with all sources safe. It may set sources, ask, and record; readings belong to no test point.
        """
        station.ask(Prompt("adjustment.by-hand", _BY_HAND))

    def calibration_counter(self, station: Station) -> int | None:
        """Return the item's calibration counter, read from it; None where a person must read it."""
        del station
        return None

    def touched_by_adjustment(self) -> Sequence[Point]:
        """Return the points that an adjustment may have changed, which as-left repeats: all, unless overridden."""
        return self.points()

    @abstractmethod
    def evaluate_point(self, point: Point, attempt: Attempt, readings: Readings) -> Result:
        """Return the result of one attempt: a pure function of what was recorded."""

    def evaluate(self, readings: Readings) -> tuple[Result, ...]:
        """Return the results of every planned point that has an attempt that stands, phase by phase."""
        found: list[Result] = []
        for phase in phases(readings.attempts):
            for point in self.context.points:
                attempt = readings.standing(point.id, phase)
                if attempt is not None:
                    found.append(self._scoped(self.evaluate_point(point, attempt, readings)))
        return tuple(found)

    def _scoped(self, result: Result) -> Result:
        """Return a result; one whose procedure did not ask for the laboratory's scope is outside it."""
        unasked = result.scope == "none" and self.context.scope is not None
        return replace(result, scope="out") if unasked else result
