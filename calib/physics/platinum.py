"""Industrial platinum resistance thermometers: Callendar-Van Dusen equation, IEC 60751 resistances and tolerances."""

import math
from dataclasses import dataclass
from typing import Literal

from calib.errors import OutOfRange

A, B, C = 3.9083e-3, -5.775e-7, -4.183e-12
"""Coefficients of IEC 60751:2022 in K⁻¹, K⁻², K⁻⁴."""
LOWEST_C, HIGHEST_C = -200.0, 850.0
"""Where the equation of IEC 60751 holds."""
_STEPS = 30

Tolerance = Literal["AA", "A", "B", "C"]
TOLERANCES: dict[Tolerance, tuple[float, float]] = {
    "AA": (0.1, 0.0017),
    "A": (0.15, 0.002),
    "B": (0.3, 0.005),
    "C": (0.6, 0.01),
}
"""Tolerance classes of thermometers, the strictest first: (K, K for each degree Celsius), IEC 60751:2022."""
VALID_C: dict[Tolerance, tuple[float, float]] = {
    "AA": (-50.0, 250.0),
    "A": (-100.0, 450.0),
    "B": (-196.0, 600.0),
    "C": (-196.0, 600.0),
}
"""Where the tolerances of thermometers with wire-wound resistors hold, in °C (IEC 60751; as makers quote it)."""


@dataclass(frozen=True)
class CallendarVanDusen:
    """R = R0 (1 + A t + B t²) from 0 °C up, R = R0 (1 + A t + B t² + C (t − 100 °C) t³) below."""

    R0_ohm: float = 100.0
    A: float = A
    B: float = B
    C: float = C

    def resistance_ohm(self, t_C: float) -> float:
        """Return the resistance in ohms."""
        below = self.C * (t_C - 100.0) * t_C**3 if t_C < 0 else 0.0
        return self.R0_ohm * (1 + (self.A + self.B * t_C) * t_C + below)

    def ohm_per_K(self, t_C: float) -> float:
        """Return the slope of the equation, in ohms per kelvin."""
        below = self.C * (4 * t_C - 300.0) * t_C**2 if t_C < 0 else 0.0
        return self.R0_ohm * (self.A + 2 * self.B * t_C + below)

    def ohm_per_coefficient(self, t_C: float) -> dict[str, float]:
        """Return ∂R/∂R0, ∂R/∂A, ∂R/∂B, ∂R/∂C by name, in ohms for each unit of theirs."""
        below = self.R0_ohm * (t_C - 100.0) * t_C**3 if t_C < 0 else 0.0
        return {
            "R0": self.resistance_ohm(t_C) / self.R0_ohm,
            "A": self.R0_ohm * t_C,
            "B": self.R0_ohm * t_C**2,
            "C": below,
        }

    def temperature_C(self, ohm: float) -> float:
        """Return the temperature in degrees Celsius.

        Raises
        ------
        OutOfRange
            The equation has no such temperature between −200 °C and 850 °C.
        """
        lowest, highest = self.resistance_ohm(LOWEST_C), self.resistance_ohm(HIGHEST_C)
        slack = 1e-12 * highest
        if not lowest - slack <= ohm <= highest + slack:
            span = f"{LOWEST_C:g} °C to {HIGHEST_C:g} °C"
            msg = f"no temperature from {span} has {ohm:g} Ω; allowed: {lowest:g} Ω to {highest:g} Ω"
            raise OutOfRange(msg)
        t_C = (
            (math.sqrt(self.A**2 - 4 * self.B * (1 - ohm / self.R0_ohm)) - self.A) / (2 * self.B)
            if self.B
            else (ohm / self.R0_ohm - 1) / self.A
        )
        if ohm >= self.R0_ohm:
            return t_C
        for _ in range(_STEPS):  # Newton's rule; the quadratic is at most 2.5 K away
            step_K = (ohm - self.resistance_ohm(t_C)) / self.ohm_per_K(t_C)
            t_C += step_K
            if abs(step_K) < 1e-12 * (1 + abs(t_C)):
                break
        return t_C


IEC_60751 = CallendarVanDusen()
"""A thermometer of 100 Ω exactly as the standard has it."""


def resistance_ohm(t_C: float, R0: float = 100.0) -> float:
    """Return the resistance in ohms that IEC 60751 gives a thermometer of `R0` ohms at 0 °C."""
    _within(t_C)
    return R0 / 100.0 * IEC_60751.resistance_ohm(t_C)


def temperature_C(ohm: float, R0: float = 100.0) -> float:
    """Return the temperature in degrees Celsius at which IEC 60751 gives a thermometer of `R0` ohms that resistance."""
    return IEC_60751.temperature_C(ohm * 100.0 / R0)


def tolerance_K(tolerance: Tolerance, t_C: float) -> float:
    """Return the half-width of a tolerance class at a temperature, in kelvins."""
    floor_K, per_degree = TOLERANCES[tolerance]
    return floor_K + per_degree * abs(t_C)


def _within(t_C: float) -> None:
    if not LOWEST_C <= t_C <= HIGHEST_C:
        msg = f"IEC 60751 gives no resistance at {t_C:g} °C; allowed: {LOWEST_C:g} °C to {HIGHEST_C:g} °C"
        raise OutOfRange(msg)
