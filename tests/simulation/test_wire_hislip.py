"""HiSLIP by its own messages (IVI-6.1), and by pyvisa-py's protocol client."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

import pytest
from pyvisa_py.protocols import hislip  # type: ignore[import-untyped]

from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.command_set import CommandSet, table
from calib.drivers.simulation.common_commands import COMMON
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.hislip import HislipWire

HEADER = struct.Struct(">2sBBIQ")
FIRST = 0xFFFFFF00
INITIALIZE, FATAL, ERROR, LOCK, LOCK_RESPONSE, DATA, DATA_END = 0, 2, 3, 4, 5, 6, 7
INTERRUPTED, ASYNC_INTERRUPTED, MAXIMUM, ASYNC_INITIALIZE = 13, 14, 15, 17
SERVICE_REQUEST, STATUS, STATUS_RESPONSE, LOCK_INFO = 20, 21, 22, 24


class Instrument(CommandSet):
    """Says its name, echoes, and counts triggers."""

    identity = "SIMULATED,TEST,SIM1,0"
    triggers = 0

    commands = table(
        {
            **COMMON,
            "ECHO?": lambda _unit, text: text,
            "LONG?": lambda _unit, text: "x" * int(text),
            "TRIGgers?": lambda unit, _: str(unit.triggers),
            "SYSTem:ERRor?": lambda unit, _: ",".join(map(str, unit.errors.popleft())) if unit.errors else "0",
        }
    )

    def trigger(self) -> None:
        self.triggers += 1


@pytest.fixture
def device() -> Instrument:
    return Instrument()


@pytest.fixture
def wire(device: Instrument) -> Iterator[HislipWire]:
    clock = AbortableClock(1.0)
    with HislipWire(Outlet("instrument", device, clock, Faults()).port("hislip")) as wire:
        yield wire


class Raw:
    """A connection that sends and receives single messages."""

    def __init__(self, wire: HislipWire) -> None:
        self.socket = socket.create_connection((wire.host, wire.number), timeout=3)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, type_: int, control: int = 0, parameter: int = 0, payload: bytes = b"") -> None:
        self.socket.sendall(HEADER.pack(b"HS", type_, control, parameter, len(payload)) + payload)

    def receive(self) -> tuple[int, int, int, bytes]:
        prologue, type_, control, parameter, length = HEADER.unpack(self._exactly(HEADER.size))
        assert prologue == b"HS"
        return type_, control, parameter, self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data


@pytest.fixture
def pair(wire: HislipWire) -> Iterator[Callable[[], tuple[Raw, Raw]]]:
    opened: list[Raw] = []

    def connect() -> tuple[Raw, Raw]:
        sync, async_ = Raw(wire), Raw(wire)
        opened.extend((sync, async_))
        sync.send(INITIALIZE, 0, 0x0100_0000 | 0x5858, b"hislip0")
        type_, control, parameter, _ = sync.receive()
        assert (type_, control, parameter >> 16) == (1, 0, 0x0100)
        async_.send(ASYNC_INITIALIZE, 0, parameter & 0xFFFF)
        assert async_.receive()[0] == 18
        return sync, async_

    yield connect
    for each in opened:
        each.socket.close()


Pair = Callable[[], tuple[Raw, Raw]]


def test_an_answer_carries_the_number_of_its_question(pair: Pair) -> None:
    """IVI-6.1, 3.1.1: the MessageID of the DataEND that completed the message."""
    sync, _ = pair()
    sync.send(DATA, 0, FIRST, b"ECHO? he")
    sync.send(DATA_END, 0, FIRST + 2, b"llo\n")
    assert sync.receive() == (DATA_END, 0, FIRST + 2, b"hello\n")


def test_long_answers_come_in_parts_that_the_client_can_take(pair: Pair) -> None:
    sync, async_ = pair()
    async_.send(MAXIMUM, 0, 0, struct.pack(">Q", 272))
    type_, _, _, payload = async_.receive()
    assert (type_, struct.unpack(">Q", payload)[0]) == (16, 1 << 20)
    sync.send(DATA_END, 0, FIRST, b"LONG? 600")
    parts = [sync.receive() for _ in range(3)]
    assert [p[0] for p in parts] == [DATA, DATA, DATA_END]
    assert all(len(p[3]) <= 256 for p in parts)
    assert b"".join(p[3] for p in parts) == b"x" * 600 + b"\n"


def test_a_message_beyond_the_maximum_is_refused_and_the_next_one_understood(pair: Pair) -> None:
    sync, _ = pair()
    sync.send(DATA_END, 0, FIRST, b"ECHO? " + b"y" * (1 << 20))
    assert sync.receive()[:2] == (ERROR, 4)
    sync.send(DATA_END, 0, FIRST + 2, b"ECHO? z")
    assert sync.receive()[3] == b"z\n"


def test_a_question_before_the_answer_was_delivered_interrupts(pair: Pair) -> None:
    """IVI-6.1, 3.1.1: Interrupted on both channels, and a query error in the instrument."""
    sync, async_ = pair()
    sync.send(DATA_END, 0, FIRST, b"ECHO? one")
    assert sync.receive()[3] == b"one\n"  # in the socket, but the client does not say that it was delivered
    sync.send(DATA_END, 0, FIRST + 2, b"ECHO? two")
    assert sync.receive() == (INTERRUPTED, 0, FIRST + 2, b"")
    assert async_.receive() == (ASYNC_INTERRUPTED, 0, FIRST + 2, b"")
    assert sync.receive() == (DATA_END, 0, FIRST + 2, b"two\n")
    sync.send(DATA_END, 1, FIRST + 4, b"SYST:ERR?")
    assert sync.receive()[3] == b"-410,Query INTERRUPTED\n"


def test_in_overlap_mode_nothing_interrupts_and_answers_have_numbers_of_their_own(pair: Pair) -> None:
    """IVI-6.1, 3.2 and 6.12: the client asks for it with a device clear."""
    sync, async_ = pair()
    async_.send(19)
    assert async_.receive()[:2] == (23, 0)
    sync.send(8, 1)
    assert sync.receive()[:2] == (9, 1)
    sync.send(DATA_END, 0, FIRST, b"ECHO? one")
    sync.send(DATA_END, 0, FIRST + 2, b"ECHO? two")
    assert sync.receive() == (DATA_END, 0, FIRST, b"one\n")
    assert sync.receive() == (DATA_END, 0, FIRST + 2, b"two\n")


def test_message_available_until_the_client_reports_delivery(pair: Pair) -> None:
    sync, async_ = pair()
    sync.send(DATA_END, 0, FIRST, b"*IDN?")
    sync.receive()
    async_.send(STATUS, 0, FIRST)
    assert async_.receive()[:2] == (STATUS_RESPONSE, 16)
    async_.send(STATUS, 1, FIRST)
    assert async_.receive()[:2] == (STATUS_RESPONSE, 0)


def test_a_status_query_knows_of_the_message_sent_before_it(pair: Pair) -> None:
    """Two connections, so the later message may come first; its number tells."""
    sync, async_ = pair()
    for number in range(FIRST, FIRST + 80, 4):
        sync.send(DATA_END, 1, number, b"ECHO? x")
        sync.receive()
        sync.send(DATA_END, 1, number + 2, b"*WAI")  # says that the answer was delivered
        async_.send(STATUS, 0, number + 4)  # as pyvisa-py counts
        assert async_.receive()[:2] == (STATUS_RESPONSE, 0)


def test_a_service_request_comes_once_and_a_poll_clears_it(pair: Pair) -> None:
    sync, async_ = pair()
    sync.send(DATA_END, 0, FIRST, b"*ESE 1;*SRE 32;*OPC")
    assert async_.receive() == (SERVICE_REQUEST, 96, 0, b"")
    async_.send(STATUS, 0, FIRST)
    assert async_.receive()[:2] == (STATUS_RESPONSE, 96)
    async_.send(STATUS, 0, FIRST)
    assert async_.receive()[:2] == (STATUS_RESPONSE, 32)
    sync.send(DATA_END, 0, FIRST + 2, b"*CLS")
    sync.send(DATA_END, 0, FIRST + 4, b"*OPC")
    assert async_.receive() == (SERVICE_REQUEST, 96, 0, b"")


def test_a_trigger_message_triggers(pair: Pair) -> None:
    sync, _ = pair()
    sync.send(12, 0, FIRST)
    sync.send(DATA_END, 0, FIRST + 2, b"TRIG?")
    assert sync.receive()[3] == b"1\n"


def test_while_one_client_holds_the_lock_others_wait(pair: Pair) -> None:
    """IVI-6.1, 4 and 6.5."""
    (sync, async_), (other_sync, other_async) = pair(), pair()
    async_.send(LOCK, 1, 1000)
    assert async_.receive()[:2] == (LOCK_RESPONSE, 1)
    async_.send(LOCK_INFO)
    assert async_.receive() == (25, 1, 1, b"")
    other_async.send(LOCK, 1, 100)
    assert other_async.receive()[:2] == (LOCK_RESPONSE, 0)
    other_sync.send(DATA_END, 0, FIRST, b"*IDN?")
    other_sync.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        other_sync.receive()
    sync.send(DATA_END, 0, FIRST, b"ECHO? mine")
    assert sync.receive()[3] == b"mine\n"
    async_.send(LOCK, 0, FIRST)
    assert async_.receive()[:2] == (LOCK_RESPONSE, 1)
    other_sync.socket.settimeout(3)
    assert other_sync.receive()[3].startswith(b"SIMULATED")
    async_.send(LOCK, 0, FIRST)
    assert async_.receive()[:2] == (LOCK_RESPONSE, 3)


def test_a_shared_lock_is_shared_by_those_who_name_it(pair: Pair) -> None:
    (_, one), (_, two), (_, three) = pair(), pair(), pair()
    for client in (one, two):
        client.send(LOCK, 1, 0, b"us")
        assert client.receive()[:2] == (LOCK_RESPONSE, 1)
    three.send(LOCK, 1, 50, b"them")
    assert three.receive()[:2] == (LOCK_RESPONSE, 0)
    one.send(LOCK, 0)
    assert one.receive()[:2] == (LOCK_RESPONSE, 2)


def test_the_lock_of_a_client_that_goes_is_given_up(pair: Pair) -> None:
    (sync, async_), (_, other) = pair(), pair()
    async_.send(LOCK, 1, 0)
    assert async_.receive()[:2] == (LOCK_RESPONSE, 1)
    sync.socket.close()
    other.send(LOCK, 1, 2000)
    assert other.receive()[:2] == (LOCK_RESPONSE, 1)


def test_what_is_no_hislip_is_a_fatal_error(wire: HislipWire) -> None:
    with Raw(wire) as client:
        client.socket.sendall(b"GET / HTTP/1.1\r\n")
        assert client.receive()[:2] == (FATAL, 1)
        assert client.socket.recv(1) == b""


def test_data_before_both_channels_is_a_fatal_error(wire: HislipWire) -> None:
    with Raw(wire) as client:
        client.send(INITIALIZE, 0, 0x0100_5858, b"hislip0")
        client.receive()
        client.send(DATA_END, 0, FIRST, b"*IDN?")
        assert client.receive()[:2] == (FATAL, 2)


@pytest.mark.parametrize(
    ("type_", "parameter", "payload"),
    [(ASYNC_INITIALIZE, 4711, b""), (INITIALIZE, 0x0100_0000, b"gpib0"), (DATA_END, FIRST, b"")],
)
def test_a_wrong_beginning_is_a_fatal_error(wire: HislipWire, type_: int, parameter: int, payload: bytes) -> None:
    with Raw(wire) as client:
        client.send(type_, 0, parameter, payload)
        assert client.receive()[:2] == (FATAL, 3)


@pytest.mark.parametrize(("type_", "code"), [(26, 1), (99, 1), (200, 3)])
def test_unknown_messages_are_errors_that_leave_the_connection(pair: Pair, type_: int, code: int) -> None:
    sync, async_ = pair()
    for channel in (sync, async_):
        channel.send(type_, 0, 0, b"payload")
        assert channel.receive()[:2] == (ERROR, code)
    sync.send(DATA_END, 0, FIRST, b"ECHO? still")
    assert sync.receive()[3] == b"still\n"


def test_the_protocol_client_of_pyvisa_py_locks_clears_and_polls(wire: HislipWire) -> None:
    client: Any = hislip.Instrument(wire.host, port=wire.number, timeout=3)
    other: Any = hislip.Instrument(wire.host, port=wire.number, timeout=3)
    try:
        client.send(b"ECHO? through")
        assert client.receive() == b"through\n"
        assert client.async_status_query() == 0
        assert client.async_lock_request(1.0) == "success"
        assert other.async_lock_info() == 1
        assert other.async_lock_request(0.1) == "failure"
        assert client.async_lock_release() == "success"
        client.async_remote_local_control("enableAndGotoRemote")
        client.trigger()
        client.send(b"TRIG?")
        assert client.receive() == b"1\n"
        client.device_clear()
        client.send(b"ECHO? after")
        assert client.receive() == b"after\n"
    finally:
        client.close()
        other.close()


def test_a_client_that_goes_leaves_nothing_behind(wire: HislipWire) -> None:
    for _ in range(40):
        client: Any = hislip.Instrument(wire.host, port=wire.number, timeout=3)
        client.close()
    deadline = time.monotonic() + 3
    while wire._sessions and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not wire._sessions
