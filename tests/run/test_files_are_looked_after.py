"""Between points a run looks after its files: room on the disk before each, and a record while it lives."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calib.ports import Answer, Operator, Prompt
from calib.record import Checkpoints, Journal, Record
from calib.record.reserve import Reserve

Make = Callable[..., Any]


class Disk:
    """A disk that is full from the n-th time that room is asked for, until somebody frees some."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, full_from: int) -> None:
        self.asked = 0
        self.full = False
        hold = Reserve.hold

        def held(reserve: Reserve, size: int) -> None:
            self.asked += 1
            self.full = self.full or self.asked == full_from
            if self.full:
                reserve.release()
                with monkeypatch.context() as patch:
                    patch.setattr(os, "posix_fallocate", self._refuse, raising=False)
                    hold(reserve, size)
            hold(reserve, size)

        monkeypatch.setattr(Reserve, "hold", held)

    def _refuse(self, *_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class Tidy:
    """An operator who frees room when asked, and looks whether the source was on."""

    def __init__(self, operator: Operator, disk: Disk, operating: Callable[[], bool]) -> None:
        self.name = operator.name
        self.operating_when_asked: list[bool] = []
        self._operator, self._disk, self._operating = operator, disk, operating

    def ask(self, prompt: Prompt) -> Answer:
        if prompt.id == "disk.room":
            self.operating_when_asked.append(self._operating())
            self._disk.full = False
        return self._operator.ask(prompt)


class Script:
    """Answers as it was told beforehand, also about room."""

    def __init__(self, operator: Operator) -> None:
        self.name = operator.name
        self._operator = operator

    def ask(self, prompt: Prompt) -> Answer:
        return replace(self._operator.ask(prompt), scripted=True)


@pytest.mark.parametrize("full_from", [1, 3, 4])
def test_a_disk_without_room_is_waited_for_with_the_source_off_and_the_run_is_complete(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_from: int
) -> None:
    bench_ = bench(((10.0, 5.0), (10.0, -9.0)))
    disk = Disk(monkeypatch, full_from)
    operator = Tidy(bench_.operator(), disk, lambda: bench_.operating)
    outcome = bench_.calibrate(operator, folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert operator.operating_when_asked == [False]
    record = Record.open(tmp_path / "run" / "record.h5")
    assert len(record.results) == 3
    (answer,) = (a for a in record.answers() if a.prompt == "disk.room")
    assert "no room for 16.8 MB more" in answer.question["text"]["en"]
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == ["pictures", "record.h5", "run.journal"]


@pytest.mark.parametrize("scripted", [True, False])
def test_a_disk_that_stays_full_ends_the_run_with_one_clear_error(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripted: bool
) -> None:
    bench_ = bench(((10.0, 5.0),))
    Disk(monkeypatch, 1)
    operator = Script(bench_.operator()) if scripted else bench_.operator()
    outcome = bench_.calibrate(operator, folder=tmp_path / "run")
    assert outcome.status == "failed"
    assert "no room for 16.8 MB more (No space left on device); free some room on this disk" in str(outcome.error)
    assert not bench_.operating


def test_records_are_built_while_the_run_lives(bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build is due after each point, and waited for here, so that each point's readings are seen to be in it."""
    built: list[int] = []

    def tick(checkpoints: Checkpoints) -> None:
        checkpoints._due = 0.0
        real(checkpoints)
        if checkpoints._child is not None:
            checkpoints._child.wait()
            real(checkpoints)
            built.append(len(Record.open(tmp_path / "run" / "record.h5").readings().readings))

    real = Checkpoints.tick
    monkeypatch.setattr(Checkpoints, "tick", tick)
    bench_ = bench(((10.0, 5.0), (10.0, -9.0)))
    outcome = bench_.calibrate(folder=tmp_path / "run")
    assert outcome.status == "complete", outcome.error
    assert built == [5, 10, 15]
    assert Record.open(tmp_path / "run" / "record.h5").status == "complete"


def test_a_checkpoint_that_fails_is_noted_and_the_run_is_complete(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calib.errors import RecordError

    monkeypatch.setattr(Checkpoints, "tick", lambda _: RecordError("record.h5: could not be built (disk full)"))
    outcome = bench(((10.0, 5.0),)).calibrate(folder=tmp_path / "run")
    assert outcome.status == "complete"
    with Journal.open(tmp_path / "run" / "run.journal") as journal:
        noted = [e.details["why"] for e in journal.verify().events if e.kind == "checkpoint failed"]
    assert set(noted) == {"record.h5: could not be built (disk full)"}
