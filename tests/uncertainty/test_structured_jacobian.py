"""Arrays keep exact correlation through any chain: against the full Jacobian, written out by brute force."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import Quantity, correlation, covariance, quantity, squares


class Plain:
    """The same operations on a dense Jacobian of shape (size, sources)."""

    def __init__(self, value: NDArray[Any], J: NDArray[Any]) -> None:
        self.value, self.J = value, J

    def on(self, move: Any) -> "Plain":
        places = np.asarray(move(np.arange(self.value.size).reshape(self.value.shape)))
        return Plain(self.value.ravel()[places], self.J[places.ravel()])

    def fold(self, axis: int | None, mean: bool) -> "Plain":
        shape = self.value.shape
        full = self.J.reshape((*shape, -1))
        axes = tuple(range(len(shape))) if axis is None else (axis,)
        n = np.prod([shape[a] for a in axes]) if mean else 1.0
        value = self.value.sum(axis=axes) / n
        return Plain(value, (full.sum(axis=axes) / n).reshape(value.size, -1))

    def cumsum(self, axis: int | None) -> "Plain":
        shape = self.value.shape if axis is not None else (self.value.size,)
        full = np.cumsum(self.J.reshape((*shape, -1)), axis=axis or 0)
        return Plain(np.cumsum(self.value, axis=axis), full.reshape(self.J.shape))

    def with_(self, other: "Plain", times: bool) -> "Plain":
        value = self.value * other.value if times else self.value - other.value
        a = np.broadcast_to(self.J.reshape((*self.value.shape, -1)), (*value.shape, self.J.shape[1]))
        b = np.broadcast_to(other.J.reshape((*other.value.shape, -1)), (*value.shape, self.J.shape[1]))
        if times:
            a, b = a * np.asarray(other.value)[..., None], -b * np.asarray(self.value)[..., None]
        return Plain(value, (a - b).reshape(value.size, -1))


STEPS = (
    "slice",
    "reverse",
    "transpose",
    "pick",
    "mean",
    "mean0",
    "sum-1",
    "less-mean",
    "less-rows",
    "times-first",
    "square",
    "flat",
    "cumsum",
    "cumsum0",
    "cumsum-1",
    "less-before",
)


def step(name: str, q: Any, fold: Any, move: Any, combine: Any, ndim: int) -> Any:
    """Apply one operation in either arithmetic; a scalar stays as it is."""
    if not ndim:
        return q
    if name == "square":
        return combine(q, q, True)
    if name == "less-mean":
        return combine(q, fold(q, None, True), False)
    if name.startswith("cumsum"):
        return q.cumsum({"cumsum": None, "cumsum0": 0, "cumsum-1": ndim - 1}[name])
    if name == "less-before":
        return combine(q, move(q, lambda a: np.roll(a, 1)), False)
    if name == "less-rows":
        rows = fold(q, ndim - 1, True)
        return combine(q, move(rows, lambda a: a[..., None]) if ndim > 1 else rows, False)
    if name == "times-first":
        return combine(q, move(q, lambda a: a[:1]), True)
    if name.startswith(("mean", "sum")):
        axis = {"mean": None, "mean0": 0, "sum-1": ndim - 1}[name]
        return fold(q, axis, name.startswith("mean"))
    moves = {
        "slice": lambda a: a[::2], "reverse": lambda a: a[::-1], "transpose": np.transpose,
        "pick": lambda a: a[np.array([0, -1, 0])], "flat": np.ravel,
    }  # fmt: skip
    return move(q, moves[name])


def ours(name: str, q: Quantity) -> Any:
    def combine(a: Quantity, b: Quantity, times: bool) -> Quantity:
        return a * b if times else a - b

    def fold(a: Quantity, axis: int | None, mean: bool) -> Quantity:
        return a.mean(axis) if mean else a.sum(axis)

    def move(a: Quantity, how: Any) -> Quantity:
        if how is np.transpose:
            return a.T
        return a.ravel() if how is np.ravel else a._moved(how)

    return step(name, q, fold, move, combine, q.ndim)


def theirs(name: str, q: Plain) -> Any:
    return step(
        name, q, lambda a, axis, mean: a.fold(axis, mean), lambda a, how: a.on(how),
        lambda a, b, times: a.with_(b, times), q.value.ndim,
    )  # fmt: skip


@pytest.mark.parametrize("small", [0, 1 << 16], ids=["term by term", "written out"])
@given(
    st.sampled_from([(4,), (3, 4), (2, 3, 2), (1, 5)]),
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=150, deadline=None)
def test_any_chain_gives_the_covariance_of_the_full_jacobian(
    small: int, shape: tuple[int, ...], names: list[str], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    value, u = rng.uniform(1, 2, shape), rng.uniform(0.1, 1, shape)
    x, g = quantity(value, u=u), quantity(1.5, u=0.3)
    n = value.size
    q = x * g
    start = np.concatenate((np.eye(n) * 1.5, value.reshape(-1, 1)), axis=1)
    plain = Plain(value * 1.5, start)
    parts = 1.0
    for name in names:
        q, plain = ours(name, q), theirs(name, plain)
        parts = max(parts, float(np.abs(plain.J).max()) ** 2)
    spread = plain.J * np.append(u.ravel(), 0.3)
    exact = spread @ spread.T
    scale = max(float(np.abs(exact).max()), 1e-3)  # below it differences of equal terms are rounding
    assert np.asarray(q.value) == pytest.approx(plain.value)
    assert covariance(q) / scale == pytest.approx(exact / scale, abs=1e-9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(squares, "_SMALL", small)
        scale = scale if small else 100 * parts  # squared term by term, only the parts' rounding is promised
        assert np.square(q.u).ravel() / scale == pytest.approx(np.diagonal(exact) / scale, abs=1e-9 if small else 1e-13)


def test_what_is_shared_cancels_exactly() -> None:
    x, g = quantity(np.linspace(9, 11, 50), u=1e-3), quantity(1.0002, u=2e-5)
    y = x * g
    d = y.mean() - y[0]
    exact = math.sqrt((1.0002 * 1e-3) ** 2 * (1 - 1 / 50) + (1.0 * 2e-5) ** 2)
    assert d.u == pytest.approx(exact, rel=1e-12)
    assert (y - y).u.tolist() == [0.0] * 50
    assert (y.mean() - y.sum() / 50).u < 1e-18
    assert ((y - y.mean()) + y.mean() - y).u.max() < 1e-12


def test_multiples_of_one_array_cancel_wholly_whatever_was_asked_in_between() -> None:
    g = quantity(1.0002, u=2e-5)
    y: Any = g * np.linspace(9, 11, 50)
    third = y / 3.0
    assert (third * 2.0 - third - third).u.tolist() == [0.0] * 50
    before = (third * 0.3).u
    ((sensitivity,),) = [third.blocks.values()]
    assert sensitivity == pytest.approx(np.linspace(3, 11 / 3, 50))
    assert (third * 0.3).u == pytest.approx(before, rel=1e-15)
    assert (third - third).u.tolist() == [0.0] * 50


def test_a_mean_of_deviations_from_the_mean_is_certain() -> None:
    x: Any = quantity([0.0, 2.0, 0.0, 1.0], u=[0.1, 0.0, 1.0, 0.3])
    y = np.diff(x) ** 2
    assert (y - y.mean()).mean().u == 0.0


def test_deviations_from_the_mean_of_a_long_array_need_no_square() -> None:
    n = 200_000
    y: Any = quantity(np.ones(n), u=0.5) * quantity(2.0, u=0.1)
    d = y - y.mean()
    assert d.u == pytest.approx(np.full(n, math.sqrt(1 - 1 / n)), rel=1e-9)
    assert (y.mean() - y[0]).u == pytest.approx(math.sqrt(1 - 1 / n), rel=1e-9)
    assert np.diff(y).u[0] == pytest.approx(math.sqrt(2))


def test_what_would_need_a_square_is_refused_with_advice() -> None:
    y: Any = quantity(np.ones(20_000), u=0.5)
    with pytest.raises(UncertaintyError, match="split the array, or fold it first"):
        covariance(y)


def test_joined_arrays_stay_correlated_with_their_parts() -> None:
    a: Any = quantity([1.0, 2.0], u=0.1)
    b: Any = quantity([3.0], u=0.2)
    c: Any = np.concatenate([a, b, np.array([7.0])])
    assert c.value.tolist() == [1.0, 2.0, 3.0, 7.0]
    assert (c[:2] - a).u.tolist() == [0.0, 0.0]
    assert (c[2] - b[0]).u == 0.0
    assert c.u == pytest.approx([0.1, 0.1, 0.2, 0.0])
    g: Any = quantity(5.0, u=0.3)
    s: Any = np.stack([a[0], g, g * 2])
    assert correlation(s) == pytest.approx(np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]]))


def test_a_product_of_all_elements_has_the_derivatives_even_with_a_zero() -> None:
    x: Any = quantity([2.0, 0.0, 3.0], u=[0.1, 0.2, 0.3])
    rows: Any = quantity([[1.0, 2.0], [3.0, 4.0]], u=0.1)
    assert np.prod(x).u == pytest.approx(6 * 0.2)
    assert np.prod(rows, axis=1).u == pytest.approx([0.1 * math.sqrt(5), 0.5])


def test_numpy_functions_and_methods_agree() -> None:
    x: Any = quantity(np.arange(6.0).reshape(2, 3), u=0.1)
    w = np.array([1.0, 2.0, 3.0])
    assert (np.sum(x) - x.sum()).u == 0.0
    assert (np.mean(x, axis=0) - x.mean(axis=0)).u.tolist() == [0.0] * 3
    assert np.dot(w, x[0]).u == pytest.approx(0.1 * math.sqrt(14))
    assert (np.reshape(x, (3, 2)) - x.reshape(3, 2)).u.max() == 0.0
    assert (np.transpose(x) - x.T).u.max() == 0.0
    wide: Any = np.broadcast_to(x[0], (4, 3))
    assert wide.u == pytest.approx(np.full((4, 3), 0.1))
    assert (wide[0] - wide[3]).u.tolist() == [0.0] * 3
