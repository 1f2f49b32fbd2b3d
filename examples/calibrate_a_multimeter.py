"""Calibrate a multimeter from Python, on a simulated bench; a real bench differs only in its files."""

from pathlib import Path

from calib.demo import simulated_laboratory
from calib.workflow import calibrate

with simulated_laboratory(Path("example-laboratory"), time_factor=50) as lab:
    done = calibrate("dmm-dc-voltage", lab.bench, lab.job, operator=lab.operator, keys=lab.keys)

for result in done.results:
    print(f"{result.point:28} error {result.error:+.3e} V, U = {result.U:.1e} V (k = {result.k:.2f}): {result.verdict}")
print("certificate:", done.documents["certificate"])
