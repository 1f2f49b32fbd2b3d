"""What the simulated laboratory costs: queries to a twin in memory, and bare PyVISA queries on each of its wires.

`python benchmarks/simulation.py [--json]`

The server is a process of its own; where the system can, both are pinned to one core, so that the waking of another one
is not measured. The wires are asked in turn.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any

import pyvisa

from calib.clock import VirtualClock
from calib.drivers.simulation import DMM_BENCH, ServerProcess, SimulatedBench, start_server

WIRES = ("socket", "hislip", "vxi11", "prologix", "serial", "pty")
QUERIES = {"setting": "VOLT:DC:NPLC?", "identity": "*IDN?", "reading": "READ?"}
CALLS = 500


def in_memory() -> dict[str, float]:
    """Return queries per second to a twin in this process, by what is asked: the best of five rounds."""
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    line = SimulatedBench.from_file(DMM_BENCH, clock=clock, seed=1).open("MEMORY::meter")
    return {name: max(_rate(line, query) for _ in range(5)) for name, query in QUERIES.items()}


def _rate(line: Any, query: str, count: int = 5000) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        line.query(query)
    return count / (time.perf_counter() - begun)


def on_wires() -> dict[str, float]:
    """Return the median time of a short query on each wire, in seconds."""
    with start_server(DMM_BENCH, seed=1, wires=WIRES) as server:
        opened = _open_all(server)
        adapter = opened.pop("adapter")
        took: dict[str, list[float]] = {wire: [] for wire in WIRES}
        for _ in range(CALLS):
            for wire, instrument in opened.items():
                begun = time.perf_counter()
                instrument.query("VOLT:DC:NPLC?")
                took[wire].append(time.perf_counter() - begun)
        for instrument in (*opened.values(), adapter):
            instrument.close()
    return {wire: median(times) for wire, times in took.items()}


def _open_all(server: ServerProcess) -> dict[str, Any]:
    """Open the meter on every wire, and the adapter, which has to stay open."""
    manager: Any = pyvisa.ResourceManager("@py")
    adapter = manager.open_resource(str(server.adapter))
    at_once = manager.visalib.sessions[adapter.session].interface
    at_once.setsockopt(6, 1, 1)  # TCP_NODELAY, which pyvisa-py does not set
    opened: dict[str, Any] = {"adapter": adapter}
    for wire in WIRES:
        resource = server.wires["meter"][wire]
        name = f"GPIB0::{resource.rpartition('::')[2]}::INSTR" if wire == "prologix" else resource
        instrument = manager.open_resource(name)
        if wire in {"socket", "serial", "pty"}:
            instrument.read_termination = instrument.write_termination = "\n"
        opened[wire] = instrument
    return opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    on_one_core = sys.platform == "linux"
    if on_one_core:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    memory, wires = in_memory(), on_wires()
    if wanted.json:
        print(json.dumps({"queries/s": memory, "wire_s": wires, "on_one_core": on_one_core}))
        return
    for name, rate in memory.items():
        print(f"twin in memory, {name:<10} {rate:8.0f} queries/s   (at least 20 000 of a setting)")
    for wire, seconds in wires.items():
        print(f"{wire:<10} {seconds * 1e6:8.1f} µs   {seconds / wires['socket']:5.2f} × socket")


if __name__ == "__main__":
    main()
