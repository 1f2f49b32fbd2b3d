"""Complex quantities: GUM H.2 by complex Ohm's law, algebra, and the degrees of freedom of Willink and Hall."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import correlation, quantity, type_a
from calib.uncertainty.complexes import ComplexQuantity, complex_quantity, polar

READINGS = [
    [5.007, 4.994, 5.005, 4.990, 4.999],
    [0.019663, 0.019639, 0.019640, 0.019685, 0.019678],
    [1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
]


def test_impedance_of_annex_h2_by_complex_ohms_law() -> None:
    """GUM H.2, table H.4: R 127.732(71), X 219.847(295), Z 254.260(236) Ω; r −0.588, −0.485, 0.993."""
    V, current, phi = type_a(READINGS, together=True)
    Z = polar(V, phi) / current
    assert (round(Z.real.value, 3), round(Z.real.u, 3)) == (127.732, 0.071)
    assert (round(Z.imag.value, 3), round(Z.imag.u, 3)) == (219.847, 0.296)  # printed 0.295, from rounded inputs
    assert (round(abs(Z).value, 3), round(abs(Z).u, 3)) == (254.260, 0.236)
    r = correlation([Z.real, Z.imag, abs(Z)])
    assert [round(x, 3) for x in (r[0, 1], r[0, 2], r[1, 2])] == [-0.588, -0.485, 0.993]
    assert Z.dof == pytest.approx(4)


@pytest.mark.parametrize("case", json.loads((Path(__file__).parent / "cases" / "complex_dof.json").read_text()))
def test_degrees_of_freedom_are_those_of_willink_and_hall(case: dict[str, Any]) -> None:
    given = [
        complex_quantity(complex(*i["value"]), covariance=np.reshape(i["cov"], (2, 2)), dof=i["dof"])
        for i in case["inputs"]
    ]
    total = given[0] + given[1] + given[2]
    assert total.dof == pytest.approx(case["expected"]["dof"], rel=case["expected"]["rtol"])
    assert total.covariance == pytest.approx(sum(g.covariance for g in given))


def test_algebra_is_that_of_complex_numbers_and_keeps_correlation() -> None:
    a = complex_quantity(1 + 2j, u=(0.1, 0.2), name="a")
    b = complex_quantity(0.5 - 1j, covariance=[[0.01, 0.004], [0.004, 0.02]])
    za, zb = 1 + 2j, 0.5 - 1j
    made: list[tuple[ComplexQuantity, complex]] = [
        (a + b, za + zb), (a - 1j, za - 1j), (2j - a, 2j - za), (a * b, za * zb), (a / b, za / zb), (1 / b, 1 / zb),
        (a**3, za**3), (a**-2, za**-2), (a.exp(), np.exp(za)), (a.log(), np.log(za)), (a.sqrt(), np.sqrt(za)),
        (a.conjugate() * 3, za.conjugate() * 3), (np.float64(2) * a, 2 * za),
    ]  # fmt: skip
    for quantity_, number in made:
        assert quantity_.value == pytest.approx(number)
    for nothing in (a * b / b - a, (a.log()).exp() - a, a.sqrt() * a.sqrt() - a, a**2 - a * a):
        assert max(nothing.real.u, nothing.imag.u) < 1e-12
    assert (a / b).covariance == pytest.approx((polar(abs(a) / abs(b), a.phase - b.phase)).covariance)
    assert math.isinf(a.dof)


def test_arrays_and_real_quantities_are_partners() -> None:
    f = quantity([1.0, 2.0, 3.0], u=0.01)
    z = ComplexQuantity(f, f * 2)
    assert z[1].value == 2 + 4j
    assert (z * quantity(2.0, u=0.1) * np.array([1j, 1, 1])).value == pytest.approx([-4 + 2j, 4 + 8j, 6 + 12j])


def test_a_complex_input_states_its_uncertainty_once() -> None:
    with pytest.raises(UncertaintyError, match="'z': state either u of both parts, or covariance"):
        complex_quantity(1j, name="z")
    with pytest.raises(AttributeError, match="immutable"):
        complex_quantity(1j, u=(1, 1)).real = quantity(1, u=1)
