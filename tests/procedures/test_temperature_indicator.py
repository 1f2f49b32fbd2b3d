"""Evaluation of `temperature-indicator` against numbers computed here by hand, its coverage, and what is noticed.

The calibrator of the sample laboratory by its specification, 1 year: thermocouples ± (50·10⁻⁶ + 3 µV), reference
junction ± 0.1 K, resistance ± (40·10⁻⁶ + 10·10⁻⁶ of 330 Ω). Type K (NIST Monograph 175): 24.905 mV at 600 °C with
42.505 µV/K; 0.919 mV at 23 °C with 40.4 µV/K. Pt100 (IEC 60751): 247.092 Ω at 400 °C with 0.34463 Ω/K.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import InputError
from calib.procedures.temperature_indicator import TemperatureIndicatorBySimulation

ID = "temperature-indicator"
K600, PT400 = "wire/K/600 °C", "resistance/Pt100/400 °C"
ROOT3 = math.sqrt(3)
FEW = (
    {"quantity": "thermocouple_K", "range": 1372, "nominal": 600},
    {"quantity": "rtd_Pt100", "range": 850, "nominal": 400},
)
ByHand = Callable[..., Any]


def contributions(result: Any) -> dict[str, float]:
    return {r.name: r.contribution for r in result.budget if r.distribution != "exact"}


def test_a_thermocouples_errors_are_volts_over_its_sensitivity(by_hand: ByHand) -> None:
    result = by_hand(ID, {K600: {"meter": [600.3] * 5}}, temperature_C=23.0).only()
    assert result.error == pytest.approx(0.3, abs=1e-9)
    volts = (24.905e-3 - 0.919e-3) * 50e-6 + 3e-6
    assert contributions(result) == {
        "indication": pytest.approx(0.1 / math.sqrt(12), rel=1e-9),
        "source.specification": pytest.approx(volts / 42.505e-6 / ROOT3, rel=2e-3),
        "junction.specification": pytest.approx(0.1 * 40.4 / 42.505 / ROOT3, rel=3e-3),
        "wire": pytest.approx(4e-6 / 42.505e-6 / ROOT3, rel=1e-3),
    }
    assert (result.unit, result.quantity) == ("°C", "thermocouple_K")


def test_with_copper_leads_there_is_no_junction_and_the_whole_emf_is_put_out(by_hand: ByHand) -> None:
    copper = {"compensated": False}
    result = by_hand(ID, {"copper/K/600 °C": {"meter": [600.3] * 5}}, parameters=copper).only()
    assert contributions(result) == {
        "indication": pytest.approx(0.1 / math.sqrt(12), rel=1e-9),
        "source.specification": pytest.approx((24.905e-3 * 50e-6 + 3e-6) / 42.505e-6 / ROOT3, rel=2e-3),
        "wire": pytest.approx(0.5e-6 / 42.505e-6 / ROOT3, rel=1e-3),
    }


def test_a_resistance_thermometers_errors_are_ohms_over_its_sensitivity(by_hand: ByHand) -> None:
    result = by_hand(ID, {PT400: {"meter": [399.9] * 5}}).only()
    assert result.error == pytest.approx(-0.1, abs=1e-9)
    assert contributions(result) == {
        "indication": pytest.approx(0.1 / math.sqrt(12), rel=1e-9),
        "source.specification": pytest.approx((247.092 * 40e-6 + 330 * 10e-6) / 0.34463 / ROOT3, rel=1e-3),
    }


TWO_WIRES = {"wires": 2, "leads_ohm": 0.1, "leads_half_width_ohm": 0.02}


def test_two_wires_add_their_resistance_which_was_measured_beforehand(by_hand: ByHand) -> None:
    """0.1 Ω are 0.290 K at 400 °C: an indicator that shows 400.3 °C errs by 0.01 K."""
    result = by_hand(ID, {"resistance-2-wire/Pt100/400 °C": {"meter": [400.3] * 5}}, parameters=TWO_WIRES).only()
    assert result.error == pytest.approx(0.3 - 0.1 / 0.34463, abs=1e-4)
    assert result.indicated - result.reference == pytest.approx(result.error, abs=1e-12)
    assert contributions(result)["wire"] == pytest.approx(0.02 / 0.34463 / ROOT3, rel=1e-4)


@pytest.mark.parametrize("wires", [2, 3])
def test_leads_that_count_are_not_taken_for_known(by_hand: ByHand, wires: int) -> None:
    with pytest.raises(InputError, match="leads_half_width_ohm"):
        by_hand(ID, {PT400: {"meter": [400.0] * 5}}, parameters={"wires": wires})


def test_terminals_warmer_than_the_calibrator_takes_them_for_make_the_indicator_show_more(by_hand: ByHand) -> None:
    """By its certificate they are 0.03 K warmer at 23 °C, and 24 mV are 0.4 µV less, about −0.3 µV, than set."""
    certificate = {"reference": "certificate"}
    result = by_hand(ID, {K600: {"meter": [600.3] * 5}}, parameters=certificate, temperature_C=23.0).only()
    stated_V = -2e-7 + (23.986e-3 - 20e-3) / 30e-3 * (4e-7 + 2e-7)
    expected = 0.3 - stated_V / 42.505e-6 - 0.03 * 40.4 / 42.505
    assert result.error == pytest.approx(expected, abs=2e-4)
    assert contributions(result)["junction.certificate"] == pytest.approx(0.025 * 40.4 / 42.505, rel=3e-3)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {K600: {"meter": [600.3] * 5}})
    half_width = monte_carlo_half_width(made.estimates(), TemperatureIndicatorBySimulation.model)
    assert pytest.approx(half_width, rel=5e-3) == made.only().U


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 80, *FEW)
    assert found.lower > 0.88
    assert found.upper > 0.9545


@pytest.mark.parametrize(
    "parameters",
    [
        {"reference": "certificate"},
        {"reference": "certificate", "compensated": False},
        {"reference": "certificate", **TWO_WIRES},
    ],
)
def test_the_interval_holds_the_truth_by_every_route(studied: Callable[..., Any], parameters: dict[str, Any]) -> None:
    found = studied(ID, 60, *FEW, **parameters)
    assert found.lower > 0.86
    assert found.upper > 0.9545


def test_a_junction_taken_with_the_wrong_sign_is_seen(studied: Callable[..., Any]) -> None:
    found = studied(ID, 60, FEW[0], broken="sign:junction.certificate", reference="certificate")
    assert found.upper < 0.9545


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert r"\degreecelsius" in dcc
