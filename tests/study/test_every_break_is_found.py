"""Errors put into the evaluation of every electrical procedure, and what a study needs to find each of them.

Found means: the upper bound of the coverage is below what the certificates state, and at one point at least the
coverage is five standard deviations below it, of what chance makes of so many runs (binomial law). The same seed gives
the same digits. Points are those at which the input dominates; where it does not, the study says so.
"""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calib.cli.studyview import coverage_lines
from calib.study import Coverage, Task, coverage, parse_break
from calib.study.runs import Once, calibrate_once, joined

P, SIGMAS = 0.9545, 5.0
SEED = 7
LATER = 300
"""Days from now for `drift`: certificates are eleven months old then."""
Points = tuple[Mapping[str, Any], ...] | None

DC_V: Points = ({"range": 10, "nominal": 9}, {"range": 1000, "nominal": 900})
AC_V: Points = ({"range": 10, "nominal": 9, "frequency_Hz": 1e5},)
DC_A: Points = ({"range": 10, "nominal": 9}, {"range": 10, "nominal": -9})
AC_A: Points = ({"range": 3, "nominal": 2.7, "frequency_Hz": 1000},)
OHM: Points = ({"range": 1e9, "nominal": 9e8, "wires": 2}, {"range": 1e4, "nominal": 9e3, "wires": 4})
MEGOHM: Points = ({"range": 1e6, "nominal": 1e5, "wires": 2},)
HERTZ: Points = ({"range": 1e3, "nominal": 500},)
COARSE: Points = ({"quantity": "dc_voltage", "range": 60, "nominal": 6},)
AMPERES: Points = ({"quantity": "ac_current", "range": 6, "nominal": 5.4, "frequency_Hz": 1000},)
CLAMPED: Points = (
    {"quantity": "dc_current", "range": 400, "nominal": 360},
    {"quantity": "dc_current", "range": 40, "nominal": 36},
)
COLD: Points = ({"quantity": "rtd_Pt100", "range": 850, "nominal": -100},)
HOT: Points = ({"quantity": "rtd_Pt100", "range": 850, "nominal": 800},)
THREE_V: Points = ({"quantity": "dc_voltage", "range": 30, "nominal": 3},)
LOOP: Points = ({"quantity": "dc_current", "range": 0.024, "nominal": 0.02},)
ONE_V: Points = ({"quantity": "dc_voltage", "range": 10, "nominal": 1},)
SETTING: Points = ({"range": 33, "nominal": 9.9},)
OWN: Points = None
"""The job's own point."""

