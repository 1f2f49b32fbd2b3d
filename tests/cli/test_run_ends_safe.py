"""Whatever stops a run in the middle of a high voltage: standby within a second, the readings kept, the record sealed.

What the calibrator did is told by the simulated instrument itself, not by the program that was stopped.
"""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calib.record import Journal, Record, verify
from calib.record.model import Reading

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals of POSIX")

WITHIN_S = 1.0
Until = Callable[..., float]
_WITH_A_TERMINAL = (
    "import fcntl, os, signal, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGHUP, signal.SIG_DFL); "  # whoever runs the tests may be deaf to it
    "os.execv(sys.executable, [sys.executable, '-m', 'calib', *sys.argv[1:]])"
)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "run"


def _at_high_voltage(served: Any, until: Until, output: Path, **options: Any) -> "subprocess.Popen[str]":
    """Return a run that stands at 100 V and reads."""
    served.points((100, 100), settle_s=5, readings=200)
    process: subprocess.Popen[str] = served.start(*served.arguments("--output", str(output)), **options)
    until(lambda: served.operates_above(60) or process.poll() is not None, "100 V on the terminals", 40)
    assert process.poll() is None, process.communicate()
    return process


def _ended_in_standby(served: Any, until: Until) -> None:
    until(lambda: not served.source()["operating"], "standby", WITHIN_S)


def _kept(output: Path, status: str) -> None:
    """Check that journal and record are whole, finished, sealed, and hold the readings so far."""
    with Journal.open(output / "run.journal") as journal:
        contents = journal.verify()
    assert contents.status == status
    assert contents.events[-2].kind == "made safe"
    assert contents.events[-2].details == {"source": "safe"}
    assert contents.events[-1].kind == "stopped"
    record = Record.open(output / "record.h5")
    assert record.status == status
    assert len(record.readings().readings) > 0
    assert record.readings().attempts[-1].outcome == "failed"
    assert verify(output / "record.h5").signer
    assert not list(output.glob("*.lock"))
    words = _words_to_the_source(record)
    after = words[len(words) - words[::-1].index(">STBY") :]
    assert (">OPER?", "<0") in pairwise(after)
    assert after[-2:] == [">LIMIT 60 V, -60 V;ERR?", '<0,"No Error"']
    assert {w for w in after[:-2] if w.startswith(">")} <= {">*CLS", ">*IDN?", ">OPER?", ">OUT 0 V, 0 HZ;ERR?"}


def _words_to_the_source(record: Record) -> list[str]:
    source = record.snapshot["bench"]["roles"]["source"]["resource"]
    return [m.direction + m.message.decode().strip() for m in record.traffic() if m.resource == source]


