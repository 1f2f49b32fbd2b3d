"""A thermometer: where it is, how it follows, what its leads give."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from calib.drivers.simulation.heat.files import AIR, ResistanceThermometer, ThermometerFile
from calib.drivers.simulation.heat.laws import ColdEnd, Law, cold_end, draw
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

    effects: ClassVar[Sequence[str]] = ("place_K", "swing_K", "self_heating_K", *ColdEnd.effects)
    """What can be imposed on it: how much warmer its place is than the middle of any bath; the same in addition, at one
    set point after the other; how much more 1 mA heats it than at its calibration; of a thermocouple by how much
    the reference junction is too warm, the emf of its leads, and its inhomogeneity relative to its emf."""

    def __init__(
        self,
        file: ThermometerFile,
        media: Mapping[str, Medium],
        air_C: Callable[[], float],
        now_s: Callable[[], float],
        rngs: Callable[[str], np.random.Generator],
    ) -> None:
        self.file = file
        truth = rngs("truth")
        self.law: Law = draw(file, truth)
        self.cold_end = cold_end(file, truth)
        self._media = media
        self._air_C = air_C
        self._now_s = now_s
        self._places = rngs("places")
        self._rngs = rngs
        self._swing: dict[int, float] = {}
        """By the number of the set point, its share of what differs there from place to place."""
        self._stated: Mapping[str, Sequence[float]] = {}
        self._heating_K = _self_heating_K(file) * float(rngs("self-heating").uniform(-1, 1))
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
        self.place = Place(name, depth_m, self.file.radial * float(self._places.uniform(-1, 1)))

    def impose(self, effects: Mapping[str, Sequence[float]]) -> None:
        """Let it be subject to errors as stated, in place of those that its file has drawn."""
        self._stated = {**self._stated, **effects}
        self._heating_K = self._stated.get("self_heating_K", (self._heating_K,))[0]
        if self.cold_end is not None:
            self.cold_end = self.cold_end.subject_to(effects)

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
        t_C += self.heated_K(t_C, current_A) + self._heating_K * (current_A / 1e-3) ** 2
        own = self.law.value(t_C) * (1 + self.drift(at_s))
        return own if self.cold_end is None else self.cold_end.value(own)

    def heated_K(self, t_C: float, current_A: float) -> float:
        """Return by how much more a current heats it than at its calibration, in surroundings as there."""
        if not (isinstance(self.file, ResistanceThermometer) and current_A):
            return 0.0
        more_A2 = current_A**2 - self.file.calibrated_at_A**2
        return self.file.self_heating_K_per_W * more_A2 * self.law.value(t_C) if more_A2 else 0.0

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
        medium = self._media[self.place.name]
        medium_C = medium.temperature_C(at_s, self.place.depth_m) + self._from_the_middle_K(medium)
        stem_m = self.file.stem_m
        return medium_C + (air_C - medium_C) * (math.exp(-self.place.depth_m / stem_m) if stem_m else 0.0)

    def _from_the_middle_K(self, medium: Medium) -> float:
        """Return by how much its place is warmer than the middle, always and at this set point."""
        stated = self._stated
        place_K = stated["place_K"][0] if "place_K" in stated else medium.file.radial_K * self.place.radial
        return place_K + self._swing_K(medium)

    def _swing_K(self, medium: Medium) -> float:
        if "swing_K" in self._stated:
            several = self._stated["swing_K"]
            return several[max(medium.visits - 1, 0) % len(several)]
        if not medium.file.swing_K:
            return 0.0
        if medium.visits not in self._swing:
            drawn = float(self._rngs(f"set point {medium.visits}").uniform(-1, 1))
            self._swing[medium.visits] = self.file.radial * drawn
        return medium.file.swing_K * self._swing[medium.visits]


def _self_heating_K(file: ThermometerFile) -> float:
    return file.self_heating_K if isinstance(file, ResistanceThermometer) else 0.0
