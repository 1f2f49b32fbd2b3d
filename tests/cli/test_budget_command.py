"""`calib budget`: what a person types, what they get, and that a mistake is one message."""

import json
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Calib = Callable[..., Any]
ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples" / "budgets"
GAUGE = EXAMPLES / "gauge_block.toml"


def test_the_budget_and_the_rounded_result_are_printed(calib: Calib) -> None:
    ended = calib("budget", GAUGE)
    assert (ended.status, ended.err) == (0, "")
    assert "theta: cycle of the air" in ended.out
    assert re.search(r"^l = \(50000838 ± 92\) nm, k = 2\.90, p = 99 %, ν_eff = 16\.8$", ended.out, re.MULTILINE)


def test_json_has_the_agreed_keys(calib: Calib) -> None:
    found = json.loads(calib("budget", GAUGE, "--json").out)
    keys = {
        "value",
        "standard_uncertainty",
        "dof",
        "coverage_probability",
        "coverage_factor",
        "expanded_uncertainty",
        "interval",
        "budget",
    }
    assert keys <= set(found)
    assert found["standard_uncertainty"] == pytest.approx(31.66, abs=0.01)
    assert [row["name"] for row in found["budget"][:2]] == ["ls", "d: repeatability"]


def test_json_of_monte_carlo_has_the_agreed_keys(calib: Calib) -> None:
    asked = ("budget", GAUGE, "--method", "monte-carlo", "--trials", "20000", "--seed", "7", "--json")
    found = json.loads(calib(*asked).out)
    keys = {"mean", "standard_uncertainty", "interval", "shortest_interval", "trials", "gum_validated"}
    assert keys <= set(found)
    assert (found["trials"], found["seed"], found["coverage_probability"]) == (20000, 7, 0.99)
    assert found["standard_uncertainty"] == pytest.approx(35, abs=1.5)  # JCGM 100:2008, H.1.7: 34 nm by second order
    assert calib(*asked).out == calib(*asked).out


def test_the_probability_can_be_asked(calib: Calib) -> None:
    found = json.loads(calib("budget", EXAMPLES / "weight.toml", "--probability", "0.9973", "--json").out)
    assert found["coverage_probability"] == 0.9973
    assert 2.9 < found["coverage_factor"] < 3.0  # a little less than for a normal distribution, 3.00


def test_second_order_finds_what_first_order_misses(calib: Calib, tmp_path: Path) -> None:
    """JCGM 100:2008, 5.1.2, note: the product of two inputs that are zero has u = u1·u2."""
    path = tmp_path / "b.toml"
    path.write_text(
        'format = "calib-budget/1"\nmodel = "a * b"\nunit = "mm^2"\n'
        '[inputs]\na = { value = 0, u = 0.1, unit = "mm" }\nb = { value = 0, u = 0.2, unit = "mm" }\n',
        encoding="utf-8",
    )
    first = json.loads(calib("budget", path, "--json").out)
    assert first["standard_uncertainty"] == 0
    assert "second-order" in first["warnings"][0]
    second = json.loads(calib("budget", path, "--method", "second-order", "--json").out)
    assert second["standard_uncertainty"] == pytest.approx(0.02, rel=1e-6)
    assert (second["method"], second["unit"]) == ("second-order", "mm^2")


def test_a_mistake_is_one_message_and_exit_code_2(calib: Calib, tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text(
        GAUGE.read_text(encoding="utf-8").replace("ls + d", "ls + __import__('os').getcwd()"), encoding="utf-8"
    )
    ended = calib("budget", path)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"calib: {path}: line 4: model: at character")
    assert "Traceback" not in ended.err
    assert calib("budget", tmp_path / "missing.toml").err == f"calib: {tmp_path / 'missing.toml'}: no such file\n"


@pytest.mark.parametrize("wrong", [("--method", "exact"), ("--trials", "1"), ("--probability", "1"), ("--seed", "-1")])
def test_wrong_options_are_told(wrong: tuple[str, str], calib: Calib) -> None:
    ended = calib("budget", GAUGE, *wrong)
    assert ended.status == 2
    assert wrong[0] in ended.err


def test_an_attack_ends_in_bounded_time_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    for model in ("9**9**9**9", "(" * 9000, "exp(" * 2000 + "a", "a" * 9999):
        path.write_text(f'format = "calib-budget/1"\nmodel = "{model}"\n[inputs]\na = {{ value = 1, u = 1 }}\n')
        begun = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-m", "calib", "budget", str(path)], capture_output=True, timeout=60, check=False
        )
        assert ran.returncode == 2
        assert ran.stderr.startswith(b"calib: ")
        assert time.monotonic() - begun < 20


def test_help_shows_a_file_that_works(calib: Calib, tmp_path: Path) -> None:
    text = calib("budget", "--help").out.partition("Example of a file:")[2].partition("Examples:")[0]
    path = tmp_path / "help.toml"
    path.write_text("\n".join(line.strip() for line in text.splitlines()), encoding="utf-8")
    assert json.loads(calib("budget", path, "--json").out)["value"] == pytest.approx(10000.025)


def test_the_page_shows_files_that_work_and_names_every_field(calib: Calib, tmp_path: Path) -> None:
    from calib.uncertainty.budgetfile.expression import FUNCTIONS
    from calib.uncertainty.budgetfile.model import BudgetFile, Component, Constant, Correlation, Input, Output

    page = (ROOT / "docs" / "budget-files.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(examples) >= 3
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    (tmp_path / "first.toml").write_text(examples[0], encoding="utf-8")
    assert calib("budget", tmp_path / "first.toml").out == shown
    for i, text in enumerate(examples):
        whole = text if text.startswith("format") else None
        assert tomllib.loads(text)
        if whole:
            path = tmp_path / f"{i}.toml"
            path.write_text(whole, encoding="utf-8")
            assert calib("budget", path).status == 0, text
    fields = {name for m in (BudgetFile, Input, Component, Constant, Output, Correlation) for name in m.model_fields}
    assert not {name for name in fields | set(FUNCTIONS) if f"`{name}`" not in page}
