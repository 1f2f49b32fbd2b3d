"""A bath, block or fixed point: its temperature at any time and place, in closed form, so that nobody waits for it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from calib.drivers.simulation.heat.files import BathFile

_WAVES = 6
_PERIODS_S = (40.0, 900.0)


@dataclass(frozen=True)
class Course:
    """The way to one set point: a ramp, then a damped oscillation that begins with the ramp's slope."""

    since_s: float
    from_C: float
    to_C: float
    ramp_s: float

    @classmethod
    def to(cls, to_C: float, from_C: float, since_s: float, file: BathFile) -> "Course":
        """Return the way from where it is: small steps take a quarter of a period, larger ones the fastest ramp."""
        ramp_s = max(abs(to_C - from_C) / file.ramp_K_per_s, file.period_s / 4)
        return cls(since_s, from_C, to_C, ramp_s)

    def temperature_C(self, at_s: float, file: BathFile) -> float:
        """Return where it is."""
        slope = (self.to_C - self.from_C) / self.ramp_s
        over_s = at_s - self.since_s - self.ramp_s
        if over_s <= 0:
            return self.to_C + slope * over_s
        omega = 2 * math.pi / file.period_s
        return self.to_C + slope / omega * math.exp(-over_s / file.damping_s) * math.sin(omega * over_s)


class Medium:
    """A bath, block or fixed point."""

    effects: ClassVar[Sequence[str]] = ("hysteresis_K",)
    """What can be imposed on it: how much warmer it is after heating, and colder after cooling."""

    def __init__(self, file: BathFile, air_C: Callable[[], float], rng: np.random.Generator) -> None:
        self.file = file
        self._air_C = air_C
        self._scale_K, self._scale_per_K, self._hysteresis_K = (
            half * float(rng.uniform(-1, 1)) for half in (file.scale_K, file.scale_per_K, file.hysteresis_K)
        )
        low, high = np.log(_PERIODS_S)
        omegas = 2 * np.pi / np.exp(rng.uniform(low, high, _WAVES))
        self._waves = tuple(zip(omegas.tolist(), rng.uniform(0, 2 * np.pi, _WAVES).tolist(), strict=True))
        self.visits = 0
        """How often it was set."""
        self.load = 0
        """How many thermometers are in it."""
        self.set_C = file.at_C
        self._direction = 0.0
        """1 after heating, -1 after cooling."""
        start_C = file.at_C if file.is_fixed else self._wanted_C(file.at_C)
        self._courses = [Course(-math.inf, start_C, start_C, 1.0)]

    def set_point(self, t_C: float, at_s: float) -> None:
        """Go for another temperature, in the scale of its own sensor."""
        now_C = self._course_C(at_s)
        self.set_C = t_C
        self.visits += 1
        self._direction = math.copysign(1.0, t_C - now_C)
        course = Course.to(self._wanted_C(t_C), now_C, at_s, self.file)
        self._courses = [*self._courses[-1:], course]

    def impose(self, effects: Mapping[str, Sequence[float]]) -> None:
        """Let it err as stated, in place of what its file has drawn."""
        self._hysteresis_K = effects["hysteresis_K"][0]

    def temperature_C(self, at_s: float, depth_m: float | None = None) -> float:
        """Return the true temperature in the middle, at a depth."""
        depth_m = self.file.depth_m if depth_m is None else depth_m
        mean_C = self._course_C(at_s)
        further = max(self.load - 1, 0)
        loaded_K = self.file.loading_K * further * (self._air_C() - mean_C) / 100.0
        along_K = self.file.axial_K_per_m * (depth_m - self.file.depth_m)
        return mean_C + loaded_K + along_K + self._wandering_K(at_s)

    def indicated_C(self, at_s: float) -> float:
        """Return what its own sensor makes of it, unrounded."""
        return (
            self._course_C(at_s)
            + self._wandering_K(at_s)
            - self._error_K(self.set_C)
            - self._hysteresis_K * self._direction
        )

    def sensor_error_K(self, t_C: float) -> float:
        """Return by how much its own sensor shows too much at a temperature, between heating and cooling."""
        return -self._error_K(t_C)

    def _course_C(self, at_s: float) -> float:
        course = next((c for c in reversed(self._courses) if at_s >= c.since_s), self._courses[0])
        return course.to_C if math.isinf(course.since_s) else course.temperature_C(at_s, self.file)

    def _error_K(self, t_C: float) -> float:
        return 0.0 if self.file.is_fixed else self._scale_K + self._scale_per_K * t_C

    def _wanted_C(self, t_C: float) -> float:
        """Return where its own sensor leads it."""
        return t_C + self._error_K(t_C) + self._hysteresis_K * self._direction

    def _wandering_K(self, at_s: float) -> float:
        if not self.file.stability_K:
            return 0.0
        waves = sum(math.sin(omega * at_s + phase) for omega, phase in self._waves)
        return self.file.stability_K * math.sqrt(2 / _WAVES) * waves
