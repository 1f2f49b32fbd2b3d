"""`calib run --dry-run`: what stands in the way of a run is told before an instrument is touched."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.demo import Ports, write_starter

Calib = Callable[..., Any]
TODAY = dt.datetime.now().astimezone().date()


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laboratory whose instruments are not there at all."""
    monkeypatch.setenv("CALIB_KEYS", str(tmp_path / "keys"))
    write_starter(tmp_path / "lab", ports=Ports(1, 1, 1), keys=tmp_path / "keys")
    return tmp_path / "lab"


def _arguments(lab: Path, *more: str) -> tuple[str, ...]:
    files = ("--bench", str(lab / "benches" / "simulated.toml"), "--job", str(lab / "jobs" / "example.toml"))
    return ("run", "dmm-dc-voltage", *files, *more)


def _change(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, replacement, text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def test_a_run_that_can_begin_is_told_so_without_its_instruments(calib: Calib, lab: Path) -> None:
    ended = calib(*_arguments(lab, "--dry-run"))
    assert (ended.status, ended.err) == (0, "")
    assert "Nothing stands in the way" in ended.out
    assert re.search(
        r"OK      Points and ranges: \d+ points, up to \d+ V DC; the drivers take every setting", ended.out
    )
    assert re.search(r"Time: about \d+ min", ended.out)
    assert not list((lab / "records").glob("*/*"))
    vietnamese = calib(*_arguments(lab, "--dry-run", "--language", "vi"))
    assert "Không có gì cản trở" in vietnamese.out


def test_a_range_that_the_item_lacks_is_found(calib: Calib, lab: Path) -> None:
    job = lab / "jobs" / "example.toml"
    with job.open("a", encoding="utf-8") as file:
        file.write("[[points]]\nrange = 10\nnominal = 5\n[[points]]\nrange = 12\nnominal = 9\n")
    ended = calib(*_arguments(lab, "--dry-run"))
    assert ended.status == 1
    assert "12 V" in ended.out


def test_an_overdue_standard_hides_nothing_behind_it(calib: Calib, lab: Path) -> None:
    _change(lab / "equipment" / "CAL-01.toml", r"due = \S+", f"due = {TODAY - dt.timedelta(days=3)}")
    ended = calib(*_arguments(lab, "--dry-run"))
    assert ended.status == 1
    assert "NO      Standards" in ended.out
    assert "--allow-overdue" in ended.out
    assert "OK      Points and ranges" in ended.out
    allowed = calib(*_arguments(lab, "--dry-run", "--allow-overdue", "stable", "--operator", "Bình"))
    assert allowed.status == 0
    assert "1 exceptions, allowed by Bình" in allowed.out


def test_a_missing_key_and_a_folder_in_use_are_told_together(
    calib: Calib, lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALIB_KEYS", str(tmp_path / "elsewhere"))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "run.journal").touch()
    ended = calib(*_arguments(lab, "--dry-run", "--output", str(tmp_path / "used")))
    assert ended.status == 1
    assert "NO      Folder and disk" in ended.out
    assert "NO      Key" in ended.out
    assert "2 things stand in the way" in ended.out


def test_a_wrong_file_is_an_error_as_ever(calib: Calib, lab: Path) -> None:
    _change(lab / "jobs" / "example.toml", "nplc = 10", "nplcs = 10")
    ended = calib(*_arguments(lab, "--dry-run"))
    assert ended.status == 1
    assert "nplcs" in ended.out
    _change(lab / "jobs" / "example.toml", r"\[customer\]", "[custmer]")
    assert calib(*_arguments(lab, "--dry-run")).status == 2


def test_asking_says_who_the_instruments_are_and_sets_nothing(served: Any, calib: Calib) -> None:
    served.leave_operating(5)
    ended = calib(*served.arguments("--dry-run=ask"))
    assert ended.status == 0, ended
    assert "5522A" in ended.out
    assert "34401A" in ended.out
    assert served.operates_above(4)  # what somebody put on the terminals is still there
    assert not list(served.records.glob("*/*"))


def test_asking_finds_an_instrument_that_is_not_there(calib: Calib, lab: Path) -> None:
    ended = calib(*_arguments(lab, "--dry-run=ask"))
    assert ended.status == 1
    assert "NO      Instruments" in ended.out
