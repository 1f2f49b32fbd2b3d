"""EA-4/02 S5 and S11 and a certificate's coefficients come out of the procedures' own equations and evaluations."""

import datetime as dt
from typing import Any

import pytest

from calib.equipment import CertifiedThermometer, Equipment, reference_temperature
from calib.errors import CalibrationStatusError
from calib.procedures.block_calibrator import error_of_indication
from calib.procedures.thermocouple_by_comparison import departure
from calib.text import same
from calib.uncertainty import Quantity, quantity


def normal(u: float, value: float = 0.0, **more: Any) -> Quantity:
    return quantity(value, u=u, **more)


def within(half_width: float) -> Quantity:
    return quantity(0.0, half_width=half_width)


def test_s5_emf_of_a_type_N_thermocouple() -> None:
    """EA-4/02, S5.13: 36 230 µV ± 50 µV; u = 25.0 µV with the printed u = 0.641 °C of the furnace."""
    found = departure(
        emf=normal(1.6, 36_248.0, dof=9),
        voltmeter=normal(1.0) + within(0.5),
        thermal=within(2.0),
        leads=within(5.0),
        junction=within(0.1),
        item_C=normal(0.641, 1000.5),
        C=1 / 0.026,
        C0=1 / 0.039,
        nominal_C=1000.0,
    )
    assert float(found.value) == pytest.approx(36_228.77, abs=0.005)
    assert float(found.u) == pytest.approx(24.9662506362208, abs=5e-4)
    assert round(float(found.value), -1) == 36_230
    assert round(float(found.expanded(0.9545).U), -1) == 50


def test_s5_temperature_of_the_furnace() -> None:
    """EA-4/02, S5.12: 1000.5 °C, u = 0.641 °C: the item's temperature is the reference's and what lies between."""
    reference = (
        normal(0.1, 1000.5, dof=9) + normal(0.15) + 0.077 * (normal(1.0) + within(0.5) + within(2.0))
        - 0.077 / 0.189 * within(0.1) + within(0.3)
    )  # fmt: skip
    furnace = within(1.0)
    at_t = departure(
        emf=0.0, voltmeter=0.0, thermal=0.0, leads=0.0, junction=0.0,
        item_C=reference + furnace, C=-1.0, C0=0.0, nominal_C=0.0,
    )  # fmt: skip
    assert float(at_t.value) == pytest.approx(1000.5)
    assert float(at_t.u) == pytest.approx(0.640870516811861, rel=1e-9)


def test_s11_block_calibrator_at_180_C() -> None:
    """EA-4/02, S11.13: the block that shows 180.0 °C is at 180.1 °C ± 0.3 °C, with k = 1.81 by the trapezoid."""
    found = error_of_indication(
        indication=within(0.05) + 180.0,
        reference=normal(0.015, 180.1) + normal(0.010) + within(0.04),
        radial=within(0.1),
        axial=within(0.25),
        hysteresis=within(0.05),
        loading=0.0,
        variation=within(0.03),
    )
    assert float(found.value) == pytest.approx(-0.1)
    assert float(found.u) == pytest.approx(0.164, abs=5e-4)
    expanded = found.expanded(0.95)
    assert float(expanded.U) == pytest.approx(0.3, abs=0.02)
    assert float(expanded.k) == pytest.approx(1.81, abs=0.04)


DEMO = CertifiedThermometer.model_validate(
    {
        "kind": "its-90",
        "triple_point_ohm": 25.544261,
        "deviations": {
            5: [-2.796694757957740e-4, -3.199472366290438e-4],
            7: [-2.982376094442697e-4, -2.347216136920800e-5, 5.058518332814592e-6],
        },
        "within_C": [-38.8344, 660.323],
        "k": 2,
        "uncertainty": [{"t_C": 0, "U_K": 0.002}, {"t_C": 400, "U_K": 0.006}],
        "correlation": "full",
        "drift_K_per_year": 0.004,
    }
)
"""Isotech, sample ITS-90 certificate "Demo" of 2004-11-26."""
ON = dt.date(2026, 6, 30)


def standard(thermometer: CertifiedThermometer | None) -> Equipment:
    calibration = {
        "certificate": "Demo", "laboratory": "NMI", "date": "2025-12-30", "due": "2026-12-30", "complies": True,
        "covers": ["thermometer"],
    }  # fmt: skip
    if thermometer is not None:
        calibration["thermometer"] = thermometer.model_dump()
    about = {"format": "calib-equipment/1", "id": "S", "description": "SPRT", "manufacturer": "I", "model": "909",
             "serial_number": "1"}  # fmt: skip
    return Equipment.model_validate({**about, "calibrations": [calibration]})


@pytest.mark.parametrize(("ohm", "t_C"), [(48.342838, 231.927), (65.608169, 419.527), (21.563901, -38.8344)])
def test_reference_temperature_is_that_of_the_certificate(ohm: float, t_C: float) -> None:
    found = reference_temperature(standard(DEMO), ON, ohm, "reference", same("Reference"))
    assert found.t_C == pytest.approx(t_C, abs=1e-6)


def test_reference_temperature_has_the_certificates_U_and_its_drift_since() -> None:
    found = reference_temperature(standard(DEMO), ON, 48.342838, "reference", same("Reference"))
    certificate, drift = (float(i.value.u) for i in found.inputs)
    assert certificate == pytest.approx((0.002 + 0.004 * 231.927 / 400) / 2)
    years = (ON - dt.date(2025, 12, 30)).days / 365.25
    assert drift == pytest.approx(0.004 * years / 3**0.5)


def at(thermometer: CertifiedThermometer, ohm: float) -> Quantity:
    """Return the reference temperature of a reading."""
    found = reference_temperature(standard(thermometer), ON, ohm, "r", same("R")).argument().value
    assert isinstance(found, Quantity)
    return found


def test_what_two_temperatures_of_one_thermometer_share_cancels_in_their_difference() -> None:
    one, other = at(DEMO, 48.342838), at(DEMO, 65.608169)
    assert float((other - one).u) == pytest.approx((0.006 - 0.002 - 0.004 * 231.927 / 400) / 2, rel=1e-6)
    independent = DEMO.model_copy(update={"correlation": "none", "drift_K_per_year": 0.0})
    one, other = at(independent, 48.342838), at(independent, 65.608169)
    assert float((other - one).u) == pytest.approx((float(one.u) ** 2 + float(other.u) ** 2) ** 0.5)


def test_a_certificate_is_not_stretched() -> None:
    narrow = DEMO.model_copy(update={"within_C": (0.0, 200.0)})
    with pytest.raises(CalibrationStatusError, match=r"holds from 0 °C to 200 °C, not at 231\.927 °C"):
        reference_temperature(standard(narrow), ON, 48.342838, "reference", same("Reference"))
    with pytest.raises(CalibrationStatusError, match="no table 'thermometer'"):
        reference_temperature(standard(None), ON, 48.342838, "reference", same("Reference"))
