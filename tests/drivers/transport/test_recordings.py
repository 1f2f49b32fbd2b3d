"""A recording is evidence (a changed line shows) and an instrument (anything else than what was said fails)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calib.drivers import Instrument
from calib.drivers.dialect import SCPI
from calib.drivers.setting import number
from calib.drivers.transport import Line, open_line
from calib.drivers.transport.traffic import LIMIT, abridged
from calib.drivers.transport.trafficfile import Recorder, Recording
from calib.errors import FileError, InputError, IntegrityError, NoReply, ReplayError

METER = "GPIB0::22::INSTR"


class Meter(Instrument):
    """As much of a driver as the session has."""

    models = ("34401A",)
    dialect = SCPI
    nplc = number("VOLT:DC:NPLC", unit="PLC", doc="Integration time.")

    def read_dc_voltage(self) -> float:
        """Take one reading in volts."""
        return self.query_float("READ?", timeout_s=5.0)


def talk(line: Any) -> tuple[Any, ...]:
    """Questions, a block, a question without an answer and what follows it, a serial poll, a device clear."""
    said = [line.query("ECHO? 1"), line.query_block("BLOCK? 300")]
    line.write("NOTHING")
    with pytest.raises(NoReply):
        line.query("SILENCE?", timeout_s=0.05)
    said += [line.query("ECHO? 2"), line.status_byte()]
    line.clear()
    return (*said, line.query("ECHO? 3"))


def test_a_session_on_any_wire_replays_to_the_same_answers(stand: Any, tmp_path: Path) -> None:
    with Recorder(tmp_path / "session.jsonl") as recorder:
        line = stand.open(sink=recorder)
        live = talk(line)
        line.close()
    replayed = open_line(f"REPLAY::{tmp_path}/session.jsonl")
    assert talk(replayed) == live
    replayed.close()


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """Two instruments, one after the other."""
    path = tmp_path / "session.jsonl"
    with Recorder(path, by="Trần Thị B") as recorder:
        for direction, data in [
            (">", b"*IDN?\n"),
            ("<", b"HEWLETT-PACKARD,34401A,0,11-5-2\n"),
            (">", b"VOLT:DC:NPLC?\n"),
            ("<", b"+1.00000000E+01\n"),
            (">", b"READ?\n"),
            ("<", b"+9.99998000E+00\n"),
        ]:
            recorder(METER, direction, data)  # type: ignore[arg-type]
        recorder("COM7", ">", b"*IDN?\n")
        recorder("COM7", "<", b"MAKER,\xb0C,1,1\n")
    return path


@pytest.fixture
def meter(session: Path) -> Meter:
    return Meter.open(f"REPLAY::{session}::{METER}")


def test_a_driver_works_on_a_recording(meter: Meter) -> None:
    assert meter.nplc == 10.0
    assert meter.read_dc_voltage() == 9.99998
    meter.close()


def test_another_message_than_the_recorded_one_fails(meter: Meter) -> None:
    with pytest.raises(ReplayError, match=r"message 3 of 6, 'READ\?\\n' is sent, and the recording has 'VOLT:DC:NPLC"):
        meter.query("READ?")
    meter.close()


def test_a_message_after_the_end_fails(meter: Meter) -> None:
    assert meter.nplc == 10.0
    assert meter.read_dc_voltage() == 9.99998
    with pytest.raises(ReplayError, match=r"'READ\?\\n' is sent, and the recording ends before it"):
        meter.query("READ?")
    meter.close()


def test_a_message_that_was_not_sent_fails_at_the_close(meter: Meter) -> None:
    assert meter.nplc == 10.0
    with pytest.raises(ReplayError, match=r"message 5 of 6, 'READ\?\\n' is in the recording and was not sent"):
        meter.close()
    meter.close()


def test_of_several_instruments_one_is_named(session: Path) -> None:
    with pytest.raises(InputError, match=rf"the recording is of {METER}, COM7; name one: REPLAY::.*::RESOURCE"):
        open_line(f"REPLAY::{session}")


def test_times_and_bytes_come_back_as_they_were_written(session: Path) -> None:
    recording = Recording.read(session)
    assert recording.resources() == (METER, "COM7")
    assert recording.of("COM7")[1].data == b"MAKER,\xb0C,1,1\n"
    assert recording.head["by"] == "Trần Thị B"
    times = [message.time for message in recording.messages]
    assert times == sorted(times)
    assert all(time.endswith("+00:00") for time in times)


def changed(lines: list[str]) -> list[str]:
    return [lines[0], lines[1], lines[2].replace("11-5-2", "11-5-3"), *lines[3:]]


def taken_out(lines: list[str]) -> list[str]:
    return [*lines[:3], *lines[4:]]


def moved(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[4], lines[3], *lines[5:]]


def retimed(lines: list[str]) -> list[str]:
    line = json.loads(lines[4])
    return [*lines[:4], json.dumps(line | {"time": "2026-01-01T00:00:00+00:00"}, separators=(",", ":")), *lines[5:]]


def put_behind(lines: list[str]) -> list[str]:
    return [*lines, lines[-2]]


@pytest.mark.parametrize("forge", [changed, taken_out, moved, retimed, put_behind])
def test_a_recording_that_was_changed_is_not_read(session: Path, forge: Callable[[list[str]], list[str]]) -> None:
    lines = session.read_text().splitlines()
    session.write_text("\n".join(forge(lines)) + "\n")
    with pytest.raises(IntegrityError, match=r"session\.jsonl: line \d+: (was changed|stands behind)"):
        Recording.read(session, unfinished=True)


def test_a_recording_that_was_cut_off_is_shown_and_not_replayed(session: Path) -> None:
    whole = session.read_bytes()
    session.write_bytes(whole[: whole.rindex(b'{"time"') + 30])
    with pytest.raises(FileError, match="cut off after 7 messages"):
        Recording.read(session)
    recording = Recording.read(session, unfinished=True)
    assert len(recording.messages) == 7
    assert not recording.complete


def test_each_message_is_in_the_file_at_once(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.jsonl")
    recorder(METER, ">", b"*IDN?\n")
    assert '"sent":"*IDN?\\n"' in (tmp_path / "a.jsonl").read_text()
    recorder.close()


def test_a_recording_is_never_overwritten(session: Path) -> None:
    before = session.read_bytes()
    with pytest.raises(FileError, match="exists already"):
        Recorder(session)
    assert session.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b'{"format":"other"}\n', b"\xff\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(FileError, match=r"no recording|not a line of a recording"):
        open_line(f"REPLAY::{tmp_path}/a", Line())


def test_a_long_message_is_kept_as_its_beginning_length_and_digest() -> None:
    """The digest is that of `sha256sum` over the whole."""
    assert abridged(b"x" * LIMIT) == b"x" * LIMIT
    kept = abridged(bytes(1_000_000))
    assert len(kept) < 2000
    assert kept.startswith(bytes(1024))
    assert b"1000000 bytes in all" in kept
    assert b"d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025" in kept
