"""Several instruments behind one GPIB adapter: one connection, one process, each address its own answers."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from calib.clock import SystemClock
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.prologix import PrologixWire
from calib.drivers.transport import Line, WireTransport, open_line, prologix
from calib.errors import InputError, LinkError, NoReply, ResourceHeld


@pytest.fixture
def bus(desk: Any) -> Iterator[PrologixWire]:
    """Two instruments, at addresses 5 and 22."""
    other = type(desk)(identity=b"MAKER,OTHER,9,1.0\n")
    outlets = {5: Outlet("other", other, SystemClock(), Faults()), 22: Outlet("desk", desk, SystemClock(), Faults())}
    with PrologixWire(outlets) as bus:
        yield bus


@pytest.fixture
def at(bus: PrologixWire) -> Iterator[Callable[..., WireTransport]]:
    lines: list[WireTransport] = []

    def open_(address: int, **options: Any) -> WireTransport:
        lines.append(open_line(name(bus, address), Line(**{"timeout_s": 2.0, **options})))
        return lines[-1]

    yield open_
    for line in lines:
        line.close()
    assert prologix._adapters == {}


def name(bus: PrologixWire, address: int) -> str:
    return f"PRLGX-TCPIP::{bus.host}::{bus.number}::GPIB::{address}"


def test_two_addresses_share_one_connection_and_never_an_answer(at: Callable[..., WireTransport]) -> None:
    one, two = at(5), at(22)
    assert (one.greeting, two.greeting) == ("MAKER,OTHER,9,1.0", "MAKER,MODEL,123,1.0")
    wrong: list[str] = []

    def ask(line: WireTransport, me: int) -> None:
        for i in range(40):
            answer = line.query(f"ECHO? {me}.{i}")
            if answer != f"{me}.{i}":
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(line, n)) for n, line in enumerate((one, two, one, two))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert one.lock is two.lock


def test_a_late_answer_of_one_is_never_taken_for_that_of_another(at: Callable[..., WireTransport]) -> None:
    one, two = at(5), at(22)
    for _ in range(2):
        try:
            late = one.query("SLOW?", timeout_s=0.02)
        except NoReply:
            late = "late"
        assert late == "late"
        assert two.query("ECHO? mine") == "mine"
        assert one.query("ECHO? back") == "back"


def test_a_reading_may_take_longer_than_the_adapter_waits(at: Callable[..., WireTransport]) -> None:
    """READ_S is 0.1 s in these tests, as 0.5 s are beside the seconds of a long integration."""
    assert at(22).query("SLOW?", timeout_s=3.0) == "late"


def test_characters_that_mean_something_to_the_adapter_get_through(at: Callable[..., WireTransport]) -> None:
    line = at(22)
    assert line.query("ECHO? ++addr 5") == "++addr 5"
    assert line.query("ECHO? a\x1bb+c") == "a\x1bb+c"


def test_the_status_byte_is_that_of_the_address(at: Callable[..., WireTransport], desk: Any) -> None:
    one, two = at(5), at(22)
    desk.status = 0x81
    assert (one.status_byte(), two.status_byte(), one.status_byte()) == (0, 0x81, 0)


def test_closing_one_address_leaves_the_other_and_the_adapter(at: Callable[..., WireTransport]) -> None:
    one, two = at(5), at(22)
    one.close()
    assert two.query("ECHO? x") == "x"
    assert at(5).query("ECHO? y") == "y"


def test_an_address_is_held_once_in_this_process(at: Callable[..., WireTransport]) -> None:
    at(22)
    with pytest.raises(ResourceHeld, match="held by this process already"):
        at(22)


OTHER_PROCESS = """
import sys
from calib.drivers import open_line
from calib.errors import ResourceHeld
try:
    open_line(sys.argv[1])
except ResourceHeld as refused:
    print(refused)
"""


def test_another_process_gets_no_other_address_of_the_same_adapter(
    at: Callable[..., WireTransport], bus: PrologixWire
) -> None:
    """The address that is set is the adapter's: between two processes answers would cross."""
    import os

    at(22)
    command = [sys.executable, "-c", OTHER_PROCESS, name(bus, 5)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"prlgx-tcpip::{bus.host}::{bus.number}: held by process {os.getpid()}" in said


def test_an_adapter_that_breaks_is_connected_to_anew(at: Callable[..., WireTransport], bus: PrologixWire) -> None:
    one, two = at(5), at(22)
    bus._server.drop_clients()
    time.sleep(0.05)
    with pytest.raises(LinkError, match=r"GPIB::22: prlgx-tcpip.*(closed the connection|line broke)"):
        two.query("ECHO? x")
    assert two.query("ECHO? again") == "again"
    assert one.query("ECHO? and the other") == "and the other"


def test_an_adapter_that_is_not_there_is_told_and_let_go(bus: PrologixWire) -> None:
    bus.close()
    for _ in range(2):
        with pytest.raises(LinkError, match="nobody listens there"):
            open_line(name(bus, 22), Line(timeout_s=0.5))


@pytest.mark.parametrize("address", ["31", "22::95", "22::127"])
def test_what_is_no_gpib_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="no GPIB address; allowed: primary 0 to 30"):
        open_line(f"PRLGX-TCPIP::127.0.0.1::1234::GPIB::{address}")
