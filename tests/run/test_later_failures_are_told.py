"""What fails while a run ends is told beside what stopped it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.errors import RecordError
from calib.run import ending

Make = Callable[..., Any]


def test_a_record_that_cannot_be_built_is_told_with_the_abort(
    bench: Make, refusing: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(journal: Path, record: Path) -> None:
        msg = f"{record}: no room for it"
        raise RecordError(msg)

    monkeypatch.setattr(ending, "build_in_child", fail)
    bench_ = bench(((10.0, 5.0),))
    outcome = bench_.calibrate(refusing(bench_.operator(), "connect.calibrator"), folder=tmp_path / "run")
    assert outcome.status == "aborted"
    assert outcome.record is None
    assert any("no room for it" in note for note in outcome.error.__notes__)
