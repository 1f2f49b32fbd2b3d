"""The command sets of the Fluke 5720A and 5730A calibrators (5700A/5720A Series II Operators Manual, chapter 5).

Bits of `ISR?`, `ADJOUT?`, `UNCERT?` and `CUR_POST` as public drivers use them. No accuracy of these models could be
cited, so a unit has the specification that its bench file names, or a generic one; `UNCERT?` answers from it.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from calib.drivers.simulation.command_set import Handler, table
from calib.drivers.simulation.fluke_5522a import CalibratorFile, output_of
from calib.drivers.simulation.fluke_calibrator import QUANTITIES, FlukeCalibrator, refused
from calib.drivers.simulation.fluke_commands import FLUKE_COMMON, nothing, stored, words
from calib.drivers.simulation.fluke_values import FAMILY_5700, Amount, Suffixes, word
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.source import Output, OutputTerminals, Setpoint
from calib.drivers.simulation.truth_file import Function

AUX = "aux"
GENERIC = "generic-calibrator-22"
COMPENSATED_UP_TO_OHM = 19e3
TWO_WIRES_ABOVE_OHM = 25e6
_SWITCHES = {"EXTGUARD": 1, "EXTSENSE": 2, "RCOMP": 4, "RANGELCK": 5, "PHASELCK": 7}
"""Bit of `ISR?` by command."""


class StandardsFile(CalibratorFile):
    """A calibrator with stored resistances."""

    resistance_spread: Annotated[float, Field(ge=0)] = 1e-4
    """Half-width, relative, within which each resistor's stored value lies from its nominal one."""


class Calibrator5730A(FlukeCalibrator):
    """A 5720A or 5730A."""

    commands: ClassVar[Mapping[str, Handler]]
    suffixes: ClassVar[Suffixes] = FAMILY_5700
    high_V: ClassVar[float] = 22.0

    def __init__(self, identity: str, output: Output, setup: Setup, stored_ohm: Mapping[float, float]) -> None:
        super().__init__(identity, output, setup)
        self._stored_ohm = stored_ohm
        self._on_since_s = setup.clock.elapsed()
        self._preset()

    def reset(self, _: str = "") -> None:
        """`*RST`, and power-on."""
        super().reset()
        self._preset()

    def power_on(self) -> None:
        """Be as after switching off and on again."""
        super().power_on()
        self._on_since_s = self.clock.elapsed()

    def full_scale(self, function: Function, value: float) -> float:
        """Return the range: a locked one stays, and refuses what is above it."""
        now = self.output.now
        if not (self.is_on("RANGELCK") and now.setpoint.function == function):
            return super().full_scale(function, value)
        if abs(value) > now.range * (1 + 1e-9):
            raise refused(520)
        return now.range

    def setpoint_of(self, amplitude: Amount, hertz: float) -> tuple[Setpoint, float]:
        """Return what is programmed: of resistances the stored value of the nearest resistor."""
        if amplitude.unit != "OHM":
            return super().setpoint_of(amplitude, hertz)
        if hertz or not self._stored_ohm:
            raise refused(540)
        if amplitude.value < 0:
            raise refused(519)
        nominal_ohm = min(self._stored_ohm, key=lambda nominal: abs(nominal - amplitude.value))
        full_scale = max(nominal_ohm, self.laws.ranges("resistance")[0])
        return Setpoint("resistance", self._stored_ohm[nominal_ohm]), full_scale

    def changed_output(self, *, same: bool) -> None:
        """Switch off what the new output does not have."""
        for command in ("EXTSENSE", "RCOMP"):
            if self.is_on(command) and self._refuses(command):
                self._on.discard(command)
        if not same:
            self._on.discard("RANGELCK")

    def switch(self, command: str, arguments: str) -> None:
        """`EXTSENSE ON` and the like."""
        wanted = word(arguments, ("ON", "OFF")) == "ON"
        if wanted and self._refuses(command):
            raise refused(539)
        (self._on.add if wanted else self._on.discard)(command)

    def is_on(self, command: str) -> bool:
        """Return whether a switch is on."""
        return command in self._on

    def boost(self, arguments: str) -> None:
        """`BOOST OFF`: there is no amplifier that could be switched on."""
        if word(arguments, ("ON", "OFF")) == "ON":
            raise refused(540)

    def set_posts(self, arguments: str) -> None:
        """`CUR_POST NORMAL|AUX|IB5725`: where currents come out; there is no amplifier. Not while a current is on."""
        wanted = word(arguments, ("NORMAL", "AUX", "IB5725"))
        now = self.output.now
        if wanted == "IB5725" or (now.operating and QUANTITIES[now.setpoint.function] == "A" and wanted != self.posts):
            raise refused(540)
        self._post(wanted)

    def instrument_status(self) -> int:
        """Return `ISR?`: bit 11 remote, and the switches."""
        switches = sum(1 << bit for command, bit in _SWITCHES.items() if self.is_on(command))
        return super().instrument_status() | switches | 1 << 11

    def read_output(self, _: str) -> str:
        """`OUT?`, `ADJOUT?`: value, unit, frequency; of a resistor its stored value."""
        now = self.output.now.setpoint
        return f"{now.value:.8E},{QUANTITIES[now.function]},{now.frequency_Hz:.6E}"

    def read_range(self, _: str) -> str:
        """`RANGE?`: upper value of the range."""
        now = self.output.now
        return f"{now.range:.6E},{QUANTITIES[now.setpoint.function]}"

    def read_uncertainty(self, _: str) -> str:
        """`UNCERT?`: of the present output, by the unit's specification; relative, or in its unit of a zero."""
        now = self.output.now
        setpoint = now.setpoint
        limit = self.laws.limit(setpoint.function, setpoint.value, now.range, setpoint.frequency_Hz)
        if limit is None:
            raise refused(540)
        if setpoint.value == 0:
            return f"{limit:.4E},{QUANTITIES[setpoint.function]}"
        return f"{limit / abs(setpoint.value) * 1e6:.4E},PPM"

    def read_on_time(self, _: str) -> str:
        """`ONTIME?`: minutes since it was switched on."""
        return str(int((self.clock.elapsed() - self._on_since_s) / 60))

    def _refuses(self, command: str) -> bool:
        setpoint = self.output.now.setpoint
        ohms = setpoint.function == "resistance"
        if command == "RCOMP":
            return not ohms or setpoint.value > COMPENSATED_UP_TO_OHM * 1.01
        return command == "EXTSENSE" and ohms and setpoint.value > TWO_WIRES_ABOVE_OHM

    def _preset(self) -> None:
        self._on: set[str] = set()
        self.transfer = "OFF"
        self.confidence = "CONF99"
        self._post("AUX")

    def _post(self, posts: str) -> None:
        self.posts = posts
        self.output.current_terminals = AUX if posts == "AUX" else MAIN


