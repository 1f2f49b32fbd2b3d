"""A thermometer: where it is, how it follows, what its leads give."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from calib.drivers.simulation.heat.files import AIR, ResistanceThermometer, ThermometerFile
from calib.drivers.simulation.heat.laws import Law, draw
from calib.drivers.simulation.heat.medium import Medium
from calib.errors import InputError

_STEPS = 4
"""Steps of a time constant in which it is followed."""
_MEMORY = 20
"""Time constants after which nothing is left of where it was."""


@dataclass(frozen=True)
class Place:
    """Where a thermometer is; `radial` is its share of the differences from place to place."""

    name: str
    depth_m: float
    radial: float


class Sensor:
    """A thermometer of a simulated laboratory."""

    def __init__(
        self,
        file: ThermometerFile,
        media: Mapping[str, Medium],
        air_C: Callable[[], float],
        now_s: Callable[[], float],
        rngs: Callable[[str], np.random.Generator],
    ) -> None:
        self.file = file
        self.law: Law = draw(file, rngs("truth"))
        self._media = media
        self._air_C = air_C
        self._now_s = now_s
        self._places = rngs("places")
        self.place = Place(AIR, 0.0, 0.0)
        self._at_s = -math.inf
        self._element_C = math.nan
        self._hottest_C = -math.inf
        self.put(file.at)
        self._at_s, self._element_C = now_s(), self._around_C(now_s())
        self._first_C = self._hottest_C = self._element_C

    @property
    def where(self) -> str:
        """Where it is, as hands say it."""
        if self.place.name == AIR:
            return AIR
        return f"{self.place.name}@{self.place.depth_m:g}"

    def put(self, node: str) -> None:
        """Move it to `air`, to a bath, or to `bath@depth` in metres."""
        name, _, depth = node.partition("@")
        if name not in {AIR, *self._media}:
            msg = (
                f"a thermometer goes to one of {', '.join((AIR, *self._media))}, or NAME@depth in metres, not {node!r}"
            )
            raise InputError(msg)
        try:
            depth_m = float(depth) if depth else self._usual_m(name)
        except ValueError:
            msg = f"{node!r}: {depth!r} is no depth in metres"
            raise InputError(msg) from None
        if not math.isnan(self._element_C):
            self.element_C(self._now_s())
        for at, step in ((self.place.name, -1), (name, 1)):
            if at in self._media:
                self._media[at].load = max(self._media[at].load + step, 0)
        self.place = Place(name, depth_m, float(self._places.uniform(-1, 1)))

    def element_C(self, at_s: float) -> float:
        """Return the temperature of the element without current in it, now or a little before."""
        constant_s = self.file.time_constant_s
        step_s = constant_s / _STEPS
        at_s = max(at_s, self._at_s)
        if at_s - self._at_s > _MEMORY * constant_s:
            self._at_s = at_s - _MEMORY * constant_s
            self._element_C = self._around_C(self._at_s)
        while self._at_s < at_s:
            until_s = min(self._at_s + step_s, at_s)
            left = math.exp(-(until_s - self._at_s) / constant_s)
            around_C = self._around_C((self._at_s + until_s) / 2)
            self._element_C = around_C + (self._element_C - around_C) * left
            self._at_s = until_s
        self._hottest_C = max(self._hottest_C, self._element_C)
        return self._element_C

    def value(self, at_s: float, current_A: float = 0.0) -> float:
        """Return what its leads give: ohms or volts."""
        t_C = self.element_C(at_s)
        if isinstance(self.file, ResistanceThermometer) and current_A:
            t_C += self.file.self_heating_K_per_W * current_A**2 * self.law.value(t_C)
        return self.law.value(t_C) * (1 + self.drift(at_s))

    def drift(self, at_s: float) -> float:
        """Return the relative change of what it gives, since its calibration."""
        days = self.file.age_days + at_s / 86400.0
        return self.file.drift_per_day * days + self.file.shift_per_100K * (self._hottest_C - self._first_C) / 100.0

    def _usual_m(self, name: str) -> float:
        return self._media[name].file.depth_m if name in self._media else 0.0

    def _around_C(self, at_s: float) -> float:
        """Return what the element comes to, with what the stem brings of the air."""
        air_C = self._air_C()
        if self.place.name == AIR:
            return air_C
        medium_C = self._media[self.place.name].temperature_C(at_s, self.place.depth_m, self.place.radial)
        stem_m = self.file.stem_m
        return medium_C + (air_C - medium_C) * (math.exp(-self.place.depth_m / stem_m) if stem_m else 0.0)
