"""Coverage studies: what is drawn has the stated law, the stated intervals hold, and every planted error is found."""

import datetime as dt
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from lxml import etree
from numpy.typing import NDArray
from scipy import stats

from calib.cli.main import cli
from calib.errors import FileError, InputError
from calib.procedure import Context
from calib.procedures.dmm_dc_voltage import DmmDcVoltage, error_of_indication
from calib.study import Runs, Sample, Task, calibrate_many, coverage, effort, parse_break, risk
from calib.study.chance import Chance
from calib.study.coverage import bounds
from calib.study.drawing import draw
from calib.study.runs import Once, calibrate_once, joined
from calib.study.world import BenchWorld
from calib.uncertainty import quantity

P = 0.9545
POINTS = tuple(
    tuple({"range": r, "nominal": v}.items()) for r, v in ((10.0, 9.0), (10.0, 7.0), (10.0, -9.0), (1000.0, 900.0))
)
TASK = Task("dmm-dc-voltage", points=POINTS)


@pytest.fixture(scope="module")
def honest() -> Runs:
    return calibrate_many(TASK, 150, seed=3)


def test_the_stated_interval_holds_the_truth_as_often_as_it_says(honest: Runs) -> None:
    found = coverage(honest, "dmm-dc-voltage", 3)
    assert (found.runs, found.points) == (150, 6)
    assert found.holds
    assert found.coverage < 0.99
    for point in found.per_point:
        assert point.upper >= P, point
        assert point.u_over_error > 0.85, point
        assert abs(point.mean_normalised) < 0.15, point


def test_by_the_specification_the_interval_holds_the_truth_where_the_standard_dominates() -> None:
    """Errors within ± the limits, for which the budget takes a rectangle; noise and digits are far below them."""
    task = replace(TASK, parameters=(("reference", "specification"),))
    found = coverage(calibrate_many(task, 150, seed=3), "dmm-dc-voltage", 3)
    assert found.holds
    nine = next(p for p in found.per_point if p.point == "calibrator/10 V/9 V")
    assert nine.lower < 0.97
    assert nine.u_over_error == pytest.approx(1.0, abs=0.15)


def test_a_unit_taken_for_another_is_seen_as_too_much_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the bound of the emf for millivolts: intervals are far too long, and the ratio of u to the errors tells."""
    task = replace(TASK, points=POINTS[:1])

    def millivolts(indication: Any, reference: Any, emf: Any, load: Any) -> Any:
        return error_of_indication(indication, reference, emf * 1000.0, load)

    monkeypatch.setattr(DmmDcVoltage, "model", staticmethod(millivolts))
    found = coverage(calibrate_many(task, 30, seed=3), "dmm-dc-voltage", 3)
    assert found.coverage == 1.0
    assert all(p.u_over_error > 4 for p in found.per_point if p.point.startswith("calibrator"))


def test_a_doubled_drift_is_found_where_standards_are_old() -> None:
    """After eleven months the drift of 9 V is 30 µV, three times the certificate's u."""
    old = replace(TASK, later_days=300)
    assert coverage(calibrate_many(old, 40, seed=3), "", 3).holds
    assert not coverage(calibrate_many(replace(old, broken=parse_break("drift")), 40, seed=3), "", 3).holds


def test_an_error_that_is_none_of_the_budget_is_told() -> None:
    with pytest.raises(InputError, match="'double:emf' is no error: use without:INPUT"):
        parse_break("double:emf")
    with pytest.raises(
        InputError,
        match=r"no input 'source\.specification' in its budgets; there are: indication, .*certificate",
    ):
        calibrate_many(replace(TASK, broken=parse_break("half:source.specification")), 1)


def test_the_same_seed_gives_the_same_digits_whatever_carries_it_out(honest: Runs) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        elsewhere = calibrate_many(TASK, 20, seed=3, executor=pool)
    np.testing.assert_array_equal(elsewhere.error, honest.error[:20])
    np.testing.assert_array_equal(elsewhere.U, honest.U[:20])
    assert not np.array_equal(calibrate_many(TASK, 2, seed=4).error, honest.error[:2])


def test_a_cluster_of_two_workers_gives_the_same_digits(honest: Runs) -> None:
    distributed = pytest.importorskip("dask.distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster,
        distributed.Client(cluster) as client,
    ):
        elsewhere = calibrate_many(TASK, 20, seed=3, executor=client.get_executor(pure=False))
        assert len(client.scheduler_info()["workers"]) == 2
    np.testing.assert_array_equal(elsewhere.error, honest.error[:20])


def test_bounds_by_resampling_runs_are_those_of_the_binomial_law() -> None:
    held = (np.random.default_rng(5).random((2000, 1)) < P).astype(float)
    low, high = bounds(held)
    interval = stats.binomtest(int(held.sum()), 2000).proportion_ci(0.95, method="wilson")
    assert low[0] == pytest.approx(interval.low, abs=1.5e-3)
    assert high[0] == pytest.approx(interval.high, abs=1.5e-3)


