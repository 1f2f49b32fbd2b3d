"""`calib budget`: what a person types, what they get, and that a mistake is one message."""

import json
import os
import re
import signal
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


def test_every_option_goes_before_the_file(calib: Calib) -> None:
    asked = ("--coverage", "ea-4/02", "--dof-policy", "smallest")
    first = json.loads(calib("budget", EXAMPLES / "multimeter.toml", *asked, "--json").out)
    assert (first["coverage"], first["coverage_factor"]) == ("ea-4/02", pytest.approx(1.645, abs=5e-4))
    upper = calib("budget", EXAMPLES / "weight.toml", "--side", "upper", "--probability", "0.95").out
    assert re.search(r"^m ≤ 10000\.07\d g, k = 1\.6\d, p = 95 %, ν_eff = ∞, one-sided$", upper, re.MULTILINE)
    adaptive = ("--method", "monte-carlo", "--tolerance", "digits", "--workers", "2", "--seed", "3", "--json")
    found = json.loads(calib("budget", EXAMPLES / "weight.toml", *adaptive).out)
    assert found["trials"] % 10_000 == 0  # batches of JCGM 101:2008, 7.9.4
    assert found["gum_validated"] is True
    refused = calib("budget", EXAMPLES / "weight.toml", "--method", "monte-carlo", "--tolerance", "-1")
    assert (refused.status, "neither a number above 0" in refused.err) == (2, True)


def test_several_measurands_are_told_together(calib: Calib) -> None:
    """JCGM 100:2008, table H.4: r = −0.588."""
    first = calib("budget", EXAMPLES / "impedance.toml").out
    assert re.search(r"^ +X +-0\.588 +1\.000$", first, re.MULTILINE)
    assert "coverage ellipse, p = 95 %: k_p = 3.73" in first
    assert "coverage rectangle, p = 95 %: k_q = 3.50, R [127.484, 127.981] ohm" in first
    sampled = calib("budget", EXAMPLES / "impedance.toml", "--method", "monte-carlo", "--seed", "1").out
    assert sampled.count("GUM framework: not validated (JCGM 101:2008, 8)") == 2
    assert sampled.count("GUM framework: not validated (JCGM 102:2011, 8)") == 1


def test_it_speaks_vietnamese(calib: Calib) -> None:
    told = calib("budget", GAUGE, "--language", "vi").out
    assert re.search(r"^đại lượng vào +giá trị +u +đơn vị +bậc tự do +phân bố", told, re.MULTILINE)
    assert "chữ nhật" in told
    assert "l = (50000838 ± 92) nm, k = 2,90, p = 99 %, ν_eff = 16,8" in told
    drawn = calib(
        "budget", GAUGE, "--language", "vi", "--method", "monte-carlo", "--trials", "20000", "--seed", "1"
    ).out
    assert "khoảng phủ, p = 99 %: [" in drawn
    assert "Phương pháp GUM: không được xác nhận" in drawn
    assert calib("budget", GAUGE, "--language", "vi", "--json").out == calib("budget", GAUGE, "--json").out


LONG = ("budget", str(EXAMPLES / "weight.toml"), "--method", "monte-carlo", "--trials", "60000000")


def until(master: int, wanted: bytes, seconds: float = 60.0) -> bytes:
    """Return what a terminal shows until it shows what is wanted, or its program ends."""
    shown, end = b"", time.monotonic() + seconds
    while wanted not in shown:
        assert time.monotonic() < end, shown
        try:
            piece = os.read(master, 4096)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    return shown


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_long_run_tells_its_trials_on_a_terminal_and_ends_clean_at_ctrl_c(workers: str) -> None:
    master, slave = pytest.importorskip("pty", reason="no pseudo-terminals").openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "calib", *LONG, "--workers", workers],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        shown = until(master, b" trials")
        assert re.search(rb"\r[0-9]+ trials", shown)
        os.kill(run.pid, signal.SIGINT)
        begun = time.monotonic()
        shown += until(master, b"aborted\r\n")
        assert run.wait(20) == 130
        assert time.monotonic() - begun < 10
    finally:
        run.kill()
        out, _ = run.communicate()
        os.close(master)
    assert out == b""
    assert b"Traceback" not in shown
    assert shown.endswith(b"\r\x1b[K\r\ncalib: aborted\r\n")  # the line of trials is gone


def test_without_a_terminal_no_progress_is_told() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "calib", *LONG[:-1], "3000000"], capture_output=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
