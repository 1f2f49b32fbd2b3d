"""Meters without an interface: what a person does to their knobs and sees on their displays, as messages."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from calib.drivers.simulation.command_set import CommandError, CommandSet, Handler, table
from calib.drivers.simulation.common_commands import SCPI_COMMON
from calib.drivers.simulation.kinds import MAIN, InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.meter import How, Meter, MeterFile
from calib.drivers.simulation.meter_kinds import SIX, FittedLaws
from calib.drivers.simulation.setup import Laws, Setup

FUNCTIONS = ("dc_voltage", "ac_voltage", "dc_current", "ac_current", "resistance", "frequency")
OVERLOAD = 9.9e37
GENERIC_RANGES_V = (1.0, 10.0, 100.0, 1000.0)
"""Within which it finds the signal of a frequency."""


class HandheldFile(UnitFile):
    """A hand-held meter."""

    counts: Annotated[int, Field(ge=100)] = 6000
    """Least digit where the specification states none: the range divided by this."""
    input: MeterFile = MeterFile(noise_fraction=1e-5)


class Handheld(CommandSet):
    """A hand-held meter: two and a half readings a second."""

    identity = "operator,operator-read,0,"
    period_s: ClassVar[float] = 0.4
    input_ohm: ClassVar[float] = 1e7
    burden_ohm: ClassVar[float] = 0.1
    functions: ClassVar[tuple[str, ...]] = FUNCTIONS

    def __init__(self, meter: Meter, counts: int, laws: Laws) -> None:
        super().__init__()
        self._meter = meter
        self._counts = counts
        self._laws = laws
        self.reset()

    def reset(self, _: str = "") -> None:
        """Be as after switching on: DC voltage, the highest range."""
        self.function, self.range = "dc_voltage", 1000.0
        self._zero = 0.0

    def configure(self, arguments: str) -> None:
        """`CONF dc_voltage,10`: the knob; what was zeroed is forgotten."""
        function, _, range_ = arguments.partition(",")
        try:
            wanted = float(range_)
        except ValueError:
            raise CommandError(-104, "Data type error") from None
        if function not in self.functions or wanted < 0:
            raise CommandError(-224, "Illegal parameter value")
        if (function, wanted) != (self.function, self.range):
            self._zero = 0.0
        self.function, self.range = function, wanted

    def read(self, _: str = "") -> str:
        """`READ?`: what the display shows."""
        how = self._how()
        value = self._meter.read(how)
        if value is None:
            return f"{OVERLOAD:.9g}"
        decimals = max(0, -math.floor(math.log10(how.digit * (1 + 1e-9))))
        return f"{value - self._zero:.{decimals}f}"

    def zero(self, _: str) -> None:
        """`ZERO`: the key that takes what is shown now off all that comes, until the knob is turned."""
        shown = self._meter.read(self._how())
        if shown is None:
            raise CommandError(-200, "Execution error")
        self._zero = shown

    def _how(self) -> How:
        if self.function == "frequency":
            digit = self._digit(self.range) if self.range else 0.1
            ways = [How("frequency", v, OVERLOAD, digit, *self._times, self.input_ohm) for v in GENERIC_RANGES_V]
            return self._meter.autorange(ways)
        range_ = self.range or self._laws.ranges(self.function)[-1]
        return How(
            self.function,
            range_,
            1.1 * range_,
            self._digit(range_),
            *self._times,
            input_ohm=math.inf if self.function == "resistance" else self.input_ohm,
            burden_ohm=self.burden_ohm,
        )

    @property
    def _times(self) -> tuple[float, float]:
        return self.period_s, self.period_s

    def _digit(self, range_: float) -> float:
        """Return the least digit: that of the specification, where it states one of this range."""
        stated = self._laws.resolution(self.function, range_)
        return range_ / self._counts if stated is None else stated

    commands: Mapping[str, Handler] = table(  # type: ignore[misc]
        {**SCPI_COMMON, "CONFigure": configure, "READ?": read, "ZERO": zero}
    )


def _kind(generic: str) -> InstrumentKind:
    def make(file: HandheldFile, setup: Setup) -> Twin:
        meter = Meter(file.input, FittedLaws(setup.laws), setup.clock, setup.environment, setup.rng("noise"))
        return Twin(Handheld(meter, file.counts, setup.laws), inputs={MAIN: meter})

    return InstrumentKind(make, HandheldFile, generic=generic, inputs=(MAIN,))


OPERATOR_READ_METER = _kind(SIX)
HAND_HELD_MULTIMETER = _kind("generic-multimeter-hand-held")
CLAMP_METER = _kind("generic-clamp-meter")
"""Its jaws are the far end of a lead with `jaws`, round a coil."""
