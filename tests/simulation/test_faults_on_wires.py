"""What each fault does on each wire, seen by a plain client; and in the instrument."""

import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import pyvisa

from calib.clock import VirtualClock
from calib.drivers.simulation import DMM_BENCH, ServerProcess, SimulatedBench, start_server
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.fault_rules import rule
from calib.drivers.simulation.serve import BenchServer
from calib.errors import FileError, InputError, LinkError, NoReply, ReplyError

NAME = b"HEWLETT-PACKARD,34401A,0,11-5-2\n"
VERSION = b"1991.0\n"
FACTOR = 20.0


@pytest.fixture(scope="module")
def module_server() -> Iterator[tuple[SimulatedBench, BenchServer]]:
    bench = SimulatedBench.from_file(DMM_BENCH, clock=AbortableClock(FACTOR), seed=1)
    with BenchServer(bench, wires=["socket", "hislip", "vxi11", "prologix", "serial"]) as server:
        yield bench, server


@pytest.fixture
def bench(module_server: tuple[SimulatedBench, BenchServer]) -> Iterator[SimulatedBench]:
    bench, _ = module_server
    yield bench
    bench.faults.clear()
    bench.instruments["meter"].handle(b"*RST;*CLS")
    bench.connect("open")


@pytest.fixture
def server(module_server: tuple[SimulatedBench, BenchServer]) -> BenchServer:
    return module_server[1]


@pytest.fixture
def line(server: BenchServer) -> Iterator[socket.socket]:
    with connect(server) as line:
        yield line


def connect(server: BenchServer) -> socket.socket:
    _, host, port, _ = server.resources["meter"].replace("::", ":").split(":")
    return socket.create_connection((host, int(port)), timeout=3)


def come(line: socket.socket, first_s: float = 5.0) -> bytes:
    """Return what comes until nothing does for a while."""
    line.settimeout(first_s)
    data = b""
    while True:
        try:
            part = line.recv(4096)
        except TimeoutError:
            return data
        if not part:
            return data + b"<closed>"
        data += part
        line.settimeout(0.2)


def one_line(line: socket.socket) -> bytes:
    line.settimeout(5)
    data = b""
    while not data.endswith(b"\n"):
        data += line.recv(1)
    return data


def asked(line: socket.socket, bench: SimulatedBench, message: bytes = b"*IDN?\n", **fields: Any) -> bytes:
    bench.faults.add(rule(**fields))
    line.sendall(message)
    return come(line, 0.3 if fields["kind"] in {"silence", "stale"} else 5.0)


def test_silence_is_silent_once_and_the_instrument_did_what_it_was_told(
    line: socket.socket, bench: SimulatedBench
) -> None:
    assert asked(line, bench, b"CONF:VOLT:DC 100;:CONF?\n", kind="silence") == b""
    line.sendall(b"CONF?\n")
    assert come(line).startswith(b'"VOLT +1.0')
    assert asked(line, bench, b"CONF:VOLT:DC 1\n", kind="silence", lost="message") == b""
    line.sendall(b"VOLT:DC:RANG?\n")
    assert float(come(line)) == 100


def test_a_delay_is_on_the_benchs_clock(line: socket.socket, bench: SimulatedBench) -> None:
    begun = time.monotonic()
    bench.faults.add(rule(kind="delay", seconds=4.0))
    line.sendall(b"*IDN?\n")
    assert line.recv(100) == NAME
    assert 4.0 / FACTOR <= time.monotonic() - begun < 4.0 / FACTOR + 0.5


def test_garbage_has_the_answers_length_and_end_and_is_the_seeds(line: socket.socket, bench: SimulatedBench) -> None:
    first = asked(line, bench, kind="garbage")
    assert first != NAME
    assert (len(first), first[-1:], first.count(b"\n")) == (len(NAME), b"\n", 1)
    assert len(asked(line, bench, kind="garbage", length=5)) == 6


