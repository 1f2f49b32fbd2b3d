"""A first reading outside any sense: a wrong jack, a swapped lead, a locked range, a meter in another mode."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from calib.drivers.roles import SwitchedSource
from calib.errors import NoReply, Overload, RunError
from calib.ports import Prompt
from calib.procedure.station import Station
from calib.text import Text
from calib.units import show

LOOKS = 3


@dataclass(frozen=True)
class Sense:
    """Where the readings of a point can lie."""

    point: str
    expected: float
    width: float
    unit: str

    def holds(self, indicated: float) -> bool:
        """Return whether a reading lies there."""
        return abs(indicated - self.expected) <= self.width


def sensible_reading(
    station: Station,
    source: SwitchedSource | None,
    sense: Sense,
    read: Callable[[], float],
    set_up: Callable[[], None],
) -> float:
    """Return the first reading of a point. One that makes no sense is shown to a person, who mends or stands by it.

    The source, if there is one, is in standby meanwhile. What was read before the cause was mended is kept as an event
    with its cause; it is no reading of the item. What the person stands by is the item's own error, and is
    recorded as any other.

    Raises
    ------
    RunError
        An overload or silence, such as of a counter without a signal, stays.
    """
    for _ in range(LOOKS):
        try:
            indicated = read()
        except (Overload, NoReply):
            indicated = math.nan
        if sense.holds(indicated):
            return indicated
        if source is not None:
            source.standby()
        answer = str(station.ask(_prompt(sense, indicated)).value)
        station.note("reading outside any sense", point=sense.point, indicated=indicated, answer=answer)
        set_up()
        if answer == "i" and not math.isnan(indicated):
            return read()
    msg = f"{sense.point}: the reading makes no sense: {_shown(indicated, sense)}, expected {_expected(sense)}"
    raise RunError(msg)


def _shown(indicated: float, sense: Sense) -> str:
    return "no value" if math.isnan(indicated) else show(indicated, sense.unit, 6)


def _expected(sense: Sense) -> str:
    return show(sense.expected, sense.unit, 6)


def _prompt(sense: Sense, indicated: float) -> Prompt:
    text = Text(
        vi="Chỉ thị {shown} trong khi mong đợi {expected}. Nguồn chuẩn đã ngắt. Kiểm tra: dây nối và cực tính, "
        "cọc đấu, thang đo bị khóa, chế độ đo, đúng thiết bị.",
        en="It indicates {shown} where {expected} is expected. Any source is in standby. Check leads and polarity, "
        "jacks, a locked range, the meter's mode, and that it is the right instrument.",
    ).format(shown=_shown(indicated, sense), expected=_expected(sense))
    choices = (
        ("m", Text(vi="đã khắc phục, đo lại", en="mended, measure again")),
        ("i", Text(vi="thiết bị thực sự chỉ như vậy", en="the item really indicates so")),
    )
    return Prompt("reading.senseless", text, kind="choice", choices=choices, decision=True)
