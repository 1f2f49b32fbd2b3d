"""Laws that hold for any quantities: identities, derivatives, identity of sources, refusals."""

import copy
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calib.errors import UncertaintyError
from calib.uncertainty import Quantity, budget, correlated, correlation, covariance, quantity, type_a

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: x if abs(x) > 1e-3 else 1.0)
sizes = st.floats(1e-6, 1e3)
scalars = st.builds(lambda value, u: quantity(value, u=u), numbers, sizes)


@given(scalars, scalars)
def test_a_difference_with_itself_is_exactly_nothing(x: Quantity, y: Quantity) -> None:
    assert ((x - x).value, (x - x).u) == (0.0, 0.0)
    z = x * y + x
    assert ((z - z).value, (z - z).u) == (0.0, 0.0)
    assert ((x + y) - y).u == x.u


@given(scalars, scalars, scalars)
def test_the_order_of_operations_does_not_matter(x: Quantity, y: Quantity, z: Quantity) -> None:
    for a, b in (((x + y) + z, x + (y + z)), (x * y, y * x), (x * (y + z), x * y + x * z), (x / y, x * (1 / y))):
        assert a.value == pytest.approx(b.value, rel=1e-9, abs=1e-6)
        assert a.u == pytest.approx(b.u, rel=1e-9, abs=1e-12)
        assert covariance([a, b])[0, 1] == pytest.approx(a.u**2, rel=1e-6)


MODELS: list[Callable[..., Any]] = [
    lambda x, y: x * y / (x + y),
    lambda x, y: x**y,
    lambda x, y: np.hypot(x, y) - np.arctan2(y, x),
    lambda x, y: np.exp(-x / y) * np.sqrt(x) + np.cbrt(y),
    lambda x, y: np.log(x) * np.log10(y) + np.log2(x + y) - np.log1p(x),
    lambda x, y: np.sin(x) * np.cos(y) + np.tan(x / 9) + np.square(y) - np.reciprocal(x),
    lambda x, y: np.sinh(x / 5) + np.cosh(y / 5) * np.tanh(x) + np.expm1(-y) + np.exp2(-x),
    lambda x, y: np.arcsin(x / 9) + np.arccos(y / 9) + np.arctan(x * y) + abs(-x),
    lambda x, y: np.arcsinh(x) + np.arccosh(y + 1) + np.arctanh(x / 9),
    lambda x, y: 2**x - 3 / y + (1 - x) ** 2 + np.degrees(np.radians(y)) + 5 % 3 - (+x) + 2.0 * (-y),
]


@pytest.mark.parametrize("model", MODELS)
@given(x=st.floats(0.5, 5.0), y=st.floats(0.5, 5.0))
@settings(max_examples=25)
def test_sensitivities_are_the_derivatives(model: Callable[..., Any], x: float, y: float) -> None:
    out = model(quantity(x, u=0.1, name="x"), quantity(y, u=0.2, name="y"))
    rows = budget(out)
    h = 1e-6
    assert out.value == pytest.approx(model(x, y))
    assert rows["x"].sensitivity == pytest.approx((model(x + h, y) - model(x - h, y)) / (2 * h), rel=1e-5, abs=1e-6)
    assert rows["y"].sensitivity == pytest.approx((model(x, y + h) - model(x, y - h)) / (2 * h), rel=1e-5, abs=1e-6)
    assert out.u == pytest.approx(math.hypot(rows["x"].sensitivity * 0.1, rows["y"].sensitivity * 0.2))


@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=3), st.lists(st.floats(-1, 1), min_size=9, max_size=9))
def test_correlated_inputs_follow_the_matrix(c: list[float], factor: list[float]) -> None:
    matrix = np.array(factor).reshape(3, 3)
    cov = matrix @ matrix.T + 1e-3 * np.eye(3)
    x = correlated([1.0, 2.0, 3.0], covariance=cov)
    y = c[0] * x[0] - c[1] * x[1] + c[2] * x[2]
    signed = np.array([c[0], -c[1], c[2]])
    assert y.u == pytest.approx(math.sqrt(signed @ cov @ signed), rel=1e-9)
    assert covariance(x) == pytest.approx(cov)
    assert sum(row.share for row in budget(y)) == pytest.approx(1.0)


def test_share_of_an_anticorrelated_input_is_negative() -> None:
    a, b = correlated([1, 1], u=[1.0, 0.1], r=[[1, -0.9], [-0.9, 1]], names=["a", "b"])
    assert budget(a + b)["b"].share == pytest.approx((0.01 - 0.09) / (1 + 0.01 - 0.18))


def test_copies_slices_and_pickles_stay_the_same_quantity() -> None:
    x = quantity([1.0, 2.0, 3.0], u=0.1, name="x")
    g = quantity(2.0, u=0.3, id="standard-7")
    p, q = correlated([1, 2], u=[0.1, 0.2], r=[[1, 0.5], [0.5, 1]])
    y = x * g + p * q
    for again in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert (again - y).u.tolist() == [0, 0, 0]
    assert (pickle.loads(pickle.dumps(p)) - p).u == 0.0
    assert correlation([pickle.loads(pickle.dumps(p)), q])[0, 1] == pytest.approx(0.5)
    assert ((y[1:] - y[:2])[0] - (y[1] - y[0])).u == 0.0