def test_half_an_answer_has_no_end(line: socket.socket, bench: SimulatedBench) -> None:
    assert asked(line, bench, kind="half") == NAME[:16]
    assert asked(line, bench, kind="half", fraction=0.1) == NAME[:3]


def test_a_stale_answer_comes_before_the_next_one(line: socket.socket, bench: SimulatedBench) -> None:
    assert asked(line, bench, kind="stale") == b""
    line.sendall(b"SYST:VERS?\n")
    assert one_line(line) + one_line(line) == NAME + VERSION


def test_a_duplicate_comes_again(line: socket.socket, bench: SimulatedBench) -> None:
    assert asked(line, bench, kind="duplicate") == NAME * 2


def test_another_terminator_comes(line: socket.socket, bench: SimulatedBench) -> None:
    assert asked(line, bench, kind="terminator", instead="\r") == NAME[:-1] + b"\r"
    assert asked(line, bench, kind="terminator") == NAME[:-1]


def test_a_connection_breaks_within_the_answer(line: socket.socket, bench: SimulatedBench) -> None:
    assert asked(line, bench, kind="disconnect") == NAME[:16] + b"<closed>"


def test_a_connection_breaks_after_a_command_that_was_carried_out(
    line: socket.socket, bench: SimulatedBench, server: BenchServer
) -> None:
    assert asked(line, bench, b"SAMP:COUN 7\n", kind="disconnect") == b"<closed>"
    with connect(server) as again:
        again.sendall(b"SAMP:COUN?\n")
        assert come(again) == b"+7\n"


def test_a_slow_bus_takes_its_time_for_each_byte(line: socket.socket, bench: SimulatedBench) -> None:
    bench.faults.add(rule(kind="slow", byte_s=0.2))
    begun = time.monotonic()
    line.sendall(b"*IDN?\n")
    assert one_line(line) == NAME
    assert time.monotonic() - begun >= len(NAME) * 0.2 / FACTOR


def test_a_reboot_breaks_all_connections_and_comes_back_in_reset_state(
    line: socket.socket, bench: SimulatedBench, server: BenchServer
) -> None:
    source = bench.instruments["source"]
    source.handle(b"*CLS;OUT 10 V;OPER")
    with connect(server) as other:
        other.sendall(b"SAMP:COUN 9;*ESE 1;*SRE 32;NONSENSE\n*OPC?\n")
        assert come(other) == b"1\n"
        bench.faults.add(rule(kind="reboot", seconds=8.0, instrument="meter"))
        line.sendall(b"READ?\n")
        line.settimeout(2)
        with pytest.raises(ConnectionError):
            ended(line)
        with pytest.raises(ConnectionError):
            ended(other)
    with pytest.raises(ConnectionError):
        ask_once(server)
    time.sleep(8.0 / FACTOR)
    with connect(server) as back:
        back.sendall(b"*ESR?;*ESE?;*SRE?;SAMP:COUN?;:SYST:ERR?\n")
        assert come(back) == b'128;0;0;+1;+0,"No error"\n'
    assert source.handle(b"OPER?") == b"1\n"  # the other instrument was not rebooted
    bench.faults.add(rule(kind="reboot", instrument="source"))
    bench.outlets["source"].port("socket").ask(b"*IDN?")
    assert source.handle(b"OPER?") == b"0\n"
    assert bench.state()["outputs"]["source"]["history"][-1]["operating"] is False


def ask_once(server: BenchServer) -> None:
    with connect(server) as early:
        early.sendall(b"*IDN?\n")
        ended(early)


def ended(line: socket.socket) -> None:
    if not line.recv(100):
        raise ConnectionResetError


def test_an_error_that_nobody_caused_is_in_the_queue(line: socket.socket, bench: SimulatedBench) -> None:
    answer = asked(line, bench, b"SYST:ERR?\n", kind="error", code=-310, text="System error")
    assert answer == b'-310,"System error"\n'


