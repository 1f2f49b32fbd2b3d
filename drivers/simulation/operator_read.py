"""A meter without an interface: what a person does to its knobs and sees on its display, as messages."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import How, Meter, MeterFile
from calib.drivers.simulation.meter_kinds import SIX, FittedLaws
from calib.drivers.simulation.setup import Setup

FUNCTIONS = ("dc_voltage", "ac_voltage", "dc_current", "ac_current", "resistance", "frequency")
OVERLOAD = 9.9e37
GENERIC_RANGES_V = (1.0, 10.0, 100.0, 1000.0)


class HandheldFile(UnitFile):
    """A hand-held meter."""

    counts: Annotated[int, Field(ge=100)] = 6000
    """Least digit: the range divided by this."""
    input: MeterFile = MeterFile(noise_fraction=1e-5)


class Handheld(CommandSet):
    """A hand-held meter: one reading a second."""

    identity = "operator,operator-read,0,"
    period_s: ClassVar[float] = 0.4

    def __init__(self, meter: Meter, counts: int) -> None:
        super().__init__()
        self._meter = meter
        self._counts = counts
        self.reset()

    def reset(self, _: str = "") -> None:
        """Be as after switching on: DC voltage, the highest range."""
        self.function, self.range = "dc_voltage", 1000.0

    def configure(self, arguments: str) -> None:
        """`CONF dc_voltage,10`: the knob."""
        function, _, range_ = arguments.partition(",")
        try:
            wanted = float(range_)
        except ValueError:
            raise CommandError(-104, "Data type error") from None
        if function not in FUNCTIONS or wanted < 0:
            raise CommandError(-224, "Illegal parameter value")
        self.function, self.range = function, wanted

    def read(self, _: str) -> str:
        """`READ?`: what the display shows."""
        value = self._meter.read(self._how())
        return f"{OVERLOAD if value is None else value:.9g}"

    def _how(self) -> How:
        wires: Literal[2] = 2
        range_ = self.range or 10.0  # of frequency: the volts of the signal
        if self.function == "frequency":
            ranges = [
                How("frequency", v, OVERLOAD, 0.1, self.period_s, self.period_s, input_ohm=1e7)
                for v in GENERIC_RANGES_V
            ]
            return self._meter.autorange(ranges)
        digit = range_ / self._counts
        return How(self.function, range_, 1.1 * range_, digit, self.period_s, self.period_s, 1e7, 0.1, wires=wires)

    commands: Mapping[str, Handler] = table(  # type: ignore[misc]
        {**SCPI_COMMON, "CONFigure": configure, "READ?": read}
    )


def _make(file: HandheldFile, setup: Setup) -> Twin:
    meter = Meter(file.input, FittedLaws(setup.laws), setup.clock, setup.environment, setup.rng("noise"))
    return Twin(Handheld(meter, file.counts), inputs={MAIN: meter})


OPERATOR_READ_METER = InstrumentKind(_make, HandheldFile, generic=SIX, inputs=(MAIN,))
