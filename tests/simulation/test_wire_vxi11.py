"""VXI-11 by pyvisa-py's client of the core channel, and by single remote procedure calls (RFC 5531)."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyvisa_py.protocols import rpc, vxi11  # type: ignore[import-untyped]

from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.wires.portmapper import Portmapper
from calib.drivers.simulation.wires.vxi11 import Vxi11Wire
from calib.errors import LinkError

CORE, ASYNC = 0x0607AF, 0x0607B0
END, WAIT, TERMINATED = 8, 1, 128
NAME = b"HEWLETT-PACKARD,34401A,0,11-5-2\n"


class Core(vxi11.CoreClient):  # type: ignore[misc]
    """Pyvisa-py's client at a port that is known."""

    def __init__(self, host: str, port: int) -> None:
        self.packer: Any = vxi11.Vxi11Packer()
        self.unpacker: Any = vxi11.Vxi11Unpacker("")
        rpc.RawTCPClient.__init__(self, host, CORE, 1, port)


@pytest.fixture
def wire() -> Iterator[Vxi11Wire]:
    bench = SimulatedBench.from_file(DMM_BENCH, clock=AbortableClock(1), seed=1)
    with Vxi11Wire(bench.outlets["meter"].port("vxi11")) as wire:
        yield wire


@pytest.fixture
def connect(wire: Vxi11Wire) -> Iterator[Callable[[], tuple[Any, int]]]:
    opened: list[Any] = []

    def connect(lock: bool = False) -> tuple[Any, int]:
        core: Any = Core(wire.host, wire.number)
        opened.append(core)
        error, link, abort_port, longest = core.create_link(1, lock, 0, "inst0")
        assert (error, abort_port > 0, longest >= 1024) == (0, True, True)  # at least 1024: B.6.3
        return core, link

    yield connect
    for each in opened:
        each.close()


Connect = Callable[[], tuple[Any, int]]


def ask(core: Any, link: int, message: bytes) -> bytes:
    assert core.device_write(link, 1000, 0, END, message) == (0, len(message))
    error, reason, data = core.device_read(link, 4096, 3000, 0, 0, 0)
    assert (error, reason) == (0, 4)
    return bytes(data)


def test_a_message_in_parts_and_an_answer_in_parts(connect: Connect) -> None:
    """B.6.4 and B.6.5: END ends a message; the reason is REQCNT 1, CHR 2, END 4."""
    core, link = connect()
    core.device_write(link, 1000, 0, 0, b"*ID")
    core.device_write(link, 1000, 0, END, b"N?")
    assert core.device_read(link, 7, 3000, 0, 0, 0) == (0, 1, b"HEWLETT")
    assert core.device_read(link, 100, 3000, 0, TERMINATED, ord(",")) == (0, 2, b"-PACKARD,")
    assert core.device_read(link, 100, 3000, 0, 0, 0) == (0, 4, b"34401A,0,11-5-2\n")


def test_a_read_ends_in_time_and_the_answer_comes_to_the_next_one(connect: Connect) -> None:
    core, link = connect()
    core.device_write(link, 1000, 0, END, b"VOLT:DC:NPLC 10;:READ?")  # 0.4 s
    begun = time.monotonic()
    assert core.device_read(link, 100, 100, 0, 0, 0)[0] == 15
    assert 0.1 <= time.monotonic() - begun < 0.3
    error, reason, data = core.device_read(link, 100, 3000, 0, 0, 0)
    assert (error, reason) == (0, 4)
    assert abs(float(data)) < 1e-2


def test_a_locked_instrument_refuses_other_links_at_once_or_after_their_time(connect: Connect) -> None:
    """B.5.2 and B.6.11: error 11, waiting only with the flag waitlock."""
    (core, link), (other, second) = connect(), connect()
    assert core.device_lock(link, 0, 0) == 0
    assert other.device_write(second, 1000, 500, 0, b"*CLS")[0] == 11
    assert other.device_read(second, 10, 1000, 0, 0, 0)[0] == 11
    assert other.device_read_stb(second, 0, 0, 1000)[0] == 11
    for call in (other.device_clear, other.device_trigger, other.device_remote, other.device_local):
        assert call(second, 0, 0, 1000) == 11
    begun = time.monotonic()
    assert other.device_write(second, 1000, 200, WAIT | END, b"*CLS")[0] == 11
    assert time.monotonic() - begun >= 0.2
    assert other.device_unlock(second) == 12
    assert ask(core, link, b"*IDN?") == NAME
    release = threading.Timer(0.2, core.device_unlock, [link])
    release.start()
    assert other.device_lock(second, WAIT, 3000) == 0
    release.join()
    assert core.device_write(link, 1000, 0, END, b"*CLS")[0] == 11


def test_the_lock_of_a_link_that_goes_is_given_up(connect: Connect) -> None:
    (core, link), (other, second) = connect(), connect()
    assert core.device_lock(link, 0, 0) == 0
    assert core.destroy_link(link) == 0
    assert other.device_lock(second, WAIT, 2000) == 0
    other.close()
    third, link = connect()
    assert third.device_lock(link, WAIT, 2000) == 0


def test_a_wrong_device_or_link_is_named_by_its_error(wire: Vxi11Wire, connect: Connect) -> None:
    core, link = connect()
    assert core.create_link(1, False, 0, "gpib0,9")[0] == 3
    assert core.device_write(link + 1, 1000, 0, END, b"*CLS")[0] == 4
    assert core.device_read_stb(link + 1, 0, 0, 1000)[0] == 4
    assert core.device_docmd(link, 0, 1000, 0, 0x20000, True, 1, b"")[0] == 8
    assert core.destroy_link(link) == 0
    assert core.destroy_link(link) == 4


