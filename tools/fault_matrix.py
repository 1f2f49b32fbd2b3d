"""Let every fault happen at every message of a short measurement, on every wire, and judge what comes of it.

    python tools/fault_matrix.py [--wire WIRE]... [--fault FAULT]... [--source KIND] [--meter KIND] [--jobs N]

A calibrator is limited, a meter configured, two voltages are put out and read, the calibrator goes to standby: on a
simulated bench, with one fault at one message of one of the two. It ends well where both readings are right, or where
there is a named error (one of ours, that tells the resource) within the time limit; and the output is off the terminals
in any case. A wrong reading, another exception, a hang and an output left on are failures: the exit status is 1.

Drift is left out: it is what a calibration finds, not what a line may notice.
"""

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from calib.drivers import Instrument, Transport, find_driver, open_line
from calib.drivers.meters import multimeter
from calib.drivers.simulation import DMM_BENCH, SimulatedBench
from calib.drivers.simulation.abortable import AbortableClock
from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.fault_rules import rule
from calib.drivers.simulation.serve import BenchServer
from calib.errors import CalibError
from calib.files import as_model, read_toml

TIME_FACTOR = 200.0
TIMEOUT_S = 0.5
"""Of the lines, and what a reading may take on top of its integration."""
HANG_S = 30.0
"""For the whole measurement: some twenty messages, of which one fails."""
MOST_MESSAGES = 60
APPLIED_V = (5.0, -3.0)
TOLERANCE_V = 2e-3

WIRES = ("memory", "socket", "visa-socket", "hislip", "vxi11", "prologix", "serial", "pty", "pty-direct", "rfc2217")
"""Served kinds; sockets and pseudo-terminals also through the other of PyVISA and our own way."""
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "answer lost": {"kind": "silence"},
    "message lost": {"kind": "silence", "lost": "message"},
    "short delay": {"kind": "delay", "seconds": 0.3 * TIMEOUT_S * TIME_FACTOR},
    "long delay": {"kind": "delay", "seconds": 2.5 * TIMEOUT_S * TIME_FACTOR},
    "garbage": {"kind": "garbage"},
    "half": {"kind": "half"},
    "stale": {"kind": "stale"},
    "duplicate": {"kind": "duplicate"},
    "two duplicates": {"kind": "duplicate", "copies": 2},
    "terminator": {"kind": "terminator"},
    "disconnect": {"kind": "disconnect"},
    "reboot": {"kind": "reboot", "seconds": 0.2 * TIME_FACTOR},
    "error": {"kind": "error", "code": -310, "text": "System error"},
    "overload": {"kind": "overload"},
    "lock": {"kind": "lock", "seconds": 0.3},
    "slow": {"kind": "slow", "byte_s": 0.005 * TIME_FACTOR},
}
BAD = ("wrong", "unnamed", "hang", "unsafe")


@dataclass(frozen=True)
class Case:
    """One fault at one message."""

    wire: str
    fault: str
    instrument: str
    """`source` or `meter`."""
    nth: int = 1
    """Which of its messages, of those that match."""
    message: str | None = None
    """Regular expression; None for any message."""
    source: str = "fluke-5522a"
    meter: str = "hp-34401a"


@dataclass(frozen=True)
class Outcome:
    """How the measurement ended."""

    case: Case
    verdict: str
    """`right`, `named error`, or one of `BAD`."""
    told: str
    """The readings, or the error."""
    took_s: float
    reached: bool
    """Whether the fault happened."""


def judge(case: Case) -> Outcome:
    """Measure with one fault, on a bench of its own."""
    multimeter.SPARE_S = TIMEOUT_S
    with bench_of(case) as (bench, resources):
        fields = dict(FAULTS[case.fault]) | ({} if case.message is None else {"message": case.message})
        bench.faults.add(rule(instrument=case.instrument, nth=case.nth, **fields))
        ended: list[tuple[str, str]] = []
        begun_s = time.monotonic()
        worker = threading.Thread(target=lambda: ended.append(measured(case, bench, resources)), daemon=True)
        worker.start()
        worker.join(HANG_S)
        took_s = time.monotonic() - begun_s
        verdict, told = ended[0] if ended else ("hang", f"not done within {HANG_S:g} s")
        if bench.state()["outputs"]["source"]["operating"]:
            verdict, told = "unsafe", f"{verdict}: {told}"
        reached = any(fault["done"] for fault in bench.faults.active())
    return Outcome(case, verdict, told, took_s, reached)


@contextmanager
def bench_of(case: Case) -> Iterator[tuple[SimulatedBench, Mapping[str, str]]]:
    """Serve source and meter on the wire; give the bench, and the resources by name."""
    tables = read_toml(DMM_BENCH)
    for name, kind in (("source", case.source), ("meter", case.meter)):
        unit = tables["instruments"][name]
        if unit["kind"] != kind:
            tables["instruments"][name] = {"kind": kind, "serial_number": unit["serial_number"]}
    tables["lead"]["connected"] = "calibrator"
    bench = SimulatedBench(as_model(tables, BenchFile, "fault matrix"), clock=AbortableClock(TIME_FACTOR), seed=1)
    if case.wire == "memory":
        yield bench, bench.resources
        return
    kind = case.wire.removeprefix("visa-").removesuffix("-direct")
    with BenchServer(bench, wires=(kind,)) as server:
        yield bench, {name: wires[kind] for name, wires in server.wires.items()}


