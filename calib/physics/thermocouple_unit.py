"""One thermocouple: the reference function of its type, and by how much its emf deviates from that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from calib.physics import thermocouples
from calib.physics.thermocouple_tables import ThermocoupleType

_STEPS = 20
_NEAR_K = 1e-9


@dataclass(frozen=True)
class ThermocoupleUnit:
    """E(t) = E_ref(t) + d(t), reference junction at 0 °C, where every thermocouple gives nothing."""

    type: ThermocoupleType
    deviations: Sequence[tuple[float, float]] = ()
    """(°C, V), ascending: linear between, from 0 V at 0 °C below the first, and beyond the last as at it."""

    def emf_V(self, t_C: float) -> float:
        """Return the emf at a temperature."""
        return thermocouples.emf_V(self.type, t_C) + self.deviation_V(t_C)

    def deviation_V(self, t_C: float) -> float:
        """Return by how much the emf is more than that of the reference function."""
        at_C, volts = self._table
        return float(np.interp(t_C, at_C, volts))

    def temperature_C(self, emf_V: float) -> float:
        """Return the temperature at which it has an emf: steps from that of the reference function, with its slope."""
        low_C, high_C = thermocouples.span_C(self.type)
        t_C = thermocouples.temperature_C(self.type, emf_V)
        slope = self.V_per_K(t_C)
        for _ in range(_STEPS):
            step_K = (emf_V - self.emf_V(t_C)) / slope
            t_C = min(max(t_C + step_K, low_C), high_C)
            if abs(step_K) < _NEAR_K:
                break
        return t_C

    def V_per_K(self, t_C: float) -> float:
        """Return the slope of the reference function: a deviation's own is a thousandth of it."""
        return thermocouples.seebeck_V_per_K(self.type, t_C)

    @cached_property
    def _table(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        points = list(self.deviations)
        if not points or points[0][0] > 0:
            points.insert(0, (0.0, 0.0))
        at_C, volts = zip(*points, strict=True)
        return np.array(at_C), np.array(volts)
