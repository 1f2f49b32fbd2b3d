"""Weighted mean of several results of one measurand, and whether they agree."""

import math
from dataclasses import dataclass

import numpy as np

from calib.errors import UncertaintyError
from calib.uncertainty.inputs import quantity
from calib.uncertainty.leastsquares import Fitted
from calib.uncertainty.points import Points, errors, metric, points
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightedMean(Fitted):
    """Mean of n results; `residuals`, `chi2`, `dof` = n − 1 and `p_value` tell whether they agree within their u."""

    mean: Quantity
    """With the internal u, from the stated uncertainties; correlated with the results and with what they rest on."""
    weights: "np.typing.NDArray[np.float64]"
    """Shape (n,), sum 1; may be negative where results are strongly correlated."""

    @property
    def birge(self) -> float:
        """Birge ratio √(χ²/ν): about 1 where the results agree (R. T. Birge, Phys. Rev. 40 (1932) 207)."""
        return math.sqrt(self.chi2 / self.dof)

    @property
    def external(self) -> Quantity:
        """The mean with the external u, birge times the internal one: from the scatter of the results, ν = n − 1.

        It is a new error, not correlated with the results: their stated sizes are not believed here.
        """
        return quantity(self.mean.value, u=self.birge * self.mean.u, dof=self.dof, unit=self.mean.unit)

    @property
    def larger(self) -> Quantity:
        """`external` where the Birge ratio is above 1, else `mean`."""
        return self.external if self.birge > 1 else self.mean


def weighted_mean(results: Points) -> WeightedMean:
    """Return the mean of results with uncertainty, shape (n,), that has the least u.

    Weights are 1/u_i² for independent results, and Vᵢⱼ⁻¹ of their whole covariance else (generalised least squares;
    M. G. Cox, Metrologia 39 (2002) 589, procedure A; JCGM 100:2008, 5.2 for the uncertainty).

    Raises
    ------
    UncertaintyError
        Fewer than two results, one without uncertainty, or some wholly correlated.
    """
    x = points(results, "results", "weighted_mean")
    if not x.blocks:
        msg = "weighted_mean: the results state no uncertainty; use type_a for readings, or state u"
        raise UncertaintyError(msg)
    e = errors(Quantity(np.zeros(x.size), {}), x, 0.0)
    found = metric(e, "weighted_mean").project(np.ones((x.size, 1)), x.value, "weighted_mean")
    weights = found.rows[0]
    mean = float(weights @ x.value)
    return WeightedMean(
        mean=Quantity(mean, (e * weights).sum().blocks, x.unit), weights=weights, residuals=x.value - mean,
        chi2=found.chi2, dof=x.size - 1, s=math.nan,
    )  # fmt: skip
