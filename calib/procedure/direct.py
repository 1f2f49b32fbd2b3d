"""Direct comparison: an item indicates what a standard puts on its terminals (EURAMET cg-15; most electrical methods).

A method is a subclass that says which function it measures: how the source is set, how the meter is set and read, and
what belongs to the measurement equation besides indication and reference. Points come from the method's file or from
the job (`directpoints`).
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from calib.drivers.roles import SwitchedSource
from calib.equipment import Asked, Reference, Route, by_certificate, by_specification
from calib.inputs import Argument
from calib.procedure.base import WarmUp, warm_up_of
from calib.procedure.connecting import join, prove
from calib.procedure.context import Standard
from calib.procedure.directpoints import PointsByConnection
from calib.procedure.estimates import ANY_TEMPERATURE, EXCEPTED, INDICATION, NOMINAL, Constant, Estimates, indication
from calib.procedure.point import Group, Point
from calib.procedure.sense import Sense, sensible_readings
from calib.procedure.station import Station
from calib.procedure.truth import Truth
from calib.record.model import Attempt, Readings
from calib.record.result import Result
from calib.text import Text


class DirectComparison(PointsByConnection):
    """A method of direct comparison against a source."""

    sources: ClassVar[Sequence[str]] = ("source",)
    under_calibration = "meter"
    standard_role: ClassVar[str] = "source"
    standard_called: ClassVar[Text] = Text(vi="Nguồn chuẩn", en="Source")
    symbols: ClassVar[tuple[str, str]]
    """Letters of indication and reference value in the measurement equation."""
    indicator: ClassVar[str] = "meter"
    """The role whose indications are recorded."""

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

    def meter_range(self, point: Point) -> float:
        """Return the range of the meter for a point: that of the item, which is the meter here."""
        return point.measuring_range

    # the half that needs instruments

    def warm_up(self) -> WarmUp | None:
        """Return the item's warm-up, where the job asks for one."""
        return warm_up_of(self.settings.warm_up_s, self.under_calibration)

    def prepare(self, group: Group, station: Station) -> None:
        """Take the output off, have the lead connected, and prove connection and polarity at a harmless level."""
        connection = self._connection(group.id)
        source = station.role("source", SwitchedSource)
        prompt = self.prompt_of(connection)
        join(station, source, prompt)
        proof = self.proof_of(connection)
        if proof is not None:
            point = self._proving(connection, proof)

            def read() -> float:
                self.apply(point, station)
                station.wait(self.settings.settle_s, Text(vi="kiểm tra kết nối", en="proving the connection"))
                return self.read(station)

            self.configure(point, station)
            prove(station, self.indicator, source, proof, read, prompt)

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
        source, n = station.role("source", SwitchedSource), point.readings or self.settings.readings
        for value in sensible_readings(station, self.indicator, n, sense, lambda: self.read(station), set_up, source):
            station.record(self.indicator, value, point.unit)

    # the half that does not

    @cached_property
    def standard(self) -> Standard:
        """The standard, as the register described it."""
        return self.context.standard(self.standard_role)

    def route(self, role: str) -> Route:
        """Return the route that the job chose for the standard."""
        del role
        return self.settings.reference

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
        return self.by_route(asked, temperature_C)

    def by_route(self, asked: Asked, temperature_C: tuple[float, float] | None) -> Reference:
        """Return a value of the standard by the route of the job."""
        specification = self.standard.stated_specification
        if self.settings.reference == "specification":
            return by_specification(asked, specification, temperature_C or (None,))
        range_ = specification.range_for(asked.quantity, asked.nominal)
        return by_certificate(asked, range_, self.context.date, temperature_C)

    def _remarks(self, reference: Reference, quantity: str) -> tuple[Text, ...]:
        remarks = [EXCEPTED] if self.context.exceptions(self.standard.equipment.id) else []
        if reference.route == "specification":
            interval = self.standard.equipment.specification_interval or ""
            if self.standard.stated_specification.table(quantity, interval).temperature_C is None:
                low_C, high_C = self.conditions.temperature_C
                remarks.append(ANY_TEMPERATURE.format(low=f"{low_C:g}", high=f"{high_C:g}"))
        return tuple(remarks)

    def sense_width(self, point: Point) -> float:
        """Return how far from the nominal value an indication may lie before it is doubted."""
        return max(20 * (self.limit(point) or 0.0), 0.02 * point.measuring_range)

    def _lettered(self, letter: int, what: Text) -> Text:
        return Text(vi=f"{self.symbols[letter]}: {what.vi}", en=f"{self.symbols[letter]}: {what.en}")
