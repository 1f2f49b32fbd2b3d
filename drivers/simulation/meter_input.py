"""What the input of a multimeter has in common to all functions: what the file assumes, terminals, noise, zero."""

import math
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from calib.drivers.simulation.terminals import UNCONNECTED, Terminals, Wires
from calib.files import Strict


class MeterFile(Strict):
    """What the simulation assumes of the meter; not the maker's figures."""

    line_frequency_Hz: Annotated[float, Field(gt=0)] = 50.0
    resolution_fraction: Annotated[float | None, Field(gt=0)] = None
    """Least digit, relative to the range; absent: the model's own at each integration time."""
    noise_fraction: Annotated[float, Field(ge=0)] = 2e-7
    """Standard deviation of a reading of 1 NPLC, relative to the range: direct voltage and current, resistance."""
    noise_floor_V: Annotated[float, Field(ge=0)] = 2e-7
    ac_noise_fraction: Annotated[float, Field(ge=0)] = 2e-6
    """Standard deviation of one reading of alternating voltage or current, relative to the range."""
    bias_A: float = 1e-11
    zero_drift_V: Annotated[float, Field(ge=0)] = 1e-6
    """How far the zero wanders that a reading without autozero does not take off."""
    input_F: Annotated[float, Field(ge=0)] = 1e-10
    """Input capacitance in AC voltage."""
    bandwidth_Hz: Annotated[float, Field(gt=0)] = 3e7
    """Corner of the AC input, a single pole."""
    overload_ratio: Annotated[float | None, Field(ge=1)] = None
    """Where readings end, relative to the range; absent: the model's own."""
    highest_V: Annotated[float | None, Field(gt=0)] = None
    """Where readings of the highest range of DC voltage end; absent: the model's own."""
    rise_K: Annotated[float, Field(ge=0)] = 12.0
    """By how much the inside is warmer than the air, for meters that tell it."""
    terminal_rise_K: float = 0.0
    """By how much the terminals are warmer than the air."""


class How(NamedTuple):
    """How one reading is taken: what the command set has set, in SI units."""

    function: str
    """A name of `FUNCTIONS` in `meter_functions`."""
    range: float
    limit: float
    """Largest indication; what is beyond is an overload."""
    digit: float
    """Least digit of the indication."""
    duration_s: float
    """Time that it takes, from trigger to indication."""
    integration_s: float = 0.02
    input_ohm: float = 1e7
    burden_ohm: float = 0.0
    test_A: float = 1e-3
    wires: Wires = 2
    offset_compensated: bool = False
    filter_Hz: float = 20.0
    """Lowest frequency that the AC detector follows."""
    zero_s: float | None = None
    """When the zero was measured last; None with autozero, for every reading."""


class Sensed(NamedTuple):
    """What an input makes of its terminals, before the meter's errors."""

    value: float
    """inf for what no range holds."""
    noise: float
    """Standard deviation."""
    frequency_Hz: float = 0.0
    rms: bool = False
    """Whether an indication is never negative."""


def by_range(values: Mapping[float, float], range_: float, default: float = 1.0) -> float:
    """Return the value of the lowest range in `values` that holds `range_`; the default beyond the last."""
    lowest, found = math.inf, default
    for upper, value in values.items():
        if range_ <= upper * (1 + 1e-9) and upper < lowest:
            lowest, found = upper, value
    return found


class Front:
    """The input of one multimeter."""

    def __init__(self, file: MeterFile) -> None:
        self.file = file
        self.terminals: Terminals = UNCONNECTED

    def noise(self, range_: float, integration_s: float, floor: float = 0.0) -> float:
        """Return the meter's own standard deviation: white, so it falls with the root of the integration time."""
        nplc = integration_s * self.file.line_frequency_Hz
        return math.hypot(self.file.noise_fraction * range_, floor) / math.sqrt(nplc)

    def zero_V(self, at_s: float, zero_s: float | None) -> float:
        """Return how far the zero has wandered since it was measured, in volts."""
        if zero_s is None:
            return 0.0
        return self.file.zero_drift_V * (math.sin(at_s / 57.0) - math.sin(zero_s / 57.0))
