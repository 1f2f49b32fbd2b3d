"""Fits against the examples of ISO/TS 28037:2010, the GUM, and published or certified results."""

import math
from typing import Any

import numpy as np
import pytest

from calib.uncertainty import Line, correlated, correlation, covariance, fit_line, quantity
from calib.uncertainty.curves import fit
from calib.uncertainty.polynomials import fit_polynomial

H3_T = np.array([21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511])
H3_B = [-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160]
MISRA_X = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
MISRA_Y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]
MGH09_X = [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]
MGH09_Y = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]


def facts(line: Line) -> tuple[float, ...]:
    """Return a, b, u(a), u(b), u(a, b), χ²."""
    cov = covariance([line.intercept, line.slope])[0, 1]
    return (line.intercept.value, line.slope.value, line.intercept.u, line.slope.u, float(cov), line.chi2)


def test_clause_6_unequal_weights() -> None:
    """ISO/TS 28037:2010, 6.3 (p. 15): 0.885, 2.057, 0.530, 0.178, −0.082, 4.131; digits from R, lm."""
    line = fit_line(range(1, 7), quantity([3.2, 4.3, 7.6, 8.6, 11.7, 12.8], u=[0.5, 0.5, 0.5, 1.0, 1.0, 1.0]))
    expected = (0.885232067510549, 2.05696202531646, 0.529708143508836, 0.177892016741205, -0.0822784810126582, 4.1308)
    assert facts(line) == pytest.approx(expected, rel=1e-5)
    back = line.invert(quantity(10.5, u=1.0))
    assert (back.value, back.u) == pytest.approx((4.67425641025641, 0.533180902231294), rel=1e-9)
    assert line.p_value == pytest.approx(0.388, abs=1e-3)


def test_clause_7_uncertain_x_and_y() -> None:
    """ISO/TS 28037:2010, 7.4 (p. 21): 0.5788, 2.1597, 0.4764, 0.1355, −0.0577, 2.743."""
    y = quantity([3.4, 4.4, 7.2, 8.5, 10.8, 13.5], u=[0.2, 0.2, 0.2, 0.4, 0.4, 0.4])
    line = fit_line(quantity([1.2, 1.9, 2.9, 4.0, 4.7, 5.9], u=0.2), y)
    assert facts(line)[:5] == pytest.approx((0.5788, 2.1597, 0.4764, 0.1355, -0.0577), abs=5e-5)
    assert line.chi2 == pytest.approx(2.743, abs=5e-4)


