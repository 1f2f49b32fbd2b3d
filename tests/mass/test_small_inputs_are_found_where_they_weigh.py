"""Eccentricity and magnetism weigh next to nothing on the sample benches; a study finds them where they weigh.

The bench has errors as large as its job declares, and a job of few weighings: without an error in the evaluation the
intervals hold, with half of the input one point at least is five standard deviations of chance below what is stated.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from calib.study import Task, coverage, parse_break
from calib.study.runs import calibrate_once, joined
from calib.study.sample import sample_folder

P, SIGMAS, SEED = 0.9545, 5.0, 3
KILOGRAM = [
    {"name": name, "nominal_kg": m} for name, m in (("R500", 0.5), ("R200", 0.2), ("R200a", 0.2), ("R100", 0.1))
]


def one_weight(name: str, nominal_kg: float, against: list[dict[str, Any]], **bound: float) -> dict[str, Any]:
    """Return the parameters of a job with one weight and one bound."""
    return {"weights": [{"name": name, "nominal_kg": nominal_kg, "against": against}], "cycles": 1, **bound}


FEW = {"loads": [[KILOGRAM[3]], [KILOGRAM[1]], KILOGRAM[:3]], "repeatability": {"weights": [KILOGRAM[0]], "n": 5}}
WHERE: dict[tuple[str, str], tuple[dict[str, Any], dict[str, str], int]] = {
    ("weight-by-comparison", "half:magnetism"): (
        one_weight("T200", 0.2, [KILOGRAM[1]], magnetism_kg=1e-6),
        {"magnetism_kg = 5e-8": "magnetism_kg = 1e-6"},
        25,
    ),
    ("weight-by-comparison", "half:eccentricity"): (
        one_weight("T1000", 1.0, KILOGRAM, eccentricity_kg=3e-6),
        {"creep = 1e-7": "creep = 1e-7\neccentricity_kg = 3.1113e-6\neccentricity_deg = 0.0\noff_centre = 0.5"},
        130,
    ),
    ("balance", "half:eccentricity"): (FEW, {"eccentricity_kg = 6e-6": "eccentricity_kg = 6e-5"}, 25),
}
"""Parameters of the job, changes of the simulated bench, and the number of calibrations, by procedure and error."""


@pytest.fixture
def study(tmp_path: Path) -> Callable[[str, Mapping[str, Any], Mapping[str, str]], Task]:
    def made(procedure: str, parameters: Mapping[str, Any], changes: Mapping[str, str]) -> Task:
        text = (sample_folder() / "benches" / f"{procedure}-simulated.toml").read_text(encoding="utf-8")
        for usual, large in changes.items():
            assert usual in text
            text = text.replace(usual, large)
        bench = tmp_path / "bench.toml"
        bench.write_text(text, encoding="utf-8")
        return Task(procedure, files=(("simulation", bench),), parameters=tuple(parameters.items()))

    return made


@pytest.mark.parametrize(("procedure", "error"), WHERE)
def test_half_of_an_input_is_found_where_it_weighs(study: Callable[..., Task], procedure: str, error: str) -> None:
    parameters, changes, runs = WHERE[procedure, error]
    task = study(procedure, parameters, changes)
    made = [calibrate_once(task, SEED, number) for number in range(runs)]
    right, wrong = (
        coverage(joined([one.found(broken) for one in made]), procedure, SEED, broken=str(broken or ""))
        for broken in (None, parse_break(error))
    )
    deviation = math.sqrt(P * (1 - P) / runs)
    worst = min(wrong.per_point, key=lambda point: point.coverage)
    assert right.holds
    assert min(point.coverage for point in right.per_point) > P - 3 * deviation
    assert worst.coverage < P - SIGMAS * deviation
    assert worst.share > 0.5
    assert not wrong.does_little
