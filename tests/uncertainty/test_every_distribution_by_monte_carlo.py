"""Every distribution as certificates state it: mean, standard deviation, form of its draws (JCGM 101:2008, table 1)."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import Quantity, propagate, quantity

TRIALS = 200_000
TABLE: dict[str, tuple[Quantity, Any]] = {
    "normal": (quantity(2.0, u=0.5), stats.norm(2, 0.5)),
    "t": (quantity(2.0, u=0.5, dof=7, distribution="t"), stats.t(7, 2, 0.5)),
    "normal with dof": (quantity(2.0, u=0.5, dof=7), stats.t(7, 2, 0.5)),
    "rectangular": (quantity(2.0, half_width=0.5), stats.uniform(1.5, 1)),
    "resolution": (quantity(2.0, resolution=0.1), stats.uniform(1.95, 0.1)),
    "limits": (quantity(2.0, limits=(1.0, 4.0)), stats.uniform(1.0, 3.0)),
    "triangular": (quantity(2.0, half_width=0.5, distribution="triangular"), stats.triang(0.5, 1.5, 1)),
    "trapezoidal": (
        quantity(2.0, half_width=0.5, distribution="trapezoidal", beta=0.4), stats.trapezoid(0.3, 0.7, 1.5, 1)
    ),
    "arcsine": (quantity(2.0, half_width=0.5, distribution="arcsine"), stats.arcsine(1.5, 1)),
    "exponential": (quantity(2.0, distribution="exponential"), stats.expon(0, 2)),
    "gamma": (quantity(2.0, u=0.5, distribution="gamma"), stats.gamma(16, 0, 0.125)),
    "gamma for a count and a constant prior": (
        quantity(10.0, u=math.sqrt(10), distribution="gamma"), stats.gamma(10, 0, 1)
    ),
    "poisson": (quantity(9, distribution="poisson"), stats.gamma(9, 0, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_draws_have_the_form_of_the_distribution(name: str) -> None:
    given, law = TABLE[name]
    out = propagate(lambda x: x * 1.0, {"x": given}, "monte-carlo", trials=TRIALS, seed=12)
    assert stats.kstest(out.draws[:50_000], law.cdf).pvalue > 1e-3
    assert out.value == pytest.approx(law.mean(), abs=5 * law.std() / math.sqrt(TRIALS))
    kurtosis = float(law.stats("k")) + 2
    assert out.u == pytest.approx(law.std(), rel=5 * math.sqrt(kurtosis / TRIALS) / 2)


def test_curvilinear_trapezoid_is_a_rectangle_with_an_uncertain_edge() -> None:
    """JCGM 101:2008, 6.4.3.3: variance a²/3 + d²/9, all within a + d."""
    x = quantity(2.0, half_width=0.5, half_width_u=0.2, distribution="curvilinear-trapezoid")
    out = propagate(lambda x: x * 1.0, {"x": x}, "monte-carlo", trials=TRIALS, seed=12)
    assert out.u == pytest.approx(math.sqrt(0.25 / 3 + 0.04 / 9), rel=0.005)
    assert np.abs(out.draws - 2).max() == pytest.approx(0.7, abs=0.02)
    assert np.mean(np.abs(out.draws - 2) < 0.3) == pytest.approx(0.3 / (2 * 0.2) * math.log(0.7 / 0.3), abs=0.006)


def test_t_of_many_degrees_of_freedom_is_normal_and_of_one_is_cauchy() -> None:
    for dof, law in ((1e12, stats.norm()), (1.0, stats.cauchy())):
        x = {"x": quantity(0.0, u=1.0, dof=dof)}
        out = propagate(lambda x: x * 1.0, x, "monte-carlo", trials=TRIALS, seed=2)
        assert stats.kstest(out.draws[:50_000], law.cdf).pvalue > 1e-3


def test_a_count_has_the_root_of_itself_as_u() -> None:
    n = quantity(400, distribution="poisson", name="gross")
    assert (n.value, n.u) == (400.0, 20.0)
    with pytest.raises(UncertaintyError, match="poisson needs a value above 0"):
        quantity(0, distribution="poisson")
    with pytest.raises(UncertaintyError, match="the u of a poisson count is the root of its value"):
        quantity(400, u=25, distribution="poisson")


@pytest.mark.parametrize("seed", range(3))
def test_elements_of_an_array_are_independent(seed: int) -> None:
    x = {"x": quantity(np.zeros(6), u=np.arange(1.0, 7.0), dof=[3.0, 5, 50, math.inf, math.inf, 9])}
    out = propagate(lambda x: x * 1.0, x, "monte-carlo", trials=50_000, seed=seed)
    off = out.correlation[~np.eye(6, dtype=bool)]
    assert np.abs(off).max() < 5 / math.sqrt(50_000)
    assert out.u[3:5] == pytest.approx([4.0, 5.0], rel=5 / math.sqrt(100_000))
