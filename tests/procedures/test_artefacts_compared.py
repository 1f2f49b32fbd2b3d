"""Resistance by substitution and 10 V in opposition: evaluation by hand, coverage, and what is noticed at the bench.

The standards of the sample laboratory, calibrated 30 days ago at 23.0 °C, used at 23.4 °C: 10 kΩ + 12 mΩ, U = 3 mΩ,
1 ppm a year, 0.1 ppm/K; 10 V + 24 µV, U = 1 µV, 1 ppm a year, 0.05 ppm/K. k = 2.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import InputError
from calib.procedures.resistance_substitution import ResistanceSubstitution
from calib.procedures.voltage_10v_transfer import Voltage10VTransfer
from calib.study import Sample

RESISTANCE, TRANSFER = "resistance-substitution", "voltage-10v-transfer"
OHM, VOLT = "substitution/10 kΩ", "opposition/10 V"
ROOT3 = math.sqrt(3)
ByHand = Callable[..., Any]


def drifting_ohm(drift_ohm: float, scatter_ohm: tuple[float, ...]) -> dict[str, list[float]]:
    """Return five cycles of one reading: standard 9 999.9, item 0.03 Ω more, both drifting from reading to reading."""
    standard, item = [], []
    for cycle, scatter in enumerate(scatter_ohm):
        at = 3 * cycle * drift_ohm
        standard += [9999.9 + at, 9999.9 + at + 2 * drift_ohm]
        item.append(9999.93 + at + drift_ohm + scatter)
    return {"standard": standard, "item": item}


ONE_OF_FIVE = {"cycles": 5, "readings": 1}
SCATTER = (-2e-3, -1e-3, 0.0, 1e-3, 2e-3)
"""s = 1.5811 mΩ."""


def test_the_item_is_the_standard_times_the_ratio_whatever_the_meter_drifts(by_hand: ByHand) -> None:
    """R_X = 10 000.012·(1 + 0.03/9 999.9) = 10 000.0420003 Ω; a drift of 5 mΩ from reading to reading cancels."""
    for drift_ohm in (0.0, 5e-3):
        made = by_hand(RESISTANCE, {OHM: drifting_ohm(drift_ohm, SCATTER)}, parameters=ONE_OF_FIVE)
        result = made.only()
        assert result.error == pytest.approx(-0.0420003, abs=2e-7)
        assert result.reference == pytest.approx(10_000.0420003, abs=2e-7)
        assert (result.indicated, result.n, result.s) == (10_000.0, 5, pytest.approx(1.58114e-3, rel=1e-4))


def test_every_contribution_to_the_resistance_is_in_ohms_as_computed_here(by_hand: ByHand) -> None:
    result = by_hand(RESISTANCE, {OHM: drifting_ohm(0.0, SCATTER)}, parameters=ONE_OF_FIVE).only()
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "standard.certificate": pytest.approx(1.5e-3, rel=1e-5),
        "standard.drift": pytest.approx(0.01 * 30 / 365.25 / ROOT3, rel=1e-5),
        "standard.temperature": pytest.approx(1e4 * 0.1e-6 * 0.4 / ROOT3, rel=1e-5),
        "ratio": pytest.approx(1.58114e-3 / math.sqrt(5), rel=1e-4),
        "linearity": pytest.approx(1e4 * 0.05e-6 / ROOT3, rel=1e-5),
        "item.temperature": pytest.approx(1e4 * 0.5e-6 * 0.4 / ROOT3, rel=1e-5),
    }
    assert {r.name: r.unit for r in result.budget}["ratio"] == "1"
    assert next(r for r in result.budget if r.name == "ratio").sensitivity == pytest.approx(-10_000.012)


def test_ratios_that_all_agree_rest_on_the_resolution_of_a_difference(by_hand: ByHand) -> None:
    """Least digit of 8½ digits in 10 kΩ: 0.1 mΩ; of a difference of two readings d/√6."""
    result = by_hand(RESISTANCE, {OHM: drifting_ohm(0.0, (0.0,) * 5)}, parameters=ONE_OF_FIVE).only()
    ratio = next(r for r in result.budget if r.name == "ratio")
    assert ratio.contribution == pytest.approx(1e-4 / math.sqrt(6), rel=1e-4)


def reversed_volt(difference_V: float, offset_V: float, drift_V: float) -> dict[str, list[float]]:
    """Return five cycles + − − + of one reading each, with an offset that drifts from reading to reading."""
    direct, reversed_ = [], []
    for cycle in range(5):
        offset = [offset_V + (4 * cycle + i) * drift_V for i in range(4)]
        scatter = (cycle - 2) * 1e-8
        direct += [difference_V + scatter + offset[0], difference_V + scatter + offset[3]]
        reversed_ += [-difference_V - scatter + offset[1], -difference_V - scatter + offset[2]]
    return {"direct": direct, "reversed": reversed_}


def test_offset_and_drift_of_the_nanovoltmeter_cancel_and_the_difference_is_added(by_hand: ByHand) -> None:
    """V_X = 10 V + 24 µV − 18 µV: E = −6 µV; offset 3 µV, drift 50 nV a reading."""
    made = by_hand(TRANSFER, {VOLT: reversed_volt(-18e-6, 3e-6, 50e-9)}, parameters=ONE_OF_FIVE)
    result = made.only()
    assert result.error == pytest.approx(-6e-6, abs=1e-12)
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "standard.certificate": pytest.approx(0.5e-6, rel=1e-9),
        "standard.drift": pytest.approx(1e-5 * 30 / 365.25 / ROOT3, rel=1e-9),
        "standard.temperature": pytest.approx(10 * 0.05e-6 * 0.4 / ROOT3, rel=1e-6),
        "difference": pytest.approx(1.58114e-8 / math.sqrt(5), rel=1e-5),
        "gain": pytest.approx(18e-6 * 40e-6 / ROOT3, rel=1e-5),
        "emf": pytest.approx(50e-9 / ROOT3, rel=1e-9),
        "item.temperature": pytest.approx(10 * 0.05e-6 * 0.4 / ROOT3, rel=1e-6),
    }


@pytest.mark.parametrize(
    ("procedure", "indicated", "model"),
    [
        (RESISTANCE, {OHM: drifting_ohm(0.0, SCATTER)}, ResistanceSubstitution.model),
        (TRANSFER, {VOLT: reversed_volt(-18e-6, 0.0, 0.0)}, Voltage10VTransfer.model),
    ],
)
def test_monte_carlo_gives_the_same_U(
    procedure: str, indicated: Any, model: Any, by_hand: ByHand, monte_carlo_half_width: Callable[..., float]
) -> None:
    made = by_hand(procedure, indicated, parameters=ONE_OF_FIVE)
    assert pytest.approx(monte_carlo_half_width(made.estimates(), model), rel=8e-3) == made.only().U


@pytest.mark.parametrize("procedure", [RESISTANCE, TRANSFER])
def test_the_interval_holds_the_truth(procedure: str, studied: Callable[..., Any]) -> None:
    found = studied(procedure, 80)
    assert found.lower > 0.85
    assert found.upper > 0.9545


def test_a_job_without_points_is_refused() -> None:
    sample = Sample.load(RESISTANCE, points=())
    with pytest.raises(InputError, match="'points' must name"):
        sample.plan(dt.datetime.now().astimezone().date())


def test_a_nominal_value_that_the_standard_does_not_have_is_refused() -> None:
    sample = Sample.load(RESISTANCE, points=({"nominal": 1000, "range": 1000},))
    with pytest.raises(InputError, match=r"no values of resistance in the range 1 kΩ; it has: resistance 10 kΩ$"):
        sample.plan(dt.datetime.now().astimezone().date())


@pytest.mark.parametrize("procedure", [RESISTANCE, TRANSFER])
def test_a_certificate_is_issued_of_it(procedure: str, issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(procedure)
    assert pdf.startswith(b"%PDF")
    assert procedure in dcc
