"""What the budgets of thermometry declare is what the benches are subject to, and each planted error is found."""

from typing import Any

import numpy as np
import pytest

from calib.equipment import CertifiedThermometer
from calib.errors import InputError
from calib.physics import platinum
from calib.study import Sample, Task, calibrate_many, coverage, parse_break
from calib.study.chance import Chance
from calib.study.drawing import disturbances, draw

P = 0.9545
QUICK = {"window_s": 60.0, "soak_s": 0.0, "cycles": 4, "interval_s": 5.0, "stable_K_per_min": 0.02}
EXACT = {"homogeneity_K": 0.0005, "stability_K": 0.0002, "reference_self_heating_K": 0.0002}
"""Of a bath in which the standard's own errors are seen."""
BLOCK = {"radial_K": 0.002, "axial_K": 0.001, "loading_K": 0.0, "hysteresis_K": 0.001, "stability_K": 0.001}
THERMOCOUPLE = {"leads_V": 2e-8, "thermal_emf_V": 2e-8, "ice_K": 0.0}
AT: dict[str, tuple[float, ...]] = {
    "thermometer-by-comparison": (100.0,),
    "prt-industrial": (0.0, 60.0, 120.0),
    "thermocouple-by-comparison": (120.0,),
    "block-calibrator": (150.0,),
}


def task(procedure: str, error: str | None = None, later_days: int = 0, **parameters: Any) -> Task:
    given = {**QUICK, "temperatures_C": AT[procedure], **parameters}
    broken = None if error is None else parse_break(error)
    return Task(procedure, parameters=tuple(given.items()), broken=broken, later_days=later_days)


@pytest.mark.parametrize("procedure", AT)
def test_stated_intervals_hold_the_truth_as_often_as_they_say_and_are_not_too_wide(procedure: str) -> None:
    """Small, so that it is quick: `calib study coverage` does the same with thousands of runs."""
    found = coverage(calibrate_many(task(procedure), 30, seed=2), procedure, 2)
    for point in found.per_point:
        assert point.upper >= P, point
        assert 0.75 < point.u_over_error < 1.4, point
        assert abs(point.mean_normalised) < 0.3, point


@pytest.mark.parametrize(
    ("procedure", "error", "parameters"),
    [
        ("thermometer-by-comparison", "half:homogeneity", {"homogeneity_K": 0.03}),
        ("thermometer-by-comparison", "half:reference.certificate", EXACT | {"temperatures_C": (150.0,), "runs": 60}),
        ("thermometer-by-comparison", "without:reference.certificate", {}),
        ("prt-industrial", "half:homogeneity", {"homogeneity_K": 0.03}),
        ("prt-industrial", "sign:reference.certificate", {"temperatures_C": (120.0,)}),
        ("thermocouple-by-comparison", "half:leads", {"leads_V": 6e-6}),
        ("thermocouple-by-comparison", "half:junction", {"leads_V": 2e-7, "ice_K": 0.2}),
        ("thermocouple-by-comparison", "without:reference.certificate", EXACT | THERMOCOUPLE),
        ("block-calibrator", "half:radial", {"radial_K": 0.4}),
        ("block-calibrator", "half:hysteresis", {"radial_K": 0.01, "axial_K": 0.01, "hysteresis_K": 0.2}),
        ("block-calibrator", "sign:reference.certificate", BLOCK),
    ],
)
def test_a_planted_error_is_found(procedure: str, error: str, parameters: dict[str, Any]) -> None:
    given = {"runs": 25, **parameters}
    number = given.pop("runs")
    runs = calibrate_many(task(procedure, error, **given), number, seed=3)
    assert not coverage(runs, procedure, 3).holds


@pytest.mark.parametrize(
    ("procedure", "parameters"),
    [("thermometer-by-comparison", EXACT), ("prt-industrial", EXACT | {"item_self_heating_K": 0.0002})],
)
def test_a_doubled_drift_is_found_where_the_standard_is_old(procedure: str, parameters: dict[str, Any]) -> None:
    task_ = task(procedure, "drift", 330, temperatures_C=(0.0,), **parameters)
    assert not coverage(calibrate_many(task_, 40, seed=3), procedure, 3).holds