FOUND: tuple[tuple[str, str, Points, int], ...] = (
    ("dmm-dc-voltage", "without:source.certificate", DC_V, 20),
    ("dmm-dc-voltage", "sign:source.certificate", DC_V, 20),
    ("dmm-dc-voltage", "half:source.certificate", DC_V, 80),
    ("dmm-dc-voltage", "half:indication", ({"range": 100, "nominal": 10},), 60),
    ("dmm-dc-voltage", "half:emf", ({"range": 0.1, "nominal": 0.01},), 60),
    ("dmm-dc-voltage", "drift", DC_V, 60),
    ("dmm-ac-voltage", "without:source.certificate", AC_V, 20),
    ("dmm-ac-voltage", "sign:source.certificate", AC_V, 20),
    ("dmm-ac-voltage", "half:source.certificate", AC_V, 80),
    ("dmm-ac-voltage", "drift", AC_V, 100),
    ("dmm-dc-current", "without:source.certificate", DC_A, 20),
    ("dmm-dc-current", "sign:source.certificate", DC_A, 20),
    ("dmm-dc-current", "half:source.certificate", DC_A, 60),
    ("dmm-dc-current", "drift", DC_A, 100),
    ("dmm-ac-current", "without:source.certificate", AC_A, 20),
    ("dmm-ac-current", "sign:source.certificate", AC_A, 20),
    ("dmm-ac-current", "half:source.certificate", AC_A, 80),
    ("dmm-ac-current", "drift", AC_A, 100),
    ("dmm-resistance", "without:source.certificate", OHM, 20),
    ("dmm-resistance", "sign:source.certificate", OHM, 20),
    ("dmm-resistance", "half:source.certificate", OHM, 60),
    ("dmm-resistance", "without:zero", MEGOHM, 20),
    ("dmm-resistance", "sign:zero", MEGOHM, 20),
    ("dmm-resistance", "drift", OHM, 100),
    ("dmm-frequency", "without:source.certificate", HERTZ, 20),
    ("dmm-frequency", "sign:source.certificate", HERTZ, 20),
    ("dmm-frequency", "half:source.certificate", HERTZ, 40),
    ("dmm-frequency", "drift", HERTZ, 100),
    ("dmm-handheld", "half:indication", COARSE, 40),
    ("dmm-handheld", "half:source.specification", AMPERES, 40),
    ("clamp-meter", "half:position", CLAMPED, 60),
    ("clamp-meter", "without:coil.certificate", CLAMPED, 20),
    ("clamp-meter", "sign:coil.certificate", CLAMPED, 20),
    ("temperature-indicator", "half:indication", COLD, 40),
    ("temperature-indicator", "half:source.specification", HOT, 80),
    ("process-calibrator-source", "without:meter.certificate", LOOP, 20),
    ("process-calibrator-source", "sign:meter.certificate", LOOP, 20),
    ("process-calibrator-source", "half:meter.certificate", LOOP, 60),
    ("process-calibrator-source", "drift", ONE_V, 40),
    ("process-calibrator-measure", "half:indication", THREE_V, 40),
    ("process-calibrator-measure", "half:source.specification", LOOP, 40),
    ("calibrator-dc-voltage", "without:meter.certificate", SETTING, 20),
    ("calibrator-dc-voltage", "sign:meter.certificate", SETTING, 20),
    ("calibrator-dc-voltage", "half:meter.certificate", SETTING, 120),
    ("calibrator-dc-voltage", "drift", SETTING, 60),
    ("resistance-substitution", "without:standard.certificate", OWN, 20),
    ("resistance-substitution", "sign:standard.certificate", OWN, 20),
    ("resistance-substitution", "half:standard.certificate", OWN, 200),
    ("resistance-substitution", "drift", OWN, 40),
    ("voltage-10v-transfer", "without:standard.certificate", OWN, 20),
    ("voltage-10v-transfer", "sign:standard.certificate", OWN, 20),
    ("voltage-10v-transfer", "half:standard.certificate", OWN, 200),
    ("voltage-10v-transfer", "drift", OWN, 40),
    ("counter-time-base", "without:standard.certificate", OWN, 20),
    ("counter-time-base", "sign:standard.certificate", OWN, 20),
    ("counter-time-base", "half:standard.certificate", OWN, 160),
    ("counter-time-base", "drift", OWN, 40),
)
NOT_FOUND: tuple[tuple[str, str, Points, str], ...] = (
    ("dmm-dc-voltage", "half:load", DC_V, "this input does not dominate"),
    ("dmm-handheld", "drift", AMPERES, "this input does not dominate"),
    ("dmm-frequency", "half:indication", HERTZ, "this input does not dominate"),
    ("clamp-meter", "half:coil.certificate", CLAMPED, "points where this input dominates"),
    ("temperature-indicator", "sign:source.specification", HOT, "this input does not dominate"),
)


@cache
def calibrations(task: Task, number: int) -> Once:
    """Return a calibration, made once for all errors that are put into its evaluation."""
    return calibrate_once(task, SEED, number)


def studied(procedure: str, error: str, points: Points, runs: int) -> Coverage:
    broken = parse_break(error)
    task = Task(
        procedure,
        points=None if points is None else tuple(tuple(p.items()) for p in points),
        broken=broken if error == "drift" else None,
        later_days=LATER if error == "drift" else 0,
    )
    found = joined([calibrations(task, number).found(broken) for number in range(runs)])
    return coverage(found, procedure, SEED, broken=error)


def test_the_page_on_studies_has_the_same_numbers() -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    for procedure, error, _, runs in FOUND:
        found = next(line for line in page.splitlines() if line.startswith(f"| `{procedure}` | `") and ":" in line)
        assert f"`{error}` {runs}" in found, (procedure, error)


@pytest.mark.parametrize(("procedure", "error", "points", "runs"), FOUND)
def test_it_is_found(procedure: str, error: str, points: Points, runs: int) -> None:
    found = studied(procedure, error, points, runs)
    worst = min(found.per_point, key=lambda p: p.coverage)
    assert found.upper < P
    assert worst.coverage < P - SIGMAS * math.sqrt(P * (1 - P) / runs)
    assert worst.share > 0.1
    assert not found.does_little


@pytest.mark.parametrize(("procedure", "error", "points", "why"), NOT_FOUND)
def test_where_the_input_does_not_dominate_the_study_says_so(
    procedure: str, error: str, points: Points, why: str
) -> None:
    found = studied(procedure, error, points, 10)
    *_, weight, verdict, _ = coverage_lines(found, "en")
    assert verdict.startswith("the error is not found")
    assert verdict.endswith(why)
    assert f"{found.share:.1%} of u² on average" in weight
