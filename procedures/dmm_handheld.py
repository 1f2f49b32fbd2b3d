"""Hand-held multimeters of 3½ to 4½ digits against a calibrator, all functions, read by a person (after EURAMET cg-15).

Measurement equation, for each test point::

    E = X_ind − (X_S + δX_S) − δX_lead

* X_ind: mean of n indications as they were typed; its dispersion is the wider of s/√n and of the resolution d/√12
  (decision 21). Here a display stands still as a rule, and the resolution makes nearly all of U.
* X_S + δX_S: value of the calibrator by one of the two routes of `calib.equipment.reference`.
* δX_lead: resistance of the leads, where resistance is measured, as it was found beforehand; zero elsewhere.

Loading, burden and thermal emf stay below a hundredth of the least digit of such meters, and are left out. EA-4/02, S9
is this evaluation at 100 V.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Protocol, runtime_checkable

from pydantic import Field

from calib.drivers.roles import (
    AcAmmeter,
    AcCurrentSource,
    AcVoltageSource,
    AcVoltmeter,
    DcAmmeter,
    DcCurrentSource,
    DcVoltageSource,
    DcVoltmeter,
    Ohmmeter,
    ResistanceSource,
)
from calib.errors import InputError
from calib.inputs import Argument, Input
from calib.pictures import calibrator, meter, to_jacks
from calib.ports import Prompt
from calib.procedure import (
    Attempt,
    Conditions,
    Connection,
    DirectComparison,
    DirectParameters,
    Estimates,
    Group,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Station,
    bounded,
    shown,
)
from calib.procedure.electrical import put_out, read_meter, set_meter
from calib.text import Text

VOLTS, MILLIAMPERES, AMPERES = "volts", "milliamperes", "amperes"
_JACKS = {AMPERES: "10 A", MILLIAMPERES: "mA", VOLTS: "V Ω"}


@runtime_checkable
class Calibrator(DcVoltageSource, AcVoltageSource, DcCurrentSource, AcCurrentSource, ResistanceSource, Protocol):
    """A source of all that a hand-held multimeter measures."""


@runtime_checkable
class HandheldMeter(DcVoltmeter, AcVoltmeter, DcAmmeter, AcAmmeter, Ohmmeter, Protocol):
    """A meter of voltage, current and resistance."""


UNITS = {"dc_voltage": "V", "ac_voltage": "V", "resistance": "Ω", "dc_current": "A", "ac_current": "A"}
TITLES = {
    "dc_voltage": Text(vi="Điện áp một chiều, thang {range}", en="DC voltage, {range} range"),
    "ac_voltage": Text(vi="Điện áp xoay chiều, thang {range}", en="AC voltage, {range} range"),
    "resistance": Text(vi="Điện trở, thang {range}", en="Resistance, {range} range"),
    "dc_current": Text(vi="Dòng điện một chiều, thang {range}", en="DC current, {range} range"),
    "ac_current": Text(vi="Dòng điện xoay chiều, thang {range}", en="AC current, {range} range"),
}
PROVED_WITHIN = 0.05
"""Relative, on top of a hundredth: what a meter of three digits may err."""


class HandheldParameters(DirectParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    milliampere_jack_to_A: Annotated[float, Field(gt=0)] = 0.6
    """Highest range of current at the jack for small currents; ranges above it have the jack for 10 A."""
    lead_resistance_ohm: Annotated[float, Field(ge=0)] = 0.1
    """Resistance of the leads, both together, as it was found beforehand."""
    lead_half_width_ohm: Annotated[float, Field(ge=0)] = 0.05
    """Half-width of what is not known of it."""

    @property
    def reading_s(self) -> float:
        """The time in which a person reads a display and presses a key."""
        return 3.0


def error_of_indication(indication: Any, reference: Any, lead: Any) -> Any:
    """Return E = X_ind − (X_S + δX_S) − δX_lead, in the point's unit: the measurement equation of the method."""
    return indication - reference - lead


def _joined(id_: str, name: Text, what: Text, terminals: str) -> Connection:
    output = "NORMAL" if id_ == VOLTS else "AUX"
    source = calibrator(f"{output} HI", f"{output} LO")
    drawing = to_jacks("source-to-jack", name, source, meter(*_JACKS.values(), "COM"), (_JACKS[id_], "COM"))
    prompt = Prompt(f"connect.{id_}", what, drawing=drawing, connection=terminals)
    return Connection(Group(id_, name), prompt, name)


