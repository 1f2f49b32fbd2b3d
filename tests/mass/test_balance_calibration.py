"""Balances: budget by hand, repeatability and eccentricity, use and smallest weight, coverage, what is refused."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calib.errors import InputError
from calib.procedure.mass.dispersion import Dispersion
from calib.procedure.mass.use import UseLine
from calib.run import SimulatedHands, SimulatedOperator, run
from calib.study import Coverage, Sample, sample_folder
from calib.study.runs import Task
from calib.study.world import BenchWorld
from calib.uncertainty import correlation

NAME = "balance"
REPEATED = [0.5 + 1e-6 * n for n in (0, 1, 2, 0, 1, 1, 0, 2, 1, 2)]
CORNERS = [0.4, 0.4 + 3e-6, 0.4 - 4e-6, 0.4 + 1e-6, 0.4 - 2e-6]


def weighed(plan: Any, errors_kg: list[float]) -> dict[str, list[float]]:
    """Return indications: the tests as above, and the loads with errors."""
    first, *others = plan.points
    corners, loads = others[:4], others[4:]
    found = {first.id: REPEATED} | {p.id: [CORNERS[0], off] for p, off in zip(corners, CORNERS[1:], strict=True)}
    return found | {p.id: [p.nominal + e] for p, e in zip(loads, errors_kg, strict=True)}


ERRORS_KG = [1e-6, 2e-6, 4e-6, 7e-6, 9e-6]


def test_the_budget_is_that_of_cg_18(site: Callable[..., Any]) -> None:
    """u²(I) = s² + (w_ecc I)²; w_ecc = |ΔI|max/(2 L √3); E = I − m_ref, at 500 g by hand.

    cg-18 adds (d² + d₀²)/12, which s = 0.8 mg contains: decision 3.
    """
    quiet = {"air_temperature_K": 0.0, "air_humidity_percent": 0.0, "air_pressure_Pa": 0.0}
    at = site(NAME, **quiet, reference_density_U_kg_m3=0.0, off_centre_alone=0.5)
    plan = at.plan()
    rows = {row.point: row for row in at.evaluated(plan, weighed(plan, ERRORS_KG))}
    assert [name for name in rows if name.startswith("error")] == [
        "error/100 g",
        "error/200 g",
        "error/500 g",
        "error/800 g",
        "error/1 kg",
    ]
    row = rows["error/500 g"]
    certified = 2.5e-7
    assert row.error == pytest.approx(4e-6 - certified, abs=1e-12)
    s = float(np.std(REPEATED, ddof=1))
    w = 4e-6 / (2 * 0.4 * math.sqrt(3))
    u_reference = math.hypot(1.25e-7, 0.5e-6 * 0.5 / math.sqrt(3) * 30 / 365.25)
    expected = math.sqrt(s**2 + (w * (0.5 + 4e-6)) ** 2 + u_reference**2)
    assert row.u == pytest.approx(expected, rel=1e-6)
    assert row.verdict == "pass"


def test_one_weight_in_the_middle_has_less_eccentricity_than_a_stack(site: Callable[..., Any]) -> None:
    """The half-width is the part of the way to a corner, times |ΔI|max/L, times the load: 4 mg at 400 g."""
    at = site(NAME, off_centre=0.5, off_centre_alone=0.05)
    plan = at.plan()
    rows = {row.point: row for row in at.evaluated(plan, weighed(plan, ERRORS_KG))}
    for point, part in (("error/500 g", 0.05), ("error/800 g", 0.5)):
        (row,) = (one for one in rows[point].budget if one.name == "eccentricity")
        assert row.u == pytest.approx(part * 4e-6 / 0.4 * rows[point].indicated / math.sqrt(3), rel=1e-9)


def test_one_load_lies_where_it_lay_before_and_another_elsewhere(site: Callable[..., Any]) -> None:
    """The error by eccentricity is one for the same weights, up and down, and none of another load's."""
    at = site(NAME, descending=True, off_centre=1.0, off_centre_alone=1.0)
    plan = at.plan()
    shown = weighed(plan, [*ERRORS_KG, 7e-6, 4e-6, 2e-6, 1e-6])
    shown[plan.points[0].id] = [0.5, 0.5, 0.5, 0.5, 0.500001] * 2  # hardly any scatter
    errors = plan.procedure.errors(at.readings(plan, shown))
    up, down, other = (errors["as-found", p] for p in ("error/500 g", "descending/500 g", "error/1 kg"))
    assert correlation([up, down])[0, 1] > 0.95
    assert correlation([up, other])[0, 1] < 0.05


