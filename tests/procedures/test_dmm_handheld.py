"""`dmm-handheld`: EA-4/02, S9 out of its own evaluation; tolerances in counts; what a person is asked and notices.

EA-4/02 M:2022, S9: a hand-held multimeter of 3½ digits shows 100.1 V, least digit 0.1 V; the standard puts out 100 V,
U = 0.002 V (k = 2), and may err by ± 0.011 V for drift, temperature, load. E = (0.10 ± 0.05) V, k = 1.65, p = 95 %.
"""

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.errors import InputError
from calib.ports import Answer, Prompt
from calib.procedures.dmm_handheld import DmmHandheld
from calib.run import SimulatedHands, SimulatedOperator, run
from calib.run.operators import hint, parse
from calib.study import Sample
from calib.study.sample import AGE_DAYS, write_sample

ID = "dmm-handheld"
HUNDRED = {"quantity": "dc_voltage", "range": 600, "nominal": 100}
S9_POINT = "volts/dc_voltage/600 V/100 V"
FEW = (
    {"quantity": "dc_voltage", "range": 6, "nominal": -5.4},
    {"quantity": "resistance", "range": 600, "nominal": 540},
    {"quantity": "dc_current", "range": 10, "nominal": 9},
)
ByHand = Callable[..., Any]


@pytest.fixture
def s9(tmp_path: Path) -> Path:
    """Return a laboratory whose calibrator is that of S9: ± 0.011 V is what a floor of the drift has become by now."""
    folder = write_sample(tmp_path)
    floor_V = 0.011 * 365.25 / AGE_DAYS
    with (folder / "equipment" / "CAL-02.toml").open("a", encoding="utf-8") as file:
        file.write(
            f"""
[[calibrations.values]]
quantity = "dc_voltage"
unit = "V"
range = 330
k = 2
correlation = "full"
drift_ppm_per_year = 0
drift_floor_per_year = {floor_V!r}
temperature_ppm_per_K = 0
points = [{{ nominal = 100, correction = 0, U = 0.002 }}]
"""
        )
    return folder


def test_s9_comes_out_with_its_own_k_at_95_percent_and_with_ours_at_95_45(s9: Path, by_hand: ByHand) -> None:
    made = by_hand(
        ID, {S9_POINT: {"meter": [100.1] * 5}}, folder=s9, points=(HUNDRED,), parameters={"reference": "certificate"}
    )
    result = made.only()
    assert result.error == pytest.approx(0.1, abs=1e-12)
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "indication": pytest.approx(0.02887, abs=5e-6),
        "source.certificate": pytest.approx(0.001, rel=1e-9),
        "source.drift": pytest.approx(0.00635, abs=2e-6),
    }
    assert result.u == pytest.approx(0.0296, abs=5e-5)  # printed 0.030 V
    (error,) = made.procedure.errors(made.readings).values()
    printed = error.expanded(0.95, method="ea-4/02")
    assert float(printed.k) == pytest.approx(1.65, abs=0.006)  # 0.95·√3: the one rectangle that dominates
    assert round(float(printed.U), 2) == 0.05
    with_both = error.expanded(0.95)
    assert float(with_both.k) == pytest.approx(1.7089, abs=0.002)  # trapezoid with β = 0.039/0.061
    rng = np.random.default_rng(9)
    draws = rng.uniform(-0.05, 0.05, 10**6) + rng.uniform(-0.011, 0.011, 10**6) + rng.normal(0, 0.001, 10**6)
    assert pytest.approx(float(np.quantile(np.abs(draws), 0.9545)), rel=2e-3) == result.U
    assert result.k == pytest.approx(1.726, abs=0.002)
    assert (result.probability, result.reported_error, result.reported_U) == (0.9545, 0.1, 0.051)


def test_one_and_a_half_percent_and_three_counts_may_be_agreed_in_the_job(by_hand: ByHand) -> None:
    """1.5 % of 100 V + 3 · 0.1 V = 1.8 V; by the item's specification 0.5 % + 3 counts = 0.8 V."""
    agreed = {**HUNDRED, "tolerance": {"reading_ppm": 15000, "counts": 3}}
    assert by_hand(ID, {S9_POINT: {"meter": [100.1] * 5}}, points=(agreed,)).only().upper_limit == pytest.approx(1.8)
    assert by_hand(ID, {S9_POINT: {"meter": [100.1] * 5}}, points=(HUNDRED,)).only().upper_limit == pytest.approx(0.8)