def test_clause_9_correlated_y() -> None:
    """ISO/TS 28037:2010, clause 9: −0.6456, 2.2014, 1.2726, 0.2015."""
    V = np.diag([1.0] * 10)
    V[:5, :5] += 1
    V[5:, 5:] += 4
    y = correlated([1.3, 4.1, 6.9, 7.5, 10.2, 12.0, 14.5, 17.1, 19.5, 21.0], covariance=V)
    line = fit_line(np.arange(1.0, 11.0), y)
    assert facts(line)[:4] == pytest.approx((-0.6456, 2.2014, 1.2726, 0.2015), abs=5e-5)
    shared = [quantity(0.0, u=1.0), quantity(0.0, u=2.0)]
    own = [quantity(q.value, u=1.0) for q in y]
    same = fit_line(np.arange(1.0, 11.0), [q + shared[i // 5] for i, q in enumerate(own)])
    assert facts(same) == pytest.approx(facts(line), rel=1e-9)


def test_clause_10_full_covariances() -> None:
    """ISO/TS 28037:2010, clause 10: 0.3424, 1.0012, 2.0569, 0.0090, −0.0129, 1.772.

    The data stood in a public script; the results are from general knowledge, not checked against the document.
    """
    Ux = np.array(
        [
            [0.50, 0.00, 0.25, 0.00, 0.25, 0.00, 0.25],
            [0.00, 1.25, 1.00, 0.00, 0.00, 1.00, 1.00],
            [0.25, 1.00, 1.50, 0.00, 0.25, 1.00, 1.25],
            [0.00, 0.00, 0.00, 1.25, 1.00, 1.00, 1.00],
            [0.25, 0.00, 0.25, 1.00, 1.50, 1.00, 1.25],
            [0.00, 1.00, 1.00, 1.00, 1.00, 2.25, 2.00],
            [0.25, 1.00, 1.25, 1.00, 1.25, 2.00, 2.50],
        ]
    )
    x = correlated([50.4, 99.0, 149.9, 200.4, 248.5, 299.7, 349.1], covariance=Ux)
    y = correlated([52.3, 97.8, 149.7, 200.1, 250.4, 300.9, 349.2], covariance=4 * np.eye(7) + 1)
    line = fit_line(x, y)
    assert facts(line)[:5] == pytest.approx((0.3424, 1.0012, 2.0569, 0.0090, -0.0129), abs=5e-5)
    assert line.chi2 == pytest.approx(1.772, abs=5e-4)


def test_annex_e_unknown_scale() -> None:
    """ISO/TS 28037:2010, annex E, before its last factor: 1.172 (0.159), 1.964 (0.041), −0.006; ν = 4 here."""
    y = [3.014, 5.225, 7.004, 9.061, 11.201, 12.762]
    expected = (1.172, 1.96357142857143, 0.158875093196181, 0.0407953578791729, -0.00582491428571429)
    for line in (fit_line(range(1, 7), y), fit_line(range(1, 7), quantity(y, u=7.0), relative=True)):
        assert facts(line)[:5] == pytest.approx(expected, rel=1e-9)
        assert line.slope.dof == pytest.approx(4)
    later = fit_line(range(1, 7), y).predict(3.5)
    assert f"{later.value:.3f}({later.u * 1e3:.0f})" == "8.044(70)"


def test_relative_weights_are_those_of_r() -> None:
    """R, lm(y ~ x, weights = 1/u²); and J. J. Faraway's strong interaction data."""
    y = quantity([3.014, 5.225, 7.004, 9.061, 11.201, 12.762], u=[0.2, 0.2, 0.2, 0.4, 0.4, 0.4])
    line = fit_line(range(1, 7), y, relative=True)
    assert facts(line)[:4] == pytest.approx((1.13754, 1.97264, 0.12261, 0.04118), abs=1e-5)
    assert facts(line)[4] == pytest.approx(-0.004408553, abs=1e-8)
    assert facts(fit_line(range(1, 7), y))[2:4] == pytest.approx((0.21188326, 0.07115681), abs=1e-8)
    energy = [0.345, 0.287, 0.251, 0.225, 0.207, 0.186, 0.161, 0.132, 0.084, 0.060]
    section = quantity([367, 311, 295, 268, 253, 239, 220, 213, 193, 192], u=[17, 9, 9, 7, 7, 6, 6, 6, 5, 5])
    line = fit_line(energy, section, relative=True)
    assert facts(line)[:4] == pytest.approx((148.473, 530.835, 8.079, 47.550), abs=1e-3)


def test_gum_h3_as_printed() -> None:
    """JCGM 100:2008, H.3: −0.1712(29), 0.00218(67), r −0.930, s 0.0035, b(30 °C) −0.1494(41); about the mean r = 0."""
    line = fit_line(H3_T - 20, H3_B)
    a, b = line.intercept, line.slope
    assert (round(a.value, 4), round(a.u, 4)) == (-0.1712, 0.0029)
    assert (round(b.value, 5), round(b.u, 5)) == (0.00218, 0.00067)
    assert round(float(correlation([a, b])[0, 1]), 3) == -0.930
    assert (round(line.s, 4), line.dof, math.isnan(line.chi2)) == (0.0035, 9, True)
    at_30 = line.predict(10.0)
    assert (round(at_30.value, 4), round(at_30.u, 4), round(at_30.dof)) == (-0.1494, 0.0041, 9)
    about_mean = fit_line(H3_T - H3_T.mean(), H3_B)
    assert (round(about_mean.intercept.value, 4), round(about_mean.intercept.u, 4)) == (-0.1625, 0.0011)
    assert abs(correlation([about_mean.intercept, about_mean.slope])[0, 1]) < 1e-9


def test_pearson_york_line_has_the_exact_parameters() -> None:
    """Neri et al., J. Phys. E 22 (1989) 215: 5.47991022, −0.480533407; χ²/ν 1.4833."""
    x = quantity(
        [0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4],
        u=1 / np.sqrt([1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1]),
    )
    y = quantity(
        [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5], u=1 / np.sqrt([1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500])
    )
    line = fit_line(x, y)
    assert facts(line)[:2] == pytest.approx((5.47991022, -0.480533407), abs=1e-8)
    assert line.chi2 / line.dof == pytest.approx(1.4833, abs=1e-4)
    turned = fit_line(y, x)
    assert turned.slope.value == pytest.approx(1 / -0.480533407, abs=1e-7)
    assert turned.chi2 == pytest.approx(line.chi2)


def test_thermometers_of_mathioulakis() -> None:
    """Metrologia 37 (2000) 19: 0.0991 (0.0123), 0.97839 (0.00024)."""
    y = [0.1335, 9.9303, 19.8774, 29.8626, 39.8619, 49.8241, 59.7264, 69.6918, 79.6740, 89.7215]
    uy = [0.0106, 0.0107, 0.0108, 0.0110, 0.0113, 0.0115, 0.0098, 0.0101, 0.0104, 0.0107]
    x = [0.0010, 10.0867, 20.2531, 30.3477, 40.6713, 50.8418, 60.9435, 71.1146, 81.3378, 91.5948]
    ux = [0.0175, 0.0186, 0.0183, 0.0186, 0.0188, 0.0191, 0.0202, 0.0204, 0.0210, 0.0217]
    line = fit_line([quantity(v, u=u) for v, u in zip(x, ux, strict=True)], quantity(y, u=uy))
    assert facts(line)[:4] == pytest.approx((0.0991, 0.97839, 0.0123, 0.00024), abs=1e-4)
    assert (line.slope.value, line.slope.u) == pytest.approx((0.97839, 0.00024), abs=1e-5)
    assert facts(line)[4] == pytest.approx(-2.41e-6, abs=1e-8)


def test_cadmium_calibration_of_eurachem_a5() -> None:
    """EURACHEM/CITAC CG 4, A5: 0.0087 (0.0029), 0.2410 (0.0050), c0 = 0.26 mg/l with u = 0.018 from p = 2 readings."""
    x = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 3)
    y = [0.028, 0.029, 0.029, 0.084, 0.083, 0.081, 0.135, 0.131, 0.133, 0.180, 0.181, 0.183, 0.215, 0.230, 0.216]
    line = fit_line(x, y)
    assert facts(line)[:4] == pytest.approx((0.0087, 0.2410, 0.0029, 0.0050), abs=5e-5)
    c0 = line.invert(quantity(0.0714, u=line.s / math.sqrt(2), dof=line.dof))
    assert (round(c0.value, 2), round(c0.u, 3)) == (0.26, 0.018)


def test_degrees_of_freedom_go_through_a_line() -> None:
    """R. Willink, Metrologia 45 (2008) 63, 2.1: variance 5u²/9 and ν = 25·2/17 at x = 2/3."""
    y = fit_line([-1.0, 0.0, 1.0], quantity([-1.0, 0.0, 1.0], u=0.1, dof=2)).predict(2 / 3)
    assert (y.u**2, y.dof) == pytest.approx((5 * 0.01 / 9, 50 / 17))


@pytest.mark.parametrize(
    ("model", "x", "y", "start", "certified"),
    [
        (
            lambda x, a, b: a * (1 - np.exp(-b * x)), MISRA_X, MISRA_Y, (500, 0.0001),
            [(2.3894212918e02, 2.7070075241e00), (5.5015643181e-04, 7.2668688436e-06)],
        ),
        (
            lambda x, a, b, c, d: a * (x**2 + x * b) / (x**2 + x * c + d), MGH09_X, MGH09_Y, (0.25, 0.39, 0.415, 0.39),
            [
                (1.9280693458e-01, 1.1435312227e-02), (1.9128232873e-01, 1.9633220911e-01),
                (1.2305650693e-01, 8.0842031232e-02), (1.3606233068e-01, 9.0025542308e-02),
            ],
        ),
    ],
    ids=["Misra1a", "MGH09"],
)  # fmt: skip
def test_nonlinear_fits_have_the_certified_digits(model: Any, x: Any, y: Any, start: Any, certified: Any) -> None:
    """NIST Statistical Reference Datasets: parameter and standard deviation, from the farther start."""
    found = fit(model, x, y, start)
    for parameter, (value, u) in zip(found.parameters, certified, strict=True):
        assert parameter.value == pytest.approx(value, rel=1e-7)
        assert parameter.u == pytest.approx(u, rel=1e-7)
        assert parameter.dof == pytest.approx(len(x) - len(start))


def test_misra_residual_standard_deviation_is_certified() -> None:
    found = fit(lambda x, a, b: a * (1 - np.exp(-b * x)), MISRA_X, MISRA_Y, (500, 0.0001))
    assert found.s == pytest.approx(1.0187876330e-01, rel=1e-9)


@pytest.mark.parametrize("coefficients", [[1.0] * 6, [10.0**-k for k in range(6)]], ids=["Wampler1", "Wampler2"])
def test_wampler_polynomials_are_found_to_nine_digits(coefficients: list[float]) -> None:
    """NIST Statistical Reference Datasets: degree 5, x = 0 … 20, exact."""
    x = np.arange(21.0)
    found = fit_polynomial(x, sum(c * x**k for k, c in enumerate(coefficients)), 5)
    assert [q.value for q in found.coefficients] == pytest.approx(coefficients, rel=1e-9)
