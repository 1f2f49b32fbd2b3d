"""Balances on serial lines that misbehave: the right value, or one of calib's errors that names the line."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from calib.clock import SystemClock
from calib.drivers import find_driver, open_line
from calib.drivers.balances import mt_sics, sartorius_sbi
from calib.drivers.balances.mt_sics import MtSicsBalance
from calib.drivers.simulation import SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.fault_rules import rule
from calib.drivers.simulation.serve import BenchServer
from calib.drivers.simulation.sockets import LineServer
from calib.drivers.simulation.wires.server import TcpServer
from calib.drivers.transport import wired
from calib.errors import InstrumentError, LinkError, ReplyError
from calib.files import as_model

TIME_FACTOR = 200.0
KINDS = ("mettler-mt-sics", "sartorius-sbi")
BOTH = pytest.mark.parametrize("kind", KINDS)
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "silence"},
    {"kind": "silence", "lost": "message"},
    {"kind": "garbage"},
    {"kind": "half"},
    {"kind": "stale"},
    {"kind": "duplicate"},
    {"kind": "duplicate", "copies": 2},
    {"kind": "terminator"},
    {"kind": "disconnect"},
    {"kind": "delay", "seconds": 0.7 * TIME_FACTOR},
    {"kind": "reboot", "seconds": 0.05 * TIME_FACTOR},
    {"kind": "error", "code": -1, "text": "an error"},
    {"kind": "overload", "seconds": 1.0},
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer takes half a second here, not a minute."""
    monkeypatch.setattr(mt_sics, "ANSWER_S", 0.5)
    monkeypatch.setattr(sartorius_sbi, "ANSWER_S", 0.5)
    monkeypatch.setattr(wired, "QUIET_S", 0.1)


@dataclass(frozen=True)
class Site:
    """A balance with 100 g on its pan, and where it is."""

    bench: SimulatedBench
    resource: str

    def open(self, **line: Any) -> Any:
        """Open it with the driver of its kind, on a line that is patient for half a second."""
        driver = find_driver(self.bench.file.instruments["balance"].kind)
        return driver(open_line(self.resource, replace(driver.line, **{"timeout_s": 0.5, **line})), self.bench.clock)

    @property
    def right(self) -> Any:
        """What it shall show."""
        world: Any = self.bench.worlds["mass"]
        return pytest.approx(world.weights["A"].conventional_kg, abs=2e-7)

    def attempt(self, read: Callable[[], float]) -> float | None:
        """Return a right weight, or None where there is an error that names the line."""
        try:
            found = read()
        except InstrumentError as error:
            if self.resource not in str(error):
                raise AssertionError(str(error)) from error
            return None
        assert found == self.right
        return found


@contextmanager
def served(kind: str, wire: Any = "serial", factor: float = TIME_FACTOR, **balance: Any) -> Iterator["Site"]:
    """Serve a balance with a weight on its pan."""
    tables = {
        "format": "calib-simulation/1",
        "instruments": {"balance": {"kind": kind, "serial_number": "SIM1", "wires": [wire], **balance}},
        "worlds": {
            "mass": {"kind": "mass", "handling_s": 0.05 * factor, "weights": {"A": {"nominal_kg": 0.1, "class": "F1"}}}
        },
    }
    clock = AbortableClock(factor)
    bench = SimulatedBench(as_model(tables, BenchFile, "test"), clock=clock, seed=4)
    bench.connect("A", "balance")
    with BenchServer(bench) as server:
        (resource,) = server.wires["balance"].values()
        yield Site(bench, re.sub(r"^ASRL(?=socket|/dev)|::INSTR$", "", resource))  # as pyserial calls it


@BOTH
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_gives_the_right_weight_or_a_named_error_and_the_right_weight_afterwards(
    kind: str, fault: dict[str, Any]
) -> None:
    with served(kind) as site, closing(site.open()) as balance:
        assert balance.read_mass_kg() == site.right
        site.bench.faults.add(rule(**fault, instrument="balance"))
        for _ in range(2):
            site.attempt(balance.read_mass_kg)
        (met,) = site.bench.faults.active()
        assert met["done"] == 1
        site.bench.faults.clear()
        deadline = time.monotonic() + 5
        while site.attempt(balance.read_mass_kg) is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert balance.read_mass_kg() == site.right


@pytest.mark.parametrize("wire", ["serial", "rfc2217", "pty"])
def test_a_balance_that_another_program_left_repeating_is_silenced_and_read(wire: str) -> None:
    """A line each 10 ms, while the driver opens it and before every question."""
    line = {} if wire != "pty" else {"bits": 8, "parity": "none"}
    with (
        served("mettler-mt-sics", wire, repeating="SIR", repeat_s=2.0) as site,
        closing(site.open(**line)) as balance,
    ):
        assert balance.identify().serial_number == "SIM1"
        for _ in range(3):
            balance.transport.query("SIR")  # somebody does it again
            time.sleep(0.05)
            assert balance.read_mass_kg() == site.right


