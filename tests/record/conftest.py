"""A small run with something of everything, and the record made of it."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from calib.clock import VirtualClock
from calib.record import BudgetRow, Journal, Readings, Result
from calib.record.build import build_record
from calib.text import Text

START = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=7)))

SNAPSHOT: dict[str, Any] = {
    "format": "calib-snapshot/1",
    "simulated": True,
    "laboratory": {"name": {"vi": "Phòng đo điện", "en": "Electrical laboratory"}, "address": "Hà Nội"},
    "job": {"number": "ĐK-0042", "item": {"manufacturer": "HP", "model": "34401A", "serial_number": "MY1"}},
    "equipment": {
        "cal/1": {"manufacturer": "Fluke", "model": "5522A", "serial_number": "9", "calibrations": [{"dof": math.inf}]}
    },
    "procedure": {
        "id": "dmm-dc-voltage",
        "version": "1",
        "title": {"vi": "Điện áp một chiều", "en": "DC voltage"},
        "source": "def measure(): ...\n",
        "source_sha256": "00",
        "parameters": {"n": 5},
    },
    "operator": {"name": "Nguyễn Thị Ân"},
    "software": {"calib": "0.1.0"},
}


@dataclass(frozen=True)
class Run:
    """A finished run and what it must be found to hold."""

    journal: Path
    record: Path
    readings: Readings
    results: tuple[Result, ...]


def make_result(point: str, **changed: Any) -> Result:
    row = BudgetRow("ref", Text(vi="chuẩn", en="standard"), 10.0, 2e-6, math.inf, "normal", "V", -1.0, 2e-6, 0.9)
    facts: dict[str, Any] = {
        "point": point, "phase": "as-found", "attempt": 1, "group": Text(vi="Thang 10 V", en="10 V range"),
        "quantity": "dc_voltage", "unit": "V", "shown_unit": "V", "error_unit": "µV", "measuring_range": 10.0,
        "nominal": 10.0, "reference": 10.0, "indicated": 10.000_012, "resolution": 1e-5, "n": 5, "s": 1 / 3e6,
        "error": 1.2e-5, "u": 3e-6, "dof": math.inf, "k": 2.0, "probability": 0.9545, "U": 6e-6,
        "reported_error": 1.2e-5, "reported_U": 6e-6, "lower_limit": -math.inf, "upper_limit": math.inf,
        "lower_acceptance": -math.inf, "upper_acceptance": math.inf, "verdict": "none", "verdict_unguarded": "none",
        "conformance_probability": math.nan, "tur": math.nan, "route": "specification", "coverage_method": "t",
        "budget": (row,), "remarks": (Text(vi="ngoài phạm vi", en="outside the scope"),),
    }  # fmt: skip
    return Result(**(facts | changed))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    clock = VirtualClock(START)
    path = tmp_path / "run.journal"
    results = (make_result("10V+"), make_result("10V-", lower_limit=-1e-4, upper_limit=1e-4, tur=16.7, budget=()))
    with Journal.create(path, SNAPSHOT, clock) as journal:
        journal.condition("temperature", 23.1, "°C")
        journal.condition("humidity", 45.0, "%")
        preparation = journal.begin_preparation("dcv 10 V")
        journal.answer("connect", {"text": {"vi": "Nối dây", "en": "Connect"}}, True, "Ân")
        journal.end_preparation(preparation)
        for point, sign in (("10V+", 1.0), ("10V-", -1.0)):
            attempt = journal.begin_attempt(point, "as-found", [preparation])
            for i in range(5):
                clock.sleep(0.7)
                journal.traffic("TCPIP::dmm::SOCKET", ">", b"READ?\n")
                journal.traffic("TCPIP::dmm::SOCKET", "<", b"\x00\xff\\n%d\n" % i)
                journal.reading(attempt, "meter", sign * (10.0 + i / 3e6), "V")
            journal.end_attempt(attempt, "complete")
        cut = journal.begin_attempt("1V", "as-found")
        journal.block(cut, "wave", [0.1, 0.2, 0.3], "V", interval_s=0.02)
        journal.block(cut, "empty", [], "V")
        journal.condition("temperature", 23.4, "°C")
        journal.event("safe", {"resource": "cal", "ok": True})
        journal.results([r.as_json() for r in results], {"calib": "0.1.0"})
        readings = journal.readings()
        journal.finish("complete")
    record = tmp_path / "record.h5"
    build_record(path, record)
    return Run(path, record, readings, results)