def _switch(command: str) -> Handler:
    return lambda unit, arguments: unit.switch(command, arguments)


Calibrator5730A.commands = table(
    {
        **FLUKE_COMMON,
        "*OPT?": lambda _unit, _: '"0"',
        "OUT?": Calibrator5730A.read_output,
        "ADJOUT?": Calibrator5730A.read_output,
        "UNCERT?": Calibrator5730A.read_uncertainty,
        "RANGE?": Calibrator5730A.read_range,
        **{command: _switch(command) for command in _SWITCHES},
        "BOOST": Calibrator5730A.boost,
        "XFER": words("transfer", ("ON", "OFF")),
        "CUR_POST": Calibrator5730A.set_posts,
        "CUR_POST?": stored("posts"),
        "CAL_INTV": nothing,
        "CAL_CONF": words("confidence", ("CONF95", "CONF99")),
        "CAL_CONF?": stored("confidence"),
        "ONTIME?": Calibrator5730A.read_on_time,
        "REMOTE": nothing,
        "LOCAL": nothing,
        "LOCKOUT": nothing,
    }
)


def _kind(identity: str) -> InstrumentKind:
    """Return a kind whose answer to `*IDN?` holds `{serial}`."""

    def make(file: StandardsFile, setup: Setup) -> Twin:
        output = output_of(file, setup)
        rng = setup.rng("stored resistances")
        nominal_ohm = (0.0, *setup.laws.ranges("resistance"))
        stored_ohm = {r: r * (1 + file.resistance_spread * float(rng.uniform(-1, 1))) for r in nominal_ohm}
        device = Calibrator5730A(identity.format(serial=file.serial_number), output, setup, stored_ohm)
        return Twin(device, outputs={name: OutputTerminals(output, name) for name in (MAIN, AUX)})

    return InstrumentKind(make, StandardsFile, generic=GENERIC, outputs=(MAIN, AUX))


FLUKE_5730A = _kind("FLUKE,5730A,{serial},1.0+A+A+*")
FLUKE_5720A = _kind("FLUKE,5720A,{serial},1.0+A+A+*")
