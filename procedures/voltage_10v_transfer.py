"""10 V standards in opposition, their difference read by a nanovoltmeter in both polarities.

Measurement equation::

    E = V_N − (V_S + δV_S + d·(1 + δ_g) + δ_emf) + δ_T,   d = mean of d_i,   d_i = (d₊₁ − d₋₁ − d₋₂ + d₊₂)/4

* V_N: nominal value of the item. V_S + δV_S: value of the standard by its certificate, with drift and temperature.
* d: difference item − standard. Exchanging the two wires at the nanovoltmeter lets its offset and the emf of its lead
  cancel, the order + − − + their linear drift too. Its u is the wider of s/√n and d/√12 of the display.
* δ_g: gain of the nanovoltmeter. δ_emf: emf of the joints between the two standards, which turns round with them.
* δ_T: temperature coefficient of the item, from the temperature for which the result is stated, 23 °C.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import Artefact, DcVoltmeter
from calib.pictures import Device, Joining, Kind, Lead
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


class TransferParameters(ArtefactParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    nplc: Annotated[float, Field(gt=0)] = 5.0
    """Integration time of a reading in power-line cycles."""
    gain_ppm: Annotated[float, Field(ge=0)] = 100.0
    """Half-width of the nanovoltmeter's error of gain, in 10⁻⁶."""
    digit_V: Annotated[float, Field(gt=0)] = 1e-9
    """Least digit of the nanovoltmeter's indication in its range."""
    joints_emf_V: Annotated[float, Field(ge=0)] = 50e-9
    """Half-width of the emf of the joints between item and standard."""
    highest_difference_V: Annotated[float, Field(gt=0)] = 1e-3
    """Most by which item and standard can differ: beyond it they are not in opposition."""
    agreement_V: Annotated[float, Field(gt=0)] = 10e-6
    """By how much d₊ may differ from −d₋, twice offset and emf, before it is asked whether the wires are exchanged."""


def error_of_nominal(nominal: Any, standard: Any, difference: Any, gain: Any, emf: Any, temperature: Any) -> Any:
    """Return E = V_N − (V_S + δV_S + d·(1 + δ_g) + δ_emf) + δ_T, in volts: the measurement equation of the method."""
    return nominal - (standard + difference * (1 + gain) + emf) + temperature


def _opposed(name: str, at_item: str, at_standard: str) -> Joining:
    """Return LO on LO, and the nanovoltmeter's terminals at the HI of both."""
    kinds: dict[str, Kind] = {"HI": "high", "LO": "low"}
    title = Text(
        vi="Đối nối tiếp: {item} của nanovôn kế vào đối tượng", en="In opposition: the meter's {item} at the item"
    )
    devices = (
        Device("item", Text(vi="Đối tượng 10 V", en="Item, 10 V"), ("HI", "LO")),
        Device("standard", Text(vi="Chuẩn 10 V", en="10 V standard"), ("LO", "HI")),
        Device("meter", Text(vi="Nanovôn kế", en="Nanovoltmeter"), ("HI", "LO"), "right"),
    )
    leads = (
        Lead(("item.LO", "standard.LO"), "cable"),
        Lead(("item.HI", f"meter.{at_item}"), kinds[at_item]),
        Lead(("standard.HI", f"meter.{at_standard}"), kinds[at_standard]),
    )
    return Joining(name, title.format(item=at_item), devices, leads)


