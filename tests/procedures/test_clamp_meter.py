"""Evaluation of `clamp-meter` against numbers computed here by hand, its coverage, and what is noticed at the bench.

The sample laboratory: coil of 50.12 turns, U = 0.15, k = 2, 100 ppm a year; the calibrator by its specification, at 4 A
and 50 Hz ± (2000 ppm + 50 ppm of 20.5 A), direct ± (500 ppm + 20 ppm of 11 A). Position ± 0.5 %. Clamp meter: 0.1 A
in 400 A. The coil was calibrated 30 days ago.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.ports import Answer, Prompt
from calib.procedures.clamp_meter import ClampMeter
from calib.run import SimulatedHands, SimulatedOperator, run
from calib.study import Sample

ID = "clamp-meter"
AC, DC = "ac/400 A/200 A/50 Hz", "dc/400 A/200 A"
ROOT3 = math.sqrt(3)
FEW = (
    {"quantity": "ac_current", "range": 400, "nominal": 200, "frequency_Hz": 50},
    {"quantity": "dc_current", "range": 400, "nominal": 200},
)
ByHand = Callable[..., Any]


def contributions(result: Any) -> dict[str, float]:
    return {r.name: r.contribution for r in result.budget if r.distribution != "exact"}


def test_the_reference_is_the_current_times_the_effective_turns(by_hand: ByHand) -> None:
    """4 A · 50.12 = 200.48 A: E = 201.0 A − 200.48 A = 0.52 A."""
    result = by_hand(ID, {AC: {"meter": [201.0] * 5}}).only()
    assert result.error == pytest.approx(0.52, abs=1e-9)
    assert (result.reference, result.nominal) == (pytest.approx(200.48, abs=1e-9), 200.0)
    assert contributions(result) == {
        "indication": pytest.approx(0.1 / math.sqrt(12), rel=1e-9),
        "source.specification": pytest.approx((4 * 2e-3 + 20.5 * 50e-6) * 50.12 / ROOT3, rel=1e-6),
        "coil.certificate": pytest.approx(0.075 * 4, rel=1e-9),
        "coil.drift": pytest.approx(50 * 100e-6 * 30 / 365.25 * 4 / ROOT3, rel=1e-6),
        "position": pytest.approx(1.0 / ROOT3, rel=1e-9),
    }
    assert sum(r.sensitivity * r.value for r in result.budget if r.name != "coil.certificate") == pytest.approx(0.52)


def test_direct_current_has_half_a_digit_for_the_zero(by_hand: ByHand) -> None:
    result = by_hand(ID, {DC: {"meter": [201.0] * 5}}).only()
    found = contributions(result)
    assert found["zero"] == pytest.approx(0.05 / ROOT3, rel=1e-9)
    assert found["source.specification"] == pytest.approx((4 * 500e-6 + 11 * 20e-6) * 50.12 / ROOT3, rel=1e-6)


def test_points_of_one_closing_share_the_position(by_hand: ByHand) -> None:
    """The difference of two errors at 5 % and 50 % of a range has nine tenths of the position's error left."""
    made = by_hand(ID, {AC: {"meter": [201.0] * 5}, "ac/400 A/360 A/50 Hz": {"meter": [361.0] * 5}})
    places = [
        made.procedure.estimates(p, a, made.readings).arguments["position"].value
        for p, a in made.procedure.standing(made.readings)
    ]
    assert (places[1] - 1.8 * places[0]).u == pytest.approx(0.0, abs=1e-12)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {DC: {"meter": [201.0] * 5}})
    assert pytest.approx(monte_carlo_half_width(made.estimates(), ClampMeter.model), rel=5e-3) == made.only().U


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 80, *FEW)
    assert found.lower > 0.86
    assert found.upper > 0.9545


def test_jaws_the_wrong_way_round_are_named_and_mended() -> None:
    sample = Sample.load(ID, points=FEW[1:])
    bench = sample.simulated_bench(1)
    asked: list[Prompt] = []

    class Hands(SimulatedHands):
        def ask(self, prompt: Prompt) -> Answer:
            asked.append(prompt)
            answer = super().ask(prompt)
            if prompt.id == "connect.dc":
                bench.connect("-coil")
            return answer

    outcome = run(
        sample.plan(dt.datetime.now().astimezone().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=Hands(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
    )
    assert outcome.status == "complete", outcome.error
    assert any(p.id == "connect.mend" and "reversed" in p.text.en for p in asked)
    assert outcome.results[0].error == pytest.approx(0.0, abs=5.0)


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert "SIMCOIL01" in dcc
