"""Units: checked where two meet, the left operand's wins, none costs nothing."""

import subprocess
import sys

import numpy as np
import pytest

from calib.errors import UnitError
from calib.uncertainty import quantity

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
