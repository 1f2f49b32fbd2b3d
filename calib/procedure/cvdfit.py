"""Callendar-Van Dusen coefficients by least squares from temperatures and departures that are correlated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calib.physics import platinum
from calib.physics.platinum import CallendarVanDusen
from calib.uncertainty import Quantity

LEAST = 3
"""Temperatures for R₀, A and B."""
LEAST_WITH_C = 5
"""Temperatures for C too, of which two below 0 °C."""


@dataclass(frozen=True)
class Fitted:
    """What was found."""

    coefficients: Mapping[str, Quantity]
    """R0 in ohms, A, B and, where it was fitted, C, in K⁻¹, K⁻², K⁻⁴: correlated quantities."""
    residuals_K: NDArray[np.float64]
    """Of each temperature."""
    n: int

    @property
    def law(self) -> CallendarVanDusen:
        """The equation with the values that were found."""
        value = {name: float(q.value) for name, q in self.coefficients.items()}
        return CallendarVanDusen(value["R0"], value["A"], value["B"], value.get("C", platinum.C))


def fit_callendar_van_dusen(points: Sequence[tuple[float, Quantity]], R0_ohm: float) -> Fitted | None:
    """Return the coefficients from (reference temperature, departure from IEC 60751); None with too few temperatures.

    The departures hold all that is uncertain, of the reference temperatures too, so that the resistance at the
    reference temperature is R_IEC(t + E). It is linear in R₀, R₀A, R₀B and R₀C; what the departures share, the
    coefficients share (JCGM 102:2011, 6.2). All temperatures count alike. Without C that of IEC 60751 is taken.
    """
    t_C = np.array([t for t, _ in points])
    distinct = np.unique(np.round(t_C, 0))
    if len(distinct) < LEAST:
        return None
    with_C = len(distinct) >= LEAST_WITH_C and int(np.sum(distinct < -1)) >= 2
    cubic = np.where(t_C < 0, (t_C - 100.0) * t_C**3, 0.0)
    columns = [np.ones_like(t_C), t_C, t_C**2]
    design = np.stack([*columns, cubic], axis=1) if with_C else np.stack(columns, axis=1)
    if not with_C:
        design[:, 0] += platinum.C * cubic  # R₀ C stands with R₀
    resistances = [resistance_at(t, e, R0_ohm) for t, e in points]
    scale = np.max(np.abs(design), axis=0)
    solution = np.linalg.pinv(design / scale) / scale[:, None]
    found = [_combined(row, resistances) for row in solution]
    names = ("R0", "A", "B", "C")[: len(found)]
    R0 = found[0]
    coefficients = {"R0": R0} | {name: q / R0 for name, q in zip(names[1:], found[1:], strict=True)}
    fitted = Fitted(coefficients, np.zeros_like(t_C), len(points))
    law = fitted.law
    measured = np.array([float(r.value) for r in resistances])
    residuals_K = np.array([(m - law.resistance_ohm(t)) / law.ohm_per_K(t) for t, m in zip(t_C, measured, strict=True)])
    return Fitted(coefficients, residuals_K, len(points))


def resistance_at(t_C: float, departure: Quantity, R0_ohm: float) -> Quantity:
    """Return the resistance at a reference temperature of what departs from IEC 60751 by so many kelvins."""
    shown_C = t_C + float(departure.value)
    slope = platinum.IEC_60751.ohm_per_K(shown_C) * R0_ohm / 100.0
    return (departure - float(departure.value)) * slope + platinum.resistance_ohm(shown_C, R0_ohm)


def _combined(weights: NDArray[np.float64], resistances: Sequence[Quantity]) -> Quantity:
    total = resistances[0] * float(weights[0])
    for weight, resistance in zip(weights[1:], resistances[1:], strict=True):
        total = total + resistance * float(weight)
    return total
