"""AC voltage of a digital multimeter against a calibrator, by direct comparison (after EURAMET cg-15).

Measurement equation, for each test point of voltage and frequency::

    E = V_ind − (V_S + δV_S) + δV_load

* V_ind: mean of n indications; its dispersion is s/√n or d/√12, whichever is wider (decision 21).
* V_S + δV_S: value of the calibrator at this frequency, by one of the two routes of `calib.equipment.reference`.
* δV_load: what the impedance of leads and output drops, or raises by resonance, into the meter's input resistance and
  the capacitances of input and cable. With Z = r + jωL in series and Y = 1/R + jωC beside the input the terminals see
  1/|1 + Z·Y| of the emf.
"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import AcVoltageSource, AcVoltmeter
from calib.inputs import Argument
from calib.pictures import Lead, calibrator, meter, side_by_side
from calib.ports import Prompt
from calib.procedure import (
    Conditions,
    Connection,
    DirectComparison,
    DirectParameters,
    Group,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Station,
    bounded,
)
from calib.text import Text

NotNegative = Annotated[float, Field(ge=0)]


class AcVoltageParameters(DirectParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    series_resistance_ohm: NotNegative = 0.2
    """Highest resistance of leads and output, in ohms."""
    series_inductance_H: NotNegative = 1e-6
    """Highest inductance of the leads, in henries: about 1 µH for a pair of 1 m."""
    input_resistance_ohm: Annotated[float, Field(gt=0)] = 1e6
    """Lowest input resistance of the meter, in ohms."""
    capacitance_F: NotNegative = 250e-12
    """Highest capacitance of input and cable, both together, in farads."""

    @property
    def reading_s(self) -> float:
        """The time of a reading with a filter for low frequencies."""
        return 1.5

    def loading(self, frequency_Hz: float) -> float:
        """Return by what part of it the voltage at the terminals differs from the emf, at most."""
        omega = 2 * math.pi * frequency_Hz
        series_ohm = complex(self.series_resistance_ohm, omega * self.series_inductance_H)
        admittance_S = complex(1 / self.input_resistance_ohm, omega * self.capacitance_F)
        return abs(1 / abs(1 + series_ohm * admittance_S) - 1)


def error_of_indication(indication: Any, reference: Any, load: Any) -> Any:
    """Return E = V_ind − (V_S + δV_S) + δV_load, in volts: the measurement equation of the method."""
    return indication - reference + load


def frequency_Hz(point: Point | RequestedPoint) -> float:
    """Return the frequency of a point of what alternates; one without was refused by its specification."""
    assert point.frequency_Hz is not None
    return point.frequency_Hz


class DmmAcVoltage(DirectComparison):
    """AC voltage of a digital multimeter, 5½ digits or more."""

    id = "dmm-ac-voltage"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, điện áp xoay chiều", en="Digital multimeter, AC voltage")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-ac-voltage phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-ac-voltage version 1, after EURAMET cg-15",
    )
    equation = "E = V_ind − (V_S + δV_S) + δV_load"
    model = staticmethod(error_of_indication)
    quantity, unit = "ac_voltage", "V"
    symbols = ("V_ind", "V_S")
    roles: ClassVar[Mapping[str, type]] = {"source": AcVoltageSource, "meter": AcVoltmeter}
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    proof = Proof(1.0, "V", frequency_Hz=1000.0)
    Parameters = AcVoltageParameters
    connections = (
        Connection(
            Group("calibrator", Text(vi="Nguồn chuẩn", en="Calibrator")),
            Prompt(
                "connect.calibrator",
                Text(
                    vi="Nối NORMAL HI và LO của nguồn chuẩn với HI và LO của đồng hồ bằng cáp đồng trục ngắn; LO nối "
                    "đất tại một điểm, ở nguồn chuẩn.",
                    en="Join the calibrator's NORMAL HI and LO to the meter's HI and LO with a short coaxial cable; "
                    "LO is earthed at one point, the calibrator.",
                ),
                connection="calibrator",
                drawing=side_by_side(
                    "source-to-meter",
                    Text(vi="Nguồn chuẩn nối đồng hồ, LO nối đất", en="Calibrator to meter, LO earthed"),
                    calibrator("NORMAL HI", "NORMAL LO", "GND"),
                    meter("HI", "LO"),
                    Lead(("source.NORMAL LO", "source.GND"), "guard"),
                ),
            ),
            Text(vi="Điện áp xoay chiều, thang {range}", en="AC voltage, {range} range"),
        ),
    )

    def apply(self, point: Point, station: Station) -> None:
        """Put the voltage of a point on the terminals."""
        station.role("source", AcVoltageSource).source_ac_voltage(point.nominal, frequency_Hz(point))

    def configure(self, point: Point, station: Station) -> None:
        """Select the range, and the filter for the frequency."""
        station.role("meter", AcVoltmeter).configure_ac_voltage(point.measuring_range, frequency_Hz(point))

    def read(self, station: Station) -> float:
        """Take one indication in volts rms."""
        return station.role("meter", AcVoltmeter).read_ac_voltage()

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return the loading of the source by input and cable."""
        del readings
        part = self.context.parameters(AcVoltageParameters).loading(frequency_Hz(point))
        return {"load": bounded(part * point.nominal, _LOAD, "load")}

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the voltage itself."""
        return 0.0, requested.nominal


_LOAD = Text(vi="δV_load: tải của đầu vào và cáp", en="δV_load: loading by input and cable")
