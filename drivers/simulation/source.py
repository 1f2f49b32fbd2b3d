"""Physics of a calibrator's output: what is really there, settling, standby."""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.drive import OPEN, Drive
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.truth import ErrorLaw
from calib.drivers.simulation.truth_file import Function
from calib.files import Strict

KEPT_TRANSITIONS = 10_000
THERMOCOUPLE = "tc"
_ELSEWHERE = {"thermocouple": THERMOCOUPLE}
"""Terminals of what does not come out of the main ones."""


class SourceFile(Strict):
    """What the simulation assumes of the output; not the maker's figures."""

    time_constant_s: Annotated[float, Field(gt=0)] = 0.12
    time_constants_s: Mapping[float, Annotated[float, Field(gt=0)]] = {}
    """Of ranges that differ, by their upper value, such as "1020"."""
    settled_within: Annotated[float, Field(gt=0, lt=1)] = 1e-8
    """Remaining part of the range at which the output counts as settled."""
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.001
    """Of the voltage output."""
    limit_A: Annotated[float, Field(gt=0)] = 0.05
    """Current beyond which the voltage output gives way."""
    shunt_ohm: Annotated[float, Field(gt=0)] = 1e9
    """Beside the current output."""
    compliance_V: Annotated[float, Field(gt=0)] = 4.0
    """Voltage, as a peak, beyond which the current output gives way."""
    thermocouple_ohm: Annotated[float, Field(ge=0)] = 10.0
    """Of the thermocouple output."""
    terminal_rise_K: float = 0.3
    """By how much the terminals are warmer than the air."""
    noise_fraction: Annotated[float, Field(ge=0)] = 2e-8
    """Standard deviation of a reading that integrates one second, relative to the range."""


@dataclass(frozen=True)
class Setpoint:
    """What an output is programmed to."""

    function: Function
    value: float
    """In volts or amperes (rms where it alternates) or ohms."""
    frequency_Hz: float = 0.0
    temperature_C: float | None = None
    """What it stands for, where it simulates a thermometer."""
    less: Callable[[], float] | None = field(default=None, compare=False)
    """What is taken off the value at any time: the emf of a reference junction."""

    def present(self) -> float:
        """Return what it is to be now."""
        return self.value if self.less is None else self.value - self.less()


ZERO = Setpoint("dc_voltage", 0.0)


@dataclass(frozen=True)
class Transition:
    """One change of the output."""

    at_s: float
    """On the bench's clock."""
    operating: bool
    setpoint: Setpoint
    range: float
    from_: float
    """What was on the terminals just before, in the same quantity."""

    @property
    def setpoint_V(self) -> float:
        """The programmed voltage, rms where it alternates; 0 of an output that is no voltage."""
        return self.setpoint.value if self.setpoint.function in {"dc_voltage", "ac_voltage"} else 0.0