def test_links_are_not_endless(connect: Connect) -> None:
    core, _ = connect()
    errors = [core.create_link(1, False, 0, "inst0")[0] for _ in range(40)]
    assert errors[0] == 0
    assert errors[-1] == 9


def call(program: int, version: int, procedure: int, arguments: bytes = b"", xid: int = 7, rpc: int = 2) -> bytes:
    body = struct.pack(">10I", xid, 0, rpc, program, version, procedure, 0, 0, 0, 0) + arguments
    return struct.pack(">I", 0x8000_0000 | len(body)) + body


def answer(client: socket.socket) -> tuple[int, ...]:
    """Return the words of an answer."""
    (mark,) = struct.unpack(">I", client.recv(4, socket.MSG_WAITALL))
    record = client.recv(mark & 0x7FFF_FFFF, socket.MSG_WAITALL)
    return struct.unpack(f">{len(record) // 4}I", record)


def test_the_abort_channel_ends_a_read_that_waits(wire: Vxi11Wire, connect: Connect) -> None:
    """B.6.12: the read returns error 23; the instrument goes on."""
    core, link = connect()
    core.device_write(link, 1000, 0, END, b"VOLT:DC:NPLC 10;:READ?")
    aborted: list[tuple[int, ...]] = []

    def abort() -> None:
        with socket.create_connection((wire.host, wire.abort_number), timeout=3) as client:
            client.sendall(call(ASYNC, 1, 1, struct.pack(">i", link)))
            aborted.append(answer(client))

    timer = threading.Timer(0.1, abort)
    timer.start()
    assert core.device_read(link, 100, 3000, 0, 0, 0)[0] == 23
    timer.join()
    assert aborted[0][-1] == 0
    assert abs(float(core.device_read(link, 100, 3000, 0, 0, 0)[2])) < 1e-2


def test_a_service_request_calls_the_client_back(connect: Connect) -> None:
    """B.6.13 to B.6.15: an interrupt channel, and device_intr_srq with the client's own handle."""
    core, link = connect()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        address = struct.unpack(">I", socket.inet_aton("127.0.0.1"))[0]

        def pack(values: tuple[int, ...]) -> None:
            for value in values:
                core.packer.pack_uint(value)

        wanted = (address, port, 0x0607B1, 1, 0)
        assert core.make_call(25, wanted, pack, core.unpacker.unpack_int) == 0
        assert core.make_call(25, wanted, pack, core.unpacker.unpack_int) == 29
        listener.settimeout(3)
        interrupts, _ = listener.accept()
        with interrupts:
            assert core.device_enable_srq(link, True, b"meter 1") == 0
            core.device_write(link, 1000, 0, END, b"*CLS;*ESE 1;*SRE 32;*OPC")
            interrupts.settimeout(3)
            words = answer(interrupts)
            assert words[1:6] == (0, 2, 0x0607B1, 1, 30)
            assert struct.pack(f">{len(words) - 10}I", *words[10:]) == struct.pack(">I", 7) + b"meter 1\0"
            assert core.device_read_stb(link, 0, 0, 1000) == (0, 96)
            assert core.device_read_stb(link, 0, 0, 1000) == (0, 32)
            assert core.destroy_intr_chan() == 0
            assert core.destroy_intr_chan() == 6


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (call(CORE, 1, 0), (7, 1, 0, 0, 0, 0)),
        (call(0x123456, 1, 0), (7, 1, 0, 0, 0, 1)),
        (call(CORE, 9, 0), (7, 1, 0, 0, 0, 2, 1, 1)),
        (call(CORE, 1, 99), (7, 1, 0, 0, 0, 3)),
        (call(CORE, 1, 10, b"\0\0"), (7, 1, 0, 0, 0, 4)),
        (call(CORE, 1, 0, rpc=3), (7, 1, 1, 0, 2, 2)),
    ],
)
def test_calls_that_cannot_be_carried_out_are_answered_as_rpc_says(
    wire: Vxi11Wire, message: bytes, words: tuple[int, ...]
) -> None:
    with socket.create_connection((wire.host, wire.number), timeout=3) as client:
        client.sendall(message)
        assert answer(client) == words


def test_a_call_in_several_fragments_is_one(wire: Vxi11Wire) -> None:
    body = call(CORE, 1, 0)[4:]
    with socket.create_connection((wire.host, wire.number), timeout=3) as client:
        client.sendall(struct.pack(">I", 12) + body[:12] + struct.pack(">I", 0x8000_0000 | len(body) - 12) + body[12:])
        assert answer(client) == (7, 1, 0, 0, 0, 0)


def test_the_portmapper_tells_the_port_over_tcp_and_udp(wire: Vxi11Wire) -> None:
    """RFC 1833, 3: GETPORT; 0 for a program that is not there."""
    with Portmapper(wire.number, number=0) as mapper:
        for program, port in ((CORE, wire.number), (0x123456, 0)):
            asked = call(100_000, 2, 3, struct.pack(">4I", program, 1, 6, 0))
            with socket.create_connection(("127.0.0.1", mapper.number), timeout=3) as client:
                client.sendall(asked)
                assert answer(client)[-1] == port
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(3)
                client.sendto(asked[4:], ("127.0.0.1", mapper.number))
                assert struct.unpack(">7I", client.recv(100))[-1] == port


def test_a_portmapper_needs_a_free_port(wire: Vxi11Wire) -> None:
    with pytest.raises(LinkError, match="cannot be listened on"):
        Portmapper(wire.number, number=wire.number)


def test_a_client_that_goes_leaves_no_link_behind(wire: Vxi11Wire, connect: Connect) -> None:
    core, _ = connect()
    core.close()
    deadline = time.monotonic() + 3
    while wire._links and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not wire._links
