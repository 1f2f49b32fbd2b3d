"""Mistakes of a person, a file or an instrument: one message on stderr, exit code 2, nothing touched, nothing left."""

import datetime as dt
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from calib.clock import SystemClock
from calib.record import Journal

Calib = Callable[..., Any]
TODAY = dt.datetime.now().astimezone().date()


class Mistake(NamedTuple):
    """A file of a starter laboratory, what is wrong in it, and what the message must hold."""

    file: str
    pattern: str
    replacement: str
    said: tuple[str, ...]


BENCH, JOB, STANDARD = "benches/simulated.toml", "jobs/example.toml", "equipment/CAL-01.toml"
MISTAKES = {
    "a mistyped field in the bench file": Mistake(
        BENCH, r"resource = (.*5220|\")", r"resuorce = \1", ("simulated.toml", "resuorce", "did you mean 'resource'")
    ),
    "a mistyped field in the job": Mistake(JOB, r"\[customer\]", "[custmer]", ("example.toml", "custmer", "customer")),
    "a mistyped parameter": Mistake(JOB, "nplc = 10", "nplcs = 10", ("parameters", "nplcs", "nplc")),
    "a mistyped field in the register": Mistake(
        STANDARD, "serial_number", "serial_nmber", ("CAL-01.toml", "serial_nmber", "serial_number")
    ),
    "no TOML at all": Mistake(JOB, r"\[item\]", "[item", ("example.toml", "not valid TOML")),
    "a missing role": Mistake(
        BENCH, r"(?s)\[roles\.source\].*?\n\n", "", ("role 'source' missing", "needs 'meter', 'source'")
    ),
    "an unknown role": Mistake(BENCH, r"\[roles\.meter\]", "[roles.metre]", ("'meter' missing",)),
    "a driver that cannot play its role": Mistake(
        BENCH, "fluke-5522a", "hp-34401a", ("roles.source.driver", "hp-34401a", "limit_dc_voltage")
    ),
    "an unknown driver": Mistake(BENCH, "fluke-5522a", "fluke-5522", ("fluke-5522", "fluke-5522a")),
    "an unknown piece of equipment": Mistake(BENCH, "CAL-01", "CAL-1", ("CAL-1", "did you mean 'CAL-01'")),
    "an unknown specification": Mistake(
        JOB, 'specification = "hp-34401a"', 'specification = "hp-34401b"', ("hp-34401b", "did you mean 'hp-34401a'")
    ),
    "a specification of another model": Mistake(
        JOB, 'specification = "hp-34401a"', 'specification = "fluke-8846a"', ("fluke-8846a", "34401A")
    ),
    "a standard past its due date": Mistake(
        STANDARD,
        r"due = \S+",
        f"due = {TODAY - dt.timedelta(days=3)}",
        ("CAL-01", "SIM5522001", f"was due on {TODAY - dt.timedelta(days=3)}", "--allow-overdue REASON"),
    ),
}


