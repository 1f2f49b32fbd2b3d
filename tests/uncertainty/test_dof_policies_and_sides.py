"""Degrees of freedom of correlated inputs, one-sided intervals, and the rules of EA-4/02 by name."""

import math

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import correlated, coverage_factor, quantity

R = [[1.0, 0.6], [0.6, 1.0]]


def test_one_sample_with_one_dof_is_exact_whatever_the_correlation() -> None:
    p, q = correlated([1.0, 2.0], u=[0.1, 0.2], r=R, dof=[6, 6])
    y = 2 * p - q
    assert y.dof == 6
    assert y.expanded(0.95).k == pytest.approx(stats.t.ppf(0.975, 6), rel=1e-9)


def test_unequal_dof_are_nan_and_expanded_names_the_policies() -> None:
    p, q = correlated([1.0, 2.0], u=[0.1, 0.2], r=R, dof=[4, 9], names=["p", "q"])
    y = 2 * p - q + quantity(0, u=0.01)
    assert math.isnan(y.dof)
    with pytest.raises(UncertaintyError, match=r"unequal degrees of freedom \(p 4, q 9\).*willink, smallest"):
        y.expanded(0.95)
    with pytest.raises(UncertaintyError, match="dof_policy 'welch' is not known; choose one of willink, smallest"):
        y.expanded(0.95, dof_policy="welch")
    with pytest.raises(UncertaintyError, match="unequal"):
        (y + quantity(0, half_width=1.0)).expanded(0.95)
    assert (3 * p).dof == 4


def test_willink_weighs_each_row_of_the_covariance() -> None:
    """Metrologia 44 (2007) 340: Σ (c_i Σ_j c_j u_ij)²/ν_i under u⁴."""
    p, q = correlated([1.0, 2.0], u=[0.1, 0.2], r=R, dof=[4, 9])
    y = 2 * p + q
    first, second, cross = 0.04, 0.04, 2 * 0.6 * 0.1 * 0.2
    u2 = first + second + 2 * cross
    nu = u2**2 / ((first + cross) ** 2 / 4 + (second + cross) ** 2 / 9)
    assert y.expanded(0.95, dof_policy="willink").dof == pytest.approx(nu, rel=1e-12)
    assert y.expanded(0.95, dof_policy="smallest").dof == 4
    mixed = (y + quantity(0, half_width=0.01)).expanded(0.95, dof_policy="willink")
    assert mixed.method == "convolution"
    assert mixed.k == pytest.approx(coverage_factor(0.95, nu), rel=5e-3)


def test_willink_is_the_spread_of_estimated_variances() -> None:
    """ν = 2 (E V)²/Var V of V = Σ c_i c_j r_ij u_i u_j, with u_i² drawn from their own chi-squares."""
    rng = np.random.default_rng(4)
    nu = np.array([30.0, 50.0])
    u = np.array([0.2, 0.2]) * np.sqrt(rng.chisquare(nu, (400_000, 2)) / nu)
    drawn = u[:, 0] ** 2 + u[:, 1] ** 2 + 2 * 0.6 * u[:, 0] * u[:, 1]
    p, q = correlated([0.0, 0.0], u=[0.2, 0.2], r=R, dof=[30, 50])
    wanted = 2 * drawn.mean() ** 2 / drawn.var()
    assert (p + q).expanded(0.95, dof_policy="willink").dof == pytest.approx(wanted, rel=0.02)


def test_arrays_follow_the_policy_element_by_element() -> None:
    p, q = correlated([1.0, 2.0], u=[0.1, 0.2], r=R, dof=[4, 9])
    c = np.array([1.0, 2.0, 0.0])
    y = p * c + q
    each = [(float(v) * p + q).expanded(0.9, dof_policy="willink").U for v in c[:2]] + [q.expanded(0.9).U]
    assert pytest.approx(each, rel=1e-12) == y.expanded(0.9, dof_policy="willink").U


@pytest.mark.parametrize("p", [0.3, 0.5, 0.683, 0.95, 0.9973, 0.999999])
@pytest.mark.parametrize("dof", [2.0, 8.5, math.inf])
def test_one_sided_factors_are_quantiles(p: float, dof: float) -> None:
    one = quantity(1.0, u=0.1, dof=dof).expanded(p, side="upper")
    k = float(stats.t.ppf(p, dof))
    assert (one.k, one.upper, one.lower) == (pytest.approx(k), pytest.approx(1 + 0.1 * k), -math.inf)
    assert quantity(1.0, u=0.1, dof=dof).expanded(p, side="lower").lower == pytest.approx(1 - 0.1 * k)


def test_one_sided_ends_of_a_convolution_hold_their_probability() -> None:
    y = quantity(0.0, half_width=1.0) + quantity(2.0, limits=(1.9, 2.7)) + quantity(0.0, u=0.1)
    for side, inside in (("upper", (-math.inf, None)), ("lower", (None, math.inf))):
        ends = y.expanded(0.9, side=side)
        low = ends.lower if inside[0] is None else inside[0]
        high = ends.upper if inside[1] is None else inside[1]
        assert y.probability_between(low, high) == pytest.approx(0.9, abs=1e-6)
    several = quantity([0.0, 1.0], u=0.1).expanded(0.95, side="upper")
    assert several.upper == pytest.approx([0.1 * 1.6449, 1 + 0.1 * 1.6449], rel=1e-4)


def test_ea_4_02_rules_are_a_named_option_only() -> None:
    """S9: k = 1.65 for one dominant rectangle; S10: 1.83 for rectangles of 50 µm and 25 µm (β = 0.33)."""
    meter = quantity(0, half_width=0.05) - quantity(0, half_width=0.011) - quantity(100, U=0.002, k=2)
    caliper = quantity(0, half_width=50) + quantity(0, half_width=25) + quantity(0, u=2.0)
    assert round(meter.expanded(0.95, method="ea-4/02").k, 2) == 1.65
    assert round(caliper.expanded(0.95, method="ea-4/02").k, 2) == 1.83
    assert meter.expanded(0.95).k > 1.68
    with pytest.raises(UncertaintyError, match="neither one nor two rectangular inputs dominate"):
        (caliper + quantity(0, u=30)).expanded(0.95, method="ea-4/02")
    with pytest.raises(UncertaintyError, match="side 'left' is not known"):
        caliper.expanded(0.95, side="left")


def test_the_rule_of_s9_covers_less_than_it_says_at_its_limit() -> None:
    a = quantity(0, half_width=1.0)
    y = a + quantity(0, u=0.3 * a.u * 0.9999)
    U = y.expanded(0.95, method="ea-4/02").U
    assert 0.92 < y.probability_between(-U, U) < 0.93
