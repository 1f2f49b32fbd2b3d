"""Evaluation of `dmm-resistance` against numbers computed here by hand: the shared zero, stored values, four wires.

The calibrator in the sample laboratory: 900 Ω +23 mΩ (U = 12 mΩ, 12 ppm a year, 0.4 ppm/K), 900 kΩ +26 Ω and 100 kΩ,
k = 2, from 23.0 °C, calibrated 30 days ago; the room was at 23.4 °C. The meter shows 1 mΩ in its 1 kΩ range, at 1 mA.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.procedures.dmm_resistance import DmmResistance, RangeCurrent, ResistanceParameters
from calib.study import Sample
from calib.uncertainty import correlation

ID = "dmm-resistance"
ZERO, TWO, FOUR = "zero-2-wire/1 kΩ/0 Ω", "2-wire/1 kΩ/900 Ω", "4-wire/1 kΩ/900 Ω"
OHM = (900.085, 900.087, 900.083, 900.085, 900.085)
"""Mean 900.085 Ω, s = 1.414214 mΩ."""
SHORTED = (0.052, 0.054, 0.050, 0.052, 0.052)
"""Mean 52 mΩ, s = 1.414214 mΩ."""
ROOT3 = math.sqrt(3)
FEW = (
    {"range": 1e3, "nominal": 900, "wires": 2},
    {"range": 1e5, "nominal": 9e4, "wires": 4},
    {"range": 1e6, "nominal": 1e5, "wires": 2},
    {"range": 1e6, "nominal": 9e5, "wires": 2},
)
ByHand = Callable[..., Any]


def test_two_wires_have_their_zero_taken_off_and_four_have_not(by_hand: ByHand) -> None:
    """E = 900.085 Ω − 0.052 Ω − 900.023 Ω = 10 mΩ with 2 wires, 62 mΩ with 4; the zero gives no row."""
    readings = {
        ZERO: {"meter": SHORTED},
        TWO: {"meter": OHM, "source": [900.0]},
        FOUR: {"meter": OHM, "source": [900.0]},
    }
    results = by_hand(ID, readings).results()
    assert set(results) == {TWO, FOUR}
    assert results[TWO].error == pytest.approx(10e-3, abs=1e-9)
    assert results[FOUR].error == pytest.approx(62e-3, abs=1e-9)
    assert results[TWO].indicated == pytest.approx(900.033, abs=1e-9)


def test_a_stored_value_stands_in_place_of_the_nominal_one(by_hand: ByHand) -> None:
    """Presented 900.05 Ω, corrected by 23 mΩ: E = 900.085 Ω − 900.073 Ω = 12 mΩ."""
    result = by_hand(ID, {FOUR: {"meter": OHM, "source": [899.0, 900.05]}}).only()
    assert result.error == pytest.approx(12e-3, abs=1e-9)
    assert (result.nominal, result.reference) == (900.0, pytest.approx(900.073))
    assert sum(r.sensitivity * r.value for r in result.budget) == pytest.approx(result.error, abs=1e-9)


def test_every_contribution_is_in_ohms_as_computed_here(by_hand: ByHand) -> None:
    readings = {ZERO: {"meter": SHORTED}, TWO: {"meter": OHM, "source": [900.0]}}
    result = by_hand(ID, readings, parameters={"contact_resistance_ohm": 0.005, "insulation_ohm": 1e12}).only()
    found = {r.name: r.contribution for r in result.budget if r.distribution != "exact"}
    assert found == {
        "indication": pytest.approx(1.414214e-3 / math.sqrt(5), rel=1e-6),
        "zero": pytest.approx(1.414214e-3 / math.sqrt(5), rel=1e-6),
        "source.certificate": pytest.approx(6e-3, rel=1e-9),
        "source.drift": pytest.approx(900 * 12e-6 * 30 / 365.25 / ROOT3, rel=1e-9),
        "source.temperature": pytest.approx(900 * 0.4e-6 * 0.4 / ROOT3, rel=1e-6),
        "emf": pytest.approx(0.5e-3 / ROOT3, rel=1e-6),  # 0.5 µV at 1 mA
        "zero.emf": pytest.approx(0.5e-3 / ROOT3, rel=1e-6),
        "contact": pytest.approx(5e-3 / ROOT3, rel=1e-9),
        "leak": pytest.approx(900**2 / 1e12 / ROOT3, rel=1e-6),
    }
    signs = {r.name: r.sensitivity for r in result.budget}
    assert (signs["zero"], signs["contact"], signs["leak"]) == (-1.0, -1.0, 1.0)
    assert all(r.label.en.split(":")[0] in DmmResistance.equation for r in result.budget)


@pytest.mark.parametrize(("range_ohm", "emf_ohm"), [(10, 0.5e-3), (1e3, 0.5e-3), (1e5, 0.05), (1e7, 5.0)])
def test_the_test_current_falls_with_the_range(range_ohm: float, emf_ohm: float) -> None:
    """0.5 µV at 1 mA up to 1 kΩ, above it at the current that gives 1 V at full scale."""
    assert ResistanceParameters().emf_ohm(range_ohm) == pytest.approx(emf_ohm, rel=1e-9)
    own = ResistanceParameters(test_currents=(RangeCurrent(range=range_ohm, current_A=2e-3),))
    assert own.emf_ohm(range_ohm) == pytest.approx(0.25e-3, rel=1e-9)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {FOUR: {"meter": OHM, "source": [900.0]}})
    assert pytest.approx(monte_carlo_half_width(made.estimates(), DmmResistance.model), rel=6e-3) == made.only().U


def test_points_of_one_zero_are_correlated_by_it() -> None:
    """The two of the 1 MΩ range share a zero; a difference of theirs is without it."""
    sample = Sample.load(ID, points=FEW)
    outcome = sample.calibrate(sample.simulated_bench(5))
    assert outcome.readings is not None
    procedure = sample.plan(_today()).procedure
    errors = {point: e for (_, point), e in procedure.errors(outcome.readings).items()}
    tenth, nine = errors["2-wire/1 MΩ/100 kΩ"], errors["2-wire/1 MΩ/900 kΩ"]
    other = errors["4-wire/100 kΩ/90 kΩ"]
    shared = {"zero", "zero.emf", "emf"}
    results = {r.point: r for r in outcome.results}
    common = sum(r.contribution**2 for r in results["2-wire/1 MΩ/100 kΩ"].budget if r.name in shared)
    covariance = float(correlation([tenth, nine])[0][1]) * float(tenth.u) * float(nine.u)
    assert covariance == pytest.approx(common, rel=1e-6)
    assert float(correlation([nine, other])[0][1]) == pytest.approx(0.0, abs=1e-12)


def test_a_point_whose_zero_was_skipped_gives_no_row(by_hand: ByHand) -> None:
    readings = {TWO: {"meter": OHM, "source": [900.0]}, FOUR: {"meter": OHM, "source": [900.0]}}
    assert set(by_hand(ID, readings).results()) == {FOUR}


def test_groups_are_short_then_four_wires_and_zero_then_two() -> None:
    points = Sample.load(ID).plan(_today()).points
    assert list(dict.fromkeys(p.group for p in points)) == ["short-4-wire", "4-wire", "zero-2-wire", "2-wire"]
    zeros = {p.measuring_range for p in points if p.group == "zero-2-wire"}
    assert zeros == {p.measuring_range for p in points if p.group == "2-wire"} == {1e3, 1e6, 1e7, 1e8, 1e9}
    assert all(p.wires == (2 if "2-wire" in p.group else 4) for p in points)


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 100, *FEW[:2])
    assert found.lower > 0.88
    assert found.upper > 0.9545
    assert all(abs(p.mean_normalised) < 0.25 for p in found.per_point)


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW[:2])
    assert pdf.startswith(b"%PDF")
    assert ID in dcc


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
