"""Second order: published figures, exact moments of known distributions, Monte Carlo; warnings about first order."""

import math
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import correlated, propagate, quantity
from calib.uncertainty.cumulants import skewness_and_kurtosis
from calib.uncertainty.distributions import distribution
from calib.uncertainty.linearity import FirstOrderWarning
from calib.uncertainty.secondorder import check_first_order, second_order

GAUGE_BLOCK = {
    "ls": quantity(50_000_623, u=25, dof=18, name="ls"),
    "d": quantity(215, u=9.7, dof=25.6, name="d"),
    "als": quantity(11.5e-6, half_width=2e-6, name="als"),
    "thb": quantity(-0.1, u=0.2, name="thb"),
    "swing": quantity(0, half_width=0.5, distribution="arcsine", name="swing"),
    "dal": quantity(0, half_width=1e-6, dof=50, name="dal"),
    "dth": quantity(0, half_width=0.05, dof=2, name="dth"),
}


def gauge_block(ls: Any, d: Any, als: Any, thb: Any, swing: Any, dal: Any, dth: Any) -> Any:
    return ls + d - ls * (dal * (thb + swing) + als * dth)


def mass(mR: Any, dm: Any, ra: Any, rW: Any, rR: Any) -> Any:
    return (mR + dm) * (1 + (ra - 1.2) * (1 / rW - 1 / rR)) - 1e5


WEIGHT = {
    "mR": quantity(1e5, u=0.05), "dm": quantity(1.234, u=0.02), "ra": quantity(1.2, half_width=0.1),
    "rW": quantity(8e3, half_width=1e3), "rR": quantity(8e3, half_width=50),
}  # fmt: skip


def test_gauge_block_gets_the_second_order_terms_of_the_gum() -> None:
    """GUM H.1.7: two terms of 11.7 nm and 1.7 nm, u grows from 32 nm to 34 nm."""
    out = second_order(gauge_block, GAUGE_BLOCK)
    assert (round(out.first_order.u), round(out.u)) == (32, 34)
    added = {t.names: t.variance for t in out.terms}
    assert round(math.sqrt(added["thb", "dal"] + added["swing", "dal"]), 1) == 11.7
    assert round(math.sqrt(added["als", "dth"]), 1) == 1.7
    assert out.value == 50_000_838
    assert out.bias == pytest.approx(0.0, abs=1e-6)
    assert 16.75 < out.dof < 25


def test_weight_of_supplement_1_gets_the_published_second_order_u() -> None:
    """JCGM 101:2008, 9.3: first order 0.0539, second order 0.0750."""
    out = second_order(mass, WEIGHT)
    assert (round(out.value, 4), round(out.first_order.u, 4), round(out.u, 4)) == (1.2340, 0.0539, 0.0750)


def test_a_product_of_two_zeros_has_the_product_of_their_u() -> None:
    zeros = {"x": quantity(0, u=0.3, name="x"), "y": quantity(0, half_width=1, name="y")}
    out = second_order(lambda x, y: x * y, zeros)
    assert out.u == pytest.approx(0.3 / math.sqrt(3), rel=1e-12)
    assert (out.value, out.first_order.u) == (0.0, 0.0)
    assert [t.names for t in out.terms] == [("x", "y")]


@pytest.mark.parametrize(
    ("x", "of", "mean", "variance"),
    [
        (quantity(0.3, u=2.0), lambda x: x * x, 0.09 + 4, 4 * 0.09 * 4 + 2 * 16),
        (quantity(0.0, half_width=1), np.square, 1 / 3, 4 / 45),
        (quantity(0.5, half_width=1, distribution="arcsine"), np.square, 0.75, 0.5 + 0.125),
        (quantity(3.0, u=3.0, distribution="exponential"), np.square, 18.0, 24 * 81 - 18**2),
        (quantity(2.0, limits=(1.0, 4.0)), np.square, 7.0, (4**5 - 1) / 15 - 49),
        (quantity(0.0, u=0.1), np.exp, 1.005, 0.01 + 1.5e-4),
    ],
)
def test_moments_of_squares_and_exponentials_are_exact_to_second_order(
    x: Any, of: Any, mean: float, variance: float
) -> None:
    out = second_order(lambda x: of(1.0 * x), {"x": x})
    assert out.value == pytest.approx(mean, rel=1e-9)
    assert out.u**2 == pytest.approx(variance, rel=1e-7)


def test_correlated_inputs_have_the_moments_of_joint_normals() -> None:
    p, q = correlated([0.0, 0.0], u=[0.1, 0.2], r=[[1, 0.5], [0.5, 1]])
    out = second_order(lambda p, q: p * q, {"p": p, "q": q})
    assert out.value == pytest.approx(0.01, rel=1e-9)
    assert out.u == pytest.approx(math.sqrt(0.01 * 0.04 + 0.01**2), rel=1e-9)  # Isserlis


