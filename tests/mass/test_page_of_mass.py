"""The page on mass: its bench, its register and its job are read as they stand there."""

import re
import tomllib
from pathlib import Path
from typing import Any

from calib.equipment import CertifiedValues
from calib.files import as_model
from calib.procedures.weight_by_comparison import WeightByComparison, WeightParameters
from calib.run import BenchFile
from calib.run.roles import check_roles

PAGE = (Path(__file__).parents[2] / "docs" / "mass.md").read_text(encoding="utf-8")
BENCH, REGISTER, JOB = (tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))


def test_its_bench_fits_the_procedure() -> None:
    check_roles(WeightByComparison, as_model(BENCH, BenchFile, "page"))


def test_its_table_of_weights_is_one_of_the_register() -> None:
    (table,) = REGISTER["calibrations"]["values"]
    assert as_model(table, CertifiedValues, "page").points[1].name == "R200a"


def test_its_parameters_are_those_of_the_procedure() -> None:
    found: Any = as_model(JOB["parameters"], WeightParameters, "page")
    assert found.weights[0].weight_class == "F1"
    assert found.check.dof == 25
