"""The true value of a standard that lies on the bench: drawn round its nominal one, or stated."""

from typing import Annotated

import numpy as np
from pydantic import Field

from calib.clock import Clock
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.stated import stated_value
from calib.drivers.simulation.truth_file import REFERENCE_C, StatedValue
from calib.files import Strict

Bound = Annotated[float, Field(ge=0)]


class StandardFile(Strict):
    """By what a standard's true value is drawn, half-widths each; or the value itself."""

    tolerance: Bound = 1e-5
    """Relative to the nominal value."""
    per_K: Bound = 0.0
    """Temperature coefficient, relative, from 23 °C."""
    drift_ppm_per_year: Bound = 0.0
    age_days: Annotated[float, Field(ge=0)] = 0.0
    """Time since its calibration when the bench begins."""
    truth: StatedValue | None = None
    """In place of all that."""


class StandardValue:
    """A true value that follows temperature and time."""

    def __init__(
        self, nominal: float, file: StandardFile, clock: Clock, environment: Environment, rng: np.random.Generator
    ) -> None:
        self._clock = clock
        self._environment = environment
        self._stated = file.truth or _drawn(nominal, file, rng)

    def now(self, temperature_C: float | None = None) -> float:
        """Return the true value at this time, and at the present temperature unless another is given."""
        at_C = self._environment.temperature_C() if temperature_C is None else temperature_C
        return stated_value(self._stated, at_C, self._clock.elapsed())


def _drawn(nominal: float, file: StandardFile, rng: np.random.Generator) -> StatedValue:
    error, per_K, drift = (float(rng.uniform(-1, 1)) for _ in range(3))
    return StatedValue(
        value=nominal * (1 + file.tolerance * error),
        age_days=file.age_days,
        temperature_C=REFERENCE_C,
        drift_ppm_per_year=file.drift_ppm_per_year * drift,
        temperature_ppm_per_K=file.per_K * per_K * 1e6,
    )
