"""DC voltage of a digital multimeter against a calibrator, by direct comparison (after EURAMET cg-15).

Measurement equation, for each test point::

    E = V_ind − (V_S + δV_S) − δV_emf + δV_load

* V_ind: mean of n indications; its dispersion is the larger of s/√n and of the resolution d/√12, never both: readings
  that scatter less than their least digit tell nothing of the error within that digit, and those that scatter more
  contain it already.
* V_S + δV_S: value of the calibrator by one of the two routes of `calib.equipment.reference`.
* δV_emf: thermal emf of leads and terminals. δV_load: drop across the lead by the meter's input current.

With a short at the meter's own input V_S = 0 exactly; that row is a result, and is never subtracted from the others.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field

from calib.drivers.roles import DcVoltageSource, DcVoltmeter
from calib.equipment import Reference, Route, by_certificate, by_specification
from calib.errors import CalibError, InputError, Overload, RunError
from calib.files import Strict
from calib.ports import Prompt
from calib.procedure import (
    Attempt,
    Conditions,
    Group,
    Point,
    Procedure,
    Readings,
    Result,
    Standard,
    Station,
    budget_rows,
    judge,
)
from calib.specification import Accuracy
from calib.text import Text
from calib.uncertainty import Quantity, quantity, type_a
from calib.units import exponent, readable

SHORT = Group("short", Text(vi="Ngắn mạch đầu vào", en="Short at the input"))
CALIBRATOR = Group("calibrator", Text(vi="Nguồn chuẩn", en="Calibrator"))
PROOF_V = 1.0
"""Harmless level at which connection and polarity are proven."""
INTERMEDIATE_RANGE_PERCENT = (10, 30, 50, 70, 90, -10, -90)
OTHER_RANGES_PERCENT = (10, 90, -10, -90)
PROOFS = 3
INTEGRATION_TIMES_PLC = (10.0, 100.0)
"""Only with these do all digits count, and the limits hold without a term for noise (8846A users manual, 34401A)."""


def _integration_time(nplc: float) -> float:
    if nplc not in INTEGRATION_TIMES_PLC:
        msg = f"must be one of {', '.join(f'{n:g}' for n in INTEGRATION_TIMES_PLC)} power-line cycles"
        raise ValueError(msg)
    return nplc


class DmmParameters(Strict):
    """Parameters of the method, in the job's table `[parameters]`."""

    reference: Literal["specification", "certificate"] = "specification"
    """How the calibrator's value gets its uncertainty."""
    readings: Annotated[int, Field(ge=5, le=1000)] = 5
    """Readings at each point."""
    nplc: Annotated[float, AfterValidator(_integration_time)] = 10.0
    """Integration time of a reading in power-line cycles."""
    warm_up_s: Annotated[float, Field(ge=0)] = 0.0
    """Time to wait before the first point, for a meter that was just switched on."""
    settle_s: Annotated[float, Field(ge=0)] = 2.0
    """Time to wait after the calibrator says that it has settled."""
    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.5e-6
    """Half-width of the thermal emf of leads and terminals, in volts."""
    lead_resistance_ohm: Annotated[float, Field(ge=0)] = 0.2
    """Highest resistance of the leads, both together, in ohms."""
    input_resistance_ohm: Annotated[float, Field(gt=0)] = 10e6
    """Lowest input resistance of the meter, in ohms."""


