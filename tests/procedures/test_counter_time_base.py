"""Evaluation of `counter-time-base` by hand, its coverage, and a counter without a signal.

The standard of the sample laboratory: 10 MHz + 2.1 mHz, U = 1.0 mHz, k = 2; 5·10⁻¹⁰ a year; 2·10⁻¹¹/K from 23.0 °C.
Calibrated 30 days ago; the room was at 23.4 °C.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.procedures.counter_time_base import CounterTimeBase

ID, POINT = "counter-time-base", "time-base/10 MHz"
COUNTED_Hz = (1e7 + 0.502, 1e7 + 0.5, 1e7 + 0.498, 1e7 + 0.502, 1e7 + 0.498)
"""Mean 10 MHz + 0.5 Hz, s = 2 mHz; successive differences −2, −2, 4, −4 mHz: σ_y = √(40/4/2) mHz = 2.236 mHz."""
FIVE = {"readings": 5}
ROOT3 = math.sqrt(3)


def test_the_counter_indicates_too_much_by_what_it_counts_above_the_standard(by_hand: Callable[..., Any]) -> None:
    result = by_hand(ID, {POINT: {"counter": COUNTED_Hz}}, parameters=FIVE).only()
    assert result.error == pytest.approx(0.4979, abs=1e-8)
    assert {r.name: r.contribution for r in result.budget} == {
        "indication": pytest.approx(2e-3 / math.sqrt(5), rel=1e-4),
        "standard.certificate": pytest.approx(0.5e-3, rel=1e-9),
        "standard.drift": pytest.approx(5e-3 * 30 / 365.25 / ROOT3, rel=1e-9),
        "standard.temperature": pytest.approx(1e7 * 2e-11 * 0.4 / ROOT3, rel=1e-6),
    }
    (remark,) = result.remarks
    assert remark.en == "y = 4.98e-08, σ_y(10 s) = 2.2e-10"


def test_monte_carlo_gives_the_same_U(
    by_hand: Callable[..., Any], monte_carlo_half_width: Callable[..., float]
) -> None:
    made = by_hand(ID, {POINT: {"counter": COUNTED_Hz}}, parameters=FIVE)
    half_width = monte_carlo_half_width(made.estimates(), CounterTimeBase.model)
    assert pytest.approx(half_width, rel=1e-2) == made.only().U


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 150)
    assert found.lower > 0.88
    assert found.upper > 0.9545


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID)
    assert pdf.startswith(b"%PDF")
    assert ID in dcc
    assert "σ_y" in dcc
