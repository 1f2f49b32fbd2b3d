"""Joining instruments by hand: nothing on the terminals meanwhile, and proof at a harmless level that it was done."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from calib.drivers.roles import SwitchedSource
from calib.errors import Overload, RunError
from calib.ports import Prompt
from calib.procedure.point import Group
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


def prove(station: Station, source: SwitchedSource, proof: Proof, read: Callable[[], float], prompt: Prompt) -> None:
    """Have `read` let a harmless level out and read it; ask for mended leads until it is there, with its sign.

    Raises
    ------
    RunError
        It was not there three times.
    """
    indicated = math.nan
    for attempt in range(PROOFS):
        indicated = _reading_or_nan(read)
        holds = proof.holds(indicated)
        station.note("connection checked", sourced=proof.value, indicated=indicated, unit=proof.unit, holds=holds)
        if holds:
            return
        source.standby()
        if attempt < PROOFS - 1:
            station.ask(_mend(proof, indicated, prompt))
    msg = (
        f"the meter does not read the calibrator: {show(proof.value, proof.unit)} sourced, "
        f"{_indicated(indicated, proof.unit)} indicated; check leads, jacks and the meter's front/rear switch"
    )
    raise RunError(msg)


def _reading_or_nan(read: Callable[[], float]) -> float:
    try:
        return read()
    except Overload:
        return math.nan


def _indicated(value: float, unit: str) -> str:
    return "overload" if math.isnan(value) else show(value, unit, 4)


def _mend(proof: Proof, indicated: float, prompt: Prompt) -> Prompt:
    if proof.is_reversed(indicated):
        text = Text(
            vi="Cực tính bị đảo: đổi chỗ hai dây tại đầu vào của đồng hồ.",
            en="The polarity is reversed: swap the two leads at the meter's input.",
        )
    else:
        text = Text(
            vi="Đồng hồ không đọc được nguồn chuẩn ({value} thay vì {wanted}): kiểm tra dây nối và cọc đấu.",
            en="The meter does not read the calibrator ({value} instead of {wanted}): check leads and jacks.",
        ).format(value=_indicated(indicated, proof.unit), wanted=show(proof.value, proof.unit))
    return replace(prompt, id="connect.mend", text=text)
