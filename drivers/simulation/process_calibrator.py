"""A process calibrator without an interface: it measures V, mA and Ω as a hand-held meter, and puts them out too."""

from collections.abc import Mapping
from typing import ClassVar

from calib.drivers.simulation.command_set import CommandError, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin
from calib.drivers.simulation.meter import Meter, MeterFile
from calib.drivers.simulation.meter_kinds import FittedLaws
from calib.drivers.simulation.operator_read import Handheld, HandheldFile
from calib.drivers.simulation.setup import Laws, Setup
from calib.drivers.simulation.source import Output, OutputTerminals, Setpoint, SourceFile
from calib.drivers.simulation.truth_file import Function

SOURCE, LOOP = "source", "source_mA"
"""Terminals of voltage and resistance, and those of current."""
PUTS_OUT: tuple[Function, ...] = ("dc_voltage", "dc_current", "resistance")
MEASURES: tuple[Function, ...] = ("dc_voltage", "dc_current", "resistance", "frequency")
PREFIX = "source_"
"""Begins the functions by whose laws it puts out: `source_dc_voltage`; those by which it measures have none."""


class ProcessCalibratorFile(HandheldFile):
    """A process calibrator."""

    input: MeterFile = MeterFile(noise_fraction=2e-6)
    output: SourceFile = SourceFile(limit_A=0.01, compliance_V=20.0, shunt_ohm=1e8)


class ProcessCalibrator(Handheld):
    """A process calibrator."""

    input_ohm: ClassVar[float] = 1e6
    burden_ohm: ClassVar[float] = 20.0
    functions: ClassVar[tuple[str, ...]] = MEASURES

    def __init__(self, meter: Meter, counts: int, laws: Laws, output: Output) -> None:
        self._output = output
        super().__init__(meter, counts, laws)

    def reset(self, _: str = "") -> None:
        """Be as after switching on: measuring, its output off."""
        super().reset()
        self.standby("")

    def source(self, arguments: str) -> None:
        """`SOUR dc_voltage,10`: puts it out, and waits until it has settled."""
        name, _, amount = arguments.partition(",")
        function = next((f for f in PUTS_OUT if f == name.strip()), None)
        try:
            value = float(amount)
        except ValueError:
            raise CommandError(-104, "Data type error") from None
        highest = self._laws.ranges(PREFIX + function)[-1] if function else 0.0
        if function is None or abs(value) > highest * (1 + 1e-9) or (function == "resistance" and value < 0):
            raise CommandError(-222, "Data out of range")
        self._output.change(operating=True, setpoint=Setpoint(function, value))
        self._output.wait_until_settled()

    def standby(self, _: str) -> None:
        """`STBY`: the output is off."""
        now = self._output.now
        self._output.change(operating=False, setpoint=now.setpoint, range_=now.range)

    commands: Mapping[str, Handler] = table(  # type: ignore[misc]
        {
            **SCPI_COMMON,
            "CONFigure": Handheld.configure,
            "READ?": Handheld.read,
            "ZERO": Handheld.zero,
            "SOURce": source,
            "STBY": standby,
        }
    )


def _make(file: ProcessCalibratorFile, setup: Setup) -> Twin:
    meter = Meter(file.input, FittedLaws(setup.laws), setup.clock, setup.environment, setup.rng("noise"))
    ranges = {function: setup.laws.ranges(PREFIX + function) for function in PUTS_OUT}
    output = Output(file.output, setup.laws, ranges, setup.clock, setup.environment, prefix=PREFIX)
    output.current_terminals = LOOP
    device = ProcessCalibrator(meter, file.counts, setup.laws, output)
    outputs = {SOURCE: OutputTerminals(output, MAIN), LOOP: OutputTerminals(output, LOOP)}
    return Twin(device, outputs=outputs, inputs={MAIN: meter})


PROCESS_CALIBRATOR = InstrumentKind(
    _make, ProcessCalibratorFile, generic="generic-process-calibrator", outputs=(SOURCE, LOOP), inputs=(MAIN,)
)
