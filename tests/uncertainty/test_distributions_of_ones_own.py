"""Distributions given by a quantile function, by draws, or cut off: against scipy, by every method."""

import pickle
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import budget, correlated, from_draws, from_quantile, propagate, quantity, truncated, type_a
from calib.uncertainty.archive import from_json, to_json
from calib.uncertainty.unbounded import Normal


@pytest.mark.parametrize(
    ("theirs", "bounded"),
    [
        (stats.norm(3.0, 0.2), False),
        (stats.beta(2.0, 5.0, loc=1.0, scale=3.0), True),
        (stats.lognorm(0.25), False),
        (stats.triang(0.2, loc=-1.0, scale=2.0), True),
    ],
)
def test_a_quantile_function_gives_value_u_and_intervals(theirs: Any, bounded: bool) -> None:
    x = quantity(distribution=from_quantile(theirs.ppf, bounded=bounded), name="x")
    assert x.value == pytest.approx(theirs.mean(), abs=1e-4 * theirs.std())
    assert x.u == pytest.approx(theirs.std(), rel=1e-4)
    expanded = x.expanded(0.9)
    assert expanded.method == "convolution"
    ends = theirs.ppf([0.05, 0.95])
    assert (expanded.lower, expanded.upper) == pytest.approx(ends, abs=2e-3 * theirs.std())
    assert x.probability_between(-np.inf, ends[0]) == pytest.approx(0.05, abs=1e-4)
    drawn = propagate(lambda x: x, {"x": x}, "monte-carlo", trials=200_000, seed=1)
    assert drawn.u == pytest.approx(theirs.std(), rel=0.01)
    assert drawn.interval(0.9) == pytest.approx(ends, abs=0.02 * theirs.std())
    assert stats.kstest(drawn.draws[:5000], theirs.cdf).pvalue > 1e-3
    assert budget(x)["x"].distribution == "tabled"


def test_a_function_of_one_number_serves_as_well() -> None:
    one = from_quantile(lambda p: float(stats.norm.ppf(float(p))))
    assert one == from_quantile(stats.norm.ppf)


def test_its_sum_with_others_is_convolved() -> None:
    skew = stats.gamma(2.0)
    y = quantity(distribution=from_quantile(skew.ppf)) + quantity(0.0, half_width=1.0)
    rng = np.random.default_rng(4)
    draws = skew.rvs(1_000_000, random_state=rng) + rng.uniform(-1, 1, 1_000_000)
    expanded = y.expanded(0.95)
    assert (expanded.lower, expanded.upper) == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.02)
    second = propagate(lambda x: x * x, {"x": quantity(distribution=from_quantile(skew.ppf))}, "second-order")
    assert second.value == pytest.approx(6.0, rel=2e-3)  # E X² of gamma(2)
    assert second.u == pytest.approx(np.sqrt(120.0 - 36.0), rel=1e-2)


def test_a_shape_can_be_stretched_and_moved() -> None:
    shape = from_quantile(stats.gumbel_r.ppf)
    x = quantity([10.0, 20.0], u=[0.1, 0.2], distribution=shape, name="x")
    assert x.u == pytest.approx([0.1, 0.2])
    drawn = propagate(lambda x: x, {"x": x}, "monte-carlo", trials=100_000, seed=2)
    assert drawn.value == pytest.approx([10.0, 20.0], abs=2e-3)
    skewness = stats.skew(drawn.draws, axis=-1)
    assert skewness == pytest.approx(float(stats.gumbel_r.stats(moments="s")), abs=0.1)
    assert quantity(5.0, U=0.3, k=2, distribution=shape).u == pytest.approx(0.15)
    uniform = from_quantile(lambda p: p, bounded=True)
    assert quantity(0.0, half_width=1.0, distribution=uniform).u == pytest.approx(3**-0.5, rel=1e-6)
    assert quantity(1.0, u=0.1, distribution=Normal()).u == 0.1


def test_a_best_estimate_beside_the_expectation_keeps_its_place() -> None:
    """As with unequal limits (JCGM 100:2008, 4.3.8): the distribution stays where it is."""
    known = from_quantile(stats.expon.ppf)
    x = quantity(0.0, distribution=known)
    assert x.value == 0.0
    assert x.u == pytest.approx(1.0, rel=1e-3)
    drawn = propagate(lambda x: x, {"x": x}, "monte-carlo", trials=100_000, seed=3)
    assert drawn.value == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("limits", [(-0.5, 2.0), (0.0, np.inf)])
def test_a_normal_cut_off_is_that_of_scipy(limits: tuple[float, float]) -> None:
    x = quantity(distribution=truncated(0.3, 0.8, limits))
    theirs = stats.truncnorm(*((np.array(limits) - 0.3) / 0.8), loc=0.3, scale=0.8)
    assert x.value == pytest.approx(theirs.mean(), abs=1e-4)
    assert x.u == pytest.approx(theirs.std(), rel=2e-4)
    assert x.expanded(0.95).lower >= limits[0]
    assert x.expanded(0.95).upper == pytest.approx(theirs.ppf(0.975), abs=2e-3)


def test_draws_of_one_evaluation_are_an_input_of_the_next() -> None:
    first = propagate(lambda a: np.exp(a) * 1.0, {"a": quantity(0.0, u=0.5)}, "monte-carlo", trials=100_000, seed=5)
    y = quantity(distribution=from_draws(first.draws), name="y")
    assert y.value == pytest.approx(first.value, rel=1e-3)
    assert y.u == pytest.approx(first.u, rel=5e-3)
    expanded = y.expanded(0.95)
    assert (expanded.lower, expanded.upper) == pytest.approx(first.interval(0.95), rel=5e-3)


def test_such_inputs_are_tied_copied_and_archived_as_others() -> None:
    x = quantity(distribution=from_quantile(stats.expon.ppf), name="x")
    t = type_a([1.0, 2.0, 3.0, 2.5, 2.2], bayesian=True)
    for q in (x, t):
        for copy in (pickle.loads(pickle.dumps(q)), from_json(to_json({"q": q}))["q"]):
            assert (copy - q).u == 0
            assert copy.expanded(0.9).U == q.expanded(0.9).U
    a, b = correlated([x, quantity(1.0, u=0.1)], r=[[1, 0.5], [0.5, 1]])
    drawn = propagate(lambda a, b: (a, b), {"a": a, "b": b}, "monte-carlo", trials=200_000, seed=6)
    assert drawn.correlation[0, 1] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: from_quantile(lambda p: -p), "never fall"),
        (lambda: from_quantile(lambda p: p * np.nan), "finite"),
        (lambda: from_quantile(lambda p: 1.0 + 0 * p), "all equal"),
        (lambda: from_draws([1.0, 2.0]), "use type_a"),
        (lambda: truncated(0.0, 1.0, (9.0, 10.0)), "hold 0 of a distribution|hold .* of a distribution"),
        (lambda: quantity(1.0, distribution=Normal()), "a value and u"),
        (lambda: quantity(1.0, limits=(0, 2), distribution=from_quantile(stats.norm.ppf)), "got limits"),
        (lambda: quantity(1.0, half_width=1, distribution=from_quantile(stats.expon.ppf)), "got half_width"),
    ],
)
def test_what_is_no_distribution_is_refused(made: Any, said: str) -> None:
    with pytest.raises(UncertaintyError, match=said):
        made()
