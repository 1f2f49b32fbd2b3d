"""What a readout measures at its channels: each reading at its time, with the readout's own errors."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from calib.drivers.simulation.heat.files import NotNegative, Positive
from calib.drivers.simulation.heat.world import heat_world
from calib.drivers.simulation.kinds import UnitFile
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.truth_file import Function
from calib.files import Strict
from calib.physics import platinum
from calib.physics.platinum import CallendarVanDusen

RESISTANCE: Function = "resistance"


class ProbeSettings(Strict):
    """Coefficients by which a readout shows a temperature."""

    R0_ohm: Positive = 100.0
    A: float = platinum.A
    B: float = platinum.B
    C: float = platinum.C


class ReadoutFile(UnitFile):
    """A readout. Its errors are those that are stated here, in no maker's name, and those of a `specification`."""

    world: str = "heat"
    channels: Mapping[int, str] = {}
    """Thermometers of the world of heat by channel; what is at no channel is a resistor."""
    resistor_ohm: Positive = 100.0
    gain: NotNegative = 0.0
    """Half-width of its relative error in resistance, drawn once."""
    zero_ohm: NotNegative = 0.0
    """Half-width of its zero error, drawn for each channel."""
    noise_ohm: NotNegative = 20e-6
    """Standard deviation of a reading."""
    sample_s: Annotated[float, Field(gt=0)] = 1.0
    """How often it measures each channel."""
    current_A: Positive = 1e-3
    probes: Mapping[int, ProbeSettings] = {}
    """What is set in it, by channel; those of IEC 60751 where nothing is."""


@dataclass(frozen=True)
class Measured:
    """A measurement."""

    number: int
    ohm: float


class Readout:
    """The measuring part of a readout. What nobody reads is not measured, and makes no difference."""

    def __init__(self, file: ReadoutFile, setup: Setup, channels: range) -> None:
        self.file = file
        self.current_A = file.current_A
        self._clock = setup.clock
        self._world = heat_world(setup, file.world) if file.channels else None
        for name in file.channels.values():
            assert self._world is not None
            self._world.sensor(name)
        draws = setup.rng("truth").uniform(-1, 1, len(channels) + 1)
        self._gain = 1 + file.gain * float(draws[0])
        self._zeros_ohm = dict(zip(channels, (file.zero_ohm * float(d) for d in draws[1:]), strict=True))
        self._laws = setup.laws if RESISTANCE in setup.laws else None
        self._air_C = setup.environment.temperature_C
        self._noise = setup.rng("noise")
        self._last: dict[int, Measured] = {}
        self._begun = -1
        """Number of the measurement after which it was switched on."""

    def power_on(self) -> None:
        """Forget all measurements."""
        self._last.clear()
        self._begun = self._number()

    def latest(self, channel: int) -> Measured | None:
        """Return the latest measurement of a channel; None before the first."""
        number = self._number()
        if number == self._begun:
            return None
        last = self._last.get(channel)
        if last is None or last.number != number:
            noise_ohm = self.file.noise_ohm * float(self._noise.standard_normal())
            ohm = self._indicated(channel, self._true_ohm(channel, number * self.file.sample_s)) + noise_ohm
            last = self._last[channel] = Measured(number, ohm)
        return last

    def temperature_C(self, channel: int, ohm: float) -> float:
        """Return what it shows for a resistance; nan where its coefficients have no temperature for it."""
        settings = self.file.probes.get(channel, ProbeSettings())
        law = CallendarVanDusen(settings.R0_ohm, settings.A, settings.B, settings.C)
        try:
            return law.temperature_C(ohm)
        except ValueError:
            return math.nan

    def true_indication_C(self, channel: int, t_C: float) -> float:
        """Return what it shows, without noise, with its thermometer at a temperature throughout: for studies."""
        assert self._world is not None
        true_ohm = self._world.true_ohm(self.file.channels[channel], t_C, self.current_A)
        return self.temperature_C(channel, self._indicated(channel, true_ohm))

    def _number(self) -> int:
        return math.floor(self._clock.elapsed() / self.file.sample_s)

    def _indicated(self, channel: int, true_ohm: float) -> float:
        own_ohm = true_ohm * self._gain + self._zeros_ohm[channel]
        if self._laws is None:
            return own_ohm
        ranges = self._laws.ranges(RESISTANCE)
        range_ohm = next((r for r in ranges if abs(true_ohm) <= r), ranges[-1])
        return own_ohm + self._laws[RESISTANCE].error(true_ohm, range_ohm, self._air_C(), at_s=self._clock.elapsed())

    def _true_ohm(self, channel: int, at_s: float) -> float:
        name = self.file.channels.get(channel)
        if name is None or self._world is None:
            return self.file.resistor_ohm
        return self._world.value(name, at_s, self.current_A)


def shown(value: float, digits: int) -> str:
    """Return a number as a readout sends it; what is none as SCPI 1999.0, volume 1, 7.2.1.5, has it."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "9.91E+37"