def test_a_key_that_sends_a_weight_amid_other_questions_is_no_answer_to_them() -> None:
    """Asked who it is, somebody presses the transfer key: its line comes first."""
    with LineServer(lambda _: b"S S     100.00 g\r\n") as server:
        line = replace(MtSicsBalance.line, probe=None, hush=None, timeout_s=0.3)
        balance = MtSicsBalance(open_line(f"socket://{server.host}:{server.port}", line), SystemClock())
        with closing(balance), pytest.raises(ReplyError, match=r'expected I2 A "…"'):
            balance.identify()


def test_one_that_repeats_and_cannot_be_silenced_is_told_and_not_waited_for_for_ever() -> None:
    def repeat(client: socket.socket) -> None:
        while True:
            client.sendall(b"S S     100.00 g\r\n")
            time.sleep(0.01)

    with TcpServer(repeat) as server:
        resource = f"socket://{server.host}:{server.port}"
        begun = time.monotonic()
        with pytest.raises(LinkError, match=f"{resource}: talks without being asked, and does not stop"):
            MtSicsBalance.open(resource, line=replace(MtSicsBalance.line, timeout_s=0.5))
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize("every_s", [0.02, 0.05, 0.15, 0.6])
def test_one_that_prints_by_itself_gives_the_right_weight_or_a_named_error(every_s: float) -> None:
    """It cannot be silenced; how often it prints, in machine time, decides whether it gets a word in edgeways."""

    def read() -> float:
        with closing(site.open()) as balance:
            assert balance.identify().serial_number == "SIM1"
            return float(balance.read_mass_kg())

    with served("sartorius-sbi", printing="auto", auto_s=every_s * TIME_FACTOR) as site:
        outcomes = [site.attempt(read) for _ in range(4)]
    assert every_s < 0.6 or any(outcome is not None for outcome in outcomes)


@BOTH
def test_a_line_that_was_unplugged_is_told_and_read_again_once_it_is_back(kind: str) -> None:
    """The socket goes with its server, and comes back on its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    wire = {"kind": "serial", "port": port}
    with served(kind, wire) as site:
        balance = site.open()
        right = site.right
        assert balance.read_mass_kg() == right
    with pytest.raises(LinkError, match=str(port)):
        balance.read_mass_kg()
    with pytest.raises(LinkError, match=str(port)):
        balance.read_mass_kg()
    with served(kind, wire), closing(balance):
        assert balance.read_mass_kg() == right


@BOTH
def test_at_1200_bd_the_bytes_take_their_time(kind: str) -> None:
    """Of a weight alone 16 bytes of 10 bits each; the line waits for them, and reads what is right."""
    wire = {"kind": "serial", "baud": 1200}
    with served(kind, wire, factor=1.0, settle_s=0.2) as site, closing(site.open(timeout_s=3.0, baud=1200)) as balance:
        mt_sics.ANSWER_S = sartorius_sbi.ANSWER_S = 3.0
        begun = time.monotonic()
        assert balance.read_mass_kg() == site.right
        assert time.monotonic() - begun > 16 * 10 / 1200


class WithParity(TcpServer):
    """A balance whose line has 7 bits and a parity bit, as raw bytes: a client at 8N1 gets the parity for a bit.

    What comes with a wrong parity, the balance hears as a byte that is none.
    """

    def __init__(self, handle: Callable[[bytes], bytes | None], *, odd: bool) -> None:
        self._handle, self._odd = handle, odd
        super().__init__(self._serve_bytes)

    def _framed(self, byte: int) -> int:
        return byte | ((byte.bit_count() + self._odd) % 2) << 7

    def _serve_bytes(self, client: socket.socket) -> None:
        rest = bytearray()
        while data := client.recv(4096):
            for byte in data:
                rest.append(byte & 0x7F if self._framed(byte & 0x7F) == byte else 0xFF)
                if byte & 0x7F == 0x0A:
                    answer = self._handle(bytes(rest[:-1]) + b"\n")
                    rest.clear()
                    client.sendall(bytes(self._framed(b) for b in answer or b""))


@BOTH
@pytest.mark.parametrize("odd", [False, True])
def test_a_wrong_parity_is_an_error_that_names_the_line(kind: str, odd: bool) -> None:
    with served(kind) as site:
        device = site.bench.instruments["balance"]
        with WithParity(device.handle, odd=odd) as line:
            resource = f"socket://{line.host}:{line.port}"
            driver: Any = find_driver(kind)
            wanted = replace(driver.line, bits=8, parity="none", timeout_s=0.5)
            with pytest.raises(InstrumentError, match=resource):
                driver(open_line(resource, wanted), site.bench.clock).read_mass_kg()


@BOTH
@pytest.mark.parametrize("expected", [True, False])
def test_a_line_that_echoes_is_read_where_that_is_said_and_told_where_it_is_not(kind: str, expected: bool) -> None:
    """Two wires for both ways, as of some converters: all that is sent comes back before the answer."""
    with served(kind) as site:
        device = site.bench.instruments["balance"]
        with LineServer(lambda message: message + (device.handle(message) or b"")) as line:
            echoing = replace(site, resource=f"socket://{line.host}:{line.port}")
            with ExitStack() as stack:
                if not expected:
                    stack.enter_context(pytest.raises(InstrumentError, match=echoing.resource))
                balance = stack.enter_context(closing(echoing.open(echo=expected, bits=8, parity="none")))
                assert balance.identify().serial_number == "SIM1"
                assert balance.read_mass_kg() == site.right
