"""k and U against closed forms, quadrature, published factors and simulated coverage."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from calib.errors import UncertaintyError
from calib.uncertainty import Quantity, coverage_factor, quantity, type_a


def trapezoid_k(beta: float, p: float) -> float:
    """EA-4/02, S10: two rectangles of half-widths a1, a2, with β = |a1 − a2|/(a1 + a2)."""
    return (1 - math.sqrt((1 - p) * (1 - beta**2))) / math.sqrt((1 + beta**2) / 6)


@pytest.mark.parametrize("p", [0.683, 0.95, 0.9545, 0.99])
def test_one_rectangle_has_k_p_root_3(p: float) -> None:
    y = 3 * quantity(1.0, half_width=0.2) + 1
    assert y.expanded(p).k == pytest.approx(p * math.sqrt(3), rel=1e-12)
    assert y.expanded(p).method == "convolution"


@pytest.mark.parametrize("ratio", [1.0, 0.7, 0.3, 0.12])
@pytest.mark.parametrize("p", [0.95, 0.9545, 0.99])
def test_two_rectangles_have_the_k_of_a_trapezoid(ratio: float, p: float) -> None:
    y = quantity(0, half_width=1) - quantity(0, half_width=ratio)
    beta = (1 - ratio) / (1 + ratio)
    assert p > 2 * beta / (1 + beta), "the formula holds beyond the flat top"
    assert y.expanded(p).k == pytest.approx(trapezoid_k(beta, p), abs=1e-12)


def with_rectangle(shape: Any, a: float, U: float) -> float:
    """Return P(|R + X| ≤ U) of a rectangle ± a and X by quadrature."""
    return float(
        integrate.quad(lambda x: (shape.cdf(U - x) - shape.cdf(-U - x)) / (2 * a), -a, a, epsabs=1e-12, limit=500)[0]
    )


def exact_U(shape: Any, a: float, p: float) -> float:
    return float(optimize.brentq(lambda U: with_rectangle(shape, a, U) - p, 0, 1e4, xtol=1e-13))


@pytest.mark.parametrize("u", [1.0, 0.3, 0.05, 0.002])
@pytest.mark.parametrize("p", [0.95, 0.9545, 0.99])
def test_rectangle_and_normal_agree_with_quadrature(u: float, p: float) -> None:
    y = quantity(0, half_width=1) + quantity(0, u=u)
    expanded = y.expanded(p)
    assert expanded.k == pytest.approx(exact_U(stats.norm(scale=u), 1.0, p) / y.u, abs=1e-5)


@pytest.mark.parametrize("dof", [1, 2, 3, 4, 9, 29, 400])
def test_rectangle_and_few_readings_agree_with_quadrature(dof: int) -> None:
    y = quantity(0, half_width=1) + quantity(0, u=0.5, dof=dof)
    exact = exact_U(stats.t(dof, scale=0.5), 1.0, 0.9545)
    assert y.expanded(0.9545).k == pytest.approx(exact / y.u, abs=1e-5)
    assert y.probability_between(-exact, exact) == pytest.approx(0.9545, abs=1e-6)
    assert y.probability_between(-math.inf, exact) == pytest.approx(0.97725, abs=1e-6)


def test_hand_held_meter_of_ea_4_02_s9_gets_the_k_of_its_dominant_rectangle() -> None:
    """Published 1.65 and U = 0.05 V from one rectangle; both rectangles as a trapezoid give 1.709."""
    y = quantity(0, half_width=0.05) - quantity(0, half_width=0.011) - quantity(100, U=0.002, k=2)
    assert y.expanded(0.95).k == pytest.approx(trapezoid_k(0.039 / 0.061, 0.95), abs=1e-3)
    assert pytest.approx(0.05, abs=0.001) == y.expanded(0.95).U


def test_block_calibrator_of_ea_4_02_s11_gets_the_listed_k() -> None:
    """Listed 1.81 (two dominant rectangles)."""
    half_widths = (0.04, 0.05, 0.1, 0.25, 0.05, 0.03)
    y = sum((quantity(0, half_width=a) for a in half_widths), quantity(180.1, u=0.015) + quantity(0, u=0.01))
    assert isinstance(y, Quantity)
    assert y.expanded(0.95).k == pytest.approx(1.81, abs=0.03)


def test_normal_and_t_inputs_take_k_from_welch_satterthwaite() -> None:
    y = quantity(1, u=0.3, dof=7) + type_a([1.0, 1.2, 1.1, 0.9], name="v") + quantity(0, u=0.1)
    expanded = y.expanded(0.95)
    assert expanded.method == "t"
    assert expanded.k == pytest.approx(coverage_factor(0.95, y.dof))


def test_sums_of_t_agree_with_simulated_coverage() -> None:
    rng, n = np.random.default_rng(4), 400_000
    draws = 0.3 * rng.standard_t(7, n) + 0.2 * rng.standard_t(3, n) + rng.normal(0, 0.1, n)
    y = quantity(0, u=0.3, dof=7) + quantity(0, u=0.2, dof=3) + quantity(0, u=0.1)
    inside = float(np.mean(np.abs(draws) <= y.expanded(0.95, method="convolution").U))
    assert abs(inside - 0.95) < 4 * math.sqrt(0.95 * 0.05 / n)


def test_convolution_forced_on_normal_inputs_is_the_normal_factor() -> None:
    y = quantity(1, u=0.3) + quantity(2, u=0.4)
    assert y.expanded(0.9545, method="convolution").k == pytest.approx(coverage_factor(0.9545), rel=1e-9)


def test_few_readings_with_a_dominant_rectangle_do_not_follow_the_t_formula() -> None:
    y = quantity(0, half_width=1.0) + type_a([0.0, 0.05, -0.05], name="v")
    assert y.expanded(0.95).method == "convolution"
    assert y.expanded(0.95).k < y.expanded(0.95, method="t").k - 0.2


def test_twelve_mixed_inputs_agree_with_simulated_coverage() -> None:
    rng = np.random.default_rng(7)
    n = 400_000
    draws = (
        rng.normal(0, 0.3, n) + rng.uniform(-1, 1, n) + 0.5 * np.sin(rng.uniform(0, 2 * np.pi, n))
        + rng.triangular(-0.7, 0, 0.7, n) + 0.2 * rng.standard_t(4, n)
        + rng.uniform(-0.4, 0.4, n) + rng.uniform(-0.1, 0.1, n)
    )  # fmt: skip
    y = (
        quantity(0, u=0.3) + quantity(0, half_width=1) + quantity(0, half_width=0.5, distribution="arcsine")
        + quantity(0, half_width=0.7, distribution="triangular") + quantity(0, u=0.2, dof=4)
        + quantity(0, half_width=0.5, distribution="trapezoidal", beta=0.6)
    )  # fmt: skip
    for p in (0.5, 0.9, 0.9545, 0.99):
        inside = float(np.mean(np.abs(draws) <= y.expanded(p).U))
        assert abs(inside - p) < 4 * math.sqrt(p * (1 - p) / n)
    for limit in (0.3, 1.0, 2.0):
        p = y.probability_between(-math.inf, limit)
        assert abs(float(np.mean(draws <= limit)) - p) < 4 * math.sqrt(p * (1 - p) / n)


def test_unequal_limits_give_an_unequal_interval_that_covers() -> None:
    x = quantity(10.0, limits=(9.9, 10.3), name="x")
    assert x.u == pytest.approx(0.4 / math.sqrt(12))
    expanded = (x + quantity(0, half_width=0.05)).expanded(0.95)
    draws = np.random.default_rng(2).uniform(9.9, 10.3, 400_000) + np.random.default_rng(3).uniform(
        -0.05, 0.05, 400_000
    )
    assert expanded.lower == pytest.approx(np.quantile(draws, 0.025), abs=1e-3)
    assert expanded.upper == pytest.approx(np.quantile(draws, 0.975), abs=1e-3)
    assert np.mean(np.abs(draws - 10.0) <= expanded.U) == pytest.approx(0.95, abs=2e-3)


def test_exponential_input_gives_its_own_quantiles() -> None:
    x = quantity(2.0, distribution="exponential")
    expanded = x.expanded(0.9)
    assert (expanded.lower, expanded.upper) == pytest.approx(stats.expon.ppf([0.05, 0.95], scale=2.0), rel=1e-6)
    both = (x + quantity(0, u=0.01)).expanded(0.9)
    assert (both.lower, both.upper) == pytest.approx((expanded.lower, expanded.upper), abs=2e-3)


def test_elements_of_an_array_each_get_their_own_k() -> None:
    a = quantity(np.zeros(3), u=np.array([0.1, 1.0, 3.0])) + quantity(0, half_width=1.0)
    each = a.expanded(0.95)
    assert each.k == pytest.approx([a[i].expanded(0.95).k for i in range(3)], rel=1e-9)
    assert each.k[0] < each.k[1] < each.k[2]
    normal = quantity(np.zeros((2, 2)), u=0.1, dof=5) * 2
    assert normal.expanded(0.95).k == pytest.approx(np.full((2, 2), coverage_factor(0.95, 5)))


def test_mean_of_many_rectangular_readings_is_convolved_not_assumed_normal() -> None:
    four = quantity(np.zeros(4), half_width=1.0).mean()
    assert (
        pytest.approx(3.88 / 2 * four.u, abs=0.01 * four.u) == four.expanded(0.95).U
    )  # JCGM 101, table 3: 3.88 at u = 2


def test_probability_outside_everything_is_zero_and_everywhere_one() -> None:
    y = quantity(5, half_width=1) + quantity(0, half_width=0.5)
    assert y.probability_between(-math.inf, math.inf) == pytest.approx(1.0)
    assert y.probability_between(7, math.inf) == pytest.approx(0.0, abs=1e-7)
    assert y.probability_between(5, math.inf) == pytest.approx(0.5)


def test_probabilities_of_several_intervals_at_once_are_those_of_each_and_of_quadrature() -> None:
    """Ends within the period of the series, beyond it in the tail of a t of two degrees of freedom, and infinite."""
    few = type_a([1.0, 1.2, 1.1], name="v")
    y = few + quantity(0, half_width=0.1)
    ends = np.array([-math.inf, -40.0, 0.8, float(y.value), 1.15, 30.0, math.inf])
    found = y.probability_between(ends[:-1], ends[1:])
    grid = np.linspace(-0.1, 0.1, 2001)
    t = stats.t(2, loc=float(few.value), scale=float(few.u))
    at_ends = np.array([np.trapezoid(t.cdf(end - grid), grid) / 0.2 for end in ends])
    np.testing.assert_allclose(found, np.diff(at_ends), atol=2e-7)
    each = [y.probability_between(a, b) for a, b in itertools.pairwise(ends)]
    np.testing.assert_allclose(found, each, atol=1e-14)
    many = np.array([0.0, 1.0]) * few + quantity(0, half_width=0.1)
    assert many.probability_between([-1.0, 0.8], 1.15)[1] == pytest.approx(y.probability_between(0.8, 1.15))
    with pytest.raises(UncertaintyError, match="the lower limit comes first"):
        y.probability_between([0.0, 2.0], [1.0, 1.0])


def test_probability_of_a_few_readings_is_that_of_t() -> None:
    y = type_a([1.0, 1.2, 1.1, 0.9, 1.15], name="v") * 2.0
    exact = stats.t.cdf([1.9, 2.3], 4, loc=y.value, scale=y.u)
    assert y.probability_between(1.9, 2.3) == pytest.approx(exact[1] - exact[0], rel=1e-9)


def test_a_value_without_uncertainty_has_no_k() -> None:
    x = quantity(1.0, u=0.2)
    expanded = (x - x + 3).expanded(0.95)
    assert (expanded.U, expanded.lower, expanded.upper) == (0.0, 3.0, 3.0)
    assert math.isnan(expanded.k)
    assert (x - x + 3).probability_between(2, 3) == 1.0


@pytest.mark.parametrize("p", [0.0, 1.0, 95, -0.1, math.nan])
def test_a_probability_outside_0_and_1_is_refused(p: float) -> None:
    with pytest.raises(UncertaintyError, match="coverage probability lies between 0 and 1"):
        quantity(1, half_width=0.1).expanded(p)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(UncertaintyError, match="choose one of auto, t, convolution"):
        quantity(1, u=0.1).expanded(0.95, method="guess")
