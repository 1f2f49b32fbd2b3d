"""The simulated bench in a process of its own: ports, control, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

import calib.specification
from calib.clock import ScaledClock
from calib.drivers import open_visa
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.simulation import DMM_BENCH, BenchControl, Control, ServerProcess, SimulatedBench, start_server
from calib.drivers.simulation.environment import Disturbance
from calib.drivers.simulation.serve import BenchServer, serve
from calib.errors import FileError, InputError, LinkError

FACTOR = 100.0


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with start_server(DMM_BENCH, seed=3, time_factor=FACTOR) as server:
        yield server


def gone(pid: int, within_s: float = 10.0) -> bool:
    """Return whether a process has ended in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_calibration_point_over_sockets_of_another_process(server: ServerProcess) -> None:
    clock = ScaledClock(FACTOR)
    with server.control() as control:
        control.connect("calibrator")
        with (
            Fluke5522A(open_visa(server.resources["source"]), clock) as source,
            HP34401A(open_visa(server.resources["meter"]), clock) as meter,
        ):
            source.safe()
            source.limit_dc_voltage(11.0)
            meter.configure_dc_voltage(10.0, 10.0)
            source.source_dc_voltage(10.0)
            assert meter.read_dc_voltage() == pytest.approx(10.0, abs=1e-3)
            state = control.state()
            assert state["connected"] == "calibrator"
            assert state["outputs"]["source"]["operating"] is True
            assert state["outputs"]["source"]["terminals_V"] == pytest.approx(10.0, abs=1e-3)
        assert control.state()["outputs"]["source"]["operating"] is False
        last = control.state()["outputs"]["source"]["history"][-1]
        assert (last["operating"], last["setpoint_V"]) == (False, 10.0)
        assert datetime.fromisoformat(last["time"]).tzinfo is not None


def test_the_server_has_the_units_of_its_seed(server: ServerProcess) -> None:
    assert server.seed == 3
    twin = SimulatedBench.from_file(DMM_BENCH, clock=ScaledClock(FACTOR), seed=3)
    with server.control() as control, Fluke5522A(open_visa(server.resources["source"]), ScaledClock(FACTOR)) as source:
        source.limit_dc_voltage(100.0)
        source.source_dc_voltage(20.0)
        shown_V = control.state()["outputs"]["source"]["terminals_V"]
    assert shown_V == pytest.approx(twin.truth.source_output(20.0), abs=0.5e-6)


def test_the_control_tells_the_air_and_refuses_nonsense(server: ServerProcess) -> None:
    with server.control() as control:
        assert control.environment().keys() == {"temperature_C", "humidity_percent", "pressure_Pa"}
        with pytest.raises(
            InputError, match=r"one of calibrator, short, open, source, source\.aux, source\.tc, not to 'ground'"
        ):
            control.connect("ground")
        with pytest.raises(InputError, match=r"unknown request .*truth"):
            control._ask({"truth": True})
        with pytest.raises(InputError):
            control._ask({"state": False})
        assert control.state()["connected"] in {"calibrator", "short", "open"}


def test_a_bench_here_and_a_control_of_one_elsewhere_have_the_same_face(server: ServerProcess) -> None:
    here: BenchControl = SimulatedBench.from_file(DMM_BENCH, clock=ScaledClock(FACTOR), seed=3)
    with server.control() as there:
        for bench in (here, there):
            bench.connect("short")
            assert bench.state()["connected"] == "short"
            assert bench.environment()["temperature_C"] == pytest.approx(23.1, abs=0.3)
            bench.disturb(Disturbance(quantity="pressure_Pa", shape="step", size=-5000.0, time_s=1e-3))
            time.sleep(0.01)
            assert bench.environment()["pressure_Pa"] == pytest.approx(96_325)
        with pytest.raises(InputError, match="shape: must be"):
            there._ask({"disturb": {"quantity": "pressure_Pa", "shape": "wave", "size": 1.0}})


def test_several_clients_are_served_at_once(server: ServerProcess) -> None:
    host, port = server.control_address.split(":")
    clients = [socket.create_connection((host, int(port))) for _ in range(5)]
    for client in clients:
        client.sendall(b'{"environment": true}\n')
    for client in clients:
        assert b"temperature_C" in client.recv(1000)
        client.close()


