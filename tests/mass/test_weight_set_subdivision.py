"""Sub-division of a set by least squares: known solutions, correlated results, coverage, speed, what is refused."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calib.errors import InputError
from calib.study import Coverage, Sample
from calib.study.runs import Task
from calib.uncertainty import Quantity

NAME = "weight-set-subdivision"
REFERENCE = [{"name": "R1000", "nominal_kg": 1.0}]
ERROR_KG = -3e-7
"""Of R1000, by its certificate; U = 0.5 mg, k = 2."""


def of_set(**nominal_kg: float) -> list[dict[str, Any]]:
    return [{"name": name, "nominal_kg": m} for name, m in nominal_kg.items()]


def comparisons(*texts: str) -> list[dict[str, Any]]:
    """Return comparisons written as `R1000 < T500+S500`: load A, load B."""
    return [{k: side.strip().split("+") for k, side in zip("ab", text.split("<"), strict=True)} for text in texts]


def abba(nominal_kg: float, difference_kg: float) -> list[float]:
    return [nominal_kg, nominal_kg + difference_kg, nominal_kg + difference_kg, nominal_kg]


def of_weights(rows: Any) -> list[Any]:
    return [row for row in rows if row.point.startswith("weight/")]


QUIET = {"sensitivity": 0.0, "air_temperature_K": 0.0, "air_humidity_percent": 0.0, "air_pressure_Pa": 0.0,
         "reference_density_U_kg_m3": 0.0, "cycles": 1, "check": None}  # fmt: skip


def test_two_halves_have_the_solution_that_can_be_written_down(site: Callable[..., Any]) -> None:
    """1000 < A + B differs by s, A < B by d: A = (E_R + s − d)/2, B = (E_R + s + d)/2; u as the design says."""
    at = site(
        NAME, **QUIET, weights=of_set(A=0.5, B=0.5), reference=REFERENCE, digit_kg=1e-9,
        comparisons=comparisons("R1000 < A+B", "A < B"), process_s_kg=1e-8, process_dof=50.0,
    )  # fmt: skip
    plan = at.plan()
    ids = [point.id for point in plan.points]
    s, d = 4e-7, 1e-7
    readings = at.readings(plan, {ids[0]: abba(1.0, s), ids[1]: abba(0.5, d)})
    rows = {row.point: row for row in plan.procedure.evaluate(readings)}
    assert rows["weight/A"].error == pytest.approx((ERROR_KG + s - d) / 2, abs=1e-14)
    assert rows["weight/B"].error == pytest.approx((ERROR_KG + s + d) / 2, abs=1e-14)
    parts = {row.name: row.u for row in rows["weight/A"].budget}
    assert parts["A.difference"] == pytest.approx(1e-8 * np.sqrt(0.5))  # (s − d)/2 of two observations
    assert parts["reference.certificate"] == pytest.approx(0.5 * 2.5e-7)
    errors = plan.procedure.errors(readings)
    a, b = errors["as-found", "weight/A"], errors["as-found", "weight/B"]
    assert isinstance(a + b, Quantity)
    drift = 0.5e-6 / np.sqrt(3) * 30 / 365.25
    assert float((a + b).u) == pytest.approx(np.sqrt(2.5e-7**2 + drift**2 + 1e-16), rel=1e-6)  # E_R + s
    assert float((a - b).u) == pytest.approx(1e-8, rel=1e-6)  # −d: the reference drops out


FIVE = {"T500": 0.5, "T200": 0.2, "T200a": 0.2, "T100": 0.1, "T100a": 0.1}


def test_values_that_fit_exactly_are_found_exactly_and_buoyancy_is_taken_off(site: Callable[..., Any]) -> None:
    """Indications are computed from forces: true masses and volumes in the air."""
    at = Sample.load(NAME)
    true = {"T500": 3e-7, "T200": -1e-7, "T200a": 2e-7, "T100": 5e-8, "T100a": -4e-8, "R1000": ERROR_KG}
    nominal = {**FIVE, "R1000": 1.0}
    rho, plan = 1.1993138954744933, site(NAME).plan()
    mass = {}
    for name, error in true.items():
        density = 8000.0 if name == "R1000" else 7850.0
        conventional = nominal[name] + error
        mass[name] = conventional * (1 - 1.2 / 8000) / (1 - 1.2 / density) * (1 - rho / density) / (1 - rho / 8000)
    weighed = {}
    for point, one in zip(plan.points, at.job.parameters["comparisons"], strict=True):
        a, b = (sum(mass[name] for name in one[side]) for side in "ab")
        weighed[point.id] = [a, b, b, a]
    rows = plan.procedure.evaluate(site(NAME).readings(plan, weighed))
    assert {row.point.partition("/")[2]: row.error for row in of_weights(rows)} == pytest.approx(
        {name: true[name] for name in FIVE}, abs=2e-10
    )


def test_no_row_is_stated_before_every_comparison_is_there(site: Callable[..., Any]) -> None:
    at = site(NAME)
    plan = at.plan()
    weighed = {point.id: abba(point.nominal, 0.0) for point in plan.points}
    assert len(of_weights(at.evaluated(plan, weighed))) == 5
    weighed.popitem()
    assert of_weights(at.evaluated(plan, weighed)) == []


def test_residuals_give_the_variance_where_there_is_no_history(site: Callable[..., Any]) -> None:
    """s² = Σ r²/(m − n): against a solution by numpy of the same observations."""
    rng = np.random.default_rng(3)
    at = site(NAME, **{**QUIET, "process_s_kg": 0.0, "cycles": 2})
    plan = at.plan()
    noise = rng.normal(0.0, 1e-7, len(plan.points))
    weighed = {p.id: abba(p.nominal, d) * 2 for p, d in zip(plan.points, noise, strict=True)}
    solved = plan.procedure.solved(at.readings(plan, weighed))
    pairs = Sample.load(NAME).job.parameters["comparisons"]
    matrix = np.array([[(n in c["b"]) - (n in c["a"]) for n in FIVE] for c in pairs], dtype=float)
    lift = {n: m * (1.1993138954744933 - 1.2) * (1 / 7850 - 1 / 8000) for n, m in FIVE.items()}
    known = np.array([-ERROR_KG if "R1000" in c["a"] else 0.0 for c in pairs])
    observed = noise + matrix @ np.array(list(lift.values())) - known
    found, residual, _, _ = np.linalg.lstsq(matrix, observed, rcond=None)
    assert solved.dof == 5
    assert solved.s_kg == pytest.approx(np.sqrt(residual[0] / 5), rel=1e-6)
    values = [argument.value.value for argument in solved.arguments.values()]
    assert [float(v) for v in values] == pytest.approx(found, abs=1e-13)


def test_a_check_standard_of_the_set_is_told_in_and_out_of_control(site: Callable[..., Any]) -> None:
    for error_kg, told in ((0.0, "in control"), (1e-6, "OUT OF CONTROL")):
        check = {"name": "T100a", "error_kg": error_kg, "s_kg": 1e-7, "dof": 20.0}
        at = site(NAME, check=check)
        plan = at.plan()
        rows = of_weights(at.evaluated(plan, {p.id: abba(p.nominal, 0.0) for p in plan.points}))
        assert any("t (T100a)" in r.en and r.en.endswith(f": {told}") for r in rows[0].remarks)


def test_a_coverage_study_of_the_sample_laboratory_holds(studied: Callable[..., Coverage]) -> None:
    found = studied(Task(NAME), "", 40)
    assert found.holds
    assert found.coverage > 0.9
    assert all(0.75 < point.u_over_error < 1.4 for point in found.per_point)


@pytest.mark.parametrize(
    "error", ["without:reference.certificate", "sign:reference.certificate", "half:difference", "sign:air"]
)
def test_planted_errors_are_found(planted: Callable[..., bool], error: str) -> None:
    assert planted(Task(NAME), error, 40)


@pytest.mark.parametrize("error", ["half:reference.certificate", "drift"])
def test_planted_errors_of_an_old_reference_are_found(planted: Callable[..., bool], error: str) -> None:
    assert planted(Task(NAME, later_days=300), error, 40)


def test_no_class_is_stated_where_u_is_too_large_for_it(site: Callable[..., Any]) -> None:
    """0.25 mg of 500 g is no third of the 0.25 mg of class E1, but one of the 2.5 mg of F1."""
    for name, verdict in (("E1", "none"), ("F1", "pass")):
        weights = [one | {"weight_class": name} for one in of_set(**FIVE)]
        at = site(NAME, weights=weights)
        plan = at.plan()
        rows = of_weights(at.evaluated(plan, {p.id: abba(p.nominal, 0.0) for p in plan.points}))
        assert rows[0].verdict == verdict
        assert any("no statement of class" in remark.en for remark in rows[0].remarks) == (verdict == "none")


TWELVE = {"A5": 0.5, "B2": 0.2, "C2": 0.2, "D1": 0.1, "E1": 0.1, "F05": 0.05, "G02": 0.02, "H02": 0.02, "I01": 0.01,
          "J01": 0.01, "K005": 0.005, "L005": 0.005}  # fmt: skip


def test_twelve_weights_by_thirty_comparisons_are_evaluated_within_a_fifth_of_a_second(
    site: Callable[..., Any],
) -> None:
    loads: dict[float, list[tuple[str, ...]]] = {}
    for n in range(1, 5):
        for names in itertools.combinations(TWELVE, n):
            loads.setdefault(round(sum(TWELVE[name] for name in names), 9), []).append(names)
    pairs = [(a, b) for several in loads.values() for a, b in itertools.combinations(several, 2) if not set(a) & set(b)]
    chosen = [{"a": ["R1000"], "b": ["A5", "B2", "C2", "D1"]}]
    rows: list[list[float]] = [[float(n in chosen[0]["b"]) for n in TWELVE]]
    for a, b in sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1])):
        row = [float((n in b) - (n in a)) for n in TWELVE]
        rank = np.linalg.matrix_rank(np.array(rows))
        if len(chosen) < 30 and (rank == 12 or np.linalg.matrix_rank(np.array([*rows, row])) > rank):
            rows.append(row)
            chosen.append({"a": list(a), "b": list(b)})
    assert len(chosen) == 30
    at = site(NAME, weights=of_set(**TWELVE), comparisons=chosen)
    plan = at.plan()
    readings = at.readings(plan, {p.id: abba(p.nominal, 0.0) for p in plan.points})
    plan.procedure.evaluate(readings)  # what is loaded when first used
    begun = time.process_time()
    found = plan.procedure.evaluate(readings)
    assert time.process_time() - begun < 0.2
    assert len(of_weights(found)) == 12


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"comparisons": comparisons("R1000 < T500+T200+T200a+T100")}, "determine 1 of 5 weights"),
        ({"comparisons": comparisons("T500 < T200+T200a")}, "0.4 kg is compared with 0.5 kg"),
        ({"comparisons": comparisons("T500 < X")}, "no weight X among"),
        ({"comparisons": comparisons("T200 < T200")}, "a weight is there once"),
        ({"reference": [{"name": "R9", "nominal_kg": 1.0}]}, "lists no weight R9"),
        ({"check": {"name": "Q", "error_kg": 0.0, "s_kg": 1e-7, "dof": 5.0}}, "Q is no weight of the set"),
    ],
)
def test_what_could_not_be_solved_is_refused_before_it_is_weighed(
    site: Callable[..., Any], changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        site(NAME, **changes).plan()