def test_identity_survives_a_journey_through_another_process() -> None:
    x, y = quantity(1.0, u=0.1), quantity(2.0, u=0.2)
    code = "import pickle,sys; x,y=pickle.load(sys.stdin.buffer); sys.stdout.buffer.write(pickle.dumps((x*y, x+y)))"
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps((x, y)), capture_output=True, check=True)
    product, total = pickle.loads(done.stdout)
    assert (product - x * y).u == 0.0
    assert (total - x - y).u == 0.0


def test_one_id_is_one_standard() -> None:
    first, second = quantity(10.0, u=0.1, id="S-1"), quantity(10.0, u=0.1, id="S-1")
    assert (first - second).u == 0.0
    with pytest.raises(UncertaintyError, match=r"'S-1' is already known with u 0.1, now 0.2"):
        quantity(10.0, u=0.2, id="S-1")
    del first, second


def test_uncertainty_is_never_lost_silently() -> None:
    x: Any = quantity(1.0, u=0.1)
    two: Any = quantity([1.0, 2.0], u=0.1)
    functions: Any = (float, bool, np.asarray, np.array, math.sqrt)
    for lose in functions:
        with pytest.raises(UncertaintyError, match=r"\.value"):
            lose(x)
    with pytest.raises(UncertaintyError, match=r"np\.floor does not carry uncertainty: it is flat"):
        np.floor(x)
    with pytest.raises(UncertaintyError, match=r"np\.unique does not carry uncertainty: compare \.value"):
        np.unique(two)
    with pytest.raises(TypeError, match="unsupported operand"):
        x + "volt"
    with pytest.raises(AttributeError):
        x.value = 2.0
    with pytest.raises(ValueError, match="read-only"):
        two.value[0] = 5.0


def test_plain_arrays_and_numbers_mix_on_both_sides() -> None:
    x: Any = quantity(2.0, u=0.1)
    a = np.array([1.0, 2.0, 4.0])
    for y in (a * x, x * a):
        assert y.value.tolist() == [2.0, 4.0, 8.0]
        assert y.u == pytest.approx([0.1, 0.2, 0.4])
    assert (a - x).u == pytest.approx([0.1] * 3)
    assert (np.float64(3) * x).value == 6.0
    assert (np.int64(8) / x).u == pytest.approx(0.2)
    assert sum([x, x]).u == pytest.approx(0.2)


@pytest.mark.parametrize("function", [np.sqrt, np.log, np.absolute, np.cbrt, lambda x: 1 / x, lambda x: x**0.5])
def test_a_point_without_derivative_is_an_error_not_infinity(function: Any) -> None:
    with pytest.raises(UncertaintyError, match="no finite derivative"):
        function(quantity(0.0, u=0.1))


def test_welch_satterthwaite_holds_for_each_element_and_for_folds() -> None:
    x = quantity(np.zeros(4), u=np.array([1.0, 2, 3, 4]), dof=np.array([3.0, 5, 9, math.inf]))
    g = quantity(0, u=1.0, dof=6)
    y = x + g
    each = [(x[i] + g).dof for i in range(4)]
    assert y.dof == pytest.approx(each)
    assert each[1] == pytest.approx((4 + 1) ** 2 / (16 / 5 + 1 / 6))
    assert x.sum().dof == pytest.approx(30**2 / (1 / 3 + 16 / 5 + 81 / 9))
    d = x - x.mean()
    row = np.array([0.75, -0.25, -0.25, -0.25])
    assert d.dof[0] == pytest.approx(
        sum((row * [1, 2, 3, 4]) ** 2) ** 2 / sum((row * [1, 2, 3, 4]) ** 4 / [3, 5, 9, math.inf])
    )


def test_readings_taken_together_keep_the_degrees_of_freedom_of_the_sample() -> None:
    rng = np.random.default_rng(1)
    a, b = type_a(rng.normal(size=(2, 12)), together=True, names=["a", "b"])
    assert (a - 3 * b).dof == pytest.approx(11)
    assert (a - 3 * b).u == pytest.approx(0.0 + (a - 3 * b).u)


def test_mean_of_readings_together_is_the_mean_of_the_combination() -> None:
    data = np.random.default_rng(2).normal(5, 1, size=(2, 9)) @ np.eye(9) + np.linspace(0, 3, 9)
    volts, amps = type_a(data, together=True)
    direct = type_a(2 * data[0] - data[1])
    got = 2 * volts - amps
    assert (got.value, got.u, got.dof) == pytest.approx((direct.value, direct.u, direct.dof))


def test_budget_prints_every_input_and_the_result() -> None:
    y = quantity(10.0, u=0.1, unit="V", name="source") * quantity(2.0, half_width=0.1, name="gain")
    text = str(budget(y))
    assert "source" in text
    assert "rectangular" in text
    assert text.splitlines()[-1].startswith("result  20")
    assert [r.name for r in budget(y)] == ["source", "gain"]
    assert budget(y)["source"].unit == "V"


def test_a_budget_of_an_array_asks_for_one_element() -> None:
    x = quantity([1.0, 2.0], u=0.1, name="x")
    with pytest.raises(UncertaintyError, match=r"take an element, such as budget\(y\[0\]\)"):
        budget(x)
    row = budget(x[1] * 3)["x"]
    assert (row.value, row.u, row.sensitivity) == pytest.approx((2.0, 0.1, 3.0))
    row = budget(x.mean())["x"]
    assert row.contribution == pytest.approx(0.1 / math.sqrt(2))
    assert math.isnan(row.value)
