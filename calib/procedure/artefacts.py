"""Artefacts compared on one indicator, in cycles that let the indicator's errors and their linear drift cancel.

Substitution: standard, item, standard (ABA). Reversal: direct, reversed, reversed, direct (ABBA). Every cycle makes its
connections anew, so that cycles are independent: what contacts do is in the scatter of the cycles' results.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from calib.equipment import Asked, Reference, by_certificate
from calib.errors import CalibError, InputError
from calib.files import Strict
from calib.inputs import Argument, Input
from calib.ports import Prompt
from calib.procedure.base import Procedure, WarmUp, warm_up_of
from calib.procedure.estimates import EXCEPTED, NOMINAL, Constant, Estimates
from calib.procedure.point import Group, Point
from calib.procedure.pointlist import RequestedPoint
from calib.procedure.rowmaking import shown
from calib.procedure.sense import Sense, sensible_readings
from calib.procedure.station import Station
from calib.procedure.truth import Truth
from calib.record.model import Attempt, Readings
from calib.record.result import Result
from calib.text import Text
from calib.uncertainty import quantity


class ArtefactParameters(Strict):
    """Parameters of every comparison of artefacts, in the job's table `[parameters]`."""

    cycles: Annotated[int, Field(ge=5, le=100)] = 6
    """Cycles; each gives one result, and their scatter the type A uncertainty."""
    readings: Annotated[int, Field(ge=1, le=100)] = 3
    """Readings each time that a position is joined; their mean counts."""
    settle_s: Annotated[float, Field(ge=0)] = 30.0
    """Time to wait after hands have joined a position: contacts come to one temperature."""
    warm_up_s: Annotated[float, Field(ge=0)] = 0.0
    """Time to wait before the first cycle; again after a long interruption."""
    nplc: Annotated[float, Field(gt=0)] = 100.0
    """Integration time of a reading in power-line cycles."""
    item_ppm_per_K: Annotated[float, Field(ge=0)] = 1.0
    """Half-width of the item's temperature coefficient, in 10⁻⁶ for each kelvin from that of the result."""


