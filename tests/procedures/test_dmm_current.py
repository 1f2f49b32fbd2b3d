"""Evaluation of `dmm-dc-current` and `dmm-ac-current` against numbers computed here by hand, coverage, bad connections.

The calibrator in the sample laboratory: −0.36 A (1.1 A range) +2.4 µA, U = 23 µA, drift 60 ppm a year, 2 ppm/K; 9 mA at
5 kHz (33 mA range) −2.0 µA, U = 1.5 µA, drift 150 ppm a year, 5 ppm/K; k = 2, from 23.0 °C, calibrated 30 days ago; the
room was at 23.4 °C.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import InputError
from calib.procedures.dmm_ac_current import AcCurrentParameters, DmmAcCurrent
from calib.procedures.dmm_dc_current import DmmDcCurrent
from calib.study import Sample

DC, AC = "dmm-dc-current", "dmm-ac-current"
DIRECT, ALTERNATING = "calibrator/400 mA/-360 mA", "calibrator/10 mA/9 mA/5 kHz"
DIRECT_A = (-0.36001, -0.360011, -0.360009, -0.36001, -0.36001)
"""Mean −360.01 mA, s = 0.7071068 µA; least digit 0.4 µA."""
ALTERNATING_A = (9.001e-3,) * 5
ROOT3 = math.sqrt(3)
FEW_DC = ({"range": 0.4, "nominal": -0.36}, {"range": 1, "nominal": 0.9})
FEW_AC = ({"range": 0.01, "nominal": 0.009, "frequency_Hz": 1000}, {"range": 1, "nominal": 0.9, "frequency_Hz": 50})
ByHand = Callable[..., Any]


def test_the_error_of_a_negative_current_has_the_correction_with_its_sign(by_hand: ByHand) -> None:
    """E = −360.010 mA − (−360 mA + 2.4 µA) = −12.4 µA."""
    result = by_hand(DC, {DIRECT: {"meter": DIRECT_A}}).only()
    assert result.error == pytest.approx(-12.4e-6, abs=1e-11)
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "indication": pytest.approx(0.7071068e-6 / math.sqrt(5), rel=1e-6),
        "source.certificate": pytest.approx(11.5e-6, rel=1e-9),
        "source.drift": pytest.approx(0.36 * 60e-6 * 30 / 365.25 / ROOT3, rel=1e-9),
        "source.temperature": pytest.approx(0.36 * 2e-6 * 0.4 / ROOT3, rel=1e-6),
        "load": pytest.approx(0.5 * 0.9 / 1e9 / ROOT3, rel=1e-9),  # 0.45 V over 1 GΩ
    }
    assert {r.name: r.sensitivity for r in result.budget}["load"] == 1.0
    assert all(r.label.en.split(":")[0] in DmmDcCurrent.equation for r in result.budget)


def test_an_open_input_is_a_row_without_a_standard(by_hand: ByHand) -> None:
    result = by_hand(DC, {"open/400 mA/0 A": {"meter": (1e-6, 2e-6, 3e-6, 2e-6, 2e-6)}}).only()
    assert (result.error, result.route, result.reference) == (pytest.approx(2e-6), "none", 0.0)
    assert [r.name for r in result.budget if r.distribution != "exact"] == ["indication"]


def test_an_alternating_current_has_the_correction_of_its_frequency(by_hand: ByHand) -> None:
    """E = 9.001 mA − (9 mA − 2 µA) = 3 µA; five like readings: 10 nA/√12."""
    result = by_hand(AC, {ALTERNATING: {"meter": ALTERNATING_A}}).only()
    assert result.error == pytest.approx(3e-6, abs=1e-12)
    found = {r.name: r.contribution for r in result.budget if r.distribution != "exact"}
    assert found["indication"] == pytest.approx(10e-9 / math.sqrt(12), rel=1e-9)
    assert found["source.certificate"] == pytest.approx(0.75e-6, rel=1e-9)
    assert found["load"] == pytest.approx(9e-3 * 0.5 / 0.01 / 1e8 / ROOT3, rel=1e-6)
    assert {r.name: r.sensitivity for r in result.budget}["load"] == 1.0
    assert all(r.label.en.split(":")[0] in DmmAcCurrent.equation for r in result.budget)


def test_a_capacitance_past_a_large_burden_takes_current_away() -> None:
    """5 kΩ and 100 pF at 5 kHz: ωCr = 0.015708, of which the meter is left with 1/√(1 + 0.015708²)."""
    part = AcCurrentParameters(output_resistance_ohm=1e15).loading(1e-4, 5000)
    assert part == pytest.approx(1 - 1 / math.sqrt(1 + 0.0157080**2), rel=1e-4)


@pytest.mark.parametrize(
    ("id_", "point", "read", "model"),
    [(DC, DIRECT, DIRECT_A, DmmDcCurrent.model), (AC, ALTERNATING, ALTERNATING_A, DmmAcCurrent.model)],
)
def test_monte_carlo_gives_the_same_U(
    id_: str, point: str, read: Any, model: Any, by_hand: ByHand, monte_carlo_half_width: Callable[..., float]
) -> None:
    made = by_hand(id_, {point: {"meter": read}})
    assert pytest.approx(monte_carlo_half_width(made.estimates(), model), rel=6e-3) == made.only().U


def test_points_go_to_the_jack_of_their_range() -> None:
    points = Sample.load(DC).plan(dt.datetime.now().astimezone().date()).points
    assert {p.measuring_range for p in points if p.group == "calibrator-high"} == {1.0, 3.0, 10.0}
    assert {p.measuring_range for p in points if p.group == "calibrator"} == {1e-4, 1e-3, 1e-2, 0.1, 0.4}
    alone = Sample.load(DC, parameters={"high_jack_above_A": None}).plan(dt.datetime.now().astimezone().date()).points
    assert {p.group for p in alone} == {"open", "calibrator"}
    assert [p.id for p in points if p.measuring_range == 0.4 and p.group == "calibrator"] == [
        f"calibrator/400 mA/{v} mA" for v in (40, 200, 360, -360)
    ]


def test_an_alternating_current_without_a_frequency_is_refused_before_it_is_measured() -> None:
    with pytest.raises(InputError, match="no frequency was given"):
        Sample.load(AC, points=({"range": 0.01, "nominal": 0.009},)).plan(dt.datetime.now().astimezone().date())


@pytest.mark.parametrize(("id_", "few"), [(DC, FEW_DC), (AC, FEW_AC)])
def test_the_interval_holds_the_truth(id_: str, few: Any, studied: Callable[..., Any]) -> None:
    found = studied(id_, 80, *few)
    assert found.lower > 0.87
    assert found.upper > 0.9545
    assert all(abs(p.mean_normalised) < 0.25 for p in found.per_point)


@pytest.mark.parametrize(("id_", "few"), [(DC, FEW_DC), (AC, FEW_AC)])
def test_a_certificate_is_issued_of_it(id_: str, few: Any, issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(id_, points=few)
    assert pdf.startswith(b"%PDF")
    assert id_ in dcc
