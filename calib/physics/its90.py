"""ITS-90 between the triple points of argon and silver's freezing point: platinum resistance thermometers.

Preston-Thomas, "The International Temperature Scale of 1990 (ITS-90)", Metrologia 27 (1990) 3–10, with the equations
and table 4's sub-ranges numbered as there. W(T90) = R(T90)/R(273.16 K).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from calib.errors import InputError, OutOfRange

_A = (-2.13534729, 3.18324720, -1.80143597, 0.71727204, 0.50344027, -0.61899395, -0.05332322, 0.28021362, 0.10715224,
      -0.29302865, 0.04459872, 0.11868632, -0.05248134)  # fmt: skip
"""Equation (9a), below 273.16 K."""
_C = (2.78157254, 1.64650916, -0.13714390, -0.00649767, -0.00234444, 0.00511868, 0.00187982, -0.00204472, -0.00046122,
      0.00045724)  # fmt: skip
"""Equation (10a), from 0 °C up."""
ZERO_C_K = 273.15
TRIPLE_POINT_C = 0.01
LOWEST_C, HIGHEST_C = -189.3442, 961.78
_NEWTON_STEPS = 20
BEYOND_K = 1.0
"""How far beyond the end of its sub-range a thermometer's deviation function is used: as far as a bath is off."""

Substance = Literal["Ar", "Hg", "H2O", "Ga", "In", "Sn", "Zn", "Al", "Ag"]
FIXED_POINTS_C: dict[Substance, float] = {
    "Ar": -189.3442,
    "Hg": -38.8344,
    "H2O": 0.01,
    "Ga": 29.7646,
    "In": 156.5985,
    "Sn": 231.928,
    "Zn": 419.527,
    "Al": 660.323,
    "Ag": 961.78,
}
"""Defining fixed points (ITS-90, table 1)."""


def reference_ratio(t_C: float) -> float:
    """Return Wr at a temperature in degrees Celsius (equations 9a, 10a)."""
    _within(t_C)
    if t_C < TRIPLE_POINT_C:
        x = (math.log((t_C + ZERO_C_K) / 273.16) + 1.5) / 1.5
        return math.exp(_polynomial(_A, x))
    return _polynomial(_C, (t_C - 481.0) / 481.0)


def reference_slope_per_K(t_C: float) -> float:
    """Return the slope of Wr, per kelvin."""
    _within(t_C)
    if t_C < TRIPLE_POINT_C:
        kelvin = t_C + ZERO_C_K
        x = (math.log(kelvin / 273.16) + 1.5) / 1.5
        return math.exp(_polynomial(_A, x)) * _polynomial(_derived(_A), x) / (1.5 * kelvin)
    return _polynomial(_derived(_C), (t_C - 481.0) / 481.0) / 481.0


def reference_temperature_C(ratio: float) -> float:
    """Return the temperature in degrees Celsius at which Wr has a value: equations (9a), (10a) solved by Newton's rule.

    Raises
    ------
    OutOfRange
        Wr has this value nowhere between the triple point of argon and the freezing point of silver.
    """
    lowest, highest = _ratios()
    if not lowest <= ratio <= highest:
        msg = f"no temperature of the ITS-90 between Ar and Ag has Wr = {ratio:g}; allowed: {lowest:g} to {highest:g}"
        raise OutOfRange(msg)
    t_C = (ratio - 1.0) / 0.004
    for _ in range(_NEWTON_STEPS):
        t_C = min(max(t_C, LOWEST_C), HIGHEST_C)
        step_K = (ratio - reference_ratio(t_C)) / reference_slope_per_K(t_C)
        t_C += step_K
        if abs(step_K) < 1e-10:
            break
    return min(max(t_C, LOWEST_C), HIGHEST_C)


@cache
def _ratios() -> tuple[float, float]:
    """Return Wr at the ends of the scale."""
    return reference_ratio(LOWEST_C), reference_ratio(HIGHEST_C)


@dataclass(frozen=True)
class SubRange:
    """A range of the scale with the terms of its deviation function W − Wr and the fixed points that fix them."""

    number: int
    """Of the deviation coefficients, as in table 4."""
    low_C: float
    high_C: float
    points: tuple[Substance, ...]
    """One for each term, beside the triple point of water."""
    logarithmic: bool = False
    """Whether the second term is (W − 1) ln W (equation 12), not (W − 1)²."""

    def terms(self, ratio: float) -> tuple[float, ...]:
        """Return the terms at a ratio W, one for each coefficient."""
        w = ratio - 1.0
        if self.logarithmic:
            return w, w * math.log(ratio)
        return tuple(w ** (n + 1) for n in range(len(self.points)))

    def slopes(self, ratio: float) -> tuple[float, ...]:
        """Return the derivatives of the terms by W."""
        w = ratio - 1.0
        if self.logarithmic:
            return 1.0, math.log(ratio) + w / ratio
        return tuple((n + 1) * w**n for n in range(len(self.points)))


SUB_RANGES: dict[int, SubRange] = {
    each.number: each
    for each in (
        SubRange(4, FIXED_POINTS_C["Ar"], TRIPLE_POINT_C, ("Ar", "Hg"), logarithmic=True),
        SubRange(5, FIXED_POINTS_C["Hg"], FIXED_POINTS_C["Ga"], ("Hg", "Ga")),
        SubRange(7, 0.0, FIXED_POINTS_C["Al"], ("Sn", "Zn", "Al")),
        SubRange(8, 0.0, FIXED_POINTS_C["Zn"], ("Sn", "Zn")),
        SubRange(9, 0.0, FIXED_POINTS_C["Sn"], ("In", "Sn")),
        SubRange(10, 0.0, FIXED_POINTS_C["In"], ("In",)),
        SubRange(11, 0.0, FIXED_POINTS_C["Ga"], ("Ga",)),
    )
}
"""By the number of their coefficients a₄, b₄ … a₁₁; without 6, whose last term needs silver."""


