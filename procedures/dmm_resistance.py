"""Resistance of a digital multimeter against a calibrator, with two and four wires (after EURAMET cg-15).

Measurement equation, for each test point::

    E = R_ind − R_0 − (R_S + δR_S) − δR_emf − δR_con + δR_leak

* R_ind: mean of n indications; its dispersion is s/√n or d/√12, whichever is wider (decision 21).
* R_0, two wires only: mean of n indications in the same range with the leads shorted at their far ends. One zero is
  subtracted at all points of a range, so these results are correlated; it takes off leads and offset of the meter.
* R_S + δR_S: value that the calibrator says it presents, with correction and uncertainty by one of the two routes of
  `calib.equipment.reference`. Fixed resistors have a stored value, which need not be the nominal one.
* δR_emf: thermal emf of leads and terminals over the test current; with two wires that of the zero's contacts, too.
* δR_con, two wires only: change of the contact resistances from the short to the source. δR_leak: insulation beside
  the resistance, R²/R_iso.

With four wires the short is a row of its own, R_S = 0 exactly; it is a result and is never subtracted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from calib.drivers.roles import Ohmmeter, ResistanceSource
from calib.equipment import Reference
from calib.files import Strict
from calib.inputs import Argument
from calib.procedure import (
    Attempt,
    Conditions,
    Connection,
    DirectComparison,
    Estimates,
    IntegratingParameters,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Result,
    Station,
    Truth,
    bounded,
    indication,
    shown,
)
from calib.procedures.resistance_connections import CONNECTIONS, TWO, ZERO
from calib.text import Text

PRESENTED = "source"
"""Channel of the values that the calibrator says it presents."""


class RangeCurrent(Strict):
    """Test current of a range, as the meter's manual states it."""

    range: Annotated[float, Field(gt=0)]
    current_A: Annotated[float, Field(gt=0)]


