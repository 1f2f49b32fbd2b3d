"""A simulated laboratory to start from, and the main job on it."""

from calib.demo.demo import TIME_FACTOR, SimulatedLaboratory, demonstrate, simulated_laboratory
from calib.demo.inmemory import in_memory
from calib.demo.sampled import demonstrate_procedure, served_sample
from calib.demo.starter import Ports, write_bench, write_starter

__all__ = [
    "TIME_FACTOR",
    "Ports",
    "SimulatedLaboratory",
    "demonstrate",
    "demonstrate_procedure",
    "in_memory",
    "served_sample",
    "simulated_laboratory",
    "write_bench",
    "write_starter",
]
