"""Serial ports: settings, echo, prompt, pace; against pseudo-terminals and a terminal server of RFC 2217."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from calib.clock import SystemClock
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.sockets import LineServer
from calib.drivers.simulation.wires.pty_wire import PtyWire
from calib.drivers.simulation.wires.rfc2217 import Rfc2217Wire
from calib.drivers.transport import Line, WireTransport, open_line
from calib.errors import InputError, LinkError, NoReply, ReplyError

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
VAISALA = Line(write_end="\r", read_end="\r\n", echo=True, prompt=">", probe="VERS", timeout_s=1.0)


class Station:
    """Echoes, answers in several lines, ends with a prompt: the manner of Vaisala's transmitters."""

    def __init__(self) -> None:
        self.echoes = True
        self.times: list[float] = []

    def handle(self, message: bytes) -> bytes | None:
        self.times.append(time.monotonic())
        word = message.strip()
        echo = word + b"\r\n" if self.echoes else b""
        said = {b"VERS": b"STATION 1.0\r\n", b"?": b"STATION\r\nSERIAL X1\r\n", b"SEND": b"P= 1013.2 hPa\r\n"}
        return echo + said.get(word, b"") + b">"


class PtyServer:
    """Gives each line that ends with CR to `handle`, on a pseudo-terminal."""

    def __init__(self, handle: Callable[[bytes], bytes | None]) -> None:
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._handle = handle
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def _serve(self) -> None:
        rest = b""
        while True:
            try:
                byte = os.read(self._master, 1)
            except OSError:
                return
            if not byte:
                return
            rest += byte
            if rest.endswith((b"\r", b"\n")):
                answer, rest = self._handle(rest), b""
                if answer:
                    os.write(self._master, answer)

    def close(self) -> None:
        os.close(self._slave)
        self._server.join(timeout=5.0)  # it must not read from what is next opened under its number
        os.close(self._master)


@pytest.fixture
def station() -> Station:
    return Station()


@pytest.fixture
def port(station: Station) -> Iterator[PtyServer]:
    server = PtyServer(station.handle)
    yield server
    server.close()


@pytest.fixture
def line(port: PtyServer) -> Iterator[WireTransport]:
    opened = open_line(port.path, VAISALA)
    yield opened
    opened.close()


@POSIX
def test_echo_and_prompt_are_taken_off_and_several_lines_stay(line: WireTransport) -> None:
    assert line.greeting == "STATION 1.0"
    assert line.query("SEND") == "P= 1013.2 hPa"
    assert line.query("?") == "STATION\nSERIAL X1"
    line.write("UNIT METRIC")
    assert line.query("SEND") == "P= 1013.2 hPa"


@POSIX
def test_an_echo_that_is_not_what_was_sent_is_an_error_and_the_next_answer_is_right(
    line: WireTransport, station: Station
) -> None:
    station.echoes = False
    with pytest.raises(ReplyError, match=r"sent 'SEND', which came back as 'P= 1013"):
        line.query("SEND")
    station.echoes = True
    assert line.query("SEND") == "P= 1013.2 hPa"


@POSIX
def test_what_runs_by_itself_is_hushed_before_anything_is_asked(port: PtyServer, station: Station) -> None:
    port.say(b"P= 999.9 hPa\r\n" * 5)
    line = open_line(port.path, Line(**{**vars(VAISALA), "hush": "S"}))
    assert line.greeting == "STATION 1.0"
    port.say(b"P= 888.8 hPa\r\n")
    time.sleep(0.05)
    assert line.query("SEND") == "P= 1013.2 hPa"
    line.close()


@POSIX
def test_what_a_running_transmitter_says_is_read(port: PtyServer, line: WireTransport) -> None:
    port.say(b"P= 999.9 hPa\r\nP= 999.8 hPa\r\n")
    assert [line.read(), line.read()] == ["P= 999.9 hPa", "P= 999.8 hPa"]


