"""Counts of events that come independently of each other (Poisson)."""

import math

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.uncertain import Quantity


def count(events: int, *, bayesian: bool = False, name: str = "", unit: str | None = None) -> Quantity:
    """Return a number of counted events with its uncertainty as an estimate of the expected number.

    Value n and u = √n, unlimited degrees of freedom: the variance of a Poisson distribution is its expectation.
    `bayesian`: gamma with value n + 1 and u = √(n + 1), what is known after n events and nothing before
    (JCGM 101:2008, 6.4.11); right for few events and for none.

    Raises
    ------
    UncertaintyError
        Not a whole number of events, or none at all without `bayesian` (√0 would say that the zero is exact).
    """
    whole = isinstance(events, (int, float)) and not isinstance(events, bool) and math.isfinite(events)
    if not whole or events != int(events) or events < 0:
        msg = f"count {name!r}: {events} events: a whole number, not negative, is needed"
        raise UncertaintyError(msg)
    if bayesian:
        return quantity(events + 1.0, u=math.sqrt(events + 1.0), distribution="gamma", name=name, unit=unit)
    if events == 0:
        msg = f"count {name!r}: no event at all: √0 is no uncertainty; use bayesian=True"
        raise UncertaintyError(msg)
    return quantity(float(events), u=math.sqrt(events), name=name, unit=unit)
