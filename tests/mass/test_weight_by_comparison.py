"""Weights by comparison: published example, check values, coverage on the simulated laboratory, what is refused."""

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from calib.errors import InputError
from calib.physics.air import air_density
from calib.procedure import Context
from calib.procedure.control import f_test, t_test
from calib.procedure.mass.weighing import differences
from calib.study import Coverage, Sample
from calib.study.chance import Chance
from calib.study.drawing import draw, draw_history
from calib.study.runs import Task
from calib.study.world import BenchWorld

NAME = "weight-by-comparison"
TODAY = dt.datetime.now().astimezone().date()
R1000 = [{"name": "R1000", "nominal_kg": 1.0}]
PARTS = {"R500": 0.5, "R200": 0.2, "R200a": 0.2, "R100": 0.1}


def weight(name: str, against: Any = R1000, nominal_kg: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"name": name, "nominal_kg": nominal_kg, "against": against, **more}


def test_ea_4_02_example_s2_comes_out_of_the_evaluation(site: Callable[..., Any]) -> None:
    """10 kg, M1, by three ABBA with a pooled s of 25 mg: 10 000.025 g, u = 29.3 mg (EA-4/02, S2).

    U is 59 mg in the edition of 1999, 58 mg in that of 2022; here it is for 95.45 % of the convolved distribution.
    """
    at = site(
        NAME, cycles=3, digit_kg=1e-9, sensitivity=0.0, process_s_kg=25e-6, magnetism_kg=10e-6, buoyancy_kg=10e-6,
        reference_density_U_kg_m3=0.0, air_temperature_K=0.0, air_humidity_percent=0.0, air_pressure_Pa=0.0,
        weights=[weight("T10", [{"name": "R10", "nominal_kg": 10.0}], 10.0, weight_class="M1")],
    )  # fmt: skip
    standard = at.sample.register["W-01"]
    (calibration,) = standard.calibrations
    table = calibration.values[0]
    point = table.points[0].model_copy(update={"nominal": 10.0, "name": "R10", "correction": 5e-6, "U": 45e-6})
    years = (TODAY - calibration.date).days / 365.25
    changes = {"points": (point,), "correlation": "none", "range": 10.0, "drift_ppm_per_year": 0.0}
    changes["drift_floor_per_year"] = 15e-6 / years
    table = table.model_copy(update=changes)
    calibration = calibration.model_copy(update={"values": (table,)})
    plan = at.plan(reference=standard.model_copy(update={"calibrations": (calibration,)}))
    cycles = [(10.0, 10.0 + d, 10.0 + d, 10.0) for d in (10e-6, 30e-6, 20e-6)]
    (row,) = at.evaluated(plan, {"weight/T10": [x for cycle in cycles for x in cycle]})
    assert (row.nominal + row.error) * 1e3 == pytest.approx(10_000.025, abs=1e-6)
    assert row.u * 1e6 == pytest.approx(29.3, abs=0.05)
    assert abs(row.U * 1e6 - 58.5) < 0.5
    parts = {r.name: r.contribution * 1e6 for r in row.budget}
    published = {"reference.certificate": 22.5, "reference.drift": 8.66, "difference": 14.43, "magnetism": 5.77}
    assert {name: parts[name] for name in published} == pytest.approx(published, abs=0.01)
    assert parts["buoyancy"] == pytest.approx(5.77, abs=0.01)
    assert (row.upper_limit, row.verdict) == (pytest.approx(500e-6), "pass")


def test_abba_is_free_of_a_linear_drift() -> None:
    assert differences(np.array([0.0, 0.0124, 0.0128, 0.0006]), "ABBA") == pytest.approx([0.0123])
    drifting = np.array([0.0, 1.1, 0.2]) + np.array([5.0, 6.0, 7.0])
    assert differences(drifting, "ABA") == pytest.approx([1.1 - 0.1])


def test_buoyancy_is_that_of_the_forces(site: Callable[..., Any]) -> None:
    """A weight of 2700 kg/m³ in thin air: indications computed from true masses give back its conventional mass.

    The formula of R 111-1 leaves out what is of second order in ρ_a/ρ_t, here 12 µg of 20 mg.
    """
    at = site(NAME, cycles=2, weights=[weight("T", density_kg_m3=2700.0)])
    plan = at.plan()
    air = {"air.temperature": (22.0, "°C"), "air.humidity": (40.0, "%"), "air.pressure": (95_000.0, "Pa")}
    rho = air_density(22.0, 95_000.0, 40.0)
    conventional, reference = 1.0 + 5e-6, 1.0 - 3e-7
    force = [
        m * (1 - 1.2 / 8000) / (1 - 1.2 / d) * (1 - rho / d) / (1 - 1.2 / 8000)
        for m, d in ((reference, 8000.0), (conventional, 2700.0))
    ]
    a, b = force
    (row,) = at.evaluated(plan, {"weight/T": [a, b, b, a] * 2}, air)
    assert row.error == pytest.approx(5e-6, abs=2e-8)
    assert abs(b - a - 5.3e-6) > 5e-6  # without the correction it would be wrong by more than all of it


