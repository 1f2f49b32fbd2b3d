"""Studies on the simulated laboratory, where the truth is known: coverage, risk, effort."""

from calib.study.breaks import Break, parse_break
from calib.study.chance import Chance, Prior
from calib.study.coverage import Coverage, PointCoverage, coverage
from calib.study.drawing import Drawn, draw
from calib.study.effort import Effort, Efforts, effort
from calib.study.picture import as_svg
from calib.study.risk import Risk, risk
from calib.study.runs import Runs, Task, calibrate_many
from calib.study.sample import Sample, sample_folder, write_sample

__all__ = [
    "Break",
    "Chance",
    "Coverage",
    "Drawn",
    "Effort",
    "Efforts",
    "PointCoverage",
    "Prior",
    "Risk",
    "Runs",
    "Sample",
    "Task",
    "as_svg",
    "calibrate_many",
    "coverage",
    "draw",
    "effort",
    "parse_break",
    "risk",
    "sample_folder",
    "write_sample",
]
