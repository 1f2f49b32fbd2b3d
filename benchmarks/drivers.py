"""What drivers and twins cost: ratios to a bare PyVISA query, all in one run against one server in another process.

`python benchmarks/drivers.py [--json] [--profile]`

On HiSLIP, and on a socket through PyVISA, the bare query goes over the very connection that the driver uses; a socket
of calib's own is compared with PyVISA's socket beside it. Calls are taken in turn: where the system happens to run the
server, and what else it does, weighs on all alike. Where the system can, both processes are also pinned to one core:
otherwise waking the other core costs more than the query. Traffic is recorded in all of ours.
"""

import argparse
import cProfile
import json
import os
import pstats
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyvisa

from calib.clock import ScaledClock, VirtualClock
from calib.drivers import open_line
from calib.drivers.calibrators.fluke_5522a import Fluke5522A
from calib.drivers.meters.hp_34401a import HP34401A
from calib.drivers.simulation import DMM_BENCH, SimulatedBench, start_server

CALLS = 3000


def calls_s(cases: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median time of one call of each case; the cases are called in turn."""
    took: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(CALLS):
        for name, call in cases.items():
            begun = time.perf_counter()
            call()
            took[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times) for name, times in took.items()}


@contextmanager
def pinned() -> Iterator[bool]:
    """Keep this process and those that it starts on one core; yield whether the system can."""
    if sys.platform != "linux":
        yield False
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, before)


def over(wire: str, visa: str | None, profile: bool) -> dict[str, float]:
    """Compare on one wire; `visa` as in `open_line`."""
    traffic: list[tuple[str, str, bytes]] = []
    with start_server(DMM_BENCH, seed=1, time_factor=100, wires=("socket", "hislip")) as server:
        resource = server.wires["meter"][wire]
        line = open_line(resource, sink=lambda *message: traffic.append(message), visa=visa)
        bare, close = bare_resource(resource, line)
        meter = HP34401A(line, ScaledClock(100))

        def write_then_query() -> None:
            line.write("*CLS")
            line.query("VOLT:DC:NPLC?")

        def set_and_check() -> None:
            meter.nplc = 10.0

        cases: dict[str, Callable[[], object]] = {
            "bare": lambda: bare.query("VOLT:DC:NPLC?"),
            "transport": lambda: line.query("VOLT:DC:NPLC?"),
            "property": lambda: meter.nplc,
            "set": set_and_check,
            "write+query": write_then_query,
        }
        took = calls_s(cases)
        if profile:
            with cProfile.Profile() as watched:
                for _ in range(2000):
                    _ = meter.nplc
            pstats.Stats(watched, stream=sys.stderr).sort_stats("tottime").print_stats(12)
        close()
        line.close()
    return {name: seconds / took["bare"] for name, seconds in took.items()} | {"bare_s": took["bare"]}


def bare_resource(resource: str, line: Any = None) -> tuple[Any, Callable[[], None]]:
    """Return PyVISA's own resource, on the connection of `line` if it can, and what closes it."""
    if hasattr(getattr(line, "_wire", None), "_opened"):
        opened, close = line._wire._opened, lambda: None
    else:
        opened = pyvisa.ResourceManager("@py").open_resource(resource)
        close = opened.close
    opened.write_termination = "\n"
    if resource.endswith("SOCKET"):
        opened.read_termination = "\n"
        below = opened.visalib.sessions[opened.session].interface
        below.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each query after a write takes 44 ms
    return opened, close


BLOCK_SERVER = """
import json, sys
from calib.clock import SystemClock
from calib.drivers.simulation.faults import Faults
from calib.drivers.simulation.outlet import Outlet
from calib.drivers.simulation.wires.hislip import HislipWire
from calib.drivers.simulation.wires.socket_wire import SocketWire

BLOCK = b"#71000000" + bytes(range(48, 248)) * 5000 + b"\\n"

class Memory:
    ends = b"\\n"
    def handle(self, message):
        return BLOCK if message.startswith(b"DATA?") else b"MAKER,MODEL,1,1\\n" if b"IDN" in message else None
    def talk(self): return None
    def status_byte(self, *, message_available=False): return 0
    def interrupted(self): pass
    def clear(self): pass
    def unasked(self, say): return lambda: None

outlet = Outlet("memory", Memory(), SystemClock(), Faults())
wires = {"socket": SocketWire(outlet.port("socket")), "hislip": HislipWire(outlet.port("hislip"))}
print(json.dumps({name: wire.resource for name, wire in wires.items()}), flush=True)
sys.stdin.read()
"""


def blocks() -> dict[str, dict[str, float]]:
    """Return MB/s of a block of 1 MB, ours and PyVISA's, by wire."""
    rates: dict[str, dict[str, float]] = {}
    command = [sys.executable, "-c", BLOCK_SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        resources = json.loads(server.stdout.readline())
        for wire, visa in (("socket", None), ("socket", "@py"), ("hislip", None)):
            line = open_line(resources[wire], visa=visa)
            bare, close = bare_resource(resources[wire])
            ask = partial(bare.query_binary_values, "DATA?", datatype="B", container=bytes)
            assert ask() == line.query_block("DATA?")
            took: dict[str, list[float]] = {"ours": [], "bare": []}
            for _ in range(15):
                for name, call in (("ours", partial(line.query_block, "DATA?")), ("bare", ask)):
                    begun = time.perf_counter()
                    call()
                    took[name].append(time.perf_counter() - begun)
            rates[f"{wire} {visa or ''}".strip()] = {name: 1 / statistics.median(times) for name, times in took.items()}
            close()
            line.close()
        server.communicate(b"")
    return rates


def in_memory() -> dict[str, float]:
    """Return queries per second to a twin in this process, and the seconds of a calibration of 30 points."""
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    bench = SimulatedBench.from_file(DMM_BENCH, clock=clock, seed=1)
    source, meter = Fluke5522A(bench.open("MEMORY::source"), clock), HP34401A(bench.open("MEMORY::meter"), clock)
    line = bench.open("MEMORY::meter")
    begun = time.perf_counter()
    for _ in range(20_000):
        line.query("VOLT:DC:NPLC?")
    queries_s = time.perf_counter() - begun

    def calibrate() -> None:
        bench.connect("calibrator")
        source.safe()
        for range_V in meter.ranges_V:
            meter.configure_dc_voltage(range_V, 10.0)
            for part in (0.1, 0.5, 0.9, -0.1, -0.5, -0.9):
                source.source_dc_voltage(part * range_V)
                for _ in range(10):
                    meter.read_dc_voltage()
        source.standby()

    took = []
    for _ in range(10):
        begun = time.perf_counter()
        calibrate()
        took.append(time.perf_counter() - begun)
    return {"queries/s": 20_000 / queries_s, "calibration_s": statistics.median(took)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", action="store_true", help="where the time of a property read goes (stderr)")
    wanted = parser.parse_args()
    ways = {"socket": ("socket", None), "socket through PyVISA": ("socket", "@py"), "HiSLIP": ("hislip", None)}
    with pinned() as on_one_core:
        took = {name: over(wire, visa, wanted.profile) for name, (wire, visa) in ways.items()}
        memory = in_memory()
    rates = blocks()
    if wanted.json:
        print(json.dumps({"ratios": took, "blocks_MB_per_s": rates, "on_one_core": on_one_core, **memory}))
        return
    print("both processes on one core" if on_one_core else "not pinned: this system cannot; expect more scatter")
    for name, ratios in took.items():
        print(f"{name}: bare PyVISA query {ratios['bare_s'] * 1e6:.1f} µs")
        print(f"  query through our transport        {ratios['transport']:8.2f} ×   (traffic recorded)")
        print(f"  property read through the driver   {ratios['property']:8.2f} ×   (target 1.2, at most 1.5)")
        print(f"  property set with its error check  {ratios['set']:8.2f} ×")
        both = ratios["write+query"] / ratios["transport"]
        print(f"  write, then query                  {both:8.2f} × a query   (at most 2)")
    for name, rate in rates.items():
        print(f"block of 1 MB, {name:<21} {rate['ours']:8.0f} MB/s   (bare PyVISA {rate['bare']:.0f})")
    print(f"twin in memory                       {memory['queries/s']:8.0f} queries/s   (at least 20 000)")
    print(f"30 points × 10 readings in memory    {memory['calibration_s'] * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
