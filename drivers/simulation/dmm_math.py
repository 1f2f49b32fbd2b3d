"""Math of a SCPI multimeter: null, dB, dBm, minimum-maximum, limits (34401A User's Guide, chapter 3)."""

import math

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.dmm_function import FunctionState
from calib.drivers.simulation.scpi_values import is_on, next_of, number, scientific, within, word_of

WORDS = ("NULL", "DB", "DBM", "AVERage", "LIMit")
IMPEDANCES_OHM = (50.0, 75.0, 93.0, 110.0, 124.0, 125.0, 135.0, 150.0, 250.0, 300.0, 500.0, 600.0, 800.0, 900.0,
                  1000.0, 1200.0, 8000.0)  # fmt: skip


class Math:
    """What is done to a reading before it is shown."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Be as after `*RST`: off."""
        self.word, self.on = "NULL", False
        self.offset: float | None = None
        self.db_reference: float | None = None
        self.impedance_ohm = 600.0
        self.lower, self.upper = 0.0, 0.0
        self.begin()

    def begin(self) -> None:
        """Forget the statistics."""
        self.least, self.most, self.total, self.number = math.inf, -math.inf, 0.0, 0
        self.failed = 0

    def set_word(self, arguments: str) -> None:
        """`CALC:FUNC`."""
        self.word = word_of(arguments, WORDS)
        self.begin()

    def set_on(self, arguments: str) -> None:
        """`CALC:STAT`."""
        self.on = is_on(arguments)
        self.offset = self.db_reference = None
        self.begin()

    def apply(self, value: float, state: FunctionState) -> float:
        """Return what is shown for a reading."""
        if not self.on or state.model.word in {"CONT", "DIOD"}:
            return value
        if self.word == "NULL":
            self.offset = value if self.offset is None else self.offset
            return value - self.offset
        if self.word in {"DB", "DBM"}:
            return self._logarithmic(value, state)
        self.least, self.most = min(self.least, value), max(self.most, value)
        self.total, self.number = self.total + value, self.number + 1
        if self.word == "LIM" and not self.lower <= value <= self.upper:
            self.failed |= 2048 if value < self.lower else 4096
        return value

    def _logarithmic(self, value: float, state: FunctionState) -> float:
        if not state.model.word.startswith("VOLT") or not value:
            return value
        level = 10 * math.log10(value * value / self.impedance_ohm / 1e-3)
        if self.word == "DBM":
            return level
        self.db_reference = level if self.db_reference is None else self.db_reference
        return level - self.db_reference

    def set_offset(self, arguments: str) -> None:
        """`CALC:NULL:OFFS`: only while math is on."""
        value = number(arguments, {"MIN": -1.2e8, "MAX": 1.2e8})
        if not self.on:
            raise CommandError(-221, "Settings conflict")
        self.offset = value

    def set_db_reference(self, arguments: str) -> None:
        """`CALC:DB:REF` in dBm: only while math is on."""
        value = within(arguments, -200.0, 200.0)
        if not self.on:
            raise CommandError(-221, "Settings conflict")
        self.db_reference = value

    def set_impedance(self, arguments: str) -> None:
        """`CALC:DBM:REF` in ohms."""
        self.impedance_ohm = next_of(IMPEDANCES_OHM, within(arguments, 50.0, 8000.0, default=600.0, unit="OHM"))

    def set_lower(self, arguments: str) -> None:
        """`CALC:LIM:LOW`."""
        self.lower = number(arguments, {"MIN": -1.2e8, "MAX": 1.2e8})

    def set_upper(self, arguments: str) -> None:
        """`CALC:LIM:UPP`."""
        self.upper = number(arguments, {"MIN": -1.2e8, "MAX": 1.2e8})

    def minimum(self) -> str:
        """Return the least reading since math was switched on; 0 when there is none."""
        return scientific(self.least if self.number else 0.0)

    def maximum(self) -> str:
        """Return the largest reading."""
        return scientific(self.most if self.number else 0.0)

    def average(self) -> str:
        """Return the mean of the readings."""
        return scientific(self.total / self.number if self.number else 0.0)
