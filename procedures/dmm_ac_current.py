"""AC current of a digital multimeter against a calibrator, by direct comparison (after EURAMET cg-15).

Measurement equation, for each test point of current and frequency::

    E = I_ind − (I_S + δI_S) + δI_load

* I_ind: mean of n indications; its dispersion is s/√n or d/√12, whichever is wider (decision 21).
* I_S + δI_S: value of the calibrator at this frequency, by one of the two routes of `calib.equipment.reference`.
* δI_load: current that goes past the meter, through the output resistance R of the source and the capacitance C of
  cable and output: a burden of r leaves 1/|1 + r·(1/R + jωC)| of the current to the meter.
"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import AcAmmeter, AcCurrentSource
from calib.inputs import Argument
from calib.procedure import Point, Readings, Station, bounded
from calib.procedures.dmm_ac_voltage import frequency_Hz
from calib.procedures.dmm_dc_current import CurrentComparison, CurrentParameters, jacks
from calib.text import Text


class AcCurrentParameters(CurrentParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    output_resistance_ohm: Annotated[float, Field(gt=0)] = 1e8
    """Lowest resistance beside the source, in ohms."""
    capacitance_F: Annotated[float, Field(ge=0)] = 100e-12
    """Highest capacitance beside the source, output and cable together, in farads."""

    @property
    def reading_s(self) -> float:
        """The time of a reading with a filter for low frequencies."""
        return 1.5

    def loading(self, range_A: float, frequency_Hz: float) -> float:
        """Return what part of the current goes past the meter, at most."""
        admittance_S = complex(1 / self.output_resistance_ohm, 2 * math.pi * frequency_Hz * self.capacitance_F)
        return 1 - 1 / abs(1 + self.burden_V / range_A * admittance_S)


def error_of_indication(indication: Any, reference: Any, load: Any) -> Any:
    """Return E = I_ind − (I_S + δI_S) + δI_load, in amperes: the measurement equation of the method."""
    return indication - reference + load


class DmmAcCurrent(CurrentComparison):
    """AC current of a digital multimeter, 5½ digits or more."""

    id = "dmm-ac-current"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, dòng điện xoay chiều", en="Digital multimeter, AC current")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-ac-current phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-ac-current version 1, after EURAMET cg-15",
    )
    equation = "E = I_ind − (I_S + δI_S) + δI_load"
    model = staticmethod(error_of_indication)
    quantity = "ac_current"
    frequency_Hz = 1000.0
    roles: ClassVar[Mapping[str, type]] = {"source": AcCurrentSource, "meter": AcAmmeter}
    Parameters = AcCurrentParameters
    connections = jacks(Text(vi="Dòng điện xoay chiều, thang {range}", en="AC current, {range} range"))

    def apply(self, point: Point, station: Station) -> None:
        """Drive the current of a point through the meter."""
        station.role("source", AcCurrentSource).source_ac_current(point.nominal, frequency_Hz(point))

    def configure(self, point: Point, station: Station) -> None:
        """Select the range, and the filter for the frequency."""
        station.role("meter", AcAmmeter).configure_ac_current(point.measuring_range, frequency_Hz(point))

    def read(self, station: Station) -> float:
        """Take one indication in amperes rms."""
        return station.role("meter", AcAmmeter).read_ac_current()

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return what the burden voltage drives past the meter."""
        del readings
        part = self.context.parameters(AcCurrentParameters).loading(point.measuring_range, frequency_Hz(point))
        return {"load": bounded(part * point.nominal, _LOAD, "load")}


_LOAD = Text(vi="δI_load: điện áp rơi trên đồng hồ", en="δI_load: burden of the meter")
