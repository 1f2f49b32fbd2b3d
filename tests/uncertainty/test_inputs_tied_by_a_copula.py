"""Inputs of any distribution, correlated: each keeps its own distribution, and r is theirs."""

import math
import pickle
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import MonteCarlo, Quantity, correlated, propagate, quantity
from calib.uncertainty.copula import latent
from calib.uncertainty.distributions import RECTANGULAR, distribution
from calib.uncertainty.unbounded import NORMAL, StudentT

TRIALS = 200_000
BOUND = 5 / math.sqrt(TRIALS)


def made() -> dict[str, Quantity]:
    return {
        "rectangular": quantity(3.0, half_width=1.0, name="a"),
        "arcsine": quantity(-1.0, half_width=2.0, distribution="arcsine", name="b"),
        "normal": quantity(0.0, u=0.5, name="c"),
        "t": quantity(1.0, u=0.5, dof=9, name="d"),
        "gamma": quantity(4.0, u=2.0, distribution="gamma", name="e"),
        "triangular": quantity(4.0, half_width=2.0, distribution="triangular", name="f"),
    }


def drawn(*inputs: Quantity) -> MonteCarlo:
    names = [f"x{i}" for i in range(len(inputs))]
    return propagate(
        lambda **x: tuple(x[n] * 1.0 for n in names), dict(zip(names, inputs, strict=True)), "monte-carlo",
        trials=TRIALS, seed=5,
    )  # fmt: skip


def r_of(value: float) -> list[list[float]]:
    return [[1.0, value], [value, 1.0]]


@pytest.mark.parametrize("first", ["rectangular", "arcsine", "normal", "t", "gamma"])
@pytest.mark.parametrize("second", ["rectangular", "gamma", "triangular", "t"])
@pytest.mark.parametrize("r", [0.7, -0.5])
def test_draws_have_the_correlation_that_was_asked_for(first: str, second: str, r: float) -> None:
    out = drawn(*correlated([made()[first], made()[second]], r=r_of(r)))
    assert out.correlation[0, 1] == pytest.approx(r, abs=2 * BOUND)


def test_every_input_keeps_its_own_distribution() -> None:
    inputs = made()
    r = np.full((6, 6), 0.4)
    np.fill_diagonal(r, 1.0)
    out = drawn(*correlated(list(inputs.values()), r=r))
    for draws, q in zip(out.draws, inputs.values(), strict=True):
        (source,) = q.blocks
        shape = StudentT(9) if q.dof == 9 else source.distribution
        assert stats.kstest((draws[:20_000] - q.value) / q.u, shape.cdf).pvalue > 1e-3


def test_two_rectangles_have_the_closed_form() -> None:
    """Pearson, 1907: ρ of the normal variables is 2 sin(πr/6)."""
    for r in (-0.9, 0.2, 0.5, 1.0):
        rho = latent([RECTANGULAR, RECTANGULAR], np.array(r_of(r)))[0, 1]
        assert rho == pytest.approx(2 * math.sin(math.pi * r / 6), abs=2e-6)


def test_normal_with_lognormal_like_shapes_follow_the_first_hermite_coefficient() -> None:
    """r = ρ E[Z F⁻¹(Φ(Z))]; for a rectangle that is √(3/π)."""
    rho = latent([NORMAL, RECTANGULAR], np.array(r_of(0.5)))[0, 1]
    assert rho == pytest.approx(0.5 / math.sqrt(3 / math.pi), abs=1e-5)


def test_first_order_and_monte_carlo_agree_on_a_sum_and_a_difference() -> None:
    a, b = correlated([made()["rectangular"], made()["gamma"]], r=r_of(0.6))
    for sign in (1.0, -1.0):
        first = propagate(lambda a, b, s=sign: a + s * b, {"a": a, "b": b})
        sampled = propagate(lambda a, b, s=sign: a + s * b, {"a": a, "b": b}, "monte-carlo", trials=TRIALS, seed=1)
        assert first.u == pytest.approx(math.sqrt(a.u**2 + 4 + sign * 2 * 0.6 * a.u * 2))
        assert sampled.u == pytest.approx(first.u, rel=0.01)


