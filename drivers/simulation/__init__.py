"""A simulated laboratory: physics, command sets and wires, each apart from the others."""

from pathlib import Path

from calib.drivers.simulation.bench import SimulatedBench
from calib.drivers.simulation.bench_truth import BenchTruth
from calib.drivers.simulation.control import BenchControl, Control
from calib.drivers.simulation.process import ServerProcess, start_server
from calib.drivers.simulation.serve import serve
from calib.drivers.simulation.truth_file import StatedRange, StatedTruth, StatedValue
from calib.drivers.simulation.truths import Truths

DMM_BENCH = Path(__file__).parent / "dmm_bench.toml"
"""An example: one 5522A, one 34401A, one lead."""

__all__ = [
    "DMM_BENCH",
    "BenchControl",
    "BenchTruth",
    "Control",
    "ServerProcess",
    "SimulatedBench",
    "StatedRange",
    "StatedTruth",
    "StatedValue",
    "Truths",
    "serve",
    "start_server",
]
