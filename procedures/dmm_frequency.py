"""Frequency of a digital multimeter against a calibrator's sine, by direct comparison (after EURAMET cg-15).

Measurement equation, for each test point::

    E = f_ind − (f_S + δf_S)

* f_ind: mean of n indications; its dispersion is s/√n or d/√12, whichever is wider (decision 21).
* f_S + δf_S: frequency of the calibrator by one of the two routes of `calib.equipment.reference`. All its frequencies
  come from one oscillator, so that its relative error is the same at all points.

The signal is the same at all points, `signal_V`; sensitivity and trigger level are no part of this method.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import AcVoltageSource, FrequencyCounter
from calib.pictures import calibrator, meter, side_by_side
from calib.ports import Prompt
from calib.procedure import (
    Conditions,
    Connection,
    DirectComparison,
    DirectParameters,
    Group,
    Point,
    Proof,
    RequestedPoint,
    Station,
)
from calib.text import Text


class FrequencyParameters(DirectParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    signal_V: Annotated[float, Field(gt=0)] = 1.0
    """Voltage of the sine, in volts rms."""
    gate_s: Annotated[float, Field(gt=0)] = 1.0
    """Gate time in seconds."""

    @property
    def reading_s(self) -> float:
        """The time of a gate and of what comes with it."""
        return self.gate_s + 0.5


def error_of_indication(indication: Any, reference: Any) -> Any:
    """Return E = f_ind − (f_S + δf_S), in hertz: the measurement equation of the method."""
    return indication - reference


class DmmFrequency(DirectComparison):
    """Frequency function of a digital multimeter."""

    id = "dmm-frequency"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, tần số", en="Digital multimeter, frequency")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-frequency phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-frequency version 1, after EURAMET cg-15",
    )
    equation = "E = f_ind − (f_S + δf_S)"
    model = staticmethod(error_of_indication)
    quantity, unit = "frequency", "Hz"
    symbols = ("f_ind", "f_S")
    roles: ClassVar[Mapping[str, type]] = {"source": AcVoltageSource, "meter": FrequencyCounter}
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    proof = Proof(1000.0, "Hz")
    Parameters = FrequencyParameters
    connections = (
        Connection(
            Group("calibrator", Text(vi="Nguồn chuẩn", en="Calibrator")),
            Prompt(
                "connect.calibrator",
                Text(
                    vi="Nối NORMAL HI và LO của nguồn chuẩn với HI và LO của đồng hồ.",
                    en="Join the calibrator's NORMAL HI and LO to the meter's HI and LO.",
                ),
                connection="calibrator",
                drawing=side_by_side(
                    "source-to-meter",
                    Text(vi="Nguồn chuẩn nối đồng hồ", en="Calibrator to meter"),
                    calibrator("NORMAL HI", "NORMAL LO"),
                    meter("HI", "LO"),
                ),
            ),
            Text(vi="Tần số, đến {range}", en="Frequency, up to {range}"),
        ),
    )

    def apply(self, point: Point, station: Station) -> None:
        """Put a sine of the nominal frequency on the terminals."""
        signal_V = self.context.parameters(FrequencyParameters).signal_V
        station.role("source", AcVoltageSource).source_ac_voltage(signal_V, point.nominal)

    def configure(self, point: Point, station: Station) -> None:
        """Select frequency and the gate time."""
        del point
        gate_s = self.context.parameters(FrequencyParameters).gate_s
        station.role("meter", FrequencyCounter).configure_frequency(gate_s)

    def read(self, station: Station) -> float:
        """Take one indication in hertz."""
        return station.role("meter", FrequencyCounter).read_frequency()

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the voltage of the signal."""
        del requested
        return 0.0, self.context.parameters(FrequencyParameters).signal_V