def measured(case: Case, bench: SimulatedBench, resources: Mapping[str, str]) -> tuple[str, str]:
    """Return the verdict on what a measurement gave or raised, and what that was."""
    try:
        readings = measure(case, bench, resources)
    except CalibError as error:
        named = any(plain(resource) in str(error) for resource in resources.values())
        return "named error" if named else "unnamed", f"{type(error).__name__}: {error}"
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return "unnamed", repr(error)
    right = all(abs(r - v) < TOLERANCE_V for r, v in zip(readings, APPLIED_V, strict=True))
    return "right" if right else "wrong", ", ".join(f"{r:.6g} V" for r in readings)


def measure(case: Case, bench: SimulatedBench, resources: Mapping[str, str]) -> list[float]:
    """Measure as a procedure does; whatever happens, the source is made safe at the end."""

    def opened(name: str, kind: str) -> Any:
        driver = find_driver(kind)
        return driver(line(case, bench, driver, resources[name]), bench.clock)

    with closing(opened("source", case.source)) as source:
        try:
            with closing(opened("meter", case.meter)) as meter:
                source.limit_dc_voltage(11.0)
                meter.configure_dc_voltage(20.0 if case.meter == "fluke-8508a" else 10.0, 1.0)
                readings = []
                for volts in APPLIED_V:
                    source.source_dc_voltage(volts)
                    readings.append(meter.read_dc_voltage())
                source.standby()
                return readings
        finally:
            with suppress(CalibError):
                source.safe()


def line(case: Case, bench: SimulatedBench, driver: type[Instrument], resource: str) -> Transport:
    """Open a resource as the driver wants it, less patiently."""
    if case.wire == "memory":
        return bench.open(resource)
    options = replace(driver.line, timeout_s=TIMEOUT_S)
    if case.wire.startswith("visa-"):
        return open_line(resource, options, visa="@py")
    return open_line(plain(resource) if case.wire.endswith("-direct") else resource, options)


def plain(resource: str) -> str:
    """Return the device of a serial resource, which pyserial opens; others as they are."""
    return resource.removeprefix("ASRL").removesuffix("::INSTR") if resource.startswith("ASRL/dev") else resource


def sweep(first: Case) -> list[Outcome]:
    """Let a fault happen at the first message, the second, … until the measurement has no more of them."""
    outcomes: list[Outcome] = []
    for nth in count(first.nth):
        outcome = judge(replace(first, nth=nth))
        if not outcome.reached or nth > MOST_MESSAGES:
            return outcomes
        outcomes.append(outcome)
    return outcomes


def report(outcomes: Iterable[Outcome]) -> bool:
    """Print counts by wire and fault, and every failure; return whether there is none."""
    cells: dict[tuple[str, str], Counter[str]] = {}
    failures, slowest_s = [], 0.0
    for outcome in outcomes:
        cells.setdefault((outcome.case.wire, outcome.case.fault), Counter())[outcome.verdict] += 1
        slowest_s = max(slowest_s, outcome.took_s)
        if outcome.verdict in BAD:
            failures.append(outcome)
    words = ("right", "named error", *BAD)
    print(f"{'wire':12}{'fault':16}" + "".join(f"{word:>12}" for word in words))
    totals: Counter[str] = Counter()
    for (wire, fault), counts in cells.items():
        totals.update(counts)
        print(f"{wire:12}{fault:16}" + "".join(f"{counts[word] or '·':>12}" for word in words))
    print(f"{'all':28}" + "".join(f"{totals[word]:>12}" for word in words))
    print(f"{totals.total()} measurements, the longest took {slowest_s:.1f} s")
    for outcome in failures:
        print(f"{outcome.verdict.upper()} {outcome.case}: {outcome.told}")
    return not failures and totals.total() > 0


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wire", action="append", choices=WIRES)
    parser.add_argument("--fault", action="append", choices=tuple(FAULTS))
    parser.add_argument("--source", default="fluke-5522a")
    parser.add_argument("--meter", default="hp-34401a")
    parser.add_argument("--jobs", type=int, default=4, help="at a time; they mostly wait")
    asked = parser.parse_args()
    cases = [
        Case(wire, fault, instrument, source=asked.source, meter=asked.meter)
        for wire in asked.wire or WIRES
        for fault in asked.fault or FAULTS
        for instrument in ("source", "meter")
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        swept = [outcome for outcomes in pool.map(sweep, cases) for outcome in outcomes]
    return 0 if report(swept) else 1


if __name__ == "__main__":
    sys.exit(main())
