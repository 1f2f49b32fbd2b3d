"""Real-time math of the 3458A (User's Guide, chapters 4 and 6: MATH, RMATH, SMATH)."""

import math
from collections.abc import Iterable

from calib.drivers.simulation.hp_3458a_settings import FIRST_MATH, REGISTERS


class Math3458A:
    """Registers, and what is done to a reading."""

    def __init__(self) -> None:
        self.registers = {name: FIRST_MATH.get(name, 0.0) for name in REGISTERS.words}
        self.begin()

    def begin(self) -> None:
        """Start anew: the first reading is the null, the statistics are empty."""
        self._first = True
        self._filtered: float | None = None
        self._squares: float | None = None
        self._sum_of_squares = 0.0

    def apply(self, value: float, operations: Iterable[str]) -> tuple[float, bool]:
        """Return what is shown for a reading, and whether it is out of the limits of PFAIL."""
        failed = False
        for operation in operations:
            value, out = self._one(value, operation)
            failed = failed or out
        self._first = False
        return value, failed

    def _one(self, value: float, operation: str) -> tuple[float, bool]:
        r = self.registers
        if operation == "NULL":
            if self._first:
                r["OFFSET"] = value
            return value - r["OFFSET"], False
        if operation == "SCALE":
            return (value - r["OFFSET"]) / r["SCALE"], False
        if operation == "PERC":
            return (value - r["PERC"]) / r["PERC"] * 100, False
        if operation == "DB":
            return 20 * math.log10(abs(value / r["REF"]) or 1e-30), False
        if operation == "DBM":
            return 10 * math.log10((value * value / r["RES"] / 1e-3) or 1e-30), False
        if operation in {"FILTER", "RMS"}:
            return self._smoothed(value, operation), False
        if operation == "STAT":
            self._count(value)
        if operation == "PFAIL":
            return value, not r["MIN"] <= value <= r["MAX"]
        return value, False

    def _smoothed(self, value: float, operation: str) -> float:
        """Return the output of the exponential filter with the time constant DEGREE, of squares for RMS."""
        x = value if operation == "FILTER" else value * value
        before = self._filtered if operation == "FILTER" else self._squares
        new = x if before is None else before + (x - before) / self.registers["DEGREE"]
        if operation == "FILTER":
            self._filtered = new
            return new
        self._squares = new
        return math.sqrt(new)

    def _count(self, value: float) -> None:
        """Welford's update of mean and sum of squares."""
        r = self.registers
        if self._first:
            r.update({"NSAMP": 0.0, "MEAN": 0.0, "UPPER": value, "LOWER": value})
        r["NSAMP"] += 1
        before = value - r["MEAN"]
        r["MEAN"] += before / r["NSAMP"]
        self._sum_of_squares += before * (value - r["MEAN"])
        r["SDEV"] = math.sqrt(self._sum_of_squares / (r["NSAMP"] - 1)) if r["NSAMP"] > 1 else 0.0
        r["UPPER"], r["LOWER"] = max(r["UPPER"], value), min(r["LOWER"], value)
