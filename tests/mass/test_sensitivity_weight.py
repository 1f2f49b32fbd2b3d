"""The sensitivity of the balance, measured with a small weight in every cycle (NIST SOP 4)."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from calib.errors import FileError, InputError
from calib.procedure import drawn, solve
from calib.procedures.weight_by_comparison import WeightByComparison, conventional_mass_error
from calib.study import Sample
from calib.study.world import BenchWorld
from calib.uncertainty import propagate

NAME = "weight-by-comparison"
S1 = {"name": "S1", "nominal_kg": 1e-3}
CERTIFIED_KG, REFERENCE_KG = 1e-3 + 2e-9, 1.0 - 3e-7
WEIGHT = {"name": "T", "nominal_kg": 1.0, "against": [{"name": "R1000", "nominal_kg": 1.0}]}
QUIET = {"reference_density_U_kg_m3": 0.0, "magnetism_kg": 0.0}


def cycle(gain: float, difference_kg: float, drift_kg: float = 0.0) -> list[float]:
    """Return the indications of A, B, B + s, A + s of a balance with a gain and a drift from turn to turn."""
    test_kg = REFERENCE_KG + difference_kg
    loads = (REFERENCE_KG, test_kg, test_kg + CERTIFIED_KG, REFERENCE_KG + CERTIFIED_KG)
    return [gain * load + drift_kg * n for n, load in enumerate(loads)]


def test_a_balance_that_shows_two_per_mille_too_much_does_not_falsify_the_difference(site: Callable[..., Any]) -> None:
    """50 mg of difference would be shown as 50.1 mg; the sensitivity weight takes the 0.1 mg off."""
    for weights, error_kg in ((S1, 0.0), (None, 1e-7)):
        at = site(NAME, **QUIET, cycles=2, digit_kg=1e-9, sensitivity_weight=weights, weights=[WEIGHT])
        a, b = (1.002 * load for load in (REFERENCE_KG, REFERENCE_KG + 5e-5))
        shown = cycle(1.002, 5e-5) if weights else [a, b, b, a]
        (row,) = at.evaluated(at.plan(), {"weight/T": shown * 2})
        assert row.error == pytest.approx(-3e-7 + 5e-5 + error_kg, abs=1e-12)


def test_a_linear_drift_drops_out_of_the_difference(site: Callable[..., Any]) -> None:
    at = site(NAME, **QUIET, cycles=2, digit_kg=1e-9, sensitivity_weight=S1, weights=[WEIGHT])
    (row,) = at.evaluated(at.plan(), {"weight/T": cycle(1.0, 5e-6, drift_kg=2e-9) * 2})
    assert row.error == pytest.approx(-3e-7 + 5e-6 * CERTIFIED_KG / (CERTIFIED_KG + 2e-9), abs=1e-12)


def test_what_is_not_known_of_the_sensitivity_is_in_the_budget(site: Callable[..., Any]) -> None:
    """u(S) = √(2 s²/n)/m_s of the step, with s of a cycle from history, and u/m_s of the weight; times 50 mg."""
    at = site(
        NAME, **QUIET, cycles=4, digit_kg=1e-9, process_s_kg=3e-8, process_dof=40, sensitivity_weight=S1,
        weights=[WEIGHT],
    )  # fmt: skip
    plan = at.plan()
    (row,) = at.evaluated(plan, {"weight/T": cycle(1.0, 5e-5) * 4})
    parts = {one.name: one for one in row.budget}
    assert parts["sensitivity.step"].contribution == pytest.approx(5e-5 * 3e-8 * math.sqrt(2 / 4) / 1e-3, rel=1e-3)
    assert parts["sensitivity.step"].unit == "1"
    assert parts["sensitivity.weight"].contribution == pytest.approx(5e-5 * 5e-9 / 1e-3, rel=1e-3)
    assert "sensitivity" not in parts
    (attempt,) = (readings := at.readings(plan, {"weight/T": cycle(1.0, 5e-5) * 4})).attempts
    estimates = plan.procedure.estimates(plan.points[0], attempt, readings)
    model, errors = drawn(WeightByComparison.model, estimates.arguments)
    by_draws = propagate(model, errors, method="monte-carlo", trials=20_000, seed=1)
    assert by_draws.u == pytest.approx(float(solve(conventional_mass_error, estimates.arguments).u), rel=0.03)


def test_it_is_weighed_with_both_loads_and_the_truth_is_held() -> None:
    sample = Sample.load(NAME, parameters={"sensitivity_weight": S1})
    bench = sample.simulated_bench(6)
    outcome, world = sample.calibrate(bench), BenchWorld(bench)
    assert outcome.status == "complete"
    assert outcome.readings is not None
    first = outcome.readings.attempts[0]
    shown = outcome.readings.values(first, "balance").reshape(-1, 4)
    gain = 1 + bench.instruments["balance"].weighing.errors.sensitivity  # type: ignore[attr-defined]
    assert abs(gain - 1) > 1e-4
    assert shown[:, 2] - shown[:, 1] == pytest.approx(1e-3 * gain, abs=3e-7)
    for row in outcome.results:
        assert abs(row.error - sample.procedure.truth(row, world)) <= 1.3 * row.U, row.point


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pattern": "ABA", "sensitivity_weight": S1}, "needs the pattern ABBA"),
        ({"sensitivity_weight": {"name": "S1", "nominal_kg": 1e-7}}, "100 digits of the balance or more"),
        ({"sensitivity_weight": {"name": "S9", "nominal_kg": 1e-3}}, "lists no weight S9"),
    ],
)
def test_one_that_cannot_tell_the_sensitivity_is_refused(
    site: Callable[..., Any], changes: dict[str, Any], told: str
) -> None:
    with pytest.raises((InputError, FileError), match=told):
        site(NAME, **changes).plan()
