"""The two halves of a procedure: one needs instruments and only records; the other needs only what was recorded."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from calib.equipment import Route
from calib.files import Strict
from calib.procedure.context import Context
from calib.procedure.point import Group, Point
from calib.procedure.station import Station
from calib.record.model import Attempt, Readings, phases
from calib.record.result import Result
from calib.text import Text


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

    @abstractmethod
    def measure(self, point: Point, station: Station) -> None:
        """Measure at one point; only records."""

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