class ResistanceParameters(IntegratingParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.5e-6
    """Half-width of the thermal emf of leads and terminals, in volts; 0 for a meter that compensates offsets."""
    test_current_A: Annotated[float, Field(gt=0)] = 1e-3
    """Highest test current of the meter, in amperes: that of its low ranges."""
    test_voltage_V: Annotated[float, Field(gt=0)] = 1.0
    """Least voltage of its test current at full scale of the other ranges, in volts."""
    test_currents: tuple[RangeCurrent, ...] = ()
    """Of ranges that depart from this rule."""
    lead_resistance_ohm: Annotated[float, Field(gt=0)] = 1.0
    """Highest resistance of the leads, both together, in ohms."""
    contact_resistance_ohm: Annotated[float, Field(ge=0)] = 0.005
    """Highest change of the contact resistances when two leads are moved from the short to the source, in ohms."""
    insulation_ohm: Annotated[float, Field(gt=0)] = 1e12
    """Lowest resistance of the insulation, in ohms."""

    def emf_ohm(self, range_ohm: float) -> float:
        """Return what the thermal emf seems to be in a range, in ohms."""
        stated = [one.current_A for one in self.test_currents if abs(one.range - range_ohm) <= 1e-9 * range_ohm]
        test_A = stated[0] if stated else min(self.test_current_A, self.test_voltage_V / range_ohm)
        return self.thermal_emf_V / test_A


def error_of_indication(indication: Any, zero: Any, reference: Any, emf: Any, contact: Any, leak: Any) -> Any:
    """Return E = R_ind − R_0 − (R_S + δR_S) − δR_emf − δR_con + δR_leak, in ohms: the method's measurement equation."""
    return indication - zero - reference - emf - contact + leak


class DmmResistance(DirectComparison):
    """Resistance of a digital multimeter, 5½ digits or more."""

    id = "dmm-resistance"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, điện trở", en="Digital multimeter, resistance")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-resistance phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-resistance version 1, after EURAMET cg-15",
    )
    equation = "E = R_ind − R_0 − (R_S + δR_S) − δR_emf − δR_con + δR_leak"
    model = staticmethod(error_of_indication)
    quantity, unit = "resistance", "Ω"
    symbols = ("R_ind", "R_S")
    roles: ClassVar[Mapping[str, type]] = {"source": ResistanceSource, "meter": Ohmmeter}
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 70.0))
    Parameters = ResistanceParameters
    _presented = math.nan
    connections = CONNECTIONS

    def belonging(self, connection: Connection, requested: Sequence[RequestedPoint]) -> Sequence[RequestedPoint]:
        """Return the points with as many wires as the connection has; a point that does not say has four."""
        wires: Literal[2, 4] = 2 if connection.group.id in {ZERO, TWO} else 4
        those = [p.model_copy(update={"wires": wires}) for p in requested if (p.wires or 4) == wires]
        if connection.sourced:
            return those
        return [RequestedPoint(range=r, nominal=0.0, wires=wires) for r in sorted({p.range for p in those})]

    def proof_of(self, connection: Connection) -> Proof | None:
        """Return 1 kΩ; two leads may add their resistance."""
        if not connection.sourced:
            return None
        leads_ohm = self.context.parameters(ResistanceParameters).lead_resistance_ohm
        wires: Literal[2, 4] = 2 if connection.group.id == TWO else 4
        return Proof(1000.0, "Ω", wires=wires, allowance=leads_ohm)

    def apply(self, point: Point, station: Station) -> None:
        """Present the nominal resistance, and keep the value that the calibrator says it has."""
        source = station.role("source", ResistanceSource)
        self._presented = source.source_resistance(point.nominal, wires=_wires(point))

    def measure(self, point: Point, station: Station) -> None:
        """Measure at one point, and record the value that was presented."""
        super().measure(point, station)
        if self._connection(point.group).sourced:
            station.record(PRESENTED, self._presented, point.unit)

    def configure(self, point: Point, station: Station) -> None:
        """Select the range, the integration time and the number of wires."""
        nplc = self.context.parameters(ResistanceParameters).nplc
        station.role("meter", Ohmmeter).configure_resistance(point.measuring_range, nplc, wires=_wires(point))

    def read(self, station: Station) -> float:
        """Take one indication in ohms."""
        return station.role("meter", Ohmmeter).read_resistance()

    def name_of(self, p: RequestedPoint) -> list[str]:
        """Return the parts of a point's id after its group, which says how many wires."""
        return super().name_of(p.model_copy(update={"wires": None}))

    def sense_width(self, point: Point) -> float:
        """Return how far an indication may lie from the nominal value: two leads may add their resistance."""
        leads_ohm = self.context.parameters(ResistanceParameters).lead_resistance_ohm if point.wires == 2 else 0.0
        return super().sense_width(point) + leads_ohm

    def limit(self, point: Point, temperature_C: float | None = None) -> float | None:
        """Return the half-width of the tolerance; a zero of two leads is subtracted, and has none."""
        return None if point.group == ZERO else super().limit(point, temperature_C)

    def standing(self, readings: Readings) -> Sequence[tuple[Point, Attempt]]:
        """Return what gives a row: no zero of two leads, and no point whose zero was skipped."""
        return [
            (point, attempt)
            for point, attempt in super().standing(readings)
            if point.group != ZERO and (point.group != TWO or readings.standing(_zero_of(point), attempt.phase))
        ]

    def given(self, point: Point, attempt: Attempt, readings: Readings) -> tuple[Argument, Reference | None]:
        """Return the value that the calibrator presented, with its correction at this nominal value."""
        argument, reference = super().given(point, attempt, readings)
        if reference is None:
            return argument, None
        presented = float(readings.values(attempt, PRESENTED)[-1])
        return Argument(argument.inputs, presented), replace(reference, nominal=presented)

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication, zero, reference value and influences; the row gives the indication without its zero."""
        found = super().estimates(point, attempt, readings)
        parameters = self.context.parameters(ResistanceParameters)
        emf_ohm, R2 = parameters.emf_ohm(point.measuring_range), point.nominal**2
        arguments = {
            "zero": Argument(),
            "emf": bounded(emf_ohm, _EMF, "emf", identity=self._identity("emf", attempt.preparations)),
            "contact": Argument(),
            "leak": bounded(R2 / parameters.insulation_ohm, _LEAK, "leak"),
        }
        if point.group == TWO:
            zero = readings.standing(_zero_of(point), attempt.phase)
            assert zero is not None
            of_zero = self._identity("emf", zero.preparations)
            taken_off = bounded(-emf_ohm, _ZERO_EMF, "zero.emf", identity=of_zero)
            arguments["emf"] = Argument((*arguments["emf"].inputs, *taken_off.inputs))
            contact_ohm = parameters.contact_resistance_ohm
            arguments["contact"] = bounded(contact_ohm, _CONTACT, "contact")
            arguments["zero"] = indication(
                readings.values(zero, self.under_calibration),
                self.resolution(point),
                _ZERO,
                name="zero",
                identity=self._identity("zero", (zero.id,)),
                pooled=self.pooled(point),
            )
            found = replace(found, indicated=found.indicated - arguments["zero"].inputs[0].offset)
        return replace(found, arguments={**found.arguments, **arguments})

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the error of indication; with two wires that of the indication after its zero was taken off."""
        error = super().truth(result, world)
        if not result.point.startswith(f"{TWO}/"):
            return error
        return error - world.error(cls.under_calibration, result.quantity, result.measuring_range, 0.0)

    def _identity(self, what: str, ids: tuple[int, ...]) -> str:
        """Return the identity of an error that several points of one run share."""
        return f"{self.context.job.certificate_number}/{self.context.date}/{what}/{'+'.join(map(str, ids))}"


def _wires(point: Point) -> Literal[2, 4]:
    return 2 if point.wires == 2 else 4


def _zero_of(point: Point) -> str:
    """Return the id of the point whose readings are the zero of another."""
    return f"{ZERO}/{shown(point.measuring_range, point.unit)}/{shown(0.0, point.unit)}"


_EMF = Text(vi="δR_emf: sức điện động nhiệt", en="δR_emf: thermal emf")
_ZERO_EMF = Text(vi="δR_emf: sức điện động nhiệt ở điểm không", en="δR_emf: thermal emf at the zero")
_ZERO = Text(vi="R_0: chỉ thị khi ngắn mạch đầu dây", en="R_0: indication with the leads shorted")
_CONTACT = Text(vi="δR_con: điện trở tiếp xúc", en="δR_con: contact resistances")
_LEAK = Text(vi="δR_leak: cách điện", en="δR_leak: insulation")