class DmmHandheld(DirectComparison):
    """All functions of a hand-held multimeter: voltage, resistance, current."""

    id = "dmm-handheld"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng cầm tay", en="Hand-held multimeter")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-handheld phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-handheld version 1, after EURAMET cg-15",
    )
    equation = "E = X_ind − (X_S + δX_S) − δX_lead"
    model = staticmethod(error_of_indication)
    quantity, unit = "dc_voltage", "V"
    symbols = ("X_ind", "X_S")
    roles: ClassVar[Mapping[str, type]] = {"source": Calibrator, "meter": HandheldMeter}
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    Parameters = HandheldParameters
    connections = (
        _joined(
            VOLTS,
            Text(vi="Cọc V Ω", en="V Ω jack"),
            Text(
                vi="Nối NORMAL HI và LO của nguồn chuẩn với cọc V Ω và COM của đồng hồ.",
                en="Join the calibrator's NORMAL HI and LO to the meter's V Ω jack and COM.",
            ),
            "calibrator",
        ),
        _joined(
            MILLIAMPERES,
            Text(vi="Cọc mA", en="mA jack"),
            Text(
                vi="Nối AUX HI và LO của nguồn chuẩn với cọc mA và COM của đồng hồ.",
                en="Join the calibrator's AUX HI and LO to the meter's mA jack and COM.",
            ),
            "source.aux",
        ),
        _joined(
            AMPERES,
            Text(vi="Cọc 10 A", en="10 A jack"),
            Text(
                vi="Nối AUX HI và LO của nguồn chuẩn với cọc 10 A và COM của đồng hồ.",
                en="Join the calibrator's AUX HI and LO to the meter's 10 A jack and COM.",
            ),
            "source.aux",
        ),
    )
    _quantity = quantity

    def of_the_method(self) -> list[RequestedPoint]:
        """Return the method's points of every function that the item's specification has."""
        known = {table.quantity for table in self.context.item_specification.accuracy}
        rules = {q: [r for r in self.data().points if r.quantity == q] for q in UNITS if q in known}
        return [p for quantity, of_it in rules.items() for p in self.of_rules(of_it, quantity)]

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points of a jack, function by function."""
        those = [p for p in requested if self._jack(p) == connection.group.id]
        return sorted(those, key=lambda p: list(UNITS).index(self.quantity_of(p)[0]))

    def quantity_of(self, requested: RequestedPoint) -> tuple[str, str]:
        """Return quantity and unit of a point."""
        quantity = requested.quantity
        if quantity not in UNITS:
            known = ", ".join(UNITS)
            msg = f"a point of {requested.nominal:g}: its 'quantity' is {quantity or 'missing'}; known: {known}"
            raise InputError(msg)
        return quantity, UNITS[quantity]

    def title_of(self, connection: Connection, p: RequestedPoint) -> Text:
        """Return function and range."""
        del connection
        quantity, unit = self.quantity_of(p)
        return TITLES[quantity].format(range=shown(p.range, unit))

    def name_of(self, p: RequestedPoint) -> list[str]:
        """Return the parts of a point's id after its group: first the function."""
        return [self.quantity_of(p)[0], *super().name_of(p)]

    def proof_of(self, connection: Connection) -> Proof:
        """Return 1 V, or nine tenths of the lowest range of the jack from 10 mA on."""
        asked = self._proving_range(connection)
        value = 1.0 if connection.group.id == VOLTS else 0.9 * asked
        return Proof(value, "V" if connection.group.id == VOLTS else "A", allowance=PROVED_WITHIN * value)

    def proving(self, connection: Connection, proof: Proof) -> RequestedPoint:
        """Return the level as a point of direct voltage or current."""
        quantity = "dc_voltage" if connection.group.id == VOLTS else "dc_current"
        return RequestedPoint(range=self._proving_range(connection), nominal=proof.value, quantity=quantity)

    def apply(self, point: Point, station: Station) -> None:
        """Put the nominal value on the terminals."""
        put_out(station, point.quantity, point.nominal, point.frequency_Hz)

    def configure(self, point: Point, station: Station) -> None:
        """Have function and range selected; a person is told only where one of them changes."""
        self._quantity = point.quantity
        set_meter(station, point.quantity, point.measuring_range, frequency_Hz=point.frequency_Hz)

    def read(self, station: Station) -> float:
        """Take one indication of the function that is selected, in SI units."""
        return read_meter(station, self._quantity)

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return the leads, where resistance is measured."""
        del readings
        if point.quantity != "resistance":
            return {"lead": Argument()}
        parameters = self.context.parameters(HandheldParameters)
        unknown = bounded(parameters.lead_half_width_ohm, _LEAD, "lead").inputs
        if not unknown:
            return {"lead": Argument(constant=parameters.lead_resistance_ohm)}
        (one,) = unknown
        return {"lead": Argument((Input(one.name, one.label, one.terms, parameters.lead_resistance_ohm),))}

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, reference value and leads; the row gives the reference value at the meter's jacks."""
        found = super().estimates(point, attempt, readings)
        leads = found.arguments["lead"].value
        of_leads = leads if isinstance(leads, float) else float(leads.value)
        return replace(found, reference=found.reference + of_leads)

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the voltage itself; currents and resistances put none out."""
        match requested.quantity:
            case "dc_voltage":
                return abs(requested.nominal), 0.0
            case "ac_voltage":
                return 0.0, requested.nominal
        return 0.0, 0.0

    def _jack(self, p: RequestedPoint) -> str:
        if self.quantity_of(p)[1] != "A":
            return VOLTS
        return MILLIAMPERES if p.range <= self._small_A else AMPERES

    @property
    def _small_A(self) -> float:
        return self.context.parameters(HandheldParameters).milliampere_jack_to_A * (1 + 1e-9)

    def _proving_range(self, connection: Connection) -> float:
        specification = self.context.item_specification
        if connection.group.id == VOLTS:
            return specification.range_for("dc_voltage", 1.0)
        small = connection.group.id == MILLIAMPERES
        ranges = [r for r in specification.ranges("dc_current") if (r <= self._small_A) == small]
        return next((r for r in ranges if r >= 0.01), ranges[-1])


_LEAD = Text(vi="δX_lead: điện trở dây nối", en="δX_lead: resistance of the leads")
