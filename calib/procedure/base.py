"""The two halves of a procedure: one needs instruments and only records; the other needs only what was recorded."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, get_args

from calib.equipment import Route
from calib.errors import RunError
from calib.files import Strict
from calib.ports import Prompt
from calib.procedure.context import Context
from calib.procedure.declared import Bound
from calib.procedure.document import Method, method_of
from calib.procedure.estimates import Estimated, Estimates, solved
from calib.procedure.point import Group, Point
from calib.procedure.pointlist import Tolerance
from calib.procedure.rowmaking import result_of
from calib.procedure.station import Station
from calib.procedure.truth import Truth
from calib.record.model import Attempt, Phase, Readings, phases
from calib.record.result import Result
from calib.text import Text, both
from calib.uncertainty import Quantity

Role = type | UnionType
"""What an instrument must be to play a role: of a union, one of its Protocols."""
_BY_HAND = both("Adjust the item as its manual says, and store the adjustment. Confirm when it is done.")


def protocols_of(role: Role) -> tuple[type, ...]:
    """Return the Protocols of which an instrument must have one to play a role."""
    return (role,) if isinstance(role, type) else get_args(role)


@dataclass(frozen=True)
class Conditions:
    """Environment within which the method holds."""

    temperature_C: tuple[float, float]
    humidity_percent: tuple[float, float]


@dataclass(frozen=True)
class WarmUp:
    """How long instruments must have been on before they are measured with."""

    seconds: float
    roles: Sequence[str]
    """Who needs it."""
    cold_after_s: float = 120.0
    """A run that was cut off for longer warms up again: nobody knows whether the power was off."""


def warm_up_of(seconds: float, *roles: str) -> WarmUp | None:
    """Return the warm-up that a job asks for, None where it asks for none."""
    return WarmUp(seconds, roles) if seconds > 0 else None


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
    model: ClassVar[Callable[..., Any]]
    """Measurement equation: a plain function of the arguments that `estimates` names."""
    roles: ClassVar[Mapping[str, Role]]
    """Roles and the Protocols of `calib.drivers.roles` that fill them, `A | B` where one of several does."""
    sources: ClassVar[Sequence[str]]
    """Roles that put out energy, in the order in which they are made safe."""
    under_calibration: ClassVar[str]
    """The role that the item under calibration plays."""
    conditions: ClassVar[Conditions]
    standards_by: ClassVar[Route] = "specification"
    """How the values of standards get their uncertainty; decides what their state must be."""
    history: ClassVar[Mapping[str, str]] = {}
    """Parameters that are standard deviations from history, and the parameters with their degrees of freedom."""
    adjustment_hazard_V: ClassVar[float] = 0.0
    """Highest DC voltage that the procedure's own adjustment puts on the terminals."""
    adjustment_hazard_ac_V: ClassVar[float] = 0.0
    """The same of AC voltage, rms."""
    Parameters: ClassVar[type[Strict]]

    def __init__(self, context: Context) -> None:
        self.context = context

    @classmethod
    def data(cls) -> Method:
        """Return document and points from the TOML file beside the procedure's own, empty where there is none."""
        return method_of(Path(inspect.getfile(cls)))

    def route(self, role: str) -> Route:
        """Return how the value of the standard in `role` gets its uncertainty: as those of all, unless overridden."""
        del role
        return self.standards_by

    def item_quantity(self, point: Point) -> str:
        """Return what the item's specification calls the quantity of a point."""
        return point.quantity

    def nominal_of(self, role: str, point: Point) -> float:
        """Return the nominal value of the standard in a role at a point: the point's, unless overridden."""
        del role
        return point.nominal

    def used_for(self, role: str) -> Sequence[str]:
        """Return the quantities of a standard that the method uses beside those of its points: none, as a rule."""
        del role
        return ()

    def bounds(self) -> Sequence[Bound]:
        """Return what the job states only bounds of: studies draw it on the simulated bench, within just these."""
        return ()

    @abstractmethod
    def groups(self) -> Sequence[Group]:
        """Return the groups of points, in their order."""

    @abstractmethod
    def points(self) -> Sequence[Point]:
        """Return the test points, group by group."""

    def item_weights(self) -> Sequence[str]:
        """Return the markings of the item's weights, where it is a set of them."""
        return ()

    def warm_up(self) -> WarmUp | None:
        """Return how long whose warm-up is, before the first point and after a long pause, the sources safe."""
        return None

    @abstractmethod
    def prepare(self, group: Group, station: Station) -> None:
        """Connect, prove the connection, zero: what the points of a group rest on."""

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
    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the arguments of the measurement equation for one attempt: a pure function of what was recorded."""

    def resolution(self, point: Point) -> float:
        """Return the least digit of the item's indication at a point, in the point's unit."""
        return self.context.item_specification.resolution(point.measuring_range, self.item_quantity(point))

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the half-width of the agreed tolerance in the point's unit, None where there is none."""
        if point.tolerance is not None:
            agreed = Tolerance(**point.tolerance)
            count = self.resolution(point) if agreed.counts else 0.0
            return agreed.limit(point.nominal, point.measuring_range, count)
        item = self.context.job.item
        if item.specification is None or item.specification_interval is None:
            return None
        return self.context.item_specification.limit(
            self.item_quantity(point),
            point.nominal,
            point.measuring_range,
            item.specification_interval,
            temperature_C,
            point.frequency_Hz,
        )

    def tolerance(self, point: Point, readings: Readings) -> float | None:
        """Return the limit as it was during the measurement, None where there is none.

        Of the noted temperatures the one counts that gives less: no drift of the room makes an item conform.
        """
        limits = [self.limit(point, t) for t in readings.condition("temperature")]
        return min((limit for limit in limits if limit is not None), default=None)

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return what `result` would be without any error of measurement: known on a simulated bench, for studies."""
        msg = f"procedure {cls.id} states no truth(): it cannot be studied"
        raise RunError(msg)

    def evaluate_point(self, point: Point, attempt: Attempt, readings: Readings) -> Result:
        """Return the result of one attempt; a method with rows of its own overrides `estimates` and `row`."""
        return self.row(point, attempt, readings, self.estimates(point, attempt, readings))

    def row(self, point: Point, attempt: Attempt, readings: Readings, estimates: Estimates) -> Result:
        """Return the row of the certificate that follows from the estimates."""
        return result_of(self, point, attempt, readings, estimates)

    def evaluate(self, readings: Readings) -> tuple[Result, ...]:
        """Return the results of every planned point that has an attempt that stands, phase by phase."""
        return self.results(readings, self.estimated(readings))

    def results(self, readings: Readings, estimated: Estimated) -> tuple[Result, ...]:
        """Return the rows of the certificate; a method whose rows rest on several points overrides it."""
        return tuple(self._scoped(self.row(p, a, readings, e)) for p, a, e in estimated)

    def estimated(self, readings: Readings) -> Estimated:
        """Return what every row rests on: of each point that has an attempt that stands, unless overridden."""
        return [(p, a, self.estimates(p, a, readings)) for p, a in self.standing(readings)]

    def standing(self, readings: Readings) -> Sequence[tuple[Point, Attempt]]:
        """Return every planned point with its attempt that stands, phase by phase."""
        found = [
            (point, readings.standing(point.id, phase))
            for phase in phases(readings.attempts)
            for point in self.context.points
        ]
        return [(point, attempt) for point, attempt in found if attempt is not None]

    def errors(self, readings: Readings) -> Mapping[tuple[Phase, str], Quantity]:
        """Return all results as quantities by (phase, point), correlated as they are: for sums and fits over points.

        Raises
        ------
        InputError
            It is not known how errors of a standard at several of these points correlate.
        """
        return solved(type(self).model, self.estimated(readings))

    def _scoped(self, result: Result) -> Result:
        """Return a result; one whose procedure did not ask for the laboratory's scope is outside it."""
        unasked = result.scope == "none" and self.context.scope is not None
        return replace(result, scope="out") if unasked else result
