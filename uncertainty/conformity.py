"""Statements of conformity: acceptance limits, verdicts, ratios (ILAC-G8:09/2019; JCGM 106:2012; ISO 14253-1:2017)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from calib.errors import UncertaintyError

Verdict = Literal["pass", "fail", "conditionalPass", "conditionalFail", "none"]
"""Names of the digital calibration certificate (DCC 3.3.0); `none` where there is no specification."""

GUARD_FACTORS = {"simple": 0.0, "ilac-g8": 1.0, "iso-14253-1": 0.83}
"""Guard band over U of the decision rules by name; a customer's own rule is any other factor r."""


@dataclass(frozen=True)
class Limits:
    """A tolerance interval; an end may be infinite."""

    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            msg = f"tolerance limits {self.lower} … {self.upper}: the lower must be below the upper, and both numbers"
            raise UncertaintyError(msg)

    @property
    def given(self) -> bool:
        """Whether there is any limit at all."""
        return math.isfinite(self.lower) or math.isfinite(self.upper)

    def holds(self, y: float) -> bool:
        """Whether `y` lies within; a limit itself is within."""
        return _at_most(self.lower, y) and _at_most(y, self.upper)


GuardBand = Callable[[Limits, float], float]
"""Tolerance and expanded uncertainty U for 95 % → w, in the unit of the tolerance."""


@dataclass(frozen=True)
class DecisionRule:
    """How a statement of conformity is made, as agreed with the customer (ISO/IEC 17025:2017, 7.8.6)."""

    guard_factor: float = 0.0
    """r in w = r·U: 0 simple acceptance, 1 ILAC-G8, 0.83 ISO 14253-1; negative widens (uncritical)."""
    binary: bool = True
    """Two verdicts, pass and fail; else also conditional ones within w of a tolerance limit."""
    band: GuardBand | None = None
    """w by a function of its own, in place of r·U."""

    @classmethod
    def named(cls, name: str, *, binary: bool = True) -> "DecisionRule":
        """Return a rule by its name in `GUARD_FACTORS` or in `guardbands.TUR_RULES`."""
        from calib.uncertainty.guardbands import TUR_RULES, guard_band

        if name in TUR_RULES:
            return cls(binary=binary, band=partial(guard_band, name))
        if name not in GUARD_FACTORS:
            known = ", ".join((*GUARD_FACTORS, *TUR_RULES))
            msg = f"decision rule {name!r} is not known; choose one of {known}, or give guard_factor"
            raise UncertaintyError(msg)
        return cls(GUARD_FACTORS[name], binary)

    @classmethod
    def of(cls, band: GuardBand, *, binary: bool = True) -> "DecisionRule":
        """Return a rule whose w is `band(tolerance, U)`, such as one made of `guard_band_for_risk`."""
        return cls(binary=binary, band=band)

    def guard_band(self, U: float, tolerance: Limits | None = None) -> float:
        """Return w = r·U, or by the rule's own function, which needs the tolerance."""
        if not (math.isfinite(U) and U >= 0):
            msg = f"U = {U}: a guard band needs a finite expanded uncertainty, not negative"
            raise UncertaintyError(msg)
        if self.band is None:
            return self.guard_factor * U
        if tolerance is None:
            msg = "this decision rule takes its guard band from the tolerance too: guard_band(U, tolerance)"
            raise UncertaintyError(msg)
        w = self.band(tolerance, U)
        if not (isinstance(w, (int, float)) and math.isfinite(w)):
            msg = f"the guard band of this decision rule came out as {w!r} for U = {U}: a finite number is needed"
            raise UncertaintyError(msg)
        return float(w)

    def verdict(self, y: float, U: float, tolerance: Limits) -> Verdict:
        """Return the verdict on a measured value `y` with expanded uncertainty `U`."""
        if not tolerance.given:
            return verdict(y, tolerance)
        return verdict(y, tolerance, self.guard_band(U, tolerance), binary=self.binary)


def acceptance_limits(tolerance: Limits, guard_band: float) -> tuple[float, float]:
    """Return (lower, upper) acceptance limits: the tolerance moved in by w; lower above upper where nothing passes."""
    return tolerance.lower + guard_band, tolerance.upper - guard_band


def verdict(y: float, tolerance: Limits, guard_band: float = 0.0, *, binary: bool = True) -> Verdict:
    """Return the verdict on `y` (ILAC-G8:09/2019, 4.2): a value on an acceptance limit passes.

    Not binary: within the acceptance limits pass; within the tolerance conditionalPass; outside it by no more than w
    conditionalFail; beyond fail.
    """
    if math.isnan(y):
        msg = "the measured value is not a number: there is nothing to decide"
        raise UncertaintyError(msg)
    if not tolerance.given:
        return "none"
    low, high = acceptance_limits(tolerance, guard_band)
    if _at_most(low, y) and _at_most(y, high):
        return "pass"
    if binary or guard_band <= 0:
        return "fail"
    if tolerance.holds(y):
        return "conditionalPass"
    near = _at_most(tolerance.lower - guard_band, y) and _at_most(y, tolerance.upper + guard_band)
    return "conditionalFail" if near else "fail"


def _at_most(a: float, b: float) -> bool:
    """Return a ≤ b, where the last bits of binary fractions (0.1 + 0.2 against 0.3) decide nothing."""
    return a <= b or math.isclose(a, b, rel_tol=1e-12)


def tur(tolerance: Limits, U: float) -> float:
    """Return TUR: tolerance span over 2U (ANSI/NCSL Z540.3-2006); nan unless both limits are finite and U > 0."""
    span = tolerance.upper - tolerance.lower
    return span / (2 * U) if math.isfinite(span) and U > 0 else math.nan


def conformance_probability(y: float, u: float, tolerance: Limits) -> float:
    """Return p_c = Φ((TU − y)/u) − Φ((TL − y)/u) for a normal measurand (JCGM 106:2012, 7.4).

    With the real distribution of a budget use `Quantity.probability_between` instead.
    """
    if not u > 0:
        return float(tolerance.holds(y))
    above, below = (tolerance.upper - y) / u, (tolerance.lower - y) / u
    if below > 0:  # mirrored, so that a small probability keeps its digits
        above, below = -below, -above
    return 0.5 * (math.erfc(-above / math.sqrt(2)) - math.erfc(-below / math.sqrt(2)))