def test_an_overload_is_the_instruments_own_and_only_while_the_message_lasts(
    line: socket.socket, bench: SimulatedBench
) -> None:
    bench.connect("short")
    line.sendall(b"CONF:VOLT:DC 10\n")
    bench.faults.add(rule(kind="overload", message="READ"))
    line.sendall(b"READ?\n")
    assert float(one_line(line)) == 9.9e37
    line.sendall(b"READ?\n")
    assert abs(float(one_line(line))) < 1e-3


def test_an_overload_may_last_for_a_time(line: socket.socket, bench: SimulatedBench) -> None:
    bench.connect("short")
    line.sendall(b"CONF:VOLT:DC 10\n")
    bench.faults.add(rule(kind="overload", message="READ", seconds=20.0))
    for _ in range(2):
        line.sendall(b"READ?\n")
        assert float(one_line(line)) == 9.9e37
    time.sleep(20.0 / FACTOR)
    line.sendall(b"READ?\n")
    assert abs(float(one_line(line))) < 1e-3


def test_a_drift_stays_until_the_faults_are_cleared(bench: SimulatedBench) -> None:
    """100 ppm of 10 V are 1 mV; the noise of a reading is below 10 µV."""
    source, meter = bench.instruments["source"], bench.instruments["meter"]
    bench.connect("calibrator")
    source.handle(b"*CLS;OUT 10 V;OPER")
    meter.handle(b"CONF:VOLT:DC 10")
    bench.clock.sleep(5)

    def read_V() -> float:
        return float(meter.handle(b"READ?") or b"nan")

    before_V = read_V()
    bench.faults.add(rule(kind="drift", instrument="meter", relative=1e-4))
    drifted_V = float(bench.outlets["meter"].port("memory").ask(b"READ?").pieces[0].data)
    assert drifted_V - before_V == pytest.approx(1e-3, rel=0.05)
    assert read_V() - before_V == pytest.approx(1e-3, rel=0.05)
    bench.faults.clear()
    assert read_V() == pytest.approx(before_V, abs=5e-5)


@pytest.mark.parametrize("wire", ["socket", "hislip", "serial", "prologix"])
def test_a_lock_by_another_client_keeps_the_next_message_waiting(
    bench: SimulatedBench, server: BenchServer, wire: str
) -> None:
    with visa(server, wire) as meter:
        bench.faults.add(rule(kind="lock", seconds=0.6))
        assert meter.query("*IDN?").encode().strip() == NAME.strip()
        begun = time.monotonic()
        meter.write("*CLS")
        assert meter.query("SYST:VERS?").strip() == "1991.0"
        assert 0.4 < time.monotonic() - begun < 2


def test_a_lock_by_another_client_is_told_on_vxi11(bench: SimulatedBench, server: BenchServer) -> None:
    with visa(server, "vxi11") as meter:
        bench.faults.add(rule(kind="lock", seconds=0.5))
        meter.write("*IDN?")
        time.sleep(0.1)
        with pytest.raises(pyvisa.VisaIOError):
            meter.read()
        time.sleep(0.6)
        meter.clear()
        assert meter.query("SYST:VERS?").strip() == "1991.0"


def py_manager() -> Any:
    return pyvisa.ResourceManager("@py")


class visa:
    """An instrument opened by PyVISA on a wire of the server."""

    def __init__(self, server: BenchServer, wire: str, timeout_s: float = 2.0) -> None:
        manager = py_manager()
        self._adapter = manager.open_resource(server.adapter) if wire == "prologix" else None
        if self._adapter is not None:
            self._adapter.timeout = timeout_s * 1000
        resource = server.wires["meter"][wire]
        if wire == "prologix":
            resource = f"GPIB0::{resource.rpartition('::')[2]}::INSTR"
        self._opened = manager.open_resource(resource, timeout=timeout_s * 1000)
        if wire in {"socket", "serial"}:
            self._opened.read_termination = self._opened.write_termination = "\n"

    def __enter__(self) -> Any:
        return self._opened

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        if self._adapter is not None:
            self._adapter.close()


