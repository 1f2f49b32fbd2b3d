"""A hand-made record: a 6½-digit multimeter against a calibrator, with numbers that hang together."""

import copy
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from calib.record.model import Attempt, Condition, Readings
from calib.record.result import BudgetRow, Result
from calib.record.revision import Revision
from calib.record.story import Event
from calib.text import Text

BEGUN = 1_793_412_000.0  # 2026-10-31T02:00:00Z, 09:00 in Hà Nội

SNAPSHOT: dict[str, Any] = {
    "laboratory": {
        "name": {
            "vi": "Phòng Hiệu chuẩn Điện – Điện tử Sông Hồng",
            "en": "Song Hong Electrical Calibration Laboratory",
        },
        "address": {
            "vi": "Số 8 đường Hoàng Quốc Việt, quận Cầu Giấy, Hà Nội",
            "en": "8 Hoang Quoc Viet Street, Cau Giay District, Hanoi, Viet Nam",
        },
        "phone": "+84 24 0000 0000",
        "email": "hieuchuan@example.vn",
        "accreditation": "",
    },
    "job": {
        "number": "PN-2026-0417",
        "certificate_number": "HC-2026-0417-01",
        "customer": {
            "name": "Công ty TNHH Thiết bị Đo lường Bạch Đằng",
            "address": "Lô 12, Khu công nghiệp Thăng Long, huyện Đông Anh, Hà Nội",
        },
        "item": {
            "name": {"vi": "Đồng hồ vạn năng hiện số 6½ chữ số", "en": "Digital multimeter, 6½ digits"},
            "manufacturer": "Hewlett-Packard",
            "model": "34401A",
            "serial_number": "US36012345",
            "asset": "BĐ-ĐL-0032",
            "condition": {"vi": "Nguyên vẹn, hoạt động bình thường", "en": "Undamaged, working normally"},
            "received": "2026-10-29",
            "specification": "34401a",
            "specification_interval": "1 year",
        },
        "specification": "34401a",
        "specification_interval": "1 year",
        "decision": {"rule": "simple", "guard_band": 1.0, "binary": True, "agreed": "PN-2026-0417", "minimum_tur": 4.0},
        "languages": ["vi", "en"],
    },
    "equipment": {
        "CAL-01": {
            "description": {"vi": "Bộ hiệu chuẩn đa năng", "en": "Multifunction calibrator"},
            "manufacturer": "Fluke",
            "model": "5522A",
            "serial_number": "2871004",
            "calibrations": [
                {
                    "certificate": "V10.CN5.0211.26",
                    "laboratory": "Viện Đo lường Việt Nam (VMI)",
                    "accreditation": "",
                    "date": "2026-08-18",
                    "due": "2026-11-16",
                }
            ],
        },
        "TH-03": {
            "description": {"vi": "Nhiệt ẩm kế", "en": "Thermo-hygrometer"},
            "manufacturer": "Vaisala",
            "model": "HM40",
            "serial_number": "P3310022",
            "calibrations": [
                {"certificate": "V07.CN4.0130.26", "laboratory": "VMI", "date": "2026-03-02", "due": "2027-03-02"}
            ],
        },
        "DMM": {
            "description": "item",
            "manufacturer": "Hewlett-Packard",
            "model": "34401A",
            "serial_number": "US36012345",
        },
    },
    "specifications": {
        "34401a": {"title": "HP 34401A, DC voltage", "source": "User's Guide 34401-90004", "page": "p. 216"}
    },
    "procedure": {
        "id": "dmm-dc-voltage",
        "version": "1",
        "title": {"vi": "Hiệu chuẩn điện áp một chiều của đồng hồ vạn năng", "en": "DC voltage of digital multimeters"},
        "method": {"vi": "so sánh trực tiếp, theo EURAMET cg-15", "en": "direct comparison, after EURAMET cg-15"},
        "parameters": {},
    },
    "operator": "Nguyễn Thị Thu Thuỷ",
    "software": {"calib": "0.1.0", "Python": "3.11.7"},
    "exceptions": [],
    "simulated": False,
}


@dataclass(frozen=True)
class HandMade:
    """A record in memory, with the face that reports need."""

    snapshot: Mapping[str, Any]
    results: tuple[Result, ...]
    attempts: tuple[Attempt, ...]
    environment: tuple[Condition, ...]
    simulated: bool = False
    digest: str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    status: str = "complete"
    begun: str = "2026-10-31T09:00:00+07:00"
    revisions: tuple[Revision, ...] = ()
    happened: tuple[Event, ...] = ()

    def events(self) -> tuple[Event, ...]:
        return self.happened

    def readings(self) -> Readings:
        return Readings(self.snapshot, (), self.attempts, (), self.environment)


def two_digits(U: float) -> float:
    """U rounded to two significant digits, as text does it."""
    return float(f"{U:.1e}")


