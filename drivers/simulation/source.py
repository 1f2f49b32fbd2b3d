"""Physics of a calibrator's DC voltage output: what is really there, settling, standby."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.truth import ErrorLaw
from calib.files import Strict

KEPT_TRANSITIONS = 10_000


class SourceFile(Strict):
    """What the simulation assumes of the output; not the maker's figures."""

    time_constant_s: Annotated[float, Field(gt=0)] = 0.12
    time_constants_s: Mapping[float, Annotated[float, Field(gt=0)]] = {}
    """Of ranges that differ, by their upper value in volts, such as "1020"."""
    settled_within: Annotated[float, Field(gt=0, lt=1)] = 1e-8
    """Remaining part of the range at which the output counts as settled."""
    resistance_ohm: Annotated[float, Field(ge=0)] = 0.001
    noise_fraction: Annotated[float, Field(ge=0)] = 2e-8
    """Standard deviation of a reading that integrates one second, relative to the range."""


@dataclass(frozen=True)
class Transition:
    """One change of the output."""

    at_s: float
    """On the bench's clock."""
    operating: bool
    setpoint_V: float
    range_V: float
    from_V: float
    """What was on the terminals just before."""


class Output:
    """The output of one calibrator."""

    def __init__(
        self, file: SourceFile, law: ErrorLaw, ranges_V: tuple[float, ...], clock: Clock, environment: Environment
    ) -> None:
        self.resistance_ohm = file.resistance_ohm
        self._file = file
        self._law = law
        self._ranges_V = ranges_V
        self._clock = clock
        self._environment = environment
        self.history: deque[Transition] = deque(maxlen=KEPT_TRANSITIONS)
        self.now = Transition(clock.elapsed(), operating=False, setpoint_V=0.0, range_V=ranges_V[0], from_V=0.0)
        self._target_V = 0.0

    def range_for(self, value_V: float) -> float:
        """Return the lowest range that holds `value_V`."""
        return next(r for r in self._ranges_V if abs(value_V) <= r)

    def change(self, *, operating: bool, setpoint_V: float) -> None:
        """Put the output into another state from now on."""
        now_s = self._clock.elapsed()
        before_V = self.voltage(now_s) or 0.0
        range_V = self.range_for(setpoint_V)
        if (operating, setpoint_V) != (self.now.operating, self.now.setpoint_V):
            changed = Transition(now_s, operating, setpoint_V, range_V, before_V)
            if operating:
                self._target_V = self.settled_V(setpoint_V, range_V)
            self.now = changed
            self.history.append(changed)

    def settled_V(self, setpoint_V: float, range_V: float) -> float:
        """Return the true output at a setpoint once settled, in volts."""
        return setpoint_V + self._law.error_V(setpoint_V, range_V, self._environment.temperature_C())

    def voltage(self, at_s: float) -> float | None:
        """Return the true open-circuit voltage at a time on the bench's clock, or None in standby: an open output."""
        now = self.now
        if not now.operating:
            return None
        return self._target_V + self._remainder_V(at_s)

    def settled(self) -> bool:
        """Return whether what remains of the last change is negligible."""
        now = self.now
        return (
            not now.operating
            or abs(self._remainder_V(self._clock.elapsed())) <= self._file.settled_within * now.range_V
        )

    def noise_V(self, integration_s: float) -> float:
        """Return the standard deviation of the output over an integration time, in volts."""
        return self._file.noise_fraction * self.now.range_V / math.sqrt(integration_s)

    def _remainder_V(self, at_s: float) -> float:
        now = self.now
        tau_s = self._file.time_constants_s.get(now.range_V, self._file.time_constant_s)
        passed = (at_s - now.at_s) / tau_s
        return (now.from_V - self._target_V) * math.exp(-passed) if 0 <= passed < 60 else 0.0