class ArtefactComparison(Procedure):
    """A method that compares an item without an interface with a standard of its kind.

    The row's error is that of a material measure: its nominal value minus the value found (VIM, OIML V 2-200, 2.16).
    """

    sources = ()
    standards_by = "certificate"  # no specification carries a value here
    under_calibration = "item"
    quantity: ClassVar[str]
    unit: ClassVar[str]
    group: ClassVar[Group]
    title_of_rows: ClassVar[Text]
    """With {range}."""
    positions: ClassVar[Mapping[str, Prompt]]
    """What is joined to the indicator, by the channel under which its readings are kept."""
    cycle: ClassVar[Sequence[str]]
    """Positions of one cycle, in their order."""
    standard_called: ClassVar[Text] = Text(vi="Chuẩn", en="Standard")
    reference_temperature_C: ClassVar[float] = 23.0
    """For which the result is stated."""
    symbols: ClassVar[tuple[str, str]]
    """Letters of the standard's value and of the nominal one in the measurement equation."""
    indicator: ClassVar[str] = "meter"
    """The role that indicates what is joined to it."""
    units: ClassVar[Mapping[str, str]] = {}
    """Units of inputs that are not in the row's unit, by name."""
    Parameters: ClassVar[type[ArtefactParameters]] = ArtefactParameters

    # what a method says

    @abstractmethod
    def configure(self, point: Point, station: Station) -> None:
        """Set the indicator."""

    @abstractmethod
    def read(self, station: Station) -> float:
        """Take one indication, in SI units."""

    @abstractmethod
    def expected(self, point: Point, position: str, seen: Mapping[str, float]) -> Sense:
        """Return where a reading at a position can lie, from the means `seen` at the positions so far."""

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return the one group."""
        return [self.group]

    def warm_up(self) -> WarmUp | None:
        """Return the time in which the indicator warms up, and the artefacts come to the temperature of their place."""
        return warm_up_of(self.settings.warm_up_s, *self.roles)

    def prepare(self, group: Group, station: Station) -> None:
        """Do nothing: each cycle makes its connections itself."""

    def measure(self, point: Point, station: Station) -> None:
        """Join position by position, cycle by cycle, and record the readings of each."""
        self.configure(point, station)
        seen: dict[str, float] = {}
        for _ in range(self.settings.cycles):
            for position in self.cycle:
                seen[position] = self._at(point, position, seen, station)

    def _at(self, point: Point, position: str, seen: Mapping[str, float], station: Station) -> float:
        """Join a position and record its readings; return their mean."""

        def joined() -> None:
            station.ask(self.positions[position])
            station.wait(self.settings.settle_s, Text(vi="chờ ổn định", en="settling"))

        joined()
        sense = self.expected(point, position, seen)
        values = []
        for value in sensible_readings(
            station, self.indicator, self.settings.readings, sense, lambda: self.read(station), joined
        ):
            station.record(position, value, point.unit)
            values.append(value)
        return float(np.mean(values))

    # the half that does not

    @cached_property
    def settings(self) -> ArtefactParameters:
        """The job's parameters."""
        return self.context.parameters(self.Parameters)

    def points(self) -> Sequence[Point]:
        """Return the points of the job: an artefact has no ranges of which a method could choose.

        Raises
        ------
        InputError
            The job names no points, or one that the standard's certificate does not carry.
        """
        requested = self.context.job.points
        if not requested:
            msg = "job: 'points' must name nominal value and the indicator's range, for the item has no specification"
            raise InputError(msg)
        points = [self._point(p) for p in requested]
        mistakes = []
        for point in points:
            try:
                self.reference(point)
            except CalibError as error:
                mistakes.append(f"point {point.id}: {error}")
        if mistakes:
            raise InputError("\n".join(mistakes))
        return points

    def reference(self, point: Point, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the standard's value by its certificate; it has one range, its own nominal value."""
        equipment = self.context.standard("standard").equipment
        asked = Asked(
            equipment,
            point.quantity,
            point.nominal,
            role="standard",
            called=self.standard_called,
            symbol=f"δ{self.symbols[0]}",
        )
        return by_certificate(asked, point.nominal, self.context.date, temperature_C)

    def cycles(self, attempt: Attempt, readings: Readings) -> dict[str, NDArray[np.float64]]:
        """Return the mean at each position, shape (cycles, times that the position comes in a cycle)."""
        return {
            position: readings.values(attempt, position)
            .reshape(self.settings.cycles, self.cycle.count(position), self.settings.readings)
            .mean(axis=2)
            for position in dict.fromkeys(self.cycle)
        }

    def temperature_effect(self, point: Point, readings: Readings) -> Argument:
        """Return what the item's own temperature coefficient may do between its temperature and that of the result."""
        low, high = readings.condition("temperature")
        kelvin = max(abs(t - self.reference_temperature_C) for t in (low, high))
        half_width = self.settings.item_ppm_per_K * 1e-6 * abs(point.nominal) * kelvin
        if half_width == 0:
            return Argument()
        error = quantity(0.0, half_width=1.0, name="item.temperature")
        return Argument((Input("item.temperature", ITEM_TEMPERATURE, ((half_width, error),)),))

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the nominal value minus the item's true one at the temperature for which the result is stated."""
        return result.nominal - world.value("item", cls.reference_temperature_C)

    def found(self, point: Point, values: NDArray[np.float64], **arguments: Argument) -> Estimates:
        """Return the estimates of a row from the item's value in every cycle, and the equation's other arguments."""
        label = Text(vi=f"{self.symbols[1]}: {NOMINAL.vi}", en=f"{self.symbols[1]}: {NOMINAL.en}")
        excepted = self.context.exceptions(self.context.standard("standard").equipment.id)
        return Estimates(
            arguments={"nominal": Argument(constant=point.nominal), **arguments},
            reference=float(values.mean()),
            readings=values,
            indicated=point.nominal,
            route="certificate",
            constants={"nominal": Constant(label, point.nominal, 1.0)},
            units=self.units,
            remarks=(EXCEPTED,) if excepted else (),
        )

    def _point(self, p: RequestedPoint) -> Point:
        s = self.settings
        return Point(
            id=f"{self.group.id}/{shown(p.nominal, self.unit)}",
            group=self.group.id,
            title=self.title_of_rows.format(range=shown(p.range, self.unit)),
            quantity=self.quantity,
            unit=self.unit,
            measuring_range=p.range,
            nominal=p.nominal,
            hazard_V=0.0,
            estimate_s=s.cycles * len(self.cycle) * (30.0 + s.settle_s + s.readings * 2 * s.nplc / 50),
            tolerance=None if p.tolerance is None else p.tolerance.model_dump(),
        )


ITEM_TEMPERATURE = Text(
    vi="δ_T: hệ số nhiệt độ của đối tượng hiệu chuẩn", en="δ_T: temperature coefficient of the item"
)
