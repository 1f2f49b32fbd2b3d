"""Readings outside any sense: a wrong jack, a swapped lead, a locked range, another mode, another standard."""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from calib.drivers.roles import SwitchedSource, TellsSetting, plays
from calib.errors import LinkError, NoReply, NoSignal, Overload, Senseless
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


def sensible_readings(
    station: Station,
    role: str,
    count: int,
    sense: Sense,
    read: Callable[[], float],
    set_up: Callable[[], None],
    source: SwitchedSource | None = None,
) -> Iterator[float]:
    """Give the readings of a point, one by one. A first one that makes no sense is shown to a person, who mends.

    The source, if there is one, is in standby meanwhile. What was read before the cause was mended is kept as an event
    with its cause; it is no reading of the item. What the person stands by is the item's own error, and is recorded as
    any other. A meter that tells its setting is asked for it once the readings are taken, and before a person is asked.

    Raises
    ------
    InstrumentError
        The cause stays, a later reading is far from the first, or the meter in `role` is no longer set as it was told:
        the attempt is void, and a person decides what becomes of the point.
    """
    first = _first(station, role, sense, read, set_up, source)
    yield first
    around = sense if sense.holds(first) else replace(sense, expected=first)
    for number in range(2, count + 1):
        indicated = _reading(station, role, read)
        if not around.holds(indicated):
            require_setting(station, role)
            msg = (
                f"{sense.point}: {named(station, role)} indicates {_shown(indicated, sense)} in reading {number} after "
                f"{_shown(first, sense)}: look for a lead that came off or a knob that was turned"
            )
            raise Senseless(msg)
        yield indicated
    require_setting(station, role)


def require_setting(station: Station, role: str) -> None:
    """Raise `SettingChanged` where the meter in `role` tells that it is not at the function and range it was set to."""
    meter = station.role(role, object)
    if plays(meter, TellsSetting):
        meter.require_setting()


def named(station: Station, role: str) -> str:
    """Return what the instrument in `role` is called, and what it is set to as far as that is known."""
    instrument = station.role(role, object)
    who, measuring = getattr(instrument, "who", role), getattr(instrument, "measuring", None)
    return str(who) if measuring is None else f"{who}, set to {measuring},"


def _first(
    station: Station,
    role: str,
    sense: Sense,
    read: Callable[[], float],
    set_up: Callable[[], None],
    source: SwitchedSource | None,
) -> float:
    for _ in range(LOOKS):
        try:
            indicated = read()
        except (Overload, NoReply, NoSignal):
            indicated = math.nan
        if sense.holds(indicated):
            return indicated
        if source is not None:
            source.standby()
        require_setting(station, role)
        answer = str(station.ask(_prompt(sense, indicated, named(station, role))).value)
        station.note("reading outside any sense", point=sense.point, indicated=indicated, answer=answer)
        if answer == LEAVE:
            break
        set_up()
        if answer == STANDS and not math.isnan(indicated):
            return _reading(station, role, read)
    msg = (
        f"{sense.point}: the reading makes no sense: {named(station, role)} indicates {_shown(indicated, sense)}, "
        f"expected {_expected(sense)}"
    )
    raise Senseless(msg)


def _reading(station: Station, role: str, read: Callable[[], float]) -> float:
    """Return a reading; where there is none, a turned knob is named as the cause, if it is one."""
    try:
        return read()
    except (Overload, NoReply, NoSignal):
        with suppress(LinkError, NoReply):  # what failed first is what matters
            require_setting(station, role)
        raise


def _shown(indicated: float, sense: Sense) -> str:
    return "no value" if math.isnan(indicated) else show(indicated, sense.unit, 6)


def _expected(sense: Sense) -> str:
    return show(sense.expected, sense.unit, 6)


MENDED, STANDS, LEAVE = "m", "i", "s"
_CHOICES = (
    (MENDED, Text(vi="đã khắc phục, đo lại", en="mended, measure again")),
    (STANDS, Text(vi="thiết bị thực sự chỉ như vậy", en="the item really indicates so")),
    (LEAVE, Text(vi="chưa khắc phục được: đo lại sau hoặc bỏ qua điểm này", en="not mended: repeat or skip the point")),
)


def _prompt(sense: Sense, indicated: float, who: str) -> Prompt:
    text = Text(
        vi="{point}: {who} chỉ {shown} trong khi mong đợi {expected}. Nguồn chuẩn đã ngắt. Kiểm tra: dây nối và cực "
        "tính, cọc đấu, thang đo bị khóa, chế độ đo, đúng thiết bị và đúng chuẩn.",
        en="{point}: {who} indicates {shown} where {expected} is expected. Any source is in standby. Check leads and "
        "polarity, jacks, a locked range, the meter's mode, and that these are the right instrument and standard.",
    ).format(point=sense.point, who=who, shown=_shown(indicated, sense), expected=_expected(sense))
    return Prompt("reading.senseless", text, kind="choice", choices=_CHOICES, decision=True)