@dataclass(frozen=True)
class Deviation:
    """The deviation function of one thermometer in one sub-range."""

    sub_range: int
    coefficients: tuple[float, ...]
    """a, b, c of the sub-range, as many as it has."""

    def __post_init__(self) -> None:
        known = SUB_RANGES.get(self.sub_range)
        if known is None or len(self.coefficients) != len(known.points):
            shown = ", ".join(f"{n}: {len(s.points)}" for n, s in SUB_RANGES.items())
            msg = (
                f"ITS-90: sub-range {self.sub_range} with {len(self.coefficients)} coefficients; "
                f"allowed are those of (sub-range: coefficients) {shown}"
            )
            raise InputError(msg)

    @property
    def span(self) -> SubRange:
        """The sub-range."""
        return SUB_RANGES[self.sub_range]

    def of(self, ratio: float) -> float:
        """Return W − Wr at a ratio W."""
        return math.fsum(c * term for c, term in zip(self.coefficients, self.span.terms(ratio), strict=True))

    def slope(self, ratio: float) -> float:
        """Return the derivative of W − Wr by W."""
        return math.fsum(c * term for c, term in zip(self.coefficients, self.span.slopes(ratio), strict=True))


def deviation(sub_range: int, ratios: Mapping[Substance, float]) -> Deviation:
    """Return the deviation function of a thermometer by its ratios W at the fixed points of a sub-range.

    Raises
    ------
    InputError
        There is no such sub-range, or a ratio is missing or one too many.
    """
    span = SUB_RANGES.get(sub_range)
    if span is None or set(ratios) != set(span.points):
        wanted = "one of 4, 5, 7 to 11" if span is None else f"W at {', '.join(span.points)}"
        msg = f"ITS-90: sub-range {sub_range} with W at {', '.join(ratios)}; allowed: {wanted}"
        raise InputError(msg)
    terms = np.array([span.terms(ratios[point]) for point in span.points])
    found = np.array([ratios[point] - reference_ratio(FIXED_POINTS_C[point]) for point in span.points])
    return Deviation(sub_range, tuple(float(c) for c in np.linalg.solve(terms, found)))


@dataclass(frozen=True)
class StandardThermometer:
    """A standard platinum resistance thermometer, as its certificate has it."""

    triple_point_ohm: float
    """Resistance at the triple point of water."""
    deviations: tuple[Deviation, ...] = ()
    """The first whose sub-range holds the temperature counts; without any it is the reference thermometer."""

    def resistance_ohm(self, t_C: float) -> float:
        """Return the resistance at a temperature in degrees Celsius."""
        return self.triple_point_ohm * self.ratio(t_C)

    def ohm_per_K(self, t_C: float) -> float:
        """Return the slope of the resistance, in ohms per kelvin."""
        of = self._deviation(t_C)
        bend = 0.0 if of is None else of.slope(self.ratio(t_C))
        return self.triple_point_ohm * reference_slope_per_K(t_C) / (1 - bend)

    def ratio(self, t_C: float) -> float:
        """Return W at a temperature: W − deviation(W) = Wr, solved by Newton's rule."""
        reference, of = reference_ratio(t_C), self._deviation(t_C)
        ratio = reference
        for _ in range(_NEWTON_STEPS if of else 0):
            assert of is not None
            step = (reference + of.of(ratio) - ratio) / (1 - of.slope(ratio))
            ratio += step
            if abs(step) < 1e-15:
                break
        return ratio

    def temperature_C(self, ohm: float) -> float:
        """Return the temperature in degrees Celsius at a resistance.

        Raises
        ------
        OutOfRange
            The temperature lies in no sub-range for which the thermometer was calibrated.
        """
        ratio = ohm / self.triple_point_ohm
        near_C = reference_temperature_C(ratio)
        of = self._deviation(near_C)
        return near_C if of is None else reference_temperature_C(ratio - of.of(ratio))

    def _deviation(self, t_C: float) -> Deviation | None:
        if not self.deviations:
            return None
        holding = (d for d in self.deviations if d.span.low_C <= t_C <= d.span.high_C)
        beside = (d for d in self.deviations if d.span.low_C - BEYOND_K <= t_C <= d.span.high_C + BEYOND_K)
        found = next(holding, None) or next(beside, None)
        if found is None:
            spans = ", ".join(f"{d.span.low_C:g} °C to {d.span.high_C:g} °C" for d in self.deviations)
            msg = f"the thermometer has no coefficients at {t_C:g} °C; allowed: {spans}"
            raise OutOfRange(msg)
        return found


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    value = 0.0
    for c in reversed(coefficients):
        value = value * x + c
    return value


@cache
def _derived(coefficients: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(n * c for n, c in enumerate(coefficients))[1:]


def _within(t_C: float) -> None:
    if not LOWEST_C <= t_C <= HIGHEST_C:
        msg = f"ITS-90, from Ar to Ag: {t_C:g} °C is outside; allowed: {LOWEST_C:g} °C to {HIGHEST_C:g} °C"
        raise OutOfRange(msg)