def row(range_V: float, nominal_V: float, part: float, *, point: str = "", **changes: Any) -> Result:
    """A row whose error is `part` of the one-year tolerance of a 34401A."""
    of_range = {0.1: 35e-6, 1.0: 7e-6, 10.0: 5e-6, 100.0: 6e-6, 1000.0: 10e-6}[range_V]
    of_reading = {0.1: 50e-6, 1.0: 40e-6, 10.0: 35e-6, 100.0: 45e-6, 1000.0: 45e-6}[range_V]
    limit = abs(nominal_V) * of_reading + range_V * of_range
    contributions = [
        ("reference", Text(vi="Giá trị chuẩn, theo đặc trưng kỹ thuật", en="Reference value, from the specification"),
         nominal_V, (abs(nominal_V) * 11e-6 + 2e-6 * range_V) / 2, math.inf, "normal", "V"),
        ("readings", Text(vi="Độ lặp lại của số đọc", en="Repeatability of the readings"),
         nominal_V + part * limit, range_V * 0.3e-6, 9.0, "t", "V"),
        ("resolution", Text(vi="Độ phân giải", en="Resolution"),
         0.0, range_V * 1e-6 / 12**0.5, math.inf, "rectangular", "V"),
        ("emf", Text(vi="Sức nhiệt điện động", en="Thermal emf"), 0.0, 0.5e-6 / 3**0.5, math.inf, "rectangular", "V"),
    ]  # fmt: skip
    u = math.sqrt(sum(c[3] ** 2 for c in contributions))
    budget = tuple(
        BudgetRow(n, label, value, u_i, dof, kind, unit, 1.0 if n == "readings" else -1.0, u_i, (u_i / u) ** 2)
        for n, label, value, u_i, dof, kind, unit in contributions
    )
    U = two_digits(2 * u)
    place = 10.0 ** (math.floor(math.log10(U)) - 1)
    error = round(round(part * limit / place) * place, 12)
    passed = abs(error) <= limit
    values: dict[str, Any] = {
        "point": point or f"dcv.{range_V:g}.{nominal_V:g}",
        "phase": "as-found",
        "attempt": 1,
        "group": Text(vi=f"Điện áp một chiều, thang {_range(range_V)}", en=f"DC voltage, {_range(range_V)} range"),
        "quantity": "dc_voltage",
        "unit": "V",
        "shown_unit": "mV" if range_V < 1 else "V",
        "error_unit": "µV" if range_V < 100 else "mV",
        "measuring_range": range_V,
        "nominal": nominal_V,
        "reference": nominal_V,
        "indicated": nominal_V + error,
        "resolution": range_V * 1e-6,
        "n": 10,
        "s": range_V * 1e-6,
        "error": error,
        "u": u,
        "dof": 812.4,
        "k": 2.0,
        "probability": 0.9545,
        "U": 2 * u,
        "reported_error": error,
        "reported_U": U,
        "lower_limit": -limit,
        "upper_limit": limit,
        "lower_acceptance": -limit,
        "upper_acceptance": limit,
        "verdict": "pass" if passed else "fail",
        "verdict_unguarded": "pass" if passed else "fail",
        "conformance_probability": 0.9987 if passed else 0.02,
        "tur": 2 * limit / (2 * U),
        "route": "specification",
        "coverage_method": "t",
        "budget": budget,
        "remarks": (),
    }
    return Result(**{**values, **changes})


def _range(range_V: float) -> str:
    return f"{range_V * 1000:g} mV" if range_V < 1 else f"{range_V:g} V"


def standard_rows() -> tuple[Result, ...]:
    zero = row(
        0.1, 0.0, 0.14, point="dcv.0.1.short",
        quantity="dc_voltage_zero", route="none",
        group=Text(vi="Ngắn mạch đầu vào, thang 100 mV", en="Input short, 100 mV range"),
    )  # fmt: skip
    parts = {0.1: (0.2, 0.42, -0.31, -0.4), 1.0: (0.1, 0.33, -0.2, -0.47), 10.0: (0.12, 0.52, -0.18, -0.61),
             100.0: (0.07, 0.21, -0.11, -0.2), 1000.0: (0.3, 0.88, -0.25, -0.79)}  # fmt: skip
    rows = [
        row(r, s * f * r, parts[r][i])
        for r in parts
        for i, (s, f) in enumerate(((1, 0.1), (1, 1.0), (-1, 0.1), (-1, 1.0)))
    ]
    return (zero, *rows)


def hand_made(results: tuple[Result, ...] | None = None, **changes: Any) -> HandMade:
    results = standard_rows() if results is None else results
    attempts = tuple(
        Attempt(i + 1, r.point, 1, r.phase, (1,), BEGUN + 30.0 * i, BEGUN + 30.0 * i + 25.0, "complete")
        for i, r in enumerate(results)
    )
    environment = tuple(
        Condition(quantity, value, unit, BEGUN + 600.0 * i)
        for quantity, unit, values in (("temperature", "°C", (22.84, 23.16)), ("humidity", "%", (48.2, 52.7)))
        for i, value in enumerate(values)
    )
    whole: dict[str, Any] = {
        "snapshot": copy.deepcopy(SNAPSHOT), "results": results, "attempts": attempts, "environment": environment
    }  # fmt: skip
    return HandMade(**{**whole, **changes})


def with_entry(record: HandMade, path: str, value: Any) -> HandMade:
    """The record with one entry of its snapshot changed; None removes it."""
    snapshot = copy.deepcopy(dict(record.snapshot))
    *parents, last = path.split(".")
    entry: Any = snapshot
    for key in parents:
        entry = entry[key]
    if value is None:
        entry.pop(last, None)
    else:
        entry[last] = value
    return replace(record, snapshot=snapshot)


def poppler(tool: str, *arguments: str) -> str:
    """What a tool of poppler-utils prints; a machine without it skips, but CI must have it."""
    if shutil.which(tool) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{tool} (poppler-utils) must be installed on CI")
        pytest.skip(f"{tool} (poppler-utils) is not installed")
    return subprocess.run([tool, *arguments], check=True, capture_output=True).stdout.decode("utf-8")


@dataclass(frozen=True)
class Bench:
    """Builders of hand-made records."""

    record: Callable[..., HandMade] = field(default=hand_made)
    row: Callable[..., Result] = field(default=row)
    rows: Callable[[], tuple[Result, ...]] = field(default=standard_rows)
    changed: Callable[[HandMade, str, Any], HandMade] = field(default=with_entry)
    poppler: Callable[..., str] = field(default=poppler)


@pytest.fixture
def made() -> Bench:
    return Bench()
