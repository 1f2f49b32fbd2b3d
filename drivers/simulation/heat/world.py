"""The world of heat: baths, blocks, fixed points, and the thermometers that hands put into them."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from calib.drivers.simulation.heat.files import HeatFile
from calib.drivers.simulation.heat.laws import StatedThermometer
from calib.drivers.simulation.heat.medium import Medium
from calib.drivers.simulation.heat.sensor import Sensor
from calib.drivers.simulation.kinds import Twin, WorldKind
from calib.drivers.simulation.seeds import stream
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.world import check_effects
from calib.errors import InputError
from calib.physics import platinum, thermocouples


class HeatWorld:
    """Heat on one bench. Instruments ask it from their own threads."""

    def __init__(self, file: HeatFile, setup: Setup) -> None:
        self._clock = setup.clock
        self._lock = threading.RLock()
        air_C = setup.environment.temperature_C
        self.media = {
            name: Medium(each, air_C, stream(setup.seed, setup.name, name, "bath")) for name, each in file.baths.items()
        }
        self.sensors = {
            name: Sensor(
                each,
                self.media,
                air_C,
                setup.clock.elapsed,
                lambda purpose, name=name: stream(setup.seed, setup.name, name, purpose),  # type: ignore[misc]
            )
            for name, each in file.thermometers.items()
        }
        for name, one in self.sensors.items():
            stated = setup.truths.get(name)
            if isinstance(stated, StatedThermometer):
                one.law = stated

    def join(self, units: Mapping[str, Twin]) -> None:
        """Do nothing: instruments name what they are at."""

    @property
    def joints(self) -> Mapping[str, str]:
        """The thermometers, and where each is."""
        return {name: sensor.where for name, sensor in self.sensors.items()}

    def connect(self, joint: str, node: str) -> None:
        """Put a thermometer somewhere: `air`, a bath's name, or `NAME@0.15` with the depth in metres."""
        with self._lock:
            self.sensor(joint).put(node)

    def impose(self, part: str, effects: Mapping[str, Sequence[float]]) -> bool:
        """Impose effects on a thermometer or a bath; return whether it is here."""
        subject = self.sensors.get(part) or self.media.get(part)
        if subject is None:
            return False
        check_effects(part, effects, subject.effects)
        with self._lock:
            subject.impose(effects)
        return True

    def state(self) -> dict[str, Any]:
        """Return where the thermometers are, and what the baths are set to."""
        baths = {name: each.set_C for name, each in self.media.items()}
        return {"joints": dict(self.joints), "set_points_C": baths}

    def sensor(self, name: str) -> Sensor:
        """Return a thermometer by its name in the file."""
        if name not in self.sensors:
            msg = f"no thermometer {name!r} in this world of heat; there are {', '.join(self.sensors) or 'none'}"
            raise InputError(msg)
        return self.sensors[name]

    def medium(self, name: str) -> Medium:
        """Return a bath by its name in the file."""
        if name not in self.media:
            msg = f"no bath {name!r} in this world of heat; there are {', '.join(self.media) or 'none'}"
            raise InputError(msg)
        return self.media[name]

    def value(self, name: str, at_s: float, current_A: float = 0.0) -> float:
        """Return what a thermometer's leads give, in ohms or volts."""
        with self._lock:
            return self.sensor(name).value(at_s, current_A)

    def set_point(self, name: str, t_C: float) -> None:
        """Set a bath."""
        with self._lock:
            self.medium(name).set_point(t_C, self._clock.elapsed())

    def true_ohm(self, name: str, t_C: float, current_A: float = 0.0) -> float:
        """Return what a resistance thermometer would have at a temperature of its surroundings, now: for studies."""
        sensor = self.sensor(name)
        assert sensor.cold_end is None
        return sensor.law.value(t_C + sensor.heated_K(t_C, current_A)) * (1 + sensor.drift(self._clock.elapsed()))

    def departure_K(self, name: str, t_C: float) -> float:
        """Return by how much a resistance thermometer shows too much by IEC 60751, at 1 mA: for studies."""
        return platinum.temperature_C(self.true_ohm(name, t_C, 1e-3)) - t_C

    def departure_V(self, name: str, emf_V: float) -> float:
        """Return by how much a thermocouple gives too much where its reference function has an emf: for studies."""
        sensor = self.sensor(name)
        assert sensor.cold_end is not None
        t_C = thermocouples.temperature_C(sensor.cold_end.type, emf_V)
        return sensor.law.value(t_C) * (1 + sensor.drift(self._clock.elapsed())) - emf_V


def heat_world(setup: Setup, name: str) -> HeatWorld:
    """Return the world of heat that an instrument names.

    Raises
    ------
    InputError
        There is none.
    """
    world = setup.worlds.get(name)
    if not isinstance(world, HeatWorld):
        there = ", ".join(n for n, w in setup.worlds.items() if isinstance(w, HeatWorld)) or "none"
        msg = f"simulated {setup.name}: there is no world of heat {name!r}; there are {there}"
        raise InputError(msg)
    return world


HEAT = WorldKind(HeatWorld, HeatFile)
