"""The air round a simulated bench: it swings, drifts, and is disturbed."""

import math
from typing import Annotated, Literal

from pydantic import Field

from calib.clock import Clock
from calib.files import Strict

Quantity = Literal["temperature_C", "humidity_percent", "pressure_Pa"]


class Disturbance(Strict):
    """What comes on top of one quantity from a time on."""

    quantity: Quantity
    shape: Literal["step", "sine", "spike", "ramp"]
    """A step rises with its time constant and stays; a spike rises at once and falls with it; a sine has a period."""
    size: float
    """In the unit of the quantity; of a ramp, per hour."""
    at_s: float = 0.0
    """On the bench's clock."""
    time_s: Annotated[float, Field(gt=0)] = 60.0
    """Time constant, or period."""

    def value(self, now_s: float) -> float:
        """Return what it adds at a time."""
        passed_s = now_s - self.at_s
        if passed_s < 0:
            return 0.0
        match self.shape:
            case "step":
                return self.size * -math.expm1(-passed_s / self.time_s)
            case "spike":
                return self.size * math.exp(-passed_s / self.time_s)
            case "sine":
                return self.size * math.sin(2 * math.pi * passed_s / self.time_s)
            case _:
                return self.size * passed_s / 3600.0


class EnvironmentFile(Strict):
    """Temperature, humidity and pressure, with a slow swing as of an air conditioner."""

    temperature_C: Annotated[float, Field(ge=-40, le=85)] = 23.0
    temperature_swing_K: Annotated[float, Field(ge=0)] = 0.0
    humidity_percent: Annotated[float, Field(ge=0, le=100)] = 45.0
    humidity_swing_percent: Annotated[float, Field(ge=0)] = 0.0
    pressure_Pa: Annotated[float, Field(gt=0)] = 101_325.0
    period_s: Annotated[float, Field(gt=0)] = 1800.0
    disturbances: tuple[Disturbance, ...] = ()


class Environment:
    """Ambient conditions, now."""

    def __init__(self, file: EnvironmentFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._disturbances = list(file.disturbances)
        self._told_C = (-math.inf, 0.0)
        """Instant, and the temperature at it: it is asked for many times at one."""

    def disturb(self, disturbance: Disturbance) -> None:
        """Add a disturbance; its time counts from now."""
        later = {"at_s": self._clock.elapsed() + disturbance.at_s}
        self._disturbances.append(disturbance.model_copy(update=later))
        self._told_C = (-math.inf, 0.0)

    def temperature_C(self) -> float:
        """Return the air temperature in degrees Celsius."""
        now_s = self._clock.elapsed()
        told_s, told_C = self._told_C
        if told_s != now_s:
            swing_K = self._file.temperature_swing_K * self._swing()
            told_C = self._file.temperature_C + swing_K + self._disturbed("temperature_C")
            self._told_C = now_s, told_C
        return told_C

    def humidity_percent(self) -> float:
        """Return the relative humidity in per cent."""
        wanted = self._file.humidity_percent - self._file.humidity_swing_percent * self._swing()
        return min(max(wanted + self._disturbed("humidity_percent"), 0.0), 100.0)

    def pressure_Pa(self) -> float:
        """Return the air pressure in pascals."""
        return self._file.pressure_Pa + self._disturbed("pressure_Pa")

    def _disturbed(self, quantity: Quantity) -> float:
        if not self._disturbances:
            return 0.0
        now_s = self._clock.elapsed()
        return sum(d.value(now_s) for d in self._disturbances if d.quantity == quantity)

    def _swing(self) -> float:
        return math.sin(2 * math.pi * self._clock.elapsed() / self._file.period_s)