def test_a_message_may_arrive_in_pieces_and_several_at_once(server: ServerProcess) -> None:
    _, _, port, _ = server.resources["meter"].replace("::", ":").split(":")
    with socket.create_connection(("127.0.0.1", int(port))) as client, client.makefile("rb") as answers:
        client.sendall(b"*ID")
        time.sleep(0.05)
        client.sendall(b"N?\r\n*OPC?\nSYST:VERS?\n")
        assert [answers.readline() for _ in range(3)] == [
            b"HEWLETT-PACKARD,34401A,0,11-5-2\n",
            b"1\n",
            b"1991.0\n",
        ]


def test_a_laboratorys_own_specifications_are_used(tmp_path: Path) -> None:
    shipped = Path(calib.specification.__file__).parent / "data" / "hp-34401a.toml"
    own = shipped.read_text(encoding="utf-8").replace('id = "hp-34401a"', 'id = "our-meter"')
    (tmp_path / "our-meter.toml").write_text(own, encoding="utf-8")
    bench = tmp_path / "bench.toml"
    bench.write_text(
        DMM_BENCH.read_text(encoding="utf-8").replace('specification = "hp-34401a"', 'specification = "our-meter"'),
        encoding="utf-8",
    )
    with start_server(bench, specifications=tmp_path) as server:
        assert server.resources.keys() == {"source", "meter"}


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_time_must_run_forward(factor: float) -> None:
    with pytest.raises(InputError, match="the time factor must be above 0"):
        serve(DMM_BENCH, time_factor=factor, ready=lambda _: None)


def test_a_virtual_clock_is_refused_with_sockets(make_bench: Callable[..., SimulatedBench]) -> None:
    with pytest.raises(InputError, match="a virtual clock does not go with sockets"):
        BenchServer(make_bench())


def test_a_port_that_is_taken_is_named(make_bench: Callable[..., SimulatedBench]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        file = SimulatedBench.from_file(DMM_BENCH, clock=ScaledClock(1.0)).file
        meter = file.instruments["meter"].model_copy(update={"port": port})
        file = file.model_copy(update={"instruments": {**file.instruments, "meter": meter}})
        with pytest.raises(LinkError, match=f"127.0.0.1:{port}: cannot be listened on"):
            BenchServer(SimulatedBench(file, clock=ScaledClock(1.0)))


def test_a_wrong_file_is_told_by_its_own_message(tmp_path: Path) -> None:
    wrong = tmp_path / "bench.toml"
    wrong.write_text(DMM_BENCH.read_text(encoding="utf-8").replace("[lead]", "[laed]"), encoding="utf-8")
    with pytest.raises(FileError, match=r"bench\.toml: line \d+: laed: unknown field — did you mean 'lead'"):
        start_server(wrong)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    unknown = tmp_path / "bench.toml"
    unknown.write_text(
        DMM_BENCH.read_text(encoding="utf-8").replace('specification = "hp-34401a"', 'specification = "hp-34401"'),
        encoding="utf-8",
    )
    with pytest.raises(LinkError, match=r"did not start: specification 'hp-34401' is unknown"):
        start_server(unknown)


def test_a_closed_server_is_gone() -> None:
    with start_server(DMM_BENCH) as server:
        pid, address = server.pid, server.control_address
    server.close()
    assert gone(pid)
    with pytest.raises(LinkError, match="no simulated bench can be controlled there"):
        Control(address)


PARENT = """
import sys, time
from pathlib import Path
from calib.drivers.simulation import DMM_BENCH, start_server
server = start_server(DMM_BENCH)
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_server_is_left_behind_by_a_parent_that_dies(number: int) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(number)
        parent.wait(10)
        assert gone(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX process groups")
def test_a_ctrl_c_meant_for_the_run_does_not_reach_the_server() -> None:
    """The terminal signals a whole process group; the server stands in another."""
    with start_server(DMM_BENCH) as server:
        assert os.getpgid(server.pid) != os.getpgid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_by_hand_announces_one_line_and_ends_on_a_signal(number: int) -> None:
    command = [sys.executable, "-m", "calib.drivers.simulation", str(DMM_BENCH), "--seed", "9"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        assert where["resources"].keys() == {"source", "meter"}
        assert where["seed"] == 9
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=10)
        assert (process.returncode, rest, complaints) == (0, b"", b"")
