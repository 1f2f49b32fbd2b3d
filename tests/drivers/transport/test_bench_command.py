"""`calib bench`, as a person uses it."""

import json
import re
import socket
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import pyvisa

from calib.cli.main import main
from calib.clock import VirtualClock
from calib.demo import in_memory
from calib.drivers import Line, find_driver, open_line
from calib.drivers.transport import scan as looking
from calib.drivers.transport.scan import Found, scan
from calib.drivers.transport.trafficfile import Recording
from calib.record import Record
from calib.run import SimulatedHands, SimulatedOperator, make_plan, run

Stand = Any
SOCKET = pytest.mark.parametrize("wire", ["socket"], indirect=True)


def calib(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; return its exit status and what it said."""
    status = 0
    try:
        main([str(a) for a in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


@SOCKET
def test_commands_are_recorded_shown_and_played_to_another_client(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    status, out, _ = calib(
        capsys, "bench", "record", file, "--resource", stand.resource, "ECHO? hello", "NOTHING", "#BLOCK? 9"
    )
    assert status == 0
    assert out.splitlines()[0] == "hello"
    assert out.splitlines()[1].startswith("9 bytes, SHA-256 ")
    status, out, _ = calib(capsys, "bench", "show", file)
    assert status == 0
    assert [line.split(" ", 2)[2].split(" ", 1)[1] for line in out.splitlines()[1:5]] == [
        r"> '*IDN?\n'",
        r"< 'MAKER,MODEL,123,1.0\n'",
        r"> 'ECHO? hello\n'",
        r"< 'hello\n'",
    ]
    replayed = threading.Thread(target=lambda: calib_in_thread(played, "bench", "replay", str(file)))
    played: list[str] = []
    replayed.start()
    line = open_line(resource_of(played))
    assert line.query("ECHO? hello") == "hello"
    line.write("NOTHING")
    assert line.query_block("BLOCK? 9") == bytes(range(9))
    line.close()
    replayed.join(5.0)
    assert not replayed.is_alive()


def calib_in_thread(said: list[str], *arguments: str) -> None:
    import click

    from calib.cli.bench import command

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(click, "echo", lambda text: said.append(str(text)))
        command.main(args=arguments[1:], standalone_mode=False)


def resource_of(said: list[str]) -> str:
    deadline = time.monotonic() + 5.0
    while not said:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return said[0]


@SOCKET
def test_lines_of_standard_input_are_sent(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question without an answer is told and recorded, and ends nothing."""
    monkeypatch.setattr(sys, "stdin", StringIO("ECHO? 1\n\nSILENCE?\nECHO? 2\n"))
    stand.desk.identity = b"MAKER,MODEL,123,1.0\n"
    monkeypatch.setattr("calib.cli.talk.Line", lambda: Line(timeout_s=0.1))
    status, out, err = calib(capsys, "bench", "record", tmp_path / "a", "--resource", stand.resource)
    assert status == 0
    assert out.splitlines()[:2] == ["1", "2"]
    assert "no answer to 'SILENCE?' within 0.1 s" in err


def test_a_changed_recording_is_told_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from calib.drivers.transport.trafficfile import Recorder

    with Recorder(tmp_path / "a") as recorder:
        recorder("COM1", ">", b"OUT 1 V\n")
    (tmp_path / "a").write_text((tmp_path / "a").read_text().replace("1 V", "2 V"))
    status, _, err = calib(capsys, "bench", "show", tmp_path / "a")
    assert status == 1
    assert "line 2: was changed" in err


def test_neither_instrument_nor_record_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = calib(capsys, "bench", "record", tmp_path / "a")
    assert (status, "name the instrument with --resource" in err) == (2, True)
    assert not (tmp_path / "a").exists()


def test_a_signed_recording_is_that_of_the_laboratory(
    laboratory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another signature, or the key of a stranger, the exit status is 1."""
    from calib.drivers.transport.trafficfile import Recorder

    monkeypatch.setenv("CALIB_KEYS", str(laboratory.parent / "keys"))
    monkeypatch.setenv("CALIB_LAB", str(laboratory))
    from calib.cli.bench import _signing

    path = tmp_path / "a"
    recorder = Recorder(path)
    recorder("COM1", ">", b"*IDN?\n")
    recorder.close(_signing(None))
    assert calib(capsys, "bench", "show", path)[0] == 0
    whole = path.read_text()
    path.write_text(re.sub(r'"signature":"(.)', lambda m: f'"signature":"{"A" if m[1] != "A" else "B"}', whole))
    status, _, err = calib(capsys, "bench", "show", path)
    assert (status, "signature of the last line is false" in err) == (1, True)
    path.write_text(whole)
    for key in (laboratory / "keys").glob("*.pem"):
        key.unlink()
    status, _, err = calib(capsys, "bench", "show", path)
    assert (status, "is none of" in err) == (1, True)


def test_the_recording_of_a_run_replays_as_its_bench_and_marks_it_as_simulated(
    laboratory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every message of the second run is one of the first, and so are its readings."""
    wanted = in_memory(laboratory, parameters={"readings": 5})
    first = wanted.calibrate(wanted.simulated_bench(7), folder=tmp_path / "first")
    assert first.record is not None, first.error
    file = tmp_path / "run.jsonl"
    assert calib(capsys, "bench", "record", file, "--from", first.record)[0] == 0
    assert len(Recording.read(file).messages) == len(Record.open(first.record).traffic())

    roles = {
        r: f.model_copy(update={"resource": f"REPLAY::{file}::{f.resource}"}) for r, f in wanted.bench.roles.items()
    }
    bench = wanted.bench.model_copy(update={"roles": roles, "simulation": None})
    clock = VirtualClock(datetime.now().astimezone())
    plan = make_plan(wanted.procedure, wanted.laboratory, bench, wanted.job, operator="x", today=clock.now().date())
    assert plan.snapshot["simulated"]
    simulated = wanted.simulated_bench(7)
    lines = {f.resource: replace(find_driver(f.driver).line, probe=None) for f in roles.values()}
    second = run(
        plan,
        connect=lambda resource, sink: open_line(resource, lines[resource], sink=sink),
        clock=clock,
        operator=SimulatedHands(SimulatedOperator(simulated.environment), simulated.connect),
    )
    assert second.status == "complete", second.error
    told = [[(r.point, r.indicated, r.s, r.error) for r in outcome.results] for outcome in (first, second)]
    assert told[0] == told[1]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, stand: Stand) -> None:
    """A VISA library that lists the stand, one that nobody serves, and a serial port."""
    names = (stand.resource, "TCPIP::127.0.0.1::1::SOCKET", "ASRL/dev/ttyNONE::INSTR")
    monkeypatch.setattr(looking, "_listed", lambda visa: iter([Found(n) for n in names if not n.startswith("ASRL")]))
    monkeypatch.setattr(looking, "_serial_ports", lambda: iter([Found("/dev/ttyNONE", note="FTDI")]))


@pytest.mark.usefixtures("listed")
@SOCKET
def test_a_scan_lists_what_it_found_with_its_identity(stand: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = calib(capsys, "bench", "scan", "--seconds", "5", "--json")
    assert status == 0
    found = {each["resource"]: each for each in json.loads(out)}
    assert found[stand.resource]["identity"] == "MAKER,MODEL,123,1.0"
    assert found["TCPIP::127.0.0.1::1::SOCKET"]["note"].startswith("nobody listens there")
    assert found["/dev/ttyNONE"] == {"resource": "/dev/ttyNONE", "identity": "", "note": "FTDI"}
    assert stand.desk.received == [b"*IDN?\n"]


@pytest.mark.usefixtures("listed")
@SOCKET
def test_a_scan_that_shall_not_identify_writes_nothing(stand: Stand) -> None:
    assert len(scan(5.0, identify=False)) == 3
    assert stand.desk.received == []


def test_a_scan_ends_in_time_whatever_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(visa: str | None) -> Any:
        time.sleep(30.0)
        yield Found("GPIB0::1::INSTR")

    monkeypatch.setattr(looking, "_listed", hang)
    monkeypatch.setattr(looking, "_serial_ports", lambda: iter([Found("COM1")]))
    begun = time.monotonic()
    assert scan(0.3) == (Found("COM1"),)
    assert time.monotonic() - begun < 1.0


def test_on_a_named_host_the_usual_ports_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_listed", lambda visa: iter(()))
    monkeypatch.setattr(looking, "_serial_ports", lambda: iter(()))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setattr(
            looking, "KNOWN_PORTS", {port: f"TCPIP::{{host}}::{port}::SOCKET", 1: "TCPIP::{host}::1::SOCKET"}
        )
        assert scan(5.0, hosts=["127.0.0.1"], identify=False) == (Found(f"TCPIP::127.0.0.1::{port}::SOCKET"),)


def test_opening_an_instrument_looks_for_no_other(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """`list_resources` takes seconds and broadcasts."""
    looked: list[object] = []
    monkeypatch.setattr(pyvisa.ResourceManager, "list_resources", lambda *_, **__: looked.append(_))
    assert stand.open().query("ECHO? x") == "x"
    assert looked == []
