"""What a sub-division of twelve weights by thirty comparisons costs, weighed in memory and evaluated.

    python benchmarks/mass.py [RUNS]

Printed is processor time (one core): of a whole calibration in memory, of its evaluation, and of the least-squares
solution alone. Each comparison is one A B B A; the air is read twice.
"""

import itertools
import sys
import time
from collections.abc import Callable
from datetime import datetime
from statistics import median
from typing import Any

import numpy as np

from calib.drivers.simulation.bench_file import BenchFile
from calib.files import as_model, read_toml
from calib.procedure import Context
from calib.study import Sample

NOMINAL_KG = {
    "A5": 0.5, "B2": 0.2, "C2": 0.2, "D1": 0.1, "E1": 0.1, "F05": 0.05, "G02": 0.02, "H02": 0.02, "I01": 0.01,
    "J01": 0.01, "K005": 0.005, "L005": 0.005,
}  # fmt: skip
COMPARISONS = 30


def design() -> list[dict[str, list[str]]]:
    """Return comparisons that determine every weight: those of the fewest weights first."""
    loads: dict[float, list[tuple[str, ...]]] = {}
    for n in range(1, 5):
        for names in itertools.combinations(NOMINAL_KG, n):
            loads.setdefault(round(sum(NOMINAL_KG[name] for name in names), 9), []).append(names)
    equal = [(a, b) for several in loads.values() for a, b in itertools.combinations(several, 2) if not set(a) & set(b)]
    chosen = [{"a": ["R1000"], "b": ["A5", "B2", "C2", "D1"]}]
    rows = [[float(name in chosen[0]["b"]) for name in NOMINAL_KG]]
    for a, b in sorted(equal, key=lambda pair: len(pair[0]) + len(pair[1])):
        row = [float((name in b) - (name in a)) for name in NOMINAL_KG]
        rank = np.linalg.matrix_rank(np.array(rows))
        if len(chosen) < COMPARISONS and (
            rank == len(NOMINAL_KG) or np.linalg.matrix_rank(np.array([*rows, row])) > rank
        ):
            rows.append(row)
            chosen.append({"a": list(a), "b": list(b)})
    return chosen


def sample() -> Sample:
    """Return the sample laboratory with that set, on the pan of its comparator and in its job."""
    weights = [{"name": name, "nominal_kg": m, "density_kg_m3": 7850.0} for name, m in NOMINAL_KG.items()]
    found = Sample.load("weight-set-subdivision", parameters={"weights": weights, "comparisons": design()})
    tables = read_toml(found.simulation)
    reference = {name: one for name, one in tables["worlds"]["mass"]["weights"].items() if name.startswith("R")}
    of_set = {name: {"nominal_kg": m, "class": "F1", "density_kg_m3": 7850.0} for name, m in NOMINAL_KG.items()}
    tables["worlds"]["mass"]["weights"] = reference | of_set
    found.__dict__["simulated"] = as_model(tables, BenchFile, "benchmark")
    return found


def spent_s(work: Callable[[], object], runs: int) -> float:
    """Return the median processor time in seconds."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return median(times)


def main() -> None:
    """Run and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    laboratory = sample()
    plan = laboratory.plan(datetime.now().astimezone().date())
    outcome = laboratory.calibrate(laboratory.simulated_bench(1), plan)
    assert outcome.readings is not None, outcome.error
    procedure: Any = laboratory.procedure(Context(outcome.readings.snapshot))
    whole = spent_s(lambda: laboratory.calibrate(laboratory.simulated_bench(1), plan), runs)
    evaluated = spent_s(lambda: procedure.evaluate(outcome.readings), runs)
    solved = spent_s(lambda: procedure.solved(outcome.readings), runs)
    print(f"{len(NOMINAL_KG)} weights, {COMPARISONS} comparisons, {len(outcome.readings.readings)} readings")
    for what, spent in (("calibration in memory", whole), ("its evaluation", evaluated), ("solution alone", solved)):
        print(f"{what}: {spent * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
