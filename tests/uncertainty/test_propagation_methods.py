"""One model, first order and Monte Carlo; samples behave as the quantity does, with the trials hidden."""

import math
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import FirstOrder, MonteCarlo, Quantity, correlated, propagate, quantity, type_a

N = 200_000
NOMINALS = np.array([1.0, 2.0, 3.0])


def both(model: Any, inputs: dict[str, Any], seed: int = 1) -> tuple[FirstOrder, MonteCarlo]:
    first = propagate(model, inputs)
    sampled = propagate(model, inputs, method="monte-carlo", trials=N, seed=seed)
    assert isinstance(first, FirstOrder)
    assert isinstance(sampled, MonteCarlo)
    return first, sampled


def arrays() -> dict[str, Quantity]:
    return {"x": quantity(NOMINALS * 10, u=[0.1, 0.2, 0.3], name="x"), "g": quantity(1.0, u=0.01, name="g")}


@pytest.mark.parametrize(
    "model",
    [
        lambda x, g: x * g + 0.1,
        lambda x, g: (x * g).mean(),
        lambda x, g: (x * g)[1] - x[0],
        lambda x, g: x * NOMINALS / g,
        lambda x, g: NOMINALS - np.log(x),
        lambda x, g: x - x.mean(),
        lambda x, g: np.sum(x[::-1]) * np.exp(-g),
        lambda x, g: np.concatenate([x[:2], np.stack([g, g * 2])]),
        lambda x, g: np.dot(NOMINALS, x) + g,
        lambda x, g: np.diff(x) / g,
        lambda x, g: x.reshape(3, 1) * g + x,
        lambda x, g: np.prod(x) * g,
        lambda x, g: np.mean(x.reshape(1, 3), axis=0) + x.reshape(3, 1).T[0],
    ],
)
def test_the_same_model_serves_both_methods(model: Any) -> None:
    """For models that are nearly linear over the inputs the two agree but for the noise of the trials."""
    first, sampled = both(model, arrays())
    assert np.shape(sampled.value) == np.shape(first.value)
    assert np.asarray(sampled.u) == pytest.approx(np.asarray(first.u), rel=0.01)
    assert np.abs(np.asarray(sampled.value) - first.value).max() < 0.03 * np.max(first.u)
    ends = np.asarray(first.interval(0.95)), np.asarray(sampled.interval(0.95))
    assert np.abs(ends[0] - ends[1]).max() < 0.04 * np.max(first.u)


def test_nominals_as_many_as_trials_are_not_taken_for_trials() -> None:
    a = np.linspace(1, 2, 50)
    out = propagate(lambda g: a * g, {"g": quantity(1.0, u=0.1)}, method="monte-carlo", trials=50, seed=1)
    assert np.shape(out.value) == (50,)
    assert out.value == pytest.approx(a * out.value[0])


def test_correlated_inputs_are_drawn_together() -> None:
    p, q = correlated([1.0, 2.0], u=[0.1, 0.2], r=[[1, 0.9], [0.9, 1]])
    first, sampled = both(lambda p, q: 2 * p - q, {"p": p, "q": q})
    assert first.u == pytest.approx(math.sqrt(0.04 + 0.04 - 2 * 2 * 0.9 * 0.02))
    assert sampled.u == pytest.approx(first.u, rel=0.01)


def test_one_standard_used_twice_is_drawn_once() -> None:
    s = quantity(1.0, u=0.1)
    out = propagate(lambda a, b: a - b, {"a": s, "b": s}, method="monte-carlo", trials=100, seed=1)
    assert out.u == 0.0
    both = propagate(lambda a, b: (a + 0.0, b + 0.0), {"a": s, "b": s}, "monte-carlo", trials=N, seed=1)
    assert both.value == pytest.approx([1.0, 1.0], abs=5 * 0.1 / math.sqrt(N))


def test_few_readings_are_drawn_as_t() -> None:
    v = type_a([1.0, 1.1, 0.9, 1.05, 1.0, 0.95])
    _, sampled = both(lambda v: 1.0 * v, {"v": v})
    assert sampled.u == pytest.approx(v.u * math.sqrt(5 / 3), rel=0.03)
    low, high = sampled.interval(0.95)
    assert (high - low) / 2 == pytest.approx(v.expanded(0.95).U, rel=0.015)
    many = quantity([0.0, 0.0], u=1.0, dof=[4.0, math.inf])
    _, sampled = both(lambda m: m * 1.0, {"m": many})
    assert sampled.u == pytest.approx([math.sqrt(2), 1.0], rel=0.05)


def test_convolution_and_monte_carlo_agree_on_a_mixed_budget() -> None:
    inputs = {
        "a": quantity(0, half_width=1.0), "b": quantity(0, u=0.4, dof=5), "c": quantity(0, resolution=0.5),
        "d": quantity(0, half_width=0.7, half_width_u=0.2, distribution="curvilinear-trapezoid"),
        "e": quantity(2.0, limits=(1.8, 2.5)), "f": quantity(0.5, u=0.3, distribution="gamma"),
    }  # fmt: skip
    first, sampled = both(lambda a, b, c, d, e, f: a + b - c + 2 * d + e - f, inputs)
    for p in (0.5, 0.9, 0.9545):
        assert np.asarray(first.interval(p)) == pytest.approx(np.asarray(sampled.interval(p)), abs=0.03)


