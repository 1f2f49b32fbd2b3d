"""Process calibrators, what they put out: volts, milliamperes, ohms, against a reference multimeter.

Measurement equation, in volts, amperes or ohms::

    E = X_set − (X_ind + δX_R − δX_W)

* X_set: the setting, exact. X_ind: mean of n indications of the reference multimeter, s/√n or d/√12.
* δX_R: correction of the reference multimeter by one of the two routes of `calib.equipment.reference`.
* δX_W: thermal emf of the leads; of resistance with four wires that emf over the meter's test current.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from calib.inputs import Argument
from calib.pictures import Device, Joining, Kind, Lead
from calib.procedure import OutputComparison, Point, Readings, bounded
from calib.procedures.process_calibrator_measure import (
    CURRENT,
    EMF,
    RESISTANCE,
    VOLTAGE,
    ProcessMeter,
    ProcessSource,
    SeveralQuantities,
    connection,
)
from calib.text import Text


def error_of_setting(setting: Any, indication: Any, correction: Any, wiring: Any) -> Any:
    """Return E = X_set − (X_ind + δX_R − δX_W): the measurement equation of the method."""
    return setting - (indication + correction - wiring)


def _from_output(output: str, *jacks: str) -> Joining:
    item = Device("item", Text(vi="Đối tượng: phát", en="Item: puts out"), ("V", "mA", "Ω", "COM"))
    kinds: tuple[Kind, ...] = ("high", "low", "sense high", "sense low")
    outputs = (output, "COM") * 2  # with four wires two meet at each
    leads = (Lead((f"item.{a}", f"meter.{b}"), kind) for a, b, kind in zip(outputs, jacks, kinds, strict=False))
    title = Text(vi="Ngõ ra của thiết bị nối đồng hồ chuẩn", en="The item's output to the reference meter")
    reference = Device("meter", Text(vi="Đồng hồ chuẩn", en="Reference meter"), jacks, "right")
    return Joining("output-to-meter", title, (item, reference), tuple(leads))


class ProcessCalibratorSource(OutputComparison, SeveralQuantities):
    """What a process calibrator puts out."""

    id = "process-calibrator-source"
    version = "1"
    title = Text(vi="Bộ hiệu chuẩn quá trình, chức năng phát", en="Process calibrator, sourcing")
    method = Text(
        vi="So sánh trực tiếp với đồng hồ vạn năng chuẩn, process-calibrator-source phiên bản 1",
        en="Direct comparison with a reference multimeter, process-calibrator-source version 1",
    )
    equation = "E = X_set − (X_ind + δX_R − δX_W)"
    model = staticmethod(error_of_setting)
    sources = ()
    wires = 4
    symbols, setting_symbol = ("X_ind", "X_R"), "X_set"
    roles: ClassVar[Mapping[str, type]] = {"source": ProcessSource, "meter": ProcessMeter}
    connections = (
        connection(
            VOLTAGE,
            Text(vi="Phát điện áp một chiều", en="DC voltage put out"),
            Text(
                vi="Nối ngõ ra V của thiết bị với HI, LO của đồng hồ chuẩn.",
                en="Join the item's V output to HI, LO of the reference multimeter.",
            ),
            "source.source",
            _from_output("V", "HI", "LO"),
        ),
        connection(
            CURRENT,
            Text(vi="Phát dòng điện một chiều", en="DC current put out"),
            Text(
                vi="Nối ngõ ra mA của thiết bị với cọc mA, LO của đồng hồ chuẩn.",
                en="Join the item's mA output to the current jack and LO of the reference multimeter.",
            ),
            "source.source_mA",
            _from_output("mA", "I", "LO"),
        ),
        connection(
            RESISTANCE,
            Text(vi="Mô phỏng điện trở", en="Resistance simulated"),
            Text(
                vi="Nối ngõ ra Ω của thiết bị với đồng hồ chuẩn bằng bốn dây, gặp nhau tại cọc của thiết bị.",
                en="Join the item's Ω output to the reference multimeter with four wires that meet at the item's "
                "terminals.",
            ),
            "source.source",
            _from_output("Ω", "HI", "LO", "SENSE HI", "SENSE LO"),
        ),
    )

    def in_specification(self, of: str) -> str:
        """Return what the item's specification calls what it puts out."""
        return f"source_{of}"

    def influences(self, point: Point, readings: Readings) -> Mapping[str, Argument]:
        """Return the thermal emf, in the unit of the point."""
        del readings
        emf_V = self.process.thermal_emf_V
        test_A = min(self.process.test_current_A, self.process.test_voltage_V / self.meter_range(point))
        of = {VOLTAGE: emf_V, CURRENT: 0.0, RESISTANCE: emf_V / test_A}
        return {"wiring": bounded(of[point.quantity], EMF, "wiring")}
