"""Linear algebra, rearranging functions and implicit equations against derivatives by differences and Monte Carlo."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calib.errors import UncertaintyError
from calib.uncertainty import covariance, propagate, quantity
from calib.uncertainty.equations import implicit

A = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.2, -0.7, 2.0]])
B = np.array([1.0, -2.0, 3.0])

MODELS: list[Callable[..., Any]] = [
    lambda a, b: a @ b,
    lambda a, b: b @ a,
    lambda a, b: A @ b + a @ B,
    lambda a, b: a @ a,
    lambda a, b: np.dot(a, A) @ b,
    lambda a, b: np.dot(b, b),
    lambda a, b: np.matmul(np.stack([a, 2 * a]), b),
    lambda a, b: np.linalg.solve(a, 1 * b),
    lambda a, b: np.linalg.solve(a, np.stack([b, b * b], axis=1)),
    lambda a, b: np.linalg.solve(A, b),
    lambda a, b: np.linalg.inv(a),
    lambda a, b: np.linalg.inv(a) @ b - np.linalg.solve(a, b) * 0.5,
    lambda a, b: np.linalg.det(a) * np.trace(a),
    lambda a, b: np.linalg.norm(a) + np.linalg.norm(b),
    lambda a, b: np.cumsum(b) + np.cumsum(a, axis=1) @ B,
    lambda a, b: np.cumsum(a),
    lambda a, b: np.vstack([a, b]) * 2 - np.vstack([b, a]),
    lambda a, b: np.hstack([b, a[0]]) + np.append(b, a[:, 0]),
    lambda a, b: np.where(A > 0.6, a * b, b),
    lambda a, b: np.sort(b)[::-1] + np.roll(b, 1) - np.flip(b),
    lambda a, b: np.repeat(b, 2) * np.tile(b, 2),
    lambda a, b: np.average(a, axis=1, weights=np.array([1.0, 2.0, 4.0])) - np.average(b),
    lambda a, b: np.diagonal(a) * np.squeeze(np.expand_dims(b, 0)) + np.take(b, np.array([2, 2, 0])),
    lambda a, b: np.polyval(b, a),
    lambda a, b: np.moveaxis(a, 0, 1) - np.swapaxes(a, 0, 1) * b + np.rot90(a),
]


def by_differences(model: Any, a: Any, b: Any, ua: float, ub: float) -> tuple[Any, Any]:
    """Return value and covariance by central differences."""
    x = np.concatenate((a.ravel(), b))
    u = np.concatenate((np.full(a.size, ua), np.full(b.size, ub)))

    def at(x: Any) -> Any:
        return np.ravel(model(x[: a.size].reshape(a.shape), x[a.size :]))

    h = 1e-6
    J = np.stack([(at(x + h * e) - at(x - h * e)) / (2 * h) for e in np.eye(x.size)], axis=1) * u
    return at(x), J @ J.T


@pytest.mark.parametrize("model", MODELS)
def test_functions_of_arrays_have_the_derivatives_of_differences(model: Any) -> None:
    out = model(quantity(A, u=0.01), quantity(B, u=0.02))
    value, exact = by_differences(model, A, B, 0.01, 0.02)
    assert np.ravel(out.value) == pytest.approx(value, rel=1e-9, abs=1e-12)
    assert covariance(out) == pytest.approx(exact, rel=1e-6, abs=1e-9 * float(np.abs(exact).max()))


@pytest.mark.parametrize("model", [MODELS[i] for i in (0, 4, 7, 10, 12, 14, 18)])
def test_the_same_linear_algebra_serves_monte_carlo(model: Any) -> None:
    inputs = {"a": quantity(A, u=0.01), "b": quantity(B, u=0.02)}
    sampled = propagate(lambda a, b: 1.0 * model(a, b), inputs, method="monte-carlo", trials=20_000, seed=1)
    assert np.asarray(sampled.u) == pytest.approx(np.asarray(model(**inputs).u), rel=0.05, abs=1e-4)


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_matrix_times_its_inverse_is_certain(n: int, seed: int) -> None:
    value = np.random.default_rng(seed).normal(size=(n, n)) + 4 * np.eye(n)
    a: Any = quantity(value, u=0.1)
    unit: Any = a @ np.linalg.inv(a)
    assert unit.value == pytest.approx(np.eye(n), abs=1e-9)
    assert np.max(unit.u) < 1e-6


def test_block_means_of_a_long_array_stay_exact_in_memory_of_its_length() -> None:
    x: Any = quantity(np.ones(200_000), u=0.5)
    blocks = x.reshape(200, 1000)
    d = (blocks - blocks.mean(axis=1)[:, None]).ravel()
    assert d.u == pytest.approx(np.full(200_000, 0.5 * math.sqrt(1 - 1 / 1000)), rel=1e-6)
    mean = d.sum()
    assert mean.u < 1e-6
    assert (d[5] - x[5] + blocks[0].mean()).u < 1e-9


def test_questions_about_values_are_answered_by_values() -> None:
    x: Any = quantity([3.0, 1.0, 2.0], u=0.1)
    assert np.isfinite(x).tolist() == [True] * 3
    assert not np.isnan(x).any()
    assert np.argmax(x) == 0
    assert np.allclose(x, [3.0, 1.0, 2.0])
    assert np.zeros_like(x).tolist() == [0.0] * 3
    integrate: Any = getattr(np, "trapezoid", None) or getattr(np, "trapz")  # noqa: B009  numpy 1 and 2
    assert integrate(x).u == pytest.approx(0.1 * math.sqrt(1.5))


def test_matrices_that_do_not_fit_or_have_no_inverse_are_refused() -> None:
    a: Any = quantity(A, u=0.1)
    with pytest.raises(UncertaintyError, match=r"the inner lengths 3 and 2 differ"):
        a @ np.ones(2)
    with pytest.raises(UncertaintyError, match=r"a matrix of shape \(n, n\) is needed, got \(2, 3\)"):
        np.linalg.inv(a[:2])
    long: Any = quantity(np.ones(5000), u=0.1)
    with pytest.raises(UncertaintyError, match=r"product of matrices.*split the array"):
        np.ones((5000, 5000)) @ long


def test_an_implicit_root_has_the_uncertainty_of_its_closed_form() -> None:
    p, q = quantity(3.0, u=0.1), quantity(1.0, u=0.05)
    root = implicit(lambda x, p, q: x * x - p * x + q, 3.0, p, q)
    closed = (p + np.sqrt(p * p - 4 * q)) / 2
    assert root.value == pytest.approx(closed.value, rel=1e-14)
    assert (root - closed).u < 1e-14
    sampled = propagate(
        lambda p, q: implicit(lambda x, p, q: x * x - p * x + q, 3.0, p, q), {"p": p, "q": q}, method="monte-carlo",
        trials=50_000, seed=2,
    )  # fmt: skip
    assert sampled.u == pytest.approx(root.u, rel=0.03)


def test_several_equations_give_correlated_unknowns() -> None:
    """A Pt100 bridge in little: x + y = s, x·y = p."""
    s, p = quantity(5.0, u=0.1), quantity(6.0, u=0.2)
    z = implicit(lambda z, s, p: [z[0] + z[1] - s, z[0] * z[1] - p], [1.0, 4.0], s, p)
    assert z.value == pytest.approx([2.0, 3.0])
    assert (z[0] + z[1] - s).u < 1e-14
    assert (z[0] * z[1] - p).u < 1e-13
    sampled = propagate(
        lambda s, p: implicit(lambda z, s, p: [z[0] + z[1] - s, z[0] * z[1] - p], [1.0, 4.0], s, p),
        {"s": quantity(5.0, u=0.01), "p": quantity(6.0, u=0.01)}, method="monte-carlo", trials=20_000, seed=3,
    )  # fmt: skip
    assert sampled.value == pytest.approx([2.0, 3.0], abs=1e-2)


def test_an_equation_without_a_root_says_so() -> None:
    with pytest.raises(UncertaintyError, match=r"no root found from start = 1\.0|no unique slope"):
        implicit(lambda x, c: x * x + c, 1.0, quantity(1.0, u=0.1))
    with pytest.raises(UncertaintyError, match="no unique slope"):
        implicit(lambda x, c: 0.0 * x + c, 1.0, quantity(1.0, u=0.1))
    with pytest.raises(UncertaintyError, match="1 equations for 1 unknowns"):
        implicit(lambda x, c: c * 2, 1.0, 3.0)
