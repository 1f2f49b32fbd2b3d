"""Resistance standards by substitution on one multimeter, with four wires: standard, item, standard, in cycles.

Measurement equation::

    E = R_N − (R_S + δR_S)·r·(1 + δ_lin) + δ_T,   r = mean of r_i,   r_i = x_i / ((s_i1 + s_i2)/2)

* R_N: nominal value of the item. R_S + δR_S: value of the standard by its certificate, with drift and temperature.
* r: ratio of the indications; gain and linear drift of the meter cancel within a cycle, contacts are in its scatter.
  Its u is the wider of s/√n and of the resolution of a difference of two indications, d/√6.
* δ_lin: what the meter's gain differs between two values so near to each other.
* δ_T: temperature coefficient of the item, from the temperature for which the result is stated, 23 °C.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from calib.drivers.roles import Artefact, Ohmmeter
from calib.pictures import Device, Joining, meter, side_by_side
from calib.ports import Prompt
from calib.procedure import (
    ArtefactComparison,
    ArtefactParameters,
    Attempt,
    Conditions,
    Estimates,
    Group,
    Point,
    Readings,
    Sense,
    Station,
    bounded,
    indication,
)
from calib.text import Text


class ResistanceParameters(ArtefactParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    linearity_ppm: Annotated[float, Field(ge=0)] = 0.1
    """Half-width of what the meter's gain differs between item and standard, in 10⁻⁶."""
    meter_ppm: Annotated[float, Field(gt=0)] = 200.0
    """By how much the meter may be off, in 10⁻⁶: a standard that it shows further from its certificate is another."""
    agreement_ppm: Annotated[float, Field(gt=0)] = 5.0
    """By how much a position may differ from its last readings, in 10⁻⁶, before it is asked what is joined there."""


def error_of_nominal(nominal: Any, standard: Any, ratio: Any, linearity: Any, temperature: Any) -> Any:
    """Return E = R_N − (R_S + δR_S)·r·(1 + δ_lin) + δ_T, in ohms: the measurement equation of the method."""
    return nominal - standard * ratio * (1 + linearity) + temperature


def _four_wires(joined: str, aside: str) -> Joining:
    """Return the resistor that is joined to the meter, and below it the other one, which is not."""
    called = {"standard": Text(vi="Điện trở chuẩn", en="Standard"), "item": Text(vi="Đối tượng", en="Item")}
    terminals = ("I+", "I−", "U+", "U−")
    title = Text(vi="Bốn dây: {resistor}", en="Four wires: {resistor}").format(resistor=called[joined])
    indicator = meter("HI", "LO", "SENSE HI", "SENSE LO")
    wired = side_by_side(f"{joined}-to-meter", title, Device(joined, called[joined], terminals), indicator)
    return replace(wired, devices=(*wired.devices, Device(aside, called[aside], terminals)))


class ResistanceSubstitution(ArtefactComparison):
    """A resistance standard against another of the same nominal value."""

    id = "resistance-substitution"
    version = "1"
    title = Text(vi="Điện trở chuẩn, phương pháp thay thế", en="Resistance standard, by substitution")
    method = Text(
        vi="Thay thế trên một đồng hồ, bốn dây, resistance-substitution phiên bản 1",
        en="Substitution on one multimeter, four wires, resistance-substitution version 1",
    )
    equation = "E = R_N − (R_S + δR_S)·r·(1 + δ_lin) + δ_T"
    model = staticmethod(error_of_nominal)
    quantity, unit = "resistance", "Ω"
    symbols = ("R_S", "R_N")
    units: ClassVar[Mapping[str, str]] = {"ratio": "1", "linearity": "1"}
    roles: ClassVar[Mapping[str, type]] = {"standard": Artefact, "item": Artefact, "meter": Ohmmeter}
    conditions = Conditions(temperature_C=(21.0, 25.0), humidity_percent=(20.0, 65.0))
    Parameters = ResistanceParameters
    group = Group("substitution", Text(vi="Thay thế", en="Substitution"))
    title_of_rows = Text(vi="Điện trở ở 23 °C, thang {range}", en="Resistance at 23 °C, {range} range")
    standard_called = Text(vi="Điện trở chuẩn", en="Standard resistor")
    positions: ClassVar[Mapping[str, Prompt]] = {
        "standard": Prompt(
            "connect.standard",
            Text(
                vi="Nối bốn dây của đồng hồ vào điện trở CHUẨN: cặp dòng và cặp áp đúng cọc của chúng.",
                en="Join the meter's four leads to the STANDARD resistor: current and potential pair at their own "
                "terminals.",
            ),
            drawing=_four_wires("standard", "item"),
            connection="standard",
        ),
        "item": Prompt(
            "connect.item",
            Text(
                vi="Nối bốn dây của đồng hồ vào điện trở CẦN HIỆU CHUẨN, cùng chiều như với chuẩn.",
                en="Join the meter's four leads to the ITEM, the same way round as to the standard.",
            ),
            drawing=_four_wires("item", "standard"),
            connection="item",
        ),
    }
    cycle = ("standard", "item", "standard")

    def configure(self, point: Point, station: Station) -> None:
        """Select the meter's range, with four wires."""
        meter = station.role("meter", Ohmmeter)
        meter.configure_resistance(point.measuring_range, self.settings.nplc, wires=4)

    def read(self, station: Station) -> float:
        """Take one indication of the meter in ohms."""
        return station.role("meter", Ohmmeter).read_resistance()

    def expected(self, point: Point, position: str, seen: Mapping[str, float]) -> Sense:
        """Return what the certificate says at first, and the item's nominal value; then what was read there before."""
        at = f"{point.id}, {position}"
        if position not in seen:
            return Sense(at, self._first(point, position), self._doubted_from(point), point.unit)
        return Sense(at, seen[position], self._of_the_job.agreement_ppm * 1e-6 * point.nominal, point.unit)

    def _first(self, point: Point, position: str) -> float:
        return float(self.reference(point).value.value) if position == "standard" else point.nominal

    def _doubted_from(self, point: Point) -> float:
        """Return how far off the meter may be, and an item 20 times its limit: beyond it is asked what is joined."""
        return self._of_the_job.meter_ppm * 1e-6 * point.nominal + 20 * (self.limit(point) or 0.0)

    def resolution(self, point: Point) -> float:
        """Return the least digit of the meter."""
        return self.context.standard("meter").stated_specification.resolution(point.measuring_range, point.quantity)

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the standard's value, the ratio of the cycles, and what else belongs to the equation."""
        at = self.cycles(attempt, readings)
        ratios = at["item"][:, 0] / at["standard"].mean(axis=1)
        known = self.reference(point, readings.condition("temperature"))
        digit = self.resolution(point) / point.nominal
        return self.found(
            point,
            ratios * float(known.value.value),
            standard=known.argument,
            ratio=indication(ratios, digit * np.sqrt(2.0), _RATIO, name="ratio"),
            linearity=bounded(self._of_the_job.linearity_ppm * 1e-6, _LINEARITY, "linearity"),
            temperature=self.temperature_effect(point, readings),
        )

    @property
    def _of_the_job(self) -> ResistanceParameters:
        return self.context.parameters(ResistanceParameters)


_RATIO = Text(vi="r: tỷ số chỉ thị, độ lặp lại hoặc độ phân giải", en="r: ratio, repeatability or resolution")
_LINEARITY = Text(vi="δ_lin: độ tuyến tính của đồng hồ", en="δ_lin: linearity of the meter")
