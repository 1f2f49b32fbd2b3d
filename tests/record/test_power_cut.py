"""A power cut at any instant loses no acknowledged reading: the small version of tools/power_loss.py."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from calib.record import store

TOOL = Path(__file__).parents[2] / "tools" / "power_loss.py"


@pytest.fixture
def power_loss() -> ModuleType:
    spec = importlib.util.spec_from_file_location("power_loss_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["power_loss_tool"] = module
    spec.loader.exec_module(module)
    return module


def told(tool: ModuleType, folder: Path, readings: int, states: int, *, finish: bool) -> object:
    try:
        with tool.recorded() as steps:
            acknowledge = lambda: steps.append(tool.Step("acknowledged"))  # noqa: E731
            tool.write_journal(folder / "run.journal", readings, acknowledge, finish=finish)
    except tool.SQLiteOutOfReach:
        pytest.skip("the functions of this Python's SQLite cannot be reached")
    return tool.prove(steps, states, seed=20261123)


@pytest.mark.skipif(sys.platform == "win32", reason="notes the writes of SQLite on POSIX")
def test_after_a_power_cut_at_any_write_every_acknowledged_reading_is_there(
    power_loss: ModuleType, tmp_path: Path
) -> None:
    found = told(power_loss, tmp_path, 12, 2, finish=True)
    assert found.boundaries > 100  # type: ignore[attr-defined]
    assert found.good, found  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="notes the writes of SQLite on POSIX")
def test_the_proof_finds_a_journal_that_does_not_wait_for_the_disk(
    power_loss: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `synchronous = NORMAL` SQLite does not sync each commit: acknowledged readings are lost, and it shows."""
    monkeypatch.setattr(store, "_SETTINGS", ("journal_mode = WAL", "synchronous = NORMAL"))
    assert told(power_loss, tmp_path, 12, 1, finish=False).lost > 0  # type: ignore[attr-defined]
