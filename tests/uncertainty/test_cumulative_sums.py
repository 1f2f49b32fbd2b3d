"""Cumulative sums and products: exact, and of long arrays without a square of them."""

import pickle
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import Quantity, covariance, quantity, ranges
from calib.uncertainty.archive import from_json, to_json

N = 100_000
RNG = np.random.default_rng(20)
VALUES, U = RNG.normal(1, 0.1, N), RNG.uniform(0.1, 1, N)


def long() -> tuple[Any, Any, Any]:
    """Return (x, gain, cumulative sum of x · gain), of 10⁵ elements."""
    x, gain = quantity(VALUES, u=U), quantity(1.5, u=0.01)
    return x, gain, (x * gain).cumsum()


def test_every_sum_of_a_long_array_has_its_uncertainty() -> None:
    _, _, y = long()
    sums = np.cumsum(VALUES)
    assert y.value == pytest.approx(1.5 * sums)
    assert y.u == pytest.approx(np.sqrt(np.cumsum((1.5 * U) ** 2) + (0.01 * sums) ** 2), rel=1e-12)


def test_differences_are_the_sums_between() -> None:
    x, gain, y = long()
    between = y[70_000] - y[30]
    part = (x[31:70_001] * gain).sum()
    assert between.u == pytest.approx(part.u, rel=1e-10)
    assert (between - part).u < 1e-9
    window = y[100:] - y[:-100]
    exact = [(x[i + 1 : i + 101] * gain).sum().u for i in (0, 5, N - 101)]
    assert window.u[[0, 5, N - 101]] == pytest.approx(exact, rel=1e-9)
    assert np.diff(y).u == pytest.approx((x[1:] * gain).u, rel=1e-7)
    assert (y - y).u.max() == 0


def test_mean_and_covariances_of_a_long_sum() -> None:
    _, _, y = long()
    weights = np.arange(N, 0, -1) / N  # of each element in the mean of all sums
    independent = (1.5 * weights * U) ** 2
    assert y.mean().u == pytest.approx(np.sqrt(independent.sum() + (0.01 * VALUES @ weights) ** 2), rel=1e-10)
    pair = covariance([y[9], y[40_000]])
    sums = np.cumsum(VALUES)
    assert pair[0, 1] == pytest.approx(np.sum((1.5 * U[:10]) ** 2) + 1e-4 * sums[9] * sums[40_000], rel=1e-10)
    deviation = y - y.mean()
    row = np.append(np.ones(10), np.zeros(N - 10)) - weights
    assert deviation[9].u == pytest.approx(deviation.u[9], rel=1e-9)
    shared = 0.01 * float(VALUES @ row)
    assert deviation.u[9] == pytest.approx(np.sqrt(np.sum((1.5 * row * U) ** 2) + shared**2), rel=1e-9)


def test_sums_from_both_ends_together_count_the_whole_once_and_the_middle_twice() -> None:
    x: Any = quantity(VALUES, u=U)
    both = x.cumsum() + x[::-1].cumsum()[::-1] - x
    assert both.u == pytest.approx(np.full(N, x.sum().u), rel=1e-9)


@pytest.mark.parametrize("small", [0, 1 << 20])
def test_sums_of_different_runs_vary_together_as_the_full_matrix_says(
    small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "_SMALL", small)
    monkeypatch.setattr("calib.uncertainty.squares._SMALL", 0)
    a: Any = quantity(RNG.normal(size=(4, 6)), u=RNG.uniform(0.1, 1, (4, 6)))
    one, other = a.cumsum(1), (a * RNG.normal(size=(4, 6)))[:, ::-1].cumsum(1)
    flat = a.ravel().cumsum().reshape(4, 6)
    made: tuple[Any, ...] = (one + other, one + other[::-1], flat - 2 * other, one.T[:4] + one[:, :4])
    for y in made:
        assert np.square(y.u).ravel() == pytest.approx(np.diagonal(covariance(y)), rel=1e-10)


def test_elements_that_come_twice_are_counted_as_one_error() -> None:
    x: Any = quantity([1.0, 2.0], u=0.1)
    sums: Any = np.cumsum(x[[0, 0, 1, 0]])
    assert sums.u == pytest.approx([0.1, 0.2, 0.1 * 5**0.5, 0.1 * 10**0.5])


def test_copies_stay_the_same_sums() -> None:
    x: Any = quantity(VALUES[:50], u=U[:50], dof=9)
    y = x.cumsum()[::3]
    for copy in (pickle.loads(pickle.dumps(y)), from_json(to_json({"y": y}))["y"]):
        assert np.all((copy - y).u == 0)
        assert np.array_equal(copy.u, y.u)
        assert (copy[4] - x[:13].sum()).u < 1e-15


def test_degrees_of_freedom_of_long_sums() -> None:
    x: Any = quantity(VALUES, u=U, dof=5)
    y = x.cumsum()
    assert y.dof == pytest.approx(5 * np.cumsum(U**2) ** 2 / np.cumsum(U**4), rel=1e-10)
    assert y.mean().dof == pytest.approx(y[:-1].mean().dof, rel=1e-3)


def test_cumulative_products_have_the_relative_uncertainties_of_the_sums() -> None:
    x: Any = quantity([2.0, -3.0, 0.5], u=[0.1, 0.2, 0.05])
    p = np.cumprod(x)
    for i in range(3):
        exact: Quantity = np.prod(x[: i + 1])
        assert p[i].value == pytest.approx(exact.value)
        assert p[i].u == pytest.approx(exact.u)
        assert (p[i] - exact).u < 1e-15
    with pytest.raises(UncertaintyError, match="elements that are 0"):
        np.cumprod(x - x.value)
    with pytest.raises(UncertaintyError, match="in V"):
        np.cumprod(quantity([1.0, 2.0], u=0.1, unit="V"))  # type: ignore[call-overload]


def test_a_long_sum_of_sums_is_refused() -> None:
    x: Any = quantity(VALUES, u=U)
    with pytest.raises(UncertaintyError, match=r"cumulative sum.*100000 values.*split the array"):
        x.cumsum().cumsum()
    short = x[:40].cumsum().cumsum()
    assert short[39].u == pytest.approx(np.sqrt(np.sum((np.arange(40, 0, -1) * U[:40]) ** 2)))
