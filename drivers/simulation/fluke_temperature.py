"""Temperature outputs of the simulated 5520A and 5522A: thermocouples at the TC terminals, RTDs as a resistance.

5500A Operator Manual, chapter 6: `TSENS_TYPE` (page 6-43: a change resets the temperature to 0 °C), `TC_TYPE`,
`TC_REF`, `RTD_TYPE`; that a 552xA has the same is unverified, and so are its RTDs of more than 100 Ω. That a change of
TC_TYPE or RTD_TYPE resets the temperature too is assumed.
"""

from collections.abc import Callable
from typing import get_args

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.fluke_values import BAD_VALUE, Suffixes, amounts, word
from calib.drivers.simulation.source import Setpoint
from calib.errors import OutOfRange
from calib.physics import platinum, thermocouples
from calib.physics.thermocouples import ThermocoupleType

TC_TYPES: tuple[str, ...] = get_args(ThermocoupleType)
RTD_OHM = {"PT385": 100.0, "PT385_200": 200.0, "PT385_500": 500.0, "PT385_1000": 1000.0}
"""Resistance at 0 °C of what follows IEC 60751; the others of the manual are not simulated."""
CEL: Suffixes = {"CEL": ("CEL", 1.0)}


class TemperatureOutput:
    """Which sensor a temperature stands for."""

    def __init__(self, junction_C: Callable[[], float], changed: Callable[[], None]) -> None:
        self._junction_C = junction_C
        self._changed = changed
        self.preset()

    def preset(self) -> None:
        """Be as after `*RST`."""
        self.sensor, self.rtd_type = "TC", "PT385"
        self.tc_type: ThermocoupleType = "K"
        self.external_C: float | None = None
        """Temperature of the outer reference junction; None for that of the terminals, by the inner sensor."""

    def setpoint(self, temperature_C: float) -> Setpoint:
        """Return what a temperature is in volts or ohms; raise `CommandError` where the sensor has none."""
        try:
            if self.sensor == "RTD":
                ohm = platinum.resistance_ohm(temperature_C, RTD_OHM[self.rtd_type])
                return Setpoint("resistance", ohm, temperature_C=temperature_C)
            volts = self._emf_V(temperature_C)
        except OutOfRange:
            raise CommandError(520, "Entry is above maximum") from None
        return Setpoint("thermocouple", volts, temperature_C=temperature_C, less=self._reference_V)

    def reference_C(self) -> float:
        """Return the temperature that counts as that of the reference junction."""
        return self._junction_C() if self.external_C is None else self.external_C

    def set_sensor(self, arguments: str) -> None:
        """`TSENS_TYPE TC|RTD`."""
        self._change("sensor", word(arguments, ("TC", "RTD")))

    def set_tc_type(self, arguments: str) -> None:
        """`TC_TYPE K`."""
        self._change("tc_type", word(arguments, TC_TYPES))

    def set_rtd_type(self, arguments: str) -> None:
        """`RTD_TYPE PT385`."""
        self._change("rtd_type", word(arguments, tuple(RTD_OHM)))

    def set_reference(self, arguments: str) -> None:
        """`TC_REF INT`, `TC_REF EXT, 25.6 CEL`."""
        which, _, temperature = arguments.upper().partition(",")
        if word(which, ("INT", "EXT")) == "INT":
            if temperature:
                raise CommandError(*BAD_VALUE)
            self.external_C = None
        else:
            self.external_C = amounts(temperature, CEL)[0].value

    def show_reference(self) -> str:
        """`TC_REF?`: which, and its temperature."""
        return f"{'INT' if self.external_C is None else 'EXT'},{self.reference_C():.3E},CEL"

    def _change(self, name: str, wanted: str) -> None:
        if getattr(self, name) != wanted:
            setattr(self, name, wanted)
            self._changed()

    def _reference_V(self) -> float:
        return self._emf_V(self.reference_C())

    def _emf_V(self, temperature_C: float) -> float:
        return thermocouples.emf_V(self.tc_type, temperature_C)