def test_arrays_get_it_element_by_element_and_agree_with_monte_carlo() -> None:
    inputs: Any = {"x": quantity([0.2, 1.0, 2.0], u=0.2), "g": quantity(1.0, u=0.2)}

    def model(x: Any, g: Any) -> Any:
        return np.exp(0.3 * x * g) + x.mean() ** 2

    out = second_order(model, inputs)
    sampled = propagate(model, inputs, method="monte-carlo", trials=400_000, seed=1)
    assert out.value == pytest.approx(np.asarray(sampled.value), rel=2e-3)
    assert out.u == pytest.approx(np.asarray(sampled.u), rel=1e-2)
    low, high = out.interval(0.95)
    assert high - low == pytest.approx(2 * 1.96 * out.u, rel=1e-3)


def test_degrees_of_freedom_are_those_of_first_order_for_a_linear_model() -> None:
    inputs = {"x": quantity(1.0, u=0.2, dof=4), "y": quantity(2.0, u=0.1, dof=7), "z": quantity(0.0, half_width=0.1)}

    def model(x: Any, y: Any, z: Any) -> Any:
        return 2 * x - y + z

    assert second_order(model, inputs).dof == pytest.approx(propagate(model, inputs).quantity.dof, rel=1e-9)


def test_a_series_that_does_not_converge_is_an_error() -> None:
    with pytest.raises(UncertaintyError, match="does not converge"):
        second_order(lambda x: np.sin(1.0 * x), {"x": quantity(0.0, u=1.5)})


@pytest.mark.parametrize(
    ("name", "parameters", "theirs"),
    [
        ("rectangular", (), stats.uniform()), ("triangular", (), stats.triang(0.5)), ("arcsine", (), stats.arcsine()),
        ("trapezoidal", (0.4,), stats.trapezoid(0.3, 0.7)), ("gamma", (2.5,), stats.gamma(2.5)),
        ("exponential", (), stats.expon()), ("normal", (), stats.norm()),
    ],
)  # fmt: skip
def test_skewness_and_kurtosis_are_those_of_scipy(name: str, parameters: Any, theirs: Any) -> None:
    skew, excess = theirs.stats(moments="sk")
    assert skewness_and_kurtosis(distribution(name, *parameters)) == pytest.approx((skew, excess + 3), abs=1e-6)


def test_a_result_without_first_order_warns_at_the_callers_line_once() -> None:
    x, y = quantity(0.0, u=0.1), quantity(0.0, u=0.2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            assert (x * y * 3).u == 0.0
    assert [w.category for w in caught] == [FirstOrderWarning]
    assert caught[0].filename == __file__
    lost: Any = (lambda x: np.square(x) + 1, np.cos, lambda x: x**2, lambda x: 2 * x * y - 1)
    for f in lost:
        with pytest.warns(FirstOrderWarning, match="every first-order sensitivity is zero"):
            f(x).expanded(0.95)


def test_what_is_certain_or_cancels_or_is_outweighed_does_not_warn() -> None:
    x, y = quantity(0.0, u=0.1), quantity(0.0, u=0.2)
    exact = quantity(0.0, u=0.0)
    assert ((x * exact).u, (x * 0.0).u, ((x - x) * x).u, (x - x).u) == (0.0, 0.0, 0.0, 0.0)
    assert (x * y + x).u == 0.1
    assert np.sqrt(x**2 + (y + 1) ** 2).u == 0.2


def test_a_misleading_first_order_is_told_by_propagate_and_a_fair_one_is_not() -> None:
    with pytest.warns(FirstOrderWarning, match=r"u = 0.0539, second order 1.234 with u = 0.075"):
        check_first_order(mass, WEIGHT, mass(**WEIGHT))
    check_first_order(gauge_block, GAUGE_BLOCK, gauge_block(**GAUGE_BLOCK))
    check_first_order(lambda x: np.log(x * 1.0), {"x": quantity(1e-3, u=1.0)}, quantity(0.0, u=1e3))


def test_degrees_of_freedom_follow_how_u_depends_on_each_input() -> None:
    """A product of zeros has u² = (u_a u_b)², so 1/ν = 1/ν_a + 1/ν_b; a square of zero u² ∝ u⁴, so ν = ν_a/4."""
    a, b = quantity(0.0, u=0.1, dof=4), quantity(0.0, u=0.2, dof=9)
    product = propagate(lambda a, b: a * b, {"a": a, "b": b}, "second-order")
    assert product.dof == pytest.approx(1 / (1 / 4 + 1 / 9))
    assert propagate(lambda a: a * a, {"a": a}, "second-order").dof == pytest.approx(1.0)