def test_correlation_of_the_weights_of_a_set_is_kept_in_their_sum(site: Callable[..., Any]) -> None:
    """1 kg from 500 + 200 + 200 + 100 g, all correlated by 0.8: u² = Σ Σ u_i r_ij u_j."""
    at = site(NAME, weights=[weight("T", [{"name": n, "nominal_kg": m} for n, m in PARTS.items()])])
    (row,) = at.evaluated(at.plan(), {"weight/T": [1.0, 1.0, 1.0, 1.0] * 4})
    u = np.array([125e-9, 50e-9, 50e-9, 25e-9])
    r = np.full((4, 4), 0.8) + 0.2 * np.eye(4)
    (certificate,) = (one for one in row.budget if one.name == "reference.certificate")
    assert certificate.u == pytest.approx(math.sqrt(u @ r @ u), rel=1e-9)
    assert certificate.sensitivity == pytest.approx(1.0)
    assert certificate.value == pytest.approx(2.5e-7 - 8e-8 + 1.1e-7 + 4e-8)


def test_no_class_is_stated_where_u_is_too_large_for_it(site: Callable[..., Any]) -> None:
    """U of 0.5 mg is no third of the 0.5 mg of class E1 (R 111-1, 5.2), but one of the 5 mg of F1."""
    indications = [1.0, 1.0, 1.0, 1.0] * 2
    for name, verdict in (("E1", "none"), ("F1", "pass")):
        at = site(NAME, cycles=2, weights=[weight("T", weight_class=name)])
        (row,) = at.evaluated(at.plan(), {"weight/T": indications})
        assert row.verdict == verdict
        assert any("no statement of class" in remark.en for remark in row.remarks) == (verdict == "none")


def test_cycles_that_scatter_more_than_the_process_are_remarked(site: Callable[..., Any]) -> None:
    at = site(NAME, cycles=4, process_s_kg=1e-8, process_dof=30, weights=[weight("T")])
    wild = [1.0, 1.0 + 1e-7, 1.0 + 1e-7, 1.0, 1.0, 1.0 - 1e-7, 1.0 - 1e-7, 1.0] * 2
    (row,) = at.evaluated(at.plan(), {"weight/T": wild})
    assert any("scatter more than the process" in remark.en for remark in row.remarks)
    (row,) = at.evaluated(at.plan(), {"weight/T": [1.0, 1.0, 1.0, 1.0] * 4})
    assert row.remarks == ()


def test_limits_of_the_tests_are_those_of_the_tables() -> None:
    """F(0.95; 5, 10) = 3.33, F(0.99; 5, 10) = 5.64; t(0.975; 10) = 2.228, t(0.995; 10) = 3.169."""
    f, t = f_test(1.0, 5, 1.0, 10), t_test(3.0, 1.0, 1.0, 10)
    assert [f.warning, f.action] == pytest.approx([3.33, 5.64], abs=0.005)
    assert [t.warning, t.action] == pytest.approx([2.228, 3.169], abs=5e-4)
    assert (t.statistic, t.state, f.state) == (2.0, "in control", "in control")
    assert f_test(2.0, 5, 1.0, 10).state == "warning"
    assert t_test(1.0 - 3.2, 1.0, 1.0, 10).state == "out of control"


