"""Several measurands together: covariance, and the regions that hold all of them (JCGM 102:2011)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty.budgetfile.how import How
from calib.uncertainty.contributions import covariance
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.firstorder import FirstOrder, as_one
from calib.uncertainty.outcome import MonteCarlo
from calib.uncertainty.regions import Ellipse, Rectangle, ellipse_factor
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True, eq=False)
class Jointly:
    """How the measurands vary together; rows and columns in the order of the file, each in its unit."""

    covariance: NDArray[np.float64]
    probability: float
    ellipse: Ellipse | None = None
    """None where the measurands depend on one another linearly, or the degrees of freedom are not known."""
    rectangle: Rectangle | None = None
    """To first order that of Bonferroni, which holds at least the probability however they correlate."""
    gum_validated: bool | None = None
    """Verdict of JCGM 102:2011, 8, after Monte Carlo."""

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Correlation matrix; nan for a measurand without uncertainty."""
        std = np.sqrt(np.diagonal(self.covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.covariance / np.outer(std, std))


def by_first_order(quantities: Sequence[Quantity], how: How) -> Jointly:
    """Return what first order says of the measurands together."""
    plain = [Quantity(q.value, q.blocks) for q in quantities]
    matrix, p = covariance(plain), how.probability
    centre, u = np.array([float(q.value) for q in plain]), np.sqrt(np.diagonal(matrix))
    if not np.all(u > 0):
        return Jointly(matrix, p)
    dof = min(float(q.expanded(p, method="t", dof_policy=how.dof_policy).dof) for q in plain)
    kq = coverage_factor(1 - (1 - p) / len(plain), dof)
    ellipse = Ellipse(centre, matrix, ellipse_factor(len(plain), p, dof), p) if _is_regular(matrix) else None
    return Jointly(matrix, p, ellipse, Rectangle(centre, u, kq, p))


def by_monte_carlo(out: MonteCarlo, quantities: Sequence[Quantity | None], how: How) -> Jointly:
    """Return what the trials say of the measurands together."""
    p = how.probability
    ellipse = rectangle = None
    try:
        rectangle = out.rectangle(p)
        ellipse = out.ellipse(p) if _is_regular(out.covariance) else None
    except UncertaintyError:  # an output does not vary, or has no u
        pass
    return Jointly(out.covariance, p, ellipse, rectangle, _validated(out, quantities, how))


def _validated(out: MonteCarlo, quantities: Sequence[Quantity | None], how: How) -> bool:
    from calib.uncertainty.validation import compared_jointly

    plain = [Quantity(q.value, q.blocks) for q in quantities if q is not None]
    if len(plain) < len(quantities) or not all(q.u > 0 for q in plain):
        return False
    try:
        return compared_jointly(FirstOrder(as_one(plain)), out, how.probability, digits=how.digits).validated
    except UncertaintyError:
        return False


def _is_regular(matrix: NDArray[np.float64]) -> bool:
    """Whether no measurand is a linear function of the others, to rounding."""
    std = np.sqrt(np.diagonal(matrix))
    return bool(np.all(std > 0) and np.linalg.eigvalsh(matrix / np.outer(std, std))[0] > 1e-12 * len(std))