def test_leads_are_taken_off_a_resistance_with_their_sign(by_hand: ByHand) -> None:
    """E = 540.4 Ω − 540 Ω − 0.12 Ω = 0.28 Ω; ± 0.03 Ω of the leads, 0.1 Ω/√12 of the digit, source by specification."""
    made = by_hand(
        ID,
        {"volts/resistance/600 Ω/540 Ω": {"meter": [540.4] * 5}},
        points=FEW,
        parameters={"lead_resistance_ohm": 0.12, "lead_half_width_ohm": 0.03},
    )
    result = made.only()
    assert result.error == pytest.approx(0.28, abs=1e-9)
    assert {r.name: r.contribution for r in result.budget if r.distribution != "exact"} == {
        "indication": pytest.approx(0.1 / math.sqrt(12), rel=1e-9),
        "source.specification": pytest.approx((540 * 40e-6 + 1100 * 10e-6) / math.sqrt(3), rel=1e-6),
        "lead": pytest.approx(0.03 / math.sqrt(3), rel=1e-9),
    }
    assert sum(r.sensitivity * r.value for r in result.budget) == pytest.approx(result.error, abs=1e-12)
    assert (result.unit, result.quantity) == ("Ω", "resistance")
    assert result.indicated - result.reference == pytest.approx(result.error, abs=1e-9)


def test_monte_carlo_gives_the_same_U(by_hand: ByHand, monte_carlo_half_width: Callable[..., float]) -> None:
    made = by_hand(ID, {S9_POINT: {"meter": [100.1] * 5}}, points=(HUNDRED,))
    assert pytest.approx(monte_carlo_half_width(made.estimates(), DmmHandheld.model), rel=6e-3) == made.only().U


def test_points_go_jack_by_jack_and_function_by_function() -> None:
    points = Sample.load(ID).plan(_today()).points
    assert list(dict.fromkeys((p.group, p.quantity) for p in points)) == [
        ("volts", "dc_voltage"),
        ("volts", "ac_voltage"),
        ("volts", "resistance"),
        ("milliamperes", "dc_current"),
        ("milliamperes", "ac_current"),
        ("amperes", "dc_current"),
        ("amperes", "ac_current"),
    ]
    assert {p.measuring_range for p in points if p.group == "amperes"} == {6.0, 10.0}


def test_a_point_that_names_no_function_is_refused() -> None:
    with pytest.raises(InputError, match="its 'quantity' is missing; known: dc_voltage"):
        Sample.load(ID, points=({"range": 6, "nominal": 5},)).plan(_today())


def test_function_and_range_are_said_once_and_enter_repeats_a_reading() -> None:
    """A person who types each value once at a point, and presses Enter for the other four readings."""
    sample = Sample.load(ID, points=FEW)
    bench = sample.simulated_bench(2)
    asked: list[Prompt] = []

    class Typist(SimulatedHands):
        def ask(self, prompt: Prompt) -> Answer:
            asked.append(prompt)
            if prompt.again:
                return Answer(parse(prompt, ""), "An")
            return super().ask(prompt)

    outcome = run(
        sample.plan(_today()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=Typist(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
    )
    assert outcome.status == "complete", outcome.error
    typed = [p for p in asked if p.id == "reading.meter" and not p.again]
    repeated = [p for p in asked if p.id == "reading.meter" and p.again]
    proofs = 2
    assert len(typed) == len(FEW) + proofs
    assert len(typed) + len(repeated) == 5 * len(FEW) + proofs
    assert f"Enter = {repeated[0].again} V" in hint(repeated[0], "en")
    settings = [p.text.en for p in asked if p.id == "setting.meter"]
    assert len(settings) == len(set(settings)) == len(FEW) + 1
    assert all(r.s == 0.0 and r.n == 5 for r in outcome.results)


def test_the_interval_holds_the_truth(studied: Callable[..., Any]) -> None:
    found = studied(ID, 100, *FEW)
    assert found.lower > 0.9
    assert found.upper > 0.9545


def test_a_certificate_is_issued_of_it(issued: Callable[..., tuple[bytes, str]]) -> None:
    pdf, dcc = issued(ID, points=FEW)
    assert pdf.startswith(b"%PDF")
    assert ID in dcc


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
