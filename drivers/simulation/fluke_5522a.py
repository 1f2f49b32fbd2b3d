"""The command set of a Fluke 5522A calibrator, DC voltage; bits of ISR? from the 5500A manual, figure 5-11.

The high-voltage threshold, and codes and texts of the errors, are the simulation's own.
"""

import re
from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.source import ZERO, Output, OutputTerminals, Setpoint, SourceFile

HIGH_VOLTAGE_V = 33.0
"""From here on the calibrator does not go up while operating: it drops to standby, and OPER must follow."""
LARGEST_V = 1020.0

_AMPLITUDE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*([NUMK]?)V$")
_FREQUENCY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*([MK]?)HZ$")
_PREFIX = {"N": 1e-9, "U": 1e-6, "M": 1e-3, "": 1.0, "K": 1e3}


class Calibrator5522A(CommandSet):
    """A 5522A."""

    undefined = (1301, "Unknown command")
    overflow = (1, "Error queue overflow")
    error_queue_bit = 0
    commands: ClassVar[Mapping[str, Handler]]

    def __init__(self, serial_number: str, output: Output) -> None:
        super().__init__()
        self.output = output
        self.identity = f"FLUKE,5522A,{serial_number},3.0+2.0+1.9*"
        self.highest_V, self.lowest_V = LARGEST_V, -LARGEST_V

    def status_bit(self, code: int) -> int:
        """Return the bit of `*ESR?`: command error for 1300 and following, else execution error."""
        return 32 if code >= 1300 else 16

    def reset(self, _: str = "") -> None:
        """`*RST`: 0 V in standby, widest limits."""
        self.output.change(operating=False, setpoint=ZERO)
        self.highest_V, self.lowest_V = LARGEST_V, -LARGEST_V

    def operate(self, _: str) -> None:
        """`OPER`."""
        self.output.change(operating=True, setpoint=self.output.now.setpoint)

    def standby(self, _: str) -> None:
        """`STBY`."""
        self.output.change(operating=False, setpoint=self.output.now.setpoint)

    def set_output(self, arguments: str) -> None:
        """`OUT 10 V, 0 HZ`: in standby it energises nothing; going above the threshold drops to standby."""
        amplitude, *rest = (part.strip() for part in arguments.upper().split(","))
        setpoint_V = _volts(amplitude)
        if len(rest) > 1:
            raise CommandError(1302, "Bad parameter count")
        if rest and _hertz(rest[0]) != 0:
            raise CommandError(540, "Only DC voltage is simulated")
        if abs(setpoint_V) > LARGEST_V:
            raise CommandError(520, "Entry is above maximum")
        if not self.lowest_V <= setpoint_V <= self.highest_V:
            raise CommandError(521, "Entry exceeds limits")
        now = self.output.now
        upwards = abs(setpoint_V) >= HIGH_VOLTAGE_V > abs(now.setpoint_V)
        setpoint = Setpoint("dc_voltage", setpoint_V)
        self.output.change(operating=now.operating and not upwards, setpoint=setpoint)

    def set_limit(self, arguments: str) -> None:
        """`LIMIT 15 V, -15 V`: highest and lowest output; must hold zero and the present setpoint."""
        parts = [part.strip() for part in arguments.upper().split(",")]
        if len(parts) != 2:
            raise CommandError(1302, "Bad parameter count")
        highest_V, lowest_V = _volts(parts[0]), _volts(parts[1])
        if not (0 <= highest_V <= LARGEST_V and -LARGEST_V <= lowest_V <= 0):
            raise CommandError(522, "Limit is out of range")
        if not lowest_V <= self.output.now.setpoint_V <= highest_V:
            raise CommandError(523, "Present output exceeds the limit")
        self.highest_V, self.lowest_V = highest_V, lowest_V

    def status(self, _: str) -> str:
        """`ISR?`: bit 0 operating, bit 7 high voltage, bit 12 settled."""
        now = self.output.now
        high = abs(now.setpoint_V) >= HIGH_VOLTAGE_V
        return str(now.operating | high << 7 | self.output.settled() << 12)

    def read_error(self, _: str) -> str:
        """`ERR?`: takes the oldest error out of the queue."""
        code, text = self.errors.popleft() if self.errors else (0, "No Error")
        return f'{code},"{text}"'

    def read_fault(self, _: str) -> str:
        """`FAULT?`: the code alone."""
        return self.read_error("").partition(",")[0]

    def is_operating(self, _: str) -> str:
        """`OPER?`."""
        return "1" if self.output.now.operating else "0"

    def read_output(self, _: str) -> str:
        """`OUT?`: value and unit of the first and second output, and the frequency."""
        return f"{self.output.now.setpoint_V:.6E},V,0E+00,0,0.00E+00"

    def read_limit(self, _: str) -> str:
        """`LIMIT?`: highest and lowest voltage, highest and lowest current."""
        return f"{self.highest_V:.4f},{self.lowest_V:.4f},20.5000000,-20.5000000"


def _volts(text: str) -> float:
    match = _AMPLITUDE.match(text)
    if match is None:
        raise CommandError(1306, "Bad parameter value")
    return float(match[1]) * _PREFIX[match[2]]


def _hertz(text: str) -> float:
    match = _FREQUENCY.match(text)
    if match is None:
        raise CommandError(1306, "Bad parameter value")
    return float(match[1]) * {"": 1.0, "K": 1e3, "M": 1e6}[match[2]]


Calibrator5522A.commands = table(
    {
        **COMMON,
        "*OPT?": lambda _unit, _: "0",
        "OUT": Calibrator5522A.set_output,
        "OUT?": Calibrator5522A.read_output,
        "OPER": Calibrator5522A.operate,
        "OPER?": Calibrator5522A.is_operating,
        "STBY": Calibrator5522A.standby,
        "ISR?": Calibrator5522A.status,
        "ERR?": Calibrator5522A.read_error,
        "FAULT?": Calibrator5522A.read_fault,
        "LIMIT": Calibrator5522A.set_limit,
        "LIMIT?": Calibrator5522A.read_limit,
        "FUNC?": lambda _unit, _: "DCV",
        "REMOTE": lambda _unit, _: None,
        "LOCAL": lambda _unit, _: None,
    }
)


class CalibratorFile(UnitFile):
    """A calibrator."""

    output: SourceFile = SourceFile()


def _calibrator(file: CalibratorFile, setup: Setup) -> Twin:
    ranges_V = setup.laws.ranges("dc_voltage")
    output = Output(file.output, setup.laws, {"dc_voltage": ranges_V}, setup.clock, setup.environment)
    return Twin(Calibrator5522A(file.serial_number, output), outputs={MAIN: OutputTerminals(output, MAIN)})


FLUKE_5522A = InstrumentKind(_calibrator, CalibratorFile, outputs=(MAIN,))
