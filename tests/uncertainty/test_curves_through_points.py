"""Polynomials and curves: against numpy and scipy, against the whole problem minimised at once, and by laws."""

import math
import time
from typing import Any

import numpy as np
import pytest
from scipy import optimize, special

from calib.errors import UncertaintyError
from calib.uncertainty import correlated, correlation, covariance, fit_line, quantity
from calib.uncertainty.curves import fit
from calib.uncertainty.polynomials import fit_polynomial
from calib.uncertainty.slopes import linearised

X = np.array([0.2, 0.9, 1.7, 2.1, 3.3, 4.0, 5.2, 6.1])
Y = np.array([1.1, 1.7, 2.3, 2.4, 2.2, 1.8, 0.3, -1.2])


def decay(x: Any, a: Any, b: Any, c: Any) -> Any:
    return a * np.exp(-b * x) + c


def test_polynomial_of_plain_numbers_is_that_of_numpy() -> None:
    found = fit_polynomial(X, Y, 3)
    values, matrix = np.polyfit(X, Y, 3, cov=True)
    assert [q.value for q in found.coefficients] == pytest.approx(values[::-1], rel=1e-9)
    assert covariance(found.coefficients) == pytest.approx(matrix[::-1, ::-1], rel=1e-7)
    assert found.coefficients[2].dof == pytest.approx(4)
    assert found.dof == 4


def test_weighted_polynomial_is_that_of_numpy_and_tells_its_chi2() -> None:
    u = np.linspace(0.05, 0.3, 8)
    found = fit_polynomial(X, quantity(Y, u=u), 2)
    values, matrix = np.polyfit(X, Y, 2, w=1 / u, cov="unscaled")
    assert [q.value for q in found.coefficients] == pytest.approx(values[::-1], rel=1e-9)
    assert covariance(found.coefficients) == pytest.approx(matrix[::-1, ::-1], rel=1e-7)
    assert found.chi2 == pytest.approx(float(np.sum(((Y - np.polyval(values, X)) / u) ** 2)))
    assert found.p_value == pytest.approx(float(special.gammaincc(2.5, found.chi2 / 2)))


def test_polynomial_of_degree_one_is_the_line() -> None:
    x, y = quantity(X, u=0.1), quantity(Y, u=0.2)
    line, same = fit_line(x, y), fit_polynomial(x, y, 1)
    assert (line.intercept - same.coefficients[0]).u < 1e-9
    assert same.chi2 == pytest.approx(line.chi2)
    assert (same.predict(2.0) - line.predict(2.0)).u < 1e-9


def test_prediction_far_from_zero_keeps_its_digits() -> None:
    u = 1e-3
    far = fit_polynomial(1000 + X / 100, quantity(Y, u=u), 3).predict(1000.03)
    near = fit_polynomial(X / 100, quantity(Y, u=u), 3).predict(0.03)
    assert (far.value, far.u) == pytest.approx((near.value, near.u), rel=1e-6)


def test_curve_of_plain_numbers_is_that_of_scipy() -> None:
    y = decay(X, 3.0, 0.5, 1.0) + 0.01 * np.sin(37 * X)
    values, matrix = optimize.curve_fit(decay, X, y, (1, 1, 0), xtol=1e-14, ftol=1e-14)
    found = fit(decay, X, y, (1, 1, 0))
    assert [q.value for q in found.parameters] == pytest.approx(values, rel=1e-6)
    assert covariance(found.parameters) == pytest.approx(matrix, rel=1e-5)


def test_errors_in_both_coordinates_of_a_curve_agree_with_the_whole_minimisation() -> None:
    """Unknowns are all parameters and every true x, with correlated errors; derivatives by scipy."""
    rng = np.random.default_rng(1)
    n = X.size
    half = rng.normal(size=(2 * n, 2 * n)) * 0.02
    V = half @ half.T + np.diag([0.05**2] * n + [0.04**2] * n)
    joint = correlated(np.concatenate((X, decay(X, 3, 0.5, 1) + rng.normal(0, 0.05, n))).tolist(), covariance=V)
    found = fit(decay, joint[:n], joint[n:], (2, 1, 0))
    whitening = np.linalg.inv(np.linalg.cholesky(V))
    data = np.array([q.value for q in joint])

    def deviations(p: Any) -> Any:
        return whitening @ (data - np.concatenate((p[3:], decay(p[3:], *p[:3]))))

    whole = optimize.least_squares(deviations, [2, 1, 0, *X], xtol=1e-15, ftol=1e-15, gtol=1e-15)
    assert [q.value for q in found.parameters] == pytest.approx(whole.x[:3], rel=1e-5)
    assert covariance(found.parameters) == pytest.approx(np.linalg.inv(whole.jac.T @ whole.jac)[:3, :3], rel=1e-3)
    assert found.chi2 == pytest.approx(2 * whole.cost, rel=1e-7)


