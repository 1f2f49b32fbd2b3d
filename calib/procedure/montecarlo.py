"""Monte Carlo beside the GUM framework: the same measurement equation, the same inputs (JCGM 101:2008, 8)."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calib.inputs import Arguments
from calib.procedure.estimates import drawn
from calib.record.result import Agreement
from calib.uncertainty import numerical_tolerance, propagate

DIGITS = 1
"""Significant digits of u to which intervals must agree: k from few readings is right to one, not always to two."""


@dataclass(frozen=True)
class Validated:
    """The coverage interval of Monte Carlo beside that of the row; the fields of a `Result` of the same names."""

    mc_trials: int = 0
    mc_lower: float = 0.0
    mc_upper: float = 0.0
    mc_verdict: Agreement = "none"

    @classmethod
    def of(
        cls,
        model: Callable[..., Any],
        arguments: Arguments,
        interval: tuple[float, float],
        u: float,
        p: float,
        trials: int,
    ) -> "Validated":
        """Return the probabilistically symmetric interval, and whether both its ends are within δ of the row's.

        δ is half a unit of the first significant digit of u (JCGM 101:2008, 7.9.2). The seed is that of the inputs:
        the same readings give the same digits.
        """
        equation, errors = drawn(model, arguments)
        seed = zlib.crc32(repr([(name, float(e.u)) for name, e in errors.items()]).encode())
        out = propagate(equation, errors, "monte-carlo", trials=trials, seed=seed)
        low, high = (float(end) for end in out.interval(p))
        delta = float(numerical_tolerance(u, DIGITS))
        agrees = abs(low - interval[0]) <= delta and abs(high - interval[1]) <= delta
        return cls(trials, low, high, "agrees" if agrees else "differs")
