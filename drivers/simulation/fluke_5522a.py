"""The command sets of the Fluke 5520A and 5522A calibrators (5520A Operators Manual, chapter 6)."""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import Handler, table
from calib.drivers.simulation.fluke_calibrator import QUANTITIES, FlukeCalibrator, refused
from calib.drivers.simulation.fluke_commands import FLUKE_COMMON, nothing, stored, words
from calib.drivers.simulation.fluke_values import FAMILY_5500, Suffixes, amounts, word
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.source import Output, OutputTerminals, SourceFile
from calib.drivers.simulation.truth_file import Function

AUX = "aux"
WARNED_ABOVE_V = 33.0
"""HIVOLT: "programmed to a voltage above 33 Volts" (5500A Operator Manual, figure 5-11)."""
SAVING_S = 2.0
"""In which it does not respond while it saves its limits (5520A Operators Manual, page 6-25)."""
GENERIC = "generic-calibrator-33"
_FUNCTIONS: tuple[Function, ...] = ("dc_voltage", "ac_voltage", "dc_current", "ac_current", "resistance", "frequency")
_TIED = ("OPEN", "TIED")
_FUNCTION_WORDS = {
    "dc_voltage": "DCV",
    "ac_voltage": "ACV",
    "dc_current": "DCI",
    "ac_current": "ACI",
    "resistance": "RES",
}


class Calibrator5522A(FlukeCalibrator):
    """A 5520A or 5522A: voltage and resistance at NORMAL, current at AUX."""

    commands: ClassVar[Mapping[str, Handler]]
    suffixes: ClassVar[Suffixes] = FAMILY_5500
    high_V: ClassVar[float] = 33.0

    def __init__(self, identity: str, output: Output, setup: Setup) -> None:
        super().__init__(identity, output, setup)
        self.remote = False
        self._preset()

    def reset(self, _: str = "") -> None:
        """`*RST`, and power-on."""
        super().reset()
        self._preset()

    def set_limit(self, arguments: str) -> None:
        """`LIMIT`: silent while it saves."""
        super().set_limit(arguments)
        self.clock.sleep(SAVING_S)

    def changed_output(self, *, same: bool) -> None:
        """Forget the compensation of the resistance output once there is another quantity."""
        if not same:
            self.compensation = "NONE"

    def compensate(self, arguments: str) -> None:
        """`ZCOMP NONE|WIRE2|WIRE4`: of the resistance output."""
        wanted = word(arguments, ("NONE", "WIRE2", "WIRE4"))
        if wanted != "NONE" and self.output.now.setpoint.function != "resistance":
            raise refused(539)
        self.compensation = wanted

    def set_offset(self, arguments: str) -> None:
        """`DC_OFFSET 0 V`: no other is simulated."""
        if [(a.value, a.unit) for a in amounts(arguments, self.suffixes)] != [(0.0, "V")]:
            raise refused(540)

    def go_remote(self, _: str) -> None:
        """`REMOTE`."""
        self.remote = True

    def go_local(self, _: str) -> None:
        """`LOCAL`."""
        self.remote = False

    def instrument_status(self) -> int:
        """Return `ISR?`: bit 7 high voltage programmed, bit 11 remote."""
        high = abs(self.output.now.setpoint_V) > WARNED_ABOVE_V
        return super().instrument_status() | high << 7 | self.remote << 11

    def is_operating(self, _: str) -> str:
        """`OPER?`."""
        return "1" if self.output.now.operating else "0"

    def read_output(self, _: str) -> str:
        """`OUT?`: value and unit of the first and second output, and the frequency."""
        now = self.output.now.setpoint
        return f"{now.value:.6E},{QUANTITIES[now.function]},0E+00,0,{now.frequency_Hz:.2E}"

    def read_function(self, _: str) -> str:
        """`FUNC?`."""
        return _FUNCTION_WORDS[self.output.now.setpoint.function]

    def _preset(self) -> None:
        self.earth = self.lows = "TIED"
        self.compensation = "NONE"
        self.inductive = "OFF"


Calibrator5522A.commands = table(
    {
        **FLUKE_COMMON,
        "*OPT?": lambda _unit, _: "0",
        "OUT?": Calibrator5522A.read_output,
        "OPER?": Calibrator5522A.is_operating,
        "FUNC?": Calibrator5522A.read_function,
        "ERR?": Calibrator5522A.read_error,
        "EARTH": words("earth", _TIED),
        "EARTH?": stored("earth"),
        "LOWS": words("lows", _TIED),
        "LOWS?": stored("lows"),
        "LCOMP": words("inductive", ("ON", "OFF")),
        "LCOMP?": stored("inductive"),
        "ZCOMP": Calibrator5522A.compensate,
        "ZCOMP?": stored("compensation"),
        "DC_OFFSET": Calibrator5522A.set_offset,
        "DC_OFFSET?": lambda _unit, _: "0.000000E+00",
        "REMOTE": Calibrator5522A.go_remote,
        "LOCAL": Calibrator5522A.go_local,
        "LOCKOUT": nothing,
    }
)


class CalibratorFile(UnitFile):
    """A calibrator."""

    output: SourceFile = SourceFile()


def output_of(file: CalibratorFile, setup: Setup) -> Output:
    """Return the output of a calibrator, with the functions that its laws have."""
    ranges = {function: setup.laws.ranges(function) for function in _FUNCTIONS}
    return Output(file.output, setup.laws, ranges, setup.clock, setup.environment)


def _kind(identity: str) -> InstrumentKind:
    """Return a kind whose answer to `*IDN?` holds `{serial}`."""

    def make(file: CalibratorFile, setup: Setup) -> Twin:
        output = output_of(file, setup)
        device = Calibrator5522A(identity.format(serial=file.serial_number), output, setup)
        return Twin(device, outputs={name: OutputTerminals(output, name) for name in (MAIN, AUX)})

    return InstrumentKind(make, CalibratorFile, generic=GENERIC, outputs=(MAIN, AUX))


FLUKE_5522A = _kind("FLUKE,5522A,{serial},3.0+2.0+1.9*")
FLUKE_5520A = _kind("FLUKE,5520A,{serial},3.0+2.0+1.9*")
