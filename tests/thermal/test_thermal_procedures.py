"""The procedures of thermometry on their simulated benches: results hold the truth; what goes wrong is named."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.drivers.simulation.fault_rules import rule
from calib.drivers.simulation.heat.world import HeatWorld
from calib.errors import CalibrationStatusError, InputError
from calib.procedure import Context
from calib.procedure.cvdfit import fit_callendar_van_dusen
from calib.procedure.homogeneity import Homogeneity, places
from calib.procedures.prt_industrial import PrtIndustrial
from calib.record import Journal, Record
from calib.report.issuing import issue
from calib.run import SimulatedHands, SimulatedOperator, find_procedure, resume, resumption
from calib.study.sample import with_job
from calib.study.world import BenchWorld
from calib.uncertainty import correlation, quantity

Make = Callable[..., Any]
PROCEDURES = ("thermometer-by-comparison", "prt-industrial", "thermocouple-by-comparison", "block-calibrator")
SECTIONS = ("terms", "equipment", "preparation", "performing", "uncertainty", "results")


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_calibration_comes_to_its_end_and_holds_the_truth(site: Make, name: str) -> None:
    at = site(name)
    outcome, bench = at.calibrate(5)
    assert outcome.status == "complete", outcome.error
    planned = [r for r in outcome.results if not r.point.startswith("coefficients/")]
    assert len(planned) == len(at.sample.plan(bench.clock.now().date()).points)
    for result in outcome.results:
        assert abs(result.error - at.truth(result, bench)) <= 1.3 * result.U, result.point
        assert sum(row.share for row in result.budget) == pytest.approx(1.0 if result.budget else 0.0, abs=1e-9)


def test_0_C_at_the_end_shows_what_the_item_has_drifted(site: Make) -> None:
    at = site("thermometer-by-comparison", temperatures_C=[0.0, 150.0, 0.0])
    bench = at.sample.simulated_bench(2)
    world = bench.worlds["heat"]
    assert isinstance(world, HeatWorld)
    sensor = world.sensor("thermometer")
    sensor.file = sensor.file.model_copy(update={"shift_per_100K": 4e-5})
    outcome = at.sample.calibrate(bench, at.sample.plan(bench.clock.now().date()))
    first, _, last = outcome.results
    assert (first.point, last.point) == ("bath/0 °C", "bath/0 °C/2")
    heated_K = 150.0 - 23.0
    assert last.error - first.error == pytest.approx(4e-5 * heated_K / 100 / 3.9083e-3, rel=0.1)


def test_a_drifting_bath_cancels_in_readings_that_lie_symmetrically(site: Make) -> None:
    """Reference – item – item – reference; in the order reference, item the drift would stay in the error."""
    at = site("thermometer-by-comparison", temperatures_C=[40.0], stable_K_per_min=0.05, window_s=60.0, soak_s=30.0)
    outcome, bench = at.calibrate(3)
    (result,) = outcome.results
    assert outcome.readings is not None
    attempt = outcome.readings.standing(result.point)
    read = outcome.readings.values(attempt, "reference").reshape(-1, 2)
    assert float(np.max(np.abs(read[:, 1] - read[:, 0]))) > 1e-4  # it does drift
    assert abs(result.error - at.truth(result, bench)) <= result.U


def test_coefficients_are_correlated_results_and_classes_are_named(site: Make) -> None:
    at = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0, 150.0, 0.0])
    outcome, _ = at.calibrate(5)
    rows = [r for r in outcome.results if r.point.startswith("coefficients/")]
    assert [r.point for r in rows] == ["coefficients/R0", "coefficients/A", "coefficients/B"]
    fit, classes = (text.en for text in rows[0].remarks)
    procedure = PrtIndustrial(Context(outcome.readings.snapshot))
    fitted = procedure.fitted(outcome.readings)
    assert fitted is not None
    matrix = correlation(list(fitted.coefficients.values()))
    assert [row.together.symbol for row in rows] == ["R0", "A", "B"]
    assert np.array([row.together.correlation for row in rows]) == pytest.approx(matrix, abs=1e-12)
    assert [(row.together.unit, row.together.power) for row in rows[1:]] == [
        (r"\kelvin\tothe{-1}", 3), (r"\kelvin\tothe{-2}", 7)
    ]  # fmt: skip
    assert rows[0].together.within == (0.0, 150.0)
    assert rows[0].together.equation == "R = R₀ (1 + A t + B t²)"
    assert "through 5 temperatures" in fit
    assert classes.endswith("of IEC 60751, at the temperatures measured")
    assert "A, B, C" in classes


def test_the_budget_of_a_coefficient_adds_up_and_names_what_departures_rest_on(site: Make) -> None:
    """Each input moved by its u in every departure that has it, and the fit made again: what A does is its row."""
    outcome, _ = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0, 150.0]).calibrate(5)
    procedure = PrtIndustrial(Context(outcome.readings.snapshot))
    row = next(r for r in outcome.results if r.point == "coefficients/A")
    found = {entry.name: entry for entry in row.budget}
    assert {"item", "reference.certificate", "readout.specification", "homogeneity", "stability"} <= set(found)
    assert found["homogeneity"].label.en == "δt_H: homogeneity of the bath"
    assert sum(entry.share for entry in row.budget) == pytest.approx(1.0, abs=1e-9)
    assert sum(entry.contribution**2 for entry in row.budget) == pytest.approx(row.u**2, rel=1e-6)
    standing = procedure.standing(outcome.readings)
    departures = {r.point: r for r in outcome.results if r.point.startswith("bath/")}

    def fitted_A(by: str) -> float:
        points = []
        for point, attempt in standing:
            result = departures[point.id]
            moved = next((e.sensitivity * e.u for e in result.budget if e.name == by), 0.0)
            t_C = procedure.reference_of(float(procedure.turns(attempt, outcome.readings)[0].mean())).t_C
            points.append((t_C, quantity(result.error + moved, u=1e-9)))
        fit = fit_callendar_van_dusen(points, 100.0)
        assert fit is not None
        return float(fit.coefficients["A"].value) * 1e3

    change = fitted_A("homogeneity") - fitted_A("nothing")  # one error at all temperatures
    assert abs(change) == pytest.approx(found["homogeneity"].contribution, rel=1e-2)


def test_monte_carlo_validates_departures_and_says_nothing_of_coefficients(site: Make) -> None:
    at = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0])
    outcome, _ = replace(at, sample=with_job(at.sample, monte_carlo=20_000)).calibrate(5)
    *departures, R0, A, B = outcome.results
    assert all(r.mc_trials == 20_000 and r.mc_lower < r.error < r.mc_upper for r in departures)
    assert all(r.mc_trials == 0 and r.mc_lower == r.mc_upper == 0 for r in (R0, A, B))


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_document_names_the_parameters_of_its_method(name: str) -> None:
    procedure = find_procedure(name)
    document = procedure.data().document
    assert document is not None
    parameters = set(procedure.Parameters.model_fields)
    for language in ("vi", "en"):
        told = " ".join(getattr(document, section).in_(language) for section in SECTIONS)
        assert set(re.findall(r"\b[a-z]{2,}(?:_[a-zA-Z]+)+\b", told)) <= parameters
        assert str(procedure.equation).partition("E = ")[2].split(" + ")[0] in told


def test_C_is_fitted_with_temperatures_below_0_C_only(site: Make) -> None:
    at = site("prt-industrial", temperatures_C=[0.0, -20.0, -35.0, 50.0, 100.0, 150.0])
    outcome, bench = at.calibrate(5)
    rows = {r.point: r for r in outcome.results}
    assert "coefficients/C" in rows
    assert abs(rows["coefficients/C"].error - at.truth(rows["coefficients/C"], bench)) < 1.3 * rows["coefficients/C"].U


def test_an_error_of_the_readout_counts_once_for_reference_and_item(site: Make) -> None:
    """Both are read with it: what it errs cancels, but for the difference of their resistances."""
    outcome, _ = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0]).calibrate(5)
    names = [row.name for row in outcome.results[0].budget]
    assert "item.readout.specification" not in names
    readout = next(row for row in outcome.results[0].budget if row.name == "readout.specification")
    assert 0 < readout.contribution < 0.5e-3


def test_certificate_and_dcc_are_made_with_the_coefficients_on_them(site: Make, tmp_path: Path) -> None:
    outcome, _ = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0]).calibrate(5, tmp_path)
    assert outcome.status == "complete"
    folder = tmp_path / "documents"
    folder.mkdir()
    made = issue(tmp_path / "record.h5", folder, dt.datetime.now().astimezone().date(), None)
    dcc = made["dcc"].read_text(encoding="utf-8")
    assert "Callendar-Van Dusen coefficient R₀" in dcc
    again = Record.open(tmp_path / "record.h5")
    kept = {r.point: r for r in again.results}
    for name in ("error", "budget", "together"):
        assert getattr(kept["coefficients/A"], name) == getattr(outcome.results[-2], name)
    assert kept["bath/0 °C"].together is None


def test_a_reference_thermometer_that_stands_beside_the_bath_is_noticed(site: Make) -> None:
    at = site("thermometer-by-comparison", temperatures_C=[80.0])
    bench = at.sample.simulated_bench(1)
    reference: Any = bench.instruments["reference"]
    reference._world = None  # nobody puts it there
    outcome = at.sample.calibrate(bench, at.sample.plan(bench.clock.now().date()))
    assert outcome.status == "failed"
    assert "the reference thermometer shows 23" in str(outcome.error)
    assert "is it in the bath, and at channel 1?" in str(outcome.error)


def test_a_bath_that_does_not_settle_ends_the_run_with_what_it_still_does(site: Make) -> None:
    at = site("thermometer-by-comparison", temperatures_C=[140.0], at_most_s=300.0)
    outcome, _ = at.calibrate(1)
    assert outcome.status == "failed"
    assert "bath settling: not stable after 3" in str(outcome.error)


def test_a_broken_line_fails_the_point_by_name_and_the_bath_goes_on(site: Make) -> None:
    at = site("thermometer-by-comparison", temperatures_C=[50.0, 100.0])
    bench = at.sample.simulated_bench(1)
    bench.faults.add(rule(kind="garbage", instrument="thermometer", nth=9, times=0))
    outcome = at.sample.calibrate(bench, at.sample.plan(bench.clock.now().date()))
    assert outcome.status == "failed"
    assert "MEMORY::thermometer: asked 'T'" in str(outcome.error)
    assert bench.state()["worlds"]["heat"]["set_points_C"]["bath"] in {50.0, 100.0}


def test_a_run_that_broke_off_at_night_goes_on_at_its_unfinished_temperature(site: Make, tmp_path: Path) -> None:
    at = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0])
    bench = at.sample.simulated_bench(5)
    plan = at.sample.plan(bench.clock.now().date())
    number = bench.faults.add(rule(kind="garbage", instrument="readout", nth=200, times=0))
    broken = at.sample.calibrate(bench, plan, folder=tmp_path)
    assert broken.status != "complete"
    assert broken.journal is not None
    broke_off = bench.clock.now().timestamp()
    bench.faults.remove(number)
    with Journal.open(broken.journal) as journal:
        snapshot = journal.snapshot
    outcome = resume(
        resumption(broken.journal, snapshot, plan, None),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(SimulatedOperator(bench.environment, panel=bench.panel), bench.connect),
    )
    assert outcome.status == "complete", outcome.error
    assert outcome.record is not None
    attempts = Record.open(outcome.record).readings().attempts
    begun = [(a.point, a.begun > broke_off) for a in attempts if a.outcome == "complete"]
    assert begun == [("bath/0 °C", False), ("bath/50 °C", True), ("bath/100 °C", True)]
    assert all(abs(r.error - at.truth(r, bench)) <= 1.3 * r.U for r in outcome.results)


def test_what_could_not_be_evaluated_is_refused_before_anything_is_heated(site: Make) -> None:
    at = site("thermometer-by-comparison", temperatures_C=[50.0, 500.0])
    with pytest.raises(InputError, match=r"point bath/500 °C: SPRT-01 .* holds from -80 °C to 420 °C"):
        at.sample.plan(dt.datetime.now().astimezone().date())
    overdue = dt.datetime.now().astimezone().date() + dt.timedelta(days=400)
    with pytest.raises(CalibrationStatusError, match="SPRT-01"):
        site("thermometer-by-comparison").sample.plan(overdue)


def test_the_homogeneity_of_a_block_is_measured_and_counts_where_it_is_more_than_stated(site: Make) -> None:
    wells = {"homogeneity_at_C": 150.0, "further_wells": ["2", "3"]}
    at = site("block-calibrator", temperatures_C=[150.0], axial_K=0.005, radial_K=0.4, **wells)
    bench = at.sample.simulated_bench(4)
    world: Any = bench.worlds["heat"]
    medium = world.medium("block")
    medium.file = medium.file.model_copy(update={"axial_K_per_m": 0.5, "radial_K": 0.0, "stability_K": 0.001})
    outcome = at.sample.calibrate(bench, at.sample.plan(bench.clock.now().date()))
    assert outcome.status == "complete", outcome.error
    (row,) = outcome.results
    half_widths = {r.name: r.u * 3**0.5 for r in row.budget}
    assert half_widths["axial"] == pytest.approx(0.5 * 0.040, abs=0.006)  # lifted by 40 mm; it indicates 0.01 K
    assert half_widths["radial"] == pytest.approx(0.4)
    assert "K along the zone" in row.remarks[-1].en
    stated = site("block-calibrator", temperatures_C=[150.0], axial_K=0.5, **wells)
    (row,) = stated.calibrate(4)[0].results
    assert next(r.u for r in row.budget if r.name == "axial") == pytest.approx(0.5 / 3**0.5)


def test_a_homogeneity_that_cannot_be_measured_is_refused_before_anything_is_heated(site: Make) -> None:
    today = dt.datetime.now().astimezone().date()
    with pytest.raises(InputError, match=r"axial_steps_m: the reference is only 0\.16 m deep"):
        site("block-calibrator", homogeneity_at_C=150.0, axial_steps_m=[0.1, 0.2]).sample.plan(today)
    with pytest.raises(CalibrationStatusError, match=r"SPRT-01 .* holds from -80 °C to 420 °C, not at 600"):
        site("block-calibrator", homogeneity_at_C=600.0).sample.plan(today)


def test_places_in_a_block_begin_and_end_at_the_first_one() -> None:
    at = places(0.16, "1", (0.02, 0.04), ("3",))
    assert [(p.name, p.depth_m, p.well) for p in at] == [
        ("first", 0.16, "1"),
        ("axial.20mm", pytest.approx(0.14), "1"),
        ("axial.40mm", pytest.approx(0.12), "1"),
        ("radial.3", 0.16, "3"),
        ("last", 0.16, "1"),
    ]
    found = Homogeneity.of({"first": 0.10, "axial.20mm": 0.13, "axial.40mm": 0.04, "radial.3": 0.15, "last": 0.12})
    assert found.axial_K == pytest.approx(0.07)
    assert found.radial_K == pytest.approx(0.04)


def test_the_truth_of_a_coefficient_is_that_of_the_units_own_law(site: Make) -> None:
    at = site("prt-industrial", temperatures_C=[0.0, 50.0, 100.0])
    outcome, bench = at.calibrate(5)
    (row,) = [r for r in outcome.results if r.point == "coefficients/R0"]
    world = bench.worlds["heat"]
    assert isinstance(world, HeatWorld)
    assert 100.0 + PrtIndustrial.truth(row, BenchWorld(bench)) == pytest.approx(
        world.true_ohm("item", 0.0, 1e-3), abs=2e-5
    )
