"""Every example runs, from any folder, and shows what it promises; each has fewer than 15 lines."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
PROMISED = {
    "calibrate_a_multimeter": ("calibrator/10 V/5 V", "pass", "certificate.pdf"),
    "uncertainty_budget": ("l = 50000838 nm, U = 9", "31.7", "standard", "comparator"),
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", str(example)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=110,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    for words in PROMISED[example.stem]:
        assert words in ended.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short(example: Path) -> None:
    assert len(example.read_text(encoding="utf-8").splitlines()) < 15
