"""Evaluation of `dmm-frequency` against numbers computed here by hand, its coverage, and what is noticed.

The calibrator in the sample laboratory: at 90 kHz +0.19 Hz (U = 0.11 Hz), k = 2; drift 1.5 ppm a year, 0.05 ppm/K from
23.0 °C. Calibrated 30 days ago; the room was at 23.4 °C. The meter shows 10 mHz up to 100 kHz.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.procedures.dmm_frequency import DmmFrequency
from calib.study import Sample
from calib.uncertainty import correlation

ID = "dmm-frequency"
POINT = "calibrator/100 kHz/90 kHz"
READ_HZ = (90_001.5,) * 5
ROOT3 = math.sqrt(3)
FEW = ({"range": 1e5, "nominal": 9e4}, {"range": 1e3, "nominal": 500})
ByHand = Callable[..., Any]


def test_the_correction_has_its_sign_and_every_contribution_is_as_computed_here(by_hand: ByHand) -> None:
    """E = 90 001.5 Hz − 90 000.19 Hz = 1.31 Hz."""
    result = by_hand(ID, {POINT: {"meter": READ_HZ}}).only()
    assert result.error == pytest.approx(1.31, abs=1e-9)
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "indication": pytest.approx(0.01 / math.sqrt(12), rel=1e-9),
        "source.certificate": pytest.approx(0.055, rel=1e-9),
        "source.drift": pytest.approx(9e4 * 1.5e-6 * 30 / 365.25 / ROOT3, rel=1e-9),
        "source.temperature": pytest.approx(9e4 * 0.05e-6 * 0.4 / ROOT3, rel=1e-6),
    }
    assert all(r.label.en.split(":")[0] in DmmFrequency.equation for r in result.budget)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {POINT: {"meter": READ_HZ}})
    assert pytest.approx(monte_carlo_half_width(made.estimates(), DmmFrequency.model), rel=6e-3) == made.only().U


def test_one_oscillator_makes_all_points_err_together() -> None:
    sample = Sample.load(ID, points=FEW)
    outcome = sample.calibrate(sample.simulated_bench(5))
    assert outcome.readings is not None
    errors = list(sample.plan(dt.datetime.now().astimezone().date()).procedure.errors(outcome.readings).values())
    assert float(correlation(errors)[0][1]) > 0.95


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 100, *FEW)
    assert found.lower > 0.86
    assert found.upper > 0.9545


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert ID in dcc
