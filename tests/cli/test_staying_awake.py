"""The computer is kept awake for exactly as long as a run lasts, where the system has a command for it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from calib.run import awake

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd-inhibit")


def test_sleep_is_inhibited_until_the_run_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: Callable[..., float]
) -> None:
    said, pid, command = tmp_path / "said", tmp_path / "pid", tmp_path / "systemd-inhibit"
    command.write_text(f'#!/bin/sh\necho "$@" > {said}\necho $$ > {pid}\nexec cat\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with awake():
        until(lambda: pid.exists() and pid.read_text(encoding="utf-8").endswith("\n"), "the inhibitor")
        inhibitor = int(pid.read_text(encoding="utf-8"))
        os.kill(inhibitor, 0)
    assert said.read_text(encoding="utf-8").startswith("--what=sleep:idle ")
    with pytest.raises(ProcessLookupError):
        os.kill(inhibitor, 0)


def test_a_system_that_cannot_be_kept_awake_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with awake():
        pass
