"""Joining instruments by hand: nothing on the terminals meanwhile, and proof at a harmless level that it was done."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from calib.drivers.roles import SwitchedSource
from calib.errors import NoReply, NoSignal, Overload, RunError, Senseless
from calib.ports import Prompt
from calib.procedure.point import Group
from calib.procedure.sense import named, require_setting
from calib.procedure.station import Station
from calib.text import Text
from calib.units import show

PROOFS = 3
WITHIN = 0.01
"""Relative; plus what `Proof.allowance` allows."""


@dataclass(frozen=True)
class Connection:
    """A way in which source and item are joined: a group of points."""

    group: Group
    prompt: Prompt
    title: Text
    """Heading of its rows, with {range}."""
    sourced: bool = True
    """Whether the source gives the value; without it the points are zeros."""
    gives_rows: bool = True
    """False where they only serve other points, such as zeros that are taken off them."""


@dataclass(frozen=True)
class Proof:
    """A harmless level that the item must show, within a hundredth and an allowance."""

    value: float
    unit: str
    frequency_Hz: float | None = None
    wires: Literal[2, 4] | None = None
    allowance: float = 0.0
    """Added to a hundredth of the value, such as the resistance of leads."""

    def holds(self, indicated: float) -> bool:
        """Return whether an indication proves the connection."""
        return abs(indicated - self.value) < WITHIN * abs(self.value) + self.allowance

    def is_reversed(self, indicated: float) -> bool:
        """Return whether an indication has the opposite sign: the leads are swapped."""
        return self.frequency_Hz is None and abs(indicated + self.value) < WITHIN * abs(self.value) + self.allowance


def join(station: Station, source: SwitchedSource, prompt: Prompt) -> None:
    """Take the output off the terminals, read that back, and have the leads joined."""
    source.standby()
    operating = source.is_operating()
    station.note("standby read back", operating=operating)
    if operating:
        msg = "the calibrator's output is on after standby: switch it off by hand before touching a terminal"
        raise RunError(msg)
    station.ask(prompt)


def prove(
    station: Station, role: str, source: SwitchedSource, proof: Proof, read: Callable[[], float], prompt: Prompt
) -> None:
    """Have `read` let a harmless level out and read it by the meter in `role`; ask for mended leads until it is there.

    Raises
    ------
    InstrumentError
        It was not there three times with its sign, or the meter is no longer set as it was told: the sources are in
        standby, and a person decides what becomes of the point.
    """
    indicated = math.nan
    for attempt in range(PROOFS):
        indicated = _reading_or_nan(read)
        holds = proof.holds(indicated)
        station.note("connection checked", sourced=proof.value, indicated=indicated, unit=proof.unit, holds=holds)
        if holds:
            return
        source.standby()
        require_setting(station, role)
        if attempt < PROOFS - 1:
            station.ask(_mend(proof, indicated, prompt, named(station, role)))
    msg = (
        f"{named(station, role)} does not read the source: {show(proof.value, proof.unit)} sourced, "
        f"{_indicated(indicated, proof.unit)} indicated; check leads, jacks and the meter's front/rear switch"
    )
    raise Senseless(msg)


def _reading_or_nan(read: Callable[[], float]) -> float:
    try:
        return read()
    except (Overload, NoReply, NoSignal):
        return math.nan


def _indicated(value: float, unit: str) -> str:
    return "overload" if math.isnan(value) else show(value, unit, 4)


def _mend(proof: Proof, indicated: float, prompt: Prompt, who: str) -> Prompt:
    if proof.is_reversed(indicated):
        text = Text(
            vi="Cực tính bị đảo ({who}: {value} thay vì {wanted}): đổi chỗ hai dây tại đầu vào của đồng hồ.",
            en="The polarity is reversed ({who}: {value} instead of {wanted}): swap the two leads at the meter's "
            "input.",
        )
    else:
        text = Text(
            vi="{who} không đọc được nguồn ({value} thay vì {wanted}): kiểm tra dây nối và cọc đấu, chức năng và thang "
            "đo, đúng thiết bị và đúng chuẩn.",
            en="{who} does not read the source ({value} instead of {wanted}): check leads and jacks, function and "
            "range of the meter, and that these are the right instrument and standard.",
        )
    told = text.format(who=who, value=_indicated(indicated, proof.unit), wanted=show(proof.value, proof.unit))
    return replace(prompt, id="connect.mend", text=told)