@pytest.mark.parametrize(
    ("number", "how"),
    [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM"), (signal.SIGHUP, "the terminal is gone")],
    ids=["Ctrl-C", "SIGTERM", "closed terminal"],
)
def test_a_signal_ends_in_standby(served: Any, until: Until, output: Path, number: int, how: str) -> None:
    ours = lambda: signal.signal(number, signal.SIG_DFL)  # noqa: E731  whoever runs the tests may be deaf to it
    process = _at_high_voltage(served, until, output, preexec_fn=ours)
    os.killpg(process.pid, number)
    _ended_in_standby(served, until)
    said, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert complaint.startswith("calib: aborted by ")
    assert how in complaint
    assert str(output / "record.h5") in complaint
    assert "source: safe" in said
    assert served.source()["history"][-1]["operating"] is False
    _kept(output, "aborted")


def test_more_signals_during_the_ending_change_nothing(served: Any, until: Until, output: Path) -> None:
    process = _at_high_voltage(served, until, output)

    def interrupted() -> bool:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        return process.poll() is not None or (output / "record.h5").exists()

    os.killpg(process.pid, signal.SIGINT)
    os.killpg(process.pid, signal.SIGTERM)
    until(interrupted, "a record")
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert served.source()["operating"] is False
    _kept(output, "aborted")


def test_the_abort_key_ends_in_standby_though_an_instrument_does_not_answer(
    served: Any, until: Until, tmp_path: Path, output: Path
) -> None:
    pty = pytest.importorskip("pty")
    file = tmp_path / "mine.py"
    file.write_text(
        "import time\n"
        "from calib.procedures.dmm_dc_voltage import DmmDcVoltage\n\n\n"
        "class Mine(DmmDcVoltage):\n"
        "    id = 'mine'\n\n"
        "    def measure(self, point, station):\n"
        "        super().measure(point, station)\n"
        "        if point.nominal == 100:\n"
        "            time.sleep(60)\n",
        encoding="utf-8",
    )
    ours, theirs = pty.openpty()
    said: list[bytes] = []
    served.points((100, 100))
    arguments = served.arguments("--output", str(output), procedure=str(file))
    with subprocess.Popen(
        [sys.executable, "-c", _WITH_A_TERMINAL, *arguments], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        reader = threading.Thread(target=_drain, args=(ours, said), daemon=True)
        reader.start()
        until(lambda: served.operates_above(60) or process.poll() is not None, "100 V on the terminals", 40)
        assert process.poll() is None, b"".join(said).decode()
        until(lambda: len(_readings(output)) == 10, "the readings before the silence")
        os.write(ours, b"q")
        _ended_in_standby(served, until)
        assert process.wait(30) == 130
    reader.join(10)
    os.close(ours)
    told = b"".join(said).decode()
    assert "q abort safely" in told
    assert "aborted by the operator" in told
    assert "time left" in told
    _kept(output, "aborted")


def test_a_terminal_that_is_closed_takes_the_voltage_off(served: Any, until: Until, output: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    served.points((100, 100), settle_s=5, readings=200)
    arguments = served.arguments("--output", str(output))
    with subprocess.Popen(
        [sys.executable, "-c", _WITH_A_TERMINAL, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        reader = threading.Thread(target=_drain_until, args=(ours, closed := threading.Event()), daemon=True)
        reader.start()
        until(lambda: served.operates_above(60) or process.poll() is not None, "100 V on the terminals", 40)
        assert process.poll() is None
        until(lambda: len(_readings(output)) > 10, "readings at 100 V")
        closed.set()
        reader.join(10)
        os.close(ours)
        _ended_in_standby(served, until)
        process.wait(30)
    _kept(output, "aborted")


def _drain_until(terminal: int, closed: threading.Event) -> None:
    while not closed.is_set():
        if select.select([terminal], [], [], 0.05)[0]:
            os.read(terminal, 4096)


def _readings(output: Path) -> tuple[Reading, ...]:
    with Journal.open(output / "run.journal") as journal:
        return journal.readings().readings


def _drain(terminal: int, said: list[bytes]) -> None:
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:  # Linux: the other side of a pty has closed
            return
        if not data:
            return
        said.append(data)


def test_enter_that_was_typed_before_the_question_does_not_confirm_a_dangerous_voltage(
    served: Any, until: Until, output: Path
) -> None:
    pty = pytest.importorskip("pty")
    served.points((100, 100), settle_s=5, readings=5)
    ours, theirs = pty.openpty()
    said: list[bytes] = []

    def told(words: str) -> bool:
        return words in b"".join(said).decode(errors="replace")

    arguments = [a for a in served.arguments("--output", str(output)) if a not in {"--answers", str(served.answers)}]
    with subprocess.Popen(
        [sys.executable, "-c", _WITH_A_TERMINAL, *arguments], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        reader = threading.Thread(target=_drain, args=(ours, said), daemon=True)
        reader.start()
        for question, answer in [
            ("nameplate", b"SIM34401001\n"),
            ("Ambient temperature", b"23\n"),
            ("Relative humidity", b"45\n"),
            ("low-thermal short", b"\n"),
            ("Join the calibrator's", b"\n"),
        ]:
            _typed_once_asked(ours, answer, said, question, until)
        until(lambda: served.operates_above(0), "the proof of the connection")
        os.write(ours, b"\n\n\n")
        until(lambda: told("DANGEROUS VOLTAGE"), "the question")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3.5)  # longer than a run may stand still otherwise: a person thinks
        assert not served.operates_above(60)
        os.write(ours, b"q\n")
        assert process.wait(30) == 130
    reader.join(10)
    os.close(ours)
    assert max(abs(c["setpoint_V"]) for c in served.source()["history"] if c["operating"]) <= 60


def _typed_once_asked(terminal: int, answer: bytes, said: list[bytes], question: str, until: Until) -> None:
    """Type an answer once the hint that follows the question stands on the screen."""
    until(lambda: "abort]" in b"".join(said).decode(errors="replace").partition(question)[2], question)
    os.write(terminal, answer)


def test_a_link_that_is_lost_ends_the_run_loudly(served: Any, until: Until, output: Path) -> None:
    process = _at_high_voltage(served, until, output)
    served.kill_server()
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "source: NOT SAFE" in said
    assert "take it off the line by hand" in complaint
    assert "TCPIP::127.0.0.1::" in complaint
    assert "Traceback" not in complaint
    with Journal.open(output / "run.journal") as journal:
        contents = journal.verify()
    assert contents.status == "failed"
    assert Record.open(output / "record.h5").status == "failed"
    assert len(contents.state.readings) > 0


def test_with_nobody_to_ask_the_run_ends_and_says_how_to_go_without_an_operator(served: Any, output: Path) -> None:
    arguments = [a for a in served.arguments("--output", str(output)) if a not in {"--answers", str(served.answers)}]
    process = served.start(*arguments)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 1
    assert complaint.startswith("calib: nobody is there to answer 'identity.meter'")
    assert "--answers FILE" in complaint
    assert not output.exists()
    assert served.source()["history"] == []


def test_a_closed_standard_input_is_nobody_to_ask(served: Any, output: Path) -> None:
    arguments = [a for a in served.arguments("--output", str(output)) if a not in {"--answers", str(served.answers)}]
    command = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "calib", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert "nobody is there to answer" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_mistake_in_a_procedure_of_ones_own_ends_in_standby(served: Any, tmp_path: Path, output: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from calib.drivers.roles import DcVoltageSource\n"
        "from calib.procedures.dmm_dc_voltage import DmmDcVoltage\n\n\n"
        "class Mine(DmmDcVoltage):\n"
        "    id = 'mine'\n\n"
        "    def measure(self, point, station):\n"
        "        super().measure(point, station)\n"
        "        if point.nominal == 100:\n"
        "            assert station.role('source', DcVoltageSource).is_operating()\n"
        "            1 / 0\n",
        encoding="utf-8",
    )
    served.points((100, 100))
    process = served.start(*served.arguments("--output", str(output), procedure=str(file)))
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"mine: ZeroDivisionError: division by zero ({file}, line 12)" in complaint
    assert "Traceback" not in complaint
    history = served.source()["history"]
    assert any(change["operating"] and change["setpoint_V"] == 100 for change in history)
    assert history[-1]["operating"] is False
    _kept(output, "failed")
    stopped = Record.open(output / "record.h5").events()[-1]
    assert "1 / 0" in stopped.details["trace"]


def test_an_instrument_that_refuses_in_the_middle_of_a_run_is_a_run_that_stopped(
    served: Any, tmp_path: Path, output: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from dataclasses import replace\n"
        "from calib.procedures.dmm_dc_voltage import DmmDcVoltage\n\n\n"
        "class Mine(DmmDcVoltage):\n"
        "    id = 'mine'\n\n"
        "    def points(self):\n"
        "        return [replace(p, hazard_V=0.0) for p in super().points()]\n",
        encoding="utf-8",
    )
    served.points((100, 100))
    process = served.start(*served.arguments("--output", str(output), procedure=str(file)))
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "5522A" in complaint
    assert "OUT 100 V" in complaint
    assert "source: safe" in said
    assert not any(change["operating"] and change["setpoint_V"] > 60 for change in served.source()["history"])
    _kept(output, "failed")


def test_a_second_run_on_the_same_instruments_is_refused_and_told_who_has_them(
    served: Any, until: Until, output: Path, tmp_path: Path
) -> None:
    arguments = [a for a in served.arguments("--output", str(output)) if a not in {"--answers", str(served.answers)}]
    first = served.start(*arguments, stdin=subprocess.PIPE)
    first.stdin.write("SIM34401001\n")
    first.stdin.flush()
    until((output / "run.journal.head").exists, "a journal, and a question", 40)
    second = served.start(*served.arguments("--output", str(tmp_path / "second")))
    _, complaint = second.communicate(timeout=60)
    assert second.returncode == 2
    assert f"held by process {first.pid}" in complaint
    assert not (tmp_path / "second").exists()
    third = served.start("resume", str(output), "--lab", str(served.folder), "--answers", str(served.answers))
    _, complaint = third.communicate(timeout=60)
    assert third.returncode == 2
    assert f"process {first.pid}" in complaint
    _, complaint = first.communicate("q\n", timeout=60)
    assert first.returncode == 130
    assert "aborted by the operator" in complaint
