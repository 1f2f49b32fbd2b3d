"""Lines: published fits, an independent minimisation of the full problem, and laws."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from calib.errors import UncertaintyError
from calib.uncertainty import Line, correlation, covariance, fit_line, quantity

CASES = json.loads((Path(__file__).parent / "cases" / "fits.json").read_text())


def fitted(case: dict[str, Any]) -> Line:
    x, y = case["inputs"]
    return fit_line(x["data"], quantity(y["data"], u=y["u"]) if "u" in y else y["data"])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_lines_have_the_published_parameters(case: dict[str, Any]) -> None:
    line, expected = fitted(case), case["expected"]
    matrix = covariance([line.intercept, line.slope])
    got: dict[str, float] = {
        "a": line.intercept.value, "b": line.slope.value, "ua": line.intercept.u, "ub": line.slope.u,
        "r": float(correlation([line.intercept, line.slope])[0, 1]), "cov": float(matrix[0, 1]),
        "chi2": line.chi2, "s": line.s, "dof": line.intercept.dof,
    }  # fmt: skip
    if case["model"] == "ols-predict-mean":
        y0 = line.predict(expected["x0"])
        got = {"y0": y0.value, "u": y0.u, "dof": y0.dof, "x0": expected["x0"]}
    if case["model"] == "wls-inverse":
        x0 = line.invert(quantity(expected["y0"], u=expected["u_y0"]))
        got = {"x0": x0.value, "u": x0.u, "y0": expected["y0"], "u_y0": expected["u_y0"]}
    for fact in (f for f in expected if not f.endswith("atol")):
        assert got[fact] == pytest.approx(expected[fact], abs=expected.get(f"{fact}_atol", expected["atol"])), fact


def test_errors_in_both_agree_with_a_minimisation_over_all_true_points() -> None:
    """Pearson's points with York's weights; unknowns are both parameters and every true x."""
    case = next(c for c in CASES if c["id"] == "pearson-york-y-only")  # which has the axes exchanged
    y, x = (np.array(points["data"]) for points in case["inputs"])
    ux, uy = np.array(case["inputs"][1]["u"]), 1 / np.sqrt([1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500])
    line = fit_line(quantity(x, u=ux), quantity(y, u=uy))

    def deviations(p: Any) -> Any:
        return np.concatenate(((x - p[2:]) / ux, (y - p[0] - p[1] * p[2:]) / uy))

    whole = optimize.least_squares(deviations, np.concatenate(([5.0, -0.5], x)), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    matrix = np.linalg.inv(whole.jac.T @ whole.jac)[:2, :2]
    assert (line.intercept.value, line.slope.value) == pytest.approx(whole.x[:2], rel=1e-7)
    assert covariance([line.intercept, line.slope]) == pytest.approx(matrix, rel=1e-5)
    assert line.chi2 == pytest.approx(2 * whole.cost, rel=1e-9)
    assert line.intercept.value == pytest.approx(5.4799, abs=1e-4)  # as usually quoted for these data
    assert line.slope.value == pytest.approx(-0.4805, abs=1e-4)
    assert line.dof == 8


def test_errors_common_to_x_and_y_agree_with_a_minimisation_over_all_true_points() -> None:
    common = quantity(0.0, u=0.3)
    x0, y0 = np.array([0.1, 1.2, 1.9, 3.1, 4.0, 5.2]), np.array([1.1, 2.7, 4.1, 5.2, 7.3, 8.0])
    x, y = quantity(x0, u=0.1) + common, quantity(y0, u=0.2) - np.array([0.5, 1, 2, 1, 0.5, 1]) * common
    line = fit_line(x, y)
    white = np.linalg.inv(np.linalg.cholesky(covariance([x, y])))

    def deviations(p: Any) -> Any:
        return white @ np.concatenate((x0 - p[2:], y0 - p[0] - p[1] * p[2:]))

    whole = optimize.least_squares(deviations, np.concatenate(([1.0, 1.0], x0)), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    assert (line.intercept.value, line.slope.value) == pytest.approx(whole.x[:2], rel=1e-6)
    exact = np.linalg.inv(whole.jac.T @ whole.jac)[:2, :2]
    assert covariance([line.intercept, line.slope]) == pytest.approx(exact, rel=1e-5)
    assert line.chi2 == pytest.approx(2 * whole.cost)


def test_a_shared_standard_enters_the_line_once_and_stays_correlated() -> None:
    gain, offset = quantity(1.0, u=1e-3, name="gain"), quantity(0.0, u=0.02, name="offset")
    x = np.linspace(1, 10, 10)
    y = quantity(2 + 3 * x, u=0.1) * gain + offset
    line = fit_line(x, y)
    alone = fit_line(x, quantity(2 + 3 * x, u=0.1))
    assert line.slope.value == pytest.approx(3.0)
    assert line.slope.u == pytest.approx(math.hypot(alone.slope.u, 3.0 * 1e-3), rel=1e-3)
    assert correlation([line.intercept, offset])[0, 1] > 0.2
    direct = line.predict(5.0) - y.mean()
    assert direct.u < line.predict(5.0).u


def test_scatter_of_fitted_lines_is_their_stated_uncertainty() -> None:
    rng, x = np.random.default_rng(3), np.arange(8.0)
    stated = fit_line(quantity(x, u=0.05), quantity(1 + 2 * x, u=0.1))
    fits = [
        fit_line(quantity(x + rng.normal(0, 0.05, 8), u=0.05), quantity(1 + 2 * x + rng.normal(0, 0.1, 8), u=0.1))
        for _ in range(1500)
    ]
    slopes, chi2 = np.array([f.slope.value for f in fits]), np.array([f.chi2 for f in fits])
    assert slopes.std() == pytest.approx(stated.slope.u, rel=4 / math.sqrt(3000))
    assert chi2.mean() == pytest.approx(6, abs=4 * math.sqrt(12 / 1500))


def test_units_go_with_the_line() -> None:
    line = fit_line(quantity([1.0, 2.0, 3.0], u=0.01, unit="A"), quantity([2.0, 4.1, 6.0], u=0.1, unit="V"))
    assert line.intercept.unit == "V"
    assert line.slope.to("ohm").value == pytest.approx(2.0, abs=0.05)
    assert line.predict(quantity(2.0, u=0.0, unit="A")).unit == "V"


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0], "give at least three"),
        ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], "points at different x"),
        ([1.0, 2.0, 3.0], [1.0, 2.0], "3 x for 2 y"),
        ([1.0, math.nan, 3.0], [1.0, 2.0, 3.0], "finite numbers"),
        ([1.0, 2.0, 3.0], quantity([1.0, 2.0, 3.0], u=[0.1, 0.0, 0.1]), "covariance is singular"),
    ],
)
def test_points_that_give_no_line_are_refused(x: Any, y: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        fit_line(x, y)
