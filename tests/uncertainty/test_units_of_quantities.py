"""Units: checked where two meet, the left operand's wins, none costs nothing."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy  # noqa: ICN001 - np is declared below
import pytest

from calib.errors import UnitError
from calib.uncertainty import Quantity, quantity
from calib.units import registry

np: Any = numpy  # its stubs do not know that __array_function__ gives quantities
V = quantity(10.0, u=2e-6, unit="V")
mV = quantity(5.0, u=0.1, unit="mV")


def test_the_left_unit_wins_and_u_is_converted() -> None:
    total = V + mV
    assert (total.value, total.unit) == (pytest.approx(10.005), "V")
    assert total.u == pytest.approx(np.hypot(2e-6, 1e-4))
    assert (mV + V).value == pytest.approx(10005)
    assert (mV - mV.to("V")).u == 0.0


def test_products_and_powers_carry_their_unit() -> None:
    ohm = V / quantity(2.0, u=0.1, unit="A")
    assert ohm.to("ohm").value == 5.0
    assert np.sqrt(V * V).to("V").value == pytest.approx(10.0)
    assert (V**2).to("V**2").u == pytest.approx(4e-5)
    assert (mV / V).to(None).value == pytest.approx(5e-4)
    assert (V / V).unit is None
    assert np.exp(mV / V).value == pytest.approx(np.exp(5e-4))


def test_numbers_have_no_unit_and_zero_has_every_one() -> None:
    assert (V + 0).value == 10.0
    for wrong in (
        lambda: V + 1,
        lambda: V + quantity(1, u=0.1, unit="A"),
        lambda: np.exp(V),
        lambda: V - quantity(1, u=1),
    ):
        with pytest.raises(UnitError):
            wrong()
    with pytest.raises(UnitError, match="unknown unit 'volts_of_joy'"):
        quantity(1, u=0.1, unit="volts_of_joy")


def test_temperatures_on_a_scale_give_differences_only() -> None:
    t = quantity(23.4, u=0.1, unit="degC")
    difference = t - quantity(20.0, u=0.1, unit="degC")
    assert difference.value == pytest.approx(3.4)
    drift = difference * quantity(2e-6, u=1e-7, unit="V/delta_degC")
    assert drift.to("V").value == pytest.approx(6.8e-6)
    with pytest.raises(UnitError, match="offset"):
        t * quantity(2.0, u=0.1, unit="V")


def test_without_units_neither_pint_nor_scipy_is_imported() -> None:
    code = (
        "import sys; from calib.uncertainty import quantity, budget\n"
        "x = quantity(1.0, u=0.1) * quantity([1.0, 2.0], half_width=0.1); x.u; x.mean().dof; budget(x[0])\n"
        "print([m for m in ('scipy', 'pint') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]")


def test_a_unit_of_pint_gives_its_unit_from_both_sides() -> None:
    ureg: Any = registry()
    x, array = quantity(2.0, u=0.1), quantity([1.0, 2.0], u=0.1)
    for made in (x * ureg.V, ureg.V * x, ureg.Quantity(1.0, "V") * x, x * ureg.Quantity(1.0, "V")):
        assert isinstance(made, Quantity)
        assert (made.value, made.u, made.unit) == (2.0, 0.1, "V")
        assert (made / ureg.V - x).u == 0.0
    for several in (array * ureg.mV, ureg.mV * array, np.array([1.0, 1.0]) * ureg.mV * array):
        assert (several.value.tolist(), several.unit) == ([1.0, 2.0], "mV")
    assert (V / ureg.A).to("ohm").value == 10.0
    assert (ureg.Quantity(5.0, "mV") + V).to("V").value == pytest.approx(10.005)
    assert (V - ureg.Quantity(5.0, "mV")).value == pytest.approx(9.995)
    with pytest.raises(UnitError):
        V + ureg.Quantity(1.0, "A")
    with pytest.raises(UnitError, match="offset"):
        x * ureg.degC


def test_parts_per_million_are_numbers() -> None:
    gain = quantity(5.0, u=1.0, unit="ppm")
    for one in (1 + gain, np.add(1.0, gain)):
        assert (one.value, one.u, one.unit) == (pytest.approx(1.000005), pytest.approx(1e-6), None)
    assert (gain + 1e-6).value == pytest.approx(6.0)
    assert (1 - gain).value == pytest.approx(0.999995)
    assert (V * gain).to("uV").value == pytest.approx(50.0)
    assert (V * (1 + gain)).unit == "V"
    assert np.exp(gain).u == pytest.approx(1e-6, rel=1e-4)
    assert (quantity(50, u=1, unit="%") + quantity(0.25, u=0.01)).value == pytest.approx(75.0)


def test_temperatures_convert_between_scales_and_take_differences() -> None:
    t = quantity(23.4, u=0.1, unit="degC")
    assert (t.to("K").value, t.to("K").u) == (pytest.approx(296.55), pytest.approx(0.1))
    assert (t.to("degF").value, t.to("degF").u) == (pytest.approx(74.12), pytest.approx(0.18))
    assert (t.to("K").to("degC") - t).u == 0.0
    step = quantity(1.5, u=0.2, unit="delta_degC")
    warmer = t + step
    assert (warmer.value, warmer.unit) == (pytest.approx(24.9), "degC")
    assert (warmer - t - step).u == pytest.approx(0.0, abs=1e-15)
    assert (t - step).unit == "degC"
    assert (t - quantity(68.0, u=0.1, unit="degF")).to("K").value == pytest.approx(3.4)
    kelvin = quantity(1.0, u=0.1, unit="K")
    wrongs: list[Callable[[], object]] = [
        lambda: t + t,
        lambda: t + kelvin,
        lambda: t + 1,
        lambda: step.to("degC"),
    ]
    for wrong in wrongs:
        with pytest.raises(UnitError):
            wrong()


def test_units_of_arrays_joined_or_multiplied_as_matrices_are_checked() -> None:
    a: Any = quantity([1.0, 2.0], u=0.1, unit="V")
    b: Any = quantity([3.0], u=0.1, unit="mV")
    assert np.concatenate([a, b]).value == pytest.approx([1.0, 2.0, 0.003])
    assert (a @ a).unit == "V**2"
    assert np.cumsum(a).unit == "V"
    with pytest.raises(UnitError):
        np.concatenate([a, quantity([1.0], u=0.1, unit="A")])


def test_a_unit_of_pint_on_the_left_gives_a_quantity_whatever_was_imported_first() -> None:
    code = (
        "from calib.uncertainty import quantity\n"
        "from calib.units import registry\n"
        "x = quantity(2.0, u=0.1)\n"
        "y = registry().V * x\n"
        "print(type(y).__module__, y.unit)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    module, unit = done.stdout.split()
    assert module.startswith("calib.uncertainty")
    assert unit in {"V", "volt"}