def test_a_check_standard_out_of_control_ends_the_run_before_anything_is_weighed() -> None:
    check = {"name": "T200", "nominal_kg": 0.2, "against": [{"name": "R200", "nominal_kg": 0.2}], "s_kg": 1e-7}
    for shift_kg, status in ((0.0, "complete"), (1e-6, "failed")):
        sample = Sample.load(NAME)
        bench = sample.simulated_bench(4)
        weights: Any = bench.worlds["mass"]
        accepted = weights.weights["T200"].conventional_kg - 0.2 + shift_kg
        accepted -= weights.weights["R200"].conventional_kg - 0.2 + 8e-8  # what is found with the certificate's value
        known = {**check, "error_kg": accepted, "dof": 20.0, "density_kg_m3": weights.weights["T200"].density_kg_m3}
        outcome = Sample.load(NAME, parameters={"check": known}).calibrate(bench)
        assert outcome.status == status
        if shift_kg:
            assert "check standard T200: found" in str(outcome.error)
            assert "out of control" in str(outcome.error)
            assert outcome.results == ()


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ([weight("T", [{"name": "R500", "nominal_kg": 0.5}])], "1 kg is compared with 0.5 kg"),
        ([weight("T", [{"name": "R9", "nominal_kg": 1.0}])], "lists no weight R9 of 1 kg"),
        ([weight("T"), weight("T")], "weight T: is asked for twice"),
        ([weight("T", [{"name": "R500", "nominal_kg": 0.5}] * 2, weight_class="M3")], "R500 stands twice"),
    ],
)
def test_what_could_not_be_evaluated_is_refused_before_it_is_weighed(
    site: Callable[..., Any], weights: Any, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        site(NAME, weights=weights).plan()


def test_a_coverage_study_of_the_sample_laboratory_holds(studied: Callable[..., Coverage]) -> None:
    found = studied(Task(NAME), "", 60)
    assert found.holds
    assert found.coverage > 0.9
    for point in found.per_point:
        assert 0.75 < point.u_over_error < 1.4


@pytest.mark.parametrize(
    "error", ["without:reference.certificate", "sign:reference.certificate", "half:reference.certificate"]
)
def test_planted_errors_are_found(planted: Callable[..., bool], error: str) -> None:
    assert planted(Task(NAME), error, 60)


@pytest.mark.parametrize("error", ["", "drift"])
def test_a_doubled_drift_is_found_where_the_reference_is_old(planted: Callable[..., bool], error: str) -> None:
    assert planted(Task(NAME, later_days=300), error, 40) == bool(error)


def test_a_history_is_drawn_with_its_degrees_of_freedom() -> None:
    """s²·ν/σ² of 2000 histories has the mean ν and the variance 2ν of χ² (JCGM 100:2008, G.3)."""
    plan, chance = Sample.load(NAME).plan(TODAY), Chance(np.random.default_rng(1))
    stated = {"process_s_kg": 2e-8, "process_dof": 10.0}
    s = np.array([draw_history(plan, stated, chance)["process_s_kg"] for _ in range(2000)])
    chi2 = 10 * (s / 2e-8) ** 2
    assert np.mean(chi2) == pytest.approx(10.0, rel=0.04)
    assert np.var(chi2) == pytest.approx(20.0, rel=0.15)
    assert draw_history(plan, {"process_s_kg": 2e-8}, chance) == {"process_s_kg": 2e-8}


def test_weights_of_a_set_taken_as_independent_fail_the_study() -> None:
    """The same calibrations of 1 kg against 500 + 200 + 200 + 100 g, evaluated with and without the correlation."""
    kilogram = Sample.load(NAME).job.parameters["weights"][:1]
    sample = Sample.load(NAME, parameters={"weights": kilogram})
    normalised: dict[str, list[float]] = {"as certified": [], "independent": []}
    for number in range(40):
        sequence = np.random.SeedSequence((7, number))
        drawn = draw(sample.plan(TODAY), (), Chance(np.random.default_rng(sequence)))
        bench = sample.simulated_bench(int(sequence.generate_state(1)[0]), drawn.truths)
        outcome = sample.calibrate(bench, sample.plan(TODAY, drawn.equipment))
        assert outcome.readings is not None
        truth = BenchWorld(bench).value("T1000") - 1.0
        for how, readings in (("as certified", outcome.readings), ("independent", _uncorrelated(outcome.readings))):
            procedure = sample.procedure(Context(readings.snapshot))
            (row,) = procedure.evaluate(readings)
            normalised[how].append((row.error - truth) / row.U)
    held = {how: float(np.mean(np.abs(values) <= 1)) for how, values in normalised.items()}
    assert held["as certified"] > 0.9
    assert held["independent"] < 0.88
    assert np.std(normalised["independent"]) > 1.3 * np.std(normalised["as certified"])


def _uncorrelated(readings: Any) -> Any:
    """Return the readings with a register that says that the weights of the set have nothing in common."""
    snapshot = dict(readings.snapshot)
    equipment = {**snapshot["equipment"]["W-01"]}
    (calibration,) = equipment["calibrations"]
    values = [{**table, "correlation": "none"} for table in calibration["values"]]
    equipment["calibrations"] = [{**calibration, "values": values}]
    snapshot["equipment"] = {**snapshot["equipment"], "W-01": equipment}
    return replace(readings, snapshot=snapshot)
