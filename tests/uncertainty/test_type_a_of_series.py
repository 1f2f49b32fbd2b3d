"""Type A of pooled, weighted, correlated, grouped and counted readings: published numbers, scipy, and laws."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import signal, stats

from calib.errors import UncertaintyError
from calib.uncertainty import propagate, quantity, type_a
from calib.uncertainty.autocorrelation import autocorrelations, effective_count
from calib.uncertainty.bayes import BayesianT
from calib.uncertainty.contributions import correlation
from calib.uncertainty.counts import count
from calib.uncertainty.oneway import anova
from calib.uncertainty.scatter import Scatter, pool
from calib.uncertainty.weighted import weighted_mean

MEANS_V = [10.000172, 10.000116, 10.000013, 10.000144, 10.000106, 10.000031, 10.000060, 10.000125, 10.000163, 10.000041]
S_UV = [60, 77, 111, 101, 67, 93, 80, 73, 88, 86]


def test_zener_reference_of_gum_h5_has_the_printed_analysis() -> None:
    """JCGM 100:2008, H.5, table H.9: 10.000 097 V, 57 µV, 85 µV, F = 2.25; u 18 µV (ν = 9), or 13 µV (ν = 49)."""
    found = anova(means=MEANS_V, s=np.array(S_UV) * 1e-6, n=5)
    assert found.mean == pytest.approx(10.000097, abs=5e-7)
    assert found.s_means == pytest.approx(57e-6, abs=5e-7)
    assert found.s_within == pytest.approx(85e-6, abs=5e-7)
    assert pytest.approx(2.25, abs=0.02) == found.F
    assert found.s_between == pytest.approx(43e-6, abs=1e-6)
    assert found.between.u == pytest.approx(18e-6, abs=5e-7)
    assert found.within.u == pytest.approx(13e-6, abs=5e-7)
    assert (found.between.dof, found.within.dof) == pytest.approx((9, 49))
    assert 0.025 < found.p_value < 0.05  # F_0.95(9, 40) = 2.12 and F_0.975(9, 40) = 2.45 there


def test_anova_of_raw_unequal_series_is_that_of_scipy() -> None:
    rng = np.random.default_rng(1)
    series = [rng.normal(10 + rng.normal(0, 0.5), 1.0, n) for n in (4, 7, 5, 9)]
    F, p = stats.f_oneway(*series)
    found = anova(series)
    assert (found.F, found.p_value) == pytest.approx((F, p), rel=1e-10)
    assert found.within.u == pytest.approx(np.concatenate(series).std(ddof=1) / 5, rel=1e-12)


def test_components_of_variance_are_estimated_without_bias() -> None:
    rng = np.random.default_rng(2)
    found = [anova([rng.normal(rng.normal(0, 2.0), 1.0, n) for n in (2, 2, 20)]) for _ in range(3000)]
    between = np.array([f.s_between**2 for f in found])
    assert between.mean() == pytest.approx(4.0, abs=5 * between.std() / math.sqrt(3000))
    assert np.mean([f.s_within**2 for f in found]) == pytest.approx(1.0, rel=0.02)


def test_one_sample_u_of_a_mean_with_day_effects_is_far_too_small() -> None:
    rng = np.random.default_rng(3)
    found = [anova(rng.normal(rng.normal(0, 1.0, (6, 1)), 1.0, (6, 10))) for _ in range(1500)]
    means = np.array([f.mean for f in found])
    assert np.mean([f.between.u**2 for f in found]) == pytest.approx(means.var(), rel=0.15)
    assert np.mean([f.within.u**2 for f in found]) < 0.35 * means.var()


def test_pooled_standard_deviation_is_the_root_of_the_mean_square_within() -> None:
    rng = np.random.default_rng(4)
    series = [rng.normal(m, 0.3, n) for m, n in ((1, 5), (7, 3), (2, 12))]
    within = sum(float(np.sum((s - s.mean()) ** 2)) for s in series)
    pooled = pool(series)
    assert (pooled.s, pooled.dof) == pytest.approx((math.sqrt(within / 17), 17))
    again = pool([pool(series[:2]), Scatter(float(series[2].std(ddof=1)), 11)])
    assert (again.s, again.dof) == pytest.approx((pooled.s, 17))


def test_one_reading_has_the_u_of_the_process() -> None:
    x = type_a([3.0], scatter=Scatter(0.2, 17))
    assert (x.value, x.u, x.dof) == pytest.approx((3.0, 0.2, 17))
    several = type_a([[3.0, 3.1, 2.9, 3.2], [1.0, 1.1, 1.2, 1.3]], axis=1, scatter=Scatter(0.2, 17))
    assert several.u == pytest.approx([0.1, 0.1])


def test_weighted_mean_has_internal_and_external_uncertainty() -> None:
    """Weights 1, 1, 4: mean 0.95, χ² = 3.5, Birge ratio √1.75 by hand."""
    found = weighted_mean(quantity([1.0, 1.1, 0.9], u=[0.1, 0.1, 0.05], unit="V"))
    assert found.mean.value == pytest.approx(0.95)
    assert found.mean.u == pytest.approx(1 / math.sqrt(600))
    assert found.chi2 == pytest.approx(3.5)
    assert found.birge == pytest.approx(math.sqrt(1.75))
    assert found.external.u == pytest.approx(math.sqrt(1.75 / 600))
    assert found.external.dof == 2
    assert found.larger.u == found.external.u
    assert found.p_value == pytest.approx(stats.chi2.sf(3.5, 2))
    assert (found.mean.unit, found.external.unit) == ("V", "V")


def test_weighted_mean_of_correlated_results_is_the_generalised_one_and_keeps_its_sources() -> None:
    common = quantity(0.0, u=0.3, name="transfer standard")
    own = [quantity(v, u=u) for v, u in ((5.0, 0.1), (5.2, 0.2), (4.9, 0.4))]
    results = [q + common for q in own]
    found = weighted_mean(results)
    V = np.diag([0.01, 0.04, 0.16]) + 0.09
    inverse = np.linalg.inv(V)
    assert found.weights == pytest.approx(inverse.sum(axis=0) / inverse.sum())
    assert found.mean.u == pytest.approx(math.sqrt(1 / inverse.sum()))
    assert correlation([found.mean, common])[0, 1] == pytest.approx(0.3 / found.mean.u)
    assert found.p_value == pytest.approx(weighted_mean(own).p_value)  # a common error does not make them disagree


def test_bayesian_type_a_is_the_standard_deviation_of_the_t_distribution() -> None:
    """JCGM 101:2008, 6.4.9.4: u = √((n − 1)/(n − 3)) s/√n."""
    readings = [1.0, 2.0, 3.0, 4.0, 5.0]
    x = type_a(readings, bayesian=True)
    assert x.u == pytest.approx(math.sqrt(4 / 2) * math.sqrt(2.5) / math.sqrt(5))
    assert x.dof == math.inf
    exact = stats.t(4, 3.0, math.sqrt(0.5))
    assert x.u == pytest.approx(exact.std())
    assert x.expanded(0.95).upper == pytest.approx(exact.ppf(0.975), rel=1e-9)
    assert x.probability_between(1, 3.5) == pytest.approx(exact.cdf(3.5) - exact.cdf(1), rel=1e-9)
    drawn: Any = propagate(lambda x: 1.0 * x, {"x": x}, "monte-carlo", trials=100_000, seed=1)
    assert stats.kstest((drawn.draws - 3) / math.sqrt(0.5), stats.t(4).cdf).pvalue > 0.001


def test_bayesian_t_with_a_rectangle_is_their_convolution() -> None:
    y = type_a([1.0, 2.0, 3.0, 4.0, 5.0], bayesian=True) + quantity(0.0, half_width=1.0)
    grid = np.linspace(-1, 1, 20001)
    held = np.mean(stats.t(4, 0, math.sqrt(0.5)).cdf(y.expanded(0.95).U - grid))
    assert held == pytest.approx(0.975, abs=1e-6)


def test_bayesian_shape_has_standard_deviation_one() -> None:
    shape, z = BayesianT(5.0), np.linspace(-200, 200, 2_000_001)
    assert np.trapezoid(shape.pdf(z), z) == pytest.approx(1, abs=1e-6)
    assert np.trapezoid(z * z * shape.pdf(z), z) == pytest.approx(1, abs=1e-4)
    assert shape.quantile(float(shape.cdf(1.3))) == pytest.approx(1.3)
    assert np.trapezoid(np.cos(0.7 * z) * shape.pdf(z), z) == pytest.approx(
        float(shape.characteristic(np.array(0.7))), abs=1e-6
    )


def test_autocorrelations_are_the_direct_sums() -> None:
    x = np.random.default_rng(5).normal(size=50)
    d = x - x.mean()
    assert autocorrelations(x) == pytest.approx(
        [float(d[k:] @ d[: 50 - k]) / float(d @ d) for k in range(50)], abs=1e-12
    )


@pytest.mark.parametrize(
    ("phi", "n", "held"), [(0.0, 100, 0.93), (0.3, 100, 0.93), (0.6, 400, 0.925), (0.9, 1500, 0.92)]
)
def test_interval_of_a_correlated_series_holds_the_truth(phi: float, n: int, held: float) -> None:
    """First-order autoregressive noise; s/√n alone holds it in 83 % at φ = 0.3, and 34 % at φ = 0.9."""
    rng = np.random.default_rng(6)
    inside = plain = 0
    for _ in range(400):
        x = signal.lfilter([1], [1, -phi], rng.normal(size=n + 100))[100:]
        U = type_a(x, autocorrelated=True).expanded(0.95).U
        inside += abs(x.mean()) < U
        plain += abs(x.mean()) < type_a(x).expanded(0.95).U
    assert held <= inside / 400 <= 0.995
    assert plain / 400 < 0.9 or phi == 0.0


def test_effective_count_of_a_long_autoregressive_series_is_the_known_one() -> None:
    rng = np.random.default_rng(7)
    x = signal.lfilter([1], [1, -0.6], rng.normal(size=200_000))
    assert effective_count(x) / 200_000 == pytest.approx(0.4 / 1.6, rel=0.05)
    assert effective_count(np.array([1.0, -1.0] * 50)) == 100  # negative correlation is not credited


def test_effective_count_is_the_sum_over_the_positive_pairs() -> None:
    """The same by a loop: pairs of lags while their sum is positive, each lag with its share of the series."""
    x = signal.lfilter([1], [1, -0.7], np.random.default_rng(8).normal(size=60))
    d = x - x.mean()
    rho = [float(d[k:] @ d[: 60 - k]) / float(d @ d) for k in range(60)]
    total, k = 0.0, 0
    while rho[k] + rho[k + 1] > 0:
        total += (1 - k / 60) * rho[k] + (1 - (k + 1) / 60) * rho[k + 1]
        k += 2
    assert k > 4
    assert effective_count(x) == pytest.approx(60 / (2 * total - 1), rel=1e-12)


def test_counts_have_the_variance_of_poisson() -> None:
    assert (count(400).value, count(400).u, count(400).dof) == (400.0, 20.0, math.inf)
    none = count(0, bayesian=True)
    assert (none.value, none.u) == (1.0, 1.0)
    assert none.expanded(0.95).upper == pytest.approx(stats.gamma(1).ppf(0.975), rel=1e-6)
    assert count(9, bayesian=True).expanded(0.95).lower == pytest.approx(stats.gamma(10).ppf(0.025), rel=1e-6)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda: pool([]), "no series"),
        (lambda: pool([[1.0]]), "series 0 must be at least two"),
        (lambda: pool([Scatter(1.0, math.inf)]), "exact"),
        (lambda: Scatter(-1.0, 5), "not negative"),
        (lambda: Scatter("1", 5), "one number each"),  # type: ignore[arg-type]
        (lambda: pool([["a", "b"]]), "series 0: numbers are needed"),
        (lambda: effective_count("abc"), "numbers are needed"),
        (lambda: anova([["a", "b"], [1.0, 2.0]]), "anova: numbers are needed"),
        (lambda: count("3"), "a whole number"),  # type: ignore[arg-type]
        (lambda: type_a([1.0, 2.0], scatter=0.1), "what pool returns"),  # type: ignore[call-overload]
        (lambda: type_a([1.0, 2.0, 3.0], bayesian=True), "take 4 readings or more"),
        (lambda: type_a([1.0, 2.0], autocorrelated=True), "at least 20 finite readings"),
        (lambda: type_a(np.ones((2, 30)), axis=1, autocorrelated=True), "one series"),
        (lambda: type_a(np.arange(12.0).reshape(2, 6), together=True, bayesian=True), "without scatter"),  # type: ignore[call-overload]
        (lambda: effective_count(np.arange(60.0)), "remove a drift"),
        (lambda: weighted_mean([1.0, 2.0]), "state no uncertainty"),
        (lambda: weighted_mean(quantity([1.0, 2.0], u=[0.1, 0.0])), "covariance is singular"),
        (lambda: anova([[1.0, 2.0]]), "at least 2 are needed"),
        (lambda: anova([[1.0, 2.0], [3.0]]), "at least two readings"),
        (lambda: anova([[1.0, 1.0], [2.0, 2.0]]), "no scatter within"),
        (lambda: anova([[1.0, 2.0], [2.0, 3.0]], n=2), "give either the series"),
        (lambda: count(0), "use bayesian=True"),
        (lambda: count(-1), "a whole number"),
        (lambda: count(1.5), "a whole number"),  # type: ignore[arg-type]
    ],
)
def test_readings_that_tell_nothing_are_refused(asked: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        asked()
