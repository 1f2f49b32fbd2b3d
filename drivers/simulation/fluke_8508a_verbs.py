"""Functions of the 8508A: verbs, ranges, words (8508A Users Manual, chapter 4; testgear, teckit).

The integration times by resolution and FAST are those of a public driver, unverified against the manual; test currents
and burdens are the simulation's own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.terminals import Wires

OVERLOAD = "+200.0000E+33"
SYNTAX, BAD_VALUE, NOT_NOW = 1301, 1002, 1003
PLC: Mapping[int, tuple[float, float]] = {5: (0.165, 1.0), 6: (1.0, 16.0), 7: (64.0, 256.0), 8: (256.0, 1024.0)}
"""Integration in power-line cycles by digits of resolution: (fast, normal)."""
V = (0.2, 2.0, 20.0, 200.0, 1000.0)
A = (2e-4, 2e-3, 2e-2, 0.2, 2.0, 20.0)
OHM = (2.0, 20.0, 200.0, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8, 2e9)
TESTS_A = {20.0: 1e-1, 200.0: 1e-2, 2e3: 1e-2, 2e4: 1e-3, 2e5: 1e-4, 2e6: 1e-5, 2e7: 1e-6, 2e8: 1e-7, 2e10: 1e-8}
BURDENS_OHM = {2e-4: 1e3, 2e-3: 1e2, 2e-2: 1e1, 0.2: 1.0, 2.0: 0.1, 20.0: 0.01}
_DC = ("FILT_ON", "FILT_OFF", "FAST_ON", "FAST_OFF")
_AC = ("FILT100HZ", "FILT40HZ", "FILT10HZ", "FILT1HZ", "ACCP", "DCCP")
_WIRES = ("TWO_WR", "FOUR_WR")
_LOW = ("LOI_ON", "LOI_OFF")


@dataclass(frozen=True)
class Verb:
    """A function and the words that it takes."""

    physics: str
    ranges: tuple[float, ...]
    highest: float
    digits: tuple[int, ...]
    words: tuple[str, ...]
    wires: Wires = 2


VERBS: Mapping[str, Verb] = {
    "DCV": Verb("dc_voltage", V, 1050.0, (5, 6, 7, 8), (*_DC, *_WIRES)),
    "ACV": Verb("ac_voltage", V, 1050.0, (5, 6), (*_AC, *_WIRES, "TFER_ON", "TFER_OFF", "SPOT_ON", "SPOT_OFF")),
    "DCI": Verb("dc_current", A, 20.0, (5, 6, 7), _DC),
    "ACI": Verb("ac_current", A, 20.0, (5, 6), _AC),
    "OHMS": Verb("resistance", OHM, 2e9, (5, 6, 7, 8), (*_DC, *_WIRES, *_LOW)),
    "TRUE_OHMS": Verb("resistance", OHM[:5], 2e4, (5, 6, 7, 8), (*_DC, *_WIRES, *_LOW), wires=4),
    "HIV_OHMS": Verb("resistance", (*OHM[7:], 2e10), 2e10, (5, 6, 7, 8), (*_DC, *_WIRES, *_LOW)),
}


FIRST_WORDS = {"FILT": "FILT_OFF", "FAST": "FAST_OFF", "WR": "TWO_WR", "LOI": "LOI_OFF", "TFER": "TFER_ON",
          "SPOT": "SPOT_OFF", "CP": "ACCP"}  # fmt: skip


def family(word: str) -> str:
    """Return what a word is a choice of: FILT of FILT_ON and FILT40HZ, WR of TWO_WR, CP of ACCP."""
    if word.endswith("CP"):
        return "CP"
    if word.endswith("_WR"):
        return "WR"
    return "FILT" if word.startswith("FILT") else word.rpartition("_")[0]


def range_for(model: Verb, text: str) -> float:
    """Return the lowest range that holds a value; raise `CommandError` where none does."""
    value = abs(number_of(text))
    for range_ in model.ranges:
        if value <= range_ * (1 + 1e-9):
            return range_
    raise CommandError(BAD_VALUE, "Range is too high")


def number_of(text: str) -> float:
    """Return a number; raise `CommandError` where it is none."""
    try:
        return float(text)
    except ValueError:
        raise CommandError(SYNTAX, "Bad number or word") from None


def input_ohm(model: Verb, range_: float) -> float:
    """Return the input resistance of a range; none beside a resistance that is measured."""
    if model.physics == "resistance":
        return math.inf
    if model.physics == "dc_voltage":
        return 1e10 if range_ <= 20 else 1e7
    return 1e6