def test_shortest_interval_of_a_skew_result_is_shorter_and_covers() -> None:
    out = propagate(lambda x: np.exp(1.0 * x), {"x": quantity(0.0, u=0.8)}, method="monte-carlo", trials=N, seed=2)
    symmetric, shortest = out.interval(0.9), out.shortest(0.9)
    assert shortest[1] - shortest[0] < 0.9 * (symmetric[1] - symmetric[0])
    assert symmetric == pytest.approx((math.exp(-0.8 * 1.6449), math.exp(0.8 * 1.6449)), rel=0.01)


def test_interval_ends_are_the_order_statistics_of_supplement_1() -> None:
    """JCGM 101:2008, 7.7.2: q = pM, r = (M − q)/2, from y(r) to y(r + q); shortest by 7.7.4."""
    out = MonteCarlo(np.arange(1.0, 101.0), 100, 50.5, 29.0)
    assert out.interval(0.9) == (5.0, 95.0)
    assert MonteCarlo(np.arange(1.0, 102.0), 101, 51.0, 29.0).interval(0.9) == (5.0, 96.0)
    skew = MonteCarlo(np.arange(1.0, 21.0) ** 2, 20, 0.0, 0.0)
    assert skew.shortest(0.5) == (1.0, 121.0)


def test_trial_by_trial_serves_models_with_branches() -> None:
    def branching(x: Any) -> Any:
        return x if x > 0 else 0.0

    x = {"x": quantity(0.0, u=1.0)}
    with pytest.raises(UncertaintyError, match="no truth value"):
        propagate(lambda x: x if bool(x) else 0.0, x, method="monte-carlo", trials=100)
    out = propagate(branching, x, method="monte-carlo", trials=20_000, seed=1, vectorize=False)
    assert out.value == pytest.approx(1 / math.sqrt(2 * math.pi), abs=0.02)
    where = propagate(lambda x: np.where(x > 0, x, 0.0), x, method="monte-carlo", trials=20_000, seed=1)
    assert where.value == pytest.approx(out.value, rel=1e-12)


def test_a_seed_gives_the_same_digits_and_another_seed_others() -> None:
    def once(seed: int) -> Any:
        return propagate(lambda x, g: x * g, arrays(), method="monte-carlo", trials=1000, seed=seed).u.tolist()

    assert once(5) == once(5)
    assert once(5) != once(6)


def test_derived_inputs_are_refused_unless_linearised() -> None:
    x = quantity(2.0, u=0.1)
    for derived in (x * 2, x + 1, quantity([1.0, 2.0], u=0.1)[::-1]):
        with pytest.raises(UncertaintyError, match="'d' is derived from other quantities"):
            propagate(lambda d: d * 1.0, {"d": derived}, method="monte-carlo", trials=10)
    out = propagate(lambda d: d * 1.0, {"d": x * x}, method="monte-carlo", trials=N, seed=1, linearise=True)
    assert out.u == pytest.approx(0.4, rel=0.01)


def test_methods_that_do_not_exist_are_refused_by_name() -> None:
    with pytest.raises(UncertaintyError, match="choose one of first-order, second-order, monte-carlo"):
        propagate(lambda x: x, {"x": quantity(1, u=0.1)}, method="third-order")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda x: 3.0, "the model returned float"),
        (lambda x: np.log(x - 100), "not finite numbers"),
        (lambda x: np.histogram(x)[0], "np.histogram does not work on samples"),
        (lambda x: float(x) + 1, "samples are not a float"),
        (lambda x: np.asarray(x) + 1, "samples are not a plain array"),
    ],
)
def test_a_wrong_model_gets_a_clear_error(model: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        propagate(model, {"x": quantity(1.0, u=0.1)}, method="monte-carlo", trials=100, seed=1)


def test_too_few_trials_for_an_interval_are_refused() -> None:
    out = propagate(lambda x: x * 1.0, {"x": quantity(1.0, u=0.1)}, method="monte-carlo", trials=5, seed=1)
    with pytest.raises(UncertaintyError, match="5 trials are too few"):
        out.interval(0.95)


@pytest.mark.parametrize("trials", [0, 1, -5, 1000.5, math.nan])
def test_trials_are_a_whole_number_above_1(trials: Any) -> None:
    with pytest.raises(UncertaintyError, match=f"trials = {trials}: Monte Carlo needs at least 2"):
        propagate(lambda x: x * 1.0, {"x": quantity(1.0, u=0.1)}, method="monte-carlo", trials=trials)


def test_trials_written_as_a_power_of_ten_are_taken() -> None:
    out = propagate(lambda x: x * 1.0, {"x": quantity(1.0, u=0.1)}, method="monte-carlo", trials=int(1e3))
    same: Any = propagate(lambda x: x * 1.0, {"x": quantity(1.0, u=0.1)}, "monte-carlo", trials=1e3)  # type: ignore[call-overload]
    assert same.u != out.u  # without a seed no two runs are alike
    with pytest.raises(TypeError, match="unexpected keyword argument 'trails'"):
        propagate(lambda x: x, {}, "monte-carlo", trails=5)  # type: ignore[call-overload]
