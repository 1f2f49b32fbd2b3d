"""The transport through pyvisa-py on real sockets, against servers that misbehave."""

import contextlib
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from calib.drivers.simulation.sockets import LineServer
from calib.drivers.transport import WireTransport, open_visa, wired
from calib.drivers.transport.tcp import SocketWire
from calib.errors import InputError, LinkError, NoReply, ReplyError, ResourceHeld

IDENTITY = b"MAKER,MODEL,123,1.0\n"
SLOW_S = 0.4


class Desk:
    """An instrument whose behaviour a test may change; keeps what it received."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.silent = False
        self.identity = IDENTITY
        self.delays_s: list[float] = []
        """Of the next answers to *IDN?."""

    def handle(self, message: bytes) -> bytes | None:
        self.received.append(message)
        if self.silent:
            return None
        word = message.strip()
        if word == b"SLOW?":
            time.sleep(SLOW_S)
            return b"late\n"
        if word == b"NOISE?":
            return b"\xff\xfe\x00\n"
        if word.startswith(b"ECHO? "):
            return word[6:] + b"\n"
        if word != b"*IDN?":
            return None
        if self.delays_s:
            time.sleep(self.delays_s.pop(0))
        return self.identity


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def server(desk: Desk) -> Iterator[LineServer]:
    with LineServer(desk.handle) as server:
        yield server


@pytest.fixture
def open_line(server: LineServer) -> Iterator[Callable[..., WireTransport]]:
    lines: list[WireTransport] = []

    def open_(resource: str = f"TCPIP::127.0.0.1::{server.port}::SOCKET", **options: object) -> WireTransport:
        lines.append(open_visa(resource, **{"timeout_s": 2.0, **options}))  # type: ignore[arg-type]
        return lines[-1]

    yield open_
    for line in lines:
        line.close()


Opener = Callable[..., WireTransport]


@pytest.fixture(params=["SOCKET", "ASRL"])
def resource(request: pytest.FixtureRequest, server: LineServer) -> str:
    """The same server as a socket resource, which resynchronises by opening anew, and as a line that is cleared."""
    if request.param == "SOCKET":
        return f"TCPIP::127.0.0.1::{server.port}::SOCKET"
    return f"ASRLsocket://127.0.0.1:{server.port}::INSTR"


def test_a_late_answer_is_never_taken_for_the_next_one(open_line: Opener, resource: str) -> None:
    line = open_line(resource)
    for _ in range(2):
        with pytest.raises(NoReply, match=r"no answer to 'SLOW\?' within 0\.1 s"):
            line.query("SLOW?", timeout_s=0.1)
        assert line.query("ECHO? right") == "right"
    time.sleep(2 * SLOW_S)
    assert line.query("ECHO? still right") == "still right"


def test_a_late_identity_is_not_taken_for_the_proof_of_being_in_step(
    open_line: Opener, resource: str, desk: Desk
) -> None:
    """On a line that cannot be opened anew the late answer equals the awaited one, which then comes behind it."""
    line = open_line(resource)
    desk.delays_s = [0.2, 0.1]
    with pytest.raises(NoReply):
        line.query("*IDN?", timeout_s=0.1)
    assert line.query("ECHO? right") == "right"


def test_without_a_probe_a_line_is_drained(open_line: Opener, resource: str) -> None:
    line = open_line(resource, probe=None)
    line.write("ECHO? unread")
    time.sleep(0.05)
    assert line.query("ECHO? wanted") == "wanted"


def test_an_answer_that_nobody_read_is_never_taken_for_the_next_one(open_line: Opener, resource: str) -> None:
    line = open_line(resource)
    line.write("ECHO? unread")
    assert line.query("ECHO? wanted") == "wanted"
    line.write("ECHO? read later")
    assert line.read() == "read later"


def test_an_interrupt_while_waiting_leaves_no_stale_answer(
    open_line: Opener, resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = open_line(resource)

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(line, "_receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            line.query("ECHO? interrupted")
    assert line.query("ECHO? next") == "next"


def test_after_a_timeout_another_instrument_at_the_address_is_refused(open_line: Opener, desk: Desk) -> None:
    line = open_line(timeout_s=0.3)
    with pytest.raises(NoReply):
        line.query("SLOW?", timeout_s=0.05)
    desk.identity = b"MAKER,OTHER,9,1.0\n"
    with pytest.raises((LinkError, NoReply), match=r"OTHER|no answer"):
        line.query("ECHO? x")
    desk.identity = IDENTITY
    assert line.query("ECHO? y") == "y"


def test_a_command_goes_out_at_once_even_where_the_instrument_has_gone_silent(
    open_line: Opener, desk: Desk, resource: str
) -> None:
    """A source that answers nothing any more may still hear STBY."""
    line = open_line(resource, timeout_s=5.0)
    desk.silent = True
    with pytest.raises(NoReply):
        line.query("ECHO? x", timeout_s=0.1)
    begun = time.monotonic()
    line.write("STBY")
    while b"STBY\n" not in desk.received:
        time.sleep(0.005)
        assert time.monotonic() - begun < 1.0
    desk.silent = False
    assert line.query("ECHO? y") == "y"
    assert desk.received.count(b"STBY\n") == 1


def test_a_refused_connection_is_noticed_on_opening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(LinkError, match=rf"TCPIP::127\.0\.0\.1::{port}::SOCKET: nobody listens there"):
        open_visa(f"TCPIP::127.0.0.1::{port}::SOCKET", timeout_s=1.0)


def test_a_connection_that_nobody_serves_is_noticed_on_opening() -> None:
    """The system accepts into the backlog; no program ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(LinkError, match=r"opened, but no answer to \*IDN\? within 0\.2 s"):
            open_visa(f"TCPIP::127.0.0.1::{port}::SOCKET", timeout_s=0.2)


