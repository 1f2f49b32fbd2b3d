"""Several outputs of one model: covariance, ellipse, rectangle, smallest region (JCGM 102:2011, 7.6 and 7.7)."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import MonteCarlo, correlated, propagate, quantity
from calib.uncertainty.firstorder import first_order
from calib.uncertainty.regions import ellipse_factor

TRIALS = 400_000
U = np.array([[1.0, 1.2], [1.2, 4.0]])
P, Q = correlated([3.0, -2.0], covariance=U)


def pair(p: Any, q: Any) -> Any:
    return p * 1.0, q * 1.0


def sampled(model: Any = pair, trials: int = TRIALS, **options: Any) -> MonteCarlo:
    out: MonteCarlo = propagate(model, {"p": P, "q": Q}, "monte-carlo", trials=trials, seed=8, **options)
    return out


def test_outputs_as_tuple_list_or_array_are_one_array() -> None:
    expected = sampled(trials=1000)
    assert expected.draws.shape == (2, 1000)
    for model in (lambda p, q: [p, q], lambda p, q: np.stack([p, q])):
        assert np.array_equal(sampled(model, trials=1000).draws, expected.draws)
    alone = sampled(trials=1000, vectorize=False)
    assert np.array_equal(alone.draws, expected.draws)
    assert expected.value.shape == expected.u.shape == expected.interval(0.9)[0].shape == (2,)
    assert np.all(np.isnan(expected.dof))


def test_covariance_is_that_of_the_inputs() -> None:
    """Of normal draws an element varies by √((u_ii u_jj + u_ij²)/M)."""
    out = sampled()
    std = np.sqrt((np.outer(np.diag(U), np.diag(U)) + U**2) / TRIALS)
    assert np.all(np.abs(out.covariance - U) < 5 * std)
    assert out.covariance == pytest.approx(np.cov(out.draws), rel=1e-9)
    first = first_order(pair, {"p": P, "q": Q})
    assert first.covariance == pytest.approx(U)
    assert first.value.tolist() == [3.0, -2.0]


@pytest.mark.parametrize("p", [0.5, 0.95])
def test_ellipse_of_normal_outputs_has_the_factor_of_chi_square(p: float) -> None:
    """√χ²₂(0.95) = 2.447; kp from M trials varies by √(p(1 − p)/M)/f."""
    out, chi = sampled(), stats.chi(2)
    found = out.ellipse(p)
    assert found.kp == pytest.approx(chi.ppf(p), abs=5 * math.sqrt(p * (1 - p) / TRIALS) / chi.pdf(chi.ppf(p)))
    first = first_order(pair, {"p": P, "q": Q}).ellipse(p)
    assert first.kp == pytest.approx(chi.ppf(p))
    assert found.volume == pytest.approx(math.pi * found.kp**2 * math.sqrt(np.linalg.det(U)), rel=0.02)
    assert found.contains(out.draws.T).mean() == pytest.approx(p, abs=2 / TRIALS)
    for axis in found.axes():
        assert found.contains(found.centre + 0.999 * axis)
        assert not found.contains(found.centre + 1.001 * axis)
    assert np.linalg.norm(found.axes()[0]) > np.linalg.norm(found.axes()[1])


def test_factor_of_one_sample_is_that_of_f() -> None:
    """Hotelling: the mean of jointly t outputs lies within √(2 F) of 0 with probability p."""
    p, q = correlated([0.0, 0.0], covariance=U, dof=7)
    first = first_order(pair, {"p": p, "q": q}).ellipse(0.9)
    draws = propagate(pair, {"p": p, "q": q}, "monte-carlo", trials=TRIALS, seed=3).draws
    assert first.contains(draws.T).mean() == pytest.approx(0.9, abs=5 * math.sqrt(0.09 / TRIALS))
    assert ellipse_factor(1, 0.95, 9) == pytest.approx(stats.t.ppf(0.975, 9))
    with pytest.raises(UncertaintyError, match="between 0 and 1"):
        ellipse_factor(2, 1.0)


def test_rectangle_of_independent_normals_has_the_closed_factor() -> None:
    """(2Φ(k) − 1)² = p."""
    x = {"x": quantity([0.0, 10.0], u=[1.0, 5.0])}
    out = propagate(lambda x: x * 1, x, "monte-carlo", trials=TRIALS, seed=1)
    found = out.rectangle(0.95)
    assert found.kq == pytest.approx(stats.norm.ppf(0.5 + 0.5 * math.sqrt(0.95)), abs=0.01)
    assert found.contains(out.draws.T).mean() == pytest.approx(0.95, abs=2 / TRIALS)
    assert found.upper - found.lower == pytest.approx(2 * found.kq * out.u)
    assert found.volume == pytest.approx(np.prod(found.upper - found.lower))


def test_smallest_region_of_normal_outputs_is_nearly_the_ellipse() -> None:
    out = sampled()
    region, ellipse = out.smallest_region(0.9), out.ellipse(0.9)
    assert region.contains(out.draws.T).mean() >= 0.9
    assert region.volume == pytest.approx(ellipse.volume, rel=0.06)
    assert region.contains(out.value)
    assert not region.contains([1e3, 0.0])


def test_smallest_region_of_a_banana_is_much_smaller_than_its_ellipse() -> None:
    """Polar coordinates of a narrow ring: as thin as the ring."""

    def ring(p: Any, q: Any) -> Any:
        angle, radius = p * 3.0, 10 + 0.1 * q
        return radius * np.cos(angle), radius * np.sin(angle)

    out = sampled(ring)
    region = out.smallest_region(0.95, cells=150)
    assert region.volume < 0.4 * out.ellipse(0.95).volume
    assert region.contains(out.draws.T).mean() >= 0.95
    assert not region.contains([0.0, 0.0])
    assert out.ellipse(0.95).contains([0.0, 0.0])


def test_regions_that_cannot_be_are_refused() -> None:
    dependent = sampled(lambda p, q: (p, 2 * p), trials=1000)
    with pytest.raises(UncertaintyError, match="linearly dependent"):
        dependent.ellipse()
    fixed = sampled(lambda p, q: (p, q - q), trials=1000)
    for shape in (fixed.ellipse, fixed.rectangle):
        with pytest.raises(UncertaintyError, match="does not vary"):
            shape()
    with pytest.raises(UncertaintyError, match=r"cells .* are 9000000, more than"):
        sampled(trials=1000).smallest_region(0.95, cells=3000)
    p, q = correlated([0.0, 0.0], covariance=U, dof=2)
    heavy = propagate(pair, {"p": p, "q": q}, "monte-carlo", trials=1000, seed=1)
    with pytest.raises(UncertaintyError, match="2 degrees of freedom or fewer: take smallest_region"):
        heavy.ellipse()
    assert heavy.smallest_region(0.9).contains([0.0, 0.0])


@pytest.mark.parametrize(
    ("model", "vectorize", "message"),
    [
        (lambda p, q: (p, np.stack([p, q])), True, r"outputs of shapes \(.*\): give them one shape"),
        (lambda p, q: (p, [1.0, 2.0]), True, r"outputs of shapes \(.*\): give them one shape"),
        (lambda p, q: p > 0, True, "bool values: real numbers are needed; np.where"),
        (lambda p, q: np.rint(p).astype(int), True, "int64 values: real numbers are needed"),
        (lambda p, q: p * np.exp(1j * q), True, "complex128 values: real numbers are needed"),
        (lambda p, q: p.draws, True, "ndarray, not something computed from its inputs"),
        (lambda p, q: None, True, "NoneType, not something computed"),
        (lambda p, q: type(p)(p.draws[:3]), True, "belong on the last axis"),
        (lambda p, q: round(p), False, "integers in every trial"),
        (lambda p, q: np.array([1, 2]), False, "integers in every trial"),
        (lambda p, q: p > 0, False, "truth values in every trial"),
        (lambda p, q: np.ones(3 if p > 3 else 2), False, r"different shapes in different trials: \(2,\), \(3,\)"),
        (lambda p, q: (p, [p, q]), False, "of no one shape"),
        (lambda p, q: "one", False, "str: a number or an array"),
        (lambda p, q: math.log(p - 100), False, "failed in trial 0 with p = .*: ValueError"),
        (lambda p, q: 1 / (p - p), False, "failed in trial 0 .* ZeroDivisionError"),
        (lambda p, q: p / (q - q), True, r"values that are not finite numbers \(of 1000 in trials 0 to 1000\)"),
        (lambda p, q: np.where(p > 3, p, np.nan), True, "not finite numbers"),
        (lambda p, q: math.nan if p > 3 else p, False, "not finite numbers"),
    ],
)
def test_a_model_that_returns_no_real_numbers_gets_one_clear_error(model: Any, vectorize: bool, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        sampled(model, trials=1000, vectorize=vectorize)


def test_whole_numbers_in_some_trials_are_numbers() -> None:
    out = sampled(lambda p, q: p if p > 0 else 0, vectorize=False, trials=1000)
    assert out.draws.dtype == np.float64


def test_units_come_out_as_by_first_order() -> None:
    """Draws are plain numbers in base units; 1 mV and 1 V do not meet as 1 and 1."""
    x = {
        "a": quantity(5.0, u=0.1, unit="mV"),
        "b": quantity(2.0, u=0.01, unit="V"),
        "i": quantity(2.0, u=0.1, unit="mA"),
    }
    first = propagate(lambda a, b, i: (a + b) / i, x)
    out = propagate(lambda a, b, i: (a + b) / i, x, "monte-carlo", trials=100_000, seed=1)
    assert (out.unit, first.unit) == ("mV/mA", "mV/mA")
    assert out.value == pytest.approx(first.value, rel=0.01)
    assert out.u == pytest.approx(first.u, rel=0.02)
    assert np.median(out.draws) == pytest.approx(first.value, rel=0.01)
    adaptive = propagate(lambda a, b, i: (a + b) / i, x, "monte-carlo", tolerance=2.0, seed=1)
    assert 2 * 10_000 <= adaptive.trials < 100_000
    with pytest.raises(UncertaintyError, match="the unit of the output is found by first order, which failed"):
        propagate(lambda a, b, i: a + i, x, "monte-carlo")


def test_a_result_in_millivolts_is_in_millivolts() -> None:
    x = {"a": quantity(5.0, u=0.1, unit="mV"), "b": quantity(2.0, u=0.0, unit="V")}
    out = propagate(lambda a, b: a + b, x, "monte-carlo", trials=100_000, seed=1)
    assert out.unit == "mV"
    assert (out.value, out.u) == pytest.approx((2005.0, 0.1), rel=0.01)
    assert out.value == pytest.approx(2005.0, abs=0.002)
    assert out.interval(0.95) == pytest.approx((2005 - 0.196, 2005 + 0.196), abs=0.003)
    adaptive = propagate(lambda a, b: a + b, x, "monte-carlo", tolerance=0.001, seed=1)
    assert 50_000 < adaptive.trials < 1_000_000  # about 285 000 for u/100


def test_temperatures_in_degrees_celsius_meet_as_differences() -> None:
    x = {"t": quantity(23.0, u=0.5, unit="degC"), "t0": quantity(20.0, u=0.1, unit="degC")}
    out = propagate(lambda t, t0: t - t0, x, "monte-carlo", trials=100_000, seed=1)
    assert out.value == pytest.approx(3.0, abs=0.01)
    assert out.unit == propagate(lambda t, t0: t - t0, x).unit
