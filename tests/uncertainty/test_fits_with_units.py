"""Units of fits: parameters, predictions and inverse predictions; fits inside Monte Carlo models."""

from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError, UnitError
from calib.uncertainty import fit, fit_line, fit_polynomial, propagate, quantity

X = np.array([0.0, 1.0, 2.0, 3.5, 5.0, 7.0])
U = np.array([0.1, 0.2, 0.1, 0.3, 0.1, 0.2])
Y = np.array([1.02, 3.1, 4.95, 8.2, 10.9, 15.1])


def test_a_line_in_units_is_the_line_of_the_numbers() -> None:
    plain, line = fit_line(X, quantity(Y, u=U)), fit_line(quantity(X, u=0, unit="mA"), quantity(Y, u=U, unit="V"))
    assert (line.intercept.unit, line.slope.unit) == ("V", "V/mA")
    assert line.slope.to("kohm").value == pytest.approx(plain.slope.value)
    for x0 in (2.5, quantity(2.5, u=0.0, unit="mA"), quantity(0.0025, u=0.0, unit="A")):
        assert line.predict(x0).unit == "V"
        assert line.predict(x0).value == pytest.approx(plain.predict(2.5).value)
        assert line.predict(x0).u == pytest.approx(plain.predict(2.5).u)
    for y0 in (6.0, quantity(6000.0, u=0.0, unit="mV")):
        assert line.invert(y0).unit == "mA"
        assert line.invert(y0).u == pytest.approx(plain.invert(6.0).u)
    with pytest.raises(UnitError):
        line.predict(quantity(1.0, u=0.1, unit="s"))


def test_a_thermometer_is_fitted_in_degrees_of_its_scale() -> None:
    plain, line = fit_line(X, quantity(Y, u=U)), fit_line(quantity(X, u=0, unit="degC"), quantity(Y, u=U, unit="ohm"))
    assert line.slope.unit is not None
    assert line.slope.to("ohm/K").value == pytest.approx(plain.slope.value)
    assert line.predict(quantity(275.65, u=0.0, unit="K")).value == pytest.approx(plain.predict(2.5).value)
    assert line.invert(6.0).to("K").value == pytest.approx(plain.invert(6.0).value + 273.15)
    both = fit_line(quantity(X, u=0, unit="degC"), quantity(Y, u=U, unit="degC"))
    assert both.predict(2.5).unit == "degC"
    curve = fit_polynomial(quantity(X, u=0, unit="degC"), quantity(Y, u=U, unit="degC"), 2)
    bare = fit_polynomial(X, quantity(Y, u=U), 2)
    assert curve.predict(2.5).unit == "degC"
    assert curve.predict(quantity(275.65, u=0.0, unit="K")).u == pytest.approx(bare.predict(2.5).u)
    assert curve.invert(6.0).unit == "degC"
    assert curve.coefficients[2].value == pytest.approx(bare.coefficients[2].value)


def decay(t: Any, size: Any, tau: Any, rest: Any) -> Any:
    return size * np.exp(-t / tau) + rest


def test_parameters_of_any_curve_have_units() -> None:
    times, readings = quantity(X, u=0, unit="ms"), quantity(decay(X, 5.0, 2.0, 1.0) + 0.01 * np.cos(9 * X), u=U / 10)
    volts = quantity(readings.value / 1000, u=U / 10_000, unit="kV")
    plain = fit(decay, X, readings, [4.0, 1.0, 0.0])
    found = fit(decay, times, volts, [4000.0, 0.001, 0.0], units=["mV", "s", "V"])
    assert [q.unit for q in found.parameters] == ["mV", "s", "V"]
    for q, p, by in zip(found.parameters, plain.parameters, (1000.0, 0.001, 1.0), strict=True):
        assert q.value == pytest.approx(by * p.value, rel=1e-6)
        assert q.u == pytest.approx(by * p.u, rel=1e-6)
    for x0 in (2.5, quantity(0.0025, u=0.0, unit="s")):
        assert found.predict(x0).unit == "kV"
        assert found.predict(x0).u == pytest.approx(plain.predict(2.5).u / 1000, rel=1e-6)
    assert found.invert(quantity(3000.0, u=0.0, unit="mV")).unit == "ms"
    assert found.invert(0.003).u == pytest.approx(plain.invert(3.0).u, rel=1e-6)
    assert found.chi2 == pytest.approx(plain.chi2, rel=1e-9)


def test_units_of_parameters_that_do_not_fit_are_refused() -> None:
    times, volts = quantity(X, u=0, unit="ms"), quantity(decay(X, 5.0, 2.0, 1.0), u=U, unit="V")
    for units in (["V", "m", "V"], ["A", "s", "A"], ["V", "s", "A"]):
        with pytest.raises(UnitError):
            fit(decay, times, volts, [4.0, 0.001, 0.0], units=units)
    with pytest.raises(UncertaintyError, match="1 units for 3 parameters"):
        fit(decay, times, volts, [4.0, 0.001, 0.0], units=["V"])


def test_a_weighted_fit_in_a_model_is_the_same_by_every_method() -> None:
    def reading(y: Any) -> Any:
        slope, intercept = np.polyfit(X, y, 1, w=1 / U)
        return slope * 2.5 + intercept

    inputs = {"y": quantity(Y, u=U)}
    line = fit_line(X, inputs["y"])
    first = propagate(reading, inputs)
    assert first.value == pytest.approx(line.predict(2.5).value)
    assert first.u == pytest.approx(line.predict(2.5).u)
    drawn = propagate(reading, inputs, "monte-carlo", trials=100_000, seed=1)
    assert drawn.u == pytest.approx(first.u, rel=0.01)


@pytest.mark.parametrize(
    "model",
    [
        lambda y: fit_line(X, y).slope,
        lambda y: fit_polynomial(X, list(y), 2).predict(1.0),
        lambda y: fit(decay, X, y, [1.0, 1.0, 0.0]).predict(1.0),
    ],
)
def test_a_fit_by_uncertainties_in_a_monte_carlo_model_says_what_to_do(model: Any) -> None:
    with pytest.raises(UncertaintyError, match=r"inside a Monte Carlo model: .*linearise=True.*np\.polyfit"):
        propagate(model, {"y": quantity(Y, u=U)}, "monte-carlo", trials=100)


def test_parameters_fitted_outside_go_into_a_model() -> None:
    line = fit_line(X, quantity(Y, u=U))
    inputs = {"a": line.intercept, "b": line.slope}
    drawn = propagate(lambda a, b: a + b * 2.5, inputs, "monte-carlo", trials=100_000, seed=2, linearise=True)
    assert drawn.u == pytest.approx(line.predict(2.5).u, rel=0.01)