class Output:
    """The output of one calibrator. Which functions it has, its laws say."""

    def __init__(
        self,
        file: SourceFile,
        laws: Mapping[str, ErrorLaw],
        ranges: Mapping[Function, tuple[float, ...]],
        clock: Clock,
        environment: Environment,
        *,
        prefix: str = "",
    ) -> None:
        """Make an output that errs by the laws of its functions, whose names begin with `prefix`."""
        self._prefix = prefix
        self._file = file
        self._laws = laws
        self._ranges = ranges
        self._clock = clock
        self._environment = environment
        self.history: deque[Transition] = deque(maxlen=KEPT_TRANSITIONS)
        self.now = Transition(clock.elapsed(), operating=False, setpoint=ZERO, range=ranges["dc_voltage"][0], from_=0.0)
        self._settled_s: float | None = None
        """When the last change is negligible; None until somebody asks."""
        self.current_terminals = "aux"
        """Where currents come out: `aux`, or with the voltages (an empty name)."""

    def law_of(self, function: Function) -> str:
        """Return the name of the law by which a function errs."""
        return self._prefix + function

    def range_for(self, value: float, function: Function = "dc_voltage") -> float:
        """Return the lowest range that holds `value`."""
        return next(r for r in self._ranges[function] if abs(value) <= r * (1 + 1e-9))

    def change(self, *, operating: bool, setpoint: Setpoint, range_: float | None = None) -> None:
        """Put the output into another state from now on, in the lowest range that holds it unless one is given."""
        chosen = self.range_for(setpoint.value, setpoint.function) if range_ is None else range_
        if (operating, setpoint, chosen) == (self.now.operating, self.now.setpoint, self.now.range):
            return
        now_s = self._clock.elapsed()
        same = self.now.operating and self.now.setpoint.function == setpoint.function
        from_ = self.true_value(now_s) if same else 0.0
        self.now = Transition(now_s, operating, setpoint, chosen, from_)
        self._settled_s = None
        self.history.append(self.now)

    def settled_value(self, setpoint: Setpoint, range_: float) -> float:
        """Return the true output at a setpoint once settled, in the unit of its function."""
        value = setpoint.present()
        error = self._laws[self.law_of(setpoint.function)].error(
            value,
            range_,
            self._environment.temperature_C(),
            frequency_Hz=setpoint.frequency_Hz,
            at_s=self._clock.elapsed(),
        )
        return value + error

    def terminal_C(self) -> float:
        """Return the temperature of the terminals."""
        return self._environment.temperature_C() + self._file.terminal_rise_K

    def true_value(self, at_s: float) -> float:
        """Return what the present setpoint really gives at a time, in the unit of its function."""
        target = self._target()
        return target + self._remainder(at_s, target)

    def voltage(self, at_s: float) -> float | None:
        """Return the true open-circuit voltage at a time on the bench's clock, or None where none is on: standby."""
        now = self.now
        if not now.operating or now.setpoint.function not in {"dc_voltage", "ac_voltage"}:
            return None
        return self.true_value(at_s)

    def settled(self) -> bool:
        """Return whether what remains of the last change is negligible."""
        if not self.now.operating:
            return True
        settled_s = self._settled_s
        return self._clock.elapsed() >= (self._settled_at_s() if settled_s is None else settled_s)

    def wait_until_settled(self) -> None:
        """Let the time pass in which the last change becomes negligible."""
        if self.now.operating:
            self._clock.sleep(self._settled_at_s() - self._clock.elapsed())

    def _settled_at_s(self) -> float:
        """Return when what remains of the last change is negligible."""
        if self._settled_s is None:
            step, negligible = abs(self.now.from_ - self._target()), self._file.settled_within * self.now.range
            passed = math.log(step / negligible) + 1e-6 if step > negligible else 0.0
            self._settled_s = self.now.at_s + self._time_constant_s() * passed
        return self._settled_s

    def drive(self, terminals: str, at_s: float) -> Drive:
        """Return what is on the terminals of a name: those of voltage and resistance (""), or of current ("aux")."""
        now = self.now
        function = now.setpoint.function
        here = self.current_terminals if function in {"dc_current", "ac_current"} else _ELSEWHERE.get(function, "")
        if not now.operating or terminals != here:
            return OPEN
        value, noise = self.true_value(at_s), self._file.noise_fraction * now.range
        match function:
            case "dc_voltage":
                return Drive(self._file.resistance_ohm, dc_V=value, limit_A=self._file.limit_A, noise_V=noise)
            case "thermocouple":
                return Drive(self._file.thermocouple_ohm, dc_V=value, limit_A=self._file.limit_A, noise_V=noise)
            case "ac_voltage":
                hertz = self._true_frequency_Hz(now)
                return Drive(self._file.resistance_ohm, rms_V=value, frequency_Hz=hertz, limit_A=self._file.limit_A)
            case "dc_current":
                return Drive(self._file.shunt_ohm, dc_A=value, compliance_V=self._file.compliance_V, noise_A=noise)
            case "ac_current":
                hertz = self._true_frequency_Hz(now)
                return Drive(
                    self._file.shunt_ohm, rms_A=value, frequency_Hz=hertz, compliance_V=self._file.compliance_V
                )
            case _:
                return Drive(max(value, 0.0))

    def _true_frequency_Hz(self, now: Transition) -> float:
        law = self._laws.get(self.law_of("frequency"))
        nominal_Hz = now.setpoint.frequency_Hz
        if law is None:
            return nominal_Hz
        range_Hz = self.range_for(nominal_Hz, "frequency")
        temperature_C = self._environment.temperature_C()
        return nominal_Hz + law.error(nominal_Hz, range_Hz, temperature_C, at_s=self._clock.elapsed())

    def _time_constant_s(self) -> float:
        return self._file.time_constants_s.get(self.now.range, self._file.time_constant_s)

    def _target(self) -> float:
        """Return what the present setpoint settles to, at the present temperature and drift."""
        return self.settled_value(self.now.setpoint, self.now.range)

    def _remainder(self, at_s: float, target: float) -> float:
        """Return what is left of the way from the last change to `target`."""
        now = self.now
        passed = (at_s - now.at_s) / self._time_constant_s()
        return (now.from_ - target) * math.exp(-passed) if 0 <= passed < 60 else 0.0


@dataclass(frozen=True)
class OutputTerminals:
    """One pair of an output's terminals, as a port that leads are joined to."""

    output: Output
    name: str

    def drive(self, at_s: float) -> Drive:
        """Return what these terminals do at a time."""
        return self.output.drive(self.name, at_s)

    def terminal_C(self) -> float:
        """Return their temperature."""
        return self.output.terminal_C()
