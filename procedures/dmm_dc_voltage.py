"""DC voltage of a digital multimeter against a calibrator, by direct comparison (after EURAMET cg-15).

Measurement equation, for each test point::

    E = V_ind − (V_S + δV_S) − δV_emf + δV_load

* V_ind: mean of n indications; its dispersion is the wider of s/√n and of the resolution d/√12, never both: readings
  that scatter less than their least digit tell nothing of the error within that digit, and those that scatter more
  contain it already.
* V_S + δV_S: value of the calibrator by one of the two routes of `calib.equipment.reference`.
* δV_emf: thermal emf of leads and terminals. δV_load: drop across the lead by the meter's input current.

With a short at the meter's own input V_S = 0 exactly; that row is a result, and is never subtracted from the others.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from calib.drivers.roles import DcVoltageSource, DcVoltmeter
from calib.inputs import Argument
from calib.pictures import Joining, Lead, calibrator, meter, side_by_side
from calib.ports import Prompt
from calib.procedure import (
    Conditions,
    Connection,
    DirectComparison,
    Group,
    IntegratingParameters,
    Point,
    Proof,
    Readings,
    RequestedPoint,
    Station,
    bounded,
)
from calib.text import Text


class DmmParameters(IntegratingParameters):
    """Parameters of the method, in the job's table `[parameters]`."""

    thermal_emf_V: Annotated[float, Field(ge=0)] = 0.5e-6
    """Half-width of the thermal emf of leads and terminals, in volts."""
    lead_resistance_ohm: Annotated[float, Field(ge=0)] = 0.2
    """Highest resistance of the leads, both together, in ohms."""
    input_resistance_ohm: Annotated[float, Field(gt=0)] = 10e6
    """Lowest input resistance of the meter, in ohms."""


def error_of_indication(indication: Any, reference: Any, emf: Any, load: Any) -> Any:
    """Return E = V_ind − (V_S + δV_S) − δV_emf + δV_load, in volts: the measurement equation of the method."""
    return indication - reference - emf + load


class DcVoltage(DirectComparison):
    """What methods of direct voltage have in common: a source on a meter, and what leads do between them."""

    quantity, unit = "dc_voltage", "V"
    roles: ClassVar[Mapping[str, type]] = {"source": DcVoltageSource, "meter": DcVoltmeter}
    proof = Proof(1.0, "V")
    Parameters = DmmParameters

    def apply(self, point: Point, station: Station) -> None:
        """Put the nominal voltage on the terminals."""
        station.role("source", DcVoltageSource).source_dc_voltage(point.nominal)

    def configure(self, point: Point, station: Station) -> None:
        """Select the meter's range and its integration time."""
        nplc = self.context.parameters(DmmParameters).nplc
        station.role("meter", DcVoltmeter).configure_dc_voltage(self.meter_range(point), nplc)

    def read(self, station: Station) -> float:
        """Take one indication of the meter in volts."""
        return station.role("meter", DcVoltmeter).read_dc_voltage()

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return the thermal emf of the leads, and the drop across them by the meter's input current."""
        del readings
        parameters = self.context.parameters(DmmParameters)
        load_V = abs(point.nominal) * parameters.lead_resistance_ohm / parameters.input_resistance_ohm
        return {"emf": bounded(parameters.thermal_emf_V, _EMF, "emf"), "load": bounded(load_V, _LOAD, "load")}

    def hazards(self, requested: RequestedPoint) -> tuple[float, float]:
        """Return the voltage itself."""
        return abs(requested.nominal), 0.0


class DmmDcVoltage(DcVoltage):
    """DC voltage of a digital multimeter, 5½ digits or more."""

    id = "dmm-dc-voltage"
    version = "1"
    title = Text(vi="Đồng hồ vạn năng hiện số, điện áp một chiều", en="Digital multimeter, DC voltage")
    method = Text(
        vi="So sánh trực tiếp với nguồn chuẩn đa năng, dmm-dc-voltage phiên bản 1, dựa theo EURAMET cg-15",
        en="Direct comparison with a multifunction calibrator, dmm-dc-voltage version 1, after EURAMET cg-15",
    )
    equation = "E = V_ind − (V_S + δV_S) − δV_emf + δV_load"
    model = staticmethod(error_of_indication)
    symbols = ("V_ind", "V_S")
    conditions = Conditions(temperature_C=(18.0, 28.0), humidity_percent=(10.0, 80.0))
    connections = (
        Connection(
            Group("short", Text(vi="Ngắn mạch đầu vào", en="Short at the input")),
            Prompt(
                "connect.short",
                Text(
                    vi="Nối ngắn mạch (loại nhiệt điện động thấp) vào hai cọc HI và LO của đồng hồ; nguồn chuẩn "
                    "không nối.",
                    en="Put a low-thermal short across the meter's HI and LO input; leave the calibrator unconnected.",
                ),
                connection="short",
                drawing=Joining(
                    "short",
                    Text(vi="Ngắn mạch đầu vào", en="Short at the input"),
                    (calibrator("NORMAL HI", "NORMAL LO"), meter("HI", "LO")),
                    (Lead(("meter.HI", "meter.LO"), "low"),),
                ),
            ),
            Text(vi="Chỉ thị khi ngắn mạch đầu vào", en="Indication with the input shorted"),
            sourced=False,
        ),
        Connection(
            Group("calibrator", Text(vi="Nguồn chuẩn", en="Calibrator")),
            Prompt(
                "connect.calibrator",
                Text(
                    vi="Nối NORMAL HI và LO của nguồn chuẩn với HI và LO của đồng hồ; guard nối với LO tại nguồn "
                    "chuẩn.",
                    en="Join the calibrator's NORMAL HI and LO to the meter's HI and LO; tie guard to LO at the "
                    "calibrator.",
                ),
                connection="calibrator",
                drawing=side_by_side(
                    "source-to-meter",
                    Text(vi="Nguồn chuẩn nối đồng hồ, guard nối LO", en="Calibrator to meter, guard to LO"),
                    calibrator("NORMAL HI", "NORMAL LO", "GUARD"),
                    meter("HI", "LO"),
                    Lead(("source.NORMAL LO", "source.GUARD"), "guard"),
                ),
            ),
            Text(vi="Điện áp một chiều, thang {range}", en="DC voltage, {range} range"),
        ),
    )


_EMF = Text(vi="δV_emf: sức điện động nhiệt", en="δV_emf: thermal emf")
_LOAD = Text(vi="δV_load: ảnh hưởng tải", en="δV_load: loading")