def _certificates(n: int, **changes: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return errors of the certified corrections over their register's u, (n, points), and stated U over its, (n,)."""
    sample = TASK.sample()
    plan = sample.plan(dt.datetime.now().astimezone().date())
    standard = plan.standards["source"]
    table = standard.calibrations[0].values[2].model_copy(update=changes)
    calibration = standard.calibrations[0].model_copy(update={"values": (table,)})
    plan = replace(plan, standards={"source": standard.model_copy(update={"calibrations": (calibration,)})})
    errors, factors = [], []
    for seed in range(n):
        drawn = draw(plan, (), Chance(np.random.default_rng(seed)))
        stated = drawn.equipment["source"].calibrations[0].values[0]
        true = drawn.truths["source"]["dc_voltage"].ranges[33.0].points  # type: ignore[index,union-attr]
        pairs = zip(stated.points, table.points, true, strict=True)
        errors.append([(s.correction - t[1]) / (p.U / table.k) for s, p, t in pairs])
        factors.append(stated.points[0].U / table.points[0].U)
    return np.array(errors), np.array(factors)


def test_a_certificate_states_the_truth_and_a_normal_error_of_its_U_over_k() -> None:
    errors, factors = _certificates(400, correlation="none")
    assert stats.kstest(errors.ravel(), "norm").pvalue > 1e-3
    assert abs(float(np.corrcoef(errors[:, 0], errors[:, 1])[0][1])) < 0.2
    assert np.all(factors == 1)
    together, _ = _certificates(50, correlation="full")
    assert np.ptp(together, axis=1).max() < 1e-6


def test_with_few_degrees_of_freedom_the_stated_U_scatters_as_chi_squared() -> None:
    errors, factors = _certificates(400, correlation="full", dof=4.0)
    assert stats.kstest(4 * factors**2, "chi2", (4,)).pvalue > 1e-3
    assert stats.kstest(errors[:, 0] / factors, "t", (4,)).pvalue > 1e-3


def test_sums_over_points_hold_the_truth_only_because_their_errors_are_known_to_be_one() -> None:
    """9 V, 7 V and −9 V: one standard, fully correlated; as independent errors the interval is far too short."""
    task = replace(TASK, points=POINTS[:3])
    together, apart = [], []
    for number in range(80):
        once = calibrate_once(task, 1, number)
        readings, procedure = once.outcome.readings, once.sample.procedure
        assert readings is not None
        errors = procedure(Context(readings.snapshot)).errors(readings)
        chosen = {k[1]: e for k, e in errors.items() if k[1].startswith("calibrator/10 V")}
        world = BenchWorld(once.bench)
        truth = sum(procedure.truth(r, world) for r in once.outcome.results if r.point in chosen)
        total = sum(chosen.values(), start=quantity(0.0, u=0.0))
        together.append(abs(float(total.value) - truth) <= float(total.expanded(P).U))
        independent = np.sqrt(sum(float(e.u) ** 2 for e in chosen.values()))
        apart.append(abs(float(total.value) - truth) <= 2 * independent)
    assert stats.binomtest(sum(together), 80, P).pvalue > 0.01
    assert stats.binomtest(sum(apart), 80, P, alternative="less").pvalue < 1e-3


def test_results_by_a_specification_without_stated_correlation_are_refused_in_sums() -> None:
    sample = replace(TASK, parameters=(("reference", "specification"),)).sample()
    outcome = sample.calibrate(sample.simulated_bench(1))
    assert outcome.readings is not None
    procedure = sample.procedure(Context(outcome.readings.snapshot))
    with pytest.raises(InputError, match="specification 'fluke-5522a' states no 'correlation'"):
        procedure.errors(outcome.readings)


def test_the_risk_of_a_rule_is_that_of_the_known_items() -> None:
    """Gain and offset up to 1.5 times the limits: some points do not conform; a guard band of U spares the customer."""
    task = replace(TASK, item_share=1.5, rule=(("rule", "simple"),))
    measured = [calibrate_once(task, 2, number) for number in range(60)]
    found = risk(joined([one.found() for one in measured]), "dmm-dc-voltage", "simple", 2, 1.5)
    assert 0.1 < found.not_conforming < 0.4
    assert found.consumers < 0.05
    guarded = joined([_judged(one, rule="ilac-g8", binary=True).found() for one in measured])
    spared = risk(guarded, "dmm-dc-voltage", "ilac-g8", 2, 1.5)
    assert spared.consumers < 0.005
    assert spared.producers > found.producers


def _judged(once: Once, **changes: Any) -> Once:
    """Return a calibration with the same readings, judged by another rule."""
    readings = once.outcome.readings
    assert readings is not None
    job = readings.snapshot["job"]
    changed = {**readings.snapshot, "job": {**job, "decision": {**job["decision"], **changes}}}
    results = once.sample.procedure(Context(changed)).evaluate(readings)
    return replace(once, outcome=replace(once.outcome, results=results))


def test_more_readings_cost_time_and_lower_U() -> None:
    found = effort(TASK, [5, 40], 2, seed=1)
    few, many = found.each
    assert many.duration_s > few.duration_s + 6 * 35 * 0.3
    assert many.over_least <= few.over_least
    assert sum(many.U) < sum(few.U)


def test_the_command_writes_json_and_picture_and_its_exit_code_tells(tmp_path: Path) -> None:
    json_file, picture = tmp_path / "coverage.json", tmp_path / "coverage.svg"
    asked = ["study", "coverage", "dmm-dc-voltage", "--runs", "6", "--json", str(json_file), "--picture", str(picture)]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 0, done.output
    told = json.loads(json_file.read_text(encoding="utf-8"))
    assert {"procedure", "runs", "points", "coverage", "lower", "upper", "per_point"} <= set(told)
    assert (told["runs"], told["points"], len(told["per_point"])) == (6, 28, 28)
    assert etree.parse(picture).getroot().tag.endswith("svg")
    broken = CliRunner().invoke(cli, [*asked[:5], "--break", "sign:source.certificate"])
    assert broken.exit_code == 1


def test_a_procedure_without_a_bench_to_study_is_told_what_is_missing(tmp_path: Path, starter: Path) -> None:
    with pytest.raises(FileError, match=r"missing: .*dmm-dc-voltage\.toml"):
        Sample.load("dmm-dc-voltage", starter)
