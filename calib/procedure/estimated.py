"""What the rows of a certificate rest on: points, their attempts that stand, and the estimates of each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calib.errors import InputError
from calib.procedure.estimates import Estimates, solve
from calib.procedure.point import Point
from calib.record.model import Attempt, Phase
from calib.uncertainty import Quantity

Estimated = Sequence[tuple[Point, Attempt, Estimates]]
"""In the order of the rows."""


def solved(model: Callable[..., Any], estimated: Estimated) -> Mapping[tuple[Phase, str], Quantity]:
    """Return all results as quantities by (phase, point), correlated as they are: for sums and fits over points.

    Raises
    ------
    InputError
        It is not known how errors of a standard at several of these points correlate.
    """
    found = {(attempt.phase, point.id): estimates for point, attempt, estimates in estimated}
    unknown = sorted({why for estimates in found.values() for why in estimates.uncorrelated})
    if unknown and len(found) > 1:
        msg = "the results cannot be used together: " + "; ".join(unknown)
        raise InputError(msg)
    return {key: solve(model, estimates.arguments) for key, estimates in found.items()}
