"""Every numpy function that carries uncertainty has the derivative that differences give, for scalars and arrays."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calib.uncertainty import quantity
from calib.uncertainty.derivatives import BINARY, UNARY

DOMAINS: dict[np.ufunc, tuple[float, float]] = {
    np.sqrt: (0.1, 9), np.log: (0.1, 9), np.log2: (0.1, 9), np.log10: (0.1, 9), np.log1p: (-0.9, 9),
    np.arcsin: (-0.95, 0.95), np.arccos: (-0.95, 0.95), np.arctanh: (-0.95, 0.95), np.arccosh: (1.1, 9),
    np.tan: (-1.4, 1.4), np.cbrt: (0.1, 9), np.reciprocal: (0.1, 9), np.absolute: (0.1, 9),
}  # fmt: skip


def difference(f: Any, x: float) -> float:
    """Return the derivative by central differences, extrapolated once."""
    near, far = ((f(x + h) - f(x - h)) / (2 * h) for h in (1e-4, 2e-4))
    return float((4 * near - far) / 3)


@pytest.mark.parametrize("ufunc", UNARY, ids=lambda f: f.__name__)
@given(st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_functions_of_one_argument(ufunc: Any, place: float) -> None:
    low, high = DOMAINS.get(ufunc, (-3.0, 3.0))
    x = low + (high - low) * place
    slope = difference(ufunc, x)
    if abs(slope) < 1e-6:
        return  # where first order is lost, a warning says so
    out = ufunc(quantity(x, u=0.25))
    assert out.value == pytest.approx(ufunc(x), rel=1e-15)
    assert out.u == pytest.approx(0.25 * abs(slope), rel=1e-6)
    array = ufunc(quantity([x, x], u=0.25))
    assert array.u == pytest.approx([out.u] * 2, rel=1e-15)


@pytest.mark.filterwarnings("ignore::calib.uncertainty.FirstOrderWarning")  # of the lesser of two
@pytest.mark.parametrize("ufunc", BINARY, ids=lambda f: f.__name__)
@given(st.floats(0.2, 4), st.floats(0.2, 4))
@settings(max_examples=20, deadline=None)
def test_functions_of_two_arguments(ufunc: Any, x: float, y: float) -> None:
    assume(abs(x - y) > 0.01 and abs(x / y - round(x / y)) > 0.01)  # there some have no derivative
    dx, dy = difference(lambda v: ufunc(v, y), x), difference(lambda v: ufunc(x, v), y)
    a, b = quantity(x, u=0.3), quantity(y, u=0.4)
    wanted = np.hypot(0.3 * dx, 0.4 * dy)
    assert ufunc(a, b).u == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    assert ufunc(quantity([x], u=0.3), b).u == pytest.approx([wanted], rel=1e-6, abs=1e-9)
    assert ufunc(a, y).u == pytest.approx(0.3 * abs(dx), rel=1e-6, abs=1e-9)
    assert ufunc(np.array([x]), b).u == pytest.approx([0.4 * abs(dy)], rel=1e-6, abs=1e-9)


@given(st.floats(0.5, 2), st.floats(0.5, 2))
@settings(max_examples=30, deadline=None)
def test_a_long_way_back_gives_the_derivative_of_the_whole(x: float, y: float) -> None:
    def chain(a: Any, b: Any) -> Any:
        for _ in range(30):
            a, b = a * 0.7 + b / (1 + a * a), b - 0.1 * a
        return a * b + np.exp(-b)

    h = 1e-5
    slopes = (chain(x + h, y) - chain(x - h, y)) / (2 * h), (chain(x, y + h) - chain(x, y - h)) / (2 * h)
    out = chain(quantity(x, u=0.3), quantity(y, u=0.4))
    assert out.u == pytest.approx(np.hypot(0.3 * slopes[0], 0.4 * slopes[1]), rel=1e-4, abs=1e-7)


def test_a_product_of_very_many_scalars_is_as_the_whole_arrays() -> None:
    values = 1 + 1e-4 * np.cos(np.arange(20_000))
    p = quantity(float(values[0]), u=1e-4)
    for v in values[1:].tolist():
        p = p * quantity(v, u=1e-4)
    x: Any = quantity(values, u=1e-4)
    assert p.u == pytest.approx(np.prod(x).u, rel=1e-10)
