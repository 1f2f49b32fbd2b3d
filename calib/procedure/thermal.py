"""Comparison with a reference thermometer in a bath, block or furnace: what all such methods have in common.

For each temperature the bath is set, and waited for until the reference thermometer no longer moves; then reference and
item are read in turns that lie symmetrically in time, reference – item – item – reference, so that a drift of the bath
cancels (EURAMET cg-8, cg-13; ASTM E2593). What scatters is the difference of the two.
"""

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from calib.drivers import find_driver
from calib.drivers.roles import Bath, ThermometerProbe
from calib.equipment import Asked, ReferenceTemperature, Route, by_specification
from calib.errors import CalibError, InputError, RunError
from calib.files import Strict
from calib.inputs import Argument, Input
from calib.procedure.base import Conditions, Procedure
from calib.procedure.declared import Bound, Declared
from calib.procedure.estimates import bounded
from calib.procedure.point import Group, Point
from calib.procedure.referencethermometer import (
    READOUT,
    ReferenceThermometer,
    ResistanceReference,
    ThermocoupleReference,
)
from calib.procedure.station import Station
from calib.procedure.thermalparameters import REFERENCE, BathParameters, ThermalParameters
from calib.record.model import Attempt, Readings
from calib.text import Text

ITEM = "item"
"""Channel of the other, which is read in turns with `REFERENCE`."""


