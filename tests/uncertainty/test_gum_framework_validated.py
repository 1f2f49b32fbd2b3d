"""Adaptive Monte Carlo (JCGM 101:2008, 7.9) and the verdict on the GUM framework (clause 8)."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import correlated, propagate, quantity
from calib.uncertainty.convolution import Sum
from calib.uncertainty.distributions import RECTANGULAR
from calib.uncertainty.firstorder import first_order
from calib.uncertainty.validation import compared, compared_jointly, numerical_tolerance, validate

MASS = {
    "mR": quantity(1e5, u=0.05), "dm": quantity(1.234, u=0.02), "ra": quantity(1.2, half_width=0.1),
    "rW": quantity(8000.0, half_width=1000), "rR": quantity(8000.0, half_width=50),
}  # fmt: skip


def added(a: Any, b: Any, c: Any, d: Any) -> Any:
    return a + b + c + d


def weighed(mR: Any, dm: Any, ra: Any, rW: Any, rR: Any) -> Any:
    return (mR + dm) * (1 + (ra - 1.2) * (1 / rW - 1 / rR)) - 1e5


def exponential(x: Any) -> Any:
    return np.exp(x)


def four(*half_widths: float, normal: bool = False) -> dict[str, Any]:
    made = [quantity(0.0, u=1.0) if normal else quantity(0.0, half_width=h) for h in half_widths]
    return dict(zip("abcd", made, strict=True))


@pytest.mark.parametrize(
    ("u", "digits", "delta"), [(2.0, 2, 0.05), (0.0754, 1, 0.005), (0.0539, 1, 0.005), (0.0996, 2, 0.005), (36, 2, 0.5)]
)
def test_tolerance_is_half_a_unit_of_the_last_significant_digit(u: float, digits: int, delta: float) -> None:
    assert numerical_tolerance(u, digits) == pytest.approx(delta)


def test_sums_of_normals_and_of_rectangles_validate_the_framework() -> None:
    """JCGM 101:2008, 9.2.2 and 9.2.3: ±3.92 stands for ±3.92, and for ±3.88 within δ = 0.05."""
    normal = validate(added, four(1, 1, 1, 1, normal=True), seed=1)
    assert normal.validated
    even = validate(added, four(*[math.sqrt(3)] * 4), seed=1)
    assert even.validated
    assert even.tolerance == 0.05
    assert even.d_low == pytest.approx(0.04, abs=0.02)
    assert even.d_high == pytest.approx(0.04, abs=0.02)


def test_one_dominant_rectangle_refutes_the_framework() -> None:
    """JCGM 101:2008, 9.2.4: u of the fourth ten times as large; the exact ends follow from the convolution.

    The inputs are from general knowledge, not checked against the document.
    """
    wide = validate(added, four(*[math.sqrt(3)] * 3, 10 * math.sqrt(3)), seed=1)
    exact = Sum([(scale, RECTANGULAR) for scale in (1.0, 1.0, 1.0, 10.0)]).central(0.95)
    assert not wide.validated
    assert wide.tolerance == 0.5
    assert wide.d_low == pytest.approx(1.95996 * math.sqrt(103) - exact, abs=wide.tolerance / 5)


def test_the_mass_of_9_3_refutes_first_order_at_one_digit() -> None:
    """Cox & Harris 2001: first order [1.1284, 1.3396], Monte Carlo [1.0845, 1.3842] mg."""
    verdict = validate(weighed, MASS, digits=1, seed=1)
    assert not verdict.validated
    assert verdict.tolerance == 0.005
    assert (verdict.d_low, verdict.d_high) == pytest.approx((0.0439, 0.0446), abs=0.003)
    assert verdict.monte_carlo.u == pytest.approx(0.0755, abs=0.001)


def test_results_that_stand_can_be_compared_by_shortest_intervals_and_by_element() -> None:
    x = {"x": quantity([0.0, 0.0], u=[0.1, 1.0])}
    first = first_order(exponential, x)
    sampled = propagate(exponential, x, "monte-carlo", trials=100_000, seed=1)
    verdict = compared(first, sampled, digits=1)
    assert np.shape(verdict.d_low) == (2,)
    assert not verdict.validated
    assert compared(first, sampled, shortest=True).d_low[1] != verdict.d_low[1]
    with pytest.raises(UncertaintyError, match=r"u = 0\.0: a numerical tolerance follows from an uncertainty above 0"):
        numerical_tolerance(0.0)


def test_several_outputs_are_judged_together() -> None:
    """JCGM 102:2011, 8: a linear model agrees; magnitude and phase near zero do not."""
    p, q = correlated([1.0, 2.0], u=[1.0, 2.0], r=[[1, 0.6], [0.6, 1]])
    linear = (lambda p, q: (p + q, p - q)), {"p": p, "q": q}
    good = compared_jointly(first_order(*linear), propagate(*linear, "monte-carlo", trials=400_000, seed=1))
    assert good.validated
    assert good.d_kp <= good.kp_tolerance == 0.05
    polar = (lambda p, q: (np.hypot(p, q), np.arctan2(q, p))), {"p": p, "q": q}
    bad = compared_jointly(first_order(*polar), propagate(*polar, "monte-carlo", trials=100_000, seed=1))
    assert not bad.validated
    even = (lambda a, b: (a + 0.0, b + 0.0)), {"a": quantity(0.0, half_width=1.0), "b": quantity(0.0, half_width=2.0)}
    corners = compared_jointly(first_order(*even), propagate(*even, "monte-carlo", trials=400_000, seed=1))
    assert np.all(corners.d_u <= corners.tolerance)
    assert corners.d_lambda <= corners.lambda_tolerance
    assert not corners.validated  # a rectangle is no ellipse
    with pytest.raises(UncertaintyError, match="one output alone"):
        compared_jointly(first_order(lambda p: p, {"p": p}), propagate(lambda p: p * 1, {"p": p}, "monte-carlo"))


@pytest.mark.parametrize("delta", [0.02, 0.01])
def test_adaptive_stopping_reaches_its_tolerance(delta: float) -> None:
    """About 2σ/√M ≤ δ for the ends of a normal; the true figures lie within three tolerances."""
    x = {"x": quantity(5.0, u=1.0)}
    out = propagate(lambda x: x * 1, x, "monte-carlo", tolerance=delta, seed=4)
    end = math.sqrt(0.025 * 0.975) / stats.norm.pdf(1.95996)
    expected = (2 * end / delta) ** 2
    assert out.trials % 10_000 == 0
    assert expected / 6 < out.trials < expected * 3
    assert out.draws.shape == (out.trials,)
    found = [out.value, out.u, *out.interval(0.95)]
    assert found == pytest.approx([5.0, 1.0, 5 - 1.95996, 5 + 1.95996], abs=3 * delta)


def test_a_tolerance_ten_times_tighter_takes_a_hundred_times_as_many_trials() -> None:
    def trials(delta: float) -> float:
        x = {"x": quantity(0.0, u=1.0)}
        runs = [propagate(lambda x: x * 1, x, "monte-carlo", tolerance=delta, seed=s) for s in range(8)]
        return float(np.mean([out.trials for out in runs]))

    assert 30 < trials(0.005) / trials(0.05) < 300


def test_a_high_probability_takes_longer_batches() -> None:
    """M = max(10⁴, 100/(1 − p)) (JCGM 101:2008, 7.9.4)."""
    x = {"x": quantity(0.0, u=1.0)}
    out = propagate(lambda x: x * 1, x, "monte-carlo", tolerance=1.0, probability=0.999, seed=1)
    assert out.trials == 200_000


def test_several_outputs_stop_when_all_are_stable() -> None:
    """Each with its own tolerance; the tighter one decides (JCGM 102:2011, 7.8)."""
    x = {"x": quantity([0.0, 0.0], u=[1.0, 100.0])}
    loose = propagate(lambda x: x * 1, x, "monte-carlo", tolerance=[0.05, 5.0], seed=1)
    tight = propagate(lambda x: x * 1, x, "monte-carlo", tolerance=[0.01, 5.0], seed=1)
    assert tight.trials > 4 * loose.trials
    assert loose.u == pytest.approx([1.0, 100.0], rel=0.1)


def test_a_tolerance_that_is_not_reached_says_how_far_it_is() -> None:
    x = {"x": quantity(0.0, u=1.0)}
    with pytest.raises(UncertaintyError, match=r"not reached in 50000 trials .* times as much; allow more trials"):
        propagate(lambda x: x * 1, x, "monte-carlo", tolerance=1e-4, trials=50_000, seed=1)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.nan, [0.1, 0.1, 0.1]])
def test_a_tolerance_that_is_none_is_refused(tolerance: Any) -> None:
    with pytest.raises(UncertaintyError, match="tolerance"):
        propagate(lambda x: x * 1, {"x": quantity([0.0, 0.0], u=1.0)}, "monte-carlo", tolerance=tolerance)


@pytest.mark.parametrize(
    "x",
    [
        quantity(0.0, u=1.0, dof=2), quantity(0.0, u=1.0, dof=1.5, distribution="t"),
        quantity([0.0, 0.0], u=1.0, dof=[50, 2]), correlated([0.0, 0.0], u=[1, 1], r=np.eye(2), dof=2)[0],
    ],
)  # fmt: skip
def test_without_a_standard_deviation_there_are_intervals_only(x: Any) -> None:
    with pytest.raises(UncertaintyError, match="so u does not exist; give trials"):
        propagate(lambda x: x * 1, {"x": x}, "monte-carlo", tolerance=0.1)
    out = propagate(lambda x: x * 1, {"x": x}, "monte-carlo", trials=100_000, seed=1)
    assert np.all(np.isnan(out.u))
    low, high = out.interval(0.9)
    nu = np.asarray(x.dof, dtype=float)
    assert np.asarray(high) == pytest.approx(stats.t.ppf(0.95, nu), rel=0.06)
    assert np.asarray(low) == pytest.approx(-stats.t.ppf(0.95, nu), rel=0.06)


def test_a_rectangle_with_few_degrees_of_freedom_has_its_standard_deviation() -> None:
    out = propagate(lambda x: x * 1, {"x": quantity(0.0, half_width=1.0, dof=2)}, "monte-carlo", trials=10_000, seed=1)
    assert out.u == pytest.approx(1 / math.sqrt(3), rel=0.05)


def test_without_a_mean_the_median_is_the_value() -> None:
    out = propagate(lambda x: x + 3, {"x": quantity(0.0, u=1.0, dof=1)}, "monte-carlo", trials=200_000, seed=1)
    assert out.value == pytest.approx(3.0, abs=5 * math.pi / 2 / math.sqrt(200_000))