@POSIX
def test_a_pause_is_kept_between_messages(port: PtyServer, station: Station) -> None:
    line = open_line(port.path, Line(**{**vars(VAISALA), "pause_s": 0.08}))
    for _ in range(3):
        line.query("SEND")
    line.close()
    assert all(b - a >= 0.079 for a, b in zip(station.times, station.times[1:], strict=False))


@POSIX
def test_bytes_are_sent_at_the_pace_that_is_set(port: PtyServer) -> None:
    line = open_line(port.path, Line(**{**vars(VAISALA), "byte_pause_s": 0.01}))
    begun = time.monotonic()
    line.query("SEND")
    assert time.monotonic() - begun > 0.05
    line.close()


@POSIX
def test_settings_that_a_port_refuses_are_told_with_the_port(port: PtyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some systems refuse 7E1 on a pty: no OSError, and no word of the port in it."""
    import termios

    def refuse(*_: object) -> None:
        raise termios.error(22, "Invalid argument")

    monkeypatch.setattr(termios, "tcsetattr", refuse)
    with pytest.raises(LinkError, match=rf"{port.path}: cannot be opened at 9600 Bd, 7E1 \(.*Invalid argument"):
        open_line(port.path, Line(bits=7, parity="even", probe=None))


def test_a_port_that_is_not_there_is_told() -> None:
    with pytest.raises(LinkError, match=r"/dev/ttyNONE9: cannot be opened at 4800 Bd, 7E1 .*is it plugged in"):
        open_line("/dev/ttyNONE9", Line(baud=4800, bits=7, parity="even"))


@pytest.mark.parametrize(("baud", "understood"), [(4800, True), (9600, False)])
def test_a_terminal_server_is_told_the_settings(desk: Any, baud: int, *, understood: bool) -> None:
    """RFC 2217: the line behind it runs at 4800 Bd, and understands nothing else."""
    outlet = Outlet("desk", desk, SystemClock(), Faults())
    with Rfc2217Wire(outlet.port("rfc2217"), baud=4800) as served:
        wanted = Line(baud=baud, bits=7, parity="even", stop_bits=2, timeout_s=0.3)
        if understood:
            line = open_line(served.resource, wanted)
            assert line.query("ECHO? x") == "x"
            line.close()
        else:
            with pytest.raises(LinkError, match=r"opened, but no answer to \*IDN\?"):
                open_line(served.resource, wanted)


def test_an_answer_ends_where_the_line_says() -> None:
    def handle(message: bytes) -> bytes:
        assert message == b"X\r\n"
        return b"first;second\n"

    with LineServer(handle) as server:
        line = open_line(f"socket://{server.host}:{server.port}", Line(write_end="\r\n", read_end=";", probe=None))
        assert line.query("X") == "first;"
        line.close()


@pytest.mark.parametrize(
    "wrong", [{"read_end": ""}, {"stop_bits": 3}, {"timeout_s": 0}, {"pause_s": -1}, {"prompt": "→"}], ids=str
)
def test_a_line_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"line: .*(allowed|cannot be)"):
        Line(**wrong)


def test_silence_ends_in_time(desk: Any) -> None:
    outlet = Outlet("desk", desk, SystemClock(), Faults())
    with Rfc2217Wire(outlet.port("rfc2217")) as served:
        line = open_line(served.resource, Line(timeout_s=1.0))
        begun = time.monotonic()
        with pytest.raises(NoReply):
            line.query("NOTHING?", timeout_s=0.2)
        assert 0.15 < time.monotonic() - begun < 0.8
        line.close()


@POSIX
def test_half_a_message_of_an_earlier_user_does_not_keep_a_line_from_opening(desk: Any) -> None:
    with PtyWire(Outlet("desk", desk, SystemClock(), Faults()).port("pty")) as served:
        with Path(served.path).open("wb", buffering=0) as earlier:
            earlier.write(b"CONF:VOL")
        with closing(open_line(served.path, Line(timeout_s=0.5))) as line:
            assert line.query("ECHO? x") == "x"
    assert desk.received[0] == b"CONF:VOL*IDN?\n"
