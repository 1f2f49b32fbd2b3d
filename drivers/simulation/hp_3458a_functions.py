"""Functions and ranges of the 3458A, and its output formats (User's Guide, chapter 6: RANGE, OFORMAT, ISCALE?)."""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from calib.drivers.simulation.terminals import Wires

OVERLOAD = 1e38


@dataclass(frozen=True)
class Function:
    """One function."""

    number: int
    physics: str
    ranges: tuple[float, ...]
    highest: float
    """Largest indication of the highest range; the others hold 120 %."""
    timing: Literal["integration", "detector", "gate", "sampled"] = "integration"
    wires: Wires = 2
    floating: bool = True
    """Whether it can find its range itself."""

    def range_for(self, largest: float) -> float | None:
        """Return the lowest range that holds a value, None where none does."""
        for range_ in self.ranges:
            if largest <= (self.highest if range_ == self.ranges[-1] else 1.2 * range_) * (1 + 1e-9):
                return range_
        return None

    def limit(self, range_: float) -> float:
        """Return the largest indication of a range: none of a frequency, whose range is one of voltage."""
        return self.highest if range_ == self.ranges[-1] or self.timing == "gate" else 1.2 * range_


_DC_V = (0.1, 1.0, 10.0, 100.0, 1000.0)
_AC_V = (0.01, *_DC_V)
_AC_A = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
_DC_A = (1e-7, 1e-6, 1e-5, *_AC_A)
_OHM = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)

FUNCTIONS: Mapping[str, Function] = {
    "DCV": Function(1, "dc_voltage", _DC_V, 1050.0),
    "ACV": Function(2, "ac_voltage", _AC_V, 1050.0, "detector"),
    "ACDCV": Function(3, "acdc_voltage", _AC_V, 1050.0, "detector"),
    "OHM": Function(4, "resistance", _OHM, 1.2e9),
    "OHMF": Function(5, "resistance", _OHM, 1.2e9, wires=4),
    "DCI": Function(6, "dc_current", _DC_A, 1.05),
    "ACI": Function(7, "ac_current", _AC_A, 1.05, "detector"),
    "ACDCI": Function(8, "acdc_current", _AC_A, 1.05, "detector"),
    "FREQ": Function(9, "frequency", _AC_V, math.inf, "gate"),
    "PER": Function(10, "frequency", _AC_V, math.inf, "gate"),
    "DSAC": Function(11, "sampled_ac", _AC_V, 1050.0, "sampled", floating=False),
    "DSDC": Function(12, "sampled", _AC_V, 1050.0, "sampled", floating=False),
    "SSAC": Function(13, "sampled_ac", _AC_V, 1050.0, "sampled", floating=False),
    "SSDC": Function(14, "sampled", _AC_V, 1050.0, "sampled", floating=False),
}
TESTS_A: Mapping[float, float] = {
    100.0: 1e-2, 1e3: 1e-3, 1e4: 1e-4, 1e5: 5e-5, 1e6: 5e-6, 1e9: 5e-7,
}  # fmt: skip
"""Test currents by range: the simulation's own."""
SHUNTS_OHM: Mapping[float, float] = {1e-6: 5e5, 1e-5: 5e4, 1e-4: 730.0, 1e-3: 100.0, 1e-2: 10.0, 0.1: 1.0, 1.0: 0.1}
"""Burdens by range: the simulation's own."""
GATES_S: Mapping[float, float] = {0.00001: 1.0, 0.0001: 0.1, 0.001: 0.01, 0.01: 0.001, 0.1: 0.0001}
"""Gate time by the resolution in per cent (RES)."""

_PACKED = {"SINT": (">h", 32767, -32768), "DINT": (">i", 2147483647, -2147483648)}


def scale_of(format_: str, limit: float) -> float:
    """Return the factor between an integer format and the reading: full scale is one less than the overload code."""
    return limit / (_PACKED[format_][1] - 1) if format_ in _PACKED and math.isfinite(limit) else 1.0


def formatted(value: float, format_: str, limit: float) -> bytes:
    """Return one reading as it is put out, without a terminator; an overload has its own code in each format."""
    if format_ in _PACKED:
        code, most, least = _PACKED[format_]
        count = (most if value > 0 else least) if abs(value) >= OVERLOAD else round(value / scale_of(format_, limit))
        return struct.pack(code, max(least, min(most, count)))
    if format_ in {"SREAL", "DREAL"}:
        return struct.pack(">f" if format_ == "SREAL" else ">d", value)
    return f"{value: .8E}".encode("ascii")
