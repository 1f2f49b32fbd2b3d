"""What the simulated counters share: inputs, time base, gates, no signal.

Sensitivity and single-shot resolution are the simulation's own, not a maker's figures.
"""

import math
from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import Field

from calib.drivers.simulation.command_set import CommandError
from calib.drivers.simulation.dmm_trigger import Triggered
from calib.drivers.simulation.kinds import UnitFile
from calib.drivers.simulation.meter import EXACT, Meter
from calib.drivers.simulation.meter_input import MeterFile
from calib.drivers.simulation.scpi_values import quoted
from calib.drivers.simulation.terminals import UNCONNECTED, Terminals

NOT_A_NUMBER = 9.91e37
"""SCPI 1999.0, volume 1, 7.2.1.5."""
MEASURED = {"FREQ": "FREQ", "FREQUENCY": "FREQ", "PER": "PER", "PERIOD": "PER"}
INPUT_F = 3e-11
LOCK_RANGE = 1e-5
"""How far, relative, a signal at the reference input may be from what it is taken for."""


class CounterFile(UnitFile):
    """A counter."""

    sensitivity_V: Annotated[float, Field(gt=0)] = 0.03
    """Smallest signal, rms, that is counted."""
    single_shot_s: Annotated[float, Field(ge=0)] = 5e-10
    """Standard deviation of the time between two edges."""
    reference_Hz: Annotated[float | None, Field(gt=0)] = None
    """Nominal frequency at the reference input where no lead goes there; absent: nothing is connected."""
    reference_error: float = 0.0
    """Relative error of what is connected there."""
    references_Hz: tuple[float, ...] = (1e6, 5e6, 10e6)
    """What it can be locked to."""
    input: MeterFile = MeterFile()


class ReferenceInput:
    """The input of an outer time base."""

    def __init__(self, file: CounterFile) -> None:
        self.terminals: Terminals = UNCONNECTED
        self._file = file

    def nominal_Hz(self, at_s: float) -> float | None:
        """Return the frequency that the counter takes the signal for; None where it can be locked to none."""
        file = self._file
        if self.terminals is UNCONNECTED:
            return file.reference_Hz if file.reference_Hz in file.references_Hz else None
        found_Hz = self.terminals.frequency(at_s)
        return next((f for f in file.references_Hz if abs(found_Hz - f) <= LOCK_RANGE * f), None)

    def offset(self, at_s: float) -> float:
        """Return by how much what is connected is too fast, relative."""
        nominal_Hz = self.nominal_Hz(at_s)
        if self.terminals is UNCONNECTED or nominal_Hz is None:
            return self._file.reference_error
        return self.terminals.frequency(at_s) / nominal_Hz - 1

    def noise(self, gate_s: float) -> float:
        """Return the relative standard deviation of what is connected, over a gate."""
        return self.terminals.frequency_noise(gate_s)


class CounterInput(Meter):
    """One input channel."""

    impedance_ohm = 1e6

    def signal_Hz(self, at_s: float, least_V: float) -> float | None:
        """Return the frequency of the signal; None where there is none, or too small a one."""
        seen = self.terminals.ac_voltage(self.impedance_ohm, INPUT_F, at_s)
        if seen.frequency_Hz <= 0 or seen.rms < least_V:
            return None
        return self.terminals.frequency(at_s)

    def time_base_error_Hz(self, frequency_Hz: float, at_s: float) -> float:
        """Return by how much the own oscillator falsifies a frequency."""
        law = self._laws.get("frequency", EXACT)
        return law.error(frequency_Hz, frequency_Hz, self._environment.temperature_C(), at_s=at_s)

    def jitter(self) -> float:
        """Return a standard normal draw."""
        return float(self._rng.standard_normal())