def test_a_failed_opening_lets_the_resource_go(server: LineServer, desk: Desk, open_line: Opener) -> None:
    desk.silent = True
    with pytest.raises(LinkError):
        open_line(timeout_s=0.1)
    desk.silent = False
    assert open_line().query("ECHO? x") == "x"


def test_a_closed_connection_is_told_from_silence(open_line: Opener, server: LineServer) -> None:
    line = open_line()
    server.close()
    with pytest.raises(LinkError, match=r"closed the connection|line broke|nobody listens"):
        line.query("ECHO? x", timeout_s=0.3)
    with pytest.raises(LinkError, match="nobody listens"):
        line.query("ECHO? y")


def test_an_instrument_that_comes_back_is_found_again(open_line: Opener, server: LineServer, desk: Desk) -> None:
    line = open_line()
    server.close()
    with pytest.raises(LinkError):
        line.query("ECHO? x", timeout_s=0.3)
    with LineServer(desk.handle, port=server.port):
        assert line.query("ECHO? back") == "back"
        line.close()


def test_bytes_that_are_no_text_are_an_error(open_line: Opener) -> None:
    with pytest.raises(ReplyError, match=r"asked 'NOISE\?', answered b'.xff"):
        open_line().query("NOISE?")


def test_a_closed_line_is_not_opened_again_behind_ones_back(open_line: Opener) -> None:
    line = open_line()
    line.close()
    line.close()
    for _ in range(2):
        with pytest.raises(LinkError):
            line.query("ECHO? x")


@pytest.mark.parametrize("name", ["nonsense", "TCPIP::127.0.0.1::SOCKET::", ""])
def test_what_is_no_resource_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no VISA resource, such as TCPIP"):
        open_visa(name)