def test_readings_that_are_all_alike_have_the_rounding_of_load_and_zero(site: Callable[..., Any]) -> None:
    """d²/12 + d₀²/12 where repeatability is nothing, and twice that for a difference of two (cg-18)."""
    at = site(NAME)
    plan = at.plan()
    shown = weighed(plan, ERRORS_KG)
    shown[plan.points[0].id] = [0.5] * 10
    rows = {row.point: row for row in at.evaluated(plan, shown)}
    for point, digits2 in (("error/100 g", 2), ("repeatability/500 g", 2), ("eccentricity/400 g back-left", 4)):
        (row,) = (one for one in rows[point].budget if one.name == "repeatability")
        assert row.u == pytest.approx(1e-6 * math.sqrt(digits2 / 12))


def test_loads_of_several_weights_keep_the_correlation_of_their_certificate(site: Callable[..., Any]) -> None:
    at = site(NAME)
    plan = at.plan()
    (row,) = (r for r in at.evaluated(plan, weighed(plan, ERRORS_KG)) if r.point == "error/800 g")
    u = np.array([125e-9, 50e-9, 25e-9])
    r = np.full((3, 3), 0.8) + 0.2 * np.eye(3)
    (certificate,) = (one for one in row.budget if one.name == "reference.certificate")
    assert certificate.u == pytest.approx(math.sqrt(u @ r @ u), rel=1e-9)


def test_the_line_for_use_is_that_of_its_parts(site: Callable[..., Any]) -> None:
    """U(0) = 2 √(d²/12 + d²/12 + s²); at the capacity all that is relative and the errors come on top."""
    at = site(NAME)
    plan = at.plan()
    found = at.evaluated(plan, weighed(plan, ERRORS_KG))
    rows = [row for row in found if row.point.startswith("error")]
    tests = plan.procedure.tests(at.readings(plan, weighed(plan, ERRORS_KG)))
    s = float(np.std(REPEATED, ddof=1))
    assert (tests.s_kg, tests.dof, tests.load_kg) == (pytest.approx(s), 9.0, 0.4)
    assert tests.off_centre_kg == pytest.approx(4e-6)
    line = plan.procedure.use_line(tests, rows)
    alpha = math.sqrt(2 * 1e-12 / 12 + s**2)
    assert line.a_kg == pytest.approx(2 * alpha)
    weights = np.array([(r.indicated / r.u) ** 2 for r in rows])
    slope = float(np.sum([r.indicated * r.error / r.u**2 for r in rows]) / weights.sum())
    beta2 = tests.w_eccentricity**2 + 1 / weights.sum() + (10 * 2e-6) ** 2 / 12 + (5e-6) ** 2 / 3
    at_full = 2 * math.sqrt(alpha**2 + beta2 * 1.1**2) + abs(slope) * 1.1
    assert line.a_kg + line.b * 1.1 == pytest.approx(at_full)
    told = " ".join(remark.en for remark in rows[0].remarks)
    assert "greatest |ΔI| 4 mg at 400 g" in told
    assert "U(W) =" in told
    assert "Smallest weight for a relative uncertainty of 0.1 %, safety factor 2" in told
    assert all(row.remarks == () for row in rows[1:])


def test_repeatability_and_eccentricity_are_results_of_their_own(site: Callable[..., Any]) -> None:
    at = site(NAME)
    plan = at.plan()
    rows = {row.point: row for row in at.evaluated(plan, weighed(plan, ERRORS_KG))}
    repeated, corner = rows["repeatability/500 g"], rows["eccentricity/400 g back-left"]
    assert (repeated.n, repeated.s) == (10, pytest.approx(float(np.std(REPEATED, ddof=1))))
    assert repeated.error == pytest.approx(1e-6 - 2.5e-7, abs=1e-9)
    assert corner.error == pytest.approx(-4e-6)
    s = float(np.std(REPEATED, ddof=1))
    assert corner.u == pytest.approx(math.sqrt(2) * s)


def test_the_smallest_weight_has_just_the_uncertainty_that_is_asked_for() -> None:
    line = UseLine(a_kg=1e-6, b=1e-5)
    smallest_kg = line.smallest_kg(0.001, 2.0)
    assert smallest_kg is not None
    assert 2.0 * (line.a_kg + line.b * smallest_kg) / smallest_kg == pytest.approx(0.001)
    assert line.smallest_kg(1e-5, 1.0) is None


def test_eccentricity_is_relative_to_twice_its_load() -> None:
    assert Dispersion(0.0, 9.0, 2e-6, 0.5).w_eccentricity == pytest.approx(2e-6 / (2 * 0.5 * math.sqrt(3)))


