"""How a calibrator that simulates sensors and an indicator of temperature are joined: the groups of their points."""

from typing import Literal

from calib.pictures import Device, Joining, Lead, calibrator, side_by_side
from calib.ports import Prompt
from calib.procedure import Connection, Group
from calib.text import Text

Wires = Literal[2, 3, 4]
RTD_GROUPS = {4: "resistance", 3: "resistance-3-wire", 2: "resistance-2-wire"}
_MANY = {4: Text(vi="bốn", en="four"), 3: Text(vi="ba", en="three"), 2: Text(vi="hai", en="two")}
_INDICATOR = Text(vi="Bộ chỉ thị", en="Indicator")
_HI, _LO = "NORMAL HI", "NORMAL LO"


def is_rtd(group: str) -> bool:
    """Return whether a group is of resistance thermometers."""
    return group in RTD_GROUPS.values()


def _joined(title: Text, source: tuple[str, ...], indicator: tuple[str, ...], *more: Lead) -> Joining:
    """Return the picture of terminals that are joined in their order."""
    shown = Device("meter", _INDICATOR, indicator, "right")
    return side_by_side("source-to-indicator", title, calibrator(*source), shown, *more)


_FOUR = ("I+", "I−", "U+", "U−")
_DRAWN = {
    4: _joined(Text(vi="Bốn dây", en="Four wires"), (_HI, _LO, "SENSE HI", "SENSE LO"), _FOUR),
    3: _joined(
        Text(vi="Ba dây", en="Three wires"),
        (_HI, _LO),
        ("R+", "R−", "R− (3)"),
        Lead((f"source.{_LO}", "meter.R− (3)"), "sense low"),
    ),
    2: _joined(Text(vi="Hai dây", en="Two wires"), (_HI, _LO), ("R+", "R−")),
}


def _resistance(wires: Wires, to_do: Text) -> Connection:
    """Return the connection of resistance thermometers with so many wires."""
    many = _MANY[wires]
    return Connection(
        Group(
            RTD_GROUPS[wires],
            Text(vi=f"Nhiệt kế điện trở, {many.vi} dây", en=f"Resistance thermometers, {many.en} wires"),
        ),
        Prompt(f"connect.{RTD_GROUPS[wires]}", to_do, drawing=_DRAWN[wires], connection="wire=open, copper=source"),
        Text(vi=f"Mô phỏng nhiệt kế điện trở, {many.vi} dây", en=f"Simulated resistance thermometer, {many.en} wires"),
    )


CONNECTIONS = (
    Connection(
        Group("wire", Text(vi="Cặp nhiệt điện, dây bù", en="Thermocouples, thermocouple wire")),
        Prompt(
            "connect.wire",
            Text(
                vi="Nối cọc TC của nguồn chuẩn với ngõ vào của bộ chỉ thị bằng dây cặp nhiệt điện đúng loại; chờ "
                "15 min cho các cọc đấu cân bằng nhiệt.",
                en="Join the calibrator's TC terminals to the indicator's input with thermocouple wire of the "
                "type; let the terminals come to one temperature for 15 min.",
            ),
            drawing=_joined(
                Text(vi="Dây cặp nhiệt điện đúng loại", en="Thermocouple wire of the type"),
                ("TC +", "TC −"),
                ("TC +", "TC −"),
            ),
            connection="copper=open, wire=source.tc",
        ),
        Text(vi="Mô phỏng cặp nhiệt điện, bù đầu lạnh", en="Simulated thermocouple, compensated"),
    ),
    Connection(
        Group("copper", Text(vi="Cặp nhiệt điện, dây đồng, 0 °C", en="Thermocouples, copper leads, 0 °C")),
        Prompt(
            "connect.copper",
            Text(
                vi="Nối cọc TC của nguồn chuẩn với ngõ vào của bộ chỉ thị bằng dây đồng.",
                en="Join the calibrator's TC terminals to the indicator's input with copper leads.",
            ),
            drawing=_joined(Text(vi="Dây đồng", en="Copper leads"), ("TC +", "TC −"), ("TC +", "TC −")),
            connection="wire=open, copper=source.tc",
        ),
        Text(vi="Mô phỏng cặp nhiệt điện, đầu lạnh 0 °C", en="Simulated thermocouple, reference at 0 °C"),
    ),
    _resistance(
        4,
        Text(
            vi="Nối cọc điện trở của nguồn chuẩn (NORMAL và SENSE) với ngõ vào bốn dây của bộ chỉ thị.",
            en="Join the calibrator's resistance terminals (NORMAL and SENSE) to the indicator's input with four "
            "wires.",
        ),
    ),
    _resistance(
        3,
        Text(
            vi="Nối NORMAL HI của nguồn chuẩn với một dây, NORMAL LO với hai dây tới ngõ vào ba dây của bộ chỉ thị; "
            "ba dây cùng loại, cùng chiều dài.",
            en="Join NORMAL HI of the calibrator with one wire, NORMAL LO with two to the indicator's three-wire "
            "input; three wires of one kind and length.",
        ),
    ),
    _resistance(
        2,
        Text(
            vi="Nối NORMAL HI và LO của nguồn chuẩn với ngõ vào hai dây của bộ chỉ thị bằng hai dây đã đo điện trở.",
            en="Join NORMAL HI and LO of the calibrator to the indicator's two-wire input with the two leads whose "
            "resistance was measured.",
        ),
    ),
)
