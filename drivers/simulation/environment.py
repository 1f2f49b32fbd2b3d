"""The air round a simulated bench."""

import math
from typing import Annotated

from pydantic import Field

from calib.clock import Clock
from calib.files import Strict


class EnvironmentFile(Strict):
    """Temperature and humidity, with a slow swing as of an air conditioner."""

    temperature_C: Annotated[float, Field(ge=-40, le=85)] = 23.0
    temperature_swing_K: Annotated[float, Field(ge=0)] = 0.0
    humidity_percent: Annotated[float, Field(ge=0, le=100)] = 45.0
    humidity_swing_percent: Annotated[float, Field(ge=0)] = 0.0
    period_s: Annotated[float, Field(gt=0)] = 1800.0


class Environment:
    """Ambient conditions, now."""

    def __init__(self, file: EnvironmentFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def temperature_C(self) -> float:
        """Return the air temperature in degrees Celsius."""
        return self._file.temperature_C + self._file.temperature_swing_K * self._swing()

    def humidity_percent(self) -> float:
        """Return the relative humidity in per cent."""
        wanted = self._file.humidity_percent - self._file.humidity_swing_percent * self._swing()
        return min(max(wanted, 0.0), 100.0)

    def _swing(self) -> float:
        return math.sin(2 * math.pi * self._clock.elapsed() / self._file.period_s)
