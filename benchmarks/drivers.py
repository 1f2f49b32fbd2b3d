"""What drivers and twins cost: ratios to a bare PyVISA query, all in one run against one server in another process.

`python benchmarks/drivers.py [--json] [--profile]`

The bare query goes over the very connection that the driver uses, so one thread of one server answers both, and their
calls are taken in turn: where the system happens to run that thread, and what else it does, weighs on both alike. Where
the system can, both processes are also pinned to one core: otherwise waking the other core costs more than the query.
"""

import argparse
import cProfile
import json
import os
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from calib.clock import ScaledClock, VirtualClock
from calib.drivers import open_visa
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


def over_sockets(profile: bool) -> dict[str, float]:
    """Compare on `TCPIP::…::SOCKET`."""
    traffic: list[tuple[str, str, bytes]] = []
    with start_server(DMM_BENCH, seed=1, time_factor=100) as server:
        line = open_visa(server.resources["meter"], sink=lambda *message: traffic.append(message))
        bare: Any = line._line._opened
        bare.read_termination = bare.write_termination = "\n"
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
        line.close()
    return took


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
    with pinned() as on_one_core:
        took, memory = over_sockets(wanted.profile), in_memory()
    ratios = {name: seconds / took["bare"] for name, seconds in took.items() if name != "bare"}
    if wanted.json:
        print(json.dumps({"bare_query_s": took["bare"], "ratios": ratios, "on_one_core": on_one_core, **memory}))
        return
    print("both processes on one core" if on_one_core else "not pinned: this system cannot; expect more scatter")
    print(f"bare PyVISA query over a socket      {took['bare'] * 1e6:8.1f} µs")
    print(f"query through our transport          {ratios['transport']:8.2f} ×   (traffic recorded)")
    print(f"property read through the driver     {ratios['property']:8.2f} ×   (target 1.2, at most 1.5)")
    print(f"property set with its error check    {ratios['set']:8.2f} ×")
    print(f"write, then query                    {ratios['write+query']:8.2f} ×   (at most 2)")
    print(f"twin in memory                       {memory['queries/s']:8.0f} queries/s   (at least 20 000)")
    print(f"30 points × 10 readings in memory    {memory['calibration_s'] * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
