"""Fluke 5520A and 5522A multi-product calibrators: DC and AC voltage and current, resistance.

Commands: 5520A Operators Manual, chapter 6, and 5520A Programmers Reference Guide; bits of `ISR?`: 5522A Operators
Manual, figure 5-8. `OPER?` and `OUT?` as in public drivers. `ZCOMP` is unverified against the manual.

`LIMIT` is kept in a lasting memory, also through a reset and a power cut; the calibrator is silent for about 2 s
meanwhile (5520A Operators Manual, page 6-25).
"""

from typing import ClassVar, Literal

from calib.drivers.calibrators.fluke import FlukeCalibrator
from calib.drivers.dialect import FLUKE_5500
from calib.drivers.setting import choice, switch

ISR_HIGH_VOLTAGE = 1 << 7


class Fluke5522A(FlukeCalibrator):
    """Source of DC and AC voltage and current, and of resistance.

    Currents come out of the AUX terminals, all else out of NORMAL.
    """

    models = ("5522A", "5520A")
    dialect = FLUKE_5500
    largest_V: ClassVar[float] = 1020.0
    largest_A: ClassVar[float] = 20.5

    earth = choice("EARTH", ("OPEN", "TIED"), doc="Whether the shell of NORMAL LO is tied to the mains earth.")
    lows = choice("LOWS", ("OPEN", "TIED"), doc="Whether NORMAL LO and AUX LO are tied together.")
    inductive_compensation = switch("LCOMP", doc="True: the current output is kept stable into inductive loads.")
    lead_compensation = choice(
        "ZCOMP", ("NONE", "WIRE2", "WIRE4"), doc="Which lead resistance the resistance output compensates."
    )

    def source_resistance(self, resistance_ohm: float, *, wires: Literal[2, 4]) -> float:
        """Present a resistance at the ends of two leads or of four; return its value in ohms.

        With 2 wires the leads count. `lead_compensation` may be set to `WIRE2` after it.
        """
        output = self._ohms(resistance_ohm)
        self.write(f"OUT {output}", "ZCOMP WIRE4" if wires == 4 else "ZCOMP NONE")
        self.write("OPER")
        self._wait_until_settled(output)
        return self._first_field("OUT?", "value, unit and more")

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the calibrator."""
        reply = self.query("OPER?")
        if reply.strip() not in {"0", "1"}:
            raise self.unreadable("OPER?", reply, "0 or 1")
        return reply.strip() == "1"

    def has_high_voltage(self) -> bool:
        """Return whether the calibrator warns of a voltage above 33 V, programmed or on its terminals."""
        return bool(self.query_int("ISR?") & ISR_HIGH_VOLTAGE)