def test_a_coverage_study_of_the_sample_laboratory_holds(studied: Callable[..., Coverage]) -> None:
    found = studied(Task(NAME), "", 40)
    assert found.holds
    assert found.coverage > 0.9
    of_stack = "error/800 g"  # cg-18 takes the greatest of four differences, each with its scatter
    for point in found.per_point:
        assert 0.75 < point.u_over_error < (3.0 if point.point == of_stack else 1.4), point


DOWN = ["descending/800 g", "descending/500 g", "descending/200 g", "descending/100 g"]


def test_descending_loads_are_asked_for_and_come_from_the_greatest(person: Callable[..., Any]) -> None:
    sample = Sample.load(NAME, parameters={"descending": True})
    bench = sample.simulated_bench(3)
    asked = person(SimulatedOperator(bench.environment))
    outcome = run(
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(asked, bench.connect, bench.panel),
    )
    assert [r.point for r in outcome.results if r.point.startswith("descending")] == DOWN
    loads = [prompt.text.en.rpartition(": ")[2] for prompt in asked.asked if prompt.id == "load.reference"]
    assert loads[-3:] == ["Take everything off the pan.", "R1000", "R100"]


def test_hysteresis_is_found_and_told_and_its_sign_is_right() -> None:
    """A balance that loses up to 50 mg on the way down: each result holds its own truth."""
    sample = Sample.load(NAME, parameters={"descending": True})
    balance = sample.simulated.instruments["balance"].model_copy(update={"hysteresis_kg": 5e-5})
    changed = {**sample.simulated.instruments, "balance": balance}
    sample.__dict__["simulated"] = sample.simulated.model_copy(update={"instruments": changed})
    bench = sample.simulated_bench(5)
    outcome, world = sample.calibrate(bench), BenchWorld(bench)
    rows = {row.point: row for row in outcome.results}
    for point in DOWN:
        row = rows[point]
        assert abs(row.error - sample.procedure.truth(row, world)) < 1.5 * row.U
    lost = rows["descending/500 g"].error - rows["error/500 g"].error
    factor = bench.instruments["balance"].weighing.errors.hysteresis  # type: ignore[attr-defined]
    assert lost == pytest.approx(factor * 4 * 0.5 * 0.5 / 1.1**2, abs=8e-6)
    assert abs(lost) > 1e-5
    told = " ".join(remark.en for remark in rows["error/100 g"].remarks)
    assert "Descending against ascending loads: errors differ by" in told


@pytest.mark.parametrize("error", ["half:repeatability", "sign:reference.certificate"])
def test_planted_errors_are_found(planted: Callable[..., bool], error: str) -> None:
    assert planted(Task(NAME), error, 40)


FINE = {
    "digit_kg = 1e-6": "digit_kg = 1e-7",
    "noise_kg = 5e-7": "noise_kg = 5e-9",
    "repeatability_kg = 1.8e-6": "repeatability_kg = 3e-8",
    "eccentricity_kg = 6e-6": "eccentricity_kg = 6e-8",
    "sensitivity = 3e-6": "sensitivity = 1e-7",
    "linearity_kg = 2e-6": "linearity_kg = 2e-8",
}


@pytest.fixture(scope="module")
def fine(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """Return the study of a balance so fine that its reference weights, old ones, make most of the uncertainty."""
    folder = tmp_path_factory.mktemp("fine")
    for place in (f"benches/{NAME}-simulated.toml", f"jobs/{NAME}.toml"):
        text = (sample_folder() / place).read_text(encoding="utf-8")
        for coarse, better in FINE.items():
            text = text.replace(coarse, better)
        (folder / place.partition("/")[0]).write_text(text, encoding="utf-8")
    return Task(NAME, files=(("simulation", folder / "benches"), ("job", folder / "jobs")), later_days=300)


@pytest.mark.parametrize("error", ["", "without:reference.certificate", "drift"])
def test_planted_errors_of_the_reference_are_found_on_a_fine_balance(
    planted: Callable[..., bool], fine: Task, error: str
) -> None:
    assert planted(fine, error, 30) == bool(error)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"capacity_kg": 0.6}, "exceeds the capacity of 0.6 kg"),
        ({"eccentricity": [{"name": "R400", "nominal_kg": 0.4}]}, "lists no weight R400"),
        ({"eccentricity": [{"name": "R200", "nominal_kg": 0.2}] * 2}, "R200 stands twice"),
    ],
)
def test_what_could_not_be_evaluated_is_refused_before_it_is_weighed(
    site: Callable[..., Any], changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        site(NAME, **changes).plan()
