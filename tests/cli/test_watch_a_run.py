"""`calib watch`: what somebody at another terminal sees of a run."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.cli.watchview import fitted
from calib.clock import SystemClock
from calib.demo import in_memory
from calib.record import Journal

Calib = Callable[..., Any]


@pytest.fixture(scope="module")
def measured(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A laboratory with one run; not to be changed."""
    folder = Path(shutil.copytree(starter, tmp_path_factory.mktemp("measured") / "laboratory"))
    memory = in_memory(folder)
    outcome = memory.calibrate(memory.simulated_bench(seed=5), folder=folder / "records" / "1")
    assert outcome.status == "complete", outcome.error
    return folder


@pytest.fixture
def cut_off(measured: Path, tmp_path: Path) -> Path:
    """The journal of the same run, which ends amid its second point."""
    with Journal.open(measured / "records" / "1" / "run.journal") as reader:
        contents = reader.verify()
    journal = Journal.create(tmp_path / "run.journal", contents.state.snapshot, SystemClock())
    view = contents.state.view()
    points = [a for a in view.attempts if a.outcome == "complete"][:2]
    for attempt in points:
        begun = journal.begin_attempt(attempt.point, attempt.phase)
        for reading in (r for r in view.readings if r.attempt == attempt.id):
            journal.reading(begun, reading.channel, reading.value, reading.unit)
        if attempt is points[0]:
            for condition in view.environment:
                journal.condition(condition.quantity, condition.value, condition.unit)
            journal.end_attempt(begun, "complete")
    journal.close()
    return tmp_path / "run.journal"


def test_a_complete_run_shows_every_point_with_its_result(measured: Path, calib: Calib) -> None:
    ended = calib("watch", measured / "records" / "1", "--once")
    assert (ended.status, ended.err) == (0, "")
    assert "[SIMULATED]" in ended.out
    with Journal.open(measured / "records" / "1" / "run.journal") as reader:
        points = [r["point"] for r in reader.verify().results]
    for point in points:
        assert re.search(rf"(?m)^{re.escape(point)} +complete .*± .*(Pass|Fail)", ended.out), point
    assert re.search(r"(?m)^complete, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", ended.out)


def test_the_newest_run_of_the_laboratory_is_found(measured: Path, calib: Calib) -> None:
    assert calib("watch", "--once", "--lab", measured).out == calib("watch", measured / "records" / "1", "--once").out
    none = calib("watch", "--once", "--lab", measured, measured / "records" / "none")
    assert none.status == 2
    assert "no such journal" in none.err


def test_lines_are_written_where_there_is_no_terminal_and_end_with_the_run(measured: Path, calib: Calib) -> None:
    ended = calib("watch", measured / "records" / "1", "--language", "vi")
    assert ended.status == 0
    assert ended.out.count("đã xong") > 10


def test_a_run_that_was_cut_off_is_told_with_status_1(cut_off: Path, calib: Calib) -> None:
    ended = calib("watch", cut_off, "--once")
    assert ended.status == 1
    assert "Nobody writes this run any more" in ended.out
    assert len(re.findall(r"(?m) complete ", ended.out)) == 1
    assert re.search(r"measuring +5 readings, meter \S+ V", ended.out)
    assert ended.out.count("waiting") > 10


@pytest.mark.parametrize(("begun", "shown"), [(0, range(7)), (1, range(7)), (20, range(16, 23)), (40, range(33, 40))])
def test_a_long_table_shows_what_is_going_on(begun: int, shown: range) -> None:
    table = ["title", "heads", *(f"point {n}" for n in range(40)), "state"]
    assert fitted(table, begun, 10) == ["title", "heads", *(f"point {n}" for n in shown), "state"]
    assert fitted(table, begun, 100) == table
    waiting = [*table[:-1], "what is waited for", "state"]
    assert fitted(waiting, begun, 11, 2) == ["title", "heads", *(f"point {n}" for n in shown), *waiting[-2:]]


def test_a_living_run_is_followed_line_by_line_from_another_process(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    with Journal.create(path, {"simulated": True}, SystemClock()) as journal:
        command = [sys.executable, "-m", "calib", "watch", str(path), "--interval", "0.05"]
        watching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        assert watching.stdout is not None
        assert "[SIMULATED]" in watching.stdout.readline()
        for point in ("first", "second"):
            attempt = journal.begin_attempt(point, "as-found")
            journal.reading(attempt, "meter", 1.5, "V")
            journal.end_attempt(attempt, "complete")
            assert re.match(rf"{point} +complete +1 readings, meter 1.5 V", watching.stdout.readline())
        journal.finish("complete")
    assert watching.stdout.readline().startswith("complete, ")
    assert watching.wait(20) == 0
    watching.stdout.close()
