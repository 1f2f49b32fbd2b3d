"""Studies on the simulated laboratory, where the truth is known: coverage, risk, effort."""

from calib.study.breaks import Break, parse_break
from calib.study.coverage import Coverage, PointCoverage, coverage
from calib.study.drawing import Drawn, Prior, draw
from calib.study.runs import Runs, calibrate_many
from calib.study.sample import Sample

__all__ = [
    "Break",
    "Coverage",
    "Drawn",
    "PointCoverage",
    "Prior",
    "Runs",
    "Sample",
    "calibrate_many",
    "coverage",
    "draw",
    "parse_break",
]