class Counter(Triggered):
    """A counter; the model has the table of its commands."""

    memory: ClassVar[int] = 1_000_000
    gives_up: ClassVar[bool]
    """Whether a reading without a signal ends after `wait_s`."""

    def __init__(
        self,
        identity: str,
        inputs: tuple[CounterInput, CounterInput],
        file: CounterFile,
        reference: ReferenceInput,
    ) -> None:
        self.identity = identity
        self.reference = reference
        self.inputs = dict(enumerate(inputs, 1))
        self.file = file
        self._wanted = 0.0
        self._preset()
        super().__init__(inputs[0])

    def reset(self, _: str = "") -> None:
        """`*RST`."""
        self._preset()
        self.preset_trigger()

    def _preset(self) -> None:
        self.function, self.channel = "FREQ", 1
        self.gate_s, self.wait_s = 0.1, 1.0
        self.gate_source = "TIM"
        self.time_base, self.time_base_auto, self.check = "INT", True, "OFF"
        self.continuous, self.display_on = False, True
        self.questionable = 0
        self.input_settings: dict[tuple[int, str], str] = {}
        for each in self.inputs.values():
            each.impedance_ohm = 1e6

    def set_function(self, arguments: str) -> None:
        """`FUNC "FREQ 1"`."""
        word, _, channel = quoted(arguments).upper().removeprefix("XNON:").removeprefix(":").partition(" ")
        self.choose(word, channel.strip("( @)") or "1")

    def choose(self, word: str, channel: str) -> None:
        """Measure one of the functions at a channel."""
        if word not in MEASURED or channel not in {"1", "2"}:
            raise CommandError(-224, "Illegal parameter value")
        self.abort()
        self.function, self.channel = MEASURED[word], int(channel)

    @property
    def external(self) -> bool:
        """Whether it counts by what is at the reference input."""
        return self.time_base == "EXT" or (self.time_base_auto and self.reference_Hz is not None)

    @property
    def reference_Hz(self) -> float | None:
        """What is at the reference input and can be locked to; None for nothing."""
        return self.reference.nominal_Hz(self.meter.clock.elapsed())

    def take(self, begin_s: float) -> tuple[str, float]:
        """Count over one gate; without a signal it lasts for ever, or until the counter gives up."""
        end_s = begin_s + self.delay_s + self.gate_s
        channel = self.inputs[self.channel]
        signal_Hz = channel.signal_Hz(end_s - self.gate_s / 2, self.least_V())
        lost = self.external and self.reference_Hz is None
        self.questionable |= 1 << 10 if lost else 0
        if signal_Hz is None or lost:
            if not self.gives_up:
                return "", math.inf
            return self.shown(NOT_A_NUMBER), begin_s + max(self.wait_s, self.gate_s)
        noise = self.file.single_shot_s * math.sqrt(2) / self.gate_s
        noise = math.hypot(noise, channel.terminals.frequency_noise(self.gate_s))
        if self.external:
            offset = self.reference.offset(end_s)
            off_Hz = -signal_Hz * offset / (1 + offset)  # its gate is too short by as much as its reference is too fast
            noise = math.hypot(noise, self.reference.noise(self.gate_s))
        else:
            off_Hz = channel.time_base_error_Hz(signal_Hz, end_s)
        counted_Hz = signal_Hz + off_Hz + signal_Hz * noise * channel.jitter()
        return self.shown(1 / counted_Hz if self.function == "PER" else counted_Hz), end_s

    def least_V(self) -> float:
        """Return the smallest signal, rms, at the input in use: ten times as large behind the attenuator."""
        attenuated = self.input_settings.get((self.channel, "ATT"), "1") == "10"
        return self.file.sensitivity_V * (10 if attenuated else 1)

    @abstractmethod
    def shown(self, value: float) -> str:
        """Return a reading as text."""

    def begin(self, count: float) -> None:
        """Take readings from now on."""
        self._wanted = count
        super().begin(count)

    def pending_s(self) -> float | None:
        """Take the readings that are due; one that found no signal begins anew."""
        end_s = super().pending_s()
        if end_s == math.inf and self.acquisition is not None:
            left = self._wanted - len(self.acquisition.readings)
            self.kept += self.acquisition.readings
            self.acquisition = None
            self.begin(left)
            end_s = None if self.acquisition is None else self.acquisition.advance(self.meter.clock.elapsed())
        return end_s

    def finish(self, _: str = "") -> None:
        """Wait until all readings are taken, unless they never will be."""
        while (end_s := self.pending_s()) is not None and end_s < math.inf:
            self.meter.clock.sleep(end_s - self.meter.clock.elapsed())

    def fetch(self, _: str = "") -> str | None:
        """`FETC?`: waits until the readings are taken; silent where they never are."""
        if self.continuous and self.acquisition is None:
            self.begin(1)
        self.finish()
        if self.pending_s() is not None:
            return None
        if not self.readings():
            raise CommandError(-230, "Data corrupt or stale")
        return ",".join(self.readings())

    def talk(self) -> bytes | None:
        """Say nothing while it counts: the answer is still coming."""
        return super().talk() if self.pending_s() is None else None

    def measure(self, arguments: str) -> str | None:
        """`MEAS:FREQ?`."""
        self.configure(arguments)
        return self.read()

    @abstractmethod
    def configure(self, arguments: str) -> None:
        """`CONF:FREQ`."""