@pytest.mark.parametrize("wire", ["hislip", "vxi11", "prologix"])
@pytest.mark.parametrize("kind", ["silence", "half"])
def test_no_end_of_an_answer_is_a_timeout_on_message_wires(
    bench: SimulatedBench, server: BenchServer, wire: str, kind: str
) -> None:
    with visa(server, wire, 0.4) as meter:
        bench.faults.add(rule(kind=kind))
        with pytest.raises(pyvisa.VisaIOError, match="VI_ERROR_TMO"):
            meter.query("*IDN?")
        meter.timeout = 3000
        meter.clear()
        assert meter.query("SYST:VERS?").strip() == "1991.0"


@pytest.mark.parametrize("kind", ["stale", "duplicate"])
def test_hislip_knows_an_old_answer_by_its_number(bench: SimulatedBench, server: BenchServer, kind: str) -> None:
    """IVI-6.1, 3.1.2: pyvisa-py drops what carries another MessageID than its last question."""
    with visa(server, "hislip", 0.4) as meter:
        bench.faults.add(rule(kind=kind))
        if kind == "stale":
            with pytest.raises(pyvisa.VisaIOError):
                meter.query("*IDN?")
        else:
            assert meter.query("*IDN?").strip().encode() == NAME.strip()
        meter.timeout = 3000
        assert meter.query("SYST:VERS?").strip() == "1991.0"


def test_vxi11_gives_a_stale_answer_first(bench: SimulatedBench, server: BenchServer) -> None:
    with visa(server, "vxi11", 0.4) as meter:
        bench.faults.add(rule(kind="stale"))
        with pytest.raises(pyvisa.VisaIOError):
            meter.query("*IDN?")
        assert meter.query("SYST:VERS?").encode() == NAME
        assert meter.read().encode() == VERSION


@pytest.mark.parametrize("wire", ["hislip", "vxi11"])
def test_a_broken_connection_is_an_error_on_message_wires(
    bench: SimulatedBench, server: BenchServer, wire: str
) -> None:
    with visa(server, wire, {"hislip": 3.0, "vxi11": 0.5}[wire]) as opened:
        bench.faults.add(rule(kind="disconnect"))
        begun = time.monotonic()
        with pytest.raises(Exception, match=r".") as error:
            opened.query("*IDN?")
        assert not isinstance(error.value, AssertionError)
        assert time.monotonic() - begun < 2.0  # pyvisa-py waits on without a line
    with visa(server, wire) as again:
        assert again.query("*IDN?").encode() == NAME


# In memory


@pytest.fixture
def memory(clock: VirtualClock) -> SimulatedBench:
    return SimulatedBench.from_file(DMM_BENCH, clock=clock, seed=1)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": "silence"}, NoReply),
        ({"kind": "delay", "seconds": 100}, NoReply),
        ({"kind": "garbage"}, ReplyError),
        ({"kind": "half"}, NoReply),
        ({"kind": "stale"}, NoReply),
        ({"kind": "terminator"}, NoReply),
    ],
)
def test_in_memory_a_fault_is_the_error_of_a_line_and_the_next_question_is_answered(
    memory: SimulatedBench, fields: dict[str, Any], error: type[Exception]
) -> None:
    line = memory.open("MEMORY::meter")
    memory.faults.add(rule(instrument="meter", wire="memory", **fields))
    with pytest.raises(error):
        line.query("*IDN?")
    assert line.query("SYST:VERS?") == "1991.0"


@pytest.mark.parametrize(
    "fields", [{"kind": "delay", "seconds": 2}, {"kind": "duplicate"}, {"kind": "slow", "byte_s": 0.01}]
)
def test_in_memory_what_only_takes_time_or_comes_twice_is_answered(
    memory: SimulatedBench, clock: VirtualClock, fields: dict[str, Any]
) -> None:
    line = memory.open("MEMORY::meter")
    memory.faults.add(rule(**fields))
    begun = clock.elapsed()
    assert line.query("*IDN?").encode() == NAME.strip()
    took = {"delay": 2.0, "duplicate": 0.0, "slow": len(NAME) * 0.01}[fields["kind"]]
    assert clock.elapsed() - begun == pytest.approx(took)
    assert line.query("SYST:VERS?") == "1991.0"