class Voltage10VTransfer(ArtefactComparison):
    """A 10 V standard against another one."""

    id = "voltage-10v-transfer"
    version = "1"
    title = Text(vi="Chuẩn điện áp 10 V, so sánh đối nối tiếp", en="10 V standard, in opposition")
    method = Text(
        vi="Đối nối tiếp với chuẩn 10 V, đảo cực nanovôn kế, voltage-10v-transfer phiên bản 1",
        en="In opposition to a 10 V standard, polarity reversed at a nanovoltmeter, voltage-10v-transfer version 1",
    )
    equation = "E = V_N − (V_S + δV_S + d·(1 + δ_g) + δ_emf) + δ_T"
    model = staticmethod(error_of_nominal)
    quantity, unit = "dc_voltage", "V"
    symbols = ("V_S", "V_N")
    units: ClassVar[Mapping[str, str]] = {"gain": "1"}
    roles: ClassVar[Mapping[str, type]] = {"standard": Artefact, "item": Artefact, "meter": DcVoltmeter}
    conditions = Conditions(temperature_C=(21.0, 25.0), humidity_percent=(20.0, 65.0))
    Parameters = TransferParameters
    group = Group("opposition", Text(vi="Đối nối tiếp", en="In opposition"))
    title_of_rows = Text(vi="Điện áp một chiều ở 23 °C", en="DC voltage at 23 °C")
    standard_called = Text(vi="Chuẩn 10 V", en="10 V standard")
    positions: ClassVar[Mapping[str, Prompt]] = {
        "direct": Prompt(
            "connect.direct",
            Text(
                vi="Nối LO với LO của hai chuẩn; HI của nanovôn kế vào HI của đối tượng, LO vào HI của chuẩn.",
                en="Join LO to LO of the two standards; the nanovoltmeter's HI to HI of the item, its LO to HI of the "
                "standard.",
            ),
            drawing=_opposed("direct", "HI", "LO"),
            connection="pair",
        ),
        "reversed": Prompt(
            "connect.reversed",
            Text(
                vi="Đảo hai dây của nanovôn kế: HI vào HI của chuẩn, LO vào HI của đối tượng.",
                en="Exchange the nanovoltmeter's two wires: its HI to HI of the standard, its LO to HI of the item.",
            ),
            drawing=_opposed("reversed", "LO", "HI"),
            connection="-pair",
        ),
    }
    cycle = ("direct", "reversed", "reversed", "direct")

    def configure(self, point: Point, station: Station) -> None:
        """Select the nanovoltmeter's range."""
        station.role("meter", DcVoltmeter).configure_dc_voltage(point.measuring_range, self.settings.nplc)

    def read(self, station: Station) -> float:
        """Take one reading of the nanovoltmeter in volts."""
        return station.role("meter", DcVoltmeter).read_dc_voltage()

    def expected(self, point: Point, position: str, seen: Mapping[str, float]) -> Sense:
        """Return about zero at first; then the value of the other polarity, with the other sign."""
        at, settings = f"{point.id}, {position}", self._of_the_job
        if not seen:
            return Sense(at, 0.0, settings.highest_difference_V, point.unit)
        of_item = seen["direct"] if "direct" in seen else -seen["reversed"]
        return Sense(at, of_item if position == "direct" else -of_item, settings.agreement_V, point.unit)

    def resolution(self, point: Point) -> float:
        """Return the least digit of the nanovoltmeter."""
        del point
        return self._of_the_job.digit_V

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return the standard's value, the difference of the cycles, and what else belongs to the equation."""
        at, settings = self.cycles(attempt, readings), self._of_the_job
        differences = (at["direct"].sum(axis=1) - at["reversed"].sum(axis=1)) / 4
        known = self.reference(point, readings.condition("temperature"))
        return self.found(
            point,
            differences + float(known.value.value),
            standard=known.argument,
            difference=indication(differences, settings.digit_V, _DIFFERENCE, name="difference"),
            gain=bounded(settings.gain_ppm * 1e-6, _GAIN, "gain"),
            emf=bounded(settings.joints_emf_V, _EMF, "emf"),
            temperature=self.temperature_effect(point, readings),
        )

    @property
    def _of_the_job(self) -> TransferParameters:
        return self.context.parameters(TransferParameters)


_DIFFERENCE = Text(vi="d: hiệu, độ lặp lại hoặc độ phân giải", en="d: difference, repeatability or resolution")
_GAIN = Text(vi="δ_g: độ khuếch đại của nanovôn kế", en="δ_g: gain of the nanovoltmeter")
_EMF = Text(vi="δ_emf: sức điện động của các mối nối", en="δ_emf: emf of the joints between the standards")
