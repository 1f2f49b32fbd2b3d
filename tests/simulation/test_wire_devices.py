"""Instruments that are not of IEEE 488.2, on the wires: prompts and echoes, talkers, streams that nobody asked for."""

import socket
import time
from collections.abc import Iterator

import pytest

from calib.drivers.simulation.abortable import AbortableClock, Cleared, Work
from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.device import Device
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.exchange import Ending, Exchange
from calib.drivers.simulation.wires.socket_wire import SocketWire


class Probe(CommandSet):
    """Ends its messages with CR, echoes, prompts, and sends readings of its own."""

    ends = b"\r"

    def handle(self, message: bytes) -> bytes | None:
        return message.rstrip() + b"\r\n>"


class Talker(CommandSet):
    """Takes a reading each time that it is addressed to talk, 0.4 s each; its bit 7 says that data is there."""

    def __init__(self, clock: AbortableClock) -> None:
        super().__init__()
        self.clock = clock
        self.readings = 0

    def handle(self, message: bytes) -> bytes | None:
        return b"TALKER\r\n" if message.startswith(b"ID?") else None

    def talk(self) -> bytes | None:
        self.clock.sleep(0.4)
        self.readings += 1
        return b"%d\r\n" % self.readings

    def status_byte(self, *, message_available: bool = False) -> int:
        return 128 if message_available else 0


def outlet(device: Device, clock: AbortableClock | None = None) -> Outlet:
    return Outlet("unit", device, clock or AbortableClock(1), Faults())


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def line(probe: Probe) -> Iterator[socket.socket]:
    with (
        SocketWire(outlet(probe).port("serial"), serial=True) as wire,
        socket.create_connection((wire.host, wire.number), timeout=3) as line,
    ):
        yield line


def receive(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += line.recv(count - len(data))
    return data


def test_an_echo_and_a_prompt_come_after_a_carriage_return(line: socket.socket) -> None:
    line.sendall(b"SE")
    time.sleep(0.05)
    line.sendall(b"ND\r")
    assert receive(line, 7) == b"SEND\r\n>"
    line.sendall(b"?\rR\r")
    assert receive(line, 8) == b"?\r\n>R\r\n>"


def test_a_device_clear_on_a_serial_line_drops_what_was_begun(line: socket.socket) -> None:
    line.sendall(b"SEN")
    time.sleep(0.05)
    line.sendall(b"\x03?\r")
    assert receive(line, 4) == b"?\r\n>"


def test_what_nobody_asked_for_reaches_every_client_until_it_goes(probe: Probe, line: socket.socket) -> None:
    line.sendall(b"R\r")
    receive(line, 4)  # it is served now
    for _ in range(2):
        probe.speak(b"P= 1013.2 hPa\r\n")
        assert receive(line, 15) == b"P= 1013.2 hPa\r\n"
    line.close()
    deadline = time.monotonic() + 3
    while probe._listeners and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not probe._listeners


def test_a_talker_says_a_reading_each_time_that_it_is_addressed() -> None:
    clock = AbortableClock(10)
    exchange = Exchange(outlet(Talker(clock), clock).port("prologix"))
    assert exchange.read(100, 3.0) == (b"1\r\n", Ending.END)
    assert exchange.read(100, 3.0) == (b"2\r\n", Ending.END)
    assert exchange.read(100, 0.01).why is Ending.TIMEOUT
    deadline = time.monotonic() + 3
    while exchange.serial_poll() != 128 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert exchange.serial_poll() == 128
    assert exchange.read(100, 3.0) == (b"3\r\n", Ending.END)  # the one that it had begun
    exchange.write(b"ID?")
    assert exchange.read(100, 3.0) == (b"TALKER\r\n", Ending.END)
    exchange.close()


def test_a_failure_within_a_twin_breaks_the_line_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(CommandSet):
        def handle(self, message: bytes) -> bytes | None:
            raise ZeroDivisionError

    exchange = Exchange(outlet(Broken()).port("vxi11"))
    exchange.write(b"*IDN?")
    with pytest.raises(ConnectionError):
        exchange.read(100, 3.0)
    assert "the simulated unit failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    exchange.close()


def test_ended_work_stops_the_clock_of_its_thread_alone() -> None:
    clock, work = AbortableClock(1), Work()
    work.end()
    clock.sleep(0.001)  # outside
    with work, pytest.raises(Cleared):
        clock.sleep(60)
    work.renew()
    with work:
        clock.sleep(0.001)
