"""What only a VISA library with hardware reaches (GPIB, USB), on a stand-in of such a library.

It has the calls that the line uses, with END beside the bytes as a bus has it; no instrument and no bus is behind it.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pyvisa
from pyvisa.constants import StatusCode
from pyvisa.errors import VisaIOError
from pyvisa.resources import MessageBasedResource

from calib.clock import SystemClock
from calib.drivers.dialect import SCPI
from calib.drivers.instrument import Instrument
from calib.drivers.transport import Line, WireTransport, open_line
from calib.errors import DeviceError, LinkError, NoReply


class Library:
    """`read` and `write` of a VISA library, with one instrument at the end."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.queue: deque[bytes] = deque()
        self.fails: VisaIOError | None = None
        self.sessions = None

    def write(self, session: int, data: bytes) -> None:
        if self.fails:
            raise self.fails
        answer = self.handle(data)
        if answer is not None:
            self.queue.append(answer)

    def read(self, session: int, count: int) -> tuple[bytes, StatusCode]:
        if not self.queue:
            raise VisaIOError(StatusCode.error_timeout)
        data = self.queue.popleft()
        if len(data) > count:
            self.queue.appendleft(data[count:])
            return data[:count], StatusCode.success_max_count_read
        return data, StatusCode.success


class Opened(MessageBasedResource):
    """An open resource of that library."""

    timeout: Any = 0
    visalib: Any = None
    session: Any = 1
    closed = False

    def __init__(self, library: Library) -> None:
        self.visalib = library
        self.polls: deque[int | Exception] = deque()
        self.cleared = 0

    @contextmanager
    def ignore_warning(self, *_: Any) -> Iterator[None]:
        yield

    def read_stb(self) -> int:
        polled = self.polls.popleft()
        if isinstance(polled, Exception):
            raise polled
        return polled

    def clear(self) -> None:
        self.cleared += 1
        self.visalib.queue.clear()

    def close(self) -> None:
        self.closed = True

    def __del__(self) -> None: ...


IDENTITY = b"MAKER,MODEL,123,1.0\n"


def handle(message: bytes) -> bytes | None:
    word = message.strip()
    if word == b"*IDN?":
        return IDENTITY
    if word.startswith(b"ECHO? "):
        return word[6:] + b"\n"
    if word == b"BLOCK?":
        return b"#550000" + b"\n\r" * 25_000 + b"\n"
    return b"0\n" if word == b"*ESR?" else None


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    resource = Opened(Library(handle))
    asked: list[tuple[str, str]] = []

    class Manager:
        def __init__(self, backend: str) -> None:
            self.backend = backend

        def open_resource(self, name: str, open_timeout: int) -> Opened:
            asked.append((self.backend, name))
            return resource

    monkeypatch.setattr(pyvisa, "ResourceManager", Manager)
    resource.asked = asked  # type: ignore[attr-defined]
    return resource


@pytest.fixture(params=["GPIB0::22::INSTR", "USB0::0x2A8D::0x0101::MY1::INSTR"])
def line(request: pytest.FixtureRequest, opened: Opened) -> Iterator[WireTransport]:
    with_library = open_line(request.param, Line(timeout_s=1.0), visa="@ivi")
    yield with_library
    with_library.close()


def test_the_library_that_the_bench_names_is_used(line: WireTransport, opened: Opened) -> None:
    assert opened.asked == [("@ivi", line.resource)]  # type: ignore[attr-defined]
    assert line.greeting == "MAKER,MODEL,123,1.0"


def test_messages_end_with_end_and_not_with_a_character(line: WireTransport) -> None:
    assert line.query_block("BLOCK?") == b"\n\r" * 25_000
    assert line.query("ECHO? after") == "after"


def test_an_answer_that_nobody_read_is_cleared_away(line: WireTransport, opened: Opened) -> None:
    line.write("ECHO? unread")
    assert line.query("ECHO? wanted") == "wanted"
    assert opened.cleared == 1


def test_a_service_request_that_waits_does_not_disturb_the_serial_poll(line: WireTransport, opened: Opened) -> None:
    """pyvisa-py 0.8.1 on HiSLIP."""
    trap = RuntimeError("expected message type 'AsyncStatusResponse', received 'AsyncServiceRequest'")
    opened.polls.extend([trap, 96])
    assert line.status_byte() == 96
    opened.polls.append(RuntimeError("something else"))
    with pytest.raises(LinkError, match="the line broke during 'serial poll'"):
        line.status_byte()


def test_silence_and_a_broken_bus_are_told_apart(line: WireTransport, opened: Opened) -> None:
    with pytest.raises(NoReply, match="no answer to 'NOTHING' within 1 s"):
        line.query("NOTHING")
    opened.visalib.fails = VisaIOError(StatusCode.error_connection_lost)
    with pytest.raises(LinkError, match="the line broke"):
        line.query("ECHO? x")
    opened.visalib.fails = None
    assert line.query("ECHO? x") == "x"


def test_completion_is_polled_for_without_service_requests(line: WireTransport, opened: Opened) -> None:
    class Meter(Instrument):
        models = ("MODEL",)
        dialect = SCPI

    meter = Meter(line, SystemClock())
    opened.polls.extend([0, 0, 32])
    meter.wait_complete(2.0, poll_s=0.001)
    assert not opened.polls
    opened.polls.extend([0] * 500)
    with pytest.raises(NoReply, match=r"not done within 0\.02 s; \*OPC is not reported"):
        meter.wait_complete(0.02, poll_s=0.005)


def test_an_error_during_the_work_is_raised_once_it_is_done(opened: Opened) -> None:
    class Meter(Instrument):
        models = ("MODEL",)
        dialect = SCPI

    replies = {
        b"*ESR?": deque([b"0\n", b"17\n"]),
        b"SYST:ERR?": deque([b'-222,"Data out of range"\n', b'0,"No error"\n']),
    }
    opened.visalib.handle = lambda data: replies[data.strip()].popleft() if data.strip() in replies else handle(data)
    line = open_line("GPIB0::22::INSTR", visa="@ivi")
    opened.polls.append(32)
    with pytest.raises(DeviceError, match="-222 Data out of range"):
        Meter(line, SystemClock()).wait_complete(1.0)
    line.close()
