"""The Prologix adapter by its own lines (GPIB-ETHERNET manual, section 8)."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.wires.prologix import PrologixWire

METER, SOURCE = 22, 4
NAME = b"HEWLETT-PACKARD,34401A,0,11-5-2\n"


@pytest.fixture
def wire() -> Iterator[PrologixWire]:
    bench = SimulatedBench.from_file(DMM_BENCH, clock=AbortableClock(20), seed=1)
    with PrologixWire({METER: bench.outlets["meter"], SOURCE: bench.outlets["source"]}) as wire:
        yield wire


Client = Callable[..., bytes]


@pytest.fixture
def client(wire: PrologixWire) -> Iterator[socket.socket]:
    with socket.create_connection((wire.host, wire.number), timeout=3) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client


@pytest.fixture
def say(client: socket.socket) -> Client:
    """Send lines; return the next line that comes, none within `within_s` is empty."""

    def say(*lines: bytes, within_s: float = 3.0) -> bytes:
        client.sendall(b"".join(line + b"\n" for line in lines))
        client.settimeout(within_s)
        data = b""
        try:
            while not data.endswith(b"\n"):
                data += client.recv(1)
        except TimeoutError:
            pass
        return data

    return say


def test_each_address_is_its_own_instrument(say: Client) -> None:
    assert say(b"++addr 22", b"*IDN?", b"++read eoi") == NAME
    assert say(b"++addr 4", b"*IDN?", b"++read eoi").startswith(b"FLUKE,5522A")
    assert say(b"++addr") == b"4\r\n"


def test_auto_reads_after_every_message(say: Client) -> None:
    assert say(b"++addr 22", b"++auto 1", b"*IDN?") == NAME


def test_two_answers_wait_each_in_its_own_instrument(say: Client) -> None:
    say(b"++addr 22", b"*IDN?", b"++addr 4", b"*IDN?", within_s=0.1)
    assert say(b"++addr 22", b"++read") == NAME
    assert say(b"++addr 4", b"++read").startswith(b"FLUKE")


def test_a_poll_sees_the_message_and_leaves_it(say: Client) -> None:
    say(b"++addr 22", b"*CLS", b"*IDN?", within_s=0.1)
    assert say(b"++spoll") == b"16\r\n"
    assert say(b"++spoll 22") == b"16\r\n"
    assert say(b"++spoll 4") == b"0\r\n"
    assert say(b"++read eoi") == NAME
    assert say(b"++spoll") == b"0\r\n"


def test_a_service_request_is_on_the_bus_until_polled(say: Client) -> None:
    assert say(b"++srq") == b"0\r\n"
    say(b"++addr 22", b"*ESE 1;*SRE 32", b"*OPC", within_s=0.1)
    assert say(b"++addr 4", b"++srq") == b"1\r\n"
    assert say(b"++spoll 22") == b"96\r\n"
    assert say(b"++srq") == b"0\r\n"
    assert say(b"++spoll 22") == b"32\r\n"


def test_nothing_to_say_ends_after_the_time_between_characters_and_is_a_query_error(say: Client) -> None:
    begun = time.monotonic()
    assert say(b"++addr 22", b"*CLS", b"++read_tmo_ms 100", b"++read eoi", b"++ver").startswith(b"Prologix")
    assert 0.1 <= time.monotonic() - begun < 1
    assert say(b"SYST:ERR?", b"++read eoi").startswith(b"-420,")


def test_an_instrument_at_work_is_waited_for(say: Client) -> None:
    """A reading of 0.2 s here with 50 ms between characters, as pyvisa-py sets it."""
    line = say(b"++addr 22", b"++read_tmo_ms 50", b"*RST;:VOLT:DC:NPLC 100", b"READ?", b"++read eoi")
    assert abs(float(line)) < 1e-2


def test_escaped_characters_are_data(say: Client) -> None:
    """A line that begins with two plus signs is a message once they are escaped."""
    say(b"++addr 22", b"*CLS", b'DISP:TEXT "A\x1b+\x1b+B"', within_s=0.05)
    assert say(b"DISP:TEXT?", b"++read eoi") == b'"A++B"\n'
    assert say(b"\x1b+\x1b+ver", b"SYST:ERR?", b"++read eoi").startswith(b"-1")


def test_without_end_or_terminator_the_message_goes_on(say: Client) -> None:
    assert say(b"++addr 22", b"++eoi 0", b"++eos 3", b"*ID", b"++eoi 1", b"N?", b"++read eoi") == NAME


def test_a_read_ends_at_a_character_and_the_rest_waits(client: socket.socket, say: Client) -> None:
    client.sendall(b"++addr 22\n*IDN?\n++read 44\n")
    assert client.recv(100) == b"HEWLETT-PACKARD,"
    assert say(b"++read eoi") == b"34401A,0,11-5-2\n"


def test_the_character_for_end_is_added(client: socket.socket) -> None:
    client.sendall(b"++addr 22\n++eot_enable 1\n++eot_char 42\n*IDN?\n++read eoi\n")
    client.settimeout(3)
    assert client.recv(100) == NAME + b"*"


def test_clear_and_trigger_reach_the_addressed_instrument(say: Client) -> None:
    say(b"++addr 22", b"*RST;*CLS;:TRIG:SOUR BUS;:INIT", b"++trg", within_s=0.05)
    assert abs(float(say(b"FETC?", b"++read eoi"))) < 1e-2
    say(b"*IDN?", b"++clr", within_s=0.05)
    assert say(b"SYST:VERS?", b"++read eoi") == b"1991.0\n"
    assert say(b"SYST:ERR?", b"++read eoi") == b'+0,"No error"\n'


def test_an_address_without_instrument_is_silent(say: Client) -> None:
    assert say(b"++addr 9", b"*IDN?", b"++read eoi", b"++ver").startswith(b"Prologix")


@pytest.mark.parametrize("line", [b"++nonsense", b"++addr 31", b"++eos 4", b"++read_tmo_ms 4000", b"++"])
def test_what_the_adapter_does_not_know_it_says(say: Client, line: bytes) -> None:
    assert say(line) == b"Unrecognized command\r\n"
