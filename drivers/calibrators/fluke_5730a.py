"""Fluke 5720A and 5730A multifunction calibrators: DC and AC voltage and current, resistance.

Commands: 5700A/5720A Series II Operators Manual, chapter 5; the bits of `ISR?`, `ADJOUT?`, `CUR_POST` and `RCOMP` as
public drivers use them. **`LIMIT` and `LIMIT?` are unverified against the manual**: nothing else sets a limit of the
calibrator's own, so after setting it the driver reads it back, and raises where it is not as asked.

The input buffer holds 128 bytes; no message here is longer.
"""

from typing import ClassVar, Literal

from calib.drivers.calibrators.fluke import FlukeCalibrator
from calib.drivers.dialect import FLUKE_5700
from calib.drivers.setting import Setting, choice
from calib.errors import InstrumentError, OutOfRange

INPUT_BUFFER = 128
TWO_WIRES_ONLY_OHM = 25e6
"""Above it there is only the 100 MΩ resistor, which has no sense terminals."""
LIMIT_TOLERANCE = 1e-3
"""Relative; the answer to `LIMIT?` is rounded."""


def _shown(command: str, bit: int, *, doc: str) -> Setting[bool]:
    """Declare something that is on or off, and that a bit of `ISR?` shows."""
    return Setting(
        command,
        unit="",
        doc=doc,
        spell=lambda on: "ON" if on else "OFF",
        parse=lambda reply: bool(int(reply) >> bit & 1),
        refuse=lambda value: None if isinstance(value, bool) else "True, False",
        query="ISR?",
    )


class Fluke5730A(FlukeCalibrator):
    """Source of DC and AC voltage and current, and of fixed resistances."""

    models = ("5730A", "5720A", "5700A")
    dialect = FLUKE_5700
    largest_V: ClassVar[float] = 1100.0
    largest_A: ClassVar[float] = float("inf")

    external_guard = _shown("EXTGUARD", 1, doc="True: the guard is not tied to LO inside.")
    external_sense = _shown("EXTSENSE", 2, doc="True: the sense terminals are used.")
    lead_compensation = _shown("RCOMP", 4, doc="True: two-wire lead compensation of the resistances up to 19 kΩ.")
    range_locked = _shown("RANGELCK", 5, doc="True: the range stays, also for smaller outputs and through zero.")
    current_terminals = choice("CUR_POST", ("NORMAL", "AUX", "IB5725"), doc="Where currents come out.")

    def source_resistance(self, resistance_ohm: float, *, wires: Literal[2, 4]) -> float:
        """Present the nearest of the stored resistances; return its stored value in ohms, not the nominal one.

        Raises
        ------
        OutOfRange
            Four wires, of the resistor that has no sense terminals.
        """
        output = self._ohms(resistance_ohm)
        if wires == 4 and resistance_ohm > TWO_WIRES_ONLY_OHM:
            msg = f"{self.who}: {resistance_ohm:g} ohm has no sense terminals; allowed: two wires"
            raise OutOfRange(msg)
        self.write(f"OUT {output}")  # before EXTSENSE, which not every resistor has
        self.write("EXTSENSE ON" if wires == 4 else "EXTSENSE OFF", "OPER")
        self._wait_until_settled(output)
        return self._first_field("ADJOUT?", "value, unit, frequency")

    def _limit(self, maximum: float, unit: str, largest: float) -> None:
        """Set the limit, and make sure that the calibrator has it."""
        super()._limit(maximum, unit, largest)
        limits = self._limits()
        high, low = limits[:2] if unit == "V" else limits[2:]
        if max(abs(high - maximum), abs(low + maximum)) > LIMIT_TOLERANCE * maximum:
            msg = f"{self.who}: asked for a limit of ±{maximum:g} {unit}, LIMIT? answers {high:g} and {low:g}"
            raise InstrumentError(msg)