class DmmDcVoltage(Procedure):
    """DC voltage of a digital multimeter, 5½ digits or more."""

    id = "dmm-dc-voltage"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, điện áp một chiều", en="Digital multimeter, DC voltage")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-dc-voltage phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-dc-voltage version 1, after EURAMET cg-15",
    )
    equation = "E = V_ind − (V_S + δV_S) − δV_emf + δV_load"
    roles: ClassVar[dict[str, type]] = {"source": DcVoltageSource, "meter": DcVoltmeter}
    sources = ("source",)
    under_calibration = "meter"
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    Parameters = DmmParameters

    @cached_property
    def parameters(self) -> DmmParameters:
        """The job's parameters."""
        return self.context.parameters(DmmParameters)

    @cached_property
    def source(self) -> Standard:
        """The calibrator, as the register described it."""
        return self.context.standard("source")

    def route(self, role: str) -> Route:
        """Return the route that the job chose for the calibrator."""
        del role
        return self.parameters.reference

    def groups(self) -> Sequence[Group]:
        """Return the short first, then the calibrator."""
        return (SHORT, CALIBRATOR)

    def points(self) -> Sequence[Point]:
        """Return a zero of every range in use, then the points of the job or of the method, by ascending range.

        Raises
        ------
        InputError
            A point could be measured, but not evaluated afterwards; or it is asked for twice.
        """
        return self._points

    @cached_property
    def _points(self) -> Sequence[Point]:
        requested = [(p.range, p.nominal) for p in self.context.job.points] or self._points_of_the_method()
        ranges = sorted({range_V for range_V, _ in requested})
        zeros = [self._point(SHORT, range_V, 0.0) for range_V in ranges]
        ordered = sorted(requested, key=lambda p: (p[0], p[1] < 0, abs(p[1])))
        points = [*zeros, *(self._point(CALIBRATOR, range_V, nominal_V) for range_V, nominal_V in ordered)]
        self._check(points)
        return points

    def prepare(self, group: Group, station: Station) -> None:
        """Take the output off, have the lead connected, and prove connection and polarity at a harmless level."""
        source = station.role("source", DcVoltageSource)
        source.standby()
        operating = source.is_operating()
        station.note("standby read back", operating=operating)
        if operating:
            msg = "the calibrator's output is on after standby: switch it off by hand before touching a terminal"
            raise RunError(msg)
        station.ask(_CONNECT[group.id])
        if group is CALIBRATOR:
            self._prove_connection(source, station.role("meter", DcVoltmeter), station)
        else:
            station.wait(self.parameters.warm_up_s, Text(vi="làm nóng máy", en="warm-up"))

    def measure(self, point: Point, station: Station) -> None:
        """Put the nominal value on the terminals and record n readings of the meter."""
        meter = station.role("meter", DcVoltmeter)
        meter.configure_dc_voltage(point.measuring_range, self.parameters.nplc)
        if point.group == CALIBRATOR.id:
            station.role("source", DcVoltageSource).source_dc_voltage(point.nominal)
        station.wait(self.parameters.settle_s, Text(vi="chờ ổn định", en="settling"))
        for _ in range(self.parameters.readings):
            station.record("meter", meter.read_dc_voltage(), "V")

    def evaluate_point(self, point: Point, attempt: Attempt, readings: Readings) -> Result:
        """Return the error of indication with its budget, tolerance and verdict."""
        indications = readings.values(attempt, "meter")
        temperature_C = readings.condition("temperature")
        reference = self._reference(point.nominal, temperature_C) if point.group == CALIBRATOR.id else None
        resolution_V = self.context.item_specification.resolution(point.measuring_range)
        indication = mean_indication(indications, resolution_V)
        error = error_of_indication(
            indication,
            reference.value if reference is not None else 0.0,
            emf=quantity(0.0, half_width=self.parameters.thermal_emf_V, name="emf"),
            load=self._loading(point.nominal),
        )
        limit_V = self._tolerance(point, readings)
        judged = judge(error, limit_V, self.context.job.decision, self.context.covered(point.quantity, point.nominal))
        return Result(
            point=point.id,
            phase=attempt.phase,
            attempt=attempt.number,
            group=point.title,
            quantity=point.quantity,
            unit="V",
            shown_unit=_unit(point.measuring_range),
            error_unit=readable(limit_V, "V"),
            measuring_range=point.measuring_range,
            nominal=point.nominal,
            reference=float(reference.value.value) if reference is not None else 0.0,
            indicated=float(np.mean(indications)),
            resolution=resolution_V,
            n=len(indications),
            s=float(np.std(indications, ddof=1)),
            route=reference.route if reference is not None else "none",
            budget=budget_rows(error, _labels(reference), "V", exact={"nominal": (point.nominal, -1.0)}),
            remarks=self._remarks(reference),
            **judged.fields(),
        )

    def _points_of_the_method(self) -> list[tuple[float, float]]:
        """Points in the manner of EURAMET cg-15: the middle range dense, the others at 10 and 90 %."""
        ranges = self.context.item_specification.ranges("dc_voltage")
        intermediate = ranges[len(ranges) // 2]
        return [
            (range_V, round(range_V * percent / 100, 12))
            for range_V in ranges
            for percent in (INTERMEDIATE_RANGE_PERCENT if range_V == intermediate else OTHER_RANGES_PERCENT)
        ]

    def _check(self, points: Sequence[Point]) -> None:
        """Refuse now, all at once, what could not be evaluated once it was measured."""
        mistakes = [f"{id_}: is asked for twice" for id_, n in Counter(p.id for p in points).items() if n > 1]
        if not any(r >= PROOF_V for r in self.context.item_specification.ranges("dc_voltage")):
            mistakes.append(f"the item has no range for {PROOF_V:g} V, with which the connection is proven")
        for point in points:
            try:
                self._limit(point)
                self.context.item_specification.resolution(point.measuring_range)
                if point.group == CALIBRATOR.id:
                    self._reference(point.nominal)
            except CalibError as error:
                mistakes.append(f"{point.id}: {error}")
        if mistakes:
            raise InputError("\n".join(f"point {m}" for m in mistakes))

    def _point(self, group: Group, range_V: float, nominal_V: float) -> Point:
        reading_s = 2 * self.parameters.nplc / 50  # with autozero, at 50 Hz
        range_name = _volts(range_V)
        return Point(
            id=f"{group.id}/{range_name}/{_volts(nominal_V)}",
            group=group.id,
            title=_TITLES[group.id].format(range=range_name),
            quantity="dc_voltage",
            unit="V",
            measuring_range=range_V,
            nominal=nominal_V,
            hazard_V=abs(nominal_V),
            estimate_s=self.parameters.settle_s + 2.0 + self.parameters.readings * reading_s,
        )

    def _prove_connection(self, source: DcVoltageSource, meter: DcVoltmeter, station: Station) -> None:
        """Let 1 V out and read it; ask for the lead to be mended until it is there, with its sign."""
        range_V = min(r for r in self.context.item_specification.ranges("dc_voltage") if r >= PROOF_V)
        meter.configure_dc_voltage(range_V, self.parameters.nplc)
        for proof in range(PROOFS):
            source.source_dc_voltage(PROOF_V)
            station.wait(self.parameters.settle_s, Text(vi="kiểm tra kết nối", en="proving the connection"))
            indicated_V = _reading_or_nan(meter)
            holds = abs(indicated_V - PROOF_V) < 0.01 * PROOF_V
            station.note("connection checked", sourced_V=PROOF_V, indicated_V=indicated_V, holds=holds)
            if holds:
                return
            source.standby()
            if proof < PROOFS - 1:
                station.ask(_mend(indicated_V))
        msg = (
            f"the meter does not read the calibrator: {PROOF_V:g} V sourced, {_indicated(indicated_V)} indicated; "
            f"check leads, jacks and the meter's front/rear switch"
        )
        raise RunError(msg)

    def _reference(self, nominal_V: float, temperature_C: tuple[float, float] | None = None) -> Reference:
        """Return the calibrator's value; before the measurement without temperatures, as its own tables have it."""
        equipment, specification = self.source.equipment, self.source.stated_specification
        if self.parameters.reference == "specification":
            return by_specification(equipment, specification, "dc_voltage", nominal_V, temperature_C or (None,))
        on = self.context.date
        range_V = specification.range_for("dc_voltage", nominal_V)
        return by_certificate(equipment, "dc_voltage", nominal_V, range_V, on, temperature_C)

    def _loading(self, nominal_V: float) -> Quantity | float:
        half_width_V = abs(nominal_V) * self.parameters.lead_resistance_ohm / self.parameters.input_resistance_ohm
        return quantity(0.0, half_width=half_width_V, name="load") if half_width_V > 0 else 0.0

    def _tolerance(self, point: Point, readings: Readings) -> float:
        """Return the half-width of the agreed tolerance, in volts.

        Of the noted temperatures the one counts that gives less: no drift of the room makes a meter conform.
        """
        return min(self._limit(point, t) for t in readings.condition("temperature"))

    def _limit(self, point: Point, temperature_C: float | None = None) -> float:
        interval = self.context.job.item.specification_interval
        return self.context.item_specification.limit(
            "dc_voltage", point.nominal, point.measuring_range, interval, temperature_C
        )

    def _remarks(self, reference: Reference | None) -> tuple[Text, ...]:
        if reference is None:
            return ()
        remarks = [_EXCEPTED] if self.context.exceptions(self.source.equipment.id) else []
        if reference.route == "specification" and self._source_table().temperature_C is None:
            low_C, high_C = self.conditions.temperature_C
            remarks.append(_ANY_TEMPERATURE.format(low=f"{low_C:g}", high=f"{high_C:g}"))
        return tuple(remarks)

    def _source_table(self) -> Accuracy:
        interval = self.source.equipment.specification_interval or ""
        return self.source.stated_specification.table("dc_voltage", interval)


def error_of_indication(
    indication: Quantity, reference: Quantity | float, emf: Quantity, load: Quantity | float
) -> Quantity:
    """Return E = V_ind − (V_S + δV_S) − δV_emf + δV_load, in volts: the measurement equation of the method."""
    return indication - reference - emf + load


def mean_indication(indications_V: np.ndarray, resolution_V: float) -> Quantity:
    """Return the mean indication in volts; its u is the larger of s/√n (type A) and d/√12 (resolution)."""
    mean = type_a(indications_V, name="indication")
    if float(mean.u) >= resolution_V / math.sqrt(12):
        return mean
    return quantity(float(np.mean(indications_V)), resolution=resolution_V, name="indication")


def _labels(reference: Reference | None) -> dict[str, Text]:
    """Return what stands in the budget at each input: its letter in the measurement equation, and what it is."""
    corrections = {} if reference is None else reference.labels
    return _LABELS | {name: _CORRECTION.format(label=label) for name, label in corrections.items()}


def _unit(value_V: float) -> str:
    """Return the unit in which a meter's ranges are named: mV below 1 V, else V."""
    return "mV" if 0 < abs(value_V) < 1 else "V"


def _volts(value_V: float) -> str:
    unit = _unit(value_V)
    return f"{value_V / 10.0 ** exponent(unit):.12g} {unit}"


def _reading_or_nan(meter: DcVoltmeter) -> float:
    try:
        return meter.read_dc_voltage()
    except Overload:
        return math.nan


def _indicated(value_V: float) -> str:
    return "overload" if math.isnan(value_V) else f"{value_V:.4g} V"


def _mend(indicated_V: float) -> Prompt:
    reversed_ = abs(indicated_V + PROOF_V) < 0.01 * PROOF_V
    text = (
        Text(
            vi="Cực tính bị đảo: đổi chỗ hai dây tại đầu vào của đồng hồ.",
            en="The polarity is reversed: swap the two leads at the meter's input.",
        )
        if reversed_
        else Text(
            vi="Đồng hồ không đọc được nguồn chuẩn ({value} thay vì 1 V): kiểm tra dây nối và cọc đấu.",
            en="The meter does not read the calibrator ({value} instead of 1 V): check leads and jacks.",
        ).format(value=_indicated(indicated_V))
    )
    return Prompt("connect.mend", text, connection="calibrator")


_CONNECT = {
    "short": Prompt(
        "connect.short",
        Text(
            vi="Nối ngắn mạch (loại nhiệt điện động thấp) vào hai cọc HI và LO của đồng hồ; nguồn chuẩn không nối.",
            en="Put a low-thermal short across the meter's HI and LO input; leave the calibrator unconnected.",
        ),
        connection="short",
    ),
    "calibrator": Prompt(
        "connect.calibrator",
        Text(
            vi="Nối NORMAL HI và LO của nguồn chuẩn với HI và LO của đồng hồ; guard nối với LO tại nguồn chuẩn.",
            en="Join the calibrator's NORMAL HI and LO to the meter's HI and LO; tie guard to LO at the calibrator.",
        ),
        connection="calibrator",
    ),
}
_TITLES = {
    "short": Text(vi="Chỉ thị khi ngắn mạch đầu vào", en="Indication with the input shorted"),
    "calibrator": Text(vi="Điện áp một chiều, thang {range}", en="DC voltage, {range} range"),
}
_LABELS = {
    "indication": Text(
        vi="V_ind: chỉ thị, độ lặp lại hoặc độ phân giải", en="V_ind: indication, repeatability or resolution"
    ),
    "nominal": Text(vi="V_S: giá trị danh nghĩa, chính xác", en="V_S: nominal value, exact"),
    "emf": Text(vi="δV_emf: sức điện động nhiệt", en="δV_emf: thermal emf"),
    "load": Text(vi="δV_load: ảnh hưởng tải", en="δV_load: loading"),
}
_CORRECTION = Text(vi="δV_S: {label}", en="δV_S: {label}")
_EXCEPTED = Text(
    vi="Chuẩn được dùng theo ngoại lệ: xem mục ngoại lệ.", en="Standard used by exception: see exceptions."
)
_ANY_TEMPERATURE = Text(
    vi="Nguồn của đặc trưng kỹ thuật không nêu nhiệt độ; giới hạn được coi là có giá trị từ {low} °C đến {high} °C, "
    "trong phạm vi của phương pháp.",
    en="The source of the standard's specification states no temperature; its limits are taken to hold from {low} °C "
    "to {high} °C, as the method does.",
)
