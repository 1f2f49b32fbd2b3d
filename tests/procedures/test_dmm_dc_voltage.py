"""Evaluation of `dmm-dc-voltage` against numbers computed here: by hand from the certificate, and by Monte Carlo.

The standard in the starter's register, 33 V range: at 9 V the certificate states a correction of +7 µV, U = 18.4 µV
with k = 2; drift 3.6525 ppm a year; 0.3 ppm/K from 23.0 °C. It was calibrated 30 days ago, and the bench is at
23.0 °C to 23.4 °C. The method: thermal emf ± 0.5 µV, 0.2 Ω of leads into 10 MΩ. The meter: 34401A, 6½ digits, 1 year.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from calib.errors import CalibrationStatusError, InputError
from calib.procedure import Result, indication
from calib.run import Permission
from calib.text import same
from calib.uncertainty import Quantity

MakeBench = Callable[..., Any]
NINE = "calibrator/10 V/9 V"
SCATTERED_V = (9.00012, 9.00013, 9.00011, 9.00012, 9.00012)
"""Mean 9.000 120 V, s = 7.071 µV: s/√5 = 3.162 µV is more than 10 µV/√12 = 2.887 µV."""
ROOT3 = math.sqrt(3)
TRIALS = 1_000_000


def contributions(result: Result) -> dict[str, float]:
    return {row.name: row.contribution for row in result.budget if row.distribution != "exact"}


def expanded_by_monte_carlo(*errors_V: NDArray[np.float64]) -> float:
    """Return the half-width that holds 95.45 % of the sum of errors around zero."""
    return float(np.quantile(np.abs(np.sum(errors_V, axis=0)), 0.9545))


def rectangular(rng: np.random.Generator, half_width_V: float) -> NDArray[np.float64]:
    return rng.uniform(-half_width_V, half_width_V, TRIALS)


def test_by_certificate_the_error_has_the_correction_with_its_sign(bench: MakeBench) -> None:
    """E = 9.000 120 V − (9 V + 7 µV) = 113 µV; with the wrong sign it were 127 µV."""
    result = bench().evaluate(NINE, *SCATTERED_V)
    assert result.error == pytest.approx(113e-6, abs=1e-11)
    assert result.reference == pytest.approx(9.000007, abs=1e-12)
    assert result.indicated == pytest.approx(9.00012, abs=1e-12)
    assert (result.nominal, result.n, result.unit, result.route) == (9.0, 5, "V", "certificate")
    assert result.s == pytest.approx(7.0710678e-6, rel=1e-6)


def test_by_certificate_every_contribution_is_in_volts_as_typed_in_here(bench: MakeBench) -> None:
    result = bench().evaluate(NINE, *SCATTERED_V)
    assert contributions(result) == {
        "indication": pytest.approx(3.16228e-6, rel=1e-5),  # 7.0711 µV / √5
        "source.certificate": pytest.approx(9.2e-6, rel=1e-9),  # 18.4 µV / 2
        "source.drift": pytest.approx(1.558846e-6, rel=1e-6),  # 9 V · 3.6525 ppm · 30/365.25 = 2.7 µV; / √3
        "source.temperature": pytest.approx(0.6235383e-6, rel=1e-6),  # 9 V · 0.3 ppm/K · 0.4 K = 1.08 µV; / √3
        "emf": pytest.approx(0.2886751e-6, rel=1e-6),  # 0.5 µV / √3
        "load": pytest.approx(0.1039230e-6, rel=1e-6),  # 9 V · 0.2 Ω / 10 MΩ = 0.18 µV; / √3
    }
    assert result.u == pytest.approx(math.sqrt(sum(c**2 for c in contributions(result).values())), rel=1e-12)
    assert result.u == pytest.approx(9.877e-6, rel=1e-4)
    assert sum(row.share for row in result.budget) == pytest.approx(1.0, rel=1e-12)
    assert {row.name: row.sensitivity for row in result.budget} == {
        "nominal": -1.0,
        "indication": 1.0,
        "source.certificate": -1.0,
        "source.drift": -1.0,
        "source.temperature": -1.0,
        "emf": -1.0,
        "load": 1.0,
    }


def test_by_certificate_U_holds_the_stated_part_of_draws(bench: MakeBench) -> None:
    result = bench().evaluate(NINE, *SCATTERED_V)
    rng = np.random.default_rng(1)
    U = expanded_by_monte_carlo(
        3.16228e-6 * rng.standard_t(4, TRIALS),
        9.2e-6 * rng.standard_normal(TRIALS),
        *(rectangular(rng, a) for a in (2.7e-6, 1.08e-6, 0.5e-6, 0.18e-6)),
    )
    assert pytest.approx(U, rel=4e-3) == result.U
    assert result.k == pytest.approx(result.U / result.u, rel=1e-12)
    assert result.probability == 0.9545


def test_a_negative_point_in_the_lowest_range(bench: MakeBench) -> None:
    """−90 mV: correction −0.08 µV, U = 0.38 µV; five like readings, least digit 0.1 µV."""
    result = bench().evaluate("calibrator/100 mV/-90 mV", *[-0.0900010] * 5)
    assert result.error == pytest.approx(-0.92e-6, abs=1e-13)
    assert contributions(result) == {
        "indication": pytest.approx(0.1e-6 / math.sqrt(12), rel=1e-9),
        "source.certificate": pytest.approx(0.19e-6, rel=1e-9),
        "source.drift": pytest.approx(0.027e-6 / ROOT3, rel=1e-9),  # 0.3 ppm of 90 mV
        "source.temperature": pytest.approx(0.018e-6 / ROOT3, rel=1e-6),  # 0.5 ppm/K · 0.4 K
        "emf": pytest.approx(0.5e-6 / ROOT3, rel=1e-9),
        "load": pytest.approx(0.0018e-6 / ROOT3, rel=1e-9),
    }
    assert result.s == 0.0
    assert (result.shown_unit, result.error_unit) == ("mV", "µV")
    assert result.upper_limit == pytest.approx(0.09 * 50e-6 + 0.1 * 35e-6, rel=1e-12)


def test_by_specification_the_value_is_nominal_and_the_limit_makes_most_of_U(bench: MakeBench) -> None:
    """5522A, 90 days: 10 ppm of 9 V + 20 µV = 110 µV, rectangular; k is far below 2."""
    result = bench(parameters={"reference": "specification"}).evaluate(NINE, *SCATTERED_V)
    assert result.error == pytest.approx(120e-6, abs=1e-11)
    assert contributions(result) == {
        "indication": pytest.approx(3.16228e-6, rel=1e-5),
        "source.specification": pytest.approx(63.50853e-6, rel=1e-6),
        "emf": pytest.approx(0.2886751e-6, rel=1e-6),
        "load": pytest.approx(0.1039230e-6, rel=1e-6),
    }
    rng = np.random.default_rng(2)
    U = expanded_by_monte_carlo(
        3.16228e-6 * rng.standard_t(4, TRIALS), *(rectangular(rng, a) for a in (110e-6, 0.5e-6, 0.18e-6))
    )
    assert pytest.approx(U, rel=2e-3) == result.U
    assert 1.64 < result.k < 1.70
    assert (result.route, result.coverage_method) == ("specification", "convolution")


def test_a_short_has_no_standard_in_its_budget(bench: MakeBench) -> None:
    """Readings of 0, 10, 0, 10 and 20 µV: mean 8 µV, s = 8.367 µV; tolerance 5 ppm of 10 V."""
    result = bench().evaluate("short/10 V/0 V", 0.0, 10e-6, 0.0, 10e-6, 20e-6)
    assert result.error == pytest.approx(8e-6, abs=1e-15)
    assert contributions(result) == {
        "indication": pytest.approx(8.366600e-6 / math.sqrt(5), rel=1e-6),
        "emf": pytest.approx(0.2886751e-6, rel=1e-6),
    }
    assert (result.reference, result.nominal, result.route) == (0.0, 0.0, "none")
    assert result.upper_limit == pytest.approx(50e-6, rel=1e-12)
    rng = np.random.default_rng(3)
    U = expanded_by_monte_carlo(8.3666e-6 / math.sqrt(5) * rng.standard_t(4, TRIALS), rectangular(rng, 0.5e-6))
    assert pytest.approx(U, rel=6e-3) == result.U


def test_the_reading_of_the_short_is_never_subtracted_from_another_row(bench: MakeBench) -> None:
    made = bench()
    alone = made.evaluate(NINE, *SCATTERED_V)
    together = made.procedure.evaluate(made.readings({"short/10 V/0 V": [1e-3] * 5, NINE: SCATTERED_V}))
    assert [r.point for r in together] == ["short/10 V/0 V", NINE]
    assert (together[1].error, together[1].U) == (alone.error, alone.U)


@pytest.mark.parametrize(
    ("half_spread_digits", "larger"),
    [(0.0, "resolution"), (0.525, "resolution"), (0.527, "scatter"), (5.0, "scatter")],
)
def test_the_wider_of_scatter_and_resolution_counts_and_never_both(half_spread_digits: float, larger: str) -> None:
    """Readings 0, 0, 0, +a, −a: s/√5 = a/√10; 2.869 of it (t, ν = 4) are as wide as 0.9545·d/2 at a = 0.5260 d."""
    a = half_spread_digits * 1e-5
    mean = indication(np.array([1.0, 1.0, 1.0, 1.0 + a, 1.0 - a]), 1e-5, same("V_ind")).value
    assert isinstance(mean, Quantity)
    assert mean.value == pytest.approx(1.0, abs=1e-12)
    if larger == "resolution":
        assert mean.u == pytest.approx(1e-5 / math.sqrt(12), rel=1e-9)
        assert mean.dof == math.inf
    else:
        assert mean.u == pytest.approx(a / math.sqrt(10), rel=1e-6)
        assert mean.dof == pytest.approx(4, rel=1e-12)


@pytest.mark.parametrize("sigma_digits", [0.7, 1.5])
def test_a_noise_of_about_a_digit_leaves_no_interval_too_short(sigma_digits: float) -> None:
    """Decision 21; where the larger u was taken, five readings with 0.7 d of noise held 92.7 %."""
    rng = np.random.default_rng(20)
    held = []
    for within_digit in rng.uniform(-0.5, 0.5, size=1500):
        shown = np.round(within_digit + sigma_digits * rng.standard_normal(5))
        mean = indication(shown, 1.0, same("V_ind")).value
        assert isinstance(mean, Quantity)
        held.append(abs(float(mean.value) - within_digit) <= mean.expanded(0.9545).U)
    assert np.mean(held) > 0.9445


@pytest.mark.parametrize(
    ("error_uV", "guarded", "simple"),
    [
        (300, "pass", "pass"),
        (344, "pass", "pass"),
        (346, "conditionalPass", "pass"),
        (386, "conditionalFail", "fail"),
        (388, "fail", "fail"),
        (355, "conditionalPass", "pass"),
        (-355, "conditionalPass", "pass"),
        (365, "conditionalPass", "pass"),
        (375, "conditionalFail", "fail"),
        (-375, "conditionalFail", "fail"),
        (400, "fail", "fail"),
        (-400, "fail", "fail"),
    ],
)
def test_verdicts_follow_the_agreed_rule(error_uV: float, guarded: str, simple: str, bench: MakeBench) -> None:
    """Tolerance 35 ppm of 9 V + 5 ppm of 10 V = 365 µV; U = 21 µV, so that acceptance ends at 344 µV."""
    shift_V = (error_uV - 113) * 1e-6
    result = bench().evaluate(NINE, *(v + shift_V for v in SCATTERED_V))
    assert result.error == pytest.approx(error_uV * 1e-6, abs=1e-10)
    assert (result.lower_limit, result.upper_limit) == (pytest.approx(-365e-6), pytest.approx(365e-6))
    assert result.reported_U == 21e-6
    assert (result.lower_acceptance, result.upper_acceptance) == (pytest.approx(-344e-6), pytest.approx(344e-6))
    assert (result.verdict, result.verdict_unguarded) == (guarded, simple)
    assert result.tur == pytest.approx(365 / 21, rel=1e-9)


def test_the_probability_of_conformity_is_that_of_draws(bench: MakeBench) -> None:
    result = bench().evaluate(NINE, *(v + 247e-6 for v in SCATTERED_V))
    rng = np.random.default_rng(4)
    error = 360e-6 + 3.16228e-6 * rng.standard_t(4, TRIALS) + 9.2e-6 * rng.standard_normal(TRIALS)
    error += sum(rectangular(rng, a) for a in (2.7e-6, 1.08e-6, 0.5e-6, 0.18e-6))
    assert result.conformance_probability == pytest.approx(float(np.mean(np.abs(error) <= 365e-6)), abs=2e-3)


def test_a_binary_rule_knows_only_pass_and_fail(bench: MakeBench) -> None:
    made = bench(decision={"binary": True})
    verdicts = [made.evaluate(NINE, *(v + (e - 113) * 1e-6 for v in SCATTERED_V)).verdict for e in (300, 355, 375, 400)]
    assert verdicts == ["pass", "fail", "fail", "fail"]


def test_without_an_agreed_tolerance_there_is_no_verdict(bench: MakeBench) -> None:
    result = bench(decision={"rule": "none"}).evaluate(NINE, *(v + 1e-3 for v in SCATTERED_V))
    assert (result.verdict, result.verdict_unguarded, result.upper_limit) == ("none", "none", math.inf)
    assert math.isnan(result.tur)
    assert math.isnan(result.conformance_probability)


@pytest.mark.parametrize(
    ("temperature_C", "limit_uV"),
    [((18.0, 28.0), 365), ((28.5, 29.0), 365 + 0.5 * 55), ((16.0, 17.0), 365 + 55), ((23.0, 30.0), 365)],
)
def test_the_tolerance_widens_only_as_far_as_the_room_was_outside_all_the_time(
    temperature_C: tuple[float, float], limit_uV: float, bench: MakeBench
) -> None:
    """Outside 18 °C to 28 °C each kelvin adds 5 ppm of 9 V and 1 ppm of 10 V: 55 µV."""
    result = bench(temperature_C=temperature_C).evaluate(NINE, *SCATTERED_V)
    assert result.upper_limit == pytest.approx(limit_uV * 1e-6, rel=1e-9)


def test_error_and_U_are_reported_to_the_place_of_U(bench: MakeBench) -> None:
    result = bench().evaluate(NINE, *(v + 0.4e-6 for v in SCATTERED_V))
    assert result.error == pytest.approx(113.4e-6, abs=1e-11)
    assert (result.reported_error, result.reported_U) == (113e-6, 21e-6)


def test_a_parameter_of_the_job_is_in_its_unit(bench: MakeBench) -> None:
    """2 µV of emf, 1 Ω into 1 MΩ at 9 V: 9 µV."""
    changed = {"thermal_emf_V": 2e-6, "lead_resistance_ohm": 1.0, "input_resistance_ohm": 1e6}
    found = contributions(bench(parameters=changed).evaluate(NINE, *SCATTERED_V))
    assert found["emf"] == pytest.approx(2e-6 / ROOT3, rel=1e-9)
    assert found["load"] == pytest.approx(9e-6 / ROOT3, rel=1e-9)


def test_an_overdue_standard_that_a_person_allowed_is_remarked_on_the_rows_it_carries(bench: MakeBench) -> None:
    with pytest.raises(CalibrationStatusError, match=r"SIM-NMI-0417 was due on .*\n.*--allow-overdue"):
        bench(age_days=400)
    made = bench(age_days=400, permission=Permission(by="Bình", why="comparison of last week"))
    result = made.evaluate(NINE, *SCATTERED_V)
    (remark,) = result.remarks
    assert remark.en == "Standard used by exception: see exceptions."
    (exception,) = made.plan.snapshot["exceptions"]
    assert (exception["by"], exception["why"]) == ("Bình", "comparison of last week")
    assert "was due on" in exception["what"]["en"]
    assert contributions(result)["source.drift"] == pytest.approx(9 * 4.0e-6 / ROOT3, rel=1e-6)  # 400 days: 4 ppm
    assert made.evaluate("short/10 V/0 V", *[0.0] * 5).remarks == ()
    assert bench().evaluate(NINE, *SCATTERED_V).remarks == ()


def test_limits_whose_source_states_no_temperature_are_remarked_with_what_bounds_them(bench: MakeBench) -> None:
    made = bench(parameters={"reference": "specification"})
    (remark,) = made.evaluate(NINE, *SCATTERED_V).remarks
    assert "states no temperature" in remark.en
    assert "from 18 °C to 28 °C" in remark.en
    assert "từ 18 °C đến 28 °C" in remark.vi
    assert made.evaluate("short/10 V/0 V", *[0.0] * 5).remarks == ()


@pytest.mark.parametrize("reference", ["specification", "certificate"])
def test_the_rows_of_the_budget_add_up_to_the_error(reference: str, bench: MakeBench) -> None:
    made = bench(parameters={"reference": reference})
    assert made.procedure.equation == "E = V_ind − (V_S + δV_S) − δV_emf + δV_load"
    for point, readings_V in ((NINE, SCATTERED_V), ("short/10 V/0 V", [1e-6, 2e-6, 0.0, 1e-6, 1e-6])):
        result = made.evaluate(point, *readings_V)
        assert sum(row.sensitivity * row.value for row in result.budget) == pytest.approx(result.error, abs=1e-14)
        nominal = next(row for row in result.budget if row.name == "nominal")
        assert (nominal.value, nominal.u, nominal.contribution) == (result.nominal, 0.0, 0.0)
        for row in result.budget:
            assert row.label.en.split(":")[0] in made.procedure.equation


def test_points_are_those_of_the_guide_with_ids_that_stay_the_same(bench: MakeBench) -> None:
    """EURAMET cg-15 style: zeros first; 10 % and 90 % of each range in both polarities, one range dense."""
    points = bench().procedure.points()
    assert [p.id for p in points] == [
        *(f"short/{r}/0 V" for r in ("100 mV", "1 V", "10 V", "100 V", "1000 V")),
        *(f"calibrator/100 mV/{v}" for v in ("10 mV", "90 mV", "-10 mV", "-90 mV")),
        *(f"calibrator/1 V/{v}" for v in ("100 mV", "900 mV", "-100 mV", "-900 mV")),
        *(f"calibrator/10 V/{v}" for v in ("1 V", "3 V", "5 V", "7 V", "9 V", "-1 V", "-9 V")),
        *(f"calibrator/100 V/{v}" for v in ("10 V", "90 V", "-10 V", "-90 V")),
        *(f"calibrator/1000 V/{v}" for v in ("100 V", "900 V", "-100 V", "-900 V")),
    ]
    for p in points:
        assert p.hazard_V == abs(p.nominal)
        assert abs(p.nominal) <= p.measuring_range
        assert p.estimate_s > 0
    assert {(p.nominal, p.measuring_range) for p in points if p.id.endswith(" mV/90 mV")} == {(0.09, 0.1)}


def test_the_jobs_own_points_replace_those_of_the_method(bench: MakeBench) -> None:
    points = [{"range": 10, "nominal": -7.25}, {"range": 0.1, "nominal": 0.1}, {"range": 10, "nominal": 2}]
    made = bench(points=points, parameters={"reference": "specification"})
    assert [p.id for p in made.procedure.points()] == [
        "short/100 mV/0 V",
        "short/10 V/0 V",
        "calibrator/100 mV/100 mV",
        "calibrator/10 V/2 V",
        "calibrator/10 V/-7.25 V",
    ]


def test_points_that_differ_in_the_seventh_digit_are_two(bench: MakeBench) -> None:
    points = [{"range": 10, "nominal": 1.0000001}, {"range": 10, "nominal": 1.0}]
    made = bench(points=points, parameters={"reference": "specification"})
    assert [p.id for p in made.procedure.points()][1:] == ["calibrator/10 V/1 V", "calibrator/10 V/1.0000001 V"]


def test_what_could_not_be_evaluated_is_refused_before_anything_is_measured_all_at_once(bench: MakeBench) -> None:
    points = [(10, 9), (10, 9), (10, 12), (20, 1), (10, 2), (1000, 950)]
    with pytest.raises(InputError) as caught:
        bench(points=[{"range": r, "nominal": v} for r, v in points])
    told = str(caught.value).splitlines()
    for line in (
        "point calibrator/10 V/9 V: is asked for twice",
        "point short/20 V/0 V: hp-34401a: there is no range 20 V; known: 100 mV, 1 V, 10 V, 100 V, 1 kV",
        "point calibrator/10 V/12 V: hp-34401a: 12 V exceeds the range 10 V",
    ):
        assert line in told
    assert any(t.startswith("point calibrator/10 V/2 V: CAL-01") and "does not certify 2 V" in t for t in told)
    assert any(t.endswith("does not certify 950 V; it certifies -900 V to 900 V in this range") for t in told)


def test_an_interval_that_the_tolerance_does_not_have_is_refused_before_the_run(bench: MakeBench) -> None:
    with pytest.raises(
        InputError, match=r"dc_voltage is not specified for '2 years'; known: 24 hours, 90 days, 1 year"
    ):
        bench(item={"specification_interval": "2 years"})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"nplc": 1}, r"parameters: nplc: must be one of 10, 100 power-line cycles \(got 1"),
        ({"readings": 4}, r"parameters: 'readings' must be 5 or more, or 'pooled' give"),
        ({"thermal_emf_V": -1e-6}, r"thermal_emf_V: must be greater than or equal to 0"),
        ({"referense": "certificate"}, r"referense: unknown field — did you mean 'reference'"),
    ],
)
def test_a_wrong_parameter_is_refused_before_the_run(wrong: dict[str, Any], told: str, bench: MakeBench) -> None:
    with pytest.raises(InputError, match=told):
        bench(parameters=wrong)


def test_a_result_survives_json_and_a_second_evaluation_is_the_same(bench: MakeBench) -> None:
    made = bench()
    result = made.evaluate(NINE, *SCATTERED_V)
    assert Result.from_json(result.as_json()) == result
    assert made.evaluate(NINE, *SCATTERED_V) == result


def test_monte_carlo_validates_the_interval_of_every_row_where_the_job_asks_for_it(bench: MakeBench) -> None:
    """JCGM 101:2008, clause 8: both ends within half a unit of the first digit of u."""
    made = bench(monte_carlo=400_000)
    readings = {NINE: SCATTERED_V, "short/10 V/0 V": [0.0, 10e-6, 0.0, 10e-6, 20e-6]}
    results = made.procedure.evaluate(made.readings(readings))
    for result in results:
        assert result.mc_trials == 400_000
        assert result.mc_verdict == "agrees", (result.point, result.mc_lower, result.mc_upper)
        assert result.mc_upper - result.mc_lower == pytest.approx(2 * result.U, rel=0.03)
        assert Result.from_json(result.as_json()) == result
    assert made.procedure.evaluate(made.readings(readings)) == results
    assert bench().evaluate(NINE, *SCATTERED_V).mc_verdict == "none"


def test_an_interval_that_monte_carlo_contradicts_is_remarked(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An equation that is not linear near its estimates: the square of an emf that is about zero."""
    model = type(bench().procedure).model
    monkeypatch.setattr(
        type(bench().procedure), "model", staticmethod(lambda **a: model(**a) + (a["emf"] * 1e3) ** 2 * 2e2)
    )
    result = bench(monte_carlo=100_000).evaluate(NINE, *SCATTERED_V)
    assert result.mc_verdict == "differs"
    assert "not validated by Monte Carlo" in result.remarks[-1].en
