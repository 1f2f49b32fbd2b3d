"""Runs that are killed at random instants and resumed lose nothing: the small version of tools/kill_runs.py."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "kill_runs.py"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.timeout(240)
def test_killed_runs_go_on_and_lose_nothing() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "3", "--seed", "7"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 runs, " in done.stdout
    assert " 0 lost, 0 doubled; 0 finished points changed; 0 runs with other results" in done.stdout
