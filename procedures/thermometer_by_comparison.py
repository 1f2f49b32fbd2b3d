"""Indicating thermometer against a reference thermometer in a bath (EURAMET cg-8, DKD-R 5-1).

Measurement equation, for each temperature::

    E = t_ind − (t_R + δt_R) − δt_H − δt_B

* t_ind: mean indication; its dispersion is that of the differences from the reference, turn by turn, or the resolution
  d/√12, whichever is larger.
* t_R + δt_R: temperature of the reference thermometer by its certificate, its drift, the readout, its self-heating.
* δt_H, δt_B: differences between the places of the two, and what they follow differently.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from calib.drivers.roles import Bath, DcVoltmeter, Thermometer, ThermometerProbe, ThermometerReadout
from calib.pictures import Immersion, Probe
from calib.ports import Prompt
from calib.procedure import Attempt, Estimates, Point, Readings, Result, Role, Station, Truth, indication
from calib.procedure.thermal import InBath
from calib.procedure.thermalparameters import BathParameters, in_a_bath
from calib.text import Text


def error_of_indication(indication: Any, reference: Any, homogeneity: Any, stability: Any) -> Any:
    """Return E = t_ind − (t_R + δt_R) − δt_H − δt_B, in kelvins: the measurement equation of the method."""
    return indication - reference - homogeneity - stability


class ThermometerByComparison(InBath):
    """Digital or other indicating thermometer with its probe."""

    id = "thermometer-by-comparison"
    version = "1"
    title = Text(vi="Nhiệt kế chỉ thị hiện số", en="Indicating thermometer")
    method = Text(
        vi="So sánh với nhiệt kế chuẩn trong bể điều nhiệt, thermometer-by-comparison phiên bản 1, dựa theo "
        "EURAMET cg-8",
        en="Comparison with a reference thermometer in a bath, thermometer-by-comparison version 1, after EURAMET cg-8",
    )
    equation = "E = t_ind − (t_R + δt_R) − δt_H − δt_B"
    model = staticmethod(error_of_indication)
    heading = Text(vi="Nhiệt độ", en="Temperature")
    under_calibration = "thermometer"
    declared = in_a_bath("thermometer")
    roles: ClassVar[Mapping[str, Role]] = {
        "reference": ThermometerProbe,
        "readout": ThermometerReadout | DcVoltmeter,
        "bath": Bath,
        "thermometer": Thermometer,
    }

    def immerse_item(self, station: Station) -> None:
        """Have the item's probe put beside the reference."""
        settings = self.context.parameters(BathParameters)
        depth_m, place = settings.item_depth_m, settings.place
        text = Text(
            vi="Nhúng đầu đo của nhiệt kế cần hiệu chuẩn sâu {depth} mm, sát đầu nhiệt kế chuẩn.",
            en="Immerse the probe of the thermometer under calibration {depth} mm deep, its tip beside the "
            "reference's.",
        ).format(depth=f"{depth_m * 1000:g}")
        reference = Probe("reference", settings.reference_depth_m, settings.reference_well)
        drawing = Immersion(place, (reference,)).with_moved(Probe("thermometer", depth_m, settings.item_well))
        connection = f"thermometer={place}@{depth_m:g}"
        station.ask(Prompt("immerse.thermometer", text, drawing=drawing, connection=connection))

    def read_item(self, station: Station) -> float:
        """Take one indication in degrees Celsius."""
        return station.role("thermometer", Thermometer).read_temperature_C()

    def estimates(self, point: Point, attempt: Attempt, readings: Readings) -> Estimates:
        """Return indication and reference, the scatter being that of their differences."""
        read, item = self.turns(attempt, readings)
        reference = self.reference_argument(float(read.mean()), readings)
        along = (read - read.mean()) / self.reference_of(float(read.mean())).signal_per_K
        return Estimates(
            arguments={
                "indication": indication(item - along, self.resolution(point), _INDICATION),
                "reference": reference,
                **self.between(),
            },
            reference=reference.estimate,
            readings=item,
            indicated=float(item.mean()),
            route="certificate",
        )

    @classmethod
    def truth(cls, result: Result, world: Truth) -> float:
        """Return the item's error at the temperature of the bath."""
        return world.error("thermometer", "temperature", result.measuring_range, result.reference)


_INDICATION = Text(vi="t_ind: chỉ thị", en="t_ind: indication")
