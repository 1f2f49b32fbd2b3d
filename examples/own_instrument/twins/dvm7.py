"""Twin of the laboratory's own DVM7 voltmeter."""

from calib.drivers.simulation.command_set import CommandSet, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.terminals import UNCONNECTED


class DVM7Twin(CommandSet):
    """DC voltmeter: 10 MΩ, 20 ms for each power-line cycle, ranges of 1 V and 10 V."""

    def __init__(self, serial_number: str, setup: Setup) -> None:
        super().__init__()
        self.identity = f"MY LAB,DVM7,{serial_number},1.0"
        self.terminals = UNCONNECTED
        self._setup = setup
        self.range_V, self.nplc = 10.0, 1.0

    def read(self, _: str) -> str:
        """`READ?`."""
        clock = self._setup.clock
        clock.sleep(0.02 * self.nplc)
        value_V = self.terminals.voltage(1e7, 0.0, clock.elapsed())
        temperature_C = self._setup.environment.temperature_C()
        value_V += self._setup.laws["dc_voltage"].error(value_V, self.range_V, temperature_C)
        return f"{value_V if abs(value_V) <= self.range_V else 9.9e37:.7E}"

    def set_range(self, arguments: str) -> None:
        """`VOLT:RANG`."""
        self.range_V = 1.0 if float(arguments) <= 1 else 10.0

    def set_nplc(self, arguments: str) -> None:
        """`VOLT:NPLC`."""
        self.nplc = float(arguments)

    commands = table(
        {
            **SCPI_COMMON,
            "READ?": read,
            "VOLTage:RANGe": set_range,
            "VOLTage:RANGe?": lambda unit, _: f"{unit.range_V:g}",
            "VOLTage:NPLCycles": set_nplc,
            "VOLTage:NPLCycles?": lambda unit, _: f"{unit.nplc:g}",
        }
    )


def make(file: UnitFile, setup: Setup) -> Twin:
    """Make a unit from its table in the bench file."""
    unit = DVM7Twin(file.serial_number, setup)
    return Twin(unit, inputs={MAIN: unit})


DVM7 = InstrumentKind(make, generic="generic-multimeter-6-digits", inputs=(MAIN,))
