"""An instrument whose behaviour a test may change, on any wire."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from calib.clock import SystemClock
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.hislip import HislipWire
from calib.drivers.simulation.wires.prologix import PrologixWire
from calib.drivers.simulation.wires.pty_wire import PtyWire
from calib.drivers.simulation.wires.rfc2217 import Rfc2217Wire
from calib.drivers.simulation.wires.socket_wire import SocketWire
from calib.drivers.simulation.wires.vxi11 import Vxi11Wire
from calib.drivers.transport import Line, WireTransport, open_line, prologix, wired

IDENTITY = b"MAKER,MODEL,123,1.0\n"
SLOW_S = 0.25
WIRES = ("socket", "visa-socket", "hislip", "vxi11", "prologix", "pty")


@dataclass
class Desk:
    """Answers ECHO?, BLOCK?, SLOW? and what IEEE 488.2 has for identity and completion."""

    ends: bytes = b"\n"
    identity: bytes = IDENTITY
    silent: bool = False
    says: bytes | None = None
    """When addressed to talk."""
    status: int = 0
    work_s: float = 0.0
    """How long what *OPC waits for takes."""
    received: list[bytes] = field(default_factory=list)
    _events: int = 0
    _done_at_s: float | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, message: bytes) -> bytes | None:
        with self._guard:
            self.received.append(message)
            return None if self.silent else self._answer(message.strip())

    def _answer(self, word: bytes) -> bytes | None:
        name, _, rest = word.partition(b" ")
        if name == b"TARM":
            time.sleep(SLOW_S)
            return b"1.5\n"
        if name == b"SLOW?":
            time.sleep(SLOW_S)
            return b"late\n"
        if name == b"ECHO?":
            return rest + b"\n"
        if name == b"BLOCK?":
            data = block(int(rest))
            return b"#%d%d%b\n" % (len(str(len(data))), len(data), data)
        if name == b"ENDLESS?":
            return b"#0" + block(int(rest)) + b"\n"
        if name == b"RAW?":
            return block(int(rest))
        if word == b"*IDN?":
            return self.identity
        if word == b"*ESR?":
            self._look()
            events, self._events = self._events, 0
            return b"%d\n" % events
        if word == b"*ESE 1;*OPC":
            self._done_at_s = time.monotonic() + self.work_s
        return None

    def _look(self) -> None:
        if self._done_at_s is not None and time.monotonic() >= self._done_at_s:
            self._events |= 1
            self._done_at_s = None

    def talk(self) -> bytes | None:
        return self.says

    def status_byte(self, *, message_available: bool = False) -> int:
        self._look()
        return self.status | (16 if message_available else 0) | (32 if self._events & 1 else 0)

    def interrupted(self) -> None:
        self.received.append(b"[interrupted]")

    def clear(self) -> None:
        self.received.append(b"[clear]")

    def trigger(self) -> None: ...

    def unasked(self, say: Callable[[bytes], None]) -> Callable[[], None]:
        return lambda: None

    def power_on(self) -> None: ...

    def push(self, code: int, text: str) -> None: ...


def block(count: int) -> bytes:
    """Bytes of every value: LF, CR, ESC and + among them."""
    return (bytes(range(256)) * (count // 256 + 1))[:count]


@dataclass
class Stand:
    """The desk on one wire."""

    desk: Desk
    wire: str
    resource: str
    close: Callable[[], None]
    faults: Faults
    lines: list[WireTransport]

    def open(self, **options: Any) -> WireTransport:
        """Open its line; options are those of `Line`, and `sink`."""
        sink = options.pop("sink", None)
        visa = "@py" if self.wire.startswith("visa") else None
        self.lines.append(open_line(self.resource, Line(**{"timeout_s": 2.0, **options}), sink=sink, visa=visa))
        return self.lines[-1]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one machine nothing is as late as a network may make it."""
    monkeypatch.setattr(wired, "QUIET_S", 0.08)
    monkeypatch.setattr(wired, "LOOK_S", 0.02)  # the server is a thread of this very process
    monkeypatch.setattr(prologix, "READ_S", 0.1)
    monkeypatch.setattr(prologix, "SPARE_S", 0.1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stand(desk: Desk, wire: str) -> Iterator[Stand]:
    """The desk on each wire in turn."""
    with ExitStack() as open_:
        faults = Faults()
        served: Any = serve(Outlet("desk", desk, SystemClock(), faults), wire)
        open_.callback(served.close)
        lines: list[WireTransport] = []
        yield Stand(desk, wire, resource_of(served, wire), served.close, faults, lines)
        for line in lines:
            line.close()


def serve(outlet: Outlet, wire: str) -> Any:
    """Serve on a wire."""
    match wire:
        case "socket" | "visa-socket" | "socket-url":
            return SocketWire(outlet.port("socket"))
        case "visa-serial":
            return SocketWire(outlet.port("serial"), serial=True)
        case "hislip":
            return HislipWire(outlet.port("hislip"))
        case "vxi11":
            return Vxi11Wire(outlet.port("vxi11"))
        case "prologix":
            return PrologixWire({22: outlet})
        case "rfc2217":
            return Rfc2217Wire(outlet.port("rfc2217"))
    return PtyWire(outlet.port("pty"))


def resource_of(served: Any, wire: str) -> str:
    """Return how the line of a wire is named."""
    match wire:
        case "socket-url":
            return f"socket://{served.host}:{served.number}"
        case "prologix":
            return f"PRLGX-TCPIP::{served.host}::{served.number}::GPIB::22"
        case "pty":
            return str(served.path)
    return str(served.resource)
