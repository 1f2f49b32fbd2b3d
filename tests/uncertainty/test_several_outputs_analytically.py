"""Several outputs without Monte Carlo: rectangles, second-order covariance, named policies for degrees of freedom."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from calib.errors import UncertaintyError
from calib.uncertainty import correlated, propagate, quantity
from calib.uncertainty.rectangles import rectangle_factor


@pytest.mark.parametrize("m", [1, 2, 3, 6])
def test_a_rectangle_of_independent_outputs_is_that_of_sidak(m: int) -> None:
    exact = stats.norm.ppf(0.5 + 0.5 * 0.95 ** (1 / m))
    assert rectangle_factor(np.eye(m), 0.95) == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize("r", [-0.999, -0.4, 0.3, 0.95, 1.0])
def test_a_rectangle_of_two_normal_outputs_holds_its_probability(r: float) -> None:
    matrix = np.array([[1.0, r], [r, 1.0]])
    k = rectangle_factor(matrix, 0.9)
    both = stats.multivariate_normal([0, 0], matrix, allow_singular=True)
    assert both.cdf([k, k], lower_limit=[-k, -k]) == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("dof", [math.inf, 5.0])
def test_a_rectangle_of_three_outputs_holds_its_probability(dof: float) -> None:
    matrix = np.array([[1.0, 0.8, 0.2], [0.8, 1.0, -0.3], [0.2, -0.3, 1.0]])
    k = rectangle_factor(matrix, 0.95, dof)
    rng = np.random.default_rng(3)
    z = np.linalg.cholesky(matrix) @ rng.standard_normal((3, 1_000_000))
    if math.isfinite(dof):
        z /= np.sqrt(rng.chisquare(dof, 1_000_000) / dof)
    assert np.mean(np.abs(z).max(axis=0) <= k) == pytest.approx(0.95, abs=1e-3)


def test_an_output_that_follows_from_the_others_needs_no_room_of_its_own() -> None:
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    assert rectangle_factor(matrix, 0.95) == pytest.approx(rectangle_factor(np.eye(2), 0.95), abs=1e-3)


def model(a: Any, b: Any, c: Any) -> Any:
    return a + c, b - 0.5 * c


def test_the_rectangle_of_first_order_is_that_of_monte_carlo() -> None:
    inputs = {"a": quantity(1.0, u=0.3), "b": quantity(2.0, u=0.2), "c": quantity(0.0, u=0.4)}
    first = propagate(model, inputs).rectangle(0.95)
    drawn = propagate(model, inputs, "monte-carlo", trials=400_000, seed=1).rectangle(0.95)
    assert first.kq == pytest.approx(drawn.kq, rel=4e-3)
    assert first.volume == pytest.approx(drawn.volume, rel=1e-2)
    assert first.contains([1.0, 2.0])


def test_a_rectangle_needs_outputs_that_vary() -> None:
    with pytest.raises(UncertaintyError, match="does not vary"):
        propagate(lambda a: (a, 0 * a), {"a": quantity(1.0, u=0.3)}).rectangle()
    with pytest.raises(UncertaintyError, match="between 0 and 1"):
        rectangle_factor(np.eye(2), 1.0)


def test_second_order_covariance_of_squares_is_exact() -> None:
    """X² and X² + Z of normal X, Z: the covariance is 4 x² u² + 2 u⁴; X·Z and X²: 2 x z u²."""
    x, z, u = 1.5, -0.7, 0.8
    out = propagate(
        lambda x, z: (x * x, x * x + z, x * z), {"x": quantity(x, u=u), "z": quantity(z, u=0.3)}, "second-order"
    )
    covariance = out.covariance
    square = 4 * x**2 * u**2 + 2 * u**4
    assert covariance[0, 1] == pytest.approx(square, rel=1e-9)
    assert covariance[0, 2] == pytest.approx(2 * x * z * u**2, rel=1e-9)
    assert np.diagonal(covariance) == pytest.approx(np.square(out.u), rel=1e-12)
    assert covariance == pytest.approx(covariance.T)


def test_second_order_covariance_is_that_of_monte_carlo() -> None:
    def curved(a: Any, b: Any) -> Any:
        return np.exp(0.2 * a) * b, a * b + 0.1 * a**3

    inputs = {"a": quantity(0.5, half_width=1.0), "b": quantity(1.0, u=0.5)}
    out = propagate(curved, inputs, "second-order")
    drawn = propagate(curved, inputs, "monte-carlo", trials=1_000_000, seed=2)
    assert out.covariance == pytest.approx(drawn.covariance, rel=0.02)


@pytest.mark.parametrize("policy", ["willink", "smallest"])
def test_a_policy_serves_every_analytic_method(policy: str) -> None:
    p, q = correlated([10.0, 5.0], u=[0.1, 0.2], r=[[1, 0.3], [0.3, 1]], dof=[4, 9], names=["p", "q"])
    results: Any = [propagate(lambda p, q: p + 2 * q, {"p": p, "q": q}, m) for m in ("first-order", "second-order")]
    expanded = (p + 2 * q).expanded(0.95, dof_policy=policy)
    for result in results:
        assert result.interval(0.95, dof_policy=policy) == pytest.approx((expanded.lower, expanded.upper), rel=1e-9)
        with pytest.raises(UncertaintyError, match=r"dof_policy=.*willink, smallest"):
            result.interval(0.95)
        with pytest.raises(UncertaintyError, match="not known"):
            result.interval(0.95, dof_policy="hopeful")
    two = propagate(lambda p, q: (p + q, p - q), {"p": p, "q": q})
    with pytest.raises(UncertaintyError, match="willink, smallest"):
        two.ellipse()
    assert two.ellipse(dof_policy="smallest").kp == pytest.approx(math.sqrt(2 * stats.f.ppf(0.95, 2, 4)))
    assert two.rectangle(dof_policy=policy).kq > 2.4


def test_a_product_of_correlated_zeros_has_the_least_degrees_of_freedom_of_both() -> None:
    """u² ∝ (u_p u_q)², so D = 2 u² and ν = 4/2² by the smallest of 4 and 9."""
    p, q = correlated([0.0, 0.0], u=[0.1, 0.2], r=[[1, 0], [0, 1]], dof=[4, 9])
    out: Any = propagate(lambda p, q: p * q, {"p": p, "q": q}, "second-order")
    low, high = out.interval(0.95, dof_policy="smallest")
    assert high - low == pytest.approx(2 * stats.t.ppf(0.975, 1) * 0.02, rel=1e-6)