class InBath(Procedure):
    """A method of comparison with a reference thermometer."""

    sources: ClassVar[Sequence[str]] = ()
    declared: ClassVar[Mapping[str, Declared]]
    """By the names of the inputs, beside those of the reference thermometer."""
    references: ClassVar[Sequence[type[ReferenceThermometer]]] = (ResistanceReference, ThermocoupleReference)
    """Kinds of reference thermometers that it takes."""
    conditions = Conditions(temperature_C=(15.0, 30.0), humidity_percent=(10.0, 80.0))
    quantity: ClassVar[str] = "temperature"
    unit: ClassVar[str] = "°C"
    """Of the item's readings."""
    heading: ClassVar[Text]
    """Of the rows."""
    Parameters: ClassVar[type[Strict]] = BathParameters

    # what a method says

    @abstractmethod
    def immerse_item(self, station: Station) -> None:
        """Have the item put beside the reference thermometer."""

    @abstractmethod
    def read_item(self, station: Station) -> float:
        """Take one reading of the item, in `unit`."""

    def sensible(self, t_C: float) -> tuple[float, float]:
        """Return between which values the item can read at a temperature."""
        return t_C - 50.0, t_C + 50.0

    def measuring_range(self) -> float:
        """Return the item's range, as its specification has it."""
        ranges = self.context.item_specification.ranges(self.quantity)
        highest = max(abs(t) for t in self.settings.temperatures_C)
        return next((r for r in ranges if r >= highest * (1 - 1e-9)), ranges[-1])

    # the half that needs instruments

    def groups(self) -> Sequence[Group]:
        """Return the one group: the thermometers stay where they are."""
        return [Group("bath", PLACES[self.settings.place])]

    def prepare(self, group: Group, station: Station) -> None:
        """Have reference and item immersed."""
        del group
        settings = self.settings
        station.role("reference", ThermometerProbe).immerse(
            settings.place, settings.reference_depth_m, well=settings.reference_well
        )
        self.reference.configure(station)
        self.immerse_item(station)

    def measure(self, point: Point, station: Station) -> None:
        """Go to the temperature, wait until it is stable, and read in turns."""
        settings = self.settings
        self.go_to(self.bath_C(point), station)
        for _ in range(settings.cycles):
            for who in (REFERENCE, ITEM, ITEM, REFERENCE):
                station.wait(settings.interval_s, Text(vi="giữa hai lần đọc", en="between readings"))
                if who == REFERENCE:
                    station.record(REFERENCE, self.reference.read(station), self.reference.law.unit)
                else:
                    station.record(ITEM, self._sensible_item(point, station), self.unit)

    def go_to(self, t_C: float, station: Station) -> None:
        """Set the bath and wait until the reference thermometer no longer moves, and for the item.

        Raises
        ------
        RunError
            The reference shows quite another temperature.
        """
        settings = self.settings
        station.role("bath", Bath).set_bath_temperature(t_C)
        station.wait_until_stable(
            lambda: self.reference.shown_C(self.reference.read(station)),
            unit="°C",
            limit_per_s=settings.stable_K_per_min / 60.0,
            window_s=settings.window_s,
            at_most_s=settings.at_most_s,
            why=Text(vi="chờ bể ổn định", en="bath settling"),
            interval_s=max(settings.interval_s, settings.window_s / 60.0),
            target=t_C,
        )
        station.wait(settings.soak_s, Text(vi="chờ mẫu cân bằng nhiệt", en="item soaking"))
        shown_C = self.reference.shown_C(self.reference.read(station))
        if abs(shown_C - t_C) > settings.away_K:
            msg = (
                f"the reference thermometer shows {shown_C:.2f} °C where {t_C:g} °C is set: is it in the "
                f"{settings.place}, and at {self.reference.connected_at}?"
            )
            raise RunError(msg)

    def _sensible_item(self, point: Point, station: Station) -> float:
        value, (low, high) = self.read_item(station), self.sensible(self.bath_C(point))
        if low <= value <= high:
            return value
        at = f"{self.bath_C(point):g} °C"
        msg = f"{point.id}: the item reads {value:.6g} {self.unit}, which cannot be at {at}; look at it"
        raise RunError(msg)

    # the half that does not

    @cached_property
    def settings(self) -> ThermalParameters:
        """The job's parameters."""
        found = self.context.parameters(self.Parameters)
        assert isinstance(found, ThermalParameters)
        return found

    @cached_property
    def reference(self) -> ReferenceThermometer:
        """The reference thermometer, of the kind that its certificate describes."""
        return ReferenceThermometer.of(self.context, self.settings, self.known, self.references)

    def route(self, role: str) -> Route:
        """Return how a standard's value gets its uncertainty: thermometer and bath by certificate, meters by limits."""
        return "certificate" if role in {"reference", "bath"} else "specification"

    def points(self) -> Sequence[Point]:
        """Return a point for each temperature, in their order.

        Raises
        ------
        InputError
            A point could be measured, but not evaluated afterwards.
        """
        settings = self.settings
        met: Counter[float] = Counter()
        points = []
        for t_C in self.temperatures_C():
            met[t_C] += 1
            again = f"/{met[t_C]}" if met[t_C] > 1 else ""
            points.append(
                Point(
                    id=f"bath/{t_C:g} °C{again}",
                    group="bath",
                    title=self.heading,
                    quantity=self.quantity,
                    unit=self.unit,
                    measuring_range=self.measuring_range(),
                    nominal=self.nominal(t_C),
                    hazard_V=0.0,
                    estimate_s=2 * settings.window_s + settings.soak_s + 4 * settings.cycles * settings.interval_s,
                )
            )
        self._check(points)
        return points

    def temperatures_C(self) -> Sequence[float]:
        """Return the temperatures: of the job's points, else of its parameters."""
        return [p.nominal for p in self.context.job.points] or self.settings.temperatures_C

    def bath_C(self, point: Point) -> float:
        """Return the temperature to which the bath is set for a point."""
        return point.nominal

    def nominal(self, t_C: float) -> float:
        """Return the nominal value of the row of a temperature."""
        return t_C

    def turns(self, attempt: Attempt, readings: Readings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the means of each turn: of the reference's signal, of the item, both of shape (cycles,)."""
        reference, item = readings.values(attempt, REFERENCE), readings.values(attempt, ITEM)
        return reference.reshape(-1, 2).mean(axis=1), item.reshape(-1, 2).mean(axis=1)

    def reference_of(self, read: float) -> ReferenceTemperature:
        """Return the temperature that a mean reading of the reference thermometer means, but for its readout."""
        return self.reference.temperature(read)

    def reference_argument(self, read: float, readings: Readings | None) -> Argument:
        """Return the reference temperature in °C with all that is uncertain about it, in kelvins."""
        found = self.reference_of(read)
        return found.argument(self.readout_input(read, found.signal_per_K, readings))

    def known(self, name: str, factor: float = 1.0, *, least: float = 0.0) -> Argument:
        """Return an error of which the job states bounds, times a factor; `least` is a bound that was measured."""
        one = self._declared[name]
        half_width = max(getattr(self.settings, one.parameter), least)
        return bounded(factor * half_width, one.label, name, identity=None if one.each else self.shared(name))

    def bounds(self) -> Sequence[Bound]:
        """Return what the job states only bounds of."""
        return [Bound(d.of, d.effect, getattr(self.settings, d.parameter), d.each) for d in self._declared.values()]

    def used_for(self, role: str) -> Sequence[str]:
        """Return what the readout reads of the reference thermometer."""
        return (self.reference.law.quantity,) if role == READOUT else ()

    def nominal_of(self, role: str, point: Point) -> float:
        """Return the temperature at which the reference thermometer is used; of others the point's nominal value."""
        return self.bath_C(point) if role == REFERENCE else point.nominal

    def shared(self, name: str) -> str:
        """Return the identity of an error that all results of this calibration share."""
        return f"{self.context.job.number}/{self.context.date}/{self.id}/{name}"

    def readout_input(self, signal: float, slope: float, readings: Readings | None, name: str = READOUT) -> Input:
        """Return the readout's limits of error at a signal, in the unit that `slope` divides it into."""
        readout = self.context.standard(READOUT)
        asked = Asked(readout.equipment, self.reference.law.quantity, signal, role=name, called=_READOUT)
        temperature_C = (None,) if readings is None else readings.condition("temperature")
        range_ = self.reference.range_in(readout.stated_specification)
        (limits,) = by_specification(asked, readout.stated_specification, temperature_C, range_).inputs
        return Input(limits.name, limits.label, tuple((c / slope, error) for c, error in limits.terms))

    def between(self) -> dict[str, Argument]:
        """Return what may be different between the places of reference and item, in kelvins.

        They stay where they are, so that the difference of their places is one for all temperatures, but for what a
        bath does differently at each.
        """
        return {name: self.known(name) for name in ("homogeneity", "stability")}

    @property
    def _declared(self) -> Mapping[str, Declared]:
        return {**self.reference.declared, **self.declared}

    def _check(self, points: Sequence[Point]) -> None:
        """Refuse now what could not be measured with this bench, or evaluated once it was measured."""
        mistakes = []
        driver = self.context.snapshot["bench"]["roles"][READOUT]["driver"]
        if not issubclass(find_driver(driver), self.reference.readout):
            mistakes.append(
                f"bench: roles.{READOUT}.driver: '{driver}' does not read {self.reference.called}, which the reference "
                f"is: it needs a {self.reference.readout.__name__}"
            )
        for t_C, point in zip(self.temperatures_C(), points, strict=True):
            try:
                self.reference.law.U_K(t_C, self.context.standard(REFERENCE).equipment.name)
                self.reference_argument(self.reference.signal(t_C), None)
                self.limit(point)
                self.resolution(point)
            except CalibError as error:
                mistakes.append(f"point {point.id}: {error}")
        if mistakes:
            raise InputError("\n".join(mistakes))


PLACES = {
    "bath": Text(vi="Bể điều nhiệt", en="Bath"),
    "block": Text(vi="Lò khối", en="Block"),
    "furnace": Text(vi="Lò nung", en="Furnace"),
}
_READOUT = Text(vi="Máy đọc", en="Readout")
