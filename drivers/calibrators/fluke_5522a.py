"""Fluke 5520A and 5522A multi-product calibrators: DC and AC voltage and current, resistance, thermometers.

Commands: 5520A Operators Manual, chapter 6, and 5520A Programmers Reference Guide; bits of `ISR?`: 5522A Operators
Manual, figure 5-8. `OPER?` and `OUT?` as in public drivers. `ZCOMP` is unverified against the manual. `TSENS_TYPE`,
`TC_TYPE`, `TC_REF`, `RTD_TYPE`: 5500A Operator Manual, chapter 6; that they are the same here is unverified.

`LIMIT` is kept in a lasting memory, also through a reset and a power cut; the calibrator is silent for about 2 s
meanwhile (5520A Operators Manual, page 6-25).
"""

import math
from typing import ClassVar, Literal

from calib.drivers.calibrators.fluke import FlukeCalibrator
from calib.drivers.dialect import FLUKE_5500
from calib.drivers.roles import RtdType
from calib.drivers.setting import choice, switch
from calib.errors import InstrumentError, OutOfRange
from calib.physics.thermocouples import ThermocoupleType

ISR_HIGH_VOLTAGE = 1 << 7
RTD_WORDS: dict[RtdType, str] = {
    "Pt100": "PT385",
    "Pt200": "PT385_200",
    "Pt500": "PT385_500",
    "Pt1000": "PT385_1000",
}
"""The first is of the 5500A; the others are unverified against the manual, so `RTD_TYPE?` must answer the same."""


class Fluke5522A(FlukeCalibrator):
    """Source of DC and AC voltage and current, and of resistance.

    Currents come out of the AUX terminals, thermocouples out of TC, all else out of NORMAL.
    """

    models: ClassVar[tuple[str, ...]] = ("5522A", "5520A")
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

    def source_thermocouple(self, kind: ThermocoupleType, temperature_C: float, *, reference_C: float | None) -> None:
        """Put the emf of a thermocouple on the TC terminals, less that at its reference junction; then as any output.

        The junction is at `reference_C`, or where that is None at the TC terminals, whose temperature the calibrator
        measures and follows.
        """
        reference = "TC_REF INT" if reference_C is None else f"TC_REF EXT, {reference_C:.6g} CEL"
        self._source_temperature(temperature_C, "TSENS_TYPE TC", f"TC_TYPE {kind}", reference)

    def source_rtd(self, kind: RtdType, temperature_C: float, *, wires: Literal[2, 3, 4]) -> None:
        """Present the resistance of a thermometer of IEC 60751 at a temperature, at NORMAL.

        Four wires are compensated; with two the leads count, with three what they differ by.

        Raises
        ------
        InstrumentError
            The calibrator does not have that thermometer.
        """
        word = RTD_WORDS[kind]
        self.write("TSENS_TYPE RTD", f"RTD_TYPE {word}")
        told = self.query("RTD_TYPE?").strip()
        if told != word:
            msg = f"{self.who}: asked for RTD_TYPE {word}, RTD_TYPE? answers {told}"
            raise InstrumentError(msg)
        compensation = "ZCOMP WIRE4" if wires == 4 else "ZCOMP NONE"
        self._source_temperature(temperature_C, after=compensation)

    def _source_temperature(self, temperature_C: float, *before: str, after: str | None = None) -> None:
        if not math.isfinite(temperature_C):
            msg = f"{self.who}: the temperature cannot be {temperature_C:g} °C"
            raise OutOfRange(msg)
        output = f"{temperature_C:.9g} CEL"
        self.write(*before, f"OUT {output}", *([] if after is None else [after]))
        self.write("OPER")
        self._wait_until_settled(output)

    def is_operating(self) -> bool:
        """Return whether the output is on the terminals, asked of the calibrator."""
        reply = self.query("OPER?")
        if reply.strip() not in {"0", "1"}:
            raise self.unreadable("OPER?", reply, "0 or 1")
        return reply.strip() == "1"

    def has_high_voltage(self) -> bool:
        """Return whether the calibrator warns of a voltage above 33 V, programmed or on its terminals."""
        return bool(self.query_int("ISR?") & ISR_HIGH_VOLTAGE)
