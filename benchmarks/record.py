"""What the record costs, as ratios within one run: `python benchmarks/record.py [READINGS]`.

An acknowledged reading against a bare SQLite insert and commit in the same mode; a block against its bare rate; the
journal's own time for a reading, without the disk; build, seal and verification of a record.
"""

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from calib.clock import SystemClock
from calib.record import Journal, build_in_child, generate_key, load_key, seal, verify

SAMPLES = np.random.default_rng(1).normal(size=10_000)


def bare(path: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return what inserts one bare reading, and one bare block, each in a durable commit."""
    database = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = FULL"):
        database.execute(f"PRAGMA {setting}")
    database.execute("CREATE TABLE reading (seq INTEGER PRIMARY KEY, time REAL, attempt, channel, value REAL, unit)")
    database.execute("CREATE TABLE block (seq INTEGER PRIMARY KEY, time REAL, samples BLOB)")

    def insert(statement: str, values: tuple[object, ...]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute(statement, values)
        database.execute("COMMIT")

    return (
        lambda: insert("INSERT INTO reading VALUES (NULL, ?, 1, 'meter', 1.5, 'V')", (time.time(),)),
        lambda: insert("INSERT INTO block VALUES (NULL, ?, ?)", (time.time(), SAMPLES.tobytes())),
    )


def ours(path: Path | str) -> tuple[Callable[[], object], Callable[[], object], Callable[[], object]]:
    """Return what records a reading, a reading with a query and its reply, and a block."""
    journal = Journal.create(path, {"simulated": True}, SystemClock())
    attempt = journal.begin_attempt("p", "as-found")

    def with_traffic() -> None:
        journal.traffic("TCPIP::dmm::SOCKET", ">", b"READ?\n")
        journal.traffic("TCPIP::dmm::SOCKET", "<", b"+1.50000000E+00\n")
        journal.reading(attempt, "meter", 1.5, "V")

    return (
        lambda: journal.reading(attempt, "meter", 1.5, "V"),
        with_traffic,
        lambda: journal.block(attempt, "wave", SAMPLES, "V"),
    )


def interleaved(actions: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median time of each action in µs; taken in random order, so that a busy disk hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    order, rng = list(actions), random.Random(1)
    for _ in range(rounds):
        rng.shuffle(order)
        for name in order:
            begun = time.perf_counter()
            actions[name]()
            taken[name].append(time.perf_counter() - begun)
    return {name: 1e6 * median(times) for name, times in taken.items()}


def record(folder: Path, readings: int) -> None:
    """Print the times of building, sealing and verifying a record of many readings."""
    path, target = folder / "long.journal", folder / "long.h5"
    with Journal.create(path, {"simulated": True}, SystemClock()) as journal:
        journal._ledger._store._database.execute("PRAGMA synchronous = OFF")
        attempt = journal.begin_attempt("p", "as-found")
        for value in range(readings):
            journal.reading(attempt, "meter", value / 7, "V")
        journal.finish("complete")
    key = load_key(generate_key(folder).private)
    steps: dict[str, Callable[[], object]] = {
        "build in a child": lambda: build_in_child(path, target),
        "seal": lambda: seal(target, key),
        "verify": lambda: verify(target),
    }
    for name, action in steps.items():
        begun = time.perf_counter()
        action()
        print(f"{name:42} {time.perf_counter() - begun:10.2f} s   ({readings} readings)")


def main() -> None:
    readings = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare_reading, bare_block = bare(folder / "bare.sqlite")
        reading, with_traffic, block = ours(folder / "ours.journal")
        in_memory, in_memory_with_traffic, _ = ours(":memory:")
        disk = interleaved({"bare": bare_reading, "reading": reading, "with traffic": with_traffic}, 2000)
        blocks = interleaved({"bare": bare_block, "block": block}, 300)
        memory = interleaved({"reading": in_memory, "with traffic": in_memory_with_traffic}, 5000)
        print(f"{'bare insert and commit':42} {disk['bare']:10.0f} µs")
        for what in ("reading", "with traffic"):
            print(f"{f'acknowledged {what}':42} {disk[what]:10.0f} µs   {disk[what] / disk['bare']:.2f} x bare")
        rate = blocks["bare"] / blocks["block"]
        print(f"{'block of 10 000 samples':42} {blocks['block']:10.0f} µs   {rate:.2f} of the bare rate")
        for what, microseconds in memory.items():
            print(f"{f'own cost, in memory: {what}':42} {microseconds:10.1f} µs")
        record(folder, readings)


if __name__ == "__main__":
    main()
