"""What a certificate costs: `python benchmarks/report.py [ROWS …]` (100 and 5000 rows, with the DCC inside, unsigned).

Each size is made in a process of its own: cold with all imports, then warm. Wall time and, as a busy machine stretches
that, the processor's time; the largest resident memory of that process, and of the one that sets the pages of a long
certificate.
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from calib.record.model import Attempt, Condition, Readings
from calib.record.result import BudgetRow, Result
from calib.text import Text, same

BEGUN = 1_793_412_000.0
SIZES = (100, 5000)
GROUPS = 5
LIMITS_S = {100: 1.0, 5000: 10.0}
LIMIT_MB = 500


@dataclass(frozen=True)
class Rows:
    """A record in memory: a multimeter with a 10 V range of many points."""

    results: tuple[Result, ...]
    simulated: bool = False
    digest: str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    status: str = "complete"
    begun: str = "2026-10-31T09:00:00+07:00"
    revisions: tuple[Any, ...] = ()

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """What a certificate must have."""
        return {
            "laboratory": {"name": "Phòng hiệu chuẩn", "address": "Hà Nội"},
            "job": {
                "certificate_number": "HC-1",
                "customer": {"name": "Công ty", "address": "Hà Nội"},
                "item": {"name": "Đồng hồ vạn năng", "manufacturer": "HP", "model": "34401A", "serial_number": "1"},
                "decision": {"rule": "simple"},
            },
            "procedure": {"id": "dmm-dc-voltage", "version": "1"},
            "operator": "Nguyễn Thị Thu Thuỷ",
        }

    def events(self) -> tuple[Any, ...]:
        """Return nothing: the run had no incidents."""
        return ()

    def readings(self) -> Readings:
        """Return one complete attempt a row, and the environment."""
        attempts = tuple(
            Attempt(i + 1, r.point, 1, r.phase, (1,), BEGUN + i, BEGUN + i + 0.5, "complete")
            for i, r in enumerate(self.results)
        )
        environment = (Condition("temperature", 23.0, "°C", BEGUN), Condition("humidity", 50.0, "%", BEGUN))
        return Readings(self.snapshot, (), attempts, (), environment)


def row(i: int, of: int) -> Result:
    """Return the i-th of `of` rows between 0.1 V and 10 V, no two of them with the same digits."""
    nominal, group = round(0.1 + 9.9 * i / of, 6), 1 + GROUPS * i // of
    u, limit = 40e-6, nominal * 35e-6 + 50e-6
    error = round((-1) ** i * (i % 97) / 97 * 0.9 * limit, 6)
    budget = (BudgetRow("reference", same("S"), nominal, u, math.inf, "normal", "V", -1.0, u, 1.0),)
    title = Text(vi=f"Điện áp một chiều, phần {group}", en=f"DC voltage, part {group}")
    return Result(
        point=f"p{i}", phase="as-found", attempt=1, group=title, quantity="dc_voltage", unit="V", shown_unit="V",
        error_unit="µV", measuring_range=10.0, nominal=nominal, reference=nominal, indicated=nominal + error,
        resolution=1e-5, n=10, s=1e-5, error=error, u=u, dof=math.inf, k=2.0, probability=0.9545, U=2 * u,
        reported_error=error, reported_U=2 * u, lower_limit=-limit, upper_limit=limit, lower_acceptance=-limit,
        upper_acceptance=limit, verdict="pass", verdict_unguarded="pass", conformance_probability=0.99,
        tur=limit / (2 * u), route="specification", coverage_method="t", budget=budget,
    )  # fmt: skip


def measured(size: int) -> dict[str, float]:
    """Return seconds and MB of a certificate of `size` rows in this process: first, then again."""
    begun = time.perf_counter()
    from calib.report import make_certificate

    record = Rows(tuple(row(i, size) for i in range(size)))
    with tempfile.TemporaryDirectory() as folder:
        path = make_certificate(record, Path(folder) / "c.pdf", issue_date=date(2026, 11, 2))
        cold = time.perf_counter() - begun
        begun, cpu = time.perf_counter(), processor_s()
        make_certificate(record, path, issue_date=date(2026, 11, 2))
        warm, cpu = time.perf_counter() - begun, processor_s() - cpu
        bytes_ = path.stat().st_size
    unit = 2**20 if sys.platform == "darwin" else 2**10
    own, child = (resource.getrusage(who).ru_maxrss / unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"cold_s": cold, "warm_s": warm, "warm_cpu_s": cpu, "MB": own, "child_MB": child, "file_MB": bytes_ / 1e6}


def processor_s() -> float:
    """Return the processor's time that this process and those that it started have taken."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main(sizes: list[int]) -> None:
    """Print one line a size."""
    for size in sizes:
        code = [sys.executable, __file__, "--one", str(size)]
        found = json.loads(subprocess.run(code, check=True, capture_output=True, text=True).stdout)
        limit = f" (limit {LIMITS_S[size]:g} s)" if size in LIMITS_S else ""
        print(
            f"{size:5} rows: cold {found['cold_s']:.2f} s, warm {found['warm_s']:.2f} s{limit}, processor "
            f"{found['warm_cpu_s']:.2f} s; {found['MB']:.0f} and {found['child_MB']:.0f} MB (limit {LIMIT_MB}); "
            f"file {found['file_MB']:.1f} MB"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(int(sys.argv[2]))))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