def test_equal_shapes_can_be_wholly_correlated() -> None:
    a, b = correlated([made()["rectangular"], quantity(0.0, half_width=5.0)], r=r_of(1.0))
    out = propagate(lambda a, b: 5 * (a - 3.0) - b, {"a": a, "b": b}, "monte-carlo", trials=1000, seed=1)
    assert np.abs(out.draws).max() < 1e-3


def test_a_correlation_out_of_reach_says_how_far_it_goes() -> None:
    with pytest.raises(UncertaintyError, match=r"r = 0.995 is out of reach for .* gives them -0.9927 to 0.9927"):
        correlated([made()["rectangular"], made()["arcsine"]], r=r_of(0.995))  # 4√6/π²
    skew = [distribution("exponential")] * 2
    with pytest.raises(UncertaintyError, match="out of reach"):
        latent(skew, np.array(r_of(-0.8)))


def test_three_that_cannot_go_together_are_refused() -> None:
    three = [made()["rectangular"], quantity(0.0, half_width=1.0), quantity(0.0, half_width=1.0)]
    with pytest.raises(UncertaintyError, match="not positive semi-definite"):
        correlated(three, r=[[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]])


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0, quantity(1.0, u=0.1)], {"r": r_of(0.5)}, "input 0 is not one scalar input"),
        ([quantity([1.0], u=0.1), quantity(1.0, u=0.1)], {"r": r_of(0.5)}, "input 0 is not one scalar input"),
        ([quantity(1.0, u=0.1) * 2, quantity(1.0, u=0.1)], {"r": r_of(0.5)}, "input 0 is not one scalar input"),
        ([quantity(1.0, u=0.1), quantity(1.0, u=0.1)], {}, "give r alone"),
        ([quantity(1.0, u=0.1), quantity(1.0, u=0.1)], {"u": [1, 1], "r": r_of(0.5)}, "give r alone"),
    ],
)
def test_what_cannot_be_tied_is_refused(values: list[Any], options: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        correlated(values, **options)


def test_coverage_of_correlated_rectangles_is_not_guessed() -> None:
    a, b = correlated([made()["rectangular"], quantity(0.0, half_width=1.0)], r=r_of(0.5))
    with pytest.raises(UncertaintyError, match=r"a is rectangular and correlated with others: .* 'monte-carlo'"):
        (a + b).expanded(0.95)
    assert (a + b).expanded(0.95, method="t").k == pytest.approx(1.95996, abs=1e-5)


def test_a_copy_from_a_pickle_is_drawn_with_its_original() -> None:
    a, b = correlated([made()["rectangular"], made()["gamma"]], r=r_of(0.6))
    copies = pickle.loads(pickle.dumps((a, b)))
    out = propagate(
        lambda a, c, d: (a - c, d - 4.0), {"a": a, "c": copies[0], "d": copies[1]}, "monte-carlo", trials=1000, seed=1
    )
    assert np.all(out.draws[0] == 0)
    assert out.u[1] == pytest.approx(2.0, rel=0.2)


def test_correlated_inputs_of_unequal_degrees_of_freedom_keep_theirs() -> None:
    p, q = correlated([0.0, 0.0], u=[1.0, 1.0], r=r_of(0.5), dof=[5, 50])
    out = drawn(p, q)
    assert out.u == pytest.approx([math.sqrt(5 / 3), math.sqrt(50 / 48)], rel=0.02)
    assert out.correlation[0, 1] == pytest.approx(0.5, abs=4 * BOUND)


def test_inputs_of_one_sample_are_jointly_t() -> None:
    """Squared distance over 2 follows F(2, ν) (JCGM 102:2011, 5.3.2)."""
    p, q = correlated([0.0, 0.0], u=[1.0, 2.0], r=r_of(0.5), dof=6)
    out = drawn(p, q)
    scale = np.array([[1.0, 1.0], [1.0, 4.0]])
    squared = np.einsum("it,ij,jt->t", out.draws, np.linalg.inv(scale), out.draws)
    assert stats.kstest(squared[:20_000] / 2, stats.f(2, 6).cdf).pvalue > 1e-3
