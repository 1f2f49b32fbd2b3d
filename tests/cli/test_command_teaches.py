"""The command's help, and a run from its files to its documents."""

import datetime as dt
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from math import floor, log10
from pathlib import Path
from typing import Any

import pytest

from calib.cli.options import person
from calib.demo import Ports, write_starter
from calib.drivers.simulation import Control
from calib.record import Record, verify

Calib = Callable[..., Any]
TODAY = dt.datetime.now().astimezone().date()


@pytest.mark.parametrize(
    ("arguments", "taught"),
    [
        ((), ("calib demo", "calib init mylab", "Exit status", "130 aborted")),
        (("demo",), ("SIMULATED", "--seed", "PyVISA")),
        (("init",), ("private key", "CALIB_KEYS")),
        (("run",), ("--bench", "--allow-overdue", "--answers", "sources are made safe", "calib run dmm-dc-voltage")),
        (("show",), ("--json", "seal")),
        (("sim",), ("serve",)),
        (("sim", "serve"), ("--time-factor", "TCPIP::host::port::SOCKET")),
    ],
    ids=lambda value: "-".join(value) or "calib" if isinstance(value, tuple) else "",
)
def test_help_teaches(calib: Calib, arguments: tuple[str, ...], taught: tuple[str, ...]) -> None:
    for flag in ("--help", "-h"):
        ended = calib(*arguments, flag)
        assert ended.status == 0
        assert ended.err == ""
        for words in taught:
            assert words in re.sub(r"\s+", " ", ended.out)


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            (),
            (
                "calib demo",
                "calib init mylab",
                "cd mylab",
                "calib sim serve benches/simulated-laboratory.toml",
                "calib run dmm-dc-voltage --bench benches/simulated.toml --job jobs/example.toml",
            ),
        ),
        (("run",), ("calib run dmm-dc-voltage --bench benches/simulated.toml --job jobs/example.toml",)),
        (("show",), ("calib show record.h5 --lab mylab", 'calib show record.h5 --point "calibrator/10 V/5 V"')),
        (("budget",), ('format = "calib-budget/1"', "[inputs]", "standard = { value = 10000.005, U = 0.045, k = 2 }")),
        (("demo",), ()),
        (("init",), ()),
        (("sim",), ()),
        (("sim", "serve"), ()),
    ],
    ids=lambda value: "-".join(value) or "calib" if isinstance(value, tuple) else "",
)
def test_help_gives_each_command_a_line_of_its_own(
    calib: Calib, arguments: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    said = calib(*arguments, "--help").out
    assert "\\b" not in said
    assert "\b" not in said
    printed = [line.strip() for line in said.splitlines()]
    assert [line for line in printed if line in lines] == list(lines)


@pytest.mark.parametrize("failure", [OSError, KeyError, ImportError])
def test_a_computer_that_knows_no_user_name_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def nameless() -> str:
        raise failure

    monkeypatch.setattr("getpass.getuser", nameless)
    assert person() == "unknown"


def test_a_mistyped_command_is_answered_with_the_nearest(calib: Calib) -> None:
    ended = calib("demmo")
    assert ended.status == 2
    assert "Did you mean 'demo'?" in ended.err
    assert "Traceback" not in ended.err


def test_help_needs_none_of_the_heavy_libraries() -> None:
    heavy = ("numpy", "scipy", "h5py", "pint", "pyvisa", "typst", "pydantic", "rich")
    program = (
        "import sys\nfrom calib.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.exit(', '.join(m for m in {heavy!r} if m in sys.modules) or None)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["Ctrl-C", "the end of its standard input"])
def test_a_served_laboratory_says_where_it_is_and_ends_quietly(tmp_path: Path, how: str) -> None:
    write_starter(tmp_path / "lab", ports=Ports(0, 0, 0), keys=tmp_path / "keys")
    file = tmp_path / "lab" / "benches" / "simulated-laboratory.toml"
    command = [sys.executable, "-m", "calib", "sim", "serve", str(file), "--seed", "7", "--stop-with-parent"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        assert where["seed"] == 7
        with Control(where["control"]) as control:
            assert control.state()["outputs"]["source"]["operating"] is False
        if how == "Ctrl-C":
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        _, complaint = process.communicate(timeout=20)
    assert (process.returncode, complaint) == (0, "")


def test_a_mistake_in_the_file_of_a_simulated_laboratory_is_one_message(laboratory: Path, calib: Calib) -> None:
    file = laboratory / "benches" / "simulated-laboratory.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[lead]", "[laed]"), encoding="utf-8")
    ended = calib("sim", "serve", file)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("calib: ")
    assert "laed" in ended.err


def test_an_overdue_standard_that_somebody_allowed_is_told_everywhere(
    served: Any, calib: Calib, tmp_path: Path
) -> None:
    standard = served.folder / "equipment" / "CAL-01.toml"
    text = re.sub(r"due = \S+", f"due = {TODAY - dt.timedelta(days=3)}", standard.read_text(encoding="utf-8"))
    standard.write_text(text, encoding="utf-8")
    output = tmp_path / "run"
    who, why = "Trần Thị Bình", "sent for calibration on Monday, control chart looked at"
    process = served.start(*served.arguments("--output", str(output), "--operator", who, "--allow-overdue", why))
    said, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (0, "")
    assert "±" in said
    (exception,) = Record.open(output / "record.h5").snapshot["exceptions"]
    assert (exception["equipment"], exception["by"], exception["why"]) == ("CAL-01", who, why)
    assert f"was due on {TODAY - dt.timedelta(days=3)}" in str(exception["what"])
    shown = calib("show", output / "record.h5")
    assert (shown.status, shown.err) == (0, "")
    assert f"was due on {TODAY - dt.timedelta(days=3)}. Reason: {why}. Granted by {who}." in shown.out
    shown = calib("show", output / "record.h5", "--language", "vi").out
    assert f"là {TODAY - dt.timedelta(days=3)}. Lý do: {why}. Người cho phép: {who}." in shown
    assert "was due on" not in shown
    printed = _pdf(output / "certificate.pdf")
    for words in (who, why, "SIMULATED"):
        assert words in printed


def test_a_run_in_plain_lines_has_a_unit_with_every_number_and_its_record_can_be_shown(
    served: Any, calib: Calib, tmp_path: Path
) -> None:
    served.points((10, 5), (100, -90))
    output = tmp_path / "run"
    ended = calib(*served.arguments("--output", output, "--language", "vi"))
    assert (ended.status, ended.err) == (0, "")
    rows = [line for line in ended.out.splitlines() if "±" in line]
    assert len(rows) == 4
    for row in rows:
        assert len(re.findall(r"\d [mµ]?V\b", row)) == 6
    assert "MÔ PHỎNG" in ended.out
    assert "Đồng hồ vạn năng hiện số, điện áp một chiều" in ended.out
    assert "Điện áp một chiều, thang 100 V" in ended.out
    assert "Nominal" not in ended.out
    for result, row in zip(Record.open(output / "record.h5").results, rows, strict=True):
        _, reference, indicated, error, *_ = _volts(row)
        assert indicated - reference == pytest.approx(error, abs=1.01 * 10 ** floor(log10(result.reported_U)) / 10)
    shown = calib("show", output / "record.h5")
    assert shown.status == 0
    for words in ("SIMULATED", "SIM34401001", "SIM-NMI-0417", "intact; sealed by", "DC voltage, 100 V range"):
        assert words in shown.out
    assert "(MÔ PHỎNG)" not in shown.out
    table = json.loads(calib("show", output / "record.h5", "--json").out)
    assert [r["point"] for r in table["results"]] == [r.point for r in Record.open(output / "record.h5").results]
    assert verify(output / "record.h5").signer


def _volts(row: str) -> list[float]:
    """Return the numbers of a row in volts, in their order."""
    scale = {"V": 1.0, "mV": 1e-3, "µV": 1e-6}
    found = re.findall(r"(−?)([\d.,]+) ([mµ]?V)\b", row)
    return [(-1 if sign else 1) * float(digits.replace(",", ".")) * scale[unit] for sign, digits, unit in found]


def _pdf(path: Path) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run([tool, "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", text)
