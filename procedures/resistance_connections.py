"""How a calibrator of resistance and a meter are joined, with two and four wires and with their shorts."""

from calib.pictures import Joining, Lead, calibrator, meter, side_by_side
from calib.ports import Prompt
from calib.procedure import Connection, Group
from calib.text import Text

ZERO, TWO, SHORT, FOUR = "zero-2-wire", "2-wire", "short-4-wire", "4-wire"


def _drawing(id_: str, title: Text) -> Joining:
    four = id_ in {SHORT, FOUR}
    terminals = ("HI", "LO", "SENSE HI", "SENSE LO") if four else ("HI", "LO")
    outputs = ("NORMAL HI", "NORMAL LO", "AUX HI", "AUX LO") if four else ("NORMAL HI", "NORMAL LO")
    source, item = calibrator(*outputs), meter(*terminals)
    if id_ in {SHORT, ZERO}:
        return Joining("short", title, (source, item), (Lead(tuple(f"meter.{t}" for t in terminals), "low"),))
    return side_by_side("source-to-meter", title, source, item)


def _connection(id_: str, name: Text, to_do: Text, joined: str, title: Text) -> Connection:
    prompt = Prompt(f"connect.{id_}", to_do, drawing=_drawing(id_, name), connection=joined)
    return Connection(Group(id_, name), prompt, title, sourced=joined == "calibrator", gives_rows=id_ != ZERO)


CONNECTIONS = (
    _connection(
        SHORT,
        Text(vi="Ngắn mạch bốn dây", en="Short, 4 wires"),
        Text(
            vi="Nối ngắn mạch bốn dây (loại nhiệt điện động thấp) vào các cọc HI, LO, SENSE HI, SENSE LO của đồng hồ.",
            en="Put a low-thermal 4-wire short across the meter's HI, LO, SENSE HI and SENSE LO.",
        ),
        "short",
        Text(vi="Chỉ thị khi ngắn mạch, bốn dây", en="Indication with the input shorted, 4 wires"),
    ),
    _connection(
        FOUR,
        Text(vi="Bốn dây", en="4 wires"),
        Text(
            vi="Nối bốn dây: NORMAL HI, LO của nguồn chuẩn với HI, LO của đồng hồ, AUX (SENSE) HI, LO với SENSE "
            "HI, LO.",
            en="Join four wires: the calibrator's NORMAL HI, LO to the meter's HI, LO, and AUX (SENSE) HI, LO to "
            "SENSE HI, LO.",
        ),
        "calibrator",
        Text(vi="Điện trở, bốn dây, thang {range}", en="Resistance, 4 wires, {range} range"),
    ),
    _connection(
        ZERO,
        Text(vi="Điểm không hai dây", en="Zero, 2 wires"),
        Text(
            vi="Nối hai dây vào HI và LO của đồng hồ, và chập hai đầu dây kia với nhau.",
            en="Put two leads on the meter's HI and LO, and join their far ends to each other.",
        ),
        "short",
        Text(vi="Điểm không hai dây, đầu dây ngắn mạch", en="Zero with 2 wires, far ends of the leads shorted"),
    ),
    _connection(
        TWO,
        Text(vi="Hai dây", en="2 wires"),
        Text(
            vi="Nối chính hai đầu dây đó với NORMAL HI và LO của nguồn chuẩn; không đổi dây.",
            en="Put these same ends on the calibrator's NORMAL HI and LO; do not change the leads.",
        ),
        "calibrator",
        Text(
            vi="Điện trở, hai dây (đã trừ điểm không), thang {range}",
            en="Resistance, 2 wires (zero subtracted), {range} range",
        ),
    ),
)