def test_points_far_off_the_curve_are_fitted_too() -> None:
    """Whole Gauss-Newton steps overshoot here for ever; the minimum is that of scipy over all true points."""
    x, y = np.linspace(0, 2, 9), np.array([2.3, 2.4, -0.1, -0.5, -0.3, 0.1, -0.1, 0.1, 0.2])
    found = fit(lambda x, a, b: a * np.exp(-b * x), quantity(x, u=0.1), quantity(y, u=1.0), (2, 0.5))

    def deviations(p: Any) -> Any:
        return np.concatenate(((x - p[2:]) / 0.1, y - p[0] * np.exp(-p[1] * p[2:])))

    whole = optimize.least_squares(deviations, [3, 4, *x], xtol=1e-15, ftol=1e-15, gtol=1e-15)
    assert [q.value for q in found.parameters] == pytest.approx(whole.x[:2], rel=1e-5)
    assert found.chi2 == pytest.approx(2 * whole.cost, rel=1e-8)


def test_scatter_of_fitted_curves_is_their_stated_uncertainty() -> None:
    rng, true = np.random.default_rng(2), decay(X, 3.0, 0.5, 1.0)
    x, y = quantity(X, u=0.02), quantity(true, u=0.02)
    stated = fit(decay, x, y, (2, 1, 0)).predict(3.0)
    found = [
        fit(
            decay,
            quantity(X + rng.normal(0, 0.02, 8), u=0.02),
            quantity(true + rng.normal(0, 0.02, 8), u=0.02),
            (3, 0.5, 1),
        )
        for _ in range(300)
    ]
    assert np.std([f.predict(3.0).value for f in found]) == pytest.approx(stated.u, rel=4 / math.sqrt(600))
    assert np.mean([f.chi2 for f in found]) == pytest.approx(5, abs=4 * math.sqrt(10 / 300))


def test_a_common_gain_goes_through_a_curve_whole() -> None:
    gain = quantity(1.0, u=1e-2)
    y = quantity(decay(X, 3.0, 0.5, 1.0), u=1e-4) * gain
    found = fit(decay, X, y, (2, 1, 0))
    assert found.parameters[0].u == pytest.approx(3e-2, rel=0.01)
    assert correlation([found.predict(1.0), gain])[0, 1] > 0.999
    assert (found.predict(1.0) / gain).u < 2e-4
    assert found.chi2 < 1e-9  # that all points err together is no misfit


def test_models_with_unknown_functions_fall_back_to_differences() -> None:
    x = np.linspace(0.1, 3, 12)
    y = quantity(2 * special.erf(0.7 * x), u=0.01)
    found = fit(lambda x, a, b: a * special.erf(b * x), x, y, (1, 1))
    _, G, slope = linearised(lambda x, a, b: a * special.erf(b * x), x, np.array([2.0, 0.7]), "fit")
    assert G[:, 0] == pytest.approx(special.erf(0.7 * x), rel=1e-9)
    rise = 2 * 0.7 * 2 / math.sqrt(math.pi) * np.exp(-((0.7 * x) ** 2))
    assert slope == pytest.approx(rise, rel=1e-7)
    exact = np.stack([special.erf(0.7 * x), rise * x / 0.7], axis=1) / 0.01
    assert covariance(found.parameters) == pytest.approx(np.linalg.inv(exact.T @ exact), rel=1e-6)


def test_curves_predict_arrays_and_invert_themselves() -> None:
    found = fit(decay, X, quantity(decay(X, 3.0, 0.5, 1.0), u=0.01), (2, 1, 0))
    several = found.predict(np.array([1.0, 2.0]))
    assert several.u[1] == pytest.approx(found.predict(2.0).u)
    y0 = found.predict(2.0)
    back = found.invert(y0)
    assert back.value == pytest.approx(2.0)
    assert back.u < 1e-9  # the same curve there and back
    other = found.invert(quantity(y0.value, u=0.02))
    slope = -1.5 * math.exp(-1.0)
    assert other.u == pytest.approx(math.hypot(0.02, y0.u) / abs(slope), rel=1e-6)


def test_polynomials_invert_and_say_where_they_cannot() -> None:
    found = fit_polynomial(X, quantity(Y, u=0.01), 2)
    back = found.invert(found.predict(5.0), between=(3.0, 6.1))
    assert (back.value, back.u) == pytest.approx((5.0, 0.0), abs=1e-8)
    with pytest.raises(UncertaintyError, match=r"at x = [\d.]+, [\d.]+ between 0.2 and 6.1: give between="):
        found.invert(2.0)
    with pytest.raises(UncertaintyError, match="nowhere between"):
        found.invert(10.0)