@pytest.mark.parametrize(("procedure", "variant"), [*((name, "") for name in AT), ("block-calibrator", "furnace")])
def test_every_bounded_input_of_a_budget_is_drawn_within_just_its_bounds(procedure: str, variant: str) -> None:
    sample = Sample.load(procedure, variant=variant)
    bench = sample.simulated_bench(1)
    plan = sample.plan(bench.clock.now().date())
    many = [disturbances(plan, Chance(np.random.default_rng(seed))) for seed in range(400)]
    bounds: dict[tuple[str, str], list[float]] = {}
    for bound in plan.procedure.bounds():
        bounds.setdefault((bound.of, bound.effect), []).append(bound.half_width)
        bench.impose(bound.of, {bound.effect: (0.0,)})  # there is such a part, and it knows the effect
    for (of, effect), half_widths in bounds.items():
        drawn = np.array([each[of][effect] for each in many])
        assert drawn.shape[1] in {1, len(plan.points)}
        assert np.max(np.abs(drawn)) <= sum(half_widths)
        assert float(np.std(drawn)) == pytest.approx(float(np.hypot.reduce(half_widths)) / 3**0.5, rel=0.12)


def test_a_thermometer_departs_from_its_certificate_by_its_U_as_the_register_says_that_errors_correlate() -> None:
    sample = Sample.load("thermometer-by-comparison", parameters={"temperatures_C": (0.0, 150.0)})
    plan = sample.plan(sample.simulated_bench(1).clock.now().date())
    standard = plan.standards["reference"]
    law = standard.calibrations[0].thermometer
    assert law is not None

    def errors_K(correlation: str) -> Any:
        changed = law.model_copy(update={"correlation": correlation, "drift_K_per_year": 0.0})
        calibration = standard.calibrations[0].model_copy(update={"thermometer": changed})
        other = standard.model_copy(update={"calibrations": (calibration,)})
        plan.standards["reference"] = other  # type: ignore[index]
        many: list[Any] = [draw(plan, (), Chance(np.random.default_rng(s))).truths["reference"] for s in range(300)]
        return np.array([[law.temperature_C(t.value(at)) - at for at in (0.0, 150.0)] for t in many])

    for correlation, r in (("full", 1.0), ("none", 0.0)):
        found = errors_K(correlation)
        expected = [law.U_K(t, "SPRT") / law.k for t in (0.0, 150.0)]
        assert np.std(found, axis=0) == pytest.approx(expected, rel=0.12)
        assert float(np.corrcoef(found.T)[0, 1]) == pytest.approx(r, abs=0.15)


def test_a_thermometer_known_by_its_fitted_coefficients_departs_by_their_covariance() -> None:
    u = {"R0": 2e-3, "A": 1e-7}
    law = CertifiedThermometer.model_validate(
        {
            "kind": "callendar-van-dusen",
            "R0_ohm": 100.0,
            "within_C": (-50, 200),
            "k": 2,
            "coefficients": {"names": tuple(u), "u": tuple(u.values()), "correlation": ((1.0, -0.8), (-0.8, 1.0))},
            "drift_K_per_year": 0.0,
        }
    )
    sample = Sample.load("thermometer-by-comparison", parameters={"temperatures_C": (0.0, 150.0)})
    plan = sample.plan(sample.simulated_bench(1).clock.now().date())
    standard = plan.standards["reference"]
    calibration = standard.calibrations[0].model_copy(update={"thermometer": law})
    plan.standards["reference"] = standard.model_copy(update={"calibrations": (calibration,)})  # type: ignore[index]
    many: list[Any] = [draw(plan, (), Chance(np.random.default_rng(s))).truths["reference"] for s in range(300)]
    errors_K = np.array([[law.temperature_C(t.value(at)) - at for at in (0.0, 150.0)] for t in many])
    at_0_K = u["R0"] / 100.0 / platinum.A  # dR/dt at 0 °C is R0·A
    slope_ohm = 100.0 * (platinum.A + 2 * platinum.B * 150.0)
    by_R0, by_A = (1 + platinum.A * 150 + platinum.B * 150**2) * u["R0"], 100.0 * 150 * u["A"]
    at_150_K = (by_R0**2 + by_A**2 - 2 * 0.8 * by_R0 * by_A) ** 0.5 / slope_ohm
    assert np.std(errors_K, axis=0) == pytest.approx([at_0_K, at_150_K], rel=0.12)


def test_what_nothing_on_a_bench_can_be_subject_to_is_told() -> None:
    bench = Sample.load("thermocouple-by-comparison").simulated_bench(1)
    with pytest.raises(InputError, match=r"nothing on this simulated bench called 'furnace' can be subject to place_K"):
        bench.impose("furnace", {"place_K": (0.01,)})
    with pytest.raises(InputError, match=r"simulated item: it is not subject to places_K, but to place_K, swing_K"):
        bench.impose("item", {"places_K": (0.01,)})
    with pytest.raises(InputError, match=r"simulated emf: it is not subject to emf_V, but to thermal_emf_V"):
        bench.impose("emf", {"emf_V": (1e-6,)})