def test_all_traffic_goes_to_the_sink_in_order_as_bytes(open_line: Opener, server: LineServer) -> None:
    traffic: list[tuple[str, str, bytes]] = []
    line = open_line(sink=lambda *message: traffic.append(message))
    line.write("NOTHING")
    line.query("ECHO? 1")
    name = f"TCPIP::127.0.0.1::{server.port}::SOCKET"
    assert traffic == [
        (name, ">", b"*IDN?\n"),
        (name, "<", IDENTITY),
        (name, ">", b"NOTHING\n"),
        (name, ">", b"ECHO? 1\n"),
        (name, "<", b"1\n"),
    ]


def test_a_write_followed_by_a_query_does_not_stall(open_line: Opener) -> None:
    """Nagle's algorithm with delayed acknowledgement costs 40 ms each time; without it this is well under 1 ms."""
    line = open_line()
    assert isinstance(line._wire, SocketWire)
    assert line._wire._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    took_s = []
    for _ in range(50):
        begun = time.perf_counter()
        line.write("NOTHING")
        line.query("ECHO? 1")
        took_s.append(time.perf_counter() - begun)
    assert statistics.median(took_s) < 0.02


def test_threads_never_get_each_others_answers(open_line: Opener) -> None:
    line = open_line()
    wrong: list[str] = []

    def ask(me: int) -> None:
        for i in range(150):
            answer = line.query(f"ECHO? {me}.{i}")
            if answer != f"{me}.{i}":
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


HOLDER = """
import sys, time
from calib.drivers import open_visa
line = open_visa(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_process_is_refused_and_told_who_holds_the_instrument(server: LineServer, open_line: Opener) -> None:
    """A holder that is killed lets go: the system frees the lock."""
    name = f"TCPIP::127.0.0.1::{server.port}::SOCKET"
    with subprocess.Popen([sys.executable, "-c", HOLDER, name], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            for spelling in (name, name.replace("TCPIP", "TCPIP0")):
                with pytest.raises(ResourceHeld, match=rf"held by process {holder.pid}"):
                    open_line(spelling)
        finally:
            holder.kill()
    assert open_line().query("ECHO? free") == "free"


def test_one_process_cannot_open_a_resource_twice(open_line: Opener) -> None:
    first = open_line()
    with pytest.raises(ResourceHeld, match="held by this process already"):
        open_line()
    first.close()
    assert open_line().query("ECHO? again") == "again"


@pytest.fixture
def talker() -> Iterator[tuple[str, list[float]]]:
    """Answers each line by itself, again after each of the pauses that the test gives."""
    pauses_s: list[float] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    def answer(client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, client.makefile("rb") as lines, contextlib.suppress(OSError):
            for line in lines:
                client.sendall(line)
                for pause_s in tuple(pauses_s) if line != b"*IDN?\n" else ():
                    time.sleep(pause_s)
                    client.sendall(line)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"TCPIP::127.0.0.1::{listening.getsockname()[1]}::SOCKET", pauses_s
        listening.shutdown(socket.SHUT_RDWR)


def test_an_answer_that_comes_twice_is_not_taken_for_a_reading(
    talker: tuple[str, list[float]], open_line: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one comes while the line looks, before the reading is asked for."""
    resource, pauses_s = talker
    line = open_line(resource)
    pauses_s[:] = [0.05]
    assert line.query("VOLT?") == "VOLT?"
    pauses_s.clear()
    monkeypatch.setattr(wired, "LOOK_S", 0.1)
    assert line.query("READ?", timeout_s=1.0) == "READ?"


def test_what_says_one_thing_too_many_is_connected_to_anew(talker: tuple[str, list[float]], open_line: Opener) -> None:
    """The first copy is there when the next question is asked, the second comes behind it."""
    resource, pauses_s = talker
    line = open_line(resource)
    for i in range(3):
        pauses_s[:] = [0.01, 0.06]
        assert line.query(f"ECHO? {i}") == f"ECHO? {i}"
        pauses_s.clear()
        time.sleep(0.03)
        assert line.query(f"VOLT? {i}") == f"VOLT? {i}"
        time.sleep(0.08)