@pytest.mark.parametrize("kind", ["disconnect", "reboot"])
def test_in_memory_a_line_breaks_and_the_next_message_opens_it_anew(memory: SimulatedBench, kind: str) -> None:
    line = memory.open("MEMORY::meter")
    memory.faults.add(rule(kind=kind))
    with pytest.raises(LinkError, match=r"MEMORY::meter: the simulated line is broken at b'\*IDN"):
        line.query("*IDN?")
    assert line.query("*IDN?").encode() == NAME.strip()


# Through the control, and by file


@pytest.fixture(scope="module")
def process() -> Iterator[ServerProcess]:
    with start_server(DMM_BENCH, seed=3, time_factor=50) as process:
        yield process


def test_faults_come_and_go_through_the_control(process: ServerProcess) -> None:
    with process.control() as control, connect_to(process) as line:
        number = control.faults.add(rule(kind="duplicate", instrument="meter", times=0))
        line.sendall(b"*IDN?\n")
        assert come(line) == NAME * 2
        (only,) = control.faults.active()
        assert (only["number"], only["kind"], only["met"], only["done"]) == (number, "duplicate", 1, 1)
        assert control.faults.remove(number)
        assert not control.faults.remove(number)
        line.sendall(b"*IDN?\n")
        assert come(line) == NAME
        control.faults.add(rule(kind="silence"))
        control.faults.clear()
        assert control.faults.active() == []


def test_a_wrong_rule_is_refused_by_the_control(process: ServerProcess) -> None:
    with process.control() as control:
        with pytest.raises(InputError, match="smoke"):
            control._ask({"add_fault": {"kind": "smoke"}})
        with pytest.raises(InputError, match="seconds"):
            control._ask({"add_fault": {"kind": "delay"}})


def connect_to(process: ServerProcess) -> socket.socket:
    _, host, port, _ = process.resources["meter"].replace("::", ":").split(":")
    return socket.create_connection((host, int(port)), timeout=3)


def test_a_server_follows_a_file_of_faults(tmp_path: Any) -> None:
    plan = tmp_path / "faults.toml"
    plan.write_text('format = "calib-faults/1"\n[[fault]]\nkind = "half"\nmessage = "IDN"\nnth = 2\n', encoding="utf-8")
    with start_server(DMM_BENCH, faults=plan) as process, connect_to(process) as line:
        answers = []
        for _ in range(3):
            line.sendall(b"*IDN?\n")
            answers.append(come(line))
    assert answers == [NAME, NAME[:16], NAME]


def test_a_wrong_file_of_faults_stops_the_start(tmp_path: Any) -> None:
    plan = tmp_path / "faults.toml"
    plan.write_text('format = "calib-faults/1"\n[[fault]]\nkind = "smoke"\n', encoding="utf-8")
    with pytest.raises((LinkError, FileError), match="smoke"):
        start_server(DMM_BENCH, faults=plan)


@pytest.mark.skipif(sys.platform == "win32", reason="a pty is POSIX's")
def test_a_pty_goes_on_after_a_disconnect() -> None:
    """There is no connection on it that could break: it falls silent within the answer."""
    import serial

    bench = SimulatedBench.from_file(DMM_BENCH, clock=AbortableClock(1), seed=1)
    with BenchServer(bench, wires=["pty"]) as server:
        path = server.resources["meter"].removeprefix("ASRL").removesuffix("::INSTR")
        with serial.Serial(path, timeout=0.3) as port:
            bench.faults.add(rule(kind="disconnect"))
            port.write(b"*IDN?\n")
            assert port.read(100) == NAME[:16]
            port.write(b"SYST:VERS?\n")
            port.timeout = 3
            assert port.readline() == VERSION