def test_uncertain_x_enters_a_prediction_by_the_slope() -> None:
    found = fit_polynomial(X, quantity(X**2, u=1e-9), 2)
    assert found.predict(quantity(3.0, u=0.01)).u == pytest.approx(0.06, rel=1e-6)


def test_units_go_with_polynomials_and_curves() -> None:
    x, y = quantity(X, u=0.01, unit="A"), quantity(Y, u=0.1, unit="V")
    found = fit_polynomial(x, y, 2)
    assert found.coefficients[0].unit == "V"
    assert found.coefficients[1].to("ohm").unit == "ohm"
    assert found.predict(quantity(2000.0, u=0.0, unit="mA")).value == pytest.approx(found.predict(2.0).value)
    assert found.invert(quantity(0.3, u=0.1, unit="V"), between=(4, 6)).unit == "A"
    curve = fit(lambda x, a, b, c: a + b * x + c * x**2, x, y, (0, 0, 0))
    assert curve.predict(quantity(2000.0, u=0.0, unit="mA")).unit == "V"
    assert curve.predict(2.0).value == pytest.approx(found.predict(2.0).value)


def test_many_points_with_common_errors_cost_no_matrix() -> None:
    n = 100_000
    x = np.linspace(0, 10, n)
    y = quantity(1 + 2 * x, u=0.1) * quantity(1.0, u=1e-3) + quantity(0.0, u=1e-2)
    start = time.perf_counter()
    line = fit_line(quantity(x, u=0.01), y)
    assert time.perf_counter() - start < 5
    assert line.slope.u == pytest.approx(2e-3, rel=0.01)


def test_common_errors_as_structure_and_as_a_full_matrix_are_one() -> None:
    gain, offset = quantity(1.0, u=1e-2), quantity(0.0, u=0.3)
    x, y = quantity(X, u=0.1) + offset, quantity(Y, u=0.2) * gain + offset
    line = fit_line(x, y)
    halves: Any = (y[:4], y[4:])
    mixed: Any = np.concatenate(halves)  # the same values through rows of their own
    same = fit_line(x, mixed)
    assert (same.slope.value, same.slope.u, same.chi2) == pytest.approx((line.slope.value, line.slope.u, line.chi2))
    assert (line.predict(1.0) - same.predict(1.0)).u < 1e-8


def test_correlated_common_errors_weigh_as_in_their_full_matrix() -> None:
    gain, offset = correlated([1.0, 0.0], u=[0.1, 0.3], r=[[1, -0.8], [-0.8, 1]])
    line = fit_line(X, quantity(Y, u=0.2) * gain + offset)
    J = np.stack([Y, np.ones(8)], axis=1)
    V = np.diag([0.04] * 8) + J @ np.array([[0.01, -0.024], [-0.024, 0.09]]) @ J.T
    design = np.stack([np.ones(8), X], axis=1)
    matrix = np.linalg.inv(design.T @ np.linalg.solve(V, design))
    assert covariance([line.intercept, line.slope]) == pytest.approx(matrix, rel=1e-9)
    assert [line.intercept.value, line.slope.value] == pytest.approx(
        matrix @ design.T @ np.linalg.solve(V, Y), rel=1e-9
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda: fit_polynomial(X, Y, -1), "whole number from 0"),
        (lambda: fit_polynomial([1.0, 1.0, 2.0, 2.0], [1.0, 2.0, 3.0, 4.0], 2), "3 different x at least, got 2"),
        (lambda: fit_polynomial(X[:3], Y[:3], 2), "3 points for 3 parameters have no scatter"),
        (lambda: fit_polynomial(X, Y[:5], 2), "8 x for 5 y"),
        (lambda: fit_polynomial(["a", "b"], [1.0, 2.0], 1), "x: numbers are needed"),
        (lambda: fit(decay, X, Y, (math.nan, 1, 1)), "one finite number for each parameter"),
        (lambda: fit(decay, X[:2], Y[:2], (1, 1, 1)), "2 points for 3 parameters"),
        (lambda: fit(lambda x, a: a * np.sum(x), X, Y, (1,)), "mixes points"),
        (lambda: fit(lambda x, a: a * x[:3], X, Y, (1,)), r"shape \(3,\) for 8 points"),
        (lambda: fit(lambda x, a, b: (a + b) * x, X, Y, (1, 1)), "do not determine all 2 parameters"),
        (lambda: fit(lambda x, a: np.log(-a * x), X, Y, (1,)), "not finite"),
        (lambda: fit(lambda x, a, b: a * x, X, Y, (1,)), "function of x and 1 parameters.*missing"),
        (lambda: fit_line([quantity(1.0, u=0.1), "a"], Y[:2]), "x: numbers are needed"),  # type: ignore[arg-type]
        (lambda: fit(lambda x, a: "y", X, Y, (1,)), "returned str, not numbers"),
    ],
)
def test_fits_that_cannot_be_made_are_refused(asked: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        asked()
