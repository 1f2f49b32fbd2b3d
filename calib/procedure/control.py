"""Statistical control by a check standard: is a measurement as precise as before, does it find the same value.

Tests as of NIST SP 676-II, of standard deviations by F and of values by t. Beyond 95 % is a warning, beyond 99 % a
measurement out of control.
"""

from dataclasses import dataclass
from typing import Literal

WARNING, ACTION = 0.95, 0.99
State = Literal["in control", "warning", "out of control"]


@dataclass(frozen=True)
class Tested:
    """One test."""

    statistic: float
    warning: float
    action: float

    @property
    def state(self) -> State:
        """What the statistic means."""
        if self.statistic > self.action:
            return "out of control"
        return "warning" if self.statistic > self.warning else "in control"


def f_test(s: float, dof: float, accepted_s: float, accepted_dof: float) -> Tested:
    """Return whether a standard deviation exceeds the accepted one, one-sided: F = s²/s₀²."""
    from scipy.special import fdtri

    warning, action = (float(fdtri(dof, accepted_dof, p)) for p in (WARNING, ACTION))
    return Tested((s / accepted_s) ** 2, warning, action)


def t_test(value: float, accepted: float, u: float, dof: float) -> Tested:
    """Return whether a value differs from the accepted one, two-sided: t = |x − x₀|/u."""
    from scipy.special import stdtrit

    warning, action = (float(stdtrit(dof, (1 + p) / 2)) for p in (WARNING, ACTION))
    return Tested(abs(value - accepted) / u, warning, action)
