"""What the record costs, as ratios within one run: `python benchmarks/record.py [READINGS]`.

An acknowledged reading against a bare SQLite insert and commit in the same mode (medians, taken in random order);
blocks against their bare rate (blocks a second over all of them, the log's own checkpoints included); the engine's own
cost of a reading, without disk and instrument; what the measuring process feels while a record of 100 000 readings is
built beside it; build, seal and verification of a record of READINGS (10⁶) readings, and their sum.
"""

import inspect
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from calib.clock import SystemClock
from calib.guard.leases import GuardedLeases
from calib.record import Checkpoints, Journal, build_in_child, generate_key, load_key, seal, verify
from calib.run import NoWatcher
from calib.run.interrupts import Interrupts
from calib.run.station import JournalStation

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


def ours(
    path: Path, *, written: bool = True
) -> tuple[Callable[[], object], Callable[[], object], Callable[[], object]]:
    """Return what records a reading, a reading with a query and its reply, and a block; chained, if not `written`."""
    journal = Journal.create(path, {"simulated": True}, SystemClock())
    if not written:
        _write_nothing(journal)
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


def rate(bare_block: Callable[[], object], block: Callable[[], object], rounds: int) -> float:
    """Return how many of our blocks are written in the time of one bare block, all time counted, by turns."""
    taken = {bare_block: 0.0, block: 0.0}
    rng = random.Random(1)
    for _ in range(rounds):
        for action in rng.sample(list(taken), 2):
            begun = time.perf_counter()
            action()
            taken[action] += time.perf_counter() - begun
    return taken[bare_block] / taken[block]


def _write_nothing(journal: Journal) -> None:
    """Leave everything of a journal but the writing to the disk."""
    journal._ledger._store.write = lambda rows: None  # type: ignore[method-assign]


def station(path: Path) -> Callable[[], object]:
    """Return what records a reading as a procedure does, chained and guarded, but for the writing to the disk."""
    journal = Journal.create(path, {"simulated": True}, SystemClock())
    _write_nothing(journal)
    needed = {
        "journal": journal,
        "clock": SystemClock(),
        "control": NoWatcher(),
        "interrupts": Interrupts(),
        "leases": GuardedLeases(),
    }
    absent: dict[str, Any] = dict.fromkeys(inspect.signature(JournalStation).parameters)
    made = JournalStation(**(absent | needed))
    made.attend(journal.begin_attempt("p", "as-found"))
    return lambda: made.record("meter", 1.5, "V")


def journal_of(path: Path, readings: int) -> Journal:
    """Write a journal of many readings, quickly."""
    journal = Journal.create(path, {"simulated": True}, SystemClock())
    database = journal._ledger._store._database
    database.execute("PRAGMA synchronous = OFF")
    attempt = journal.begin_attempt("p", "as-found")
    for value in range(readings):
        journal.reading(attempt, "meter", value / 7, "V")
    database.execute("PRAGMA synchronous = FULL")
    return journal


def beside_a_checkpoint(folder: Path) -> None:
    """Print how long an acknowledged reading takes while a record of 100 000 readings is built, and while none is."""
    path = folder / "living.journal"
    alone: list[float] = []
    beside: list[float] = []
    ticks: list[float] = []
    with journal_of(path, 100_000) as journal:
        attempt = journal.begin_attempt("q", "as-found")
        for _ in range(4):
            begun = time.perf_counter()
            checkpoints = Checkpoints(path, folder / "living.h5", interval_s=0.0)
            checkpoints.tick()
            ticks.append(time.perf_counter() - begun)
            while checkpoints._child is not None and checkpoints._child.poll() is None:
                beside.append(timed(lambda: journal.reading(attempt, "meter", 1.5, "V")))
            failed = checkpoints.tick()
            assert failed is None, failed
            alone += [timed(lambda: journal.reading(attempt, "meter", 1.5, "V")) for _ in range(2000)]
    for what, quantile in (("median", 50), ("99 %", 99)):
        with_, without = (1e6 * float(np.percentile(taken, quantile)) for taken in (beside, alone))
        ratio = with_ / without
        print(
            f"{f'reading beside a checkpoint, {what}':42} {with_:10.0f} µs   {ratio:.2f} x without ({without:.0f} µs)"
        )
    print(f"{'start of a checkpoint, between points':42} {1e6 * median(ticks):10.0f} µs")


def timed(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def record(folder: Path, readings: int) -> None:
    """Print the times of building, sealing and verifying a record of many readings."""
    path, target = folder / "long.journal", folder / "long.h5"
    with journal_of(path, readings) as journal:
        journal.finish("complete")
    key = load_key(generate_key(folder).private)
    steps: dict[str, Callable[[], object]] = {
        "build in a child, chain verified": lambda: build_in_child(path, target),
        "seal": lambda: seal(target, key),
        "verify": lambda: verify(target),
    }
    total = 0.0
    for name, action in steps.items():
        taken = timed(action)
        total += taken
        print(f"{name:42} {taken:10.2f} s   ({readings} readings)")
    print(f"{'finalised, sealed and verified':42} {total:10.2f} s   {total / 10:.2f} x 10 s")


def main() -> None:
    readings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare_reading, _ = bare(folder / "bare.sqlite")
        reading, _, _ = ours(folder / "ours.journal")
        _, with_traffic, _ = ours(folder / "ours-with-traffic.journal")
        disk = interleaved({"bare": bare_reading, "reading": reading, "with traffic": with_traffic}, 2000)
        _, bare_block = bare(folder / "bare-blocks.sqlite")
        _, _, block = ours(folder / "our-blocks.journal")
        blocks = rate(bare_block, block, 1000)
        own, own_with_traffic, _ = ours(folder / "unwritten.journal", written=False)
        engine = station(folder / "station.journal")
        unwritten = {"reading": own, "reading with traffic": own_with_traffic, "of the engine": engine}
        print(f"{'bare insert and commit':42} {disk['bare']:10.0f} µs")
        for what in ("reading", "with traffic"):
            print(f"{f'acknowledged {what}':42} {disk[what]:10.0f} µs   {disk[what] / disk['bare']:.2f} x bare")
        print(f"{'blocks of 10 000 samples':42} {'':10}      {blocks:.2f} of the bare rate")
        for what, microseconds in interleaved(unwritten, 5000).items():
            print(f"{f'own cost, without the disk: {what}':42} {microseconds:10.1f} µs")
        beside_a_checkpoint(folder)
        record(folder, readings)


if __name__ == "__main__":
    main()
