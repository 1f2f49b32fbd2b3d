"""Statements of uncertainty become the right standard uncertainty; contradictory ones are refused in words."""

import math
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import correlated, correlation, quantity, type_a


@pytest.mark.parametrize(
    ("stated", "u"),
    [
        ({"u": 0.3}, 0.3),
        ({"U": 75, "k": 3}, 25),
        ({"U": 1.96, "probability": 0.95}, 1.0000368),
        ({"U": 2.92, "probability": 0.99, "dof": 16}, 0.99973),
        ({"half_width": 2}, 1.1547005383792517),
        ({"half_width": 3, "distribution": "triangular"}, 1.2247448713915892),
        ({"half_width": 5, "distribution": "arcsine"}, 3.5355339059327373),
        ({"half_width": 4, "half_width_u": 1, "distribution": "curvilinear-trapezoid"}, 2.333333333333333),
        ({"half_width": 1, "beta": 0.5, "distribution": "trapezoidal"}, math.sqrt(1.25 / 6)),
        ({"resolution": 0.001}, 0.001 / math.sqrt(12)),
        ({"resolution": 0.1, "distribution": "triangular"}, 0.05 / math.sqrt(6)),
        ({"u": 0.5, "distribution": "rectangular"}, 0.5),
        ({"u": 0.5, "distribution": "gamma"}, 0.5),
    ],
)
def test_every_form_gives_its_standard_uncertainty(stated: dict[str, Any], u: float) -> None:
    assert quantity(1.0, **stated).u == pytest.approx(u, rel=1e-4 if "probability" in stated else 1e-12)


def test_limits_give_the_middle_or_keep_the_value_within() -> None:
    assert quantity(limits=(2, 4)).value == 3.0
    x = quantity(2.5, limits=(2, 4))
    assert (x.value, x.u) == pytest.approx((2.5, 1 / math.sqrt(3)))
    with pytest.raises(UncertaintyError, match=r"value 5 must be one number within its limits \(2, 4\)"):
        quantity(5, limits=(2, 4))
    with pytest.raises(UncertaintyError, match=r"limits \(4, 2\) must be \(lower, upper\)"):
        quantity(limits=(4, 2))


def test_one_u_or_one_for_each_element() -> None:
    assert quantity([1.0, 2.0], u=0.1).u.tolist() == [0.1, 0.1]
    assert quantity([1.0, 2.0], u=[0.1, 0.2]).u.tolist() == [0.1, 0.2]
    assert quantity(5.0, u=[0.1, 0.2]).value.tolist() == [5.0, 5.0]
    assert quantity(np.ones((2, 3)), resolution=0.1).u.shape == (2, 3)
    assert correlation(quantity([1.0, 2.0], half_width=0.1)) == pytest.approx(np.eye(2))


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({}, "state the uncertainty once, by one of u, U, half_width, limits, resolution; got none"),
        ({"u": 1, "half_width": 2}, "got u, half_width"),
        ({"u": -0.1}, r"u = -0.1: an uncertainty is finite and not negative"),
        ({"u": math.nan}, "finite and not negative"),
        ({"u": math.inf}, "finite and not negative"),
        ({"half_width": -1}, r"half_width = -1"),
        ({"u": 1, "dof": 0.5}, r"dof = 0.5: degrees of freedom are at least 1"),
        ({"u": 1, "dof": math.nan}, "at least 1"),
        ({"U": 1}, "needs either k or probability"),
        ({"U": 1, "k": 2, "probability": 0.95}, "needs either k or probability"),
        ({"U": 1, "k": 0}, "k = 0 must be above 0"),
        ({"u": 1, "k": 2}, "k and probability belong to U, not to u"),
        ({"half_width": 1, "distribution": "normal"}, "a normal distribution has no half_width"),
        ({"half_width": 1, "distribution": "rectangle"}, "did you mean 'rectangular'"),
        ({"half_width": 1, "distribution": "trapezoidal"}, "needs beta"),
        ({"half_width": 1, "distribution": "curvilinear-trapezoid"}, "needs half_width_u"),
        ({"half_width": 1, "half_width_u": 2, "distribution": "curvilinear-trapezoid"}, "above 0 and at most 1"),
        ({"u": 1, "distribution": "exponential"}, "the u of an exponential is its value"),
    ],
)
def test_a_wrong_statement_says_what_is_wrong(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        quantity(5.0, name="x", **stated)


@pytest.mark.parametrize("value", [math.nan, math.inf, "ten", None, [1.0, math.nan]])
def test_a_value_is_a_finite_number(value: Any) -> None:
    with pytest.raises(UncertaintyError, match="quantity 'x'"):
        quantity(value, u=0.1, name="x")


def test_type_a_is_mean_and_s_over_root_n() -> None:
    data = [[1.0, 1.2, 1.1, 0.9], [5.0, 5.0, 5.2, 5.4]]
    v = type_a(data[0], name="v")
    assert (v.value, v.u, v.dof) == pytest.approx((1.05, np.std(data[0], ddof=1) / 2, 3))
    rows = type_a(data, axis=-1)
    assert rows.value == pytest.approx([1.05, 5.15])
    assert rows.dof == pytest.approx([3, 3])
    assert correlation(rows)[0, 1] == 0.0


def test_readings_taken_together_are_correlated() -> None:
    data = np.array([[1.0, 1.2, 1.1, 0.9], [5.0, 5.4, 5.2, 4.9]])
    a, b = type_a(data, together=True, names=["a", "b"], unit="V")
    assert correlation([a, b])[0, 1] == pytest.approx(np.corrcoef(data)[0, 1])
    assert (a.unit, a.dof) == ("V", pytest.approx(3))


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ([1.0], {}, "1 reading has no standard deviation"),
        ([], {}, "0 reading has no standard deviation"),
        ([1.0, math.nan], {}, "every reading must be a finite number"),
        ([[1, 2], [3, 4]], {}, "need axis="),
        ([[1, 2], [3, 4]], {"together": True}, "n above the number of quantities"),
        ([[1, 2], [3]], {}, "rows of equal length"),
    ],
)
def test_unusable_readings_are_refused(data: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        type_a(data, **options)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"u": [1, 1], "r": [[1, 1.2], [1.2, 1]]}, r"not positive semi-definite: least eigenvalue .* -0.2"),
        ({"u": [1, 1], "r": [[1, 0.2], [0.3, 1]]}, "not symmetric"),
        ({"u": [1, 1], "r": [[2, 0.2], [0.2, 1]]}, "diagonal of 1"),
        ({"u": [1, -1], "r": [[1, 0], [0, 1]]}, "not negative"),
        ({"u": [1, 1], "r": [[1]]}, "2 × 2 finite numbers"),
        ({"u": [1, 1]}, "either u and r, or covariance"),
        ({"covariance": [[-1, 0], [0, 1]]}, "must not be negative"),
        ({"u": [1, 1], "r": [[1, 0], [0, 1]], "dof": 0}, "at least 1"),
        ({"u": [1, 1], "r": [[1, 0], [0, 1]], "names": ["a"]}, "2 names"),
    ],
)
def test_an_impossible_matrix_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        correlated([1.0, 2.0], **given)


def test_fully_correlated_inputs_are_possible() -> None:
    a, b = correlated([1.0, 1.0], u=[0.3, 0.3], r=[[1, 1], [1, 1]])
    assert (a - b).u == pytest.approx(0.0, abs=1e-12)
