"""DC voltage of a calibrator against a reference multimeter, by direct comparison.

Measurement equation, for each setting::

    E = V_set − (V_ind + δV_R − δV_emf + δV_load)

* V_set: the setting, exact as it was entered. E is the error of the setting, as the certificate of a source states it.
* V_ind: mean of n indications of the reference multimeter; its dispersion is the wider of s/√n and d/√12.
* δV_R: correction of the reference multimeter by one of the two routes of `calib.equipment.reference`.
* δV_emf: thermal emf of leads and terminals. δV_load: drop across the lead by the meter's input current.

Both polarities are measured; a zero is a point as any other, and is never subtracted.
"""

from typing import Any

from calib.pictures import Device, Lead, side_by_side
from calib.ports import Prompt
from calib.procedure import Conditions, Connection, Group, OutputComparison
from calib.procedures.dmm_dc_voltage import DcVoltage
from calib.text import Text


def error_of_setting(setting: Any, indication: Any, correction: Any, emf: Any, load: Any) -> Any:
    """Return E = V_set − (V_ind + δV_R − δV_emf + δV_load), in volts: the measurement equation of the method."""
    return setting - (indication + correction - emf + load)


class CalibratorDcVoltage(OutputComparison, DcVoltage):
    """DC voltage of a calibrator."""

    id = "calibrator-dc-voltage"
    version = "1"
    title = Text(vi="Nguồn chuẩn, điện áp một chiều", en="Calibrator, DC voltage")
    method = Text(
        vi="So sánh trực tiếp với đồng hồ vạn năng chuẩn, calibrator-dc-voltage phiên bản 1",
        en="Direct comparison with a reference multimeter, calibrator-dc-voltage version 1",
    )
    equation = "E = V_set − (V_ind + δV_R − δV_emf + δV_load)"
    model = staticmethod(error_of_setting)
    symbols, setting_symbol = ("V_ind", "V_R"), "V_set"
    conditions = Conditions(temperature_C=(20.0, 26.0), humidity_percent=(10.0, 75.0))
    connections = (
        Connection(
            Group("meter", Text(vi="Đồng hồ chuẩn", en="Reference multimeter")),
            Prompt(
                "connect.meter",
                Text(
                    vi="Nối NORMAL HI và LO của nguồn chuẩn cần hiệu chuẩn với HI và LO của đồng hồ chuẩn bằng dây "
                    "đồng nhiệt điện động thấp; guard nối với LO tại nguồn; chờ 5 min cho nhiệt độ cọc đấu cân bằng.",
                    en="Join NORMAL HI and LO of the calibrator under calibration to HI and LO of the reference "
                    "multimeter with low-thermal copper leads; tie guard to LO at the calibrator; let the terminals "
                    "come to one temperature for 5 min.",
                ),
                connection="calibrator",
                drawing=side_by_side(
                    "source-to-meter",
                    Text(vi="Nguồn cần hiệu chuẩn nối đồng hồ chuẩn", en="Item to reference multimeter, guard to LO"),
                    Device(
                        "source",
                        Text(vi="Nguồn chuẩn (mẫu)", en="Item: calibrator"),
                        ("NORMAL HI", "NORMAL LO", "GUARD"),
                    ),
                    Device("meter", Text(vi="Đồng hồ chuẩn", en="Reference meter"), ("HI", "LO"), "right"),
                    Lead(("source.NORMAL LO", "source.GUARD"), "guard"),
                ),
            ),
            Text(vi="Điện áp một chiều, thang {range}", en="DC voltage, {range} range"),
        ),
    )
