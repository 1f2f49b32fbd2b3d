"""A register of 1000 pieces of equipment: time to load it and to check it, certificates' files included.

    python benchmarks/register.py [N]

Each piece has a calibration with three points, a certificate of 100 kB with its digest, maintenance and a check.
"""

import datetime as dt
import hashlib
import sys
import tempfile
import time
from pathlib import Path

from calib.equipment import Register
from calib.equipment.inspection import inspect

EQUIPMENT = """format = "calib-equipment/1"
id = "EQ-{n:04d}"
description = {{ vi = "Đồng hồ vạn năng", en = "Digital multimeter" }}
manufacturer = "Keysight"
model = "34465A"
serial_number = "MY{n:08d}"
firmware = "A.03.02"
location = "Room {room}"

[[calibrations]]
certificate = "V10.{n}"
laboratory = "VMI"
traceability = "national standard"
date = 2026-08-18
due = 2027-08-18
temperature_C = [22.8, 23.2]
complies = true
document = {{ path = "certificates/{n}.pdf", sha256 = "{digest}", kind = "pdf" }}

[[calibrations.values]]
quantity = "dc_voltage"
unit = "V"
range = 10
k = 2
correlation = "full"
drift_ppm_per_year = 4
temperature_ppm_per_K = 0.5
points = [
    {{ nominal = -10, correction = 1e-05, U = 2e-05 }},
    {{ nominal = 1, correction = 1e-06, U = 2e-06 }},
    {{ nominal = 10, correction = 1e-05, U = 2e-05 }},
]

[[maintenance]]
date = 2026-05-01
what = "Fuse"
by = "Lê Minh"

[[checks]]
date = 2026-10-01
what = "10 V against REF-01"
by = "Lê Minh"
passed = true
"""


def write_register(folder: Path, n: int) -> None:
    (folder / "certificates").mkdir()
    for i in range(n):
        certificate = b"%PDF-1.7\n" + i.to_bytes(4, "big") * 25_000
        (folder / "certificates" / f"{i}.pdf").write_bytes(certificate)
        text = EQUIPMENT.format(n=i, room=i % 7, digest=hashlib.sha256(certificate).hexdigest())
        (folder / f"{i}.toml").write_text(text, encoding="utf-8")


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        write_register(Path(name), n)
        times = [(time.perf_counter(), time.process_time())]
        register = Register.load(Path(name))
        times.append((time.perf_counter(), time.process_time()))
        found = inspect(register, dt.date(2026, 11, 23))
        times.append((time.perf_counter(), time.process_time()))
    assert len(found) == n
    assert all(i.sound for i in found)
    for what, begun, ended in zip(("loaded", "checked"), times, times[1:], strict=False):
        wall, computing = (end - begin for begin, end in zip(begun, ended, strict=True))
        print(f"{n} pieces of equipment {what}: {wall:.2f} s, of which {computing:.2f} s computing")


if __name__ == "__main__":
    main()