def _files(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def _change(path: Path, pattern: str, replacement: str) -> None:
    text, changed = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
    assert changed
    path.write_text(text, encoding="utf-8")


def _is_one_message(ended: Any, *said: str) -> None:
    assert ended.status == 2, ended.err
    assert ended.err.startswith("calib: ")
    assert ended.err.count("calib: ") == 1
    assert "Traceback" not in ended.err
    assert ended.out == ""
    for words in said:
        assert words in ended.err


def _run(laboratory: Path, *more: object) -> list[object]:
    return ["run", "dmm-dc-voltage", "--bench", laboratory / BENCH, "--job", laboratory / JOB, *more]


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_a_file_is_told_and_nothing_is_left(mistake: Mistake, laboratory: Path, calib: Calib) -> None:
    _change(laboratory / mistake.file, mistake.pattern, mistake.replacement)
    before = _files(laboratory)
    _is_one_message(calib(*_run(laboratory)), *mistake.said)
    assert _files(laboratory) == before


def test_a_standard_outside_the_interval_of_its_specification_is_refused(laboratory: Path, calib: Calib) -> None:
    calibrated = TODAY - dt.timedelta(days=91)
    _change(laboratory / STANDARD, r"date = \S+", f"date = {calibrated}")
    _change(laboratory / JOB, 'reference = "certificate"', 'reference = "specification"')
    ended = calib(*_run(laboratory))
    _is_one_message(ended, "CAL-01", f"calibrated on {calibrated}", "holds for 90 days")


@pytest.mark.parametrize(
    "options", [("--allow-overdue", "loan"), ("--allow-overdue", "  ", "--operator", "An")], ids=["nobody", "no reason"]
)
def test_an_exception_needs_a_reason_and_a_name(laboratory: Path, calib: Calib, options: tuple[str, ...]) -> None:
    _is_one_message(calib(*_run(laboratory, *options)), "--allow-overdue needs a reason", "--operator")


def test_an_unknown_procedure_is_answered_with_the_nearest_name(laboratory: Path, calib: Calib) -> None:
    ended = calib("run", "dmm-dc-voltag", "--bench", laboratory / BENCH, "--job", laboratory / JOB)
    _is_one_message(ended, "'dmm-dc-voltag' is unknown", "did you mean 'dmm-dc-voltage'?")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:\n", ("line 1", "SyntaxError")),
        ("\nimport no_such_library\n", ("line 2", "no_such_library")),
        ("x = 1\n", ("must define one procedure", "found 0")),
        ("from calib.procedure import Procedure\nclass Half(Procedure):\n    id = 'half'\n", ("Half lacks", "measure")),
    ],
    ids=["syntax", "import", "none", "half"],
)
def test_a_procedure_file_that_cannot_be_used_is_told_with_its_line(
    laboratory: Path, calib: Calib, tmp_path: Path, source: str, said: tuple[str, ...]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    ended = calib("run", file, "--bench", laboratory / BENCH, "--job", laboratory / JOB)
    _is_one_message(ended, "mine.py", *said)


def test_an_unreachable_instrument_is_named_with_its_address(
    laboratory: Path, calib: Calib, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALIB_KEYS", str(laboratory.parent / "keys"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    _change(laboratory / BENCH, "1520[12]", str(port))
    _change(laboratory / BENCH, r"(?s)\[simulation\].*", "")
    before = _files(laboratory)
    ended = calib(*_run(laboratory, "--output", laboratory / "new"))
    _is_one_message(ended, "source", "meter", f"TCPIP::127.0.0.1::{port}::SOCKET", "is it on")
    assert _files(laboratory) == before


def test_a_folder_that_cannot_be_written_is_told_before_an_instrument_is_touched(served: Any, calib: Calib) -> None:
    file = served.folder / "a-file"
    file.touch()
    ended = calib(*served.arguments("--output", str(file / "below")))
    _is_one_message(ended, str(file / "below"), "cannot be made")
    assert served.source()["history"] == []


def test_a_folder_with_a_run_in_it_is_never_written_again(served: Any, calib: Calib, tmp_path: Path) -> None:
    (tmp_path / "run.journal").write_bytes(b"somebody's readings")
    _is_one_message(calib(*served.arguments("--output", str(tmp_path))), "holds a run already", "name a new folder")
    assert (tmp_path / "run.journal").read_bytes() == b"somebody's readings"


@pytest.mark.parametrize(
    ("file", "of", "to", "said", "touched"),
    [
        (
            STANDARD,
            "SIM5522001",
            "SIM5522999",
            "serial number is SIM5522001; that of 'CAL-01' in the register is SIM5522999",
            False,
        ),
        (
            JOB,
            "SIM34401001",
            "SIM34401002",
            "serial number is SIM34401001; that of the job's item is SIM34401002",
            True,
        ),
    ],
    ids=["the standard's, over the wire", "the item's, from its nameplate"],
)
def test_a_serial_number_that_does_not_match_is_refused_and_no_wrong_instrument_touched(
    served: Any, calib: Calib, file: str, of: str, to: str, said: str, *, touched: bool
) -> None:
    """The source that has proven itself is made safe before anybody is sent to a nameplate; a wrong one is let be."""
    _change(served.folder / file, of, to)
    before = _files(served.folder)
    served.leave_operating(5)  # perhaps somebody else's experiment: it is not ours to switch off
    _is_one_message(calib(*served.arguments()), said, "connect the right instrument")
    now = served.source()
    if touched:
        assert not any(change["operating"] for change in now["history"][2:])
        assert not now["operating"]
    else:
        assert (now["operating"], now["setpoint_V"], len(now["history"])) == (True, 5.0, 2)
    assert _files(served.folder) == before


def test_answers_without_the_nameplate_are_told_with_their_file(served: Any, calib: Calib) -> None:
    _change(served.answers, '"identity.meter".*\n', "")
    before = _files(served.folder)
    _is_one_message(calib(*served.arguments()), "answers.toml", "no answer to 'identity.meter'")
    assert served.source()["history"] == []
    assert _files(served.folder) == before


def test_answers_that_lack_one_in_the_middle_end_the_run_in_standby(served: Any, calib: Calib) -> None:
    _change(served.answers, r'"\*" = true\n', "")
    ended = calib(*served.arguments("--output", str(served.folder / "r")))
    assert ended.status == 2
    assert ended.err.count("calib: ") == 1
    assert "answers.toml: no answer to 'connect.short'" in ended.err
    assert str(served.folder / "r" / "record.h5") in ended.err
    assert not any(change["operating"] for change in served.source()["history"])


def test_an_answer_that_makes_no_sense_is_told_with_what_is_allowed(served: Any, calib: Calib) -> None:
    _change(served.answers, "23.1", "231")
    ended = calib(*served.arguments())
    assert ended.status == 2
    assert "answers.toml: the answer to 'environment.temperature': 231 °C makes no sense here" in ended.err


def test_a_seal_key_that_is_not_here_is_told_before_an_instrument_is_touched(
    served: Any, calib: Calib, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALIB_KEYS", str(tmp_path / "nowhere"))
    _is_one_message(calib(*served.arguments()), "seal_key", "CALIB_KEYS")
    assert served.source()["history"] == []


def test_a_file_that_is_no_record_is_no_record(calib: Calib, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("10.0001 V", encoding="utf-8")
    _is_one_message(calib("show", tmp_path / "notes.txt"), "notes.txt")
    _is_one_message(calib("show", tmp_path / "none.h5"), "none.h5")


def test_a_journal_is_called_a_journal(calib: Calib, tmp_path: Path) -> None:
    with Journal.create(tmp_path / "run.journal", {"simulated": True}, SystemClock()):
        pass
    _is_one_message(calib("show", tmp_path / "run.journal"), "run.journal", "journal of a run", "name the record.h5")


def test_a_laboratory_is_never_written_over(calib: Calib, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALIB_KEYS", str(tmp_path / "keys"))
    first = calib("init", tmp_path / "lab")
    assert first.status == 0
    assert "calib sim serve" in first.out
    before = _files(tmp_path)
    _is_one_message(calib("init", tmp_path / "lab"), "is not empty")
    assert _files(tmp_path) == before


def test_the_command_itself_ends_so_too(laboratory: Path) -> None:
    _change(laboratory / STANDARD, r"due = \S+", f"due = {TODAY - dt.timedelta(days=3)}")
    ended = subprocess.run(
        [sys.executable, "-m", "calib", *map(str, _run(laboratory))], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("calib: CAL-01")
    assert "Traceback" not in ended.stderr
